// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {StablecoinERC20} from "../src/StablecoinERC20.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Test} from "forge-std/Test.sol";

contract StablecoinERC20Test is Test {
    address private immutable TIMELOCK = makeAddr("timelock");
    address private immutable MINTER = makeAddr("minter");
    address private immutable BRIDGE = makeAddr("bridge");
    address private immutable STRANGER = makeAddr("stranger");
    address private immutable ALICE = makeAddr("alice");

    StablecoinERC20 private token;

    function setUp() public {
        token = StablecoinERC20(
            vm.deployCode(
                "StablecoinERC20.sol:StablecoinERC20", abi.encode("Demo Dollar", "DUSD", uint8(6), TIMELOCK, MINTER)
            )
        );
        bytes32 burner = token.BURNER_ROLE();
        vm.prank(TIMELOCK);
        token.grantRole(burner, BRIDGE);
    }

    function test_carriesItsNameAndDecimals() public view {
        assertEq(token.name(), "Demo Dollar");
        assertEq(token.symbol(), "DUSD");
        assertEq(token.decimals(), 6);
        assertEq(token.totalSupply(), 0);
    }

    function test_onlyTheMinterMints() public {
        vm.prank(MINTER);
        token.mint(ALICE, 5);
        assertEq(token.balanceOf(ALICE), 5);

        _expectMissingRole(STRANGER, token.MINTER_ROLE());
        token.mint(STRANGER, 5);
        _expectMissingRole(TIMELOCK, token.MINTER_ROLE());
        token.mint(TIMELOCK, 5);
    }

    function test_onlyABurnerBurnsItsOwnTokens() public {
        vm.startPrank(MINTER);
        token.mint(BRIDGE, 5);
        token.mint(ALICE, 5);
        vm.stopPrank();
        vm.prank(BRIDGE);
        token.burn(2);
        assertEq(token.balanceOf(BRIDGE), 3);

        _expectMissingRole(ALICE, token.BURNER_ROLE());
        token.burn(1);
    }

    function test_burnFromSpendsTheAllowance() public {
        vm.prank(MINTER);
        token.mint(ALICE, 5);
        vm.prank(ALICE);
        token.approve(BRIDGE, 3);
        vm.prank(BRIDGE);
        token.burnFrom(ALICE, 2);
        assertEq(token.balanceOf(ALICE), 3);
        assertEq(token.allowance(ALICE, BRIDGE), 1);

        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, BRIDGE, 1, 2));
        vm.prank(BRIDGE);
        token.burnFrom(ALICE, 2);
        vm.prank(ALICE);
        token.approve(STRANGER, 3);
        _expectMissingRole(STRANGER, token.BURNER_ROLE());
        token.burnFrom(ALICE, 1);
    }

    function test_theAdminAloneGrantsRolesAndSetsTheCCIPAdmin() public {
        assertEq(token.getCCIPAdmin(), TIMELOCK);
        vm.expectEmit(address(token));
        emit IStablecoin.CCIPAdminSet(TIMELOCK, BRIDGE);
        vm.prank(TIMELOCK);
        token.setCCIPAdmin(BRIDGE);
        assertEq(token.getCCIPAdmin(), BRIDGE);

        bytes32 minter = token.MINTER_ROLE();
        bytes32 admin = token.DEFAULT_ADMIN_ROLE();
        assertEq(token.getRoleAdmin(minter), admin);
        _expectMissingRole(STRANGER, admin);
        token.setCCIPAdmin(STRANGER);
        // The minter cannot widen its own role, nor pass it on.
        _expectMissingRole(MINTER, admin);
        token.grantRole(minter, STRANGER);
    }

    function test_permitApprovesBySignature() public {
        (address holder, uint256 key) = makeAddrAndKey("holder");
        bytes32 permit = keccak256(
            abi.encode(
                keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"),
                holder,
                BRIDGE,
                7,
                0,
                block.timestamp
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), permit));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        token.permit(holder, BRIDGE, 7, block.timestamp, v, r, s);
        assertEq(token.allowance(holder, BRIDGE), 7);
    }

    function _expectMissingRole(address account, bytes32 role) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role));
        vm.prank(account);
    }
}
