// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title WorkflowName
/// @notice Encodes a workflow's name as the DON writes it into report metadata.
library WorkflowName {
    bytes16 private constant DIGITS = "0123456789abcdef";

    /// @notice Returns the first 10 characters of the lower-case hex SHA-256 of `name`.
    function encode(string memory name) internal pure returns (bytes10) {
        bytes32 digest = sha256(bytes(name));
        bytes memory text = new bytes(10);
        for (uint256 i = 0; i < 5; ++i) {
            text[2 * i] = DIGITS[uint8(digest[i]) >> 4];
            text[2 * i + 1] = DIGITS[uint8(digest[i]) & 0x0f];
        }
        return bytes10(text);
    }
}
