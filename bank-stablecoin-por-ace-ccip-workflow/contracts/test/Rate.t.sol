// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IVolumeRatePolicy} from "../src/interfaces/IPolicySettings.sol";
import {Order} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {ComplianceSetup} from "./support/ComplianceSetup.sol";

/// @notice The volume of a person and period has a bound.
contract RateTest is ComplianceSetup {
    function test_theRateRefusesPerPersonAndPeriod() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", ALICE, 100_000e18));
        _assertRefused(_order("C", ALICE, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertAccepted(_order("D", BOB, 100_000e18));
        _assertAccepted(_order("E", ALICE, 50_000e18));
        _assertRefused(_order("F", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);

        vm.warp(block.timestamp + 1 days);
        _assertAccepted(_order("F", ALICE, 1e18));
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(2e18);
        _assertRefused(_order("G", ALICE, 2e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
    }

    function test_theRateCountsAPersonAndNotHisAccounts() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        address second = makeAddr("alice's second account");
        vm.prank(ISSUER);
        identities.registerIdentity(_ccid(ALICE), second, "");
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", second, 100_000e18));
        assertEq(lens.explain(address(consumer), second, 0).rateUsed, 200_000e18);
        _assertRefused(_order("C", second, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertRefused(_order("C", ALICE, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);

        // Two orders of one report count for each other, which a preview, asking for each by itself, cannot know.
        Order[] memory orders = _pair(_order("D", ALICE, 30_000e18), _order("E", second, 30_000e18));
        assertEq(consumer.preview(orders)[1].code, Verdicts.ACCEPTED);
        _expectMinted(orders[0]);
        _expectRejected(orders[1], Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _onReport(_mintReport(orders));

        // Nobody else's volume is touched, and the person's begins anew with the next period.
        _assertAccepted(_order("F", BOB, 100_000e18));
        vm.warp(block.timestamp + 1 days);
        assertEq(lens.explain(address(consumer), ALICE, 0).rateUsed, 0);
        _assertAccepted(_order("G", second, 100_000e18));
    }

    function test_theRateCountsAnAccountWithoutIdentityByItself() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _require(false, false);
        vm.startPrank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(10e18);
        vm.stopPrank();
        _assertAccepted(_order("A", STRANGER, 10e18));
        _assertRefused(_order("B", STRANGER, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertAccepted(_order("C", makeAddr("nobody"), 10e18));
    }

    function test_anotherPeriodForgetsNothingOfTheSameOne() public {
        IVolumeRatePolicy rate = IVolumeRatePolicy(basket.volumeRatePolicy);
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days + 30 minutes);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        vm.startPrank(ADMIN);
        rate.setMaxAmount(100_000e18);
        vm.expectEmit(address(rate));
        emit IVolumeRatePolicy.TimePeriodDurationSet(2 days);
        rate.setTimePeriodDuration(2 days);
        vm.stopPrank();
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        vm.prank(ADMIN);
        rate.setTimePeriodDuration(1 hours);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        vm.warp(block.timestamp + 30 minutes);
        _assertAccepted(_order("B", ALICE, 1e18));
    }

    function test_theRatesSettingsHaveBounds() public {
        IVolumeRatePolicy rate = IVolumeRatePolicy(basket.volumeRatePolicy);
        vm.startPrank(ADMIN);
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(rate.setMaxAmount, (uint256(type(uint128).max) + 1));
        calls[1] = abi.encodeCall(rate.setTimePeriodDuration, (0));
        calls[2] = abi.encodeCall(rate.setTimePeriodDuration, (uint256(type(uint64).max) + 1));
        calls[3] = abi.encodeCall(rate.setMaxAmount, (rate.getMaxAmount()));
        calls[4] = abi.encodeCall(rate.setTimePeriodDuration, (rate.getTimePeriodDuration()));
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = address(rate).call(calls[i]);
            assertFalse(done);
            assertEq(bytes4(reason), bytes4(keccak256("InvalidParameters(string)")));
        }
        vm.expectEmit(address(rate));
        emit IVolumeRatePolicy.MaxAmountSet(type(uint128).max);
        rate.setMaxAmount(type(uint128).max);
        rate.setTimePeriodDuration(type(uint64).max);
        vm.stopPrank();
        _assertAccepted(_order("A", ALICE, 100_000e18));
    }

    function test_theRateSaysNoOnlyToWhatIsTooMuch() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(100_000e18);
        assertTrue(_rateContinues(2, 0));
        assertFalse(_rateContinues(2, 1));
        assertFalse(_rateContinues(3, 0), "parameters that it does not know");

        // Lowered below what was used: a refusal, and no failure.
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(1e18);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
    }

    function _rateContinues(uint256 count, uint256 amount) private view returns (bool done) {
        bytes[] memory parameters = new bytes[](count);
        (parameters[0], parameters[1]) = (abi.encode(amount), abi.encode(ALICE));
        (done,) = basket.volumeRatePolicy
            .staticcall(
                abi.encodeWithSignature(
                    "run(address,address,bytes4,bytes[],bytes)", address(0), address(0), bytes4(0), parameters, ""
                )
            );
    }

    function test_aRefusedMintDoesNotCountForTheRate() public {
        vm.prank(address(timelock));
        ledger.setMintWindow(1e18, 1 days);
        for (uint256 i = 0; i < 3; ++i) {
            Order memory tooMuch = _order(vm.toString(i), ALICE, 100_000e18);
            _assertRefused(tooMuch, Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        }
        vm.prank(address(timelock));
        ledger.setMintWindow(1_000_000e18, 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", ALICE, 100_000e18));
    }
}
