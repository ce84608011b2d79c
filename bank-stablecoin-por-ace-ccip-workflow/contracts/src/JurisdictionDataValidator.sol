// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {IJurisdictions} from "./interfaces/IJurisdictions.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {ICredentialDataValidator} from "@chainlink/cross-chain-identity/interfaces/ICredentialDataValidator.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @title JurisdictionDataValidator
/// @notice Decides whether the jurisdiction in a credential is one that the basket accepts.
contract JurisdictionDataValidator is IJurisdictions, ICredentialDataValidator, Ownable {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "JurisdictionDataValidator 1.1.0";

    /// @inheritdoc IJurisdictions
    mapping(bytes2 jurisdiction => bool) public accepted;

    /// @param owner_ The basket's admin.
    /// @param jurisdictions The codes that are accepted from the beginning.
    constructor(address owner_, bytes2[] memory jurisdictions) Ownable(owner_) {
        for (uint256 i = 0; i < jurisdictions.length; ++i) {
            _setJurisdiction(jurisdictions[i], true);
        }
    }

    /// @inheritdoc IJurisdictions
    function setJurisdiction(bytes2 jurisdiction, bool isAccepted) external onlyOwner {
        _setJurisdiction(jurisdiction, isAccepted);
    }

    /// @inheritdoc ICredentialDataValidator
    /// @dev The data is the bare code, two bytes; anything else is not accepted.
    function validateCredentialData(bytes32, address, bytes32, bytes calldata data, bytes calldata)
        external
        view
        returns (bool)
    {
        return data.length == 2 && accepted[bytes2(data)];
    }

    function _setJurisdiction(bytes2 jurisdiction, bool isAccepted) private {
        if (!_isCapital(jurisdiction[0]) || !_isCapital(jurisdiction[1])) revert InvalidJurisdiction(jurisdiction);
        accepted[jurisdiction] = isAccepted;
        emit JurisdictionSet(jurisdiction, isAccepted);
    }

    function _isCapital(bytes1 letter) private pure returns (bool) {
        return letter >= "A" && letter <= "Z";
    }
}
