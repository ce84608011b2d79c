// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {PolicyKinds} from "../src/libraries/PolicyKinds.sol";
import {HostilePolicy} from "./support/HostilePolicies.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The kinds of policies against the table of verdict codes; `test/verdict-codes.test.ts` compares the rest.
contract VerdictCodesTest is Test {
    function test_eachPolicyOfTheTableHasItsVerdictCode() public {
        string memory json = vm.readFile("contracts/verdict-codes.json");
        HostilePolicy policy = new HostilePolicy();
        uint256 policies;
        for (uint256 i = 0; vm.keyExistsJson(json, _path(i, "code")); ++i) {
            string memory kind = vm.parseJsonString(json, _path(i, "decidedBy"));
            if (!_isPolicy(kind)) continue;
            ++policies;
            policy.callsItself(abi.encode(string.concat(kind, " 1.0.0")), false);
            assertEq(PolicyKinds.verdictOf(address(policy)), vm.parseJsonUint(json, _path(i, "code")), kind);
        }
        assertEq(policies, 6, "policies of the table");
    }

    function _path(uint256 index, string memory key) private pure returns (string memory) {
        return string.concat("$[", vm.toString(index), "].", key);
    }

    /// @dev Kinds are one word; "another policy" is none.
    function _isPolicy(string memory kind) private pure returns (bool) {
        return vm.indexOf(kind, "Policy") != type(uint256).max;
    }
}
