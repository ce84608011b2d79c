// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Verdicts} from "./Verdicts.sol";

/// @title PolicyKinds
/// @notice Names the kind of an ACE policy by what the policy says of itself in `typeAndVersion()`.
/// @dev The policy is foreign code: whatever it answers, these functions return and never revert.
library PolicyKinds {
    bytes4 private constant TYPE_AND_VERSION = bytes4(keccak256("typeAndVersion()"));
    /// @dev Enough for a constant string behind a minimal proxy; keeps a hostile policy from burning the batch's gas.
    uint256 private constant TYPE_GAS = 20_000;
    /// @dev Bytes of the answer that are looked at: the string's two words and 128 characters.
    uint256 private constant MAX_ANSWER = 192;

    bytes32 private constant PAUSE = keccak256("PausePolicy");
    bytes32 private constant REJECT = keccak256("RejectPolicy");
    bytes32 private constant ALLOW = keccak256("AllowPolicy");
    bytes32 private constant IDENTITY = keccak256("CredentialRegistryIdentityValidatorPolicy");
    bytes32 private constant VOLUME = keccak256("VolumePolicy");
    bytes32 private constant VOLUME_RATE = keccak256("VolumeRatePolicy");
    bytes32 private constant IDENTITY_VOLUME_RATE = keccak256("IdentityVolumeRatePolicy");

    /// @notice Returns the verdict code for a refusal by `policy`, see {Verdicts}; `POLICY_REJECTED` when unknown.
    function verdictOf(address policy) internal view returns (uint8) {
        bytes32 kind = _kindOf(policy);
        if (kind == PAUSE) return Verdicts.PAUSED;
        if (kind == REJECT) return Verdicts.BLACKLISTED;
        if (kind == ALLOW) return Verdicts.NOT_WHITELISTED;
        if (kind == IDENTITY) return Verdicts.IDENTITY_REJECTED;
        if (kind == VOLUME) return Verdicts.VOLUME_OUT_OF_RANGE;
        if (kind == VOLUME_RATE || kind == IDENTITY_VOLUME_RATE) return Verdicts.RATE_EXCEEDED;
        return Verdicts.POLICY_REJECTED;
    }

    /// @dev Hash of the policy's name without its version, zero when it does not answer with a well-formed string. Only
    ///      the beginning of the answer is ever copied.
    function _kindOf(address policy) private view returns (bytes32) {
        bytes memory question = abi.encodePacked(TYPE_AND_VERSION);
        bytes memory answer = new bytes(MAX_ANSWER);
        bool answered;
        uint256 size;
        assembly ("memory-safe") {
            answered := staticcall(TYPE_GAS, policy, add(question, 32), mload(question), add(answer, 32), mload(answer))
            size := returndatasize()
        }
        if (!answered || size < 64) return 0;

        (uint256 offset, uint256 length) = abi.decode(answer, (uint256, uint256));
        if (offset != 32 || length > size - 64 || length > MAX_ANSWER - 64) return 0;

        for (uint256 end = 0; end < length; ++end) {
            if (answer[64 + end] == " ") {
                bytes32 kind;
                assembly ("memory-safe") {
                    kind := keccak256(add(answer, 96), end)
                }
                return kind;
            }
        }
        return 0;
    }
}
