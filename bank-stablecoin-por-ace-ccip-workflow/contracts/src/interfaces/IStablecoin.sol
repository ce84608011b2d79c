// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title IStablecoin
/// @notice A reserve-backed ERC-20 with permits (ERC-2612) and authorized transfers (ERC-3009), both signed by a key or
///         by a contract (ERC-1271). Minted and burnt by the basket's ledger at home, by a bridge's pool elsewhere.
/// @dev A frozen account neither sends nor receives, is not minted to and spends no allowance. A pause of transfers stops
///      them but not minting. A system account (ledger, desk, a bridge's lock box) is never frozen or seized, and
///      tokens move between two of them in spite of a pause.
interface IStablecoin is IERC20Metadata, IERC20Permit, ITypeAndVersion {
    /* EVENTS */

    /// @notice Emitted when an account is frozen.
    event Frozen(address indexed account);
    /// @notice Emitted when an account is free again.
    event Unfrozen(address indexed account);
    /// @notice Emitted when transfers are paused or possible again.
    event TransfersPaused(bool paused);
    /// @notice Emitted when tokens of a frozen account are moved by order.
    event Seized(bytes32 indexed orderRef, address indexed from, address indexed to, uint256 amount);
    /// @notice Emitted when foreign tokens that were sent here by mistake are given back.
    event Rescued(address indexed foreignToken, address indexed to, uint256 amount);
    /// @notice Emitted when the amount that an account may still mint is set.
    event MintAllowanceSet(address indexed minter, uint256 amount);
    /// @notice Emitted when an account becomes a system account or is none any more.
    event SystemAccountSet(address indexed account, bool isSystem);
    /// @notice Emitted when the account that may register the token with CCIP changes.
    event CCIPAdminSet(address indexed previousAdmin, address indexed newAdmin);
    /// @notice Emitted when an authorization was used, as ERC-3009 has it.
    event AuthorizationUsed(address indexed authorizer, bytes32 indexed nonce);
    /// @notice Emitted when an authorization was cancelled, as ERC-3009 has it.
    event AuthorizationCanceled(address indexed authorizer, bytes32 indexed nonce);

    /* ERRORS */

    /// @notice Thrown when a frozen account is to send, receive, be minted to or spend.
    error AccountFrozen(address account);
    /// @notice Thrown when an account is to be seized that is not frozen.
    error NotFrozen(address account);
    /// @notice Thrown when a system account is to be frozen, or a frozen one to become a system account.
    error SystemAccount(address account);
    /// @notice Thrown for a transfer while transfers are paused.
    error TransfersArePaused();
    /// @notice Thrown for more accounts than one call may freeze.
    error TooManyAccounts(uint256 count);
    /// @notice Thrown when a minter mints more than it is allowed to.
    error MintAllowanceExceeded(address minter, uint256 allowed, uint256 amount);
    /// @notice Thrown when the supply would not fit 128 bits.
    error SupplyTooLarge(uint256 supply);
    /// @notice Thrown when the token is wired a second time, or by anyone but its creator.
    error AlreadyWired();
    /// @notice Thrown for a signature that is not the account's.
    error InvalidSignature(address account);
    /// @notice Thrown for a permit or an authorization outside its time.
    error SignatureNotValidNow(uint256 validAfter, uint256 validBefore);
    /// @notice Thrown when an authorization was used or cancelled before.
    error AuthorizationSpent(address authorizer, bytes32 nonce);
    /// @notice Thrown when somebody else than the payee receives with an authorization.
    error OnlyPayee(address caller);

    /* MINT AND BURN */

    /// @notice Creates `amount` base units for `account`, out of the caller's mint allowance.
    function mint(address account, uint256 amount) external;

    /// @notice Destroys `amount` base units of the caller; only for BURNER_ROLE.
    /// @dev A holder cannot burn on its own: a claim on the reserves would vanish without a redemption.
    function burn(uint256 amount) external;

    /// @notice Destroys `amount` base units of `account` out of the caller's allowance; only for BURNER_ROLE.
    function burnFrom(address account, uint256 amount) external;

    /* HOLDERS' CONTROLS */

    /// @notice Freezes an account; only for FREEZER_ROLE.
    function freeze(address account) external;

    /// @notice Frees an account; only for FREEZER_ROLE.
    function unfreeze(address account) external;

    /// @notice Freezes at most 100 accounts; only for FREEZER_ROLE.
    function freezeMany(address[] calldata accounts) external;

    /// @notice Frees at most 100 accounts; only for FREEZER_ROLE.
    function unfreezeMany(address[] calldata accounts) external;

    /// @notice Pauses transfers, not minting; only for PAUSER_ROLE.
    function setTransfersPaused(bool paused) external;

    /// @notice Moves tokens of a frozen account by order; only for DEFAULT_ADMIN_ROLE, a timelock.
    function seize(address from, address to, uint256 amount, bytes32 orderRef) external;

    /// @notice Gives foreign tokens back that were sent here by mistake; only for DEFAULT_ADMIN_ROLE.
    function rescue(address foreignToken, address to, uint256 amount) external;

    /* SETTINGS */

    /// @notice Sets how much an account may still mint: zero for nothing, the greatest number for no bound; only for
    ///         DEFAULT_ADMIN_ROLE.
    function setMintAllowance(address minter, uint256 amount) external;

    /// @notice Makes an account a system account or takes that back; only for DEFAULT_ADMIN_ROLE.
    function setSystemAccount(address account, bool isSystem) external;

    /// @notice Sets the account that may register the token with CCIP; only for DEFAULT_ADMIN_ROLE.
    function setCCIPAdmin(address newAdmin) external;

    /// @notice Lets `ledger` mint without bound and burn, and makes both system accounts; once, for the creator.
    function wire(address ledger, address desk) external;

    /* SIGNATURES */

    /// @notice As ERC-2612's permit, with a signature of any form: 65 bytes of a key, or what an ERC-1271 contract takes.
    function permit(address owner, address spender, uint256 value, uint256 deadline, bytes calldata signature) external;

    /// @notice Moves tokens with the payer's signature, as ERC-3009 has it.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice The same with the parts of a key's signature.
    function transferWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Moves tokens to the caller with the payer's signature, as ERC-3009 has it.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;

    /// @notice The same with the parts of a key's signature.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        uint8 v,
        bytes32 r,
        bytes32 s
    ) external;

    /// @notice Voids an authorization before it is used, with its signer's signature.
    function cancelAuthorization(address authorizer, bytes32 nonce, bytes calldata signature) external;

    /// @notice The same with the parts of a key's signature.
    function cancelAuthorization(address authorizer, bytes32 nonce, uint8 v, bytes32 r, bytes32 s) external;

    /* VIEWS */

    /// @notice Returns whether an account is frozen.
    function isFrozen(address account) external view returns (bool);

    /// @notice Returns whether an account is a system account.
    function isSystemAccount(address account) external view returns (bool);

    /// @notice Returns whether transfers are paused.
    function transfersPaused() external view returns (bool);

    /// @notice Returns how much an account may still mint.
    function mintAllowance(address minter) external view returns (uint256);

    /// @notice Returns whether an authorization was used or cancelled.
    function authorizationState(address authorizer, bytes32 nonce) external view returns (bool);

    /// @notice Returns the account that may register the token with CCIP's token admin registry.
    function getCCIPAdmin() external view returns (address);
}
