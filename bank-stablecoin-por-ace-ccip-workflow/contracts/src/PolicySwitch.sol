// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IPolicySwitch} from "./interfaces/IPolicySwitch.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {MintPolicies} from "./libraries/MintPolicies.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title PolicySwitch
/// @notice One per basket: a clone that carries its basket's addresses in its code and has no storage and no owner.
/// @dev Holds ADMIN_ROLE on its own basket's engine; the two policies below are all it can install or remove,
///      and whether mints are allowed by default all it can change besides.
contract PolicySwitch is IPolicySwitch {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "PolicySwitch 2.1.0";

    /// @notice The contracts of the basket that a switch belongs to.
    struct Parts {
        address policyEngine;
        address ledger;
        address pausePolicy;
        address rejectPolicy;
        address allowPolicy;
        address identityPolicy;
        address guardian;
    }

    /* SWITCHES */

    /// @inheritdoc IPolicySwitch
    function setWhitelistRequired(bool required) external {
        Parts memory basket = parts();
        address[] memory before = new address[](2);
        (before[0], before[1]) = (basket.pausePolicy, basket.rejectPolicy);
        if (_set(basket, basket.allowPolicy, before, required)) emit WhitelistRequiredSet(required);
    }

    /// @inheritdoc IPolicySwitch
    function setIdentityRequired(bool required) external {
        Parts memory basket = parts();
        address[] memory before = new address[](3);
        (before[0], before[1], before[2]) = (basket.pausePolicy, basket.rejectPolicy, basket.allowPolicy);
        if (_set(basket, basket.identityPolicy, before, required)) emit IdentityRequiredSet(required);
    }

    /// @inheritdoc IPolicySwitch
    function setMintingHalted(bool halted) external {
        Parts memory basket = parts();
        if (msg.sender != basket.guardian) revert NotGuardian(msg.sender);
        // All policies may say "continue": without an allowance by default that is no leave.
        IPolicyEngine(basket.policyEngine).setTargetDefaultPolicyAllow(_target(basket), !halted);
        emit MintingHaltedSet(halted);
    }

    /* VIEWS */

    /// @inheritdoc IPolicySwitch
    function whitelistRequired() external view returns (bool) {
        Parts memory basket = parts();
        return _contains(_installed(basket), basket.allowPolicy);
    }

    /// @inheritdoc IPolicySwitch
    function identityRequired() external view returns (bool) {
        Parts memory basket = parts();
        return _contains(_installed(basket), basket.identityPolicy);
    }

    /// @notice Returns the contracts of the basket; they are part of the clone's code.
    function parts() public view returns (Parts memory) {
        return abi.decode(Clones.fetchCloneArgs(address(this)), (Parts));
    }

    /* INTERNALS */

    /// @dev Installs `policy` behind those of `before` that are installed, or removes it; says whether that was needed.
    function _set(Parts memory basket, address policy, address[] memory before, bool required)
        private
        returns (bool changed)
    {
        if (msg.sender != Ownable(policy).owner()) revert NotPolicyOwner(msg.sender);
        address[] memory installed = _installed(basket);
        if (_contains(installed, policy) == required) return false;

        IPolicyEngine engine = IPolicyEngine(basket.policyEngine);
        if (!required) {
            engine.removePolicy(_target(basket), MintPolicies.SELECTOR, policy);
            return true;
        }
        uint256 position;
        for (uint256 i = 0; i < installed.length; ++i) {
            if (_contains(before, installed[i])) position = i + 1;
        }
        bytes32[] memory parameters = MintPolicies.parameters(MintPolicies.ACCOUNT);
        engine.addPolicyAt(_target(basket), MintPolicies.SELECTOR, policy, parameters, position);
        return true;
    }

    function _installed(Parts memory basket) private view returns (address[] memory) {
        return IPolicyEngine(basket.policyEngine).getPolicies(_target(basket), MintPolicies.SELECTOR);
    }

    /// @dev The present consumer: policies are installed anew when it is replaced.
    function _target(Parts memory basket) private view returns (address) {
        return ILiabilityLedger(basket.ledger).writer();
    }

    function _contains(address[] memory list, address wanted) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == wanted) return true;
        }
        return false;
    }
}
