// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice The compliance contracts of one basket.
/// @param policyEngine The ACE engine that only this basket uses; its admin is the timelock.
/// @param pausePolicy Stops every mint.
/// @param rejectPolicy The blacklist.
/// @param allowPolicy The whitelist; not in force at creation.
/// @param identityPolicy The credential check; in force at creation.
/// @param jurisdictions The jurisdictions from which beneficiaries are accepted.
/// @param volumePolicy The bounds of one mint.
/// @param volumeRatePolicy The bound per person and period, see {IdentityVolumeRatePolicy}.
/// @param policySwitch Puts whitelist and identity policy into or out of force for mints.
/// @param redemptionVolumePolicy The bounds of one redemption.
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
    address redemptionVolumePolicy;
}

/// @notice What the policies of one basket are installed on.
/// @param policyEngine The engine, fresh from {IComplianceFactory-createEngine}.
/// @param ledger The ledger, whose writer the switch follows.
/// @param consumer The consumer.
/// @param desk The redemption desk.
/// @param unit One whole token in base units.
struct ComplianceTargets {
    address policyEngine;
    address ledger;
    address consumer;
    address desk;
    uint256 unit;
    address guardian;
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
interface IComplianceFactory is ITypeAndVersion {
    /// @notice Emitted when an engine with its policies was created.
    event ComplianceCreated(address indexed consumer, address indexed admin, Compliance compliance);

    /// @notice Thrown when an address that must be set is zero.
    error ZeroAddress();
    /// @notice Thrown when anyone but the basket factory asks, or anyone but the deployer names it.
    error OnlyBasketFactory(address caller);

    /// @notice Names the only contract that creates engines; once, for the deployer.
    function bind(address basketFactory) external;

    /// @notice Creates an engine that refuses everything; only for the basket factory.
    function createEngine() external returns (address policyEngine);

    /// @notice Lets the engine accept mints of the consumer and requests of the desk under all policies, and gives it to
    ///         the timelock; only for the basket factory.
    /// @param admin The owner of the policies: lists, limits, pause, switches.
    function createCompliance(ComplianceTargets calldata targets, address admin)
        external
        returns (Compliance memory compliance);

    /// @notice Returns the only contract that creates engines.
    function basketFactory() external view returns (address);

    /// @notice Returns the admin of every engine: a timelock.
    function timelock() external view returns (address);

    /// @notice Returns the code that new baskets clone.
    function implementations() external view returns (ComplianceImplementations memory);

    /// @notice Returns the jurisdictions that new baskets accept.
    function defaultJurisdictions() external view returns (bytes2[] memory);

    /// @notice Returns the directory of the identity and credential registries.
    function registries() external view returns (address);
}
