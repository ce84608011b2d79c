// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Books, ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {ReserveProof} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The ledger alone: what it keeps whatever its writer does, and the feed that it is.
contract LiabilityLedgerTest is Test {
    address private immutable TIMELOCK = makeAddr("timelock");
    address private immutable ALICE = makeAddr("alice");
    uint64 private constant NOW = 1_790_000_000;
    uint96 private constant CAP = 1_000;

    ILiabilityLedger private ledger;
    IStablecoin private token;
    /// @dev A writer must have code; this test is it.
    address private immutable WRITER = address(this);
    address private immutable DESK = makeAddr("desk");

    function setUp() public {
        vm.warp(NOW);
        token = IStablecoin(
            vm.deployCode(
                "StablecoinERC20.sol:StablecoinERC20",
                abi.encode("Demo Dollar", "DUSD", uint8(6), TIMELOCK, ALICE, ALICE, address(this))
            )
        );
        ledger = ILiabilityLedger(
            vm.deployCode(
                "LiabilityLedger.sol:LiabilityLedger", abi.encode(token, TIMELOCK, CAP, uint24(1 days), uint32(1 hours))
            )
        );
        token.wire(address(ledger), DESK);
        ledger.wire(WRITER, DESK);
    }

    /* WIRING */

    function test_isWiredOnceByItsCreator() public {
        assertEq(ledger.writer(), WRITER);
        assertEq(ledger.desk(), DESK);
        assertEq(ledger.token(), address(token));
        vm.expectRevert(ILiabilityLedger.AlreadyWired.selector);
        ledger.wire(WRITER, DESK);
        ILiabilityLedger fresh = ILiabilityLedger(
            vm.deployCode(
                "LiabilityLedger.sol:LiabilityLedger", abi.encode(token, TIMELOCK, CAP, uint24(1 days), uint32(1 hours))
            )
        );
        vm.expectRevert(ILiabilityLedger.AlreadyWired.selector);
        vm.prank(TIMELOCK);
        fresh.wire(WRITER, DESK);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidAddress.selector, address(0)));
        fresh.wire(WRITER, address(0));
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidAddress.selector, ALICE));
        fresh.wire(ALICE, DESK);
    }

    function test_onlyTheWriterWrites() public {
        vm.startPrank(TIMELOCK);
        bytes memory refusal = abi.encodeWithSelector(ILiabilityLedger.OnlyWriter.selector, TIMELOCK);
        vm.expectRevert(refusal);
        ledger.begin(ReserveProof(1, NOW), new bytes32[](0));
        vm.expectRevert(refusal);
        ledger.mint("R", ALICE, 1);
        vm.expectRevert(refusal);
        ledger.settle("R", "S");
        vm.stopPrank();
    }

    function test_onlyTheOwnerExchangesTheWriter() public {
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, WRITER));
        ledger.setWriter(address(token));
        vm.startPrank(TIMELOCK);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.InvalidAddress.selector, ALICE));
        ledger.setWriter(ALICE);
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.WriterSet(WRITER, address(token));
        ledger.setWriter(address(token));
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.OnlyWriter.selector, WRITER));
        ledger.mint("R", ALICE, 1);
    }

    /* BOOKS */

    function test_mintsAgainstItsOwnProofOnly() public {
        _expectRefused("R", 1, Verdicts.RESERVE_STALE);
        _record(100, NOW);
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.MintExecuted("R", ALICE, 60);
        ledger.mint("R", ALICE, 60);
        assertEq(ledger.liability(), 60);
        assertEq(token.balanceOf(ALICE), 60);
        (bytes32 digest, uint48 number) = ledger.mintOf("R");
        assertEq(digest, bytes32(bytes25(keccak256(abi.encode(ALICE, 60)))));
        assertEq(number, block.number);

        _expectRefused("R", 1, Verdicts.REFERENCE_USED);
        _expectRefused("S", 41, Verdicts.RESERVE_INSUFFICIENT);
        ledger.mint("S", ALICE, 40);
        vm.warp(NOW + 1 hours + 1);
        _expectRefused("T", 1, Verdicts.RESERVE_STALE);
    }

    function test_anUnboundedAmountIsBeyondTheCap() public {
        _record(type(uint128).max, NOW);
        _expectRefused("R", type(uint256).max, Verdicts.WINDOW_CAP_EXCEEDED);
        _expectRefused("R", CAP + 1, Verdicts.WINDOW_CAP_EXCEEDED);
        ledger.mint("R", ALICE, CAP);
        _expectRefused("S", 1, Verdicts.WINDOW_CAP_EXCEEDED);
        vm.warp(NOW - NOW % 1 days + 1 days);
        _record(type(uint128).max, uint64(block.timestamp));
        ledger.mint("S", ALICE, CAP);
        _expectRefused("T", 1, Verdicts.WINDOW_CAP_EXCEEDED);
    }

    function test_beginSaysWhatOrdersAreJudgedAgainst() public {
        _record(100, NOW);
        ledger.mint("R", ALICE, 60);
        bytes32[] memory refs = new bytes32[](3);
        (refs[0], refs[1], refs[2]) = ("Q", "R", "S");
        _assertBooks(ledger.begin(ReserveProof(90, NOW), refs), 90);
        _assertBooks(ledger.look(refs), 90);
        vm.warp(NOW + 1 hours + 1);
        Books memory books = ledger.look(refs);
        assertFalse(books.fresh);
        assertEq(books.proven, 0);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.TooManyReferences.selector, 257));
        ledger.look(new bytes32[](257));
        ledger.look(new bytes32[](256));
    }

    function test_aWriteOffBurnsTheOwnersTokensOnly() public {
        _record(100, NOW);
        ledger.mint("R", TIMELOCK, 60);
        vm.startPrank(TIMELOCK);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(ledger), 0, 10)
        );
        ledger.writeOff(10, "order 7");
        token.approve(address(ledger), 10);
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.WrittenOff("order 7", 10);
        ledger.writeOff(10, "order 7");
        vm.stopPrank();
        assertEq(ledger.liability(), 50);
        assertEq(token.totalSupply(), 50);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, WRITER));
        ledger.writeOff(1, "order 7");
    }

    /// @dev ALICE is the token's officer here: what an order has seized is out of the officer's reach.
    function test_noFreezeStopsAWriteOff() public {
        _record(100, NOW);
        ledger.mint("R", TIMELOCK, 60);
        vm.startPrank(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IStablecoin.SystemAccount.selector, TIMELOCK));
        token.freeze(TIMELOCK);
        token.setTransfersPaused(true);
        vm.stopPrank();
        vm.startPrank(TIMELOCK);
        token.approve(address(ledger), 60);
        ledger.writeOff(60, "order 7");
        vm.stopPrank();
        assertEq(ledger.liability(), 0);
        assertEq(token.totalSupply(), 0);
    }

    function test_aSettlementNeedsAFreshReference() public {
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.SettlementRefused.selector, bytes32(0)));
        ledger.settle("id", 0);

        _record(100, NOW);
        ledger.mint("R", address(ledger), 60);
        vm.mockCall(DESK, bytes(""), abi.encode(ALICE, 10));
        ledger.settle("id", "payment");
        assertEq(ledger.liability(), 50);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.SettlementRefused.selector, bytes32("payment")));
        ledger.settle("other id", "payment");
    }

    /* WINDOW */

    function test_aLoweredCapIsRememberedWithinTheWindow() public {
        _record(10_000, NOW);
        ledger.mint("R", ALICE, 600);
        _setWindow(500, 1 days);
        (,, uint256 used,) = ledger.mintWindow();
        assertEq(used, 600);
        _expectRefused("S", 1, Verdicts.WINDOW_CAP_EXCEEDED);
        assertEq(ledger.look(new bytes32[](0)).room, 0);
        // Raised again, no more than the difference to what was used is left.
        _setWindow(1_000, 1 days);
        _expectRefused("S", 401, Verdicts.WINDOW_CAP_EXCEEDED);
        ledger.mint("S", ALICE, 400);
    }

    /* FEED */

    function test_describesItself() public view {
        assertEq(ledger.decimals(), 6);
        assertEq(ledger.version(), 1);
        assertEq(ledger.description(), "DUSD reserves");
        assertEq(ledger.MAX_AHEAD(), 120);
    }

    function test_hasNoDataBeforeTheFirstProof() public {
        ReserveProof memory proof = ledger.latestProof();
        assertEq(proof.amount, 0);
        assertEq(proof.observedAt, 0);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.NoDataPresent.selector, 0));
        ledger.latestRoundData();
    }

    function test_aProofIsReadableAsARound() public {
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.AnswerUpdated(500, 1, NOW - 10);
        _record(500, NOW - 10);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) =
            ledger.latestRoundData();
        assertEq(round, 1);
        assertEq(answer, 500);
        assertEq(startedAt, NOW - 10);
        assertEq(updatedAt, NOW - 10);
        assertEq(answeredIn, 1);
        (round, answer,,,) = ledger.getRoundData(1);
        assertEq(answer, 500);
    }

    function test_onlyTheLatestRoundIsStored() public {
        _record(500, NOW - 10);
        _record(600, NOW);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.NoDataPresent.selector, 1));
        ledger.getRoundData(1);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.NoDataPresent.selector, 3));
        ledger.getRoundData(3);
    }

    function test_aNewerProofReplacesAndAnOlderIsIgnored() public {
        _record(500, NOW - 10);
        _record(600, NOW);
        _assertProof(600, NOW);
        _record(1, NOW - 1);
        _assertProof(600, NOW);
        _record(900, NOW - 5);
        _assertProof(600, NOW);
    }

    function test_ofTwoProofsOfOneTimeTheLowerCounts() public {
        _record(500, NOW);
        _record(700, NOW);
        _assertProof(500, NOW);
        _record(300, NOW);
        _assertProof(300, NOW);
        // The same proof again is no new round.
        _record(300, NOW);
        (uint80 round,,,,) = ledger.latestRoundData();
        assertEq(round, 2);
    }

    function test_zeroReservesAreAProof() public {
        _record(500, NOW - 1);
        _record(0, NOW);
        _assertProof(0, NOW);
    }

    function test_aProofAheadIsShownAtTheBlocksTime() public {
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.AnswerUpdated(500, 1, NOW);
        _record(500, NOW + 120);
        _assertProof(500, NOW);
        (,,, uint256 updatedAt,) = ledger.latestRoundData();
        assertEq(updatedAt, NOW);
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.ProofFromFuture.selector, NOW + 121));
        _record(500, NOW + 121);
    }

    function test_aProofAheadHidesNoLowerOne() public {
        _record(500, NOW + 120);
        vm.warp(NOW + 10);
        _record(0, NOW + 10);
        assertEq(ledger.latestProof().amount, 0);
        // Nor is it raised by an older one while it is ahead.
        _record(900, NOW + 11);
        assertEq(ledger.latestProof().amount, 0);
        vm.warp(NOW + 121);
        _record(1, NOW + 119);
        assertEq(ledger.latestProof().amount, 0);
        _record(700, NOW + 121);
        _assertProof(700, NOW + 121);
    }

    function test_anAmountBeyond128BitsIsRefused() public {
        uint256 tooLarge = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.ReservesTooLarge.selector, tooLarge));
        _record(tooLarge, NOW);
        _record(type(uint128).max, NOW);
        _assertProof(type(uint128).max, NOW);
    }

    function testFuzz_theOrderOfArrivalDoesNotMatter(uint128 a, uint64 atA, uint128 b, uint64 atB) public {
        atA = uint64(bound(atA, 1, NOW));
        atB = uint64(bound(atB, 1, NOW));
        uint256 start = vm.snapshotState();
        _record(a, atA);
        _record(b, atB);
        ReserveProof memory first = ledger.latestProof();
        vm.revertToState(start);
        _record(b, atB);
        _record(a, atA);
        ReserveProof memory second = ledger.latestProof();
        assertEq(first.amount, second.amount);
        assertEq(first.observedAt, second.observedAt);
        assertEq(first.observedAt, atA > atB ? atA : atB);
    }

    /* HELPERS */

    function _record(uint256 amount, uint64 observedAt) private {
        ledger.begin(ReserveProof(amount, observedAt), new bytes32[](0));
    }

    function _expectRefused(bytes32 bankRef, uint256 amount, uint8 code) private {
        vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.OrderRefused.selector, code));
        ledger.mint(bankRef, ALICE, amount);
    }

    function _setWindow(uint96 cap, uint24 length) private {
        vm.prank(TIMELOCK);
        ledger.setMintWindow(cap, length);
    }

    function _assertBooks(Books memory books, uint256 proven) private view {
        assertEq(books.liability, 60);
        assertEq(books.room, CAP - 60);
        assertEq(books.proven, proven);
        assertEq(books.observedAt, NOW);
        assertTrue(books.fresh);
        assertEq(books.used, 2);
    }

    function _assertProof(uint256 amount, uint64 observedAt) private view {
        ReserveProof memory proof = ledger.latestProof();
        assertEq(proof.amount, amount);
        assertEq(proof.observedAt, observedAt);
    }
}
