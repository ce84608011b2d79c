// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {Books, ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IMintingConsumer, Survey, Verdict} from "./interfaces/IMintingConsumer.sol";
import {IRedemptionDesk, Request, RequestState} from "./interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {CloneArguments} from "./libraries/CloneArguments.sol";
import {PolicyKinds} from "./libraries/PolicyKinds.sol";
import {RedemptionVerdicts} from "./libraries/RedemptionVerdicts.sol";
import {Order, Redemption, Report, ReportCodec} from "./libraries/ReportCodec.sol";
import {Verdicts} from "./libraries/Verdicts.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {PolicyProtectedUpgradeable} from "@chainlink/policy-management/core/PolicyProtectedUpgradeable.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

/// @title MintingConsumerWithACE
/// @notice Mints and redeems one basket's stablecoin from DON-signed reports, under ACE policies.
/// @dev What no policy admin can remove is written here and in the ledger, not in a policy: who may deliver, for which
///      workflow, chain and consumer, until when; each reference once, reserves fresh and sufficient, the cap per time
///      window. A minimal proxy per basket that carries the basket's addresses in its code; what all baskets share is
///      immutable in the implementation. It keeps no books, so that the timelock can put another in its place.
contract MintingConsumerWithACE is IMintingConsumer, IReceiver, PolicyProtectedUpgradeable, ReentrancyGuardTransient {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "MintingConsumerWithACE 2.0.0";

    /// @inheritdoc IMintingConsumer
    uint256 public constant MAX_VALIDITY = 15 minutes;
    /// @inheritdoc IMintingConsumer
    uint256 public constant MAX_ORDERS = 100;
    /// @inheritdoc IMintingConsumer
    /// @dev At least 4/3 of the dearest order measured with every policy installed and all storage cold.
    uint256 public constant ORDER_GAS = 700_000;
    /// @inheritdoc IMintingConsumer
    /// @dev At least 4/3 of the dearest order measured behind a minted one.
    uint256 public constant WARM_ORDER_GAS = 320_000;
    /// @dev What judging an order takes besides: its event, and the name of the policy that refused.
    uint256 private constant JUDGING_GAS = 60_000;

    /// @dev Bytes of the forwarder's metadata that name the workflow: id 32, name 10, owner 20.
    uint256 private constant METADATA_LENGTH = 62;

    /// @inheritdoc IMintingConsumer
    address public immutable forwarder;
    /// @inheritdoc IMintingConsumer
    address public immutable workflowOwner;
    /// @inheritdoc IMintingConsumer
    bytes10 public immutable workflowName;

    /// @inheritdoc IMintingConsumer
    mapping(bytes32 workflowId => bool) public workflowAllowed;

    /// @dev A batch under judgement.
    /// @param books What the orders are judged against; follows the mints.
    /// @param echoes See {_echoes}.
    /// @param ledger The basket's ledger.
    /// @param token The basket's token.
    /// @param engine The basket's policy engine.
    /// @param desk The basket's desk.
    struct Batch {
        Books books;
        uint256[] echoes;
        address ledger;
        address token;
        address engine;
        address desk;
    }

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
    function initialize() external override initializer {
        __PolicyProtected_init(Ownable(ledger()).owner(), CloneArguments.read(CloneArguments.ENGINE));
        _allowWorkflow(0, true);
    }

    /* DELIVERY */

    /// @inheritdoc IReceiver
    function onReport(bytes calldata metadata, bytes calldata body) external override nonReentrant {
        if (msg.sender != forwarder) revert OnlyForwarder(msg.sender);
        _requireWorkflow(metadata);
        Report memory report = ReportCodec.decode(body);
        _requireForUsNow(report);

        // Not the report's own proof counts: a newer one of a concurrent run may be there already.
        Books memory books = ILiabilityLedger(ledger()).begin(report.reserves, _references(report.orders));
        if (report.instruction == ReportCodec.MINT) _judge(report.orders, _batch(report.orders, books));
        else if (report.instruction == ReportCodec.REDEEM) _redeem(report.redemptions, books.observedAt);
    }

    /// @inheritdoc IMintingConsumer
    /// @dev Always with an empty context: nothing that a caller may store in advance reaches the policies.
    function executeMint(bytes32 bankRef, address account, uint256 amount)
        external
        override
        onlySelf
        runPolicyWithContext(msg.data[0:0])
    {
        ILiabilityLedger(ledger()).mint(bankRef, account, amount);
    }

    /* SETTINGS */

    /// @inheritdoc IMintingConsumer
    function allowWorkflow(bytes32 workflowId, bool allowed) external override onlyOwner {
        _allowWorkflow(workflowId, allowed);
    }

    /// @inheritdoc PolicyProtectedUpgradeable
    /// @dev Always reverts: the engine is chosen once, at creation.
    function attachPolicyEngine(address) external pure override {
        revert PolicyEngineFixed();
    }

    /* VIEWS */

    /// @inheritdoc IMintingConsumer
    function preview(Order[] calldata orders) external view override returns (Verdict[] memory) {
        return _preview(orders);
    }

    /// @inheritdoc IMintingConsumer
    function survey(Order[] calldata orders) external view override returns (Survey memory found) {
        ILiabilityLedger books = ILiabilityLedger(ledger());
        found.token = token();
        found.decimals = IStablecoin(found.token).decimals();
        found.isWriter = books.writer() == address(this);
        found.liability = books.liability();
        found.proof = books.latestProof();
        found.verdicts = _preview(orders);
    }

    /// @inheritdoc IMintingConsumer
    function ledger() public view override returns (address) {
        return CloneArguments.read(CloneArguments.LEDGER);
    }

    /// @inheritdoc IMintingConsumer
    function token() public view override returns (address) {
        return CloneArguments.read(CloneArguments.TOKEN);
    }

    /// @inheritdoc IMintingConsumer
    function redemptionDesk() public view override returns (address) {
        return CloneArguments.read(CloneArguments.DESK);
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
        bytes32 id = bytes32(metadata[:32]);
        if (!workflowAllowed[0] && !workflowAllowed[id]) revert WrongWorkflowId(id);
    }

    /// @dev Reverts unless the report is meant for this chain and consumer, now, and says something we can do.
    function _requireForUsNow(Report memory report) private view {
        if (report.chainId != block.chainid) revert WrongChain(report.chainId);
        if (report.consumer != address(this)) revert WrongConsumer(report.consumer);
        if (block.timestamp > report.validUntil) revert ReportExpired(report.validUntil);
        if (report.validUntil > block.timestamp + MAX_VALIDITY) revert ValidityTooLong(report.validUntil);

        (uint256 orders, uint256 redemptions) = (report.orders.length, report.redemptions.length);
        if (report.instruction == ReportCodec.MINT) _requireCounts(orders, redemptions);
        else if (report.instruction == ReportCodec.REDEEM) _requireCounts(redemptions, orders);
        else if (report.instruction != ReportCodec.ATTEST) revert UnsupportedInstruction(report.instruction);
        else if (orders + redemptions != 0) revert InvalidOrderCount(orders + redemptions);
    }

    /// @dev Reverts unless there are some of what the instruction is about, not too many, and none of the other.
    function _requireCounts(uint256 wanted, uint256 others) private pure {
        if (wanted == 0 || wanted > MAX_ORDERS) revert InvalidOrderCount(wanted);
        if (others != 0) revert InvalidOrderCount(others);
    }

    /* JUDGEMENT */

    /// @dev Mints each order or leaves the event that says why not. Each gets a fixed amount of gas, so that no verdict
    ///      depends on the transmitter and no order burns what belongs to the others.
    function _judge(Order[] memory orders, Batch memory batch) private {
        Verdict memory admission;
        bool asked;
        // The first mint has warmed whatever a later one touches, but for the beneficiary's own entries. A refused
        // order has not: its revert makes cold again what it had warmed.
        uint256 stipend = ORDER_GAS;
        for (uint256 i = 0; i < orders.length; ++i) {
            Order memory order = orders[i];
            Verdict memory verdict = Verdict(_nativeVerdict(order, batch, i), address(0));
            if (verdict.code == Verdicts.ACCEPTED) {
                if (!asked) (admission, asked) = (_ask(batch.engine, ORDER_GAS, _reportQuestion()), true);
                verdict = admission.code == Verdicts.ACCEPTED ? _mint(order, stipend) : admission;
            }
            if (verdict.code == Verdicts.ACCEPTED) {
                stipend = WARM_ORDER_GAS;
                _follow(batch.books, order.amount, i);
            } else {
                emit MintRejected(order.bankRef, order.account, order.amount, verdict.policy, verdict.code);
            }
        }
    }

    /// @dev What a report with these orders would be told; the reserves are as if they sufficed.
    function _preview(Order[] memory orders) private view returns (Verdict[] memory verdicts) {
        if (orders.length > MAX_ORDERS) revert InvalidOrderCount(orders.length);
        Books memory books = ILiabilityLedger(ledger()).look(_references(orders));
        (books.fresh, books.proven) = (true, type(uint256).max);
        Batch memory batch = _batch(orders, books);
        Verdict memory admission = _ask(batch.engine, ORDER_GAS, _reportQuestion());
        uint256 stipend = ORDER_GAS;
        verdicts = new Verdict[](orders.length);
        for (uint256 i = 0; i < orders.length; ++i) {
            verdicts[i].code = _nativeVerdict(orders[i], batch, i);
            if (verdicts[i].code != Verdicts.ACCEPTED) continue;
            verdicts[i] = admission;
            if (verdicts[i].code == Verdicts.ACCEPTED) {
                verdicts[i] = _ask(batch.engine, stipend, _orderQuestion(orders[i]));
            }
            if (verdicts[i].code != Verdicts.ACCEPTED) continue;
            if (IStablecoin(batch.token).isFrozen(orders[i].account)) {
                verdicts[i].code = Verdicts.ACCOUNT_FROZEN;
                continue;
            }
            stipend = WARM_ORDER_GAS;
            _follow(books, orders[i].amount, i);
        }
    }

    function _batch(Order[] memory orders, Books memory books) private view returns (Batch memory) {
        return Batch(books, _echoes(orders), ledger(), token(), getPolicyEngine(), redemptionDesk());
    }

    /// @dev Takes a minted order into the books, as the ledger has done.
    function _follow(Books memory books, uint256 amount, uint256 i) private pure {
        books.liability += amount;
        books.room -= amount;
        books.used |= 1 << i;
    }

    /// @dev The verdict of everything that needs no policy; the ledger judges the last three again when it mints.
    function _nativeVerdict(Order memory order, Batch memory batch, uint256 i) private view returns (uint8) {
        (address account, uint256 amount) = (order.account, order.amount);
        (Books memory books, uint256 echo) = (batch.books, batch.echoes[i]);
        // Whatever becomes of this order: a later one with the same reference asks for this bit.
        if (echo > 1) books.used |= (books.used >> (echo / 2 - 1) & 1) << i;
        if (account == address(0)) return Verdicts.ZERO_ACCOUNT;
        if (amount == 0 || amount > type(uint128).max) return Verdicts.BAD_AMOUNT;
        if (account == address(this) || account == batch.token || account == batch.ledger) {
            return Verdicts.FORBIDDEN_ACCOUNT;
        }
        if (account == batch.engine || account == batch.desk) return Verdicts.FORBIDDEN_ACCOUNT;
        if (order.destination != 0) return Verdicts.DELIVERY_REFUSED;
        if (echo & 1 != 0) return Verdicts.ACCOUNT_REPEATED;
        if (books.used >> i & 1 != 0) return Verdicts.REFERENCE_USED;
        if (amount > books.room) return Verdicts.WINDOW_CAP_EXCEEDED;
        if (!books.fresh) return Verdicts.RESERVE_STALE;
        if (books.liability + amount > books.proven) return Verdicts.RESERVE_INSUFFICIENT;
        return Verdicts.ACCEPTED;
    }

    function _references(Order[] memory orders) private pure returns (bytes32[] memory bankRefs) {
        bankRefs = new bytes32[](orders.length);
        for (uint256 i = 0; i < orders.length; ++i) {
            bankRefs[i] = orders[i].bankRef;
        }
    }

    /// @dev For each order, in the lowest bit whether an earlier one has the same beneficiary, and above it the number,
    ///      counted from 1, of the last earlier one with the same reference.
    function _echoes(Order[] memory orders) private pure returns (uint256[] memory echoes) {
        echoes = new uint256[](orders.length);
        // One bit per last byte of a beneficiary or reference: few orders have to be compared with those before them.
        uint256 accounts;
        uint256 references;
        for (uint256 i = 0; i < orders.length; ++i) {
            uint256 account = 1 << uint8(uint160(orders[i].account));
            uint256 bankRef = 1 << uint8(uint256(orders[i].bankRef));
            if (accounts & account != 0 || references & bankRef != 0) echoes[i] = _echo(orders, i);
            accounts |= account;
            references |= bankRef;
        }
    }

    function _echo(Order[] memory orders, uint256 i) private pure returns (uint256 echo) {
        for (uint256 j = 0; j < i; ++j) {
            if (orders[j].account == orders[i].account) echo |= 1;
            if (orders[j].bankRef == orders[i].bankRef) echo = (j + 1) * 2 | (echo & 1);
        }
    }

    /* POLICIES */

    /// @dev What the policies for the whole report are asked, see {MintPolicies}: nothing of its content.
    function _reportQuestion() private view returns (bytes memory) {
        return abi.encodeCall(
            IPolicyEngine.check,
            (IPolicyEngine.Payload({selector: IReceiver.onReport.selector, sender: forwarder, data: "", context: ""}))
        );
    }

    /// @dev What `runPolicyWithContext` asks the policies of one order.
    function _orderQuestion(Order memory order) private view returns (bytes memory) {
        return abi.encodeCall(
            IPolicyEngine.check,
            (IPolicyEngine.Payload({
                    selector: IMintingConsumer.executeMint.selector,
                    sender: address(this),
                    data: abi.encode(order.bankRef, order.account, order.amount),
                    context: ""
                }))
        );
    }

    /// @dev Asks the engine without changing state.
    function _ask(address engine, uint256 stipend, bytes memory question) private view returns (Verdict memory) {
        uint256 available = _requireGas(stipend);
        bool done;
        bytes32 selector;
        uint256 argument;
        assembly ("memory-safe") {
            done := staticcall(stipend, engine, add(question, 32), mload(question), 0, 36)
            if gt(returndatasize(), 35) {
                selector := mload(0)
                argument := mload(4)
            }
        }
        if (done) return Verdict(Verdicts.ACCEPTED, address(0));
        return _refusal(available - gasleft(), stipend, bytes4(selector), argument);
    }

    /// @dev Mints `order` under the policies and limits, or says which of them refuses it.
    function _mint(Order memory order, uint256 stipend) private returns (Verdict memory) {
        bytes memory call_ = abi.encodeCall(this.executeMint, (order.bankRef, order.account, order.amount));
        uint256 available = _requireGas(stipend);
        bool done;
        bytes32 selector;
        uint256 argument;
        assembly ("memory-safe") {
            done := call(stipend, address(), 0, add(call_, 32), mload(call_), 0, 36)
            if gt(returndatasize(), 35) {
                selector := mload(0)
                argument := mload(4)
            }
        }
        if (done) return Verdict(Verdicts.ACCEPTED, address(0));
        return _refusal(available - gasleft(), stipend, bytes4(selector), argument);
    }

    /// @dev Reverts unless a call can be given its whole stipend, of which the caller must keep a 64th, and its failure
    ///      can be dealt with; returns what is left.
    function _requireGas(uint256 stipend) private view returns (uint256 available) {
        available = gasleft();
        uint256 required = stipend * 64 / 63 + JUDGING_GAS;
        if (available < required) revert InsufficientGas(available, required);
    }

    /// @dev Why a call failed, from the first 36 bytes of its answer; no more is ever copied. Credential validators take
    ///      a look-up that ran out of gas for "no credential", so a refusal only counts when a quarter of the stipend
    ///      was left: a call gets 63/64 of its caller's gas, so less is left when one runs out, down to 18 calls deep.
    function _refusal(uint256 used, uint256 stipend, bytes4 selector, uint256 argument)
        private
        view
        returns (Verdict memory)
    {
        if (used > stipend / 4 * 3) return Verdict(Verdicts.TOO_DEAR, address(0));
        if (selector == ILiabilityLedger.OrderRefused.selector) return Verdict(_ofLedger(argument), address(0));
        if (selector == IStablecoin.AccountFrozen.selector) return Verdict(Verdicts.ACCOUNT_FROZEN, address(0));
        address policy = address(uint160(argument));
        if (selector == IPolicyEngine.PolicyRunRejected.selector) {
            return Verdict(PolicyKinds.verdictOf(policy), policy);
        }
        return Verdict(Verdicts.POLICY_FAILED, selector == IPolicyEngine.PolicyRunError.selector ? policy : address(0));
    }

    /// @dev The code with which the ledger refused; what it never says came from elsewhere.
    function _ofLedger(uint256 code) private pure returns (uint8) {
        bool isOfLedger =
            code == Verdicts.REFERENCE_USED || (code >= Verdicts.RESERVE_STALE && code <= Verdicts.WINDOW_CAP_EXCEEDED);
        return isOfLedger ? uint8(code) : Verdicts.POLICY_FAILED;
    }

    function _allowWorkflow(bytes32 workflowId, bool allowed) private {
        workflowAllowed[workflowId] = allowed;
        emit WorkflowAllowed(workflowId, allowed);
    }

    /* REDEMPTION */

    /// @dev Takes each step or leaves the event that says why not. What is no known refusal reverts the report.
    function _redeem(Redemption[] memory redemptions, uint64 observedAt) private {
        IRedemptionDesk desk = IRedemptionDesk(redemptionDesk());
        for (uint256 i = 0; i < redemptions.length; ++i) {
            Redemption memory it = redemptions[i];
            uint8 code = _redemptionVerdict(it, desk.requestOf(it.id), observedAt);
            if (code != Verdicts.ACCEPTED) emit RedemptionRejected(it.id, it.step, code);
            else if (it.step == ReportCodec.ACCEPT) desk.accept(it.id);
            else if (it.step == ReportCodec.SETTLE) ILiabilityLedger(ledger()).settle(it.id, it.ref);
            else desk.giveBack(it.id, it.ref);
        }
    }

    function _redemptionVerdict(Redemption memory it, Request memory found, uint64 observedAt)
        private
        view
        returns (uint8)
    {
        if (it.step < ReportCodec.ACCEPT || it.step > ReportCodec.RETURN) return RedemptionVerdicts.UNKNOWN_STEP;
        if (found.state == RequestState.NONE) return RedemptionVerdicts.UNKNOWN;
        if (it.step == ReportCodec.SETTLE) return _settlementVerdict(it, found.state, observedAt);

        IStablecoin coin = IStablecoin(token());
        bool isAcceptance = it.step == ReportCodec.ACCEPT;
        if (found.state != RequestState.REQUESTED) {
            if (isAcceptance) return RedemptionVerdicts.NOT_REQUESTED;
            if (found.state != RequestState.ACCEPTED) return RedemptionVerdicts.NOT_ACCEPTED;
        }
        if (coin.isFrozen(found.account)) return RedemptionVerdicts.HOLDER_FROZEN_OR_PAUSED;
        if (!isAcceptance && coin.transfersPaused()) return RedemptionVerdicts.HOLDER_FROZEN_OR_PAUSED;
        return Verdicts.ACCEPTED;
    }

    /// @dev The money has left the bank: neither a freeze nor a pause of transfers stops a settlement.
    function _settlementVerdict(Redemption memory it, RequestState state, uint64 observedAt)
        private
        view
        returns (uint8)
    {
        if (state != RequestState.ACCEPTED) return RedemptionVerdicts.NOT_ACCEPTED;
        if (it.ref == 0 || it.paidAt == 0) return RedemptionVerdicts.NO_SETTLEMENT;
        if (ILiabilityLedger(ledger()).settlementOf(it.ref) != 0) return RedemptionVerdicts.SETTLEMENT_USED;
        if (observedAt < it.paidAt) return RedemptionVerdicts.PROOF_BEFORE_PAYMENT;
        return Verdicts.ACCEPTED;
    }
}
