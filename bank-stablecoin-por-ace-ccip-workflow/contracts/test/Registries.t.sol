// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IFlagPolicy} from "../src/interfaces/IFlagPolicy.sol";
import {IIssuerPolicy} from "../src/interfaces/IPolicySettings.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {ComplianceSetup} from "./support/ComplianceSetup.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Who writes identities, credentials and flags.
contract RegistriesTest is ComplianceSetup {
    /* REGISTRIES */

    function test_onlyIssuersWriteTheRegistries() public {
        address[4] memory others = [STRANGER, ADMIN, OPERATOR, ALICE];
        for (uint256 i = 0; i < others.length; ++i) {
            _assertCannotWrite(others[i]);
        }
        assertTrue(registries.isIssuer(ISSUER));
        assertFalse(registries.isIssuer(STRANGER));
    }

    function test_theIssuerAdminAppointsAndDismisses() public {
        IIssuerPolicy issuers = IIssuerPolicy(registries.issuerPolicy());
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ISSUER));
        vm.prank(ISSUER);
        issuers.authorizeSender(STRANGER);

        vm.startPrank(OPERATOR);
        issuers.authorizeSender(STRANGER);
        issuers.unauthorizeSender(ISSUER);
        vm.stopPrank();
        vm.prank(STRANGER);
        identities.registerIdentity("x", STRANGER, "");
        _assertCannotWrite(ISSUER);
    }

    function _assertCannotWrite(address account) private {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _ccid(account);
        address[] memory accounts = new address[](1);
        accounts[0] = account;
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(identities.registerIdentity, (ids[0], account, ""));
        calls[1] = abi.encodeCall(identities.registerIdentities, (ids, accounts, ""));
        calls[2] = abi.encodeCall(identities.removeIdentity, (_ccid(ALICE), ALICE, ""));
        calls[3] = abi.encodeCall(credentials.registerCredential, (ids[0], Credentials.KYC, 0, "", ""));
        calls[5] = abi.encodeCall(credentials.removeCredential, (_ccid(ALICE), Credentials.KYC, ""));
        calls[6] = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), Credentials.KYC, 0, ""));
        calls[4] = abi.encodeCall(credentials.registerCredentials, (ids[0], ids, 0, new bytes[](1), ""));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(account);
            (bool ok, bytes memory reason) = (i < 3 ? address(identities) : address(credentials)).call(calls[i]);
            assertFalse(ok);
            assertEq(bytes4(reason), IPolicyEngine.PolicyRunRejected.selector);
        }
    }

    /* FLAGS */

    function test_noIssuerSetsNorLiftsAFlag() public {
        bytes32 flag = Credentials.AML_FLAG;
        _assertPolicyRefuses(
            ISSUER, address(credentials), abi.encodeCall(credentials.registerCredential, (_ccid(BOB), flag, 0, "", ""))
        );
        bytes32[] memory types = new bytes32[](2);
        (types[0], types[1]) = (keccak256("some other"), flag);
        bytes memory call = abi.encodeCall(credentials.registerCredentials, (_ccid(BOB), types, 0, new bytes[](2), ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        // Nor does an officer who is no issuer bring other credentials along.
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);

        _flag(ALICE);
        call = abi.encodeCall(credentials.removeCredential, (_ccid(ALICE), flag, ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        call = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), flag, uint40(block.timestamp + 1), ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        _assertAccepted(_order("S", BOB, 1e18));
    }

    function test_aFlaggedAccountIsNotMovedToACleanIdentity() public {
        _flag(ALICE);
        bytes memory call = abi.encodeCall(identities.removeIdentity, (_ccid(ALICE), ALICE, ""));
        _assertPolicyRefuses(ISSUER, address(identities), call);
        _assertPolicyRefuses(COMPLIANCE, address(identities), call);
        assertEq(identities.getIdentity(ALICE), _ccid(ALICE));
        // Nor where there is nothing but the flag.
        address carol = makeAddr("carol");
        vm.prank(ISSUER);
        identities.registerIdentity(_ccid(carol), carol, "");
        _flag(carol);
        call = abi.encodeCall(identities.removeIdentity, (_ccid(carol), carol, ""));
        _assertPolicyRefuses(COMPLIANCE, address(identities), call);

        vm.prank(COMPLIANCE);
        credentials.removeCredential(_ccid(ALICE), Credentials.AML_FLAG, "");
        vm.prank(ISSUER);
        identities.removeIdentity(_ccid(ALICE), ALICE, "");
        assertEq(identities.getIdentity(ALICE), 0);
    }

    function test_aFlagHasNoEnd() public {
        bytes32 flag = Credentials.AML_FLAG;
        uint40 soon = uint40(block.timestamp + 1 days);
        bytes memory call = abi.encodeCall(credentials.registerCredential, (_ccid(ALICE), flag, soon, "", ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        _flag(ALICE);
        call = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), flag, soon, ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        vm.prank(COMPLIANCE);
        credentials.renewCredential(_ccid(ALICE), flag, 0, "");
        vm.warp(block.timestamp + 365 days);
        assertEq(_preview(_order("R", ALICE, 1e18)).code, Verdicts.IDENTITY_REJECTED);
    }

    function test_theIssuerAdminAppointsOfficers() public {
        IFlagPolicy flags = IFlagPolicy(registries.flagPolicy());
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, COMPLIANCE));
        vm.prank(COMPLIANCE);
        flags.setOfficer(STRANGER, true);
        vm.startPrank(OPERATOR);
        vm.expectEmit(address(flags));
        emit IFlagPolicy.OfficerSet(COMPLIANCE, false);
        flags.setOfficer(COMPLIANCE, false);
        flags.setOfficer(STRANGER, true);
        vm.stopPrank();
        assertFalse(flags.isOfficer(COMPLIANCE));
        bytes memory call =
            abi.encodeCall(credentials.registerCredential, (_ccid(BOB), Credentials.AML_FLAG, 0, "", ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        vm.prank(STRANGER);
        credentials.registerCredential(_ccid(BOB), Credentials.AML_FLAG, 0, "", "");
        _assertFailed(BOB, Credentials.AML_FLAG);
    }

    /// @dev Whether a registry refuses an account's call, by a policy.
    function _assertPolicyRefuses(address account, address registry, bytes memory call) private {
        vm.prank(account);
        (bool ok, bytes memory reason) = registry.call(call);
        assertFalse(ok);
        assertEq(bytes4(reason), IPolicyEngine.PolicyRunRejected.selector);
    }
}
