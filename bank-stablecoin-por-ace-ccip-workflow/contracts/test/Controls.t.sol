// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IPausePolicy, IRejectPolicy} from "../src/interfaces/IPolicySettings.sol";
import {RequestState} from "../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {ReportCodec} from "../src/libraries/ReportCodec.sol";
import {RedemptionTest} from "./support/RedemptionTest.sol";

/// @notice What each control stops and what it does not: the table in contracts/README.md, a test for each cell.
contract ControlsTest is RedemptionTest {
    enum Row {
        MINT,
        TRANSFER,
        PERMIT,
        REQUEST,
        CANCEL,
        ACCEPT,
        SETTLE,
        RETURN,
        SEIZE
    }

    enum Column {
        MINT_PAUSE,
        TRANSFER_PAUSE,
        FREEZE_OF_SENDER,
        FREEZE_OF_RECEIVER,
        BLOCK
    }

    /* MINT */

    function test_mint_underMintPause() public {
        _assertCell(Row.MINT, Column.MINT_PAUSE, false);
    }

    function test_mint_underTransferPause() public {
        _assertCell(Row.MINT, Column.TRANSFER_PAUSE, true);
    }

    function test_mint_underFreezeOfSender() public {
        _assertCell(Row.MINT, Column.FREEZE_OF_SENDER, true);
    }

    function test_mint_underFreezeOfReceiver() public {
        _assertCell(Row.MINT, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_mint_underBlock() public {
        _assertCell(Row.MINT, Column.BLOCK, false);
    }

    /* TRANSFER */

    function test_transfer_underMintPause() public {
        _assertCell(Row.TRANSFER, Column.MINT_PAUSE, true);
    }

    function test_transfer_underTransferPause() public {
        _assertCell(Row.TRANSFER, Column.TRANSFER_PAUSE, false);
    }

    function test_transfer_underFreezeOfSender() public {
        _assertCell(Row.TRANSFER, Column.FREEZE_OF_SENDER, false);
    }

    function test_transfer_underFreezeOfReceiver() public {
        _assertCell(Row.TRANSFER, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_transfer_underBlock() public {
        _assertCell(Row.TRANSFER, Column.BLOCK, true);
    }

    /* PERMIT */

    function test_permit_underMintPause() public {
        _assertCell(Row.PERMIT, Column.MINT_PAUSE, true);
    }

    function test_permit_underTransferPause() public {
        _assertCell(Row.PERMIT, Column.TRANSFER_PAUSE, false);
    }

    function test_permit_underFreezeOfSender() public {
        _assertCell(Row.PERMIT, Column.FREEZE_OF_SENDER, false);
    }

    function test_permit_underFreezeOfReceiver() public {
        _assertCell(Row.PERMIT, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_permit_underBlock() public {
        _assertCell(Row.PERMIT, Column.BLOCK, true);
    }

    /* REQUEST */

    function test_request_underMintPause() public {
        _assertCell(Row.REQUEST, Column.MINT_PAUSE, true);
    }

    function test_request_underTransferPause() public {
        _assertCell(Row.REQUEST, Column.TRANSFER_PAUSE, false);
    }

    function test_request_underFreezeOfSender() public {
        _assertCell(Row.REQUEST, Column.FREEZE_OF_SENDER, false);
    }

    function test_request_underFreezeOfReceiver() public {
        _assertCell(Row.REQUEST, Column.FREEZE_OF_RECEIVER, true);
    }

    function test_request_underBlock() public {
        _assertCell(Row.REQUEST, Column.BLOCK, false);
    }

    /* CANCEL */

    function test_cancel_underMintPause() public {
        _assertCell(Row.CANCEL, Column.MINT_PAUSE, true);
    }

    function test_cancel_underTransferPause() public {
        _assertCell(Row.CANCEL, Column.TRANSFER_PAUSE, false);
    }

    function test_cancel_underFreezeOfSender() public {
        _assertCell(Row.CANCEL, Column.FREEZE_OF_SENDER, true);
    }

    function test_cancel_underFreezeOfReceiver() public {
        _assertCell(Row.CANCEL, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_cancel_underBlock() public {
        _assertCell(Row.CANCEL, Column.BLOCK, true);
    }

    /* ACCEPT */

    function test_accept_underMintPause() public {
        _assertCell(Row.ACCEPT, Column.MINT_PAUSE, true);
    }

    function test_accept_underTransferPause() public {
        _assertCell(Row.ACCEPT, Column.TRANSFER_PAUSE, true);
    }

    function test_accept_underFreezeOfSender() public {
        _assertCell(Row.ACCEPT, Column.FREEZE_OF_SENDER, false);
    }

    function test_accept_underFreezeOfReceiver() public {
        _assertCell(Row.ACCEPT, Column.FREEZE_OF_RECEIVER, true);
    }

    function test_accept_underBlock() public {
        _assertCell(Row.ACCEPT, Column.BLOCK, true);
    }

    /* SETTLE */

    function test_settle_underMintPause() public {
        _assertCell(Row.SETTLE, Column.MINT_PAUSE, true);
    }

    function test_settle_underTransferPause() public {
        _assertCell(Row.SETTLE, Column.TRANSFER_PAUSE, true);
    }

    function test_settle_underFreezeOfSender() public {
        _assertCell(Row.SETTLE, Column.FREEZE_OF_SENDER, true);
    }

    function test_settle_underFreezeOfReceiver() public {
        _assertCell(Row.SETTLE, Column.FREEZE_OF_RECEIVER, true);
    }

    function test_settle_underBlock() public {
        _assertCell(Row.SETTLE, Column.BLOCK, true);
    }

    /* RETURN */

    function test_return_underMintPause() public {
        _assertCell(Row.RETURN, Column.MINT_PAUSE, true);
    }

    function test_return_underTransferPause() public {
        _assertCell(Row.RETURN, Column.TRANSFER_PAUSE, false);
    }

    function test_return_underFreezeOfSender() public {
        _assertCell(Row.RETURN, Column.FREEZE_OF_SENDER, true);
    }

    function test_return_underFreezeOfReceiver() public {
        _assertCell(Row.RETURN, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_return_underBlock() public {
        _assertCell(Row.RETURN, Column.BLOCK, true);
    }

    /* SEIZE */

    function test_seize_underMintPause() public {
        _assertCell(Row.SEIZE, Column.MINT_PAUSE, true);
    }

    function test_seize_underTransferPause() public {
        _assertCell(Row.SEIZE, Column.TRANSFER_PAUSE, true);
    }

    function test_seize_underFreezeOfSender() public {
        _assertCell(Row.SEIZE, Column.FREEZE_OF_SENDER, true);
    }

    function test_seize_underFreezeOfReceiver() public {
        _assertCell(Row.SEIZE, Column.FREEZE_OF_RECEIVER, false);
    }

    function test_seize_underBlock() public {
        _assertCell(Row.SEIZE, Column.BLOCK, true);
    }

    /* CELLS */

    /// @dev Does what the row says under the control of the column; it works as `works` says, and always without.
    function _assertCell(Row row, Column column, bool works) private {
        bytes32 id = _prepare(row);
        uint256 before = vm.snapshotState();
        assertTrue(_does(row, id), "without the control");
        vm.revertToState(before);
        _apply(row, column);
        assertEq(_does(row, id), works, "under the control");
    }

    /// @dev Brings a request, where the row is about one, into the state before the step.
    function _prepare(Row row) private returns (bytes32) {
        if (row == Row.CANCEL || row == Row.ACCEPT) return _request();
        if (row == Row.SETTLE || row == Row.RETURN) return _accepted();
        if (row == Row.SEIZE) _freeze(holder);
        return 0;
    }

    function _apply(Row row, Column column) private {
        (address sender, address receiver, address person) = _parties(row);
        if (column == Column.FREEZE_OF_SENDER) return _freeze(sender);
        if (column == Column.FREEZE_OF_RECEIVER) return _freeze(receiver);
        vm.startPrank(ADMIN);
        if (column == Column.MINT_PAUSE) IPausePolicy(basket.pausePolicy).setPausedState(true);
        else if (column == Column.TRANSFER_PAUSE) token.setTransfersPaused(true);
        else IRejectPolicy(basket.rejectPolicy).rejectAddress(person);
        vm.stopPrank();
    }

    /// @dev Who gives, who gets, and whom a block would be about. A mint comes from nobody, the desk is a system account.
    function _parties(Row row) private view returns (address sender, address receiver, address person) {
        if (row == Row.MINT) return (address(0), holder, holder);
        if (row == Row.TRANSFER || row == Row.PERMIT || row == Row.SEIZE) return (holder, BOB, holder);
        if (row == Row.CANCEL || row == Row.RETURN) return (address(desk), holder, holder);
        return (holder, address(desk), holder);
    }

    function _freeze(address account) private {
        if (account == address(0)) return;
        if (token.isSystemAccount(account)) {
            vm.expectRevert(abi.encodeWithSelector(IStablecoin.SystemAccount.selector, account));
        }
        vm.prank(ADMIN);
        token.freeze(account);
    }

    function _does(Row row, bytes32 id) private returns (bool) {
        if (row == Row.MINT) return _mints();
        if (row == Row.PERMIT) return _drawsByPermit();
        if (row == Row.REQUEST) return _requests();
        if (row == Row.ACCEPT) return _reaches(id, ReportCodec.ACCEPT, RequestState.ACCEPTED);
        if (row == Row.SETTLE) return _reaches(id, ReportCodec.SETTLE, RequestState.REDEEMED);
        if (row == Row.RETURN) return _reaches(id, ReportCodec.RETURN, RequestState.RETURNED);
        if (row == Row.CANCEL) return _calls(holder, address(desk), abi.encodeCall(desk.cancel, (id)));
        if (row == Row.TRANSFER) return _calls(holder, address(token), abi.encodeCall(token.transfer, (BOB, 1e18)));
        return
            _calls(
                address(timelock), address(token), abi.encodeCall(token.seize, (holder, BOB, 1e18, bytes32("order 7")))
            );
    }

    function _mints() private returns (bool) {
        uint256 supply = token.totalSupply();
        _onReport(_mintReport(_order("cell", holder, 1e18)));
        return token.totalSupply() == supply + 1e18;
    }

    function _requests() private returns (bool) {
        vm.prank(holder);
        try token.approve(address(desk), AMOUNT) {}
        catch {
            return false;
        }
        return _calls(holder, address(desk), abi.encodeCall(desk.request, (AMOUNT, PAYOUT, SALT)));
    }

    function _drawsByPermit() private returns (bool) {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 terms = keccak256(abi.encode(typeHash, holder, BOB, 1e18, token.nonces(holder), block.timestamp));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(holderKey, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), terms)));
        try token.permit(holder, BOB, 1e18, block.timestamp, v, r, s) {}
        catch {
            return false;
        }
        return _calls(BOB, address(token), abi.encodeCall(token.transferFrom, (holder, BOB, 1e18)));
    }

    function _reaches(bytes32 id, uint8 step, RequestState state) private returns (bool) {
        bool isSettlement = step == ReportCodec.SETTLE;
        _take(id, step, isSettlement ? bytes32("payment") : bytes32(0), isSettlement ? uint64(block.timestamp) : 0);
        return _stateOf(id) == state;
    }

    function _calls(address caller, address target, bytes memory call) private returns (bool done) {
        vm.prank(caller);
        (done,) = target.call(call);
    }
}
