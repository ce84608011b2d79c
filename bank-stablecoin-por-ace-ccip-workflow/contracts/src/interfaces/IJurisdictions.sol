// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @title IJurisdictions
/// @notice The jurisdictions from which one basket accepts beneficiaries.
interface IJurisdictions is ITypeAndVersion {
    /// @notice Emitted when a jurisdiction is accepted or no longer accepted.
    event JurisdictionSet(bytes2 indexed jurisdiction, bool accepted);

    /// @notice Thrown for a code that is not two capital letters.
    error InvalidJurisdiction(bytes2 jurisdiction);

    /// @notice Accepts beneficiaries from `jurisdiction` or no longer; only for the owner.
    /// @param jurisdiction ISO 3166-1 alpha-2 code, two capital letters.
    function setJurisdiction(bytes2 jurisdiction, bool isAccepted) external;

    /// @notice Returns whether beneficiaries from `jurisdiction` are accepted.
    function accepted(bytes2 jurisdiction) external view returns (bool);
}
