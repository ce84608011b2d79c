// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IAllowPolicy, IRejectPolicy} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {Order, Redemption, Report, ReportCodec} from "../src/libraries/ReportCodec.sol";
import {BasketTest} from "./support/BasketTest.sol";

/// @notice What transactions cost, written to snapshots/GasTest.json; run with --isolate so that storage is cold.
contract GasTest is BasketTest {
    /// @dev What the proof of a report says.
    uint256 private reserves = RESERVES;
    /// @dev The gas limit of the workflow's configurations.
    uint256 private constant DELIVERY_GAS = 5_000_000;

    function test_createBasket() public {
        factory.createBasket("New", "NEW", ADMIN);
        vm.snapshotGasLastCall("createBasket");
    }

    function test_mintToANewAccount() public {
        _report(_one("A", ALICE), "mint, first of an account");
    }

    function test_mintToAKnownAccount() public {
        _report(_one("A", ALICE), "");
        vm.warp(block.timestamp + 60);
        _report(_one("B", ALICE), "mint, known account");
    }

    function test_mintWithEveryPolicy() public {
        _enforceWhitelist();
        _report(_one("A", ALICE), "mint, first of an account, with whitelist");
    }

    function test_batchesOfNewAccounts() public {
        uint256[3] memory counts = [uint256(10), 20, 50];
        for (uint256 i = 0; i < counts.length; ++i) {
            uint256 before = vm.snapshotState();
            _report(_batch("A", counts[i]), string.concat("mint, batch of ", vm.toString(counts[i]), " new accounts"));
            vm.revertToState(before);
        }
    }

    function test_batchesOfKnownAccounts() public {
        uint256[3] memory counts = [uint256(10), 20, 50];
        for (uint256 i = 0; i < counts.length; ++i) {
            uint256 before = vm.snapshotState();
            _report(_knownBatch(counts[i]), string.concat("mint, batch of ", vm.toString(counts[i]), " known accounts"));
            vm.revertToState(before);
        }
    }

    /// @dev What fits one transaction of 5 000 000 gas, with reports of at most 5 000 bytes, also when the first or the last
    ///      order is refused as late as can be.
    function test_theLargestBatches() public {
        uint256 before = vm.snapshotState();
        uint256 known = _largest(true);
        vm.revertToState(before);
        uint256 fresh = _largest(false);
        vm.snapshotValue("mints in 5M gas, known accounts", known);
        vm.snapshotValue("mints in 5M gas, new accounts", fresh);
        assertGe(known, 27);
        assertGe(fresh, 19);
    }

    /// @dev `BATCH_MAX`'s default is read from the gas file; the workflow delivers with the gas that was measured.
    function test_theWorkflowDeliversWithThatGas() public view {
        string[3] memory files = ["config.json", "config.staging.json", "config.production.json"];
        for (uint256 i = 0; i < files.length; ++i) {
            string memory limit = vm.parseJsonString(vm.readFile(files[i]), ".gasLimit");
            assertGe(vm.parseUint(limit), DELIVERY_GAS, files[i]);
        }
    }

    function test_refusals() public {
        _report(_one("A", STRANGER), "refusal by the identity policy");
        _report(_one("A", ALICE), "");
        _report(_one("A", ALICE), "refusal of a used reference");
    }

    function test_attestation() public {
        _report(new Order[](0), "attestation");
    }

    /// @dev Reserves are judged before the policies, so a batch that they refuse is cheap.
    function test_refusedBatches() public {
        Order[] memory orders = _knownBatch(20);
        uint256 before = vm.snapshotState();
        reserves = token.totalSupply();
        _report(orders, "batch of 20 beyond the reserves");
        vm.revertToState(before);
        reserves = RESERVES;
        vm.prank(ADMIN);
        token.freeze(orders[19].account);
        _report(orders, "batch of 20 known accounts, last frozen");
        vm.revertToState(before);
        vm.prank(ADMIN);
        token.freeze(orders[0].account);
        _report(orders, "batch of 20 known accounts, first frozen");
        vm.revertToState(before);
        vm.prank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(orders[10].account);
        _report(orders, "batch of 20 known accounts, one in the middle blacklisted");
    }

    function test_transfers() public {
        _report(_one("A", ALICE), "");
        vm.prank(ALICE);
        assertTrue(token.transfer(BOB, 1e18));
        vm.snapshotGasLastCall("transfer, to a new holder");
        vm.prank(ALICE);
        assertTrue(token.transfer(BOB, 1e18));
        vm.snapshotGasLastCall("transfer");
    }

    function test_redemption() public {
        _report(_one("A", ALICE), "");
        vm.startPrank(ALICE);
        token.approve(address(desk), 100e18);
        bytes32 first = desk.request(10e18, "payout", "first");
        vm.snapshotGasLastCall("redemption, request");
        bytes32 second = desk.request(10e18, "payout", "second");
        vm.stopPrank();
        _steps(Redemption(first, ReportCodec.ACCEPT, 0, 0), "redemption, accept");
        _steps(Redemption(first, ReportCodec.SETTLE, "payment", uint64(block.timestamp)), "redemption, settle");
        _steps(Redemption(second, ReportCodec.RETURN, "no", 0), "redemption, return");
    }

    function _steps(Redemption memory step, string memory name) private {
        Report memory report = _mintReport(new Order[](0));
        report.instruction = ReportCodec.REDEEM;
        report.redemptions = new Redemption[](1);
        report.redemptions[0] = step;
        _transact(_rawReport(_encode(report)), 20_000_000);
        vm.snapshotGasLastCall(name);
    }

    /// @dev The stipends must be at least 4/3 of the dearest order, which is one for a new account under every policy: an
    ///      order's refusal is named only below three quarters. What a report costs more than an attestation is more
    ///      than the order.
    function test_theStipendsAreFourThirdsOfTheDearestOrder() public {
        _enforceWhitelist();
        uint256 before = vm.snapshotState();
        uint256 attestation = _report(new Order[](0), "");
        vm.revertToState(before);
        uint256 one = _report(_one("A", ALICE), "");
        vm.revertToState(before);
        Order[] memory orders = new Order[](2);
        (orders[0], orders[1]) = (_order("A", ALICE, 1000e18), _order("B", BOB, 1000e18));
        uint256 two = _report(orders, "");

        vm.snapshotValue("dearest order", one - attestation);
        vm.snapshotValue("dearest order behind a mint", two - one);
        assertLe(4 * (one - attestation), 3 * consumer.ORDER_GAS());
        assertLe(4 * (two - one), 3 * consumer.WARM_ORDER_GAS());
    }

    function _enforceWhitelist() private {
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setWhitelistRequired(true);
        IAllowPolicy(basket.allowPolicy).allowAddress(ALICE);
        IAllowPolicy(basket.allowPolicy).allowAddress(BOB);
        vm.stopPrank();
    }

    /// @dev Orders for as many registered accounts.
    function _batch(string memory prefix, uint256 count) private returns (Order[] memory orders) {
        orders = new Order[](count);
        for (uint256 i = 0; i < count; ++i) {
            address account = makeAddr(vm.toString(i));
            _register(account, "CH");
            orders[i] = _order(string.concat(prefix, vm.toString(i)), account, 1000e18);
        }
    }

    /// @dev The same, after a first report has minted to every account.
    function _knownBatch(uint256 count) private returns (Order[] memory orders) {
        orders = _batch("A", count);
        _report(orders, "");
        for (uint256 i = 0; i < count; ++i) {
            orders[i].bankRef = keccak256(abi.encode("B", i));
        }
        vm.warp(block.timestamp + 60);
    }

    /// @dev Counts up until a report is not minted with 5 000 000 gas any more, or is longer than 5 000 bytes.
    function _largest(bool known) private returns (uint256 count) {
        Order[] memory all = known ? _knownBatch(48) : _batch("A", 48);
        for (count = 15; count < all.length; ++count) {
            Order[] memory orders = new Order[](count + 1);
            for (uint256 i = 0; i <= count; ++i) {
                orders[i] = all[i];
            }
            bytes memory raw = _rawReport(_encode(_mintReport(orders)));
            bool fits = raw.length <= 5000 && _mints(raw, address(0), count + 1);
            if (!fits || !_mints(raw, orders[0].account, count) || !_mints(raw, orders[count].account, count)) break;
        }
    }

    /// @dev Whether a report mints so many orders with the gas of a delivery while an account is frozen; leaves no trace.
    function _mints(bytes memory raw, address frozen, uint256 count) private returns (bool minted) {
        uint256 before = vm.snapshotState();
        uint256 supply = token.totalSupply();
        if (frozen != address(0)) {
            vm.prank(ADMIN);
            token.freeze(frozen);
        }
        _transact(raw, DELIVERY_GAS);
        minted = token.totalSupply() == supply + count * 1000e18;
        vm.revertToState(before);
    }

    function _one(string memory bankRef, address account) private pure returns (Order[] memory orders) {
        orders = new Order[](1);
        orders[0] = _order(bankRef, account, 1000e18);
    }

    function _report(Order[] memory orders, string memory name) private returns (uint256 used) {
        Report memory report = _mintReport(orders);
        report.reserves.amount = reserves;
        bytes memory body = _encode(report);
        // Instruction 3, an attestation, for a report without orders.
        if (orders.length == 0) body[63] = 0x03;
        _transact(_rawReport(body), 20_000_000);
        used = vm.lastCallGas().gasTotalUsed;
        if (bytes(name).length != 0) vm.snapshotGasLastCall(name);
    }

    /// @dev Delivers as a transaction of that gas limit does: what its data costs is no longer there for the call.
    function _transact(bytes memory raw, uint256 gasLimit) private {
        bytes memory call = abi.encodeCall(forwarder.report, (address(consumer), raw, _context(), _signatures(raw)));
        uint256 intrinsic = 21_000;
        for (uint256 i = 0; i < call.length; ++i) {
            intrinsic += call[i] == 0 ? 4 : 16;
        }
        (bool sent,) = address(forwarder).call{gas: gasLimit - intrinsic}(call);
        assertTrue(sent);
        assertLe(vm.lastCallGas().gasTotalUsed, gasLimit);
    }
}
