// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice Where a request stands.
enum RequestState {
    NONE,
    REQUESTED,
    ACCEPTED,
    REDEEMED,
    RETURNED,
    CANCELLED,
    FORFEITED
}

/// @notice One request for redemption.
/// @param account The holder.
/// @param since When its state last changed, unix seconds.
/// @param state Where it stands.
/// @param amount The tokens in escrow, in base units.
struct Request {
    address account;
    uint40 since;
    RequestState state;
    uint128 amount;
}

/// @title IRedemptionDesk
/// @notice Holds tokens that their holders want to be paid for, until the bank has paid.
/// @dev REQUESTED → ACCEPTED → REDEEMED or RETURNED; REQUESTED → CANCELLED by the holder, or FORFEITED by order. Accepted
///      is the bank's debt: nobody can cancel or take it. One id, one amount, one payment.
interface IRedemptionDesk is ITypeAndVersion {
    /* EVENTS */

    /// @notice Emitted when a holder asks for redemption; the tokens are in escrow.
    /// @param payoutRef Hash of the instruction where to pay, which only holder and bank know.
    event RedemptionRequested(bytes32 indexed id, address indexed account, uint256 amount, bytes32 indexed payoutRef);
    /// @notice Emitted when the bank has accepted a request.
    event RedemptionAccepted(bytes32 indexed id, address indexed account, uint256 amount);
    /// @notice Emitted when the bank gives the tokens back.
    event RedemptionReturned(bytes32 indexed id, address indexed account, uint256 amount, bytes32 reason);
    /// @notice Emitted when the holder takes the tokens back.
    event RedemptionCancelled(bytes32 indexed id, address indexed account, uint256 amount);
    /// @notice Emitted when escrow of an open request is moved by order.
    event RedemptionForfeited(bytes32 indexed id, bytes32 indexed orderRef, address indexed to, uint256 amount);
    /// @notice Emitted when tokens that belong to no request are taken out.
    event SurplusSwept(address indexed to, uint256 amount);

    /* ERRORS */

    /// @notice Thrown when anyone but the desk itself calls {executeRequest}.
    error OnlySelf(address caller);
    /// @notice Thrown when anyone but the basket's consumer takes a step.
    error OnlyWriter(address caller);
    /// @notice Thrown when anyone but the basket's ledger takes escrow.
    error OnlyLedger(address caller);
    /// @notice Thrown when anyone but the request's holder cancels it.
    error OnlyHolder(address caller);
    /// @notice Thrown when a request is made a second time.
    error RequestExists(bytes32 id);
    /// @notice Thrown when a request is not in the state that a step needs.
    error WrongState(bytes32 id, RequestState state);
    /// @notice Thrown for an amount of zero or beyond 128 bits.
    error InvalidAmount(uint256 amount);
    /// @notice Thrown when an accepted request is not yet old enough to be given back by the timelock.
    error NotStuck(uint256 until);
    /// @notice Thrown on every attempt to exchange the policy engine.
    error PolicyEngineFixed();

    /* BY HOLDERS */

    /// @notice Wires a fresh clone to its engine; by anybody, once: everything is in the clone's code.
    function initialize() external;

    /// @notice Puts the caller's tokens into escrow, out of his allowance.
    /// @param payoutRef Hash of the instruction where to pay.
    /// @param salt Tells equal requests apart.
    function request(uint256 amount, bytes32 payoutRef, bytes32 salt) external returns (bytes32 id);

    /// @notice The same for a holder who signed an ERC-3009 authorization to receive whose nonce is the request's id; so
    ///         that whoever carries it cannot choose where the money goes.
    /// @dev A second carrier's call reverts although the request stands: look the id up.
    function requestWithAuthorization(
        address account,
        uint256 amount,
        bytes32 payoutRef,
        bytes32 salt,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) external returns (bytes32 id);

    /// @notice Takes the tokens of an open request back; only for its holder.
    function cancel(bytes32 id) external;

    /// @notice Takes the tokens in under the policies of the desk; only callable by the desk itself.
    /// @dev External because ACE reads the call data of the protected function.
    /// @param authorization Empty, or (validAfter, validBefore, signature) of the holder's authorization.
    function executeRequest(bytes32 id, address account, uint256 amount, bytes calldata authorization) external;

    /* BY THE BASKET */

    /// @notice Accepts an open request; only for the ledger's writer.
    function accept(bytes32 id) external;

    /// @notice Gives the tokens of an open or accepted request back; only for the ledger's writer.
    function giveBack(bytes32 id, bytes32 reason) external;

    /// @notice Hands the tokens of an accepted request to the ledger, which burns them; only for the ledger.
    function take(bytes32 id) external returns (address account, uint256 amount);

    /* BY THE TIMELOCK */

    /// @notice Gives back what was accepted more than 30 days ago and not settled; only for the owner.
    function returnStuck(bytes32 id) external;

    /// @notice Moves the escrow of an open request by order; only for the owner.
    function forfeit(bytes32 id, address to, bytes32 orderRef) external;

    /// @notice Takes out tokens that somebody sent without a request; only for the owner.
    function sweep(address to) external returns (uint256 amount);

    /* VIEWS */

    /// @notice Returns the id of a request, known before it is made: keccak256(abi.encode(chainId, desk, account, amount,
    ///         payoutRef, salt)).
    function requestId(address account, uint256 amount, bytes32 payoutRef, bytes32 salt) external view returns (bytes32);

    /// @notice Returns a request; all zero when there is none.
    function requestOf(bytes32 id) external view returns (Request memory);

    /// @notice Returns the sums in escrow of open and of accepted requests, in base units.
    function totals() external view returns (uint256 requested, uint256 accepted);

    /// @notice Returns the basket's ledger.
    function ledger() external view returns (address);

    /// @notice Returns the basket's token.
    function token() external view returns (address);
}
