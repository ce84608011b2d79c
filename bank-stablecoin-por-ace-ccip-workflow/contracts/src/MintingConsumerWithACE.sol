// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {IMintingConsumer, Verdict} from "./interfaces/IMintingConsumer.sol";
import {IReserveFeed} from "./interfaces/IReserveFeed.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {PolicyKinds} from "./libraries/PolicyKinds.sol";
import {Order, Report, ReportCodec, ReserveProof} from "./libraries/ReportCodec.sol";
import {Verdicts} from "./libraries/Verdicts.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {PolicyProtectedUpgradeable} from "@chainlink/policy-management/core/PolicyProtectedUpgradeable.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {TransientSlot} from "@openzeppelin/contracts/utils/TransientSlot.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title MintingConsumerWithACE
/// @notice Mints one basket's stablecoin from DON-signed reports, under ACE policies and against proven reserves.
/// @dev What no policy admin can remove is written here and not in a policy: who may deliver, for which workflow,
///      chain and consumer, until when, each reference once, reserves fresh and sufficient, the cap per time window.
///      Lives behind a minimal proxy per basket; what all baskets share is immutable in the implementation.
contract MintingConsumerWithACE is IMintingConsumer, IReceiver, PolicyProtectedUpgradeable, ReentrancyGuardTransient {
    using TransientSlot for TransientSlot.Uint256Slot;

    /// @inheritdoc IMintingConsumer
    uint256 public constant MAX_VALIDITY = 15 minutes;
    /// @inheritdoc IMintingConsumer
    uint256 public constant MAX_ORDERS = 100;
    /// @inheritdoc IMintingConsumer
    /// @dev Twice the dearest order measured with every policy installed and all storage cold.
    uint256 public constant ORDER_GAS = 1_000_000;
    /// @inheritdoc IMintingConsumer
    /// @dev Twice the dearest order measured behind a minted one.
    uint256 public constant WARM_ORDER_GAS = 480_000;
    /// @dev The part of the gas that an order may not have used up, see {_fairRefusal}.
    uint256 private constant UNUSED_PART = 4;

    /// @dev Bytes of the forwarder's metadata that name the workflow: id 32, name 10, owner 20.
    uint256 private constant METADATA_LENGTH = 62;
    uint256 private constant MIN_WINDOW = 1 minutes;
    uint256 private constant MAX_WINDOW = 31 days;
    uint256 private constant MIN_RESERVE_AGE = 1 minutes;
    uint256 private constant MAX_RESERVE_AGE = 1 days;

    /// @dev One more than the reserves that back this report's orders, zero when their proof is missing or stale.
    TransientSlot.Uint256Slot private constant PROVEN =
        TransientSlot.Uint256Slot.wrap(keccak256("MintingConsumerWithACE.proven"));

    /// @inheritdoc IMintingConsumer
    address public immutable forwarder;
    /// @inheritdoc IMintingConsumer
    address public immutable workflowOwner;
    /// @inheritdoc IMintingConsumer
    bytes10 public immutable workflowName;

    // Three slots, so packed that a mint reads each once; the first is written when a window begins.
    /// @inheritdoc IMintingConsumer
    address public token;
    uint40 private _windowStart;
    uint24 private _windowSeconds;
    uint32 private _reserveMaxAge;

    /// @inheritdoc IMintingConsumer
    address public reserveFeed;
    uint96 private _capPerWindow;

    // Written by every mint.
    uint128 private _issued;
    uint128 private _usedInWindow;

    /// @inheritdoc IMintingConsumer
    mapping(bytes32 bankRef => bytes32 digest) public mintOf;

    modifier onlySelf() {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _;
    }

    /// @param forwarder_ The KeystoneForwarder that verifies the DON's signatures.
    /// @param workflowOwner_ The owner of the workflow whose reports are accepted.
    /// @param workflowName_ The workflow's name as the DON encodes it.
    constructor(address forwarder_, address workflowOwner_, bytes10 workflowName_) {
        forwarder = forwarder_;
        workflowOwner = workflowOwner_;
        workflowName = workflowName_;
    }

    /// @inheritdoc IMintingConsumer
    function initialize(
        address token_,
        address reserveFeed_,
        address policyEngine,
        address owner_,
        uint96 capPerWindow,
        uint24 windowSeconds,
        uint32 maxAgeSeconds
    ) external override initializer {
        __PolicyProtected_init(owner_, policyEngine);
        token = token_;
        reserveFeed = reserveFeed_;
        _setMintWindow(capPerWindow, windowSeconds);
        _setReserveMaxAge(maxAgeSeconds);
    }

    /* DELIVERY */

    /// @inheritdoc IReceiver
    function onReport(bytes calldata metadata, bytes calldata body) external override nonReentrant {
        if (msg.sender != forwarder) revert OnlyForwarder(msg.sender);
        _requireWorkflow(metadata);
        Report memory report = ReportCodec.decode(body);
        _requireForUsNow(report);

        IReserveFeed feed = IReserveFeed(reserveFeed);
        feed.record(report.reserves);
        if (report.orders.length == 0) return;

        // Not the report's own proof: a newer one of a concurrent run may be there already.
        ReserveProof memory proof = feed.latestProof();
        bool fresh = block.timestamp <= uint256(proof.observedAt) + _reserveMaxAge;
        PROVEN.tstore(fresh ? proof.amount + 1 : 0);
        _judge(report.orders);
    }

    /// @inheritdoc IMintingConsumer
    /// @dev Always with an empty context: nothing that a caller may store in advance reaches the policies.
    function executeMint(Order calldata order) external override onlySelf runPolicyWithContext(msg.data[0:0]) {
        uint256 issued = _issued + order.amount;
        uint256 proven = PROVEN.tload();
        if (proven == 0) revert OrderRefused(Verdicts.RESERVE_STALE);
        if (issued >= proven) revert OrderRefused(Verdicts.RESERVE_INSUFFICIENT);
        uint256 used = _advanceWindow() + order.amount;
        if (used > _capPerWindow) revert OrderRefused(Verdicts.WINDOW_CAP_EXCEEDED);

        // Both fit: `issued` is at most the proven reserves and `used` at most the cap, each of 128 bits.
        _issued = uint128(issued);
        _usedInWindow = uint128(used);
        mintOf[order.bankRef] = keccak256(abi.encode(order.account, order.amount));
        emit MintExecuted(order.bankRef, order.account, order.amount);
        IStablecoin(token).mint(order.account, order.amount);
    }

    /* SETTINGS */

    /// @inheritdoc IMintingConsumer
    function setMintWindow(uint96 capPerWindow, uint24 windowSeconds) external override onlyOwner {
        _setMintWindow(capPerWindow, windowSeconds);
    }

    /// @inheritdoc IMintingConsumer
    function setReserveMaxAge(uint32 maxAgeSeconds) external override onlyOwner {
        _setReserveMaxAge(maxAgeSeconds);
    }

    /// @inheritdoc PolicyProtectedUpgradeable
    /// @dev Always reverts: the engine is chosen once, at creation.
    function attachPolicyEngine(address) external pure override {
        revert PolicyEngineFixed();
    }

    /* VIEWS */

    /// @inheritdoc IMintingConsumer
    function preview(Order[] calldata orders) external view override returns (Verdict[] memory verdicts) {
        // One copy for all the helpers, which take memory.
        Order[] memory batch = orders;
        verdicts = new Verdict[](batch.length);
        uint256 used = block.timestamp < uint256(_windowStart) + _windowSeconds ? _usedInWindow : 0;
        Verdict memory admission = _policyVerdict(_reportPayload());
        bool[] memory repeated = _repeated(batch);
        for (uint256 i = 0; i < batch.length; ++i) {
            uint8 code = _nativeVerdict(batch[i], repeated[i]);
            if (code == Verdicts.ACCEPTED && _minted(batch, verdicts, i)) code = Verdicts.REFERENCE_USED;
            if (code != Verdicts.ACCEPTED) verdicts[i].code = code;
            else if (admission.code != Verdicts.ACCEPTED) verdicts[i] = admission;
            else verdicts[i] = _policyVerdict(_orderPayload(batch[i]));
            if (verdicts[i].code != Verdicts.ACCEPTED) continue;

            if (used + batch[i].amount > _capPerWindow) verdicts[i].code = Verdicts.WINDOW_CAP_EXCEEDED;
            else used += batch[i].amount;
        }
    }

    /// @inheritdoc IMintingConsumer
    function totalSupply() external view override returns (uint256) {
        return _issued;
    }

    /// @inheritdoc IMintingConsumer
    function mintWindow()
        external
        view
        override
        returns (uint256 capPerWindow, uint64 windowSeconds, uint256 usedInWindow, uint64 windowStart)
    {
        windowSeconds = _windowSeconds;
        windowStart = _windowStart;
        usedInWindow = _usedInWindow;
        if (block.timestamp >= windowStart + windowSeconds) {
            windowStart = uint64(block.timestamp - block.timestamp % windowSeconds);
            usedInWindow = 0;
        }
        return (_capPerWindow, windowSeconds, usedInWindow, windowStart);
    }

    /// @inheritdoc IMintingConsumer
    function reserveMaxAge() external view override returns (uint64) {
        return _reserveMaxAge;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId)
        public
        view
        override(IERC165, PolicyProtectedUpgradeable)
        returns (bool)
    {
        return interfaceId == type(IReceiver).interfaceId || super.supportsInterface(interfaceId);
    }

    /* AUTHENTICITY */

    /// @dev Reverts unless the forwarder's metadata names the pinned workflow.
    function _requireWorkflow(bytes calldata metadata) private view {
        if (metadata.length < METADATA_LENGTH) revert InvalidMetadata(metadata.length);
        bytes10 name = bytes10(metadata[32:42]);
        address author = address(bytes20(metadata[42:62]));
        if (author != workflowOwner) revert WrongWorkflowOwner(author);
        if (name != workflowName) revert WrongWorkflowName(name);
    }

    /// @dev Reverts unless the report is meant for this chain and consumer, now, and says something we can do.
    function _requireForUsNow(Report memory report) private view {
        if (report.chainId != block.chainid) revert WrongChain(report.chainId);
        if (report.consumer != address(this)) revert WrongConsumer(report.consumer);
        if (block.timestamp > report.validUntil) revert ReportExpired(report.validUntil);
        if (report.validUntil > block.timestamp + MAX_VALIDITY) revert ValidityTooLong(report.validUntil);

        uint256 count = report.orders.length;
        if (report.instruction == ReportCodec.MINT) {
            if (count == 0 || count > MAX_ORDERS) revert InvalidOrderCount(count);
        } else if (report.instruction == ReportCodec.ATTEST) {
            if (count != 0) revert InvalidOrderCount(count);
        } else {
            revert UnsupportedInstruction(report.instruction);
        }
    }

    /* JUDGEMENT */

    /// @dev Mints each order or leaves the event that says why not; reverts only for what is no refusal.
    function _judge(Order[] memory orders) private {
        Verdict memory admission = _admission();
        bool[] memory repeated = _repeated(orders);
        // The first mint has warmed whatever a later one touches, but for the beneficiary's own entries. A refused
        // order has not: its revert makes cold again what it had warmed.
        uint256 required = ORDER_GAS;
        for (uint256 i = 0; i < orders.length; ++i) {
            Order memory order = orders[i];
            Verdict memory verdict = Verdict(_nativeVerdict(order, repeated[i]), address(0));
            if (verdict.code == Verdicts.ACCEPTED) verdict = admission;
            if (verdict.code == Verdicts.ACCEPTED) verdict = _mint(order, required);
            if (verdict.code == Verdicts.ACCEPTED) required = WARM_ORDER_GAS;
            else emit MintRejected(order.bankRef, order.account, order.amount, verdict.policy, verdict.code);
        }
    }

    /// @dev Asks the policies that concern no single order, once for the whole report.
    function _admission() private view returns (Verdict memory) {
        uint256 available = gasleft();
        try IPolicyEngine(getPolicyEngine()).check(_reportPayload()) {
            return Verdict(Verdicts.ACCEPTED, address(0));
        } catch (bytes memory reason) {
            return _fairRefusal(reason, available, ORDER_GAS);
        }
    }

    /// @dev Mints `order` under the policies and limits, or says which of them refuses it.
    function _mint(Order memory order, uint256 required) private returns (Verdict memory) {
        uint256 available = gasleft();
        try this.executeMint(order) {
            return Verdict(Verdicts.ACCEPTED, address(0));
        } catch (bytes memory reason) {
            return _fairRefusal(reason, available, required);
        }
    }

    /// @dev The refusal in `reason`. Reverts for any other failure, and for a refusal that may come of too little gas:
    ///      credential validators take a look-up that ran out of gas for "no credential". So there must have been more
    ///      than an order needs, and a good part must be left. A call gets 63/64 of its caller's gas and has burnt it
    ///      all when it runs out, n calls deep, so that at most 1 - (63/64)^n is left here: an eighth for the
    ///      registries, 7 deep, and less than a quarter down to 18, however dear the look-up is.
    ///      A mint needs no such proof: nothing that runs out of gas accepts an order.
    /// @param available The gas before the question.
    /// @param required The gas that there must have been.
    function _fairRefusal(bytes memory reason, uint256 available, uint256 required)
        private
        view
        returns (Verdict memory verdict)
    {
        if (available < required) revert InsufficientGas(available, required);
        uint256 left = gasleft();
        if (left < available / UNUSED_PART) revert InsufficientGas(left, available / UNUSED_PART);
        bool refused;
        (refused, verdict) = _refusal(reason);
        if (!refused) _bubble(reason);
    }

    /// @dev The verdict of everything that needs neither a policy nor the reserves.
    /// @param repeated Whether an earlier order of the batch has the same beneficiary.
    function _nativeVerdict(Order memory order, bool repeated) private view returns (uint8) {
        address account = order.account;
        if (account == address(0)) return Verdicts.ZERO_ACCOUNT;
        if (order.amount == 0 || order.amount > type(uint128).max) return Verdicts.BAD_AMOUNT;
        if (account == address(this) || account == token || account == reserveFeed || account == getPolicyEngine()) {
            return Verdicts.FORBIDDEN_ACCOUNT;
        }
        if (repeated) return Verdicts.ACCOUNT_REPEATED;
        if (mintOf[order.bankRef] != 0) return Verdicts.REFERENCE_USED;
        return Verdicts.ACCEPTED;
    }

    /// @dev For each order, whether an earlier one has the same beneficiary.
    function _repeated(Order[] memory orders) private pure returns (bool[] memory repeated) {
        repeated = new bool[](orders.length);
        // One bit per last byte of a beneficiary: few orders have to be compared with those before them.
        uint256 seen;
        for (uint256 i = 0; i < orders.length; ++i) {
            address account = orders[i].account;
            uint256 bit = 1 << uint8(uint160(account));
            for (uint256 j = 0; seen & bit != 0 && j < i && !repeated[i]; ++j) {
                repeated[i] = orders[j].account == account;
            }
            seen |= bit;
        }
    }

    /// @dev Whether an earlier order of a previewed batch would have used the reference of `orders[i]`.
    function _minted(Order[] memory orders, Verdict[] memory verdicts, uint256 i) private pure returns (bool) {
        for (uint256 j = 0; j < i; ++j) {
            if (orders[j].bankRef == orders[i].bankRef && verdicts[j].code == Verdicts.ACCEPTED) return true;
        }
        return false;
    }

    /// @dev What the policies for the whole report are asked, see {MintPolicies}: nothing of its content.
    function _reportPayload() private view returns (IPolicyEngine.Payload memory) {
        return IPolicyEngine.Payload({selector: IReceiver.onReport.selector, sender: forwarder, data: "", context: ""});
    }

    /// @dev What `runPolicyWithContext` asks the policies of one order.
    function _orderPayload(Order memory order) private view returns (IPolicyEngine.Payload memory) {
        return IPolicyEngine.Payload({
            selector: IMintingConsumer.executeMint.selector, sender: address(this), data: abi.encode(order), context: ""
        });
    }

    /// @dev Asks the basket's engine without changing state.
    function _policyVerdict(IPolicyEngine.Payload memory payload) private view returns (Verdict memory) {
        try IPolicyEngine(getPolicyEngine()).check(payload) {
            return Verdict(Verdicts.ACCEPTED, address(0));
        } catch (bytes memory reason) {
            (bool refused, Verdict memory verdict) = _refusal(reason);
            return refused ? verdict : Verdict(Verdicts.POLICY_REJECTED, _firstAddress(reason));
        }
    }

    /// @dev Reads a refusal out of revert data; `refused` is false for any other failure.
    function _refusal(bytes memory reason) private view returns (bool refused, Verdict memory verdict) {
        bytes4 selector = bytes4(reason);
        if (selector == OrderRefused.selector) {
            return (true, Verdict(uint8(_firstWord(reason)), address(0)));
        }
        if (selector == IPolicyEngine.PolicyRunRejected.selector) {
            address policy = _firstAddress(reason);
            return (true, Verdict(PolicyKinds.verdictOf(policy), policy));
        }
    }

    /// @dev The first argument of an ABI-encoded error as an address, zero when the data is shorter.
    function _firstAddress(bytes memory reason) private pure returns (address) {
        return address(uint160(_firstWord(reason)));
    }

    /// @dev The first argument of an ABI-encoded error, zero when the data is shorter.
    function _firstWord(bytes memory reason) private pure returns (uint256 word) {
        if (reason.length < 36) return 0;
        assembly ("memory-safe") {
            word := mload(add(reason, 36))
        }
    }

    /// @dev Reverts with the given revert data.
    function _bubble(bytes memory reason) private pure {
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /* LIMITS */

    /// @dev Begins a new window when the current one is over; returns what the current window has used.
    function _advanceWindow() private returns (uint256) {
        uint256 length = _windowSeconds;
        if (block.timestamp < _windowStart + length) return _usedInWindow;
        _windowStart = uint40(block.timestamp - block.timestamp % length);
        return 0;
    }

    /// @dev Use in the current window is carried into the new one, so a change never hands out a second cap.
    function _setMintWindow(uint96 capPerWindow, uint24 windowSeconds) private {
        if (windowSeconds < MIN_WINDOW || windowSeconds > MAX_WINDOW) revert InvalidLimit(windowSeconds);
        if (_windowSeconds != 0) _usedInWindow = uint128(_advanceWindow());
        _capPerWindow = capPerWindow;
        _windowSeconds = windowSeconds;
        _windowStart = uint40(block.timestamp - block.timestamp % windowSeconds);
        emit MintWindowSet(capPerWindow, windowSeconds);
    }

    function _setReserveMaxAge(uint32 maxAgeSeconds) private {
        if (maxAgeSeconds < MIN_RESERVE_AGE || maxAgeSeconds > MAX_RESERVE_AGE) revert InvalidLimit(maxAgeSeconds);
        _reserveMaxAge = maxAgeSeconds;
        emit ReserveMaxAgeSet(maxAgeSeconds);
    }
}
