// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title Verdicts
/// @notice The codes with which the minting consumer accepts or refuses one order.
/// @dev 1–10 are decided by the basket's own contracts; 16–24 concern an ACE policy, the refusals told apart by the policy's own
///      `typeAndVersion()`, so that they stay right when policies are exchanged.
library Verdicts {
    /// @notice The order may be minted.
    uint8 internal constant ACCEPTED = 0;
    /// @notice The beneficiary is the zero address.
    uint8 internal constant ZERO_ACCOUNT = 1;
    /// @notice The amount is zero or above `type(uint128).max` base units.
    uint8 internal constant BAD_AMOUNT = 2;
    /// @notice The bank reference has been minted before.
    uint8 internal constant REFERENCE_USED = 3;
    /// @notice An earlier order of the same batch has the same beneficiary.
    uint8 internal constant ACCOUNT_REPEATED = 4;
    /// @notice The last accepted reserve proof is older than the basket allows, or there is none.
    uint8 internal constant RESERVE_STALE = 5;
    /// @notice The liability after this mint would exceed the last accepted reserve proof.
    uint8 internal constant RESERVE_INSUFFICIENT = 6;
    /// @notice The basket's cap for the current time window would be exceeded.
    uint8 internal constant WINDOW_CAP_EXCEEDED = 7;
    /// @notice The beneficiary is a contract of the basket itself.
    uint8 internal constant FORBIDDEN_ACCOUNT = 8;
    /// @notice The order is for another chain, to which there is no lane.
    uint8 internal constant DELIVERY_REFUSED = 9;
    /// @notice The beneficiary's account is frozen.
    uint8 internal constant ACCOUNT_FROZEN = 10;

    /// @notice A policy of unknown kind refused, or no policy allowed the order.
    uint8 internal constant POLICY_REJECTED = 16;
    /// @notice The basket is paused.
    uint8 internal constant PAUSED = 17;
    /// @notice The beneficiary is on the blacklist.
    uint8 internal constant BLACKLISTED = 18;
    /// @notice The beneficiary is not on the whitelist.
    uint8 internal constant NOT_WHITELISTED = 19;
    /// @notice A credential (KYC, AML, jurisdiction) is missing, expired or not accepted.
    uint8 internal constant IDENTITY_REJECTED = 20;
    /// @notice The amount is below the minimum or above the maximum of one mint.
    uint8 internal constant VOLUME_OUT_OF_RANGE = 21;
    /// @notice The volume of the beneficiary's identity in the current period would exceed its limit.
    uint8 internal constant RATE_EXCEEDED = 22;
    /// @notice A policy failed instead of deciding; the order may be tried again.
    uint8 internal constant POLICY_FAILED = 23;
    /// @notice The policies took more gas than an order may.
    uint8 internal constant TOO_DEAR = 24;
}
