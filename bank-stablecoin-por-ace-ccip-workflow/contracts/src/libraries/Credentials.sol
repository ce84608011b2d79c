// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title Credentials
/// @notice The credential types that a new basket's identity policy looks at; each is also its requirement's id.
library Credentials {
    /// @notice The identity has passed the know-your-customer checks; must be present and not expired.
    bytes32 internal constant KYC = keccak256("common.kyc");
    /// @notice The identity is flagged for money laundering; must be absent.
    bytes32 internal constant AML_FLAG = keccak256("basket.aml-flag");
    /// @notice Where the identity resides; data is the two-letter code, which the basket must accept.
    bytes32 internal constant JURISDICTION = keccak256("basket.jurisdiction");
}
