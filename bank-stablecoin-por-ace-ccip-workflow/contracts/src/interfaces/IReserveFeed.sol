// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ReserveProof} from "../libraries/ReportCodec.sol";
import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";

/// @title IReserveFeed
/// @notice The proven reserves of one basket, readable like any Chainlink data feed.
interface IReserveFeed is AggregatorV3Interface {
    /// @notice Emitted when a proof is accepted; the same event as Chainlink's aggregators emit.
    /// @param current The reserves in the token's base units.
    /// @param roundId The number of proofs accepted so far.
    /// @param updatedAt The source's time of the observation, unix seconds.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);

    /// @notice Thrown when anyone but the basket's consumer writes.
    error OnlyConsumer(address caller);
    /// @notice Thrown when a proof claims to be observed more than {MAX_AHEAD} seconds in the future.
    error ProofFromFuture(uint256 observedAt);
    /// @notice Thrown when the proven amount does not fit 128 bits.
    error ReservesTooLarge(uint256 amount);
    /// @notice Thrown when a round is asked for that is not stored: none yet, or not the latest.
    error NoDataPresent(uint80 roundId);

    /// @notice How far ahead of the block the source's clock may be, in seconds.
    function MAX_AHEAD() external view returns (uint256);

    /// @notice The only account that may write: the basket's minting consumer.
    function consumer() external view returns (address);

    /// @notice The token whose reserves these are.
    function token() external view returns (address);

    /// @notice Accepts a newer proof; ignores an older one; of two with equal time it keeps the lower amount.
    /// @dev Reports of concurrent runs may arrive in any order, so an older proof is no error.
    function record(ReserveProof calldata proof) external;

    /// @notice Returns the last accepted proof, both values zero when there is none.
    function latestProof() external view returns (ReserveProof memory);
}
