// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Books, ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IRedemptionDesk} from "./interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {ReserveProof} from "./libraries/ReportCodec.sol";
import {Verdicts} from "./libraries/Verdicts.sol";
import {AggregatorV3Interface} from "@chainlink/contracts/src/v0.8/shared/interfaces/AggregatorV3Interface.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title LiabilityLedger
/// @notice The books of one basket; they outlive its consumers.
contract LiabilityLedger is ILiabilityLedger, Ownable2Step {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "LiabilityLedger 1.0.0";
    /// @inheritdoc ILiabilityLedger
    uint256 public constant MAX_AHEAD = 120;
    /// @inheritdoc AggregatorV3Interface
    uint256 public constant version = 1;

    uint256 private constant MIN_WINDOW = 1 hours;
    uint256 private constant MAX_WINDOW = 30 days;
    uint256 private constant MIN_RESERVE_AGE = 1 minutes;
    uint256 private constant MAX_RESERVE_AGE = 1 days;
    /// @dev Bits of {Books-used}.
    uint256 private constant MAX_REFERENCES = 256;

    /// @dev A reference's entry: digest 200 bits, block 48, kind 8.
    uint256 private constant DIGEST_MASK = ~uint256(type(uint56).max);
    uint256 private constant KIND_MINT = 1;

    // Four slots, so packed that a report reads the first three once and the last when a window begins.
    struct Control {
        address writer;
        uint40 windowStart;
        uint24 windowSeconds;
        uint32 reserveMaxAge;
    }

    /// @dev What is left of the cap and not what is used of it: so a mint need not read the cap. Below zero once the cap
    ///      was lowered under what the window has used.
    struct Sums {
        uint128 liability;
        int128 room;
    }

    struct Proof {
        uint128 amount;
        uint64 observedAt;
        uint64 round;
    }

    struct Limits {
        uint96 cap;
        address desk;
    }

    /// @inheritdoc ILiabilityLedger
    address public immutable token;
    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable decimals;
    address private immutable _creator;

    Control private _control;
    Sums private _sums;
    Proof private _proof;
    Limits private _limits;
    mapping(bytes32 bankRef => uint256 entry) private _entryOf;
    /// @inheritdoc ILiabilityLedger
    mapping(bytes32 settlementRef => bytes32 id) public settlementOf;

    modifier onlyWriter() {
        if (msg.sender != _control.writer) revert OnlyWriter(msg.sender);
        _;
    }

    /// @param token_ The basket's token, whose decimals the feed takes over.
    /// @param owner_ A timelock: exchanges the writer and sets the limits.
    /// @param capPerWindow See {setMintWindow}.
    /// @param windowSeconds See {setMintWindow}.
    /// @param maxAgeSeconds See {setReserveMaxAge}.
    constructor(address token_, address owner_, uint96 capPerWindow, uint24 windowSeconds, uint32 maxAgeSeconds)
        Ownable(owner_)
    {
        token = token_;
        decimals = IERC20Metadata(token_).decimals();
        _creator = msg.sender;
        _setMintWindow(capPerWindow, windowSeconds);
        _setReserveMaxAge(maxAgeSeconds);
    }

    /// @inheritdoc ILiabilityLedger
    function wire(address writer_, address desk_) external {
        if (msg.sender != _creator || _control.writer != address(0)) revert AlreadyWired();
        if (desk_ == address(0)) revert InvalidAddress(desk_);
        _limits.desk = desk_;
        _setWriter(writer_);
    }

    /* WRITING, BY THE CONSUMER */

    /// @inheritdoc ILiabilityLedger
    function begin(ReserveProof calldata proof, bytes32[] calldata bankRefs) external returns (Books memory) {
        Control memory control = _control;
        if (msg.sender != control.writer) revert OnlyWriter(msg.sender);
        return _books(control, _record(proof), bankRefs);
    }

    /// @inheritdoc ILiabilityLedger
    function mint(bytes32 bankRef, address account, uint256 amount) external {
        Control memory control = _control;
        if (msg.sender != control.writer) revert OnlyWriter(msg.sender);
        if (_entryOf[bankRef] != 0) revert OrderRefused(Verdicts.REFERENCE_USED);

        Sums memory sums = _sums;
        bool windowIsOver = _isOver(control);
        if (windowIsOver) {
            sums.room = int128(uint128(_limits.cap));
            _control.windowStart = _windowStart(control.windowSeconds);
        }
        if (amount > _positive(sums.room)) revert OrderRefused(Verdicts.WINDOW_CAP_EXCEEDED);
        Proof memory proof = _proof;
        if (!_isFresh(proof, control)) revert OrderRefused(Verdicts.RESERVE_STALE);
        // Nothing overflows: the amount is at most the room, of 96 bits, and the sum at most the proof.
        unchecked {
            uint256 total = sums.liability + amount;
            if (total > proof.amount) revert OrderRefused(Verdicts.RESERVE_INSUFFICIENT);
            _sums = Sums(uint128(total), sums.room - int128(int256(amount)));
        }
        _entryOf[bankRef] =
            (uint256(keccak256(abi.encode(account, amount))) & DIGEST_MASK) | (uint48(block.number) << 8) | KIND_MINT;
        emit MintExecuted(bankRef, account, amount);
        IStablecoin(token).mint(account, amount);
    }

    /// @inheritdoc ILiabilityLedger
    function settle(bytes32 id, bytes32 settlementRef) external onlyWriter {
        if (settlementRef == 0 || settlementOf[settlementRef] != 0) revert SettlementRefused(settlementRef);
        settlementOf[settlementRef] = id;
        (address account, uint256 amount) = IRedemptionDesk(_limits.desk).take(id);
        _sums.liability -= uint128(amount);
        IStablecoin(token).burn(amount);
        emit Redeemed(id, account, amount, settlementRef);
    }

    /* SETTINGS, BY THE OWNER */

    /// @inheritdoc ILiabilityLedger
    function writeOff(uint256 amount, bytes32 orderRef) external onlyOwner {
        _sums.liability -= uint128(amount);
        IStablecoin(token).burnFrom(msg.sender, amount);
        emit WrittenOff(orderRef, amount);
    }

    /// @inheritdoc ILiabilityLedger
    function setWriter(address writer_) external onlyOwner {
        _setWriter(writer_);
    }

    /// @inheritdoc ILiabilityLedger
    function setMintWindow(uint96 capPerWindow, uint24 windowSeconds) external onlyOwner {
        _setMintWindow(capPerWindow, windowSeconds);
    }

    /// @inheritdoc ILiabilityLedger
    function setReserveMaxAge(uint32 maxAgeSeconds) external onlyOwner {
        _setReserveMaxAge(maxAgeSeconds);
    }

    /* VIEWS: BOOKS */

    /// @inheritdoc ILiabilityLedger
    function look(bytes32[] calldata bankRefs) external view returns (Books memory) {
        return _books(_control, _proof, bankRefs);
    }

    /// @inheritdoc ILiabilityLedger
    function liability() external view returns (uint256) {
        return _sums.liability;
    }

    /// @inheritdoc ILiabilityLedger
    function mintOf(bytes32 bankRef) external view returns (bytes32 digest, uint48 blockNumber) {
        uint256 entry = _entryOf[bankRef];
        return (bytes32(entry & DIGEST_MASK), uint48(entry >> 8));
    }

    /// @inheritdoc ILiabilityLedger
    function mintWindow()
        external
        view
        returns (uint256 capPerWindow, uint64 windowSeconds, uint256 usedInWindow, uint64 windowStart)
    {
        Control memory control = _control;
        capPerWindow = _limits.cap;
        windowSeconds = control.windowSeconds;
        windowStart = _isOver(control) ? _windowStart(control.windowSeconds) : control.windowStart;
        usedInWindow = _used(control);
    }

    /// @inheritdoc ILiabilityLedger
    function reserveMaxAge() external view returns (uint64) {
        return _control.reserveMaxAge;
    }

    /// @inheritdoc ILiabilityLedger
    function writer() external view returns (address) {
        return _control.writer;
    }

    /// @inheritdoc ILiabilityLedger
    function desk() external view returns (address) {
        return _limits.desk;
    }

    /* VIEWS: FEED */

    /// @inheritdoc ILiabilityLedger
    function latestProof() external view returns (ReserveProof memory) {
        return ReserveProof(_proof.amount, _seen(_proof.observedAt));
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(_proof.round);
    }

    /// @inheritdoc AggregatorV3Interface
    /// @dev Only the latest round is stored; earlier ones are in the `AnswerUpdated` events.
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        return _roundData(roundId);
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view returns (string memory) {
        return string.concat(IERC20Metadata(token).symbol(), " reserves");
    }

    /* PROOF */

    /// @dev Keeps the proof that counts, see {begin}, and returns it.
    function _record(ReserveProof calldata next) private returns (Proof memory last) {
        if (next.observedAt > block.timestamp + MAX_AHEAD) revert ProofFromFuture(next.observedAt);
        if (next.amount > type(uint128).max) revert ReservesTooLarge(next.amount);

        last = _proof;
        if (next.observedAt <= last.observedAt) {
            bool doubtful = next.observedAt == last.observedAt || last.observedAt > block.timestamp;
            if (!doubtful || next.amount >= last.amount) return last;
        } else {
            last.observedAt = next.observedAt;
        }
        last.amount = uint128(next.amount);
        ++last.round;
        _proof = last;
        emit AnswerUpdated(int256(next.amount), last.round, _seen(last.observedAt));
    }

    /// @dev The time of an observation for everybody else: a source's clock that is ahead is not passed on.
    function _seen(uint64 observedAt) private view returns (uint64) {
        return observedAt < block.timestamp ? observedAt : uint64(block.timestamp);
    }

    function _isFresh(Proof memory proof, Control memory control) private view returns (bool) {
        return block.timestamp <= uint256(proof.observedAt) + control.reserveMaxAge;
    }

    /// @dev Returns (round, answer, startedAt, updatedAt, answeredInRound) of the latest round, if that is asked for.
    function _roundData(uint80 roundId) private view returns (uint80, int256, uint256, uint256, uint80) {
        Proof memory proof = _proof;
        if (roundId == 0 || roundId != proof.round) revert NoDataPresent(roundId);
        uint256 updatedAt = _seen(proof.observedAt);
        return (roundId, int256(uint256(proof.amount)), updatedAt, updatedAt, roundId);
    }

    /* BOOKS */

    function _books(Control memory control, Proof memory proof, bytes32[] calldata bankRefs)
        private
        view
        returns (Books memory books)
    {
        uint256 count = bankRefs.length;
        if (count > MAX_REFERENCES) revert TooManyReferences(count);
        books.liability = _sums.liability;
        books.room = _positive(_room(control));
        books.observedAt = _seen(proof.observedAt);
        books.fresh = _isFresh(proof, control);
        if (books.fresh) books.proven = proof.amount;
        for (uint256 i = 0; i < count; ++i) {
            if (_entryOf[bankRefs[i]] != 0) books.used |= 1 << i;
        }
    }

    /* LIMITS */

    function _isOver(Control memory control) private view returns (bool) {
        return block.timestamp >= uint256(control.windowStart) + control.windowSeconds;
    }

    function _windowStart(uint256 windowSeconds) private view returns (uint40) {
        return uint40(block.timestamp - block.timestamp % windowSeconds);
    }

    function _room(Control memory control) private view returns (int128) {
        return _isOver(control) ? int128(uint128(_limits.cap)) : _sums.room;
    }

    function _used(Control memory control) private view returns (uint256) {
        return uint128(int128(uint128(_limits.cap)) - _room(control));
    }

    function _positive(int128 room) private pure returns (uint256) {
        return room < 0 ? 0 : uint128(room);
    }

    function _setWriter(address writer_) private {
        if (writer_.code.length == 0) revert InvalidAddress(writer_);
        emit WriterSet(_control.writer, writer_);
        _control.writer = writer_;
    }

    /// @dev Use in the current window is carried into the new one, so a change never hands out a second cap.
    function _setMintWindow(uint96 capPerWindow, uint24 windowSeconds) private {
        if (capPerWindow == 0) revert InvalidLimit(capPerWindow);
        if (windowSeconds < MIN_WINDOW || windowSeconds > MAX_WINDOW) revert InvalidLimit(windowSeconds);
        _sums.room = int128(uint128(capPerWindow)) - int128(uint128(_used(_control)));
        _limits.cap = capPerWindow;
        _control.windowSeconds = windowSeconds;
        _control.windowStart = _windowStart(windowSeconds);
        emit MintWindowSet(capPerWindow, windowSeconds);
    }

    function _setReserveMaxAge(uint32 maxAgeSeconds) private {
        if (maxAgeSeconds < MIN_RESERVE_AGE || maxAgeSeconds > MAX_RESERVE_AGE) revert InvalidLimit(maxAgeSeconds);
        _control.reserveMaxAge = maxAgeSeconds;
        emit ReserveMaxAgeSet(maxAgeSeconds);
    }
}
