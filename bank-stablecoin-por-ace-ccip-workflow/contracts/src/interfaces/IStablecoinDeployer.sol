// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @title IStablecoinDeployer
/// @notice Deploys tokens that their creator, the caller, wires once.
interface IStablecoinDeployer is ITypeAndVersion {
    /// @notice Deploys a token that the caller may wire.
    /// @param parties The token's admin, officer and guardian, see {StablecoinERC20-Parties}.
    function deploy(string calldata name, string calldata symbol, uint8 decimals, address[3] calldata parties)
        external
        returns (address stablecoin);
}
