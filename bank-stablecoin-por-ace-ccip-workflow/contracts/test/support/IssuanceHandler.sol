// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket} from "../../src/interfaces/IBasketFactory.sol";
import {ILiabilityLedger} from "../../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../../src/interfaces/IMintingConsumer.sol";
import {IPausePolicy, IRejectPolicy, IVolumePolicy} from "../../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../../src/interfaces/IPolicySwitch.sol";
import {IRedemptionDesk, Request, RequestState} from "../../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../../src/interfaces/IStablecoin.sol";
import {EngineRoles} from "../../src/libraries/EngineRoles.sol";
import {Order, Redemption, Report, ReportCodec, ReserveProof} from "../../src/libraries/ReportCodec.sol";
import {BasketTest} from "./BasketTest.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice Does anything anybody can do, in any order, and keeps books of its own from the events.
contract IssuanceHandler is BasketTest {
    uint96 public constant CAP = 300_000e18;
    uint256 private constant MAX_REPORTS = 64;

    address[] public consumers;
    address[] private _accounts;
    bytes[] private _reports;

    /// @notice What `MintExecuted` said was issued, per ledger.
    mapping(address ledger => uint256) public issued;
    /// @notice What was issued per ledger and window.
    mapping(address ledger => mapping(uint256 window => uint256)) public issuedInWindow;
    /// @notice The fullest window seen.
    uint256 public fullestWindow;
    /// @notice Whether a reference was minted a second time.
    bool public mintedTwice;
    /// @notice Whether a mint went beyond the last accepted proof, or relied on a stale one.
    bool public mintedUnbacked;
    /// @notice Whether a stranger's call succeeded.
    bool public strangerSucceeded;
    /// @notice How many mints there were, so that the run is not empty.
    uint256 public mints;

    /// @notice What settled redemptions and written-off tokens were of, per ledger.
    mapping(address ledger => uint256) public redeemed;
    /// @notice How often an action did what it is about.
    mapping(string action => uint256) public successes;
    /// @notice One more than what a frozen account holds; zero for a free one.
    mapping(address token => mapping(address account => uint256)) public frozenBalance;
    /// @notice Whether tokens of a frozen account moved, other than by seizure.
    bool public frozenMoved;
    /// @notice Whether a redemption was settled twice, unaccepted, or by a payment that was used.
    bool public settledWrongly;
    /// @notice Whose request an id is.
    mapping(bytes32 id => address desk) public deskOf;

    bytes32[] private _ids;
    mapping(address ledger => mapping(bytes32 bankRef => bool)) private _minted;
    mapping(address ledger => bytes32[] bankRefs) private _mintedRefs;
    mapping(address ledger => bytes32[] refs) private _payments;

    constructor() {
        setUp();
        consumers.push(address(consumer));
        (, address second) = _createBasket("Second", "TWO", STRANGER);
        consumers.push(second);
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < consumers.length; ++i) {
            ILiabilityLedger(ledgerOf(consumers[i])).setMintWindow(CAP, 1 days);
        }
        vm.stopPrank();
        _accounts.push(ALICE);
        _accounts.push(BOB);
        _accounts.push(STRANGER);
        for (uint256 i = 0; i < 3; ++i) {
            _accounts.push(makeAddr(string.concat("holder", vm.toString(i))));
            _register(_accounts[3 + i], "CH");
        }
    }

    function ledgerOf(address mintingConsumer) public view returns (address) {
        return IMintingConsumer(mintingConsumer).ledger();
    }

    function basketOf(address mintingConsumer) external view returns (Basket memory) {
        return factory.basketOf(mintingConsumer);
    }

    /* ACTIONS */

    function report(uint256 seed, uint256 first, uint256 second, uint256 reserves, uint256 age) external checked {
        _useBasket(_pick(seed));
        Order[] memory orders = _pair(_anyOrder(first), _anyOrder(second));
        Report memory body = _mintReport(orders);
        age = bound(age, 0, 2 hours);
        body.reserves = ReserveProof(bound(reserves, 0, 2_000_000e18), uint64(block.timestamp + 120 - age));
        bytes memory raw = _rawReport(_encode(body));
        if (_reports.length < MAX_REPORTS) _reports.push(raw);
        _send(address(consumer), raw);
    }

    /// @dev An old report, to its own consumer or to the other one.
    function replay(uint256 seed, uint256 which) external {
        if (_reports.length != 0) _send(_pick(seed), _reports[which % _reports.length]);
    }

    function wait(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 6 hours));
    }

    function admin(uint256 seed, uint256 action, uint256 who) external {
        Basket memory chosen = factory.basketOf(_pick(seed));
        address account = _accounts[who % _accounts.length];
        vm.startPrank(chosen.admin);
        action = action % 6;
        bool done;
        if (action == 0) done = _try(chosen.pausePolicy, abi.encodeCall(IPausePolicy.setPausedState, (who % 4 == 0)));
        if (action == 1) done = _try(chosen.rejectPolicy, abi.encodeCall(IRejectPolicy.rejectAddress, (account)));
        if (action == 2) done = _try(chosen.rejectPolicy, abi.encodeCall(IRejectPolicy.unrejectAddress, (account)));
        if (action == 3) done = _try(chosen.volumePolicy, abi.encodeCall(IVolumePolicy.setMax, (0)));
        if (action == 4) {
            done = _try(chosen.policySwitch, abi.encodeCall(IPolicySwitch.setIdentityRequired, (who % 2 == 0)));
        }
        if (action == 5) {
            done = _try(chosen.policySwitch, abi.encodeCall(IPolicySwitch.setWhitelistRequired, (who % 3 == 0)));
        }
        vm.stopPrank();
        _count("admin", done);
    }

    /// @dev What must never work, from anybody who is not the timelock.
    function stranger(uint256 seed, uint256 who, uint256 action) external {
        Basket memory chosen = factory.basketOf(_pick(seed));
        address[4] memory callers = [STRANGER, chosen.admin, OPERATOR, ISSUER];
        vm.startPrank(callers[who % callers.length]);
        action = action % 7;
        bool done;
        if (action == 0) done = _try(chosen.stablecoin, abi.encodeCall(IStablecoin.mint, (STRANGER, 1e18)));
        if (action == 1) {
            done = _try(chosen.mintingConsumer, abi.encodeCall(IMintingConsumer.executeMint, ("X", STRANGER, 1e18)));
        }
        if (action == 2) {
            done = _try(
                chosen.ledger,
                abi.encodeCall(
                    ILiabilityLedger.begin, (ReserveProof(1e30, uint64(block.timestamp + 60)), new bytes32[](0))
                )
            );
        }
        if (action == 3) {
            done = _try(chosen.policyEngine, abi.encodeCall(IAccessControl.grantRole, (EngineRoles.ADMIN, STRANGER)));
        }
        if (action == 4) {
            done = _try(chosen.ledger, abi.encodeCall(ILiabilityLedger.setMintWindow, (CAP * 2, 1 days)));
        }
        if (action == 5) {
            done = _try(chosen.stablecoin, abi.encodeCall(IStablecoin.setMintAllowance, (STRANGER, 1e18)));
        }
        if (action == 6) done = _try(chosen.stablecoin, abi.encodeCall(IStablecoin.burn, (1)));
        vm.stopPrank();
        if (done) strangerSucceeded = true;
    }

    /* HOLDERS */

    function transfer(uint256 seed, uint256 from, uint256 to, uint256 amount) external checked {
        _useBasket(_pick(seed));
        address account = _holder(from);
        amount = bound(amount, 0, token.balanceOf(account));
        vm.prank(account);
        _count(
            "transfer", _try(address(token), abi.encodeCall(token.transfer, (_accounts[to % _accounts.length], amount)))
        );
    }

    function request(uint256 seed, uint256 who, uint256 amount) external checked {
        _useBasket(_pick(seed));
        address account = _holder(who);
        uint256 balance = token.balanceOf(account);
        if (balance < 1e18) return;
        amount = bound(amount, 1e18, balance);
        vm.prank(account);
        _try(address(token), abi.encodeCall(token.approve, (address(desk), amount)));
        bytes32 id = desk.requestId(account, amount, "payout", bytes32(_ids.length));
        vm.prank(account);
        bool done = _try(address(desk), abi.encodeCall(desk.request, (amount, "payout", bytes32(_ids.length))));
        if (done) _ids.push(id);
        if (done) deskOf[id] = address(desk);
        _count("request", done);
    }

    function cancel(uint256 which) external checked {
        if (_ids.length == 0) return;
        bytes32 id = _request(which);
        IRedemptionDesk at = IRedemptionDesk(deskOf[id]);
        vm.prank(at.requestOf(id).account);
        _count("cancel", _try(address(at), abi.encodeCall(at.cancel, (id))));
    }

    /// @dev A step of any kind for an old or a recent request, with a payment that may have been used.
    function step(uint256 seed, uint256 which, uint256 payment) external checked {
        if (_ids.length == 0) return;
        bytes32 id = _request(which);
        _useBasket(factory.basketOf(IRedemptionDesk(deskOf[id]).token()).mintingConsumer);
        uint8 kind = uint8(seed % 5 == 0 ? ReportCodec.RETURN : seed % 2 + 1);
        Report memory body = _mintReport(new Order[](0));
        body.instruction = ReportCodec.REDEEM;
        body.redemptions = new Redemption[](1);
        bool isUsed = payment % 4 == 0 && _payments[address(ledger)].length != 0;
        bytes32 ref = isUsed
            ? _payments[address(ledger)][(payment >> 2) % _payments[address(ledger)].length]
            : keccak256(abi.encode(payment % 100_000));
        body.redemptions[0] = Redemption(id, kind, ref, kind == ReportCodec.SETTLE ? uint64(block.timestamp) : 0);
        Request memory before = desk.requestOf(id);
        bool wasUsed = ledger.settlementOf(ref) != 0;
        bytes memory call = abi.encodeCall(IReceiver.onReport, (_metadata(), _encode(body)));
        vm.prank(address(forwarder));
        _try(address(consumer), call);

        RequestState state = desk.requestOf(id).state;
        if (state == before.state) return;
        if (state == RequestState.ACCEPTED) _count("accept", true);
        if (state == RequestState.RETURNED) _count("return", true);
        if (state != RequestState.REDEEMED) return;
        _count("settle", true);
        redeemed[address(ledger)] += before.amount;
        _payments[address(ledger)].push(ref);
        if (wasUsed || before.state != RequestState.ACCEPTED) settledWrongly = true;
    }

    function freeze(uint256 seed, uint256 who, bool frozen) external checked {
        _useBasket(_pick(seed));
        address account = _accounts[who % _accounts.length];
        vm.prank(basket.admin);
        if (frozen) token.freeze(account);
        else token.unfreeze(account);
        _count(frozen ? "freeze" : "unfreeze", true);
        frozenBalance[address(token)][account] = frozen ? token.balanceOf(account) + 1 : 0;
    }

    function seize(uint256 seed, uint256 who, uint256 to, uint256 amount) external checked {
        _useBasket(_pick(seed));
        address account = _accounts[who % _accounts.length];
        amount = bound(amount, 0, token.balanceOf(account));
        bytes memory call =
            abi.encodeCall(token.seize, (account, _accounts[to % _accounts.length], amount, bytes32("order")));
        vm.prank(address(timelock));
        bool done = _try(address(token), call);
        if (done) frozenBalance[address(token)][account] -= amount;
        _count("seize", done);
    }

    /// @dev An order that burns without a payment: what is seized from a frozen account is written off.
    function writeOff(uint256 seed, uint256 who, uint256 amount) external checked {
        _useBasket(_pick(seed));
        address account = _accounts[who % _accounts.length];
        uint256 balance = token.balanceOf(account);
        if (balance == 0) return;
        amount = bound(amount, 1, balance);
        vm.startPrank(address(timelock));
        bool done = _try(address(token), abi.encodeCall(token.seize, (account, address(timelock), amount, "order")));
        if (done) {
            frozenBalance[address(token)][account] -= amount;
            token.approve(address(ledger), amount);
            ledger.writeOff(amount, "order");
            redeemed[address(ledger)] += amount;
        }
        vm.stopPrank();
        _count("write-off", done);
    }

    function forfeit(uint256 which, uint256 to) external checked {
        if (_ids.length == 0) return;
        bytes32 id = _request(which);
        IRedemptionDesk at = IRedemptionDesk(deskOf[id]);
        vm.prank(address(timelock));
        bool done =
            _try(address(at), abi.encodeCall(at.forfeit, (id, _accounts[to % _accounts.length], bytes32("order"))));
        _count("forfeit", done);
    }

    /* BOOKS */

    /// @dev After every action: what frozen accounts hold has not changed, but for what was seized.
    modifier checked() {
        _;
        for (uint256 i = 0; i < consumers.length; ++i) {
            IStablecoin coin = IStablecoin(IMintingConsumer(consumers[i]).token());
            for (uint256 j = 0; j < _accounts.length; ++j) {
                uint256 recorded = frozenBalance[address(coin)][_accounts[j]];
                if (recorded != 0 && coin.balanceOf(_accounts[j]) != recorded - 1) frozenMoved = true;
            }
        }
    }

    function _count(string memory action, bool done) private {
        if (done) ++successes[action];
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    function _send(address receiver, bytes memory raw) private {
        bytes memory call = abi.encodeCall(forwarder.report, (receiver, raw, _context(), _signatures(raw)));
        vm.recordLogs();
        _try(address(forwarder), call);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == ILiabilityLedger.MintExecuted.selector) _book(logs[i]);
        }
    }

    function _book(Vm.Log memory log) private {
        address minter = log.emitter;
        uint256 amount = abi.decode(log.data, (uint256));
        // Recorded logs include those of reverted frames: what was not booked did not happen.
        (bytes32 digest,) = ILiabilityLedger(minter).mintOf(log.topics[1]);
        if (digest != _digest(address(uint160(uint256(log.topics[2]))), amount)) return;
        if (_minted[minter][log.topics[1]]) mintedTwice = true;
        else _mintedRefs[minter].push(log.topics[1]);
        _minted[minter][log.topics[1]] = true;
        ++mints;
        _count("mint", true);
        issued[minter] += amount;
        issuedInWindow[minter][block.timestamp / 1 days] += amount;
        uint256 window = issuedInWindow[minter][block.timestamp / 1 days];
        if (window > fullestWindow) fullestWindow = window;

        ReserveProof memory proof = ILiabilityLedger(minter).latestProof();
        if (issued[minter] - redeemed[minter] > proof.amount || block.timestamp > proof.observedAt + 1 hours) {
            mintedUnbacked = true;
        }
    }

    /// @dev One order in four asks again under a reference that was minted.
    function _anyOrder(uint256 seed) private view returns (Order memory) {
        uint256 dice = uint256(keccak256(abi.encode(seed)));
        bytes32[] storage minted = _mintedRefs[address(ledger)];
        bool again = dice % 4 == 0 && minted.length != 0;
        bytes32 bankRef = again ? minted[(dice >> 2) % minted.length] : bytes32(seed % 120);
        return Order(bankRef, _accounts[(seed >> 8) % _accounts.length], bound(dice >> 8, 0, 150_000e18), 0);
    }

    /// @dev Any account; one time in three one that is frozen and holds something, where there is one.
    function _holder(uint256 seed) private view returns (address) {
        uint256 count = _accounts.length;
        bool isFrozen = uint256(keccak256(abi.encode(seed))) % 3 == 0;
        for (uint256 i = 0; isFrozen && i < count; ++i) {
            address account = _accounts[(seed % count + i) % count];
            if (frozenBalance[address(token)][account] > 1) return account;
        }
        return _accounts[seed % count];
    }

    /// @dev Any request; for an odd number one of the last four.
    function _request(uint256 which) private view returns (bytes32) {
        uint256 count = _ids.length;
        return _ids[which % 2 == 0 ? which % count : count - 1 - (which >> 1) % _min(count, 4)];
    }

    function _pick(uint256 seed) private view returns (address) {
        return consumers[seed % consumers.length];
    }

    function _try(address target, bytes memory call) private returns (bool done) {
        (done,) = target.call(call);
    }
}
