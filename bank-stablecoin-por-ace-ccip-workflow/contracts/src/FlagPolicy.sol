// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {IFlagPolicy} from "./interfaces/IFlagPolicy.sol";
import {Credentials} from "./libraries/Credentials.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {Policy} from "@chainlink/policy-management/core/Policy.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @title FlagPolicy
/// @notice Keeps money-laundering flags out of the hands of credential issuers, of whom one would lift what another has
///         set: compliance officers set and lift them, a flag has no end, and a flagged account keeps its identity.
/// @dev Asked before the issuer policy. Reads what {CredentialExtractor} tells.
contract FlagPolicy is IFlagPolicy, Policy {
    /// @notice Kind and version.
    string public constant override typeAndVersion = "FlagPolicy 1.0.0";

    address private immutable _credentials;
    /// @inheritdoc IFlagPolicy
    mapping(address account => bool) public isOfficer;

    /// @param credentials The registry that holds the flags.
    constructor(address credentials) {
        _credentials = credentials;
    }

    /// @inheritdoc IFlagPolicy
    function setOfficer(address account, bool officer) external onlyOwner {
        isOfficer[account] = officer;
        emit OfficerSet(account, officer);
    }

    /// @inheritdoc Policy
    function run(address caller, address, bytes4 selector, bytes[] calldata parameters, bytes calldata)
        public
        view
        override
        returns (IPolicyEngine.PolicyResult)
    {
        bytes32[] memory types = abi.decode(parameters[1], (bytes32[]));
        bool takesIdentity = selector == IIdentityRegistry.removeIdentity.selector;
        if (takesIdentity) {
            types = ICredentialRegistry(_credentials).getCredentialTypes(abi.decode(parameters[0], (bytes32)));
        }
        uint256 flags;
        for (uint256 i = 0; i < types.length; ++i) {
            if (types[i] == Credentials.AML_FLAG) ++flags;
        }
        if (flags == 0) return IPolicyEngine.PolicyResult.Continue;
        if (takesIdentity) revert IPolicyEngine.PolicyRejected("a flagged account keeps its identity");
        if (!isOfficer[caller]) revert IPolicyEngine.PolicyRejected("only an officer touches a flag");
        if (flags != types.length) revert IPolicyEngine.PolicyRejected("a flag is set by itself");
        if (abi.decode(parameters[2], (uint256)) != 0) revert IPolicyEngine.PolicyRejected("a flag has no end");
        return IPolicyEngine.PolicyResult.Allowed;
    }

    /// @dev Leaves {initialize} open once, for the registries' directory, which creates and initialises it.
    function _disableInitializers() internal pure override {}
}
