// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {MintPolicies} from "./libraries/MintPolicies.sol";
import {IExtractor} from "@chainlink/policy-management/interfaces/IExtractor.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @title MintExtractor
/// @notice Tells ACE policies the beneficiary and the amount of a mint, or the holder and the amount of a redemption.
contract MintExtractor is IExtractor {
    /// @inheritdoc IExtractor
    string public constant override typeAndVersion = "MintExtractor 2.0.0";

    /// @inheritdoc IExtractor
    /// @dev Runs for every order, so the list of the two parameters is laid out by hand: the compiler's encoder makes
    ///      the call twice as dear.
    function extract(IPolicyEngine.Payload calldata payload) external pure returns (IPolicyEngine.Parameter[] memory) {
        if (payload.selector != MintPolicies.SELECTOR && payload.selector != MintPolicies.REQUEST_SELECTOR) {
            revert IPolicyEngine.UnsupportedSelector(payload.selector);
        }
        // Both calls begin with a reference, the account and the amount.
        (, address account, uint256 amount) = abi.decode(payload.data, (bytes32, address, uint256));
        // A list at offset 32 of two entries; each entry is (name, offset of the value, its length, the value).
        bytes memory list =
            abi.encode(32, 2, 64, 192, MintPolicies.ACCOUNT, 64, 32, account, MintPolicies.AMOUNT, 64, 32, amount);
        assembly ("memory-safe") {
            return(add(list, 32), mload(list))
        }
    }
}
