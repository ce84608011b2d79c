// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title IFlagPolicy
/// @notice Settings of the policy that keeps money-laundering flags for compliance officers.
interface IFlagPolicy {
    /// @notice Emitted when an officer is appointed or dismissed.
    event OfficerSet(address indexed account, bool isOfficer);

    /// @notice Appoints or dismisses an officer; only for the owner.
    function setOfficer(address account, bool officer) external;

    /// @notice Returns whether `account` may set and lift flags.
    function isOfficer(address account) external view returns (bool);
}
