// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {Order, Redemption, Report, ReportCodec} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {WorkflowName} from "../src/libraries/WorkflowName.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {IRouter} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IRouter.sol";

/// @notice Attacks on the way from the DON to the consumer: forged, replayed, misdirected and late reports.
contract DeliveryTest is BasketTest {
    bytes private constant ORDER_OF_SECP256K1 = hex"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";

    Order private order;

    function setUp() public override {
        super.setUp();
        order = _order("R", ALICE, 10e18);
    }

    /* SIGNATURES */

    function test_foreignSignersAreRefused() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        (address foreigner, uint256 key) = makeAddrAndKey("foreign node");
        signatures[1] = _sign(raw, key);
        _expectForwarderRevert(raw, signatures, abi.encodeWithSelector(_INVALID_SIGNER, foreigner));
    }

    function test_exactlyFPlusOneSignaturesAreNeeded() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory one = new bytes[](1);
        one[0] = _sign(raw, nodeKeys[0]);
        _expectForwarderRevert(raw, one, abi.encodeWithSelector(_INVALID_COUNT, 2, 1));
        bytes[] memory three = new bytes[](3);
        for (uint256 i = 0; i < 3; ++i) {
            three[i] = _sign(raw, nodeKeys[i]);
        }
        _expectForwarderRevert(raw, three, abi.encodeWithSelector(_INVALID_COUNT, 2, 3));
        _expectForwarderRevert(raw, new bytes[](0), abi.encodeWithSelector(_INVALID_COUNT, 2, 0));
    }

    function test_oneNodeCannotSignTwice() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        signatures[1] = signatures[0];
        _expectForwarderRevert(raw, signatures, abi.encodeWithSelector(_DUPLICATE_SIGNER, vm.addr(nodeKeys[0])));
    }

    function test_theOtherFormOfASignatureIsStillTheSameSigner() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        signatures[1] = _highS(signatures[0]);
        _expectForwarderRevert(raw, signatures, abi.encodeWithSelector(_DUPLICATE_SIGNER, vm.addr(nodeKeys[0])));
    }

    function test_aMalleatedReportIsNoNewReport() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        assertTrue(_deliverRaw(raw));
        bytes[] memory signatures = _signatures(raw);
        signatures[0] = _highS(signatures[0]);
        _expectForwarderRevert(raw, signatures, abi.encodeWithSelector(_ALREADY_ATTEMPTED, _transmission(raw)));
    }

    function test_changedContentVoidsTheSignatures() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        Report memory more = _mintReport(_order("R", STRANGER, 10e18));
        bytes memory forged = abi.encodePacked(_head(raw), _encode(more));
        vm.expectRevert();
        forwarder.report(address(consumer), forged, _context(), signatures);
        assertEq(token.totalSupply(), 0);
    }

    function test_anotherContextVoidsTheSignatures() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        vm.expectRevert();
        forwarder.report(address(consumer), raw, abi.encodePacked(_context(), uint8(0)), signatures);
    }

    function test_anotherDonIsUnknown() public {
        bytes memory body = _encode(_mintReport(order));
        bytes memory raw = abi.encodePacked(
            uint8(1), keccak256("x"), uint32(block.timestamp), uint32(2), DON_CONFIG, _metadata(), body
        );
        _expectForwarderRevert(
            raw,
            _signatures(raw),
            abi.encodeWithSelector(KeystoneForwarder.InvalidConfig.selector, (uint64(2) << 32) | 1)
        );
    }

    function test_signaturesOfAnExchangedDonAreVoid() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        address[] memory fresh = new address[](4);
        for (uint256 i = 0; i < 4; ++i) {
            fresh[i] = makeAddr(string.concat("fresh", vm.toString(i)));
        }
        vm.prank(OPERATOR);
        forwarder.setConfig(DON_ID, DON_CONFIG, DON_F, fresh);
        _expectForwarderRevert(raw, signatures, abi.encodeWithSelector(_INVALID_SIGNER, vm.addr(nodeKeys[0])));
    }

    /* WHO DELIVERS */

    function test_onlyTheForwarderDelivers() public {
        bytes memory body = _encode(_mintReport(order));
        address[4] memory callers = [STRANGER, ADMIN, address(timelock), address(this)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.OnlyForwarder.selector, callers[i]));
            vm.prank(callers[i]);
            IReceiver(address(consumer)).onReport(_metadata(), body);
        }
    }

    function test_anybodyMayTransmitWhatTheDonSigned() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        bytes[] memory signatures = _signatures(raw);
        vm.prank(STRANGER);
        forwarder.report(address(consumer), raw, _context(), signatures);
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    function test_nobodyButTheConsumerExecutesAMint() public {
        address[4] memory callers = [STRANGER, ADMIN, address(forwarder), address(timelock)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.OnlySelf.selector, callers[i]));
            vm.prank(callers[i]);
            consumer.executeMint(order.bankRef, order.account, order.amount);
        }
    }

    /* WHICH WORKFLOW */

    function test_anotherWorkflowOwnerIsRefused() public {
        bytes memory metadata = abi.encodePacked(keccak256("workflow id"), ENCODED_NAME, STRANGER, bytes2(0x0001));
        vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.WrongWorkflowOwner.selector, STRANGER));
        _onReport(metadata, _encode(_mintReport(order)));
    }

    function test_anotherWorkflowOfTheSameOwnerIsRefused() public {
        bytes10 other = WorkflowName.encode("another-workflow");
        bytes memory metadata = abi.encodePacked(keccak256("workflow id"), other, WORKFLOW_OWNER, bytes2(0x0001));
        vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.WrongWorkflowName.selector, other));
        _onReport(metadata, _encode(_mintReport(order)));
    }

    function test_shortMetadataIsRefused() public {
        bytes memory body = _encode(_mintReport(order));
        vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.InvalidMetadata.selector, 61));
        _onReport(new bytes(61), body);
        // The report id at the end is not ours to demand.
        bytes memory metadata = abi.encodePacked(bytes32(0), ENCODED_NAME, WORKFLOW_OWNER);
        _onReport(metadata, body);
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    /* WHERE AND WHEN */

    function test_aReportForAnotherChainIsRefused() public {
        Report memory report = _mintReport(order);
        report.chainId = 1;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.WrongChain.selector, 1));
    }

    function test_aReportForAnotherBasketIsRefused() public {
        (, address other) = _createBasket("Other", "OTH", STRANGER);
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        assertFalse(_deliverTo(other, raw));
        Report memory report = _mintReport(order);
        report.consumer = other;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.WrongConsumer.selector, other));
    }

    function test_aReportExpires() public {
        Report memory report = _mintReport(order);
        vm.warp(report.validUntil + 1);
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.ReportExpired.selector, report.validUntil));
        vm.warp(report.validUntil);
        _onReport(report);
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    function test_aReportMayNotBeValidForLong() public {
        Report memory report = _mintReport(order);
        report.validUntil = uint64(block.timestamp + 15 minutes + 1);
        _expectReportRevert(
            report, abi.encodeWithSelector(IMintingConsumer.ValidityTooLong.selector, report.validUntil)
        );
        report.validUntil -= 1;
        _onReport(report);
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    /* WHAT */

    function test_unknownVersionsAndInstructionsAreRefused() public {
        Report memory report = _mintReport(order);
        report.version = 1;
        _expectReportRevert(report, abi.encodeWithSelector(ReportCodec.UnsupportedVersion.selector, 1));
        report.version = 3;
        _expectReportRevert(report, abi.encodeWithSelector(ReportCodec.UnsupportedVersion.selector, 3));
        report.version = 0;
        _expectReportRevert(report, abi.encodeWithSelector(ReportCodec.UnsupportedVersion.selector, 0));
        report.version = ReportCodec.VERSION;
        uint8[2] memory instructions = [0, 4];
        for (uint256 i = 0; i < instructions.length; ++i) {
            report.instruction = instructions[i];
            _expectReportRevert(
                report, abi.encodeWithSelector(IMintingConsumer.UnsupportedInstruction.selector, instructions[i])
            );
        }
    }

    function test_orderCountsHaveBounds() public {
        Report memory report = _mintReport(new Order[](0));
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 0));
        report = _mintReport(new Order[](101));
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 101));
        report = _mintReport(order);
        report.instruction = ReportCodec.ATTEST;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 1));
        report.orders = new Order[](0);
        report.redemptions = new Redemption[](1);
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 1));
        // Nor do orders and redemptions go together.
        report.orders = _mintReport(order).orders;
        report.instruction = ReportCodec.MINT;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 1));
        report.instruction = ReportCodec.REDEEM;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 1));
        report = _mintReport(new Order[](0));
        report.instruction = ReportCodec.REDEEM;
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 0));
        report.redemptions = new Redemption[](101);
        _expectReportRevert(report, abi.encodeWithSelector(IMintingConsumer.InvalidOrderCount.selector, 101));
        // A hundred orders are judged, here all refused for the zero account.
        _onReport(_mintReport(new Order[](100)));
    }

    function test_malformedBodiesAreRefused() public {
        bytes memory body = _encode(_mintReport(order));
        bytes[3] memory malformed = [bytes(""), _slice(body, 0, body.length - 32), _slice(body, 0, 32)];
        for (uint256 i = 0; i < malformed.length; ++i) {
            vm.expectRevert();
            _onReport(_metadata(), malformed[i]);
        }
        assertEq(token.totalSupply(), 0);
    }

    /* REPLAY */

    function test_theSameReportIsDeliveredOnce() public {
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        assertTrue(_deliverRaw(raw));
        _expectForwarderRevert(raw, _signatures(raw), abi.encodeWithSelector(_ALREADY_ATTEMPTED, _transmission(raw)));
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    function test_theSameReferenceInANewExecutionMintsNothing() public {
        assertTrue(_deliver(order));
        _expectRejected(order, Verdicts.REFERENCE_USED, address(0));
        assertTrue(_deliver(order));
        assertEq(token.balanceOf(ALICE), 10e18);
    }

    function test_aRefusedReportStaysRefusedAfterItsCauseIsLifted() public {
        order.account = STRANGER;
        bytes memory raw = _rawReport(_encode(_mintReport(order)));
        _expectRejected(order, Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        assertTrue(_deliverRaw(raw));

        _register(STRANGER, "CH");
        _expectForwarderRevert(raw, _signatures(raw), abi.encodeWithSelector(_ALREADY_ATTEMPTED, _transmission(raw)));
        assertEq(token.balanceOf(STRANGER), 0);
        // On purpose, with a new report, the reference is still free.
        assertTrue(_deliver(order));
        assertEq(token.balanceOf(STRANGER), 10e18);
    }

    function test_aRevertedReportMayBeSentAgainOnlyUntilItsDeadline() public {
        Report memory report = _mintReport(order);
        report.reserves.observedAt = uint64(block.timestamp + 200);
        bytes memory raw = _rawReport(_encode(report));
        assertFalse(_deliverRaw(raw));
        uint256 before = vm.snapshotState();

        vm.warp(block.timestamp + 100);
        assertTrue(_deliverRaw(raw));
        assertEq(token.balanceOf(ALICE), 10e18);

        vm.revertToState(before);
        vm.warp(report.validUntil + 1);
        assertFalse(_deliverRaw(raw));
        assertEq(token.balanceOf(ALICE), 0);
    }

    /* LITTLE GAS */

    function test_tooLittleGasRevertsTheWholeReport() public {
        bytes memory body = _encode(_mintReport(order));
        vm.prank(address(forwarder));
        (bool ok, bytes memory reason) =
            address(consumer).call{gas: 300_000}(abi.encodeCall(IReceiver.onReport, (_metadata(), body)));
        assertFalse(ok);
        assertEq(bytes4(reason), IMintingConsumer.InsufficientGas.selector);
    }

    /// forge-config: default.fuzz.runs = 512
    function testFuzz_aLowGasTransmitterCannotTurnAMintIntoARefusal(uint256 gasLimit) public {
        gasLimit = bound(gasLimit, 180_000, 1_500_000);
        Order[] memory orders = _pair(order, _order("S", BOB, 10e18));
        bytes memory raw = _rawReport(_encode(_mintReport(orders)));
        bytes memory call = abi.encodeCall(forwarder.report, (address(consumer), raw, _context(), _signatures(raw)));
        vm.prank(STRANGER);
        (bool sent,) = address(forwarder).call{gas: gasLimit}(call);

        IRouter.TransmissionInfo memory info = forwarder.getTransmissionInfo(
            address(consumer), bytes32(_slice(raw, 1, 33)), bytes2(_slice(raw, 107, 109))
        );
        if (sent && info.success) {
            assertEq(token.balanceOf(ALICE), 10e18);
            assertEq(token.balanceOf(BOB), 10e18);
        } else {
            // All or nothing, and the report may still be delivered properly.
            assertEq(token.totalSupply(), 0);
            assertFalse(info.invalidReceiver);
            assertTrue(_deliverRaw(raw));
            assertEq(token.balanceOf(BOB), 10e18);
        }
    }

    /* HELPERS */

    bytes4 private immutable _INVALID_SIGNER = KeystoneForwarder.InvalidSigner.selector;
    bytes4 private immutable _INVALID_COUNT = KeystoneForwarder.InvalidSignatureCount.selector;
    bytes4 private immutable _DUPLICATE_SIGNER = KeystoneForwarder.DuplicateSigner.selector;
    bytes4 private immutable _ALREADY_ATTEMPTED = IRouter.AlreadyAttempted.selector;

    function _expectForwarderRevert(bytes memory raw, bytes[] memory signatures, bytes memory error) private {
        uint256 supply = token.totalSupply();
        vm.expectRevert(error);
        forwarder.report(address(consumer), raw, _context(), signatures);
        assertEq(token.totalSupply(), supply);
    }

    function _expectReportRevert(Report memory report, bytes memory error) private {
        vm.expectRevert(error);
        _onReport(report);
        assertFalse(_deliver(report));
        assertEq(token.totalSupply(), 0);
    }

    function _transmission(bytes memory raw) private view returns (bytes32) {
        return
            forwarder.getTransmissionId(address(consumer), bytes32(_slice(raw, 1, 33)), bytes2(_slice(raw, 107, 109)));
    }

    /// @dev The first 109 bytes, everything before the body.
    function _head(bytes memory raw) private pure returns (bytes memory) {
        return _slice(raw, 0, 109);
    }

    function _highS(bytes memory signature) private pure returns (bytes memory) {
        bytes32 r = bytes32(_slice(signature, 0, 32));
        uint256 s = uint256(bytes32(ORDER_OF_SECP256K1)) - uint256(bytes32(_slice(signature, 32, 64)));
        return abi.encodePacked(r, s, uint8(signature[64]) ^ 1);
    }

    function _slice(bytes memory data, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i = from; i < to; ++i) {
            part[i - from] = data[i];
        }
    }
}
