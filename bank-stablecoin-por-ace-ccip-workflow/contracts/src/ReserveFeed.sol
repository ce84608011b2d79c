// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IReserveFeed} from "./interfaces/IReserveFeed.sol";
import {ReserveProof} from "./libraries/ReportCodec.sol";
import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title ReserveFeed
/// @notice Holds the last reserve proof that the DON signed for one basket. Nobody owns it.
contract ReserveFeed is IReserveFeed {
    /// @inheritdoc IReserveFeed
    uint256 public constant MAX_AHEAD = 120;
    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;

    /// @inheritdoc IReserveFeed
    address public immutable consumer;
    /// @inheritdoc IReserveFeed
    address public immutable token;
    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable decimals;

    // One slot: a proof costs one storage write.
    uint128 private _amount;
    uint64 private _observedAt;
    uint64 private _round;

    /// @param consumer_ The basket's minting consumer, the only writer.
    /// @param token_ The basket's token, whose decimals the feed takes over.
    constructor(address consumer_, address token_) {
        consumer = consumer_;
        token = token_;
        decimals = IERC20Metadata(token_).decimals();
    }

    /* WRITING */

    /// @inheritdoc IReserveFeed
    function record(ReserveProof calldata proof) external {
        if (msg.sender != consumer) revert OnlyConsumer(msg.sender);
        if (proof.observedAt > block.timestamp + MAX_AHEAD) revert ProofFromFuture(proof.observedAt);
        if (proof.amount > type(uint128).max) revert ReservesTooLarge(proof.amount);

        bool older = proof.observedAt < _observedAt;
        bool sameAndNotLower = proof.observedAt == _observedAt && proof.amount >= _amount;
        if (older || sameAndNotLower) return;

        _amount = uint128(proof.amount);
        _observedAt = proof.observedAt;
        emit AnswerUpdated(int256(proof.amount), ++_round, proof.observedAt);
    }

    /* READING */

    /// @inheritdoc IReserveFeed
    function latestProof() external view returns (ReserveProof memory) {
        return ReserveProof(_amount, _observedAt);
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(_round);
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev Only the latest round is stored; earlier ones are in the `AnswerUpdated` events.
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view returns (string memory) {
        return string.concat(IERC20Metadata(token).symbol(), " reserves");
    }

    /// @dev Returns (round, answer, startedAt, updatedAt, answeredInRound) of the latest round, if that is asked for.
    function _roundData(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        if (roundId == 0 || roundId != _round) revert NoDataPresent(roundId);
        return (roundId, int256(uint256(_amount)), _observedAt, _observedAt, roundId);
    }
}
