// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

// ACE's contracts that are cloned as they are. Naming them here has them compiled from the npm package, through the
// IR as Chainlink compiles them; reach them by interface or artifact, never by importing this file (see foundry.toml).
import {CredentialRegistry} from "@chainlink/cross-chain-identity/CredentialRegistry.sol";
import {
    CredentialRegistryIdentityValidatorPolicy
} from "@chainlink/cross-chain-identity/CredentialRegistryIdentityValidatorPolicy.sol";
import {IdentityRegistry} from "@chainlink/cross-chain-identity/IdentityRegistry.sol";
import {PolicyEngine} from "@chainlink/policy-management/core/PolicyEngine.sol";
import {AllowPolicy} from "@chainlink/policy-management/policies/AllowPolicy.sol";
import {OnlyAuthorizedSenderPolicy} from "@chainlink/policy-management/policies/OnlyAuthorizedSenderPolicy.sol";
import {PausePolicy} from "@chainlink/policy-management/policies/PausePolicy.sol";
import {RejectPolicy} from "@chainlink/policy-management/policies/RejectPolicy.sol";
import {VolumePolicy} from "@chainlink/policy-management/policies/VolumePolicy.sol";
