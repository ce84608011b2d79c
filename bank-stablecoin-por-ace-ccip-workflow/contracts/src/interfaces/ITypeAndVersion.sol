// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title ITypeAndVersion
/// @notice Says what a deployed contract is, as Chainlink's contracts do.
interface ITypeAndVersion {
    /// @notice Returns the contract's name and version, `Name major.minor.patch`.
    function typeAndVersion() external view returns (string memory);
}
