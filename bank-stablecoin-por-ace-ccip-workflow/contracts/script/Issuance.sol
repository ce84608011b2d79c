// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IComplianceRegistries} from "../src/interfaces/IComplianceRegistries.sol";
import {IIssuerPolicy} from "../src/interfaces/IPolicySettings.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Script} from "forge-std/Script.sol";

/// @title Issuance
/// @notice Registers demo beneficiaries and gives the appointment of credential issuers away.
/// @dev `DEMO_BENEFICIARIES` (comma list) get an identity with KYC and `DEMO_JURISDICTION` (default CH), without an
///      expiry; the issuer admin, see {Roots}, appoints issuers and compliance officers from then on.
abstract contract Issuance is Script {
    /// @notice Thrown when there is somebody to register but the deployer does not appoint issuers any more.
    error NotIssuerAdmin(address admin);

    /// @dev Does what is still missing; the deployer is an issuer only while it registers.
    function _registerDemoBeneficiaries(address registries, address deployer, address issuerAdmin) internal {
        IComplianceRegistries directory = IComplianceRegistries(registries);
        IIssuerPolicy issuers = IIssuerPolicy(directory.issuerPolicy());
        address admin = Ownable(address(issuers)).owner();
        address[] memory newcomers = _unregistered(directory);
        if (newcomers.length != 0) {
            if (admin != deployer) revert NotIssuerAdmin(admin);
            _registerAll(directory, issuers, deployer, newcomers);
        }
        if (admin == deployer && issuerAdmin != deployer) {
            Ownable(address(issuers)).transferOwnership(issuerAdmin);
            Ownable(directory.flagPolicy()).transferOwnership(issuerAdmin);
        }
    }

    function _registerAll(
        IComplianceRegistries directory,
        IIssuerPolicy issuers,
        address deployer,
        address[] memory accounts
    ) private {
        bool appointed = !directory.isIssuer(deployer);
        if (appointed) issuers.authorizeSender(deployer);
        for (uint256 i = 0; i < accounts.length; ++i) {
            _register(directory, accounts[i]);
        }
        if (appointed) issuers.unauthorizeSender(deployer);
    }

    function _register(IComplianceRegistries directory, address account) private {
        bytes32 ccid = keccak256(abi.encode(account));
        bytes32[] memory types = new bytes32[](2);
        (types[0], types[1]) = (Credentials.KYC, Credentials.JURISDICTION);
        bytes[] memory data = new bytes[](2);
        data[1] = bytes(vm.envOr("DEMO_JURISDICTION", string("CH")));
        IIdentityRegistry(directory.identityRegistry()).registerIdentity(ccid, account, "");
        ICredentialRegistry(directory.credentialRegistry()).registerCredentials(ccid, types, 0, data, "");
    }

    /// @dev The demo beneficiaries that have no identity yet.
    function _unregistered(IComplianceRegistries directory) private view returns (address[] memory missing) {
        address[] memory none = new address[](0);
        address[] memory wanted = vm.envOr("DEMO_BENEFICIARIES", ",", none);
        missing = new address[](wanted.length);
        uint256 count;
        for (uint256 i = 0; i < wanted.length; ++i) {
            bool known = IIdentityRegistry(directory.identityRegistry()).getIdentity(wanted[i]) != 0;
            if (!known) missing[count++] = wanted[i];
        }
        assembly ("memory-safe") {
            mstore(missing, count)
        }
    }
}
