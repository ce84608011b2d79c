// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IComplianceLens} from "../../src/interfaces/IComplianceLens.sol";
import {IPolicySwitch} from "../../src/interfaces/IPolicySwitch.sol";
import {Credentials} from "../../src/libraries/Credentials.sol";
import {BasketTest} from "./BasketTest.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";

/// @notice A basket with its lens, and what issuers and officers do to a beneficiary.
abstract contract ComplianceSetup is BasketTest {
    IComplianceLens internal lens;
    IIdentityRegistry internal identities;
    ICredentialRegistry internal credentials;

    function setUp() public virtual override {
        super.setUp();
        lens = IComplianceLens(vm.deployCode("ComplianceLens.sol:ComplianceLens", abi.encode(factory)));
        identities = IIdentityRegistry(registries.identityRegistry());
        credentials = ICredentialRegistry(registries.credentialRegistry());
    }

    function _require(bool whitelist, bool identity) internal {
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setWhitelistRequired(whitelist);
        IPolicySwitch(basket.policySwitch).setIdentityRequired(identity);
        vm.stopPrank();
    }

    function _issue(address account, bytes32 credential, uint40 expiresAt, bytes memory data) internal {
        vm.prank(ISSUER);
        credentials.registerCredential(_ccid(account), credential, expiresAt, data, "");
    }

    function _flag(address account) internal {
        vm.prank(COMPLIANCE);
        credentials.registerCredential(_ccid(account), Credentials.AML_FLAG, 0, "", "");
    }

    function _failed(address account) internal view returns (bytes32[] memory) {
        return lens.explain(address(consumer), account, 0).failedRequirements;
    }

    function _assertFailed(address account, bytes32 only) internal view {
        bytes32[] memory failed = _failed(account);
        assertEq(failed.length, 1);
        assertEq(failed[0], only);
    }

    function _assertFailed(address account, bytes32 first, bytes32 second) internal view {
        bytes32[] memory failed = _failed(account);
        assertEq(failed.length, 2);
        assertEq(failed[0], first);
        assertEq(failed[1], second);
    }
}
