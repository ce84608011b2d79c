// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {BasketTerms} from "../src/interfaces/IBasketFactory.sol";
import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer, Survey, Verdict} from "../src/interfaces/IMintingConsumer.sol";
import {IVolumePolicy} from "../src/interfaces/IPolicySettings.sol";
import {Order, Report, ReportCodec, ReserveProof} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @notice What the consumer does with a genuine report: mints, refusals, limits, preview.
contract MintTest is BasketTest {
    /* ONE ORDER */

    function test_signedReportMintsThroughTheForwarder() public {
        Order memory order = _order("REF-1", ALICE, 1000e18);
        _expectMinted(order);
        assertTrue(_deliver(order));

        assertEq(token.balanceOf(ALICE), 1000e18);
        assertEq(token.totalSupply(), 1000e18);
        assertEq(ledger.liability(), 1000e18);
        assertEq(_digestOf(order.bankRef), _digest(ALICE, 1000e18));
        (, int256 answer,, uint256 updatedAt,) = ledger.latestRoundData();
        assertEq(answer, int256(RESERVES));
        assertEq(updatedAt, block.timestamp);
    }

    function test_anAttestationRecordsTheProofOnly() public {
        Report memory report = _mintReport(new Order[](0));
        report.instruction = ReportCodec.ATTEST;
        report.reserves.amount = 77e18;
        assertTrue(_deliver(report));
        assertEq(ledger.latestProof().amount, 77e18);
        assertEq(token.totalSupply(), 0);
    }

    function test_theZeroAccountIsRefused() public {
        _assertRefused(_order("R", address(0), 1e18), Verdicts.ZERO_ACCOUNT, address(0));
    }

    function test_amountsOfZeroAndBeyond128BitsAreRefused() public {
        _assertRefused(_order("R", ALICE, 0), Verdicts.BAD_AMOUNT, address(0));
        _assertRefused(_order("R", ALICE, uint256(type(uint128).max) + 1), Verdicts.BAD_AMOUNT, address(0));
        _assertRefused(_order("R", ALICE, type(uint256).max), Verdicts.BAD_AMOUNT, address(0));
        // The largest amount of 128 bits is a matter for the cap per window.
        _assertRefused(_order("R", ALICE, type(uint128).max), Verdicts.WINDOW_CAP_EXCEEDED, address(0));
    }

    function test_contractsOfTheBasketAreNoBeneficiaries() public {
        address[5] memory own = [address(consumer), address(token), address(ledger), address(desk), address(engine)];
        for (uint256 i = 0; i < own.length; ++i) {
            _assertRefused(_order("R", own[i], 1e18), Verdicts.FORBIDDEN_ACCOUNT, address(0));
        }
    }

    function test_anOrderForAnotherChainIsRefused() public {
        Order memory order = _order("R", ALICE, 1e18);
        order.destination = 1;
        _assertRefused(order, Verdicts.DELIVERY_REFUSED, address(0));
        order.destination = 0;
        _assertAccepted(order);
    }

    function test_aFrozenBeneficiaryIsRefused() public {
        vm.prank(ADMIN);
        token.freeze(ALICE);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.ACCOUNT_FROZEN, address(0));
        vm.prank(ADMIN);
        token.unfreeze(ALICE);
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    /// @dev The ledger has the last word, should it ever see what the consumer did not.
    function test_whatTheLedgerRefusesIsRefused() public {
        for (uint256 code = 0; code < 12; ++code) {
            bool isItsOwn = code == Verdicts.REFERENCE_USED || code == Verdicts.RESERVE_STALE
                || code == Verdicts.RESERVE_INSUFFICIENT || code == Verdicts.WINDOW_CAP_EXCEEDED;
            _assertRefusedByLedger(code, isItsOwn ? uint8(code) : Verdicts.POLICY_FAILED);
        }
        _assertRefusedByLedger(256 + Verdicts.RESERVE_STALE, Verdicts.POLICY_FAILED);
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    function _assertRefusedByLedger(uint256 code, uint8 expected) private {
        bytes memory question = abi.encodePacked(ILiabilityLedger.mint.selector);
        bytes memory refusal = abi.encodePacked(ILiabilityLedger.OrderRefused.selector, code);
        vm.mockCallRevert(address(ledger), question, refusal);
        _assertRefusedOnChain(_order("R", ALICE, 1e18), expected, address(0));
        vm.clearMockedCalls();
    }

    function test_aReferenceMintsOnce() public {
        _assertAccepted(_order("R", ALICE, 5e18));
        _assertRefused(_order("R", ALICE, 5e18), Verdicts.REFERENCE_USED, address(0));
        _assertRefused(_order("R", BOB, 9e18), Verdicts.REFERENCE_USED, address(0));
        assertEq(_digestOf(keccak256("R")), _digest(ALICE, 5e18));
    }

    function test_aRefusalDoesNotUseUpTheReference() public {
        _assertRefused(_order("R", ALICE, 0), Verdicts.BAD_AMOUNT, address(0));
        _assertAccepted(_order("R", ALICE, 5e18));
    }

    /* BATCHES */

    function test_aBatchMintsWhatItCanAndSaysWhyItRefusesTheRest() public {
        Order[] memory orders = new Order[](6);
        orders[0] = _order("B-0", address(0), 1e18);
        orders[1] = _order("B-1", ALICE, 2e18);
        orders[2] = _order("B-1", ALICE, 3e18);
        orders[3] = _order("B-3", STRANGER, 4e18);
        orders[4] = _order("B-1", BOB, 5e18);
        orders[5] = _order("B-5", BOB, 6e18);

        Verdict[] memory verdicts = consumer.preview(orders);
        uint8[6] memory codes = [
            Verdicts.ZERO_ACCOUNT,
            Verdicts.ACCEPTED,
            Verdicts.ACCOUNT_REPEATED,
            Verdicts.IDENTITY_REJECTED,
            Verdicts.REFERENCE_USED,
            Verdicts.ACCOUNT_REPEATED
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            assertEq(verdicts[i].code, codes[i], "preview");
            if (codes[i] == Verdicts.ACCEPTED) _expectMinted(orders[i]);
            else _expectRejected(orders[i], codes[i], verdicts[i].policy);
        }
        assertTrue(_deliver(_mintReport(orders)));
        assertEq(token.balanceOf(ALICE), 2e18);
        assertEq(token.balanceOf(BOB), 0);
    }

    function test_aReferenceRefusedInABatchMayMintLaterInIt() public {
        Order[] memory orders = _pair(_order("R", STRANGER, 1e18), _order("R", BOB, 2e18));
        Verdict[] memory verdicts = consumer.preview(orders);
        assertEq(verdicts[0].code, Verdicts.IDENTITY_REJECTED);
        assertEq(verdicts[1].code, Verdicts.ACCEPTED);
        assertTrue(_deliver(_mintReport(orders)));
        assertEq(token.balanceOf(BOB), 2e18);
    }

    function test_ordersOfABatchShareTheReserves() public {
        Report memory report = _mintReport(_pair(_order("A", ALICE, 60e18), _order("B", BOB, 50e18)));
        report.reserves.amount = 100e18;
        _expectMinted(report.orders[0]);
        _expectRejected(report.orders[1], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        assertEq(ledger.liability(), 60e18);
    }

    /* RESERVES */

    function test_theLiabilityMayReachTheReservesExactly() public {
        Report memory report = _mintReport(_order("A", ALICE, 100e18));
        report.reserves.amount = 100e18;
        _onReport(report);
        assertEq(ledger.liability(), 100e18);

        report = _mintReport(_order("B", BOB, 1e18));
        report.reserves.amount = 101e18 - 1;
        report.reserves.observedAt += 1;
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        assertEq(token.balanceOf(BOB), 0);
    }

    function test_aBurnElsewhereDoesNotFreeReserves() public {
        Report memory report = _mintReport(_order("A", ALICE, 100e18));
        report.reserves.amount = 100e18;
        _onReport(report);
        address bridge = makeAddr("bridge");
        vm.prank(address(timelock));
        (bool granted,) =
            address(token).call(abi.encodeWithSignature("grantRole(bytes32,address)", keccak256("BURNER_ROLE"), bridge));
        assertTrue(granted);
        vm.prank(ALICE);
        assertTrue(token.transfer(bridge, 100e18));
        vm.prank(bridge);
        token.burn(100e18);
        assertEq(token.totalSupply(), 0);
        assertEq(ledger.liability(), 100e18);

        report = _mintReport(_order("B", BOB, 1e18));
        report.reserves = ReserveProof(100e18, uint64(block.timestamp));
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
    }

    function test_aProofOlderThanTheLimitIsStale() public {
        Report memory report = _mintReport(_order("A", ALICE, 1e18));
        report.reserves.observedAt = uint64(block.timestamp - 1 hours - 1);
        _expectRejected(report.orders[0], Verdicts.RESERVE_STALE, address(0));
        _onReport(report);

        report.reserves.observedAt = uint64(block.timestamp - 1 hours);
        _expectMinted(report.orders[0]);
        _onReport(report);
    }

    function test_withoutAnyProofNothingIsMinted() public {
        Report memory report = _mintReport(_order("A", ALICE, 1e18));
        report.reserves = ReserveProof(0, 0);
        _expectRejected(report.orders[0], Verdicts.RESERVE_STALE, address(0));
        _onReport(report);
        report.reserves = ReserveProof(RESERVES, 0);
        _expectRejected(report.orders[0], Verdicts.RESERVE_STALE, address(0));
        _onReport(report);
    }

    function test_zeroReservesBackNothing() public {
        Report memory report = _mintReport(_order("A", ALICE, 1e18));
        report.reserves.amount = 0;
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
    }

    function test_aProofFromTheFutureRevertsTheReport() public {
        Report memory report = _mintReport(_order("A", ALICE, 1e18));
        report.reserves.observedAt = uint64(block.timestamp + 121);
        _expectOnReportRevert(
            report, abi.encodeWithSelector(ILiabilityLedger.ProofFromFuture.selector, report.reserves.observedAt)
        );
        assertFalse(_deliver(report));
    }

    function test_theNewestProofCountsWhicheverReportCarriesIt() public {
        Report memory later = _mintReport(_order("A", ALICE, 10e18));
        later.reserves.amount = 15e18;
        Report memory earlier = _mintReport(_order("B", BOB, 10e18));
        earlier.reserves = ReserveProof(1000e18, uint64(block.timestamp - 30));
        _onReport(later);
        // The concurrent run saw more money, but earlier.
        _expectRejected(earlier.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(earlier);
        assertEq(ledger.latestProof().amount, 15e18);
    }

    /* WINDOW CAP */

    function test_theWindowCapHoldsAcrossReportsAndReopensWithTheNextWindow() public {
        _setWindow(10e18, 1 days);
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _assertAccepted(_order("A", ALICE, 6e18));
        _assertRefused(_order("B", BOB, 5e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        _assertAccepted(_order("C", BOB, 4e18));
        _assertRefused(_order("D", ALICE, 1e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));

        vm.warp(block.timestamp + 1 days - 1);
        _assertRefused(_order("D", ALICE, 1e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        vm.warp(block.timestamp + 1);
        _assertAccepted(_order("D", ALICE, 10e18));
        _assertRefused(_order("E", BOB, 1e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));
    }

    function test_previewAddsUpTheWindowWithinABatch() public {
        _setWindow(10e18, 1 days);
        _register(STRANGER, "CH");
        Order[] memory orders = new Order[](3);
        orders[0] = _order("A", ALICE, 6e18);
        orders[1] = _order("B", BOB, 5e18);
        orders[2] = _order("C", STRANGER, 4e18);
        Verdict[] memory verdicts = consumer.preview(orders);
        assertEq(verdicts[0].code, Verdicts.ACCEPTED);
        assertEq(verdicts[1].code, Verdicts.WINDOW_CAP_EXCEEDED);
        // What the second did not get is left for the third, to the last unit.
        assertEq(verdicts[2].code, Verdicts.ACCEPTED);
        _expectMinted(orders[0]);
        _expectRejected(orders[1], Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        _expectMinted(orders[2]);
        _onReport(_mintReport(orders));
    }

    function test_mintWindowShowsTheCurrentWindow() public {
        (uint256 cap, uint64 length, uint256 used, uint64 start) = ledger.mintWindow();
        assertEq(cap, 10_000_000e18);
        assertEq(length, 1 days);
        assertEq(used, 0);
        assertEq(start, block.timestamp - block.timestamp % 1 days);

        _assertAccepted(_order("A", ALICE, 6e18));
        (,, used,) = ledger.mintWindow();
        assertEq(used, 6e18);
        vm.warp(block.timestamp + 3 days);
        (,, used, start) = ledger.mintWindow();
        assertEq(used, 0);
        assertEq(start, block.timestamp - block.timestamp % 1 days);
    }

    function test_changingTheWindowCarriesItsUse() public {
        _assertAccepted(_order("A", ALICE, 6e18));
        _setWindow(10e18, 1 hours);
        (, uint64 length, uint256 used,) = ledger.mintWindow();
        assertEq(length, 1 hours);
        assertEq(used, 6e18);
        _assertRefused(_order("B", BOB, 5e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));

        vm.warp(block.timestamp + 2 hours);
        _setWindow(10e18, 1 days);
        (,, used,) = ledger.mintWindow();
        assertEq(used, 0);
    }

    /* SETTINGS */

    function test_onlyTheTimelockChangesTheLimits() public {
        address[3] memory others = [STRANGER, ADMIN, OPERATOR];
        for (uint256 i = 0; i < others.length; ++i) {
            bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, others[i]);
            vm.startPrank(others[i]);
            vm.expectRevert(refusal);
            ledger.setMintWindow(1, 1 days);
            vm.expectRevert(refusal);
            ledger.setReserveMaxAge(1 hours);
            vm.stopPrank();
        }
        vm.startPrank(address(timelock));
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.MintWindowSet(7, 1 hours);
        ledger.setMintWindow(7, 1 hours);
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.ReserveMaxAgeSet(2 hours);
        ledger.setReserveMaxAge(2 hours);
        vm.stopPrank();
        assertEq(ledger.reserveMaxAge(), 2 hours);
    }

    function test_limitsHaveBounds() public {
        vm.startPrank(address(timelock));
        uint24[2] memory windows = [uint24(1 hours - 1), uint24(30 days + 1)];
        for (uint256 i = 0; i < windows.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, windows[i]));
            ledger.setMintWindow(1, windows[i]);
        }
        uint32[2] memory ages = [uint32(59), uint32(1 days + 1)];
        for (uint256 i = 0; i < ages.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, ages[i]));
            ledger.setReserveMaxAge(ages[i]);
        }
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, 0));
        ledger.setMintWindow(0, 1 hours);
        ledger.setMintWindow(1, 1 hours);
        ledger.setMintWindow(1, 30 days);
        ledger.setReserveMaxAge(1 minutes);
        ledger.setReserveMaxAge(1 days);
        vm.stopPrank();
    }

    function test_theReserveAgeApplies() public {
        vm.prank(address(timelock));
        ledger.setReserveMaxAge(1 minutes);
        Report memory report = _mintReport(_order("A", ALICE, 1e18));
        report.reserves.observedAt = uint64(block.timestamp - 61);
        _expectRejected(report.orders[0], Verdicts.RESERVE_STALE, address(0));
        _onReport(report);
    }

    /* VIEWS */

    function test_namesItsParts() public view {
        assertEq(consumer.token(), basket.stablecoin);
        assertEq(consumer.ledger(), basket.ledger);
        assertEq(consumer.forwarder(), address(forwarder));
        assertEq(consumer.workflowOwner(), WORKFLOW_OWNER);
        assertEq(consumer.MAX_VALIDITY(), 15 minutes);
        assertEq(consumer.MAX_ORDERS(), 100);
        assertEq(Ownable(address(consumer)).owner(), address(timelock));
    }

    function test_isAReceiver() public view {
        IERC165 erc165 = IERC165(address(consumer));
        assertTrue(erc165.supportsInterface(0x805f2132));
        assertTrue(erc165.supportsInterface(0x01ffc9a7));
        assertFalse(erc165.supportsInterface(0xffffffff));
    }

    function test_theSurveyTellsAllThatARunMustKnow() public {
        (address stablecoin, address other) = factory.createBasketWithTerms(
            "Six", "SIX", ADMIN, BasketTerms({decimals: 6, capPerWindow: 1_000_000e6, windowSeconds: 1 days})
        );
        _useBasket(other);
        Order memory order = _order("R", ALICE, 100e6);
        Report memory report = _mintReport(order);
        report.reserves.amount = 1_000e6;
        _onReport(report);

        Survey memory found = consumer.survey(_pair(order, _order("S", BOB, 1e6)));
        assertEq(found.token, stablecoin);
        assertEq(found.decimals, 6);
        assertTrue(found.isWriter);
        assertEq(found.liability, 100e6);
        assertEq(found.proof.amount, 1_000e6);
        assertEq(found.proof.observedAt, block.timestamp);
        assertEq(found.verdicts.length, 2);
        assertEq(found.verdicts[0].code, Verdicts.REFERENCE_USED);
        assertEq(found.verdicts[1].code, Verdicts.ACCEPTED);
    }

    function test_previewOfNothingIsNothing() public view {
        assertEq(consumer.preview(new Order[](0)).length, 0);
    }

    function testFuzz_neverBeyondTheReserves(uint96 reserves, uint96 first, uint96 second) public {
        vm.startPrank(ADMIN);
        IVolumePolicy(basket.volumePolicy).setMax(0);
        vm.stopPrank();
        Report memory report = _mintReport(_pair(_order("A", ALICE, first), _order("B", BOB, second)));
        report.reserves.amount = reserves;
        _onReport(report);
        assertLe(token.totalSupply(), reserves);
        assertEq(token.totalSupply(), ledger.liability());
    }

    function _setWindow(uint96 cap, uint24 length) private {
        vm.prank(address(timelock));
        ledger.setMintWindow(cap, length);
    }

    function _expectOnReportRevert(Report memory report, bytes memory error) private {
        vm.expectRevert(error);
        _onReport(report);
    }
}
