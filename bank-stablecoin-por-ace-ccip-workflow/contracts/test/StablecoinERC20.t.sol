// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The token alone: mint allowances, freeze, pause, seizure, rescue, and what is signed.
contract StablecoinERC20Test is Test {
    bytes32 private constant ADMIN_ROLE = 0x00;
    bytes32 private constant BURNER_ROLE = keccak256("BURNER_ROLE");
    bytes32 private constant FREEZER_ROLE = keccak256("FREEZER_ROLE");
    bytes32 private constant PAUSER_ROLE = keccak256("PAUSER_ROLE");

    address private immutable TIMELOCK = makeAddr("timelock");
    address private immutable OFFICER = makeAddr("officer");
    address private immutable GUARDIAN = makeAddr("guardian");
    address private immutable LEDGER = makeAddr("ledger");
    address private immutable DESK = makeAddr("desk");
    address private immutable STRANGER = makeAddr("stranger");
    address private immutable ALICE = makeAddr("alice");
    address private immutable BOB = makeAddr("bob");

    IStablecoin private token;
    address private holder;
    uint256 private holderKey;

    function setUp() public {
        vm.warp(1_790_000_000);
        token = _deploy(6);
        token.wire(LEDGER, DESK);
        (holder, holderKey) = makeAddrAndKey("holder");
        vm.startPrank(LEDGER);
        token.mint(ALICE, 100);
        token.mint(holder, 100);
        vm.stopPrank();
    }

    /* CREATION */

    function test_carriesItsNameAndDecimals() public {
        assertEq(token.name(), "Demo Dollar");
        assertEq(token.symbol(), "DUSD");
        assertEq(token.decimals(), 6);
        assertEq(token.totalSupply(), 200);
        assertEq(_deploy(0).decimals(), 0);
    }

    function test_isWiredOnceByItsCreator() public {
        assertEq(token.mintAllowance(LEDGER), type(uint256).max);
        assertTrue(_has(BURNER_ROLE, LEDGER));
        assertTrue(token.isSystemAccount(LEDGER) && token.isSystemAccount(DESK));
        vm.expectRevert(IStablecoin.AlreadyWired.selector);
        token.wire(STRANGER, STRANGER);
        IStablecoin fresh = _deploy(18);
        vm.expectRevert(IStablecoin.AlreadyWired.selector);
        vm.prank(STRANGER);
        fresh.wire(STRANGER, STRANGER);
    }

    /* MINT AND BURN */

    function test_aMinterMintsUpToItsAllowance() public {
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.MintAllowanceExceeded.selector, STRANGER, 0, 1));
        vm.prank(STRANGER);
        token.mint(STRANGER, 1);
        _expectMissingRole(STRANGER, ADMIN_ROLE);
        token.setMintAllowance(STRANGER, 1);

        vm.expectEmit(address(token));
        emit IStablecoin.MintAllowanceSet(BOB, 10);
        vm.prank(TIMELOCK);
        token.setMintAllowance(BOB, 10);
        vm.startPrank(BOB);
        vm.expectEmit(address(token));
        emit ERC20TransferEvent.Transfer(address(0), BOB, 7);
        token.mint(BOB, 7);
        assertEq(token.mintAllowance(BOB), 3);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.MintAllowanceExceeded.selector, BOB, 3, 4));
        token.mint(BOB, 4);
        token.mint(BOB, 3);
        vm.stopPrank();
        assertEq(token.balanceOf(BOB), 10);
        // Without a bound nothing is written.
        assertEq(token.mintAllowance(LEDGER), type(uint256).max);
    }

    function test_theTokenHoldsNoneOfItself() public {
        bytes memory refusal = abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token));
        vm.expectRevert(refusal);
        vm.prank(LEDGER);
        token.mint(address(token), 1);
        vm.expectRevert(refusal);
        vm.prank(ALICE);
        token.transfer(address(token), 1);
    }

    function test_theSupplyHas128Bits() public {
        vm.startPrank(LEDGER);
        token.mint(BOB, type(uint128).max - 200);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SupplyTooLarge.selector, uint256(type(uint128).max) + 1));
        token.mint(BOB, 1);
        vm.stopPrank();
        assertEq(token.totalSupply(), type(uint128).max);
    }

    function test_onlyABurnerBurnsItsOwnTokens() public {
        vm.startPrank(LEDGER);
        token.mint(LEDGER, 5);
        vm.expectEmit(address(token));
        emit ERC20TransferEvent.Transfer(LEDGER, address(0), 2);
        token.burn(2);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, LEDGER, 3, 4));
        token.burn(4);
        vm.stopPrank();
        assertEq(token.balanceOf(LEDGER), 3);
        assertEq(token.totalSupply(), 203);
        _expectMissingRole(ALICE, BURNER_ROLE);
        token.burn(1);
    }

    function test_burnFromSpendsTheAllowance() public {
        vm.prank(ALICE);
        token.approve(LEDGER, 3);
        vm.prank(LEDGER);
        token.burnFrom(ALICE, 2);
        assertEq(token.balanceOf(ALICE), 98);
        assertEq(token.allowance(ALICE, LEDGER), 1);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, LEDGER, 1, 2));
        vm.prank(LEDGER);
        token.burnFrom(ALICE, 2);
        _expectMissingRole(STRANGER, BURNER_ROLE);
        token.burnFrom(ALICE, 1);
    }

    /* TRANSFERS */

    function test_transfersMoveBalances() public {
        vm.startPrank(ALICE);
        assertTrue(token.transfer(BOB, 40));
        assertTrue(token.transfer(ALICE, 60));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 60, 61));
        token.transfer(BOB, 61);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(token)));
        token.transfer(address(token), 1);
        token.approve(BOB, 10);
        vm.stopPrank();
        vm.prank(BOB);
        assertTrue(token.transferFrom(ALICE, BOB, 10));
        assertEq(token.balanceOf(ALICE), 50);
        assertEq(token.balanceOf(BOB), 50);
        assertEq(token.totalSupply(), 200);
    }

    /* FREEZE */

    function test_theOfficerFreezesOneAndMany() public {
        vm.expectEmit(address(token));
        emit IStablecoin.Frozen(ALICE);
        vm.prank(OFFICER);
        token.freeze(ALICE);
        assertTrue(token.isFrozen(ALICE));
        assertEq(token.balanceOf(ALICE), 100);

        address[] memory many = new address[](100);
        for (uint256 i = 0; i < many.length; ++i) {
            many[i] = address(uint160(1000 + i));
        }
        vm.startPrank(OFFICER);
        token.freezeMany(many);
        assertTrue(token.isFrozen(many[0]) && token.isFrozen(many[99]));
        token.unfreezeMany(many);
        assertFalse(token.isFrozen(many[0]) || token.isFrozen(many[99]));
        // Already so: no event, no error.
        vm.recordLogs();
        token.freeze(ALICE);
        token.unfreeze(BOB);
        assertEq(vm.getRecordedLogs().length, 0);
        vm.expectEmit(address(token));
        emit IStablecoin.Unfrozen(ALICE);
        token.unfreeze(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.TooManyAccounts.selector, 101));
        token.freezeMany(new address[](101));
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.TooManyAccounts.selector, 101));
        token.unfreezeMany(new address[](101));
        vm.stopPrank();
        vm.prank(ALICE);
        assertTrue(token.transfer(BOB, 1));
    }

    function test_onlyTheOfficerFreezes() public {
        address[3] memory others = [STRANGER, TIMELOCK, GUARDIAN];
        for (uint256 i = 0; i < others.length; ++i) {
            _expectMissingRole(others[i], FREEZER_ROLE);
            token.freeze(ALICE);
            _expectMissingRole(others[i], FREEZER_ROLE);
            token.unfreeze(ALICE);
            _expectMissingRole(others[i], FREEZER_ROLE);
            token.freezeMany(new address[](0));
            _expectMissingRole(others[i], FREEZER_ROLE);
            token.unfreezeMany(new address[](0));
        }
    }

    function test_aFrozenAccountNeitherSendsReceivesNorSpends() public {
        vm.prank(holder);
        token.approve(BOB, 10);
        _freeze(ALICE);
        vm.startPrank(ALICE);
        _expectFrozen(ALICE);
        token.transfer(BOB, 1);
        _expectFrozen(ALICE);
        token.approve(BOB, 1);
        _expectFrozen(ALICE);
        token.transferFrom(holder, BOB, 1);
        vm.stopPrank();
        vm.startPrank(holder);
        _expectFrozen(ALICE);
        token.transfer(ALICE, 1);
        vm.stopPrank();
        vm.startPrank(LEDGER);
        _expectFrozen(ALICE);
        token.mint(ALICE, 1);
        vm.stopPrank();
    }

    function test_anAllowanceGivenBeforeAFreezeIsOfNoUse() public {
        vm.prank(ALICE);
        token.approve(LEDGER, 10);
        vm.prank(ALICE);
        token.approve(BOB, 10);
        _freeze(ALICE);
        _expectFrozen(ALICE);
        vm.prank(BOB);
        token.transferFrom(ALICE, BOB, 1);
        _expectFrozen(ALICE);
        vm.prank(LEDGER);
        token.burnFrom(ALICE, 1);
    }

    function test_systemAccountsAreNeverFrozen() public {
        vm.startPrank(OFFICER);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SystemAccount.selector, DESK));
        token.freeze(DESK);
        token.freeze(ALICE);
        vm.stopPrank();
        vm.startPrank(TIMELOCK);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SystemAccount.selector, ALICE));
        token.setSystemAccount(ALICE, true);
        vm.expectEmit(address(token));
        emit IStablecoin.SystemAccountSet(BOB, true);
        token.setSystemAccount(BOB, true);
        assertTrue(token.isSystemAccount(BOB));
        token.setSystemAccount(BOB, false);
        assertFalse(token.isSystemAccount(BOB));
        vm.stopPrank();
        _expectMissingRole(OFFICER, ADMIN_ROLE);
        token.setSystemAccount(BOB, true);
        _freeze(BOB);
    }

    /* PAUSE OF TRANSFERS */

    function test_aPauseStopsTransfersAndNotMinting() public {
        vm.expectEmit(address(token));
        emit IStablecoin.TransfersPaused(true);
        vm.prank(OFFICER);
        token.setTransfersPaused(true);
        assertTrue(token.transfersPaused());
        vm.expectRevert(IStablecoin.TransfersArePaused.selector);
        vm.prank(ALICE);
        token.transfer(BOB, 1);
        vm.expectRevert(IStablecoin.TransfersArePaused.selector);
        vm.prank(ALICE);
        token.transfer(DESK, 1);
        vm.prank(LEDGER);
        token.mint(ALICE, 1);

        vm.prank(GUARDIAN);
        token.setTransfersPaused(false);
        vm.prank(ALICE);
        assertTrue(token.transfer(BOB, 1));
    }

    function test_aPauseDoesNotStopSystemAccounts() public {
        vm.prank(ALICE);
        assertTrue(token.transfer(DESK, 10));
        vm.prank(OFFICER);
        token.setTransfersPaused(true);
        vm.prank(DESK);
        assertTrue(token.transfer(LEDGER, 10));
        vm.prank(LEDGER);
        token.burn(10);
        vm.expectRevert(IStablecoin.TransfersArePaused.selector);
        vm.prank(DESK);
        token.transfer(ALICE, 0);
    }

    function test_onlyPausersPause() public {
        address[2] memory others = [STRANGER, TIMELOCK];
        for (uint256 i = 0; i < others.length; ++i) {
            _expectMissingRole(others[i], PAUSER_ROLE);
            token.setTransfersPaused(true);
        }
    }

    /* SEIZURE AND RESCUE */

    function test_theTimelockSeizesFromFrozenAccountsOnly() public {
        vm.startPrank(TIMELOCK);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.NotFrozen.selector, ALICE));
        token.seize(ALICE, BOB, 1, "order 7");
        vm.stopPrank();
        _freeze(ALICE);
        vm.prank(OFFICER);
        token.setTransfersPaused(true);

        vm.startPrank(TIMELOCK);
        vm.expectEmit(address(token));
        emit ERC20TransferEvent.Transfer(ALICE, BOB, 30);
        vm.expectEmit(address(token));
        emit IStablecoin.Seized("order 7", ALICE, BOB, 30);
        token.seize(ALICE, BOB, 30, "order 7");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, ALICE, 70, 71));
        token.seize(ALICE, BOB, 71, "order 7");
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        token.seize(ALICE, address(0), 1, "order 7");
        _expectFrozen(ALICE);
        token.seize(ALICE, ALICE, 1, "order 7");
        vm.stopPrank();
        assertEq(token.balanceOf(ALICE), 70);
        assertEq(token.balanceOf(BOB), 30);
        assertEq(token.totalSupply(), 200);
        assertTrue(token.isFrozen(ALICE));
        _expectMissingRole(OFFICER, ADMIN_ROLE);
        token.seize(ALICE, OFFICER, 1, "order 7");
    }

    function test_theTimelockRescuesForeignTokens() public {
        StrayToken stray = new StrayToken();
        stray.give(address(token), 9);
        vm.expectEmit(address(token));
        emit IStablecoin.Rescued(address(stray), BOB, 9);
        vm.prank(TIMELOCK);
        token.rescue(address(stray), BOB, 9);
        assertEq(stray.balanceOf(BOB), 9);
        _expectMissingRole(OFFICER, ADMIN_ROLE);
        token.rescue(address(stray), OFFICER, 1);
    }

    /* ROLES */

    function test_theAdminAloneGrantsRolesAndSetsTheCCIPAdmin() public {
        assertEq(token.getCCIPAdmin(), TIMELOCK);
        vm.expectEmit(address(token));
        emit IStablecoin.CCIPAdminSet(TIMELOCK, BOB);
        vm.prank(TIMELOCK);
        token.setCCIPAdmin(BOB);
        assertEq(token.getCCIPAdmin(), BOB);
        _expectMissingRole(STRANGER, ADMIN_ROLE);
        token.setCCIPAdmin(STRANGER);
        bytes32[3] memory roles = [BURNER_ROLE, FREEZER_ROLE, PAUSER_ROLE];
        address[3] memory parties = [LEDGER, OFFICER, GUARDIAN];
        for (uint256 i = 0; i < roles.length; ++i) {
            _expectMissingRole(parties[i], ADMIN_ROLE);
            IAccessControl(address(token)).grantRole(roles[i], STRANGER);
        }
    }

    /* PERMIT */

    function test_permitApprovesByAKeysSignature() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(holderKey, _permitDigest(holder, 7, 0));
        token.permit(holder, BOB, 7, block.timestamp, v, r, s);
        assertEq(token.allowance(holder, BOB), 7);
        assertEq(token.nonces(holder), 1);
        // Once only, and for its own value only.
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder));
        token.permit(holder, BOB, 7, block.timestamp, v, r, s);
        (v, r, s) = vm.sign(holderKey, _permitDigest(holder, 7, 1));
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder));
        token.permit(holder, BOB, 8, block.timestamp, v, r, s);
        token.permit(holder, BOB, 7, block.timestamp, abi.encodePacked(r, s, v));
        assertEq(token.nonces(holder), 2);
    }

    function test_permitApprovesByAContractsSignature() public {
        Wallet wallet = new Wallet(holder);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(holderKey, _permitDigest(address(wallet), 7, 0));
        token.permit(address(wallet), BOB, 7, block.timestamp, abi.encodePacked(r, s, v));
        assertEq(token.allowance(address(wallet), BOB), 7);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, address(wallet)));
        token.permit(address(wallet), BOB, 7, block.timestamp, abi.encodePacked(r, s, v));
    }

    function test_permitExpiresAndAFrozenOwnerHasNone() public {
        uint256 deadline = block.timestamp;
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(holderKey, _permitDigest(holder, 7, 0));
        _freeze(holder);
        _expectFrozen(holder);
        token.permit(holder, BOB, 7, deadline, v, r, s);
        vm.prank(OFFICER);
        token.unfreeze(holder);
        vm.warp(deadline + 1);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SignatureNotValidNow.selector, 0, deadline));
        token.permit(holder, BOB, 7, deadline, v, r, s);
    }

    /* AUTHORIZATIONS */

    function test_anAuthorizedTransferIsMadeOnceWithinItsTime() public {
        bytes memory signature = _authorization("Transfer", 30, "n");
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder));
        token.transferWithAuthorization(holder, BOB, 31, 0, type(uint256).max, "n", signature);
        vm.expectEmit(address(token));
        emit IStablecoin.AuthorizationUsed(holder, "n");
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
        assertEq(token.balanceOf(BOB), 30);
        assertTrue(token.authorizationState(holder, "n"));
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.AuthorizationSpent.selector, holder, bytes32("n")));
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);

        uint256 now_ = block.timestamp;
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SignatureNotValidNow.selector, now_, now_ + 1));
        token.transferWithAuthorization(holder, BOB, 1, now_, now_ + 1, "m", "");
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SignatureNotValidNow.selector, 0, now_));
        token.transferWithAuthorization(holder, BOB, 1, 0, now_, "m", "");
    }

    function test_anAuthorizedTransferTakesTheSignaturesParts() public {
        (uint8 v, bytes32 r, bytes32 s) = _parts(_authorization("Transfer", 30, "n"));
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", v, r, s);
        (v, r, s) = _parts(_authorization("Receive", 30, "o"));
        vm.prank(BOB);
        token.receiveWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "o", v, r, s);
        assertEq(token.balanceOf(BOB), 60);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.OnlyPayee.selector, address(this)));
        token.receiveWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "p", v, r, s);
    }

    function test_onlyThePayeeReceives() public {
        bytes memory signature = _authorization("Receive", 30, "n");
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.OnlyPayee.selector, STRANGER));
        vm.prank(STRANGER);
        token.receiveWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
        // Nor can a stranger carry it as an ordinary transfer.
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder));
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
        vm.prank(BOB);
        token.receiveWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
        assertEq(token.balanceOf(BOB), 30);
    }

    function test_anAuthorizationCanBeCancelled() public {
        bytes memory transfer = _authorization("Transfer", 30, "n");
        bytes32 digest = _digest(
            keccak256(
                abi.encode(keccak256("CancelAuthorization(address authorizer,bytes32 nonce)"), holder, bytes32("n"))
            )
        );
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(holderKey, digest);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder));
        token.cancelAuthorization(holder, "m", abi.encodePacked(r, s, v));
        vm.expectEmit(address(token));
        emit IStablecoin.AuthorizationCanceled(holder, "n");
        token.cancelAuthorization(holder, "n", v, r, s);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.AuthorizationSpent.selector, holder, bytes32("n")));
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", transfer);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.AuthorizationSpent.selector, holder, bytes32("n")));
        token.cancelAuthorization(holder, "n", abi.encodePacked(r, s, v));
    }

    function test_aFrozenPayerAuthorizesNothing() public {
        bytes memory signature = _authorization("Transfer", 30, "n");
        _freeze(holder);
        _expectFrozen(holder);
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
        vm.startPrank(OFFICER);
        token.unfreeze(holder);
        token.freeze(BOB);
        vm.stopPrank();
        _expectFrozen(BOB);
        token.transferWithAuthorization(holder, BOB, 30, 0, type(uint256).max, "n", signature);
    }

    /* HELPERS */

    function _deploy(uint8 decimals) private returns (IStablecoin) {
        return IStablecoin(
            vm.deployCode(
                "StablecoinERC20.sol:StablecoinERC20",
                abi.encode("Demo Dollar", "DUSD", decimals, TIMELOCK, OFFICER, GUARDIAN, address(this))
            )
        );
    }

    function _freeze(address account) private {
        vm.prank(OFFICER);
        token.freeze(account);
    }

    function _has(bytes32 role, address account) private view returns (bool) {
        return IAccessControl(address(token)).hasRole(role, account);
    }

    function _expectFrozen(address account) private {
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.AccountFrozen.selector, account));
    }

    function _expectMissingRole(address account, bytes32 role) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role));
        vm.prank(account);
    }

    function _digest(bytes32 terms) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), terms));
    }

    function _permitDigest(address owner, uint256 value, uint256 nonce) private view returns (bytes32) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        return _digest(keccak256(abi.encode(typeHash, owner, BOB, value, nonce, block.timestamp)));
    }

    /// @dev The holder's signature to pay BOB, for ever from time zero.
    function _authorization(string memory kind, uint256 value, bytes32 nonce) private view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            bytes(
                string.concat(
                    kind,
                    "WithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
                )
            )
        );
        bytes32 digest = _digest(keccak256(abi.encode(typeHash, holder, BOB, value, 0, type(uint256).max, nonce)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(holderKey, digest);
        return abi.encodePacked(r, s, v);
    }

    function _parts(bytes memory signature) private pure returns (uint8 v, bytes32 r, bytes32 s) {
        assembly ("memory-safe") {
            r := mload(add(signature, 32))
            s := mload(add(signature, 64))
            v := byte(0, mload(add(signature, 96)))
        }
    }
}

interface ERC20TransferEvent {
    event Transfer(address indexed from, address indexed to, uint256 value);
}

/// @notice A foreign token that somebody sends to the wrong address.
contract StrayToken is ERC20("Stray", "STRAY") {
    function give(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// @notice A wallet that lets one key sign for it.
contract Wallet is IERC1271 {
    address private immutable _owner;

    constructor(address owner) {
        _owner = owner;
    }

    function isValidSignature(bytes32 digest, bytes memory signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) =
            (bytes32(_word(signature, 32)), bytes32(_word(signature, 64)), uint8(_word(signature, 96) >> 248));
        return ecrecover(digest, v, r, s) == _owner ? IERC1271.isValidSignature.selector : bytes4(0);
    }

    function _word(bytes memory data, uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(data, at))
        }
    }
}
