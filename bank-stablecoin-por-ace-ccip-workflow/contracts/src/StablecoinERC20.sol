// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title StablecoinERC20
/// @notice The stablecoin of one basket. Its admin is a timelock; the basket's admin has no role here.
contract StablecoinERC20 is IStablecoin, ERC20, ERC20Permit, AccessControl {
    /// @notice May create tokens: the basket's minting consumer, later a bridge's token pool.
    bytes32 public constant MINTER_ROLE = keccak256("MINTER_ROLE");
    /// @notice May destroy tokens it holds or is allowed to spend: a bridge's token pool.
    bytes32 public constant BURNER_ROLE = keccak256("BURNER_ROLE");

    uint8 private immutable _decimals;
    address private _ccipAdmin;

    /// @param name_ The token's name.
    /// @param symbol_ The token's symbol.
    /// @param decimals_ The token's decimals, fixed for ever.
    /// @param admin Receives DEFAULT_ADMIN_ROLE, which grants and revokes all roles, and registers with CCIP.
    /// @param minter Receives MINTER_ROLE.
    constructor(string memory name_, string memory symbol_, uint8 decimals_, address admin, address minter)
        ERC20(name_, symbol_)
        ERC20Permit(name_)
    {
        _decimals = decimals_;
        _ccipAdmin = admin;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(MINTER_ROLE, minter);
    }

    /* ROLE-GATED */

    /// @inheritdoc IStablecoin
    function mint(address account, uint256 amount) external onlyRole(MINTER_ROLE) {
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

    /// @inheritdoc IStablecoin
    function setCCIPAdmin(address newAdmin) external onlyRole(DEFAULT_ADMIN_ROLE) {
        emit CCIPAdminSet(_ccipAdmin, newAdmin);
        _ccipAdmin = newAdmin;
    }

    /* VIEWS */

    /// @inheritdoc IStablecoin
    function getCCIPAdmin() external view returns (address) {
        return _ccipAdmin;
    }

    /// @inheritdoc IERC20Metadata
    function decimals() public view override(ERC20, IERC20Metadata) returns (uint8) {
        return _decimals;
    }
}
