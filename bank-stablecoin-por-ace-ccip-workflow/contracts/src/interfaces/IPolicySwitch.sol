// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @title IPolicySwitch
/// @notice Lets the owner of a basket's whitelist or identity policy put it into force or out of force.
/// @dev Which policies run is the timelock's business; these two may be switched without it, and nothing else may.
///      A policy that is out of force is not installed, so it costs nothing and judges nobody.
interface IPolicySwitch is ITypeAndVersion {
    /// @notice Emitted when the whitelist comes into or goes out of force.
    event WhitelistRequiredSet(bool required);
    /// @notice Emitted when the credential check comes into or goes out of force.
    event IdentityRequiredSet(bool required);

    /// @notice Emitted when the guardian stops all mints of the basket, or lets them go on.
    event MintingHaltedSet(bool halted);

    /// @notice Thrown when anyone but the guardian halts minting.
    error NotGuardian(address caller);
    /// @notice Thrown when anyone but the policy's owner switches it.
    error NotPolicyOwner(address caller);

    /// @notice Puts the whitelist into or out of force; only for the owner of the whitelist policy.
    function setWhitelistRequired(bool required) external;

    /// @notice Puts the credential check into or out of force; only for the owner of the identity policy.
    function setIdentityRequired(bool required) external;

    /// @notice Stops all mints of the basket, or lets them go on; only for the guardian. Apart from the pause, which is the
    ///         basket admin's: neither lifts the other.
    function setMintingHalted(bool halted) external;

    /// @notice Returns whether the whitelist is in force.
    function whitelistRequired() external view returns (bool);

    /// @notice Returns whether the credential check is in force.
    function identityRequired() external view returns (bool);
}
