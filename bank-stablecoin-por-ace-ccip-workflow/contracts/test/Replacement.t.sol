// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IBasketFactory} from "../src/interfaces/IBasketFactory.sol";
import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {IPausePolicy, IVolumeRatePolicy} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {CloneArguments} from "../src/libraries/CloneArguments.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {Order, Report} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice A basket's consumer is replaced, here because the workflow's owner is; its books stay.
contract ReplacementTest is BasketTest {
    address private immutable NEW_OWNER = makeAddr("new workflow owner");

    IMintingConsumer private next;

    function setUp() public override {
        super.setUp();
        next = IMintingConsumer(_newConsumer());
    }

    function test_aReplacedConsumerNeitherMintsTwiceNorForgets() public {
        Order memory order = _order("K", ALICE, 5e18);
        _assertAccepted(order);
        _replace();

        // The same reference through the new consumer: found, and not minted again.
        _useConsumer(address(next));
        assertEq(_preview(order).code, Verdicts.REFERENCE_USED);
        _expectRejected(order, Verdicts.REFERENCE_USED, address(0));
        _reportTo(next, _mintReport(order));
        assertEq(token.totalSupply(), 5e18);
        assertEq(ledger.liability(), 5e18);
        (bytes32 digest, uint48 number) = ledger.mintOf(order.bankRef);
        assertEq(digest, _digest(ALICE, 5e18));
        assertEq(number, block.number);

        // What the old one has issued still counts.
        Report memory report = _mintReport(_order("L", BOB, 6e18));
        report.reserves.amount = 10e18;
        report.reserves.observedAt += 1;
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _reportTo(next, report);
        report.orders[0].amount = 5e18;
        _expectMinted(report.orders[0]);
        _reportTo(next, report);
        assertEq(ledger.liability(), 10e18);
    }

    function test_atNoMomentCanTwoWriteOrNone() public {
        Report memory report = _mintReport(_order("A", ALICE, 5e18));
        Report memory nexts = _mintReport(_order("A", ALICE, 5e18));
        nexts.consumer = address(next);
        // Before: the new one reverts at the ledger.
        bytes memory refusal = abi.encodeWithSelector(ILiabilityLedger.OnlyWriter.selector, address(next));
        _expectRefused(next, nexts, refusal);
        _onReport(report);

        bytes32 id = _schedule();
        // Scheduled is not done.
        _expectRefused(next, nexts, refusal);
        report = _mintReport(_order("B", ALICE, 5e18));
        _onReport(report);
        _execute(id);

        // Afterwards: the old one does; its references stay free.
        report = _mintReport(_order("C", ALICE, 5e18));
        _expectRefused(
            consumer, report, abi.encodeWithSelector(ILiabilityLedger.OnlyWriter.selector, address(consumer))
        );
        assertEq(_digestOf(keccak256("C")), 0);
        nexts = _mintReport(_order("C", ALICE, 5e18));
        nexts.consumer = address(next);
        _reportTo(next, nexts);
        assertEq(token.balanceOf(ALICE), 15e18);
    }

    function test_theFactoryFollowsTheWriter() public {
        assertTrue(factory.isBasket(address(token), address(consumer)));
        assertFalse(factory.isBasket(address(token), address(next)));
        _replace();
        assertFalse(factory.isBasket(address(token), address(consumer)));
        assertTrue(factory.isBasket(address(token), address(next)));
        assertEq(factory.basketOf(address(token)).mintingConsumer, address(next));
        assertEq(factory.basketOf(address(next)).stablecoin, address(token));
        assertEq(factory.baskets(0, 1)[0].mintingConsumer, address(next));
        vm.expectRevert(abi.encodeWithSelector(IBasketFactory.UnknownBasket.selector, address(consumer)));
        factory.basketOf(address(consumer));
        assertFalse(consumer.survey(new Order[](0)).isWriter);
        assertTrue(next.survey(new Order[](0)).isWriter);
    }

    function test_policiesAndTheirCountersCarryOver() public {
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(10e18);
        bytes32 id = _schedule();
        vm.warp(timelock.getTimestamp(id));
        _assertAccepted(_order("C", ALICE, 6e18));
        _execute(id);
        _useConsumer(address(next));
        assertEq(_preview(_order("D", ALICE, 5e18)).code, Verdicts.RATE_EXCEEDED);
        assertEq(_preview(_order("D", STRANGER, 5e18)).code, Verdicts.IDENTITY_REJECTED);
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setIdentityRequired(false);
        assertEq(_preview(_order("D", STRANGER, 5e18)).code, Verdicts.ACCEPTED);
        IPolicySwitch(basket.policySwitch).setIdentityRequired(true);
        assertEq(_preview(_order("D", STRANGER, 5e18)).code, Verdicts.IDENTITY_REJECTED);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        vm.stopPrank();
        assertEq(_preview(_order("D", BOB, 5e18)).code, Verdicts.PAUSED);
    }

    function test_initialisingAConsumerGivesNoPower() public {
        // Anybody may, with the same result: all that it needs is in its code.
        address clone = Clones.cloneWithImmutableArgs(factory.code().consumerImplementation, _arguments());
        vm.startPrank(STRANGER);
        IMintingConsumer(clone).initialize();
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        IMintingConsumer(clone).initialize();
        vm.stopPrank();
        assertEq(Ownable(clone).owner(), address(timelock));
        assertFalse(IMintingConsumer(clone).survey(new Order[](0)).isWriter);
    }

    /* WORKFLOW PINS */

    function test_theTimelockPinsWorkflows() public {
        bytes32 id = keccak256("workflow id");
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ADMIN));
        vm.prank(ADMIN);
        consumer.allowWorkflow(id, true);
        assertTrue(consumer.workflowAllowed(0));
        vm.startPrank(address(timelock));
        vm.expectEmit(address(consumer));
        emit IMintingConsumer.WorkflowAllowed(0, false);
        consumer.allowWorkflow(0, false);
        vm.stopPrank();
        _expectRefused(
            consumer,
            _mintReport(_order("A", ALICE, 5e18)),
            abi.encodeWithSelector(IMintingConsumer.WrongWorkflowId.selector, id),
            _metadata()
        );
        vm.prank(address(timelock));
        consumer.allowWorkflow(id, true);
        _onReport(_mintReport(_order("A", ALICE, 5e18)));
        assertEq(token.balanceOf(ALICE), 5e18);
    }

    /* HELPERS */

    function _arguments() private view returns (bytes memory) {
        return CloneArguments.encode(address(ledger), address(token), address(engine), address(desk));
    }

    function _newConsumer() private returns (address clone) {
        clone = Clones.cloneWithImmutableArgs(_consumerImplementation(NEW_OWNER), _arguments());
        IMintingConsumer(clone).initialize();
    }

    function _useConsumer(address mintingConsumer) private {
        consumer = IMintingConsumer(mintingConsumer);
    }

    function _replace() private {
        _execute(_schedule());
    }

    /// @dev Everything that the exchange needs, in the timelock's one batch.
    function _batch() private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calls) {
        targets = new address[](8);
        values = new uint256[](8);
        calls = new bytes[](8);
        bytes32[] memory account = MintPolicies.parameters(MintPolicies.ACCOUNT);
        bytes32[] memory amount = MintPolicies.parameters(MintPolicies.AMOUNT);
        bytes32[] memory both = MintPolicies.parameters(MintPolicies.AMOUNT, MintPolicies.ACCOUNT);
        bytes4 mint = MintPolicies.SELECTOR;
        address to = address(next);
        calls[0] =
            abi.encodeCall(engine.addPolicy, (to, MintPolicies.REPORT_SELECTOR, basket.pausePolicy, new bytes32[](0)));
        calls[1] = abi.encodeCall(engine.addPolicy, (to, mint, basket.rejectPolicy, account));
        calls[2] = abi.encodeCall(engine.addPolicy, (to, mint, basket.identityPolicy, account));
        calls[3] = abi.encodeCall(engine.addPolicy, (to, mint, basket.volumePolicy, amount));
        calls[4] = abi.encodeCall(engine.addPolicy, (to, mint, basket.volumeRatePolicy, both));
        calls[5] = abi.encodeCall(engine.setTargetDefaultPolicyAllow, (to, true));
        calls[6] = abi.encodeCall(engine.setTargetDefaultPolicyAllow, (address(consumer), false));
        calls[7] = abi.encodeCall(ledger.setWriter, (to));
        for (uint256 i = 0; i < 7; ++i) {
            targets[i] = address(engine);
        }
        targets[7] = address(ledger);
    }

    function _schedule() private returns (bytes32) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _batch();
        vm.prank(OPERATOR);
        timelock.scheduleBatch(targets, values, calls, 0, 0, 2 days);
        return timelock.hashOperationBatch(targets, values, calls, 0, 0);
    }

    function _execute(bytes32 id) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calls) = _batch();
        vm.warp(timelock.getTimestamp(id));
        vm.prank(OPERATOR);
        timelock.executeBatch(targets, values, calls, 0, 0);
    }

    function _newMetadata() private view returns (bytes memory) {
        return abi.encodePacked(keccak256("workflow id"), ENCODED_NAME, NEW_OWNER, bytes2(0x0001));
    }

    function _reportTo(IMintingConsumer receiver, Report memory report) private {
        vm.prank(address(forwarder));
        IReceiver(address(receiver)).onReport(_newMetadata(), _encode(report));
    }

    function _expectRefused(IMintingConsumer receiver, Report memory report, bytes memory error) private {
        _expectRefused(receiver, report, error, receiver == next ? _newMetadata() : _metadata());
    }

    function _expectRefused(IMintingConsumer receiver, Report memory report, bytes memory error, bytes memory metadata)
        private
    {
        vm.expectRevert(error);
        vm.prank(address(forwarder));
        IReceiver(address(receiver)).onReport(metadata, _encode(report));
    }
}
