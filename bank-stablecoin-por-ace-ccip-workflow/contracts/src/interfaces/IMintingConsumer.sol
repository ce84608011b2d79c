// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Order, ReserveProof} from "../libraries/ReportCodec.sol";
import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice The answer to one order.
/// @param code See {Verdicts}.
/// @param policy The ACE policy that refuses, or the zero address.
struct Verdict {
    uint8 code;
    address policy;
}

/// @notice All that a run must know of a basket, at one block.
/// @param token The basket's token.
/// @param decimals Its decimals.
/// @param isWriter Whether this consumer is the one that may write the basket's ledger now.
/// @param liability Everything issued and neither redeemed nor written off, in base units.
/// @param proof The last accepted reserve proof, zero when there is none.
/// @param verdicts What {IMintingConsumer-preview} says to the orders asked about.
struct Survey {
    address token;
    uint8 decimals;
    bool isWriter;
    uint256 liability;
    ReserveProof proof;
    Verdict[] verdicts;
}

/// @title IMintingConsumer
/// @notice Turns DON-signed reports into mints and redemptions of one basket's stablecoin.
/// @dev A report is all or nothing as regards its authenticity, and order by order as regards refusals: an order that
///      is refused leaves an event and does not stop the others. A refusal does not use up the bank reference.
interface IMintingConsumer is ITypeAndVersion {
    /* EVENTS */

    /// @notice Emitted when an order was refused.
    /// @param policy The ACE policy that refused, or the zero address.
    /// @param code Why, see {Verdicts}.
    event MintRejected(bytes32 indexed bankRef, address indexed account, uint256 amount, address policy, uint8 code);

    /// @notice Emitted when a step of a redemption was refused.
    /// @param code Why, see {RedemptionVerdicts}.
    event RedemptionRejected(bytes32 indexed id, uint8 step, uint8 code);

    /// @notice Emitted when reports of a workflow are accepted or no longer; id 0 stands for any.
    event WorkflowAllowed(bytes32 indexed workflowId, bool allowed);

    /* ERRORS */

    /// @notice Thrown when anyone but the forwarder delivers a report.
    error OnlyForwarder(address caller);
    /// @notice Thrown when anyone but the consumer itself calls {executeMint}.
    error OnlySelf(address caller);
    /// @notice Thrown when the forwarder's metadata is too short to name a workflow.
    error InvalidMetadata(uint256 length);
    /// @notice Thrown when the report comes from another owner's workflow.
    error WrongWorkflowOwner(address owner);
    /// @notice Thrown when the report comes from another workflow.
    error WrongWorkflowName(bytes10 name);
    /// @notice Thrown when the workflow's id is not allowed.
    error WrongWorkflowId(bytes32 workflowId);
    /// @notice Thrown when the report is meant for another chain.
    error WrongChain(uint256 chainId);
    /// @notice Thrown when the report is meant for another consumer.
    error WrongConsumer(address consumer);
    /// @notice Thrown after the report's last valid second.
    error ReportExpired(uint256 validUntil);
    /// @notice Thrown when the report would stay valid for longer than {MAX_VALIDITY} seconds.
    error ValidityTooLong(uint256 validUntil);
    /// @notice Thrown for an instruction that is not supported.
    error UnsupportedInstruction(uint8 instruction);
    /// @notice Thrown when a report has no orders or redemptions where it must, too many, or any where it must not.
    error InvalidOrderCount(uint256 count);
    /// @notice Thrown when the transaction has less gas left than the next order may take.
    error InsufficientGas(uint256 available, uint256 required);
    /// @notice Thrown on every attempt to exchange the policy engine.
    error PolicyEngineFixed();

    /* CREATION */

    /// @notice Wires a fresh clone to its engine; by anybody, once: everything is in the clone's code.
    /// @dev This gives no power: only the ledger's owner makes a consumer the writer.
    function initialize() external;

    /* DELIVERY */

    /// @notice Mints one order under the policies of the basket; only callable by the consumer itself.
    /// @dev External because ACE reads the call data of the protected function.
    function executeMint(bytes32 bankRef, address account, uint256 amount) external;

    /* SETTINGS */

    /// @notice Accepts reports of a workflow by its id, or no longer; only for the owner, a timelock.
    /// @param workflowId The id; zero, as at creation, for any workflow of the owner and name.
    function allowWorkflow(bytes32 workflowId, bool allowed) external;

    /* VIEWS */

    /// @notice Says for each order whether a report with these orders would mint it now, the reserve rule left out.
    /// @dev The reserve rule needs the proof that comes with the report. The gas rule is that of a report: with too
    ///      little gas for a verdict it reverts.
    function preview(Order[] calldata orders) external view returns (Verdict[] memory verdicts);

    /// @notice Says all that a run must know, with the verdicts of {preview}.
    function survey(Order[] calldata orders) external view returns (Survey memory);

    /// @notice Returns whether reports of a workflow are accepted by its id; id 0 stands for any.
    function workflowAllowed(bytes32 workflowId) external view returns (bool);

    /// @notice Returns the basket's ledger, whose writer this consumer is while it mints.
    function ledger() external view returns (address);

    /// @notice Returns the basket's desk.
    function redemptionDesk() external view returns (address);

    /// @notice Returns the basket's token.
    function token() external view returns (address);

    /// @notice Returns the only contract that may deliver reports.
    function forwarder() external view returns (address);

    /// @notice Returns the owner of the only workflow whose reports are accepted.
    function workflowOwner() external view returns (address);

    /// @notice Returns the name of that workflow as the DON encodes it: 10 hex characters of its SHA-256.
    function workflowName() external view returns (bytes10);

    /// @notice Returns how far ahead a report's `validUntil` may be, in seconds.
    function MAX_VALIDITY() external view returns (uint256);

    /// @notice Returns the greatest number of orders or redemptions in one report.
    function MAX_ORDERS() external view returns (uint256);

    /// @notice Returns the gas that an order gets, until an order of the report has been minted. Before each order more
    ///         than that must be left, or the whole report reverts; so no transmitter's gas decides a verdict.
    function ORDER_GAS() external view returns (uint256);

    /// @notice Returns the same for the orders after the first that was minted.
    function WARM_ORDER_GAS() external view returns (uint256);
}
