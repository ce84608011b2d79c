// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

// The settings of ACE's policies as their owners see them. ACE has no interfaces for them.

/// @title IPausePolicy
/// @notice Settings of ACE's PausePolicy.
interface IPausePolicy {
    /// @notice Pauses or resumes; only for the owner, and only to change the state.
    function setPausedState(bool paused) external;

    /// @notice Returns whether the policy pauses.
    function s_paused() external view returns (bool);
}

/// @title IRejectPolicy
/// @notice Settings of ACE's RejectPolicy, the blacklist.
interface IRejectPolicy {
    /// @notice Puts `account` on the list; only for the owner, and only when it is not there.
    function rejectAddress(address account) external;

    /// @notice Takes `account` off the list; only for the owner, and only when it is there.
    function unrejectAddress(address account) external;

    /// @notice Returns whether `account` is on the list.
    function addressRejected(address account) external view returns (bool);
}

/// @title IAllowPolicy
/// @notice Settings of ACE's AllowPolicy, the whitelist.
interface IAllowPolicy {
    /// @notice Puts `account` on the list; only for the owner, and only when it is not there.
    function allowAddress(address account) external;

    /// @notice Takes `account` off the list; only for the owner, and only when it is there.
    function disallowAddress(address account) external;

    /// @notice Returns whether `account` is on the list.
    function addressAllowed(address account) external view returns (bool);
}

/// @title IVolumePolicy
/// @notice Settings of ACE's VolumePolicy, in base units.
interface IVolumePolicy {
    /// @notice Sets the smallest amount; only for the owner.
    function setMin(uint256 minAmount) external;

    /// @notice Sets the largest amount, zero for no limit; only for the owner.
    function setMax(uint256 maxAmount) external;

    /// @notice Returns the smallest amount.
    function getMin() external view returns (uint256);

    /// @notice Returns the largest amount, zero for no limit.
    function getMax() external view returns (uint256);
}

/// @title IVolumeRatePolicy
/// @notice Settings of the {IdentityVolumeRatePolicy}; but for `usedBy`, those of ACE's VolumeRatePolicy.
interface IVolumeRatePolicy {
    /// @notice Emitted when the amount was changed.
    event MaxAmountSet(uint256 maxAmount);
    /// @notice Emitted when the period was changed.
    event TimePeriodDurationSet(uint256 timePeriodDuration);

    /// @notice Sets the amount per person and period, in base units, of at most 128 bits; only for the owner.
    function setMaxAmount(uint256 maxAmount) external;

    /// @notice Sets the period in seconds, counted from the epoch; only for the owner.
    function setTimePeriodDuration(uint256 duration) external;

    /// @notice Returns the amount per person and period, in base units.
    function getMaxAmount() external view returns (uint256);

    /// @notice Returns the period in seconds.
    function getTimePeriodDuration() external view returns (uint256);

    /// @notice Returns what the person to whom `account` belongs has used in the present period, in base units.
    function usedBy(address account) external view returns (uint256);
}

/// @title IIssuerPolicy
/// @notice Settings of ACE's OnlyAuthorizedSenderPolicy, the list of credential issuers.
interface IIssuerPolicy {
    /// @notice Puts `account` on the list; only for the owner, and only when it is not there.
    function authorizeSender(address account) external;

    /// @notice Takes `account` off the list; only for the owner, and only when it is there.
    function unauthorizeSender(address account) external;

    /// @notice Returns whether `account` is on the list.
    function senderAuthorized(address account) external view returns (bool);
}
