// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

// Chainlink's contracts that are deployed as they are. Naming them here has them compiled from the npm packages.
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {PolicyEngine} from "@chainlink/policy-management/core/PolicyEngine.sol";
import {PausePolicy} from "@chainlink/policy-management/policies/PausePolicy.sol";
import {RejectPolicy} from "@chainlink/policy-management/policies/RejectPolicy.sol";
import {VolumePolicy} from "@chainlink/policy-management/policies/VolumePolicy.sol";
import {VolumeRatePolicy} from "@chainlink/policy-management/policies/VolumeRatePolicy.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
