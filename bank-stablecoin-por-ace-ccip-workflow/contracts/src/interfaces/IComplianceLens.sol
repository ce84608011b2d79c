// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Verdict} from "./IMintingConsumer.sol";
import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice Why a basket would mint for a beneficiary, or not.
/// @param verdict What the consumer's `preview` says of the mint asked about; the final word of this struct.
/// @param frozen Whether the beneficiary's account is frozen: it neither sends nor receives.
/// @param transfersPaused Whether transfers are paused; minting has a pause of its own.
/// @param paused Whether minting is paused.
/// @param blacklisted Whether the beneficiary is on the blacklist.
/// @param whitelistRequired Whether the whitelist is in force.
/// @param whitelisted Whether the beneficiary is on the whitelist.
/// @param identityRequired Whether the credential check is in force.
/// @param identity The beneficiary's identity (CCID) in the deployment's registry, zero when it has none.
/// @param failedRequirements The credential requirements that are not met, in force or not, or about which a source
///                           gives no answer; see {Credentials}.
/// @param jurisdiction The code in the beneficiary's jurisdiction credential, empty when it has none.
/// @param jurisdictionAccepted Whether the basket accepts that jurisdiction.
/// @param minVolume Smallest mint, in base units.
/// @param maxVolume Largest mint, in base units; zero means no limit.
/// @param rateVolume Volume per person and period, in base units.
/// @param ratePeriod That period, in seconds.
/// @param rateUsed What the beneficiary's identity has used of it in the present period, with all its accounts.
/// @param laxRequirements The requirements of an absence (of a flag) that not every source has to confirm, so that a
///                        flag in one of them alone does not refuse.
struct Explanation {
    Verdict verdict;
    bool frozen;
    bool transfersPaused;
    bool paused;
    bool blacklisted;
    bool whitelistRequired;
    bool whitelisted;
    bool identityRequired;
    bytes32 identity;
    bytes32[] failedRequirements;
    bytes jurisdiction;
    bool jurisdictionAccepted;
    uint256 minVolume;
    uint256 maxVolume;
    uint256 rateVolume;
    uint256 ratePeriod;
    uint256 rateUsed;
    bytes32[] laxRequirements;
}

/// @title IComplianceLens
/// @notice Explains the compliance of a beneficiary in one call. Read only; nothing depends on it.
interface IComplianceLens is ITypeAndVersion {
    /// @notice Explains whether `mintingConsumer` would mint `amount` for `account`.
    /// @param mintingConsumer A consumer of the factory.
    /// @param account The beneficiary.
    /// @param amount The amount in base units; zero means the smallest mint that the basket allows.
    function explain(address mintingConsumer, address account, uint256 amount)
        external
        view
        returns (Explanation memory explanation);

    /// @notice Returns the ids of the requirements of `identityPolicy` that `account` does not meet, or about which a
    ///         source gives no answer.
    function failedRequirements(address identityPolicy, address account) external view returns (bytes32[] memory failed);

    /// @notice Returns whether `account` meets a requirement of `identityPolicy`; reverts where the policy itself fails,
    ///         because a source is not what it should be.
    function meetsRequirement(address identityPolicy, address account, bytes32 requirementId)
        external
        view
        returns (bool);

    /// @notice Returns the ids of the requirements of `identityPolicy` that ask for the absence of a credential, and not of
    ///         every source: each source that is added makes such a check laxer.
    function laxRequirements(address identityPolicy) external view returns (bytes32[] memory lax);

    /// @notice Returns the gas that a requirement may take, what the consumer gives a whole order: one that takes more is
    ///         not met, and nothing is answered where less is left.
    // forge-lint: disable-next-line(mixed-case-function)
    function REQUIREMENT_GAS() external view returns (uint256);

    /// @notice Returns the factory whose baskets are explained.
    function factory() external view returns (address);

    /// @notice Returns the directory of the registries.
    function registries() external view returns (address);
}
