// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title StablecoinERC20
/// @notice The stablecoin of one basket. Its admin is a timelock; the basket's admin freezes and pauses, no more.
/// @dev One word per account holds its balance and whether it is frozen, so that the freeze costs no storage read. The
///      balances of OpenZeppelin's ERC20 stay unused.
contract StablecoinERC20 is IStablecoin, ERC20, EIP712, Nonces, AccessControl {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "StablecoinERC20 1.0.0";
    /// @notice May destroy tokens it holds or is allowed to spend: the ledger at home, a bridge's pool elsewhere.
    bytes32 public constant BURNER_ROLE = keccak256("BURNER_ROLE");
    /// @notice Freezes and frees accounts: the basket's admin.
    bytes32 public constant FREEZER_ROLE = keccak256("FREEZER_ROLE");
    /// @notice Pauses transfers: the basket's admin and the guardian.
    bytes32 public constant PAUSER_ROLE = keccak256("PAUSER_ROLE");
    /// @notice Most accounts that one call freezes or frees.
    uint256 public constant MAX_ACCOUNTS = 100;

    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant RECEIVE_TYPEHASH = keccak256(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

    /// @dev Where the terms of an authorized transfer, see {Authorized}, are in the call data.
    uint256 private constant TERMS_BEGIN = 4;
    uint256 private constant TERMS_END = TERMS_BEGIN + 6 * 32;

    /// @dev Bits of an account's word; the lower 128 are its balance.
    uint256 private constant FROZEN = 1 << 255;
    uint256 private constant SYSTEM = 1 << 254;
    uint256 private constant BALANCE = type(uint128).max;

    uint8 private immutable _decimals;
    address private immutable _creator;

    mapping(address account => uint256 word) private _wordOf;
    uint128 private _supply;
    /// @inheritdoc IStablecoin
    bool public transfersPaused;
    bool private _wired;
    address private _ccipAdmin;
    /// @inheritdoc IStablecoin
    mapping(address minter => uint256) public mintAllowance;
    /// @inheritdoc IStablecoin
    mapping(address authorizer => mapping(bytes32 nonce => bool)) public authorizationState;

    /// @notice Who governs a token.
    /// @param admin Receives DEFAULT_ADMIN_ROLE, which seizes, appoints minters, grants roles, and registers with CCIP.
    /// @param officer Receives FREEZER_ROLE and PAUSER_ROLE.
    /// @param guardian Receives PAUSER_ROLE.
    /// @param creator May call {wire} once; zero for a token that is wired by its admin.
    struct Parties {
        address admin;
        address officer;
        address guardian;
        address creator;
    }

    /// @param name_ The token's name.
    /// @param symbol_ The token's symbol.
    /// @param decimals_ The token's decimals, fixed for ever.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, Parties memory parties)
        ERC20(name_, symbol_)
        EIP712(name_, "1")
    {
        _decimals = decimals_;
        _creator = parties.creator;
        _ccipAdmin = parties.admin;
        _grantRole(DEFAULT_ADMIN_ROLE, parties.admin);
        // Otherwise the officer could freeze what an order has seized, and with it the order.
        _setSystemAccount(parties.admin, true);
        _grantRole(FREEZER_ROLE, parties.officer);
        _grantRole(PAUSER_ROLE, parties.officer);
        _grantRole(PAUSER_ROLE, parties.guardian);
    }

    /// @inheritdoc IStablecoin
    function wire(address ledger, address desk) external {
        if (msg.sender != _creator || _wired) revert AlreadyWired();
        _wired = true;
        _setMintAllowance(ledger, type(uint256).max);
        _grantRole(BURNER_ROLE, ledger);
        _setSystemAccount(ledger, true);
        _setSystemAccount(desk, true);
    }

    /* MINT AND BURN */

    /// @inheritdoc IStablecoin
    function mint(address account, uint256 amount) external {
        uint256 allowed = mintAllowance[msg.sender];
        if (allowed != type(uint256).max) {
            // Nothing is an amount, too, for a stranger.
            if (allowed == 0 || amount > allowed) revert MintAllowanceExceeded(msg.sender, allowed, amount);
            mintAllowance[msg.sender] = allowed - amount;
        }
        _mint(account, amount);
    }

    /// @inheritdoc IStablecoin
    function burn(uint256 amount) external onlyRole(BURNER_ROLE) {
        _burn(msg.sender, amount);
    }

    /// @inheritdoc IStablecoin
    function burnFrom(address account, uint256 amount) external onlyRole(BURNER_ROLE) {
        _spendAllowance(account, msg.sender, amount);
        _burn(account, amount);
    }

    /* HOLDERS' CONTROLS */

    /// @inheritdoc IStablecoin
    function freeze(address account) external onlyRole(FREEZER_ROLE) {
        _freeze(account);
    }

    /// @inheritdoc IStablecoin
    function unfreeze(address account) external onlyRole(FREEZER_ROLE) {
        _unfreeze(account);
    }

    /// @inheritdoc IStablecoin
    function freezeMany(address[] calldata accounts) external onlyRole(FREEZER_ROLE) {
        if (accounts.length > MAX_ACCOUNTS) revert TooManyAccounts(accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            _freeze(accounts[i]);
        }
    }

    /// @inheritdoc IStablecoin
    function unfreezeMany(address[] calldata accounts) external onlyRole(FREEZER_ROLE) {
        if (accounts.length > MAX_ACCOUNTS) revert TooManyAccounts(accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            _unfreeze(accounts[i]);
        }
    }

    /// @inheritdoc IStablecoin
    function setTransfersPaused(bool paused) external onlyRole(PAUSER_ROLE) {
        transfersPaused = paused;
        emit TransfersPaused(paused);
    }

    /// @inheritdoc IStablecoin
    function seize(address from, address to, uint256 amount, bytes32 orderRef) external onlyRole(DEFAULT_ADMIN_ROLE) {
        if (!isFrozen(from)) revert NotFrozen(from);
        if (to == address(0)) revert ERC20InvalidReceiver(to);
        _requireReceiver(to);
        _move(from, to, amount);
        emit Seized(orderRef, from, to, amount);
    }

    /// @inheritdoc IStablecoin
    function rescue(address foreignToken, address to, uint256 amount) external onlyRole(DEFAULT_ADMIN_ROLE) {
        emit Rescued(foreignToken, to, amount);
        SafeERC20.safeTransfer(IERC20(foreignToken), to, amount);
    }

    /* SETTINGS */

    /// @inheritdoc IStablecoin
    function setMintAllowance(address minter, uint256 amount) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setMintAllowance(minter, amount);
    }

    /// @inheritdoc IStablecoin
    function setSystemAccount(address account, bool isSystem) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setSystemAccount(account, isSystem);
    }

    /// @inheritdoc IStablecoin
    function setCCIPAdmin(address newAdmin) external onlyRole(DEFAULT_ADMIN_ROLE) {
        emit CCIPAdminSet(_ccipAdmin, newAdmin);
        _ccipAdmin = newAdmin;
    }

    /* TRANSFERS AND ALLOWANCES */

    /// @inheritdoc IERC20
    function transferFrom(address from, address to, uint256 value) public override(ERC20, IERC20) returns (bool) {
        _requireFree(msg.sender);
        return super.transferFrom(from, to, value);
    }

    /// @inheritdoc IERC20
    function approve(address spender, uint256 value) public override(ERC20, IERC20) returns (bool) {
        _requireFree(msg.sender);
        return super.approve(spender, value);
    }

    /* SIGNATURES */

    /// @inheritdoc IERC20Permit
    function permit(address owner, address spender, uint256 value, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
    {
        _permit(owner, spender, value, deadline, abi.encodePacked(r, s, v));
    }

    /// @inheritdoc IStablecoin
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature)
        external
    {
        _permit(owner, spender, value, deadline, signature);
    }

    /// @inheritdoc IStablecoin
    function transferWithAuthorization(address, address, uint256, uint256, uint256, bytes32, bytes calldata signature)
        external
    {
        _transferAuthorized(TRANSFER_TYPEHASH, msg.data[TERMS_BEGIN:TERMS_END], signature);
    }

    /// @inheritdoc IStablecoin
    function transferWithAuthorization(
        address,
        address,
        uint256,
        uint256,
        uint256,
        bytes32,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        _transferAuthorized(TRANSFER_TYPEHASH, msg.data[TERMS_BEGIN:TERMS_END], abi.encodePacked(r, s, v));
    }

    /// @inheritdoc IStablecoin
    function receiveWithAuthorization(address, address to, uint256, uint256, uint256, bytes32, bytes calldata signature)
        external
    {
        if (msg.sender != to) revert OnlyPayee(msg.sender);
        _transferAuthorized(RECEIVE_TYPEHASH, msg.data[TERMS_BEGIN:TERMS_END], signature);
    }

    /// @inheritdoc IStablecoin
    function receiveWithAuthorization(
        address,
        address to,
        uint256,
        uint256,
        uint256,
        bytes32,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external {
        if (msg.sender != to) revert OnlyPayee(msg.sender);
        _transferAuthorized(RECEIVE_TYPEHASH, msg.data[TERMS_BEGIN:TERMS_END], abi.encodePacked(r, s, v));
    }

    /// @inheritdoc IStablecoin
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external {
        _cancelAuthorization(authorizer, nonce, signature);
    }

    /// @inheritdoc IStablecoin
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external {
        _cancelAuthorization(authorizer, nonce, abi.encodePacked(r, s, v));
    }

    /* VIEWS */

    /// @inheritdoc IERC20
    function totalSupply() public view override(ERC20, IERC20) returns (uint256) {
        return _supply;
    }

    /// @inheritdoc IERC20
    function balanceOf(address account) public view override(ERC20, IERC20) returns (uint256) {
        return _wordOf[account] & BALANCE;
    }

    /// @inheritdoc IERC20Metadata
    function decimals() public view override(ERC20, IERC20Metadata) returns (uint8) {
        return _decimals;
    }

    /// @inheritdoc IStablecoin
    function isFrozen(address account) public view returns (bool) {
        return _wordOf[account] & FROZEN != 0;
    }

    /// @inheritdoc IStablecoin
    function isSystemAccount(address account) external view returns (bool) {
        return _wordOf[account] & SYSTEM != 0;
    }

    /// @inheritdoc IStablecoin
    function getCCIPAdmin() external view returns (address) {
        return _ccipAdmin;
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(IERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @inheritdoc IERC20Permit
    // forge-lint: disable-next-line(mixed-case-function)
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /* INTERNALS: MOVING */

    /// @dev Every transfer, mint and burn comes through here; only {seize} does not.
    function _update(address from, address to, uint256 value) internal override {
        if (from == address(0)) {
            if (to == address(this)) revert ERC20InvalidReceiver(to);
            uint256 word = _wordOf[to];
            if (word & FROZEN != 0) revert AccountFrozen(to);
            uint256 supply = _supply + value;
            if (supply > type(uint128).max) revert SupplyTooLarge(supply);
            _supply = uint128(supply);
            // A balance is at most the supply.
            unchecked {
                _wordOf[to] = word + value;
            }
            emit Transfer(from, to, value);
        } else if (to == address(0)) {
            _requireFree(from);
            _take(from, value);
            // A balance is at most the supply.
            unchecked {
                _supply -= uint128(value);
            }
            emit Transfer(from, to, value);
        } else {
            _requireFree(from);
            _requireReceiver(to);
            if (transfersPaused && _wordOf[from] & _wordOf[to] & SYSTEM == 0) revert TransfersArePaused();
            _move(from, to, value);
        }
    }

    function _move(address from, address to, uint256 value) private {
        _take(from, value);
        _wordOf[to] += value;
        emit Transfer(from, to, value);
    }

    function _take(address from, uint256 value) private {
        uint256 word = _wordOf[from];
        uint256 balance = word & BALANCE;
        if (balance < value) revert ERC20InsufficientBalance(from, balance, value);
        unchecked {
            _wordOf[from] = word - value;
        }
    }

    function _requireFree(address account) private view {
        if (isFrozen(account)) revert AccountFrozen(account);
    }

    /// @dev Tokens of its own are of no use to the token, and nobody could take them out again.
    function _requireReceiver(address account) private view {
        if (account == address(this)) revert ERC20InvalidReceiver(account);
        _requireFree(account);
    }

    /* INTERNALS: CONTROLS */

    function _freeze(address account) private {
        uint256 word = _wordOf[account];
        if (word & SYSTEM != 0) revert SystemAccount(account);
        if (word & FROZEN != 0) return;
        _wordOf[account] = word | FROZEN;
        emit Frozen(account);
    }

    function _unfreeze(address account) private {
        if (!isFrozen(account)) return;
        _wordOf[account] &= ~FROZEN;
        emit Unfrozen(account);
    }

    function _setMintAllowance(address minter, uint256 amount) private {
        mintAllowance[minter] = amount;
        emit MintAllowanceSet(minter, amount);
    }

    function _setSystemAccount(address account, bool isSystem) private {
        uint256 word = _wordOf[account];
        if (word & FROZEN != 0) revert SystemAccount(account);
        _wordOf[account] = isSystem ? word | SYSTEM : word & ~SYSTEM;
        emit SystemAccountSet(account, isSystem);
    }

    /* INTERNALS: SIGNATURES */

    /// @dev The terms of an authorized transfer.
    struct Authorized {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    function _permit(address owner, address spender, uint256 value, uint256 deadline, bytes memory signature) private {
        if (block.timestamp > deadline) revert SignatureNotValidNow(0, deadline);
        _requireFree(owner);
        _requireSigned(owner, abi.encode(PERMIT_TYPEHASH, owner, spender, value, _useNonce(owner), deadline), signature);
        _approve(owner, spender, value);
    }

    /// @param terms The {Authorized} part of the call data; behind its type it is what was signed.
    function _transferAuthorized(bytes32 typeHash, bytes calldata terms, bytes memory signature) private {
        Authorized memory it = abi.decode(terms, (Authorized));
        if (block.timestamp <= it.validAfter || block.timestamp >= it.validBefore) {
            revert SignatureNotValidNow(it.validAfter, it.validBefore);
        }
        _spendAuthorization(it.from, it.nonce);
        _requireSigned(it.from, abi.encodePacked(typeHash, terms), signature);
        emit AuthorizationUsed(it.from, it.nonce);
        _transfer(it.from, it.to, it.value);
    }

    function _cancelAuthorization(address authorizer, bytes32 nonce, bytes memory signature) private {
        _spendAuthorization(authorizer, nonce);
        _requireSigned(authorizer, abi.encode(CANCEL_TYPEHASH, authorizer, nonce), signature);
        emit AuthorizationCanceled(authorizer, nonce);
    }

    function _spendAuthorization(address authorizer, bytes32 nonce) private {
        if (authorizationState[authorizer][nonce]) revert AuthorizationSpent(authorizer, nonce);
        authorizationState[authorizer][nonce] = true;
    }

    function _requireSigned(address account, bytes memory terms, bytes memory signature) private view {
        bytes32 digest = _hashTypedDataV4(keccak256(terms));
        if (!SignatureChecker.isValidSignatureNow(account, digest, signature)) revert InvalidSignature(account);
    }
}
