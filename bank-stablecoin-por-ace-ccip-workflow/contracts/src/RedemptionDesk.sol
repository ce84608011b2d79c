// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IRedemptionDesk, Request, RequestState} from "./interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {CloneArguments} from "./libraries/CloneArguments.sol";
import {PolicyProtectedUpgradeable} from "@chainlink/policy-management/core/PolicyProtectedUpgradeable.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title RedemptionDesk
/// @notice The escrow of one basket's redemptions: a clone that carries its basket's addresses in its code.
contract RedemptionDesk is IRedemptionDesk, PolicyProtectedUpgradeable {
    using SafeERC20 for IStablecoin;

    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "RedemptionDesk 1.0.0";
    /// @notice How long the bank may leave an accepted request before the timelock may give it back.
    uint256 public constant STUCK_AFTER = 30 days;

    mapping(bytes32 id => Request) private _requests;
    uint128 private _requested;
    uint128 private _accepted;

    modifier onlySelf() {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _;
    }

    modifier onlyWriter() {
        if (msg.sender != ILiabilityLedger(ledger()).writer()) revert OnlyWriter(msg.sender);
        _;
    }

    /// @inheritdoc IRedemptionDesk
    function initialize() external initializer {
        __PolicyProtected_init(Ownable(ledger()).owner(), CloneArguments.read(CloneArguments.ENGINE));
    }

    /* BY HOLDERS */

    /// @inheritdoc IRedemptionDesk
    function request(uint256 amount, bytes32 payoutRef, bytes32 salt) external returns (bytes32 id) {
        id = requestId(msg.sender, amount, payoutRef, salt);
        this.executeRequest(id, msg.sender, amount, "");
        emit RedemptionRequested(id, msg.sender, amount, payoutRef);
    }

    /// @inheritdoc IRedemptionDesk
    function requestWithAuthorization(
        address account,
        uint256 amount,
        bytes32 payoutRef,
        bytes32 salt,
        uint256 validAfter,
        uint256 validBefore,
        bytes calldata signature
    ) external returns (bytes32 id) {
        id = requestId(account, amount, payoutRef, salt);
        this.executeRequest(id, account, amount, abi.encode(validAfter, validBefore, signature));
        emit RedemptionRequested(id, account, amount, payoutRef);
    }

    /// @inheritdoc IRedemptionDesk
    /// @dev Always with an empty context: nothing that a caller may store in advance reaches the policies.
    function executeRequest(bytes32 id, address account, uint256 amount, bytes calldata authorization)
        external
        onlySelf
        runPolicyWithContext(msg.data[0:0])
    {
        if (_requests[id].state != RequestState.NONE) revert RequestExists(id);
        if (amount == 0 || amount > type(uint128).max) revert InvalidAmount(amount);
        _requests[id] = Request(account, uint40(block.timestamp), RequestState.REQUESTED, uint128(amount));
        _requested += uint128(amount);
        if (authorization.length == 0) _token().safeTransferFrom(account, address(this), amount);
        else _receive(id, account, amount, authorization);
    }

    /// @inheritdoc IRedemptionDesk
    function cancel(bytes32 id) external {
        Request memory it = _requests[id];
        if (msg.sender != it.account) revert OnlyHolder(msg.sender);
        _end(id, it, RequestState.REQUESTED, RequestState.CANCELLED);
        emit RedemptionCancelled(id, it.account, it.amount);
        _token().safeTransfer(it.account, it.amount);
    }

    /* BY THE BASKET */

    /// @inheritdoc IRedemptionDesk
    function accept(bytes32 id) external onlyWriter {
        Request memory it = _requests[id];
        _end(id, it, RequestState.REQUESTED, RequestState.ACCEPTED);
        _accepted += it.amount;
        emit RedemptionAccepted(id, it.account, it.amount);
    }

    /// @inheritdoc IRedemptionDesk
    function giveBack(bytes32 id, bytes32 reason) external onlyWriter {
        _giveBack(id, _requests[id], reason);
    }

    /// @inheritdoc IRedemptionDesk
    function take(bytes32 id) external returns (address account, uint256 amount) {
        if (msg.sender != ledger()) revert OnlyLedger(msg.sender);
        Request memory it = _requests[id];
        _end(id, it, RequestState.ACCEPTED, RequestState.REDEEMED);
        _token().safeTransfer(msg.sender, it.amount);
        return (it.account, it.amount);
    }

    /* BY THE TIMELOCK */

    /// @inheritdoc IRedemptionDesk
    function returnStuck(bytes32 id) external onlyOwner {
        Request memory it = _requests[id];
        if (it.state != RequestState.ACCEPTED) revert WrongState(id, it.state);
        if (block.timestamp <= it.since + STUCK_AFTER) revert NotStuck(it.since + STUCK_AFTER);
        _giveBack(id, it, "stuck");
    }

    /// @inheritdoc IRedemptionDesk
    function forfeit(bytes32 id, address to, bytes32 orderRef) external onlyOwner {
        Request memory it = _requests[id];
        _end(id, it, RequestState.REQUESTED, RequestState.FORFEITED);
        emit RedemptionForfeited(id, orderRef, to, it.amount);
        _token().safeTransfer(to, it.amount);
    }

    /// @inheritdoc IRedemptionDesk
    function sweep(address to) external onlyOwner returns (uint256 amount) {
        amount = _token().balanceOf(address(this)) - _requested - _accepted;
        emit SurplusSwept(to, amount);
        _token().safeTransfer(to, amount);
    }

    /// @inheritdoc PolicyProtectedUpgradeable
    /// @dev Always reverts: the engine is chosen once, at creation.
    function attachPolicyEngine(address) external pure override {
        revert PolicyEngineFixed();
    }

    /* VIEWS */

    /// @inheritdoc IRedemptionDesk
    function requestId(address account, uint256 amount, bytes32 payoutRef, bytes32 salt) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), account, amount, payoutRef, salt));
    }

    /// @inheritdoc IRedemptionDesk
    function requestOf(bytes32 id) external view returns (Request memory) {
        return _requests[id];
    }

    /// @inheritdoc IRedemptionDesk
    function totals() external view returns (uint256 requested, uint256 accepted) {
        return (_requested, _accepted);
    }

    /// @inheritdoc IRedemptionDesk
    function ledger() public view returns (address) {
        return CloneArguments.read(CloneArguments.LEDGER);
    }

    /// @inheritdoc IRedemptionDesk
    function token() external view returns (address) {
        return address(_token());
    }

    /* INTERNALS */

    function _token() private view returns (IStablecoin) {
        return IStablecoin(CloneArguments.read(CloneArguments.TOKEN));
    }

    /// @dev Moves a request from one state to the next, and its amount out of the sum of the first.
    function _end(bytes32 id, Request memory it, RequestState from, RequestState to) private {
        if (it.state != from) revert WrongState(id, it.state);
        if (from == RequestState.REQUESTED) _requested -= it.amount;
        else _accepted -= it.amount;
        (_requests[id].state, _requests[id].since) = (to, uint40(block.timestamp));
    }

    function _giveBack(bytes32 id, Request memory it, bytes32 reason) private {
        bool isOpen = it.state == RequestState.REQUESTED;
        _end(id, it, isOpen ? RequestState.REQUESTED : RequestState.ACCEPTED, RequestState.RETURNED);
        emit RedemptionReturned(id, it.account, it.amount, reason);
        _token().safeTransfer(it.account, it.amount);
    }

    function _receive(bytes32 id, address account, uint256 amount, bytes calldata authorization) private {
        (uint256 validAfter, uint256 validBefore, bytes memory signature) =
            abi.decode(authorization, (uint256, uint256, bytes));
        _token().receiveWithAuthorization(account, address(this), amount, validAfter, validBefore, id, signature);
    }
}
