// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice What the registries are made of.
/// @param policyEngineImplementation The code that the engine clones.
/// @param identityRegistry A fresh registry of their own, see {DirectIdentityRegistry}.
/// @param credentialRegistry A fresh registry of their own, see {DirectCredentialRegistry}.
/// @param issuerPolicyImplementation The code that the issuer policy clones.
struct RegistryParts {
    address policyEngineImplementation;
    address identityRegistry;
    address credentialRegistry;
    address issuerPolicyImplementation;
}

/// @title IComplianceRegistries
/// @notice The identity and credential registries that all baskets of a deployment read, and who may write them.
interface IComplianceRegistries is ITypeAndVersion {
    /// @notice Thrown when an address that must be set is zero.
    error ZeroAddress();

    /// @notice Returns ACE's identity registry: account to identity (CCID).
    function identityRegistry() external view returns (address);

    /// @notice Returns ACE's credential registry: identity to credentials.
    function credentialRegistry() external view returns (address);

    /// @notice Returns the policy that lists the credential issuers, the only accounts that may write, but for flags.
    function issuerPolicy() external view returns (address);

    /// @notice Returns the policy that keeps money-laundering flags for compliance officers, see {IFlagPolicy}.
    function flagPolicy() external view returns (address);

    /// @notice Returns the engine of both registries; it refuses by default and its admin is the timelock.
    function policyEngine() external view returns (address);

    /// @notice Returns whether `account` may write both registries.
    function isIssuer(address account) external view returns (bool);
}
