// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

/// @title EngineRoles
/// @notice The roles of ACE's policy engine, and how an engine leaves the hands that wired it.
library EngineRoles {
    /// @notice Grants and revokes all roles.
    bytes32 internal constant DEFAULT_ADMIN = 0x00;
    /// @notice Decides which policies run.
    bytes32 internal constant ADMIN = keccak256("ADMIN_ROLE");
    /// @notice Calls settings of policies in the engine's name.
    bytes32 internal constant POLICY_CONFIG_ADMIN = keccak256("POLICY_CONFIG_ADMIN_ROLE");

    /// @notice Gives every role on `engine` to `admin`; the caller keeps none.
    function handOver(address engine, address admin) internal {
        bytes32[3] memory roles = [POLICY_CONFIG_ADMIN, ADMIN, DEFAULT_ADMIN];
        for (uint256 i = 0; i < roles.length; ++i) {
            IAccessControl(engine).grantRole(roles[i], admin);
            IAccessControl(engine).renounceRole(roles[i], address(this));
        }
    }
}
