// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket} from "../../src/interfaces/IBasketFactory.sol";
import {IMintingConsumer} from "../../src/interfaces/IMintingConsumer.sol";
import {IPausePolicy, IRejectPolicy, IVolumePolicy} from "../../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../../src/interfaces/IPolicySwitch.sol";
import {IReserveFeed} from "../../src/interfaces/IReserveFeed.sol";
import {IStablecoin} from "../../src/interfaces/IStablecoin.sol";
import {EngineRoles} from "../../src/libraries/EngineRoles.sol";
import {Order, Report, ReserveProof} from "../../src/libraries/ReportCodec.sol";
import {BasketTest} from "./BasketTest.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice Does anything anybody can do, in any order, and keeps books of its own from the events.
contract IssuanceHandler is BasketTest {
    uint96 public constant CAP = 300_000e18;
    uint256 private constant MAX_REPORTS = 64;

    address[] public consumers;
    address[] private _accounts;
    bytes[] private _reports;

    /// @notice What `MintExecuted` said was issued, per consumer.
    mapping(address mintingConsumer => uint256) public issued;
    /// @notice What was issued per consumer and window.
    mapping(address mintingConsumer => mapping(uint256 window => uint256)) public issuedInWindow;
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

    mapping(address mintingConsumer => mapping(bytes32 bankRef => bool)) private _minted;

    constructor() {
        setUp();
        consumers.push(address(consumer));
        (, address second) = _createBasket("Second", "TWO", STRANGER);
        consumers.push(second);
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < consumers.length; ++i) {
            IMintingConsumer(consumers[i]).setMintWindow(CAP, 1 days);
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

    function basketOf(address mintingConsumer) external view returns (Basket memory) {
        return factory.basketOf(mintingConsumer);
    }

    /* ACTIONS */

    function report(uint256 seed, uint256 first, uint256 second, uint256 reserves, uint256 age) external {
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
        if (action == 0) _try(chosen.pausePolicy, abi.encodeCall(IPausePolicy.setPausedState, (who % 4 == 0)));
        if (action == 1) _try(chosen.rejectPolicy, abi.encodeCall(IRejectPolicy.rejectAddress, (account)));
        if (action == 2) _try(chosen.rejectPolicy, abi.encodeCall(IRejectPolicy.unrejectAddress, (account)));
        if (action == 3) _try(chosen.volumePolicy, abi.encodeCall(IVolumePolicy.setMax, (0)));
        if (action == 4) _try(chosen.policySwitch, abi.encodeCall(IPolicySwitch.setIdentityRequired, (who % 2 == 0)));
        if (action == 5) _try(chosen.policySwitch, abi.encodeCall(IPolicySwitch.setWhitelistRequired, (who % 3 == 0)));
        vm.stopPrank();
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
            done = _try(
                chosen.mintingConsumer, abi.encodeCall(IMintingConsumer.executeMint, (_order("X", STRANGER, 1e18)))
            );
        }
        if (action == 2) {
            done = _try(
                chosen.reserveFeed,
                abi.encodeCall(IReserveFeed.record, (ReserveProof(1e30, uint64(block.timestamp + 60))))
            );
        }
        if (action == 3) {
            done = _try(chosen.policyEngine, abi.encodeCall(IAccessControl.grantRole, (EngineRoles.ADMIN, STRANGER)));
        }
        if (action == 4) {
            done = _try(chosen.mintingConsumer, abi.encodeCall(IMintingConsumer.setMintWindow, (CAP * 2, 1 days)));
        }
        if (action == 5) {
            done =
                _try(chosen.stablecoin, abi.encodeCall(IAccessControl.grantRole, (keccak256("MINTER_ROLE"), STRANGER)));
        }
        if (action == 6) done = _try(chosen.stablecoin, abi.encodeCall(IStablecoin.burn, (1)));
        vm.stopPrank();
        if (done) strangerSucceeded = true;
    }

    /* BOOKS */

    function _send(address receiver, bytes memory raw) private {
        bytes memory call = abi.encodeCall(forwarder.report, (receiver, raw, _context(), _signatures(raw)));
        vm.recordLogs();
        _try(address(forwarder), call);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i = 0; i < logs.length; ++i) {
            if (logs[i].topics[0] == IMintingConsumer.MintExecuted.selector) _book(logs[i]);
        }
    }

    function _book(Vm.Log memory log) private {
        address minter = log.emitter;
        uint256 amount = abi.decode(log.data, (uint256));
        if (_minted[minter][log.topics[1]]) mintedTwice = true;
        _minted[minter][log.topics[1]] = true;
        ++mints;
        issued[minter] += amount;
        issuedInWindow[minter][block.timestamp / 1 days] += amount;
        uint256 window = issuedInWindow[minter][block.timestamp / 1 days];
        if (window > fullestWindow) fullestWindow = window;

        ReserveProof memory proof = IReserveFeed(IMintingConsumer(minter).reserveFeed()).latestProof();
        if (issued[minter] > proof.amount || block.timestamp > proof.observedAt + 1 hours) mintedUnbacked = true;
    }

    function _anyOrder(uint256 seed) private view returns (Order memory) {
        uint256 amount = bound(uint256(keccak256(abi.encode(seed))), 0, 150_000e18);
        return Order(bytes32(seed % 40), _accounts[(seed >> 8) % _accounts.length], amount);
    }

    function _pick(uint256 seed) private view returns (address) {
        return consumers[seed % consumers.length];
    }

    function _try(address target, bytes memory call) private returns (bool done) {
        (done,) = target.call(call);
    }
}
