// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IReserveFeed} from "../src/interfaces/IReserveFeed.sol";
import {ReserveProof} from "../src/libraries/ReportCodec.sol";
import {Test} from "forge-std/Test.sol";

contract ReserveFeedTest is Test {
    address private immutable CONSUMER = makeAddr("consumer");
    uint64 private constant NOW = 1_790_000_000;

    IReserveFeed private feed;
    address private token;

    function setUp() public {
        vm.warp(NOW);
        token = vm.deployCode(
            "StablecoinERC20.sol:StablecoinERC20",
            abi.encode("Demo Dollar", "DUSD", uint8(6), makeAddr("timelock"), CONSUMER)
        );
        feed = IReserveFeed(vm.deployCode("ReserveFeed.sol:ReserveFeed", abi.encode(CONSUMER, token)));
    }

    function test_describesItself() public view {
        assertEq(feed.consumer(), CONSUMER);
        assertEq(feed.token(), token);
        assertEq(feed.decimals(), 6);
        assertEq(feed.version(), 1);
        assertEq(feed.description(), "DUSD reserves");
        assertEq(feed.MAX_AHEAD(), 120);
    }

    function test_onlyTheConsumerWrites() public {
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.OnlyConsumer.selector, address(this)));
        feed.record(ReserveProof(1, NOW));
    }

    function test_hasNoDataBeforeTheFirstProof() public {
        ReserveProof memory proof = feed.latestProof();
        assertEq(proof.amount, 0);
        assertEq(proof.observedAt, 0);
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.NoDataPresent.selector, 0));
        feed.latestRoundData();
    }

    function test_aProofIsReadableAsARound() public {
        vm.expectEmit(address(feed));
        emit IReserveFeed.AnswerUpdated(500, 1, NOW - 10);
        _record(500, NOW - 10);
        (uint80 round, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) = feed.latestRoundData();
        assertEq(round, 1);
        assertEq(answer, 500);
        assertEq(startedAt, NOW - 10);
        assertEq(updatedAt, NOW - 10);
        assertEq(answeredIn, 1);
        (round, answer,,,) = feed.getRoundData(1);
        assertEq(answer, 500);
    }

    function test_onlyTheLatestRoundIsStored() public {
        _record(500, NOW - 10);
        _record(600, NOW);
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.NoDataPresent.selector, 1));
        feed.getRoundData(1);
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.NoDataPresent.selector, 3));
        feed.getRoundData(3);
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
        (uint80 round,,,,) = feed.latestRoundData();
        assertEq(round, 2);
    }

    function test_zeroReservesAreAProof() public {
        _record(500, NOW - 1);
        _record(0, NOW);
        _assertProof(0, NOW);
    }

    function test_aProofMayBeAheadOfTheBlockByTwoMinutes() public {
        _record(500, NOW + 120);
        _assertProof(500, NOW + 120);
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.ProofFromFuture.selector, NOW + 121));
        _record(500, NOW + 121);
    }

    function test_anAmountBeyond128BitsIsRefused() public {
        uint256 tooLarge = uint256(type(uint128).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(IReserveFeed.ReservesTooLarge.selector, tooLarge));
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
        ReserveProof memory first = feed.latestProof();
        vm.revertToState(start);
        _record(b, atB);
        _record(a, atA);
        ReserveProof memory second = feed.latestProof();
        assertEq(first.amount, second.amount);
        assertEq(first.observedAt, second.observedAt);
        assertEq(first.observedAt, atA > atB ? atA : atB);
    }

    function _record(uint256 amount, uint64 observedAt) private {
        vm.prank(CONSUMER);
        feed.record(ReserveProof(amount, observedAt));
    }

    function _assertProof(uint256 amount, uint64 observedAt) private view {
        ReserveProof memory proof = feed.latestProof();
        assertEq(proof.amount, amount);
        assertEq(proof.observedAt, observedAt);
    }
}
