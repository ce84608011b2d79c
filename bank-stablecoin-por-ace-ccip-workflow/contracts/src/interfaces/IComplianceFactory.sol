// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @notice The compliance contracts of one basket.
/// @param policyEngine The ACE engine that only this basket uses; its admin is the timelock.
/// @param pausePolicy Stops every mint.
/// @param rejectPolicy The blacklist.
/// @param allowPolicy The whitelist; not in force at creation.
/// @param identityPolicy The credential check; in force at creation.
/// @param jurisdictions The jurisdictions from which beneficiaries are accepted.
/// @param volumePolicy The bounds of one mint.
/// @param volumeRatePolicy The bound per beneficiary and period.
/// @param policySwitch Puts whitelist and identity policy into or out of force.
struct Compliance {
    address policyEngine;
    address pausePolicy;
    address rejectPolicy;
    address allowPolicy;
    address identityPolicy;
    address jurisdictions;
    address volumePolicy;
    address volumeRatePolicy;
    address policySwitch;
}

/// @notice The code that the clones of every basket share.
struct ComplianceImplementations {
    address mintExtractor;
    address policyEngine;
    address pausePolicy;
    address rejectPolicy;
    address allowPolicy;
    address identityPolicy;
    address volumePolicy;
    address volumeRatePolicy;
    address policySwitch;
}

/// @title IComplianceFactory
/// @notice Creates the policy engine of a basket with its chain of policies.
interface IComplianceFactory {
    /// @notice Emitted when an engine with its policies was created.
    event ComplianceCreated(address indexed consumer, address indexed admin, Compliance compliance);

    /// @notice Thrown when an address that must be set is zero.
    error ZeroAddress();

    /// @notice Creates an engine that accepts mints of `consumer` under all policies and refuses everything else.
    /// @dev Open to everybody: an engine means nothing until a consumer is wired to it, which only happens once.
    /// @param consumer The minting consumer that will ask the engine.
    /// @param admin The owner of the policies: lists, limits, pause, switches.
    function createCompliance(address consumer, address admin) external returns (Compliance memory compliance);

    /// @notice Returns the admin of every engine: a timelock.
    function timelock() external view returns (address);

    /// @notice Returns the code that new baskets clone.
    function implementations() external view returns (ComplianceImplementations memory);

    /// @notice Returns the jurisdictions that new baskets accept.
    function defaultJurisdictions() external view returns (bytes2[] memory);

    /// @notice Returns the directory of the identity and credential registries.
    function registries() external view returns (address);
}
