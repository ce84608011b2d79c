// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Order, Report} from "../src/libraries/ReportCodec.sol";
import {BasketTest} from "./support/BasketTest.sol";

contract MintTest is BasketTest {
    function test_signedReportMintsThroughTheForwarder() public {
        Order memory order = _order("REF-1", ALICE, 1000e18);
        _expectMinted(order);
        assertTrue(_deliver(order));

        assertEq(token.balanceOf(ALICE), 1000e18);
        assertEq(token.totalSupply(), 1000e18);
        assertEq(consumer.totalSupply(), 1000e18);
        assertEq(consumer.mintOf(order.bankRef), keccak256(abi.encode(ALICE, 1000e18)));
        (, int256 answer,, uint256 updatedAt,) = feed.latestRoundData();
        assertEq(answer, int256(RESERVES));
        assertEq(updatedAt, block.timestamp);
    }
}
