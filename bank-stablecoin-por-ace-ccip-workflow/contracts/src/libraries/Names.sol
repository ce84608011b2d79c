// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @title Names
/// @notice Which texts may name a token.
library Names {
    /// @notice Returns whether a text has 1 to `maxLength` printable ASCII characters and no space at either end: nothing
    ///         that is shown as nothing, or as a character of another alphabet.
    function isPlain(string memory text, uint256 maxLength) internal pure returns (bool) {
        bytes memory characters = bytes(text);
        uint256 length = characters.length;
        if (length == 0 || length > maxLength) return false;
        if (characters[0] == " " || characters[length - 1] == " ") return false;
        for (uint256 i = 0; i < length; ++i) {
            if (characters[i] < " " || characters[i] > "~") return false;
        }
        return true;
    }
}
