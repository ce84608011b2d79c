// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IExtractor} from "@chainlink/policy-management/interfaces/IExtractor.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @title CredentialExtractor
/// @notice Tells a policy of the registries whose credentials are written, of which types, and until when.
contract CredentialExtractor is IExtractor {
    /// @inheritdoc IExtractor
    string public constant override typeAndVersion = "CredentialExtractor 1.0.0";

    /// @notice The identity, an ABI-encoded `bytes32`.
    bytes32 public constant CCID = keccak256("ccid");
    /// @notice The types that are written, an ABI-encoded `bytes32[]`; none where an identity is taken away.
    bytes32 public constant TYPES = keccak256("types");
    /// @notice When the credentials end, an ABI-encoded `uint256`; zero for never.
    bytes32 public constant EXPIRES_AT = keccak256("expiresAt");

    /// @inheritdoc IExtractor
    function extract(IPolicyEngine.Payload calldata payload)
        external
        pure
        returns (IPolicyEngine.Parameter[] memory parameters)
    {
        (bytes32 ccid, bytes32[] memory types, uint256 expiresAt) = _read(payload.selector, payload.data);
        parameters = new IPolicyEngine.Parameter[](3);
        parameters[0] = IPolicyEngine.Parameter(CCID, abi.encode(ccid));
        parameters[1] = IPolicyEngine.Parameter(TYPES, abi.encode(types));
        parameters[2] = IPolicyEngine.Parameter(EXPIRES_AT, abi.encode(expiresAt));
    }

    function _read(bytes4 selector, bytes calldata data)
        private
        pure
        returns (bytes32 ccid, bytes32[] memory types, uint256 expiresAt)
    {
        if (selector == ICredentialRegistry.registerCredentials.selector) {
            return abi.decode(data, (bytes32, bytes32[], uint256));
        }
        if (selector == IIdentityRegistry.removeIdentity.selector) return (abi.decode(data, (bytes32)), types, 0);
        types = new bytes32[](1);
        if (selector == ICredentialRegistry.removeCredential.selector) {
            (ccid, types[0]) = abi.decode(data, (bytes32, bytes32));
        } else if (
            selector == ICredentialRegistry.registerCredential.selector
                || selector == ICredentialRegistry.renewCredential.selector
        ) {
            (ccid, types[0], expiresAt) = abi.decode(data, (bytes32, bytes32, uint256));
        } else {
            revert IPolicyEngine.UnsupportedSelector(selector);
        }
    }
}
