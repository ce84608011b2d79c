// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer, Verdict} from "../src/interfaces/IMintingConsumer.sol";
import {
    IAllowPolicy,
    IPausePolicy,
    IRejectPolicy,
    IVolumePolicy,
    IVolumeRatePolicy
} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {Order, Report} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {HostilePolicy} from "./support/HostilePolicies.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice What the orders of one report do to each other, and what they must not: verdict by verdict.
contract BatchTest is BasketTest {
    /* ONE AMONG OTHERS */

    function test_everyPolicyRefusesOneOrderInTheMiddle() public {
        (Order[] memory orders, uint8[] memory codes) = _oneForEveryPolicy();
        _assertVerdicts(orders, codes);
        for (uint256 i = 0; i < orders.length; ++i) {
            assertEq(token.balanceOf(orders[i].account), codes[i] == 0 ? orders[i].amount : 0);
        }
    }

    function test_theRunningSumMeetsTheReservesInTheMiddle() public {
        Order[] memory orders = _orders(5, 10e18);
        orders[4].amount = 5e18;
        Report memory report = _mintReport(orders);
        report.reserves.amount = 25e18;
        for (uint256 i = 0; i < orders.length; ++i) {
            // The third and fourth do not fit; the fifth takes what is left, to the last unit.
            if (i == 2 || i == 3) _expectRejected(orders[i], Verdicts.RESERVE_INSUFFICIENT, address(0));
            else _expectMinted(orders[i]);
        }
        _onReport(report);
        assertEq(ledger.liability(), 25e18);
        assertEq(token.totalSupply(), 25e18);
    }

    /// @dev What the consumer follows by itself decides before any policy is asked: so the same orders are refused for
    ///      what earlier ones of the report used up, and not by the blacklist.
    function test_reservesAndCapAreJudgedBeforeThePolicies() public {
        Order[] memory orders = _orders(3, 10e18);
        orders[2].bankRef = orders[0].bankRef;
        vm.startPrank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(orders[1].account);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(orders[2].account);
        vm.stopPrank();
        Report memory report = _mintReport(orders);
        report.reserves.amount = 15e18;
        _expectMinted(orders[0]);
        _expectRejected(orders[1], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _expectRejected(orders[2], Verdicts.REFERENCE_USED, address(0));
        _onReport(report);

        vm.prank(address(timelock));
        ledger.setMintWindow(15e18, 1 days);
        orders = _pair(_order("A", BOB, 1e18), Order("B", orders[1].account, 10e18, 0));
        uint8[] memory codes = new uint8[](2);
        codes[1] = Verdicts.WINDOW_CAP_EXCEEDED;
        _assertVerdicts(orders, codes);
    }

    function test_theWindowCapIsReachedInTheMiddle() public {
        vm.prank(address(timelock));
        ledger.setMintWindow(25e18, 1 days);
        Order[] memory orders = _orders(4, 10e18);
        orders[3].amount = 5e18;
        uint8[] memory codes = new uint8[](4);
        codes[2] = Verdicts.WINDOW_CAP_EXCEEDED;
        _assertVerdicts(orders, codes);
        (,, uint256 used,) = ledger.mintWindow();
        assertEq(used, 25e18);
    }

    function test_aLateRefusalLeavesNoStateInThePolicies() public {
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(10e18);
        Report memory report = _mintReport(_order("A", ALICE, 10e18));
        report.reserves.amount = 9e18;
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        // Had the rate policy counted the refused order, nothing would be left of the period's volume.
        vm.warp(block.timestamp + 1);
        _assertAccepted(_order("A", ALICE, 10e18));
    }

    function test_aReferenceAndABeneficiaryCountOncePerBatch() public {
        Order[] memory orders = _orders(6, 10e18);
        orders[2].bankRef = orders[0].bankRef;
        orders[4].account = orders[1].account;
        orders[5].account = orders[1].account;
        uint8[] memory codes = new uint8[](6);
        codes[2] = Verdicts.REFERENCE_USED;
        codes[4] = Verdicts.ACCOUNT_REPEATED;
        codes[5] = Verdicts.ACCOUNT_REPEATED;
        _assertVerdicts(orders, codes);
        assertEq(_digestOf(orders[0].bankRef), _digest(orders[0].account, 10e18));
        assertEq(_digestOf(orders[4].bankRef), 0);
    }

    /// @dev Beneficiaries are first told apart by their last byte, so let many share it.
    function testFuzz_repeatedBeneficiariesAreFound(uint256 seed) public view {
        Order[] memory orders = new Order[](12);
        for (uint256 i = 0; i < orders.length; ++i) {
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            orders[i] = Order(bytes32(i + 1), address(uint160(((random % 4 + 1) << 8) | (random >> 8) % 3)), 10e18, 0);
        }
        Verdict[] memory verdicts = consumer.preview(orders);
        for (uint256 i = 0; i < orders.length; ++i) {
            bool repeated = false;
            for (uint256 j = 0; j < i; ++j) {
                if (orders[j].account == orders[i].account) repeated = true;
            }
            assertEq(verdicts[i].code == Verdicts.ACCOUNT_REPEATED, repeated);
        }
    }

    /* THE WHOLE REPORT */

    function test_aPauseRefusesEveryOrderThatIsNotRefusedAnyway() public {
        Order[] memory orders = _orders(4, 10e18);
        orders[1].amount = 0;
        orders[3].bankRef = orders[0].bankRef;
        vm.prank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        uint8[] memory codes = new uint8[](4);
        (codes[0], codes[1], codes[2], codes[3]) =
        (Verdicts.PAUSED, Verdicts.BAD_AMOUNT, Verdicts.PAUSED, Verdicts.PAUSED);
        _assertVerdicts(orders, codes);
        assertEq(consumer.preview(orders)[0].policy, basket.pausePolicy);
        assertEq(consumer.preview(orders)[1].policy, address(0));
        assertEq(token.totalSupply(), 0);
    }

    function test_anAttestationAsksNoPolicy() public {
        _installOnReports().revertsWith("garbage");
        Report memory report = _mintReport(new Order[](0));
        report.instruction = 3;
        assertTrue(_deliver(report));
        assertEq(ledger.latestProof().amount, RESERVES);

        vm.prank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        report.reserves.amount = RESERVES - 1;
        assertTrue(_deliver(report));
        assertEq(ledger.latestProof().amount, RESERVES - 1);
    }

    function test_aPolicyOfTheReportThatFailsIsNoRefusal() public {
        HostilePolicy policy = _installOnReports();
        bytes[3] memory reasons = [bytes(""), bytes("garbage"), abi.encodeWithSignature("Error(string)", "no")];
        for (uint256 i = 0; i < reasons.length; ++i) {
            policy.revertsWith(reasons[i]);
            _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_FAILED, address(policy));
        }
        policy.revertsWith(abi.encodeWithSelector(IPolicyEngine.PolicyRejected.selector, "no"));
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_REJECTED, address(policy));
        policy.burnsGas();
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.TOO_DEAR, address(0));
    }

    function test_aPolicyOfTheReportOnlyLooks() public {
        HostilePolicy policy = _installOnReports();
        policy.callsBack(address(token), abi.encodeCall(token.totalSupply, ()));
        _assertAccepted(_order("R", ALICE, 1e18));
        // It is asked, not run: whatever it would do afterwards does not happen.
        assertFalse(policy.called());
    }

    function test_noPolicyForReportsMeansTheDefault() public {
        vm.startPrank(address(timelock));
        engine.removePolicy(address(consumer), MintPolicies.REPORT_SELECTOR, basket.pausePolicy);
        vm.stopPrank();
        _assertAccepted(_order("R", ALICE, 1e18));
        vm.startPrank(address(timelock));
        engine.setTargetDefaultPolicyAllow(address(consumer), false);
        vm.stopPrank();
        _assertRefused(_order("S", ALICE, 1e18), Verdicts.POLICY_REJECTED, address(0));
    }

    function test_asManyOrdersAsFitFiveThousandBytes() public {
        Order[] memory orders = _orders(35, 10e18);
        bytes memory raw = _rawReport(_encode(_mintReport(orders)));
        assertEq(raw.length, 461 + 128 * 35);
        assertLe(raw.length, 5000);
        assertTrue(_deliverRaw(raw));
        assertEq(token.totalSupply(), 350e18);
    }

    /* LITTLE GAS */

    /// @dev Whatever the gas, a report is judged rightly to the last order, or not at all.
    /// forge-config: default.fuzz.runs = 1024
    function testFuzz_anyGasJudgesRightlyOrNotAtAll(uint256 gasLimit, uint256 turn) public {
        (Order[] memory orders, uint8[] memory codes) = _oneForEveryPolicy();
        uint256 count = orders.length;
        // Every order comes first once, and last.
        turn = turn % count;
        Order[] memory turned = new Order[](count);
        uint8[] memory expected = new uint8[](count);
        for (uint256 i = 0; i < count; ++i) {
            (turned[i], expected[i]) = (orders[(i + turn) % count], codes[(i + turn) % count]);
        }
        _assertRightOrNothing(turned, expected, bound(gasLimit, 150_000, 4_000_000));
    }

    /// @dev Four hundred other credentials to look through before the AML flag is known to be absent: dearer than an
    ///      order may be. That is this order's refusal, whatever the transmitter's gas, and nobody else's.
    function test_aDearLookUpIsTooDearAndNeverAMissingCredential() public {
        _pileUpCredentials(ALICE, 400);
        Order[] memory orders = _pair(_order("A", ALICE, 1e18), _order("B", BOB, 1e18));
        Order[] memory turned = _pair(orders[1], orders[0]);
        uint8[] memory codes = new uint8[](2);
        codes[0] = Verdicts.TOO_DEAR;
        uint8[] memory turnedCodes = new uint8[](2);
        turnedCodes[1] = Verdicts.TOO_DEAR;
        bool done;
        for (uint256 gasLimit = 200_000; gasLimit < 3_000_000; gasLimit += 20_000) {
            uint256 before = vm.snapshotState();
            // Cold, as in a transaction of its own.
            vm.cool(registries.credentialRegistry());
            _assertRightOrNothing(orders, codes, gasLimit);
            vm.revertToState(before);
            vm.cool(registries.credentialRegistry());
            done = _assertRightOrNothing(turned, turnedCodes, gasLimit);
            vm.revertToState(before);
        }
        assertTrue(done);
    }

    /// @dev What `preview` answers is final for a customer, so it follows the same rule: right, or no answer.
    function test_previewJudgesRightlyOrNotAtAll() public {
        _pileUpCredentials(ALICE, 100);
        Order[] memory orders = _pair(_order("A", ALICE, 1e18), _order("B", STRANGER, 1e18));
        bytes memory call = abi.encodeCall(consumer.preview, (orders));
        uint256 answers;
        for (uint256 gasLimit = 100_000; gasLimit < 3_000_000; gasLimit += 20_000) {
            vm.cool(registries.credentialRegistry());
            (bool done, bytes memory answer) = address(consumer).staticcall{gas: gasLimit}(call);
            if (!done) continue;
            ++answers;
            Verdict[] memory verdicts = abi.decode(answer, (Verdict[]));
            assertEq(verdicts[0].code, Verdicts.ACCEPTED);
            assertEq(verdicts[1].code, Verdicts.IDENTITY_REJECTED);
        }
        assertGt(answers, 50);
    }

    function test_previewTakesNoMoreOrdersThanAReport() public {
        Order[] memory orders = new Order[](101);
        vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 101));
        consumer.preview(orders);
        assertEq(consumer.preview(new Order[](100)).length, 100);
    }

    /// @dev A look-up that a first order may make and a later one may not: `preview` knows the difference.
    function test_previewGivesAnOrderWhatAReportWould() public {
        _pileUpCredentials(ALICE, 100);
        _assertColdVerdicts(_pair(_order("A", ALICE, 1e18), _order("B", BOB, 1e18)), 0);
        _assertColdVerdicts(_pair(_order("B", BOB, 1e18), _order("A", ALICE, 1e18)), Verdicts.TOO_DEAR);
    }

    function _assertColdVerdicts(Order[] memory orders, uint8 second) private {
        uint8[] memory codes = new uint8[](2);
        codes[1] = second;
        uint256 before = vm.snapshotState();
        vm.cool(registries.credentialRegistry());
        Verdict[] memory verdicts = consumer.preview(orders);
        assertEq(verdicts[0].code, Verdicts.ACCEPTED);
        assertEq(verdicts[1].code, second);
        vm.cool(registries.credentialRegistry());
        assertTrue(_assertRightOrNothing(orders, codes, 3_000_000));
        vm.revertToState(before);
    }

    /// @dev An order gets its gas in full or is not begun, so what comes before it does not matter.
    function test_eachOrderNeedsItsWholeStipend() public {
        uint256 cold = consumer.ORDER_GAS() * 64 / 63 + 60_000;
        uint256 warm = consumer.WARM_ORDER_GAS() * 64 / 63 + 60_000;
        Order[] memory orders = _pair(_order("A", STRANGER, 1e18), _order("B", ALICE, 1e18));
        _assertInsufficient(orders, 800_000, cold);
        assertTrue(_send(orders, 1_300_000));
        // Behind a mint it needs less; what an earlier call of this test touched is warm already.
        (orders[0], orders[1]) = (_order("C", BOB, 1e18), _order("A", STRANGER, 1e18));
        _assertInsufficient(orders, 900_000 - 400_000, cold);
        assertTrue(_send(orders, 1_000_000));
        orders = _orders(4, 10e18);
        _assertInsufficient(orders, 900_000, warm);
    }

    /// @dev The dearest refusal of one order leaves the others their gas: at every place among minted ones.
    function test_aHostileOrderTakesNoOthersGas() public {
        Order[] memory orders = _orders(6, 10e18);
        _pileUpCredentials(orders[0].account, 400);
        for (uint256 place = 0; place < orders.length; ++place) {
            Order[] memory turned = new Order[](orders.length);
            uint8[] memory codes = new uint8[](orders.length);
            codes[place] = Verdicts.TOO_DEAR;
            for (uint256 i = 0; i < orders.length; ++i) {
                turned[(place + i) % orders.length] = orders[i];
            }
            uint256 before = vm.snapshotState();
            vm.cool(registries.credentialRegistry());
            assertTrue(_assertRightOrNothing(turned, codes, 3_500_000));
            vm.revertToState(before);
        }
    }

    /* HELPERS */

    /// @dev Nine orders in which each policy refuses one, with mints before, between and after.
    function _oneForEveryPolicy() private returns (Order[] memory orders, uint8[] memory codes) {
        orders = _orders(9, 10e18);
        codes = new uint8[](9);
        codes[1] = Verdicts.BLACKLISTED;
        codes[2] = Verdicts.NOT_WHITELISTED;
        codes[4] = Verdicts.IDENTITY_REJECTED;
        codes[5] = Verdicts.VOLUME_OUT_OF_RANGE;
        codes[6] = Verdicts.RATE_EXCEEDED;
        codes[7] = Verdicts.ZERO_ACCOUNT;
        orders[4].account = STRANGER;
        orders[5].amount = 1;
        orders[6].amount = 60e18;
        orders[7].account = address(0);
        vm.startPrank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(orders[1].account);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(50e18);
        IPolicySwitch(basket.policySwitch).setWhitelistRequired(true);
        for (uint256 i = 0; i < orders.length; ++i) {
            if (i != 2) IAllowPolicy(basket.allowPolicy).allowAddress(orders[i].account);
        }
        vm.stopPrank();
    }

    /// @dev Orders for as many registered beneficiaries.
    function _orders(uint256 count, uint256 amount) private returns (Order[] memory orders) {
        orders = new Order[](count);
        for (uint256 i = 0; i < count; ++i) {
            address account = makeAddr(string.concat("beneficiary", vm.toString(i)));
            _register(account, i % 2 == 0 ? bytes2("CH") : bytes2("DE"));
            orders[i] = _order(vm.toString(i), account, amount);
        }
    }

    function _installOnReports() private returns (HostilePolicy policy) {
        policy = new HostilePolicy();
        vm.startPrank(address(timelock));
        engine.addPolicy(address(consumer), MintPolicies.REPORT_SELECTOR, address(policy), new bytes32[](0));
        vm.stopPrank();
    }

    /// @dev `preview` and a report must both come to `codes`.
    function _assertVerdicts(Order[] memory orders, uint8[] memory codes) private {
        Verdict[] memory verdicts = consumer.preview(orders);
        for (uint256 i = 0; i < orders.length; ++i) {
            assertEq(verdicts[i].code, codes[i], "preview");
        }
        assertTrue(_assertRightOrNothing(orders, codes, 30_000_000));
    }

    /// @dev Sends the orders with `gasLimit` and compares the events with `codes`; says whether the report was accepted.
    function _assertRightOrNothing(Order[] memory orders, uint8[] memory codes, uint256 gasLimit)
        private
        returns (bool done)
    {
        uint256 supply = token.totalSupply();
        vm.recordLogs();
        done = _send(orders, gasLimit);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        if (!done) {
            assertEq(token.totalSupply(), supply, "nothing");
            assertEq(ledger.liability(), supply, "nothing");
            return false;
        }
        uint256 next;
        for (uint256 i = 0; i < logs.length; ++i) {
            bool isOfLedger = logs[i].emitter == address(ledger);
            if (logs[i].emitter != address(consumer) && !isOfLedger) continue;
            if (logs[i].topics[0] == ILiabilityLedger.AnswerUpdated.selector) continue;
            uint8 code;
            if (logs[i].topics[0] == IMintingConsumer.MintRejected.selector) {
                (,, code) = abi.decode(logs[i].data, (uint256, address, uint8));
            } else {
                assertEq(logs[i].topics[0], ILiabilityLedger.MintExecuted.selector);
            }
            assertEq(logs[i].topics[1], orders[next].bankRef, "order");
            assertEq(code, codes[next++], "verdict");
        }
        assertEq(next, orders.length, "all");
    }

    function _assertInsufficient(Order[] memory orders, uint256 gasLimit, uint256 required) private {
        bytes memory call = abi.encodeCall(IReceiver.onReport, (_metadata(), _encode(_mintReport(orders))));
        vm.prank(address(forwarder));
        (bool done, bytes memory reason) = address(consumer).call{gas: gasLimit}(call);
        assertFalse(done);
        assertEq(bytes4(reason), IMintingConsumer.InsufficientGas.selector);
        (, uint256 wanted) = abi.decode(_withoutSelector(reason), (uint256, uint256));
        assertEq(wanted, required);
    }

    function _withoutSelector(bytes memory data) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - 4);
        for (uint256 i = 0; i < rest.length; ++i) {
            rest[i] = data[i + 4];
        }
    }

    function _send(Order[] memory orders, uint256 gasLimit) private returns (bool done) {
        bytes memory call = abi.encodeCall(IReceiver.onReport, (_metadata(), _encode(_mintReport(orders))));
        vm.prank(address(forwarder));
        (done,) = address(consumer).call{gas: gasLimit}(call);
    }
}
