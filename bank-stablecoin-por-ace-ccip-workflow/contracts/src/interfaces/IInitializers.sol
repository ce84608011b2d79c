// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title IEngineInitializer
/// @notice How a fresh clone of ACE's policy engine is initialised.
/// @dev ACE's contracts are compiled through the IR and reached by interface only, see foundry.toml.
interface IEngineInitializer {
    /// @param defaultAllow Whether what no policy covers is allowed.
    /// @param initialOwner Receives every role.
    function initialize(bool defaultAllow, address initialOwner) external;
}

/// @title IPolicyInitializer
/// @notice How a fresh clone of an ACE policy is initialised.
interface IPolicyInitializer {
    /// @param policyEngine The only engine that may run the policy.
    /// @param initialOwner The owner of the policy's settings.
    /// @param configParams The settings, ABI-encoded as the policy expects them.
    function initialize(address policyEngine, address initialOwner, bytes calldata configParams) external;
}

/// @title IRegistryInitializer
/// @notice How a fresh ACE registry is initialised.
interface IRegistryInitializer {
    /// @param policyEngine The engine that guards the registry's writing functions.
    /// @param initialOwner May exchange the engine.
    function initialize(address policyEngine, address initialOwner) external;
}

