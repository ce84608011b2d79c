// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {MintPolicies} from "./libraries/MintPolicies.sol";
import {Order} from "./libraries/ReportCodec.sol";
import {IExtractor} from "@chainlink/policy-management/interfaces/IExtractor.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @title MintExtractor
/// @notice Tells ACE policies the beneficiary and the amount of a mint.
contract MintExtractor is IExtractor {
    /// @inheritdoc IExtractor
    string public constant override typeAndVersion = "MintExtractor 1.0.0";

    /// @inheritdoc IExtractor
    function extract(IPolicyEngine.Payload calldata payload)
        external
        pure
        returns (IPolicyEngine.Parameter[] memory parameters)
    {
        if (payload.selector != MintPolicies.SELECTOR) {
            revert IPolicyEngine.UnsupportedSelector(payload.selector);
        }
        Order memory order = abi.decode(payload.data, (Order));
        parameters = new IPolicyEngine.Parameter[](2);
        parameters[0] = IPolicyEngine.Parameter(MintPolicies.ACCOUNT, abi.encode(order.account));
        parameters[1] = IPolicyEngine.Parameter(MintPolicies.AMOUNT, abi.encode(order.amount));
    }
}
