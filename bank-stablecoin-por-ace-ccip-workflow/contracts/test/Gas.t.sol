// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IAllowPolicy} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {Order} from "../src/libraries/ReportCodec.sol";
import {BasketTest} from "./support/BasketTest.sol";

/// @notice What transactions cost, written to snapshots/GasTest.json; run with --isolate so that storage is cold.
contract GasTest is BasketTest {
    function test_createBasket() public {
        factory.createBasket("New", "NEW", ADMIN);
        vm.snapshotGasLastCall("createBasket");
    }

    function test_mintToANewAccount() public {
        _report(_one("A", ALICE), "mint, first of an account");
    }

    function test_mintToAKnownAccount() public {
        _report(_one("A", ALICE), "");
        vm.warp(block.timestamp + 60);
        _report(_one("B", ALICE), "mint, known account");
    }

    function test_mintWithEveryPolicy() public {
        _enforceWhitelist();
        _report(_one("A", ALICE), "mint, first of an account, with whitelist");
    }

    function test_batchOfTen() public {
        Order[] memory orders = new Order[](10);
        for (uint256 i = 0; i < orders.length; ++i) {
            address account = makeAddr(vm.toString(i));
            _register(account, "CH");
            orders[i] = _order(vm.toString(i), account, 1000e18);
        }
        _report(orders, "mint, batch of 10 new accounts");
    }

    function test_refusals() public {
        _report(_one("A", STRANGER), "refusal by the identity policy");
        _report(_one("A", ALICE), "");
        _report(_one("A", ALICE), "refusal of a used reference");
    }

    function test_attestation() public {
        _report(new Order[](0), "attestation");
    }

    /// @dev The bound that the consumer demands must be at least twice the dearest order.
    function test_theGasGuardIsTwiceTheDearestOrder() public {
        _enforceWhitelist();
        _register(STRANGER, "CH");
        vm.prank(ADMIN);
        IAllowPolicy(basket.allowPolicy).allowAddress(STRANGER);
        Order memory order = _order("A", STRANGER, 1000e18);
        vm.prank(address(consumer));
        feed.record(_mintReport(order).reserves);
        vm.prank(address(consumer));
        consumer.executeMint(order);
        // In isolation the call is a transaction of its own, whose base fee an order does not pay.
        uint256 used = vm.lastCallGas().gasTotalUsed - 21_000;
        vm.snapshotValue("dearest order", used);
        assertLe(2 * used, consumer.ORDER_GAS());
    }

    function _enforceWhitelist() private {
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setWhitelistRequired(true);
        IAllowPolicy(basket.allowPolicy).allowAddress(ALICE);
        vm.stopPrank();
    }

    function _one(string memory bankRef, address account) private pure returns (Order[] memory orders) {
        orders = new Order[](1);
        orders[0] = _order(bankRef, account, 1000e18);
    }

    function _report(Order[] memory orders, string memory name) private {
        bytes memory body = _encode(_mintReport(orders));
        // Instruction 3, an attestation, for a report without orders.
        if (orders.length == 0) body[63] = 0x03;
        bytes memory raw = _rawReport(body);
        bytes[] memory signatures = _signatures(raw);
        forwarder.report(address(consumer), raw, _context(), signatures);
        if (bytes(name).length != 0) vm.snapshotGasLastCall(name);
    }
}
