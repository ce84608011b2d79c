// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ReserveProof} from "../libraries/ReportCodec.sol";
import {ITypeAndVersion} from "./ITypeAndVersion.sol";
import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";

/// @notice What a report's orders are judged against, in base units.
/// @param liability Everything issued and neither redeemed nor written off.
/// @param room What is left of the cap in the current window.
/// @param proven The proven reserves; zero while `fresh` is false.
/// @param observedAt The source's time of the proof, at most the block's, unix seconds.
/// @param fresh Whether the proof is young enough to mint against.
/// @param used Bit i is set when the i-th reference asked about is used.
struct Books {
    uint256 liability;
    uint256 room;
    uint256 proven;
    uint64 observedAt;
    bool fresh;
    uint256 used;
}

/// @title ILiabilityLedger
/// @notice The books of one basket, for as long as its token exists: liability, references, limits, settlements and the
///         reserve proof, which any reader of a Chainlink data feed can read.
/// @dev One writer, the basket's consumer, which only the owner exchanges, in one slot: never two can write and never
///      none. The ledger is the only account that mints the token at home, so the liability is its total supply.
interface ILiabilityLedger is AggregatorV3Interface, ITypeAndVersion {
    /* EVENTS */

    /// @notice Emitted when an order was minted.
    event MintExecuted(bytes32 indexed bankRef, address indexed account, uint256 amount);
    /// @notice Emitted when a redemption was settled: its tokens are burnt and the liability has fallen.
    event Redeemed(bytes32 indexed id, address indexed account, uint256 amount, bytes32 indexed settlementRef);
    /// @notice Emitted when tokens were burnt by order, without a payment.
    event WrittenOff(bytes32 indexed orderRef, uint256 amount);
    /// @notice Emitted when another account becomes the writer.
    event WriterSet(address indexed previous, address indexed writer);
    /// @notice Emitted when a proof is accepted; the same event as Chainlink's aggregators emit.
    /// @param current The reserves in the token's base units.
    /// @param roundId The number of proofs accepted so far.
    /// @param updatedAt The source's time of the observation, at most the block's, unix seconds.
    event AnswerUpdated(int256 indexed current, uint256 indexed roundId, uint256 updatedAt);
    /// @notice Emitted when the cap per time window changes.
    event MintWindowSet(uint256 capPerWindow, uint64 windowSeconds);
    /// @notice Emitted when the greatest age of a reserve proof changes.
    event ReserveMaxAgeSet(uint64 maxAgeSeconds);

    /* ERRORS */

    /// @notice Thrown when anyone but the writer writes.
    error OnlyWriter(address caller);
    /// @notice Thrown when the ledger is wired a second time, or by anyone but its creator.
    error AlreadyWired();
    /// @notice Thrown when an address that must be set is zero, or a writer has no code.
    error InvalidAddress(address account);
    /// @notice Thrown to refuse a mint, see {Verdicts}.
    error OrderRefused(uint8 code);
    /// @notice Thrown when a proof claims to be observed more than {MAX_AHEAD} seconds in the future.
    error ProofFromFuture(uint256 observedAt);
    /// @notice Thrown when the proven amount does not fit 128 bits.
    error ReservesTooLarge(uint256 amount);
    /// @notice Thrown for more references than a report can have.
    error TooManyReferences(uint256 count);
    /// @notice Thrown when a round is asked for that is not stored: none yet, or not the latest.
    error NoDataPresent(uint80 roundId);
    /// @notice Thrown for a settlement without a reference, or with one that is used.
    error SettlementRefused(bytes32 settlementRef);
    /// @notice Thrown for a cap, window or age outside its bounds.
    error InvalidLimit(uint256 value);

    /* WRITING, BY THE CONSUMER */

    /// @notice Takes a report's proof and says what its orders are judged against; only for the writer.
    /// @dev Reports of concurrent runs may arrive in any order, so an older proof is no error: it is ignored, or, while
    ///      the newer one is ahead of the block, lowers it. Of two with equal time the lower counts.
    /// @param bankRefs The references of the report's orders, at most 256.
    function begin(ReserveProof calldata proof, bytes32[] calldata bankRefs) external returns (Books memory);

    /// @notice Mints one order and books it, or reverts with {OrderRefused}; only for the writer.
    function mint(bytes32 bankRef, address account, uint256 amount) external;

    /// @notice Burns what a redemption holds in escrow and lowers the liability by it; only for the writer.
    function settle(bytes32 id, bytes32 settlementRef) external;

    /* SETTINGS, BY THE OWNER */

    /// @notice Burns tokens of the owner, a timelock, by order and without a payment; needs its allowance.
    function writeOff(uint256 amount, bytes32 orderRef) external;

    /// @notice Puts another consumer in the place of the writer; only for the owner.
    function setWriter(address writer) external;

    /// @notice Sets the cap per time window; only for the owner.
    /// @param capPerWindow The cap in base units, not zero.
    /// @param windowSeconds The length of a window, counted from the unix epoch: an hour to 30 days.
    function setMintWindow(uint96 capPerWindow, uint24 windowSeconds) external;

    /// @notice Sets the greatest age of a reserve proof, a minute to a day; only for the owner.
    function setReserveMaxAge(uint32 maxAgeSeconds) external;

    /// @notice Names writer and desk; once, for the factory, in the transaction that creates the ledger.
    function wire(address writer, address desk) external;

    /* VIEWS */

    /// @notice Returns what orders with these references would be judged against in this block.
    function look(bytes32[] calldata bankRefs) external view returns (Books memory);

    /// @notice Returns everything issued and neither redeemed nor written off, in base units, on whichever chain it is.
    function liability() external view returns (uint256);

    /// @notice Returns what was minted under a reference, and in which block; zeros when it is unused.
    /// @return digest The first 25 bytes of keccak256(abi.encode(account, amount)), then 7 zeros.
    function mintOf(bytes32 bankRef) external view returns (bytes32 digest, uint48 blockNumber);

    /// @notice Returns the redemption that a settlement's reference has paid, zero when it is unused.
    function settlementOf(bytes32 settlementRef) external view returns (bytes32 id);

    /// @notice Returns the last accepted proof, both values zero when there is none; its time is at most the block's.
    function latestProof() external view returns (ReserveProof memory);

    /// @notice Returns the cap per window and what the current window has used, in base units and unix seconds.
    function mintWindow()
        external
        view
        returns (uint256 capPerWindow, uint64 windowSeconds, uint256 usedInWindow, uint64 windowStart);

    /// @notice Returns the greatest age of a reserve proof, in seconds.
    function reserveMaxAge() external view returns (uint64);

    /// @notice Returns the only account that writes: the basket's present consumer.
    function writer() external view returns (address);

    /// @notice Returns the desk whose escrow is redeemed.
    function desk() external view returns (address);

    /// @notice Returns the token whose books these are.
    function token() external view returns (address);

    /// @notice Returns how far ahead of the block the source's clock may be, in seconds.
    function MAX_AHEAD() external view returns (uint256);
}
