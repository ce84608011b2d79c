// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";

/// @title IStablecoin
/// @notice A reserve-backed ERC-20: minted by the basket's consumer and by bridges, burnt by bridges.
interface IStablecoin is IERC20Metadata {
    /// @notice Emitted when the account that may register the token with CCIP changes.
    event CCIPAdminSet(address indexed previousAdmin, address indexed newAdmin);

    /// @notice Creates `amount` base units for `account`; only for MINTER_ROLE.
    function mint(address account, uint256 amount) external;

    /// @notice Destroys `amount` base units of the caller; only for BURNER_ROLE.
    /// @dev A holder cannot burn on its own: a claim on the reserves would vanish without a redemption.
    function burn(uint256 amount) external;

    /// @notice Destroys `amount` base units of `account` out of the caller's allowance; only for BURNER_ROLE.
    function burnFrom(address account, uint256 amount) external;

    /// @notice Returns the account that may register the token with CCIP's token admin registry.
    function getCCIPAdmin() external view returns (address);

    /// @notice Sets the account that may register the token with CCIP; only for DEFAULT_ADMIN_ROLE.
    function setCCIPAdmin(address newAdmin) external;
}
