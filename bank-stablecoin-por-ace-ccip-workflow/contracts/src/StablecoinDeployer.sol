// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {StablecoinERC20} from "./StablecoinERC20.sol";
import {IStablecoinDeployer} from "./interfaces/IStablecoinDeployer.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";

/// @title StablecoinDeployer
/// @notice Holds the token's creation code, for which the factory has no room.
contract StablecoinDeployer is IStablecoinDeployer {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "StablecoinDeployer 1.0.0";

    /// @inheritdoc IStablecoinDeployer
    function deploy(string calldata name, string calldata symbol, uint8 decimals, address[3] calldata parties)
        external
        returns (address)
    {
        return address(
            new StablecoinERC20(
                name, symbol, decimals, StablecoinERC20.Parties(parties[0], parties[1], parties[2], msg.sender)
            )
        );
    }
}
