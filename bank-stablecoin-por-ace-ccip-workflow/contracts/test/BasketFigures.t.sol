// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {BasketFigures, BasketParts, FiguresOfBasket} from "../src/BasketFigures.sol";
import {IPausePolicy} from "../src/interfaces/IPolicySettings.sol";
import {BasketTest} from "./support/BasketTest.sol";

/// @notice The figures of baskets, as a call reads them that carries the code along.
contract BasketFiguresTest is BasketTest {
    function test_readsWhatEachBasketOwnsAndOwes() public {
        FiguresOfBasket memory before = _figures(1)[0];
        assertEq(before.liability, 0);
        assertEq(before.round, 0, "a feed without any round is no reason to fail");
        assertEq(before.observedAt, 0);
        assertEq(before.writer, address(consumer));
        assertFalse(before.paused);

        assertTrue(_deliver(_order("FIGURES", ALICE, 100e18)));
        FiguresOfBasket[] memory all = _figures(2);
        for (uint256 i = 0; i < 2; ++i) {
            assertEq(all[i].liability, 100e18);
            assertEq(all[i].tokenSupply, 100e18);
            assertEq(all[i].reserves, RESERVES);
            assertEq(all[i].observedAt, block.timestamp);
            assertEq(all[i].round, 1);
        }

        vm.prank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        assertTrue(_figures(1)[0].paused);
    }

    /// @dev An answer is no longer than the code of a contract may be.
    function test_readsSixtyFourBaskets() public {
        FiguresOfBasket[] memory all = _figures(64);
        assertEq(all.length, 64);
        assertEq(all[63].writer, address(consumer));
    }

    function _figures(uint256 count) private returns (FiguresOfBasket[] memory) {
        BasketParts[] memory parts = new BasketParts[](count);
        for (uint256 i = 0; i < count; ++i) {
            parts[i] = BasketParts(address(ledger), address(token), basket.pausePolicy);
        }
        BasketFigures answer = new BasketFigures(parts);
        return abi.decode(address(answer).code, (FiguresOfBasket[]));
    }
}
