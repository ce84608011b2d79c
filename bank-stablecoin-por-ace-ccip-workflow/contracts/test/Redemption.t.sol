// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {IRejectPolicy, IVolumePolicy} from "../src/interfaces/IPolicySettings.sol";
import {IRedemptionDesk, Request, RequestState} from "../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {RedemptionVerdicts} from "../src/libraries/RedemptionVerdicts.sol";
import {Redemption, Report, ReportCodec, ReserveProof} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {RedemptionTest} from "./support/RedemptionTest.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";

/// @notice Escrow, acceptance, settlement, return: what the desk and instruction 2 do, and what they refuse.
contract RedemptionDeskTest is RedemptionTest {
    /* REQUESTS */

    function test_aRequestPutsTheTokensIntoEscrow() public {
        bytes32 id = desk.requestId(holder, AMOUNT, PAYOUT, SALT);
        assertEq(id, keccak256(abi.encode(block.chainid, desk, holder, AMOUNT, PAYOUT, SALT)));
        vm.startPrank(holder);
        token.approve(address(desk), AMOUNT);
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionRequested(id, holder, AMOUNT, PAYOUT);
        assertEq(desk.request(AMOUNT, PAYOUT, SALT), id);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.RequestExists.selector, id));
        desk.request(AMOUNT, PAYOUT, SALT);
        vm.stopPrank();

        Request memory found = desk.requestOf(id);
        assertEq(found.account, holder);
        assertEq(found.amount, AMOUNT);
        assertEq(found.since, block.timestamp);
        assertTrue(found.state == RequestState.REQUESTED);
        assertEq(token.balanceOf(address(desk)), AMOUNT);
        assertEq(token.balanceOf(holder), 100e18 - AMOUNT);
        _assertTotals(AMOUNT, 0);
        // Escrow is still owed.
        assertEq(ledger.liability(), 200e18);
    }

    function test_anybodyMayCarryASignedRequestAndChangeNothingInIt() public {
        bytes32 id = desk.requestId(holder, AMOUNT, PAYOUT, SALT);
        bytes memory signature = _authorize(id, AMOUNT);
        // Another payout, another amount, another salt: another id, which is not what was signed.
        vm.startPrank(STRANGER);
        bytes memory refusal = abi.encodeWithSelector(IStablecoin.InvalidSignature.selector, holder);
        vm.expectRevert(refusal);
        desk.requestWithAuthorization(holder, AMOUNT, "elsewhere", SALT, 0, type(uint256).max, signature);
        vm.expectRevert(refusal);
        desk.requestWithAuthorization(holder, AMOUNT - 1, PAYOUT, SALT, 0, type(uint256).max, signature);
        vm.expectRevert(refusal);
        desk.requestWithAuthorization(holder, AMOUNT, PAYOUT, "other", 0, type(uint256).max, signature);
        // Nor past the desk.
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.OnlyPayee.selector, STRANGER));
        token.receiveWithAuthorization(holder, address(desk), AMOUNT, 0, type(uint256).max, id, signature);

        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionRequested(id, holder, AMOUNT, PAYOUT);
        assertEq(desk.requestWithAuthorization(holder, AMOUNT, PAYOUT, SALT, 0, type(uint256).max, signature), id);
        assertEq(desk.requestOf(id).account, holder);
        // A second carrier sees an error; the request stands.
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.RequestExists.selector, id));
        desk.requestWithAuthorization(holder, AMOUNT, PAYOUT, SALT, 0, type(uint256).max, signature);
        vm.stopPrank();
        assertEq(token.balanceOf(address(desk)), AMOUNT);
    }

    function test_requestsAreUnderPoliciesOfTheirOwn() public {
        vm.prank(holder);
        assertTrue(token.transfer(STRANGER, 10e18));
        _expectRequestRefused(STRANGER, 5e18, basket.identityPolicy);
        _expectRequestRefused(holder, 1e18 - 1, basket.redemptionVolumePolicy);
        vm.prank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(holder);
        _expectRequestRefused(holder, 5e18, basket.rejectPolicy);
    }

    function test_aRequestNeedsTheTokens() public {
        vm.startPrank(holder);
        token.approve(address(desk), 1000e18);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 100e18, 101e18));
        desk.request(101e18, PAYOUT, SALT);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.OnlySelf.selector, STRANGER));
        vm.prank(STRANGER);
        desk.executeRequest("id", holder, AMOUNT, "");
        vm.expectRevert(IRedemptionDesk.PolicyEngineFixed.selector);
        vm.prank(address(timelock));
        (bool ignored,) = address(desk).call(abi.encodeWithSignature("attachPolicyEngine(address)", STRANGER));
        ignored;
    }

    function test_amountsOfZeroAndBeyond128BitsAreRefused() public {
        uint256 most = type(uint128).max;
        vm.prank(ADMIN);
        IVolumePolicy(basket.redemptionVolumePolicy).setMin(0);
        vm.startPrank(holder);
        token.approve(address(desk), type(uint256).max);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.InvalidAmount.selector, 0));
        desk.request(0, PAYOUT, SALT);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.InvalidAmount.selector, most + 1));
        desk.request(most + 1, PAYOUT, SALT);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 100e18, most));
        desk.request(most, PAYOUT, SALT);
        vm.stopPrank();
    }

    /* CANCELLATION */

    function test_theHolderAloneCancelsWhatIsNotAccepted() public {
        bytes32 id = _request();
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.OnlyHolder.selector, STRANGER));
        vm.prank(STRANGER);
        desk.cancel(id);
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionCancelled(id, holder, AMOUNT);
        vm.startPrank(holder);
        desk.cancel(id);
        assertEq(token.balanceOf(holder), 100e18);
        _assertTotals(0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.WrongState.selector, id, RequestState.CANCELLED));
        desk.cancel(id);
        vm.stopPrank();
        id = _request("second");
        _take(id, ReportCodec.ACCEPT, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.WrongState.selector, id, RequestState.ACCEPTED));
        vm.prank(holder);
        desk.cancel(id);
    }

    /* SETTLEMENT */

    function test_aSettledRedemptionBurnsItsTokensAndLowersTheLiability() public {
        bytes32 id = _request();
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionAccepted(id, holder, AMOUNT);
        assertTrue(_deliver(_redeemReport(Redemption(id, ReportCodec.ACCEPT, 0, 0))));
        _assertTotals(0, AMOUNT);
        assertEq(ledger.liability(), 200e18);

        vm.warp(block.timestamp + 60);
        Report memory report = _redeemReport(Redemption(id, ReportCodec.SETTLE, "payment", uint64(block.timestamp)));
        report.reserves.amount = RESERVES - AMOUNT;
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.Redeemed(id, holder, AMOUNT, "payment");
        assertTrue(_deliver(report));
        assertTrue(_stateOf(id) == RequestState.REDEEMED);
        assertEq(ledger.settlementOf("payment"), id);
        assertEq(ledger.liability(), 200e18 - AMOUNT);
        assertEq(token.totalSupply(), 200e18 - AMOUNT);
        assertEq(token.balanceOf(address(desk)), 0);
        _assertTotals(0, 0);
    }

    function test_aSettlementGivesNoRoomBack() public {
        (,, uint256 used,) = ledger.mintWindow();
        _settle(_accepted(), "payment");
        (,, uint256 now_,) = ledger.mintWindow();
        assertEq(now_, used);
    }

    function test_whatWasPaidOutBacksNoOtherToken() public {
        // The bank has paid 40 out of reserves that are just enough; the report still has the proof of before.
        bytes32 id = _accepted();
        uint64 paidAt = uint64(block.timestamp + 30);
        Report memory report = _redeemReport(Redemption(id, ReportCodec.SETTLE, "payment", paidAt));
        report.reserves = ReserveProof(200e18, uint64(block.timestamp + 1));
        vm.warp(paidAt);
        _expectRefused(id, ReportCodec.SETTLE, RedemptionVerdicts.PROOF_BEFORE_PAYMENT);
        _onReport(report);
        assertEq(ledger.liability(), 200e18);
        // Had it been settled, 40 more tokens could have been minted against money that has left.
        Report memory mint = _mintReport(_order("more", BOB, 1e18));
        mint.reserves = report.reserves;
        _expectRejected(mint.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(mint);
        // With a proof of after the payment both fall together.
        report.reserves = ReserveProof(160e18, paidAt);
        _onReport(report);
        assertEq(ledger.liability(), 160e18);
    }

    function test_aNewerProofOnChainCountsForASettlementToo() public {
        bytes32 id = _accepted();
        vm.warp(block.timestamp + 60);
        Report memory attestation = _mintReport(_order("x", BOB, 0));
        _onReport(attestation);
        Report memory report =
            _redeemReport(Redemption(id, ReportCodec.SETTLE, "payment", uint64(block.timestamp - 10)));
        report.reserves.observedAt -= 30;
        _onReport(report);
        assertTrue(_stateOf(id) == RequestState.REDEEMED);
    }

    /* REFUSALS OF STEPS */

    function test_eachStepHasItsRefusals() public {
        _expectRefused("unknown", ReportCodec.ACCEPT, RedemptionVerdicts.UNKNOWN);
        _take("unknown", ReportCodec.ACCEPT, 0, 0);
        bytes32 id = _request();
        _expectRefused(id, 0, RedemptionVerdicts.UNKNOWN_STEP);
        _take(id, 0, 0, 0);
        _expectRefused(id, 4, RedemptionVerdicts.UNKNOWN_STEP);
        _take(id, 4, 0, 0);
        _expectRefused(id, ReportCodec.SETTLE, RedemptionVerdicts.NOT_ACCEPTED);
        _settle(id, "payment");
        _take(id, ReportCodec.ACCEPT, 0, 0);
        _expectRefused(id, ReportCodec.ACCEPT, RedemptionVerdicts.NOT_REQUESTED);
        _take(id, ReportCodec.ACCEPT, 0, 0);
        _expectRefused(id, ReportCodec.SETTLE, RedemptionVerdicts.NO_SETTLEMENT);
        _settle(id, 0);
        _expectRefused(id, ReportCodec.SETTLE, RedemptionVerdicts.NO_SETTLEMENT);
        _take(id, ReportCodec.SETTLE, "payment", 0);
        _settle(id, "payment");
        _expectRefused(id, ReportCodec.RETURN, RedemptionVerdicts.NOT_ACCEPTED);
        _take(id, ReportCodec.RETURN, "late", 0);
        assertEq(token.totalSupply(), 200e18 - AMOUNT);
    }

    function test_onePaymentSettlesOneRedemption() public {
        _settle(_accepted(), "payment");
        bytes32 second = _request("second");
        _take(second, ReportCodec.ACCEPT, 0, 0);
        _expectRefused(second, ReportCodec.SETTLE, RedemptionVerdicts.SETTLEMENT_USED);
        _settle(second, "payment");
        assertTrue(_stateOf(second) == RequestState.ACCEPTED);
    }

    function test_aBatchTakesWhatItCan() public {
        Redemption[] memory steps = new Redemption[](4);
        bytes32 first = _request("first");
        bytes32 second = _request("second");
        steps[0] = Redemption(first, ReportCodec.ACCEPT, 0, 0);
        steps[1] = Redemption("unknown", ReportCodec.ACCEPT, 0, 0);
        steps[2] = Redemption(first, ReportCodec.SETTLE, "payment", uint64(block.timestamp));
        steps[3] = Redemption(second, ReportCodec.RETURN, "no such account", 0);
        assertTrue(_deliver(_redeemReport(steps)));
        assertTrue(_stateOf(first) == RequestState.REDEEMED);
        assertTrue(_stateOf(second) == RequestState.RETURNED);
        assertEq(token.balanceOf(holder), 100e18 - AMOUNT);
    }

    /* RETURN */

    function test_whatTheBankDoesNotPayGoesBack() public {
        bytes32 id = _accepted();
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionReturned(id, holder, AMOUNT, "no such account");
        _take(id, ReportCodec.RETURN, "no such account", 0);
        assertEq(token.balanceOf(holder), 100e18);
        _assertTotals(0, 0);
        assertEq(ledger.liability(), 200e18);
    }

    function test_theTimelockReturnsWhatIsStuck() public {
        bytes32 id = _accepted();
        uint256 until = block.timestamp + 30 days;
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, holder));
        vm.prank(holder);
        desk.returnStuck(id);
        vm.startPrank(address(timelock));
        vm.warp(until);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.NotStuck.selector, until));
        desk.returnStuck(id);
        vm.warp(until + 1);
        desk.returnStuck(id);
        assertEq(token.balanceOf(holder), 100e18);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.WrongState.selector, id, RequestState.RETURNED));
        desk.returnStuck(id);
        vm.stopPrank();
    }

    /* ORDERS OF A COURT */

    function test_escrowOfAnOpenRequestIsForfeitedByOrder() public {
        bytes32 id = _request();
        vm.prank(ADMIN);
        token.freeze(holder);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ADMIN));
        vm.prank(ADMIN);
        desk.forfeit(id, BOB, "order 7");
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.RedemptionForfeited(id, "order 7", BOB, AMOUNT);
        vm.prank(address(timelock));
        desk.forfeit(id, BOB, "order 7");
        assertEq(token.balanceOf(BOB), AMOUNT);
        _assertTotals(0, 0);
    }

    function test_anAcceptedRequestIsTheBanksDebtAndNotForfeited() public {
        bytes32 id = _accepted();
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.WrongState.selector, id, RequestState.ACCEPTED));
        vm.prank(address(timelock));
        desk.forfeit(id, BOB, "order 7");
    }

    function test_onlyTheSurplusIsSwept() public {
        _request();
        vm.prank(ALICE);
        assertTrue(token.transfer(address(desk), 7e18));
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ADMIN));
        vm.prank(ADMIN);
        desk.sweep(ADMIN);
        vm.expectEmit(address(desk));
        emit IRedemptionDesk.SurplusSwept(ALICE, 7e18);
        vm.prank(address(timelock));
        assertEq(desk.sweep(ALICE), 7e18);
        assertEq(token.balanceOf(address(desk)), AMOUNT);
    }

    /* WHO MAY */

    function test_onlyTheBasketTakesSteps() public {
        bytes32 id = _accepted();
        address[4] memory others = [STRANGER, ADMIN, address(timelock), address(ledger)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.startPrank(others[i]);
            bytes memory refusal = abi.encodeWithSelector(IRedemptionDesk.OnlyWriter.selector, others[i]);
            vm.expectRevert(refusal);
            desk.accept(id);
            vm.expectRevert(refusal);
            desk.giveBack(id, "no");
            vm.stopPrank();
        }
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.OnlyLedger.selector, address(consumer)));
        vm.prank(address(consumer));
        desk.take(id);
        vm.expectRevert(abi.encodeWithSelector(IRedemptionDesk.WrongState.selector, bytes32("x"), RequestState.NONE));
        vm.prank(address(consumer));
        ledger.settle("x", "payment");
    }

    /* HELPERS */

    function _expectRefused(bytes32 id, uint8 step, uint8 code) private {
        vm.expectEmit(address(consumer));
        emit IMintingConsumer.RedemptionRejected(id, step, code);
    }

    function _expectRequestRefused(address account, uint256 amount, address policy) private {
        vm.startPrank(account);
        token.approve(address(desk), amount);
        (bool done, bytes memory reason) = address(desk).call(abi.encodeCall(desk.request, (amount, PAYOUT, SALT)));
        vm.stopPrank();
        assertFalse(done);
        assertEq(bytes4(reason), IPolicyEngine.PolicyRunRejected.selector);
        assertEq(_firstAddress(reason), policy);
        assertEq(token.balanceOf(address(desk)), 0);
    }

    function _firstAddress(bytes memory reason) private pure returns (address found) {
        assembly ("memory-safe") {
            found := mload(add(reason, 36))
        }
    }

    function _assertTotals(uint256 requested, uint256 accepted) private view {
        (uint256 open, uint256 owed) = desk.totals();
        assertEq(open, requested);
        assertEq(owed, accepted);
        assertGe(token.balanceOf(address(desk)), requested + accepted);
    }
}
