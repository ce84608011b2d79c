// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title CloneArguments
/// @notice The basket's addresses in the code of its consumer and its desk, see {Clones-cloneWithImmutableArgs}.
library CloneArguments {
    /// @notice The basket's {ILiabilityLedger}.
    uint256 internal constant LEDGER = 0;
    /// @notice The basket's {IStablecoin}.
    uint256 internal constant TOKEN = 1;
    /// @notice The basket's policy engine.
    uint256 internal constant ENGINE = 2;
    /// @notice The basket's {IRedemptionDesk}; the desk's own code ends before it.
    uint256 internal constant DESK = 3;

    /// @dev Length of the proxy's code in front of the arguments.
    uint256 private constant OFFSET = 0x2d;

    /// @notice Returns one address from the caller's own code.
    function read(uint256 position) internal view returns (address value) {
        assembly ("memory-safe") {
            extcodecopy(address(), 0, add(OFFSET, mul(position, 32)), 32)
            value := mload(0)
        }
    }

    /// @notice Returns the arguments of a desk.
    function encode(address ledger, address token, address engine) internal pure returns (bytes memory) {
        return abi.encode(ledger, token, engine);
    }

    /// @notice Returns the arguments of a consumer.
    function encode(address ledger, address token, address engine, address desk) internal pure returns (bytes memory) {
        return abi.encode(ledger, token, engine, desk);
    }
}
