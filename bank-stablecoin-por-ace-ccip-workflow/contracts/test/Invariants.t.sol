// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket} from "../src/interfaces/IBasketFactory.sol";
import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {IRedemptionDesk} from "../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
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
        bytes4[] memory actions = new bytes4[](16);
        actions[0] = handler.report.selector;
        actions[1] = handler.replay.selector;
        actions[2] = handler.wait.selector;
        actions[3] = handler.admin.selector;
        actions[4] = handler.stranger.selector;
        // Reports twice more: they are what the books are about.
        actions[5] = handler.report.selector;
        actions[6] = handler.report.selector;
        actions[7] = handler.transfer.selector;
        actions[8] = handler.request.selector;
        actions[9] = handler.step.selector;
        actions[10] = handler.step.selector;
        actions[11] = handler.cancel.selector;
        actions[12] = handler.freeze.selector;
        actions[13] = handler.seize.selector;
        actions[14] = handler.writeOff.selector;
        actions[15] = handler.forfeit.selector;
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
            ILiabilityLedger ledger = ILiabilityLedger(consumer.ledger());
            assertEq(ledger.liability(), handler.issued(address(ledger)) - handler.redeemed(address(ledger)));
            assertEq(IERC20(consumer.token()).totalSupply(), ledger.liability());
        }
    }

    function invariant_theWindowCapHolds() public view {
        assertLe(handler.fullestWindow(), handler.CAP());
        for (uint256 i = 0; i < 2; ++i) {
            (uint256 cap,, uint256 used,) = ILiabilityLedger(handler.ledgerOf(handler.consumers(i))).mintWindow();
            assertEq(cap, handler.CAP());
            assertEq(used, handler.issuedInWindow(handler.ledgerOf(handler.consumers(i)), block.timestamp / 1 days));
        }
    }

    /// @dev One campaign for the three: the desk holds what is asked for, a redemption is settled once and by one payment,
    ///      and what frozen accounts hold moves by seizure only.
    function invariant_escrowAndFreezeHold() public view {
        for (uint256 i = 0; i < 2; ++i) {
            Basket memory basket = _basket(i);
            (uint256 requested, uint256 accepted) = IRedemptionDesk(basket.redemptionDesk).totals();
            assertGe(IERC20(basket.stablecoin).balanceOf(basket.redemptionDesk), requested + accepted);
        }
        assertFalse(handler.settledWrongly());
        assertFalse(handler.frozenMoved());
    }

    /// @dev Without successes everything here would hold for nothing: each action must do what it is about, often, and
    ///      everything hold after all of it.
    function test_theActionsDoWhatTheyAreAbout() public {
        string[13] memory names = [
            "mint",
            "transfer",
            "request",
            "accept",
            "settle",
            "return",
            "cancel",
            "freeze",
            "unfreeze",
            "seize",
            "write-off",
            "forfeit",
            "admin"
        ];
        uint256 rounds;
        for (uint256 least = 0; least <= 100 && rounds < 3_000; ++rounds) {
            _round(uint256(keccak256(abi.encode(rounds))));
            if (rounds % 50 != 49) continue;
            least = type(uint256).max;
            for (uint256 i = 0; i < names.length; ++i) {
                uint256 done = handler.successes(names[i]);
                if (done < least) least = done;
            }
        }
        for (uint256 i = 0; i < names.length; ++i) {
            assertGt(handler.successes(names[i]), 100, names[i]);
        }
        invariant_noMintGoesBeyondTheLastAcceptedProof();
        invariant_aReferenceMintsAtMostOnce();
        invariant_theLiabilityIsWhatTheEventsSay();
        invariant_theWindowCapHolds();
        invariant_escrowAndFreezeHold();
    }

    function _round(uint256 seed) private {
        vm.pauseGasMetering();
        // References are few, so that they are used again; here they must not run out.
        handler.report(seed, seed >> 16, seed >> 32, type(uint256).max, 0);
        handler.transfer(seed, seed >> 8, seed >> 24, seed >> 40);
        handler.request(seed, seed >> 9, seed >> 17);
        // The latest request, before the bank has seen it.
        if (seed % 5 == 0) handler.cancel(1);
        if (seed % 5 == 1) handler.forfeit(1, seed >> 77);
        for (uint256 i = 0; i < 3; ++i) {
            handler.step(seed >> (i * 7), (seed >> (i * 11)) | 1, seed >> (i * 13));
        }
        handler.admin(seed, seed >> 88, seed >> 99);
        handler.freeze(seed, seed >> 33, true);
        handler.seize(seed, seed >> 33, seed >> 44, seed >> 55);
        handler.writeOff(seed, seed >> 33, seed >> 66);
        handler.freeze(seed, seed >> 33, false);
        handler.wait(6 hours);
        vm.resumeGasMetering();
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
            assertEq(IStablecoin(basket.stablecoin).mintAllowance(basket.ledger), type(uint256).max);
            address[3] memory others = [basket.admin, makeAddr("stranger"), makeAddr("operator")];
            for (uint256 j = 0; j < others.length; ++j) {
                assertEq(IStablecoin(basket.stablecoin).mintAllowance(others[j]), 0);
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
