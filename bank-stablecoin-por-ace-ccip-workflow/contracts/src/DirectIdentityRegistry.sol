// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {IdentityRegistry} from "@chainlink/cross-chain-identity/IdentityRegistry.sol";

/// @title DirectIdentityRegistry
/// @notice ACE's identity registry, used as it is deployed: every mint asks it, and a proxy makes every answer dearer.
/// @dev {ComplianceRegistries} initialises it, or fails when somebody else did. Until then it has no policy engine and
///      refuses every write.
contract DirectIdentityRegistry is IdentityRegistry {
    /// @dev Leaves {initialize} open once, as it is on a fresh proxy.
    function _disableInitializers() internal pure override {}
}
