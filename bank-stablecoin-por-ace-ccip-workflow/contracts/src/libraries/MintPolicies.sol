// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IMintingConsumer} from "../interfaces/IMintingConsumer.sol";
import {IRedemptionDesk} from "../interfaces/IRedemptionDesk.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";

/// @title MintPolicies
/// @notice What the policies of mints and redemptions are installed on and which parameters they read.
library MintPolicies {
    /// @notice The function that mints an order; its policies are run for every order.
    bytes4 internal constant SELECTOR = IMintingConsumer.executeMint.selector;
    /// @notice The function that takes a report; its policies are asked once, before the orders, and see none of them.
    /// @dev Only asked ({IPolicyEngine-check}): no policy that counts in `postRun` belongs here.
    bytes4 internal constant REPORT_SELECTOR = IReceiver.onReport.selector;
    /// @notice The function of the desk that takes tokens in; its policies are run for every request.
    bytes4 internal constant REQUEST_SELECTOR = IRedemptionDesk.executeRequest.selector;
    /// @notice The beneficiary or holder, an ABI-encoded `address`.
    bytes32 internal constant ACCOUNT = keccak256("account");
    /// @notice The amount in base units, an ABI-encoded `uint256`.
    bytes32 internal constant AMOUNT = keccak256("amount");

    /// @notice Returns the list of one parameter name.
    function parameters(bytes32 name) internal pure returns (bytes32[] memory names) {
        names = new bytes32[](1);
        names[0] = name;
    }

    /// @notice Returns the list of two parameter names.
    function parameters(bytes32 first, bytes32 second) internal pure returns (bytes32[] memory names) {
        names = new bytes32[](2);
        (names[0], names[1]) = (first, second);
    }
}
