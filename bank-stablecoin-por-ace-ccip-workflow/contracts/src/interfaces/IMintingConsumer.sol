// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Order} from "../libraries/ReportCodec.sol";

/// @notice The answer to one order.
/// @param code See {Verdicts}.
/// @param policy The ACE policy that refuses, or the zero address.
struct Verdict {
    uint8 code;
    address policy;
}

/// @title IMintingConsumer
/// @notice Turns DON-signed reports into mints of one basket's stablecoin.
/// @dev A report is all or nothing as regards its authenticity, and order by order as regards refusals: an order that
///      is refused leaves an event and does not stop the others. A refusal does not use up the bank reference.
interface IMintingConsumer {
    /* EVENTS */

    /// @notice Emitted when an order was minted.
    event MintExecuted(bytes32 indexed bankRef, address indexed account, uint256 amount);

    /// @notice Emitted when an order was refused.
    /// @param policy The ACE policy that refused, or the zero address.
    /// @param code Why, see {Verdicts}.
    event MintRejected(bytes32 indexed bankRef, address indexed account, uint256 amount, address policy, uint8 code);

    /// @notice Emitted when the cap per time window changes.
    event MintWindowSet(uint256 capPerWindow, uint64 windowSeconds);

    /// @notice Emitted when the greatest age of a reserve proof changes.
    event ReserveMaxAgeSet(uint64 maxAgeSeconds);

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
    /// @notice Thrown when a mint has no orders or too many, or an attestation has any.
    error InvalidOrderCount(uint256 count);
    /// @notice Thrown when the transaction brought too little gas to tell a refusal from a lack of gas.
    error InsufficientGas(uint256 available, uint256 required);
    /// @notice Thrown inside {executeMint} to refuse an order; never leaves the consumer.
    error OrderRefused(uint8 code);
    /// @notice Thrown on every attempt to exchange the policy engine.
    error PolicyEngineFixed();
    /// @notice Thrown for a mint window or reserve age outside its bounds.
    error InvalidLimit(uint256 value);

    /* CREATION */

    /// @notice Wires a fresh clone; once only.
    /// @param token The basket's token, on which the consumer has MINTER_ROLE.
    /// @param reserveFeed The feed that only the consumer writes.
    /// @param policyEngine The basket's own policy engine.
    /// @param owner A timelock; may change the mint window and the reserve age, nothing else.
    /// @param capPerWindow The cap in base units, see {setMintWindow}.
    /// @param windowSeconds The length of a window, see {setMintWindow}.
    /// @param maxAgeSeconds The greatest age of a reserve proof, see {setReserveMaxAge}.
    function initialize(
        address token,
        address reserveFeed,
        address policyEngine,
        address owner,
        uint96 capPerWindow,
        uint24 windowSeconds,
        uint32 maxAgeSeconds
    ) external;

    /* DELIVERY */

    /// @notice Mints one order under the policies of the basket; only callable by the consumer itself.
    /// @dev External because ACE reads the call data of the protected function.
    function executeMint(Order calldata order) external;

    /* SETTINGS */

    /// @notice Sets the cap per time window; only for the owner, a timelock.
    /// @param capPerWindow The cap in base units.
    /// @param windowSeconds The length of a window, counted from the unix epoch.
    function setMintWindow(uint96 capPerWindow, uint24 windowSeconds) external;

    /// @notice Sets the greatest age of a reserve proof; only for the owner, a timelock.
    function setReserveMaxAge(uint32 maxAgeSeconds) external;

    /* VIEWS */

    /// @notice Says for each order whether a report with these orders would mint it now, the reserve rule left out.
    /// @dev The reserve rule needs the proof that comes with the report. A policy that fails instead of refusing is
    ///      reported as `POLICY_REJECTED`; a real report with that order would revert.
    function preview(Order[] calldata orders) external view returns (Verdict[] memory verdicts);

    /// @notice Returns keccak256(abi.encode(account, amount)) of the minted reference, zero when it is unused.
    function mintOf(bytes32 bankRef) external view returns (bytes32);

    /// @notice Returns the liability in base units: everything issued and not redeemed, on whichever chain it is now.
    function totalSupply() external view returns (uint256);

    /// @notice Returns the cap per window and what the current window has used, in base units and unix seconds.
    function mintWindow()
        external
        view
        returns (uint256 capPerWindow, uint64 windowSeconds, uint256 usedInWindow, uint64 windowStart);

    /// @notice Returns the greatest age of a reserve proof, in seconds.
    function reserveMaxAge() external view returns (uint64);

    /// @notice Returns the basket's token.
    function token() external view returns (address);

    /// @notice Returns the basket's reserve feed.
    function reserveFeed() external view returns (address);

    /// @notice Returns the only contract that may deliver reports.
    function forwarder() external view returns (address);

    /// @notice Returns the owner of the only workflow whose reports are accepted.
    function workflowOwner() external view returns (address);

    /// @notice Returns the name of that workflow as the DON encodes it: 10 hex characters of its SHA-256.
    function workflowName() external view returns (bytes10);

    /// @notice Returns how far ahead a report's `validUntil` may be, in seconds.
    function MAX_VALIDITY() external view returns (uint256);

    /// @notice Returns the greatest number of orders in one report.
    function MAX_ORDERS() external view returns (uint256);

    /// @notice Returns the gas that must be there before an order for a policy's refusal to count, until an order of
    ///         the report has been minted. With less the whole report reverts; a mint may get by with less.
    function ORDER_GAS() external view returns (uint256);

    /// @notice Returns the same for the orders after the first that was minted.
    function WARM_ORDER_GAS() external view returns (uint256);
}
