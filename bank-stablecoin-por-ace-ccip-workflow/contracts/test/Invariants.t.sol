// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket} from "../src/interfaces/IBasketFactory.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {EngineRoles} from "../src/libraries/EngineRoles.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {IssuanceHandler} from "./support/IssuanceHandler.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice What holds after any sequence of reports, replays, admin calls, attempts of strangers and waiting.
contract InvariantsTest is Test {
    IssuanceHandler private handler;

    function setUp() public {
        handler = new IssuanceHandler();
        bytes4[] memory actions = new bytes4[](7);
        actions[0] = handler.report.selector;
        actions[1] = handler.replay.selector;
        actions[2] = handler.wait.selector;
        actions[3] = handler.admin.selector;
        actions[4] = handler.stranger.selector;
        // Reports twice more: they are what the books are about.
        actions[5] = handler.report.selector;
        actions[6] = handler.report.selector;
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), actions));
    }

    function invariant_noMintGoesBeyondTheLastAcceptedProof() public view {
        assertFalse(handler.mintedUnbacked());
    }

    function invariant_aReferenceMintsAtMostOnce() public view {
        assertFalse(handler.mintedTwice());
    }

    function invariant_theLiabilityIsWhatTheEventsSay() public view {
        for (uint256 i = 0; i < 2; ++i) {
            IMintingConsumer consumer = IMintingConsumer(handler.consumers(i));
            assertEq(consumer.totalSupply(), handler.issued(address(consumer)));
            assertEq(IERC20(consumer.token()).totalSupply(), handler.issued(address(consumer)));
        }
    }

    function invariant_theWindowCapHolds() public view {
        assertLe(handler.fullestWindow(), handler.CAP());
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 cap,, uint256 used,) = IMintingConsumer(handler.consumers(i)).mintWindow();
            assertEq(cap, handler.CAP());
            assertEq(used, handler.issuedInWindow(handler.consumers(i), block.timestamp / 1 days));
        }
    }

    /// @dev Without mints everything here would hold for nothing.
    function test_theActionsDoMint() public {
        for (uint256 i = 0; i < 200; ++i) {
            uint256 seed = uint256(keccak256(abi.encode(i)));
            handler.report(seed, seed >> 16, seed >> 32, seed >> 48, seed >> 64);
            handler.wait(seed >> 80);
            if (i % 10 == 0) handler.admin(seed, seed >> 96, seed >> 112);
            if (i % 10 == 5) handler.replay(seed, seed >> 96);
        }
        assertGt(handler.mints(), 20);
    }

    function invariant_strangersGetNothingDone() public view {
        assertFalse(handler.strangerSucceeded());
    }

    function invariant_policiesStayInTheirBasket() public view {
        for (uint256 i = 0; i < 2; ++i) {
            Basket memory basket = _basket(i);
            address[] memory chain =
                IPolicyEngine(basket.policyEngine).getPolicies(basket.mintingConsumer, MintPolicies.SELECTOR);
            assertGe(chain.length, 3);
            for (uint256 j = 0; j < chain.length; ++j) {
                assertTrue(_belongs(chain[j], basket));
            }
            chain = IPolicyEngine(basket.policyEngine).getPolicies(basket.mintingConsumer, MintPolicies.REPORT_SELECTOR);
            assertEq(chain.length, 1);
            assertEq(chain[0], basket.pausePolicy);
        }
    }

    function invariant_rolesNeverWiden() public {
        for (uint256 i = 0; i < 2; ++i) {
            Basket memory basket = _basket(i);
            IAccessControl token = IAccessControl(basket.stablecoin);
            IAccessControl engine = IAccessControl(basket.policyEngine);
            assertTrue(token.hasRole(keccak256("MINTER_ROLE"), basket.mintingConsumer));
            address[3] memory others = [basket.admin, makeAddr("stranger"), makeAddr("operator")];
            for (uint256 j = 0; j < others.length; ++j) {
                assertFalse(token.hasRole(keccak256("MINTER_ROLE"), others[j]));
                assertFalse(token.hasRole(0x00, others[j]));
                assertFalse(engine.hasRole(EngineRoles.ADMIN, others[j]));
                assertFalse(engine.hasRole(EngineRoles.DEFAULT_ADMIN, others[j]));
            }
        }
    }

    function _basket(uint256 i) private view returns (Basket memory) {
        return handler.basketOf(handler.consumers(i));
    }

    function _belongs(address policy, Basket memory basket) private pure returns (bool) {
        return policy == basket.pausePolicy || policy == basket.rejectPolicy || policy == basket.allowPolicy
            || policy == basket.identityPolicy || policy == basket.volumePolicy || policy == basket.volumeRatePolicy;
    }
}
