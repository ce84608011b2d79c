// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title RedemptionVerdicts
/// @notice The codes with which the consumer refuses a step of a redemption; they follow those of {Verdicts}.
library RedemptionVerdicts {
    /// @notice There is no such request.
    uint8 internal constant UNKNOWN = 32;
    /// @notice The request is not accepted, or has ended.
    uint8 internal constant NOT_ACCEPTED = 33;
    /// @notice The payment's reference has settled a redemption before.
    uint8 internal constant SETTLEMENT_USED = 34;
    /// @notice The request is no longer open.
    uint8 internal constant NOT_REQUESTED = 35;
    /// @notice The holder's account is frozen, or transfers are paused.
    uint8 internal constant HOLDER_FROZEN_OR_PAUSED = 36;
    /// @notice The settlement names no payment, or no time of it.
    uint8 internal constant NO_SETTLEMENT = 37;
    /// @notice There is no such step.
    uint8 internal constant UNKNOWN_STEP = 38;
    /// @notice The reserves were observed before the payment.
    uint8 internal constant PROOF_BEFORE_PAYMENT = 39;
}
