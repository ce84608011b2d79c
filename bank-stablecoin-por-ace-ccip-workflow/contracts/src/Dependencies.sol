// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

// Contracts that are deployed as they are. Naming them here has them compiled from the npm packages.
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
