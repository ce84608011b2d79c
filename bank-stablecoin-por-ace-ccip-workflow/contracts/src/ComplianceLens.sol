// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {Basket, IBasketFactory} from "./interfaces/IBasketFactory.sol";
import {IComplianceFactory} from "./interfaces/IComplianceFactory.sol";
import {Explanation, IComplianceLens} from "./interfaces/IComplianceLens.sol";
import {IComplianceRegistries} from "./interfaces/IComplianceRegistries.sol";
import {IJurisdictions} from "./interfaces/IJurisdictions.sol";
import {IMintingConsumer} from "./interfaces/IMintingConsumer.sol";
import {
    IAllowPolicy,
    IPausePolicy,
    IRejectPolicy,
    IVolumePolicy,
    IVolumeRatePolicy
} from "./interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "./interfaces/IPolicySwitch.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {Credentials} from "./libraries/Credentials.sol";
import {Order} from "./libraries/ReportCodec.sol";
import {ICredentialDataValidator} from "@chainlink/cross-chain-identity/interfaces/ICredentialDataValidator.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {ICredentialRequirements} from "@chainlink/cross-chain-identity/interfaces/ICredentialRequirements.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";

/// @title ComplianceLens
/// @notice Explains the policies that a basket was created with.
/// @dev Should the timelock exchange a policy, the verdict is still right: it comes from the consumer itself.
contract ComplianceLens is IComplianceLens {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "ComplianceLens 2.1.0";

    /// @inheritdoc IComplianceLens
    uint256 public constant REQUIREMENT_GAS = 700_000;

    /// @dev What the call that asks about a requirement takes besides.
    uint256 private constant CALL_GAS = 20_000;
    /// @dev A reference that no bank uses, so that the verdict is about the beneficiary.
    bytes32 private constant UNUSED_REFERENCE = keccak256("ComplianceLens: unused reference");

    /// @inheritdoc IComplianceLens
    address public immutable factory;
    /// @inheritdoc IComplianceLens
    address public immutable registries;

    /// @param factory_ The factory whose baskets are explained.
    constructor(address factory_) {
        factory = factory_;
        registries = IComplianceFactory(IBasketFactory(factory_).complianceFactory()).registries();
    }

    /// @inheritdoc IComplianceLens
    function explain(address mintingConsumer, address account, uint256 amount)
        external
        view
        returns (Explanation memory explanation)
    {
        Basket memory basket = IBasketFactory(factory).basketOf(mintingConsumer);
        explanation.frozen = IStablecoin(basket.stablecoin).isFrozen(account);
        explanation.transfersPaused = IStablecoin(basket.stablecoin).transfersPaused();
        _explainLists(explanation, basket, account);
        _explainIdentity(explanation, basket, account);
        explanation.minVolume = IVolumePolicy(basket.volumePolicy).getMin();
        explanation.maxVolume = IVolumePolicy(basket.volumePolicy).getMax();
        explanation.rateVolume = IVolumeRatePolicy(basket.volumeRatePolicy).getMaxAmount();
        explanation.ratePeriod = IVolumeRatePolicy(basket.volumeRatePolicy).getTimePeriodDuration();
        explanation.rateUsed = IVolumeRatePolicy(basket.volumeRatePolicy).usedBy(account);

        if (amount == 0) amount = explanation.minVolume == 0 ? 1 : explanation.minVolume;
        Order[] memory orders = new Order[](1);
        orders[0] = Order(UNUSED_REFERENCE, account, amount, 0);
        explanation.verdict = IMintingConsumer(mintingConsumer).preview(orders)[0];
    }

    /// @inheritdoc IComplianceLens
    function failedRequirements(address identityPolicy, address account) public view returns (bytes32[] memory failed) {
        bytes32[] memory all = ICredentialRequirements(identityPolicy).getCredentialRequirementIds();
        failed = new bytes32[](all.length);
        uint256 count;
        for (uint256 i = 0; i < all.length; ++i) {
            if (!_meets(identityPolicy, account, all[i])) failed[count++] = all[i];
        }
        _cut(failed, count);
    }

    /// @inheritdoc IComplianceLens
    function meetsRequirement(address identityPolicy, address account, bytes32 requirementId)
        external
        view
        returns (bool)
    {
        ICredentialRequirements policy = ICredentialRequirements(identityPolicy);
        ICredentialRequirements.CredentialRequirement memory requirement =
            policy.getCredentialRequirement(requirementId);
        uint256 confirmations;
        for (uint256 i = 0; i < requirement.credentialTypeIds.length; ++i) {
            bytes32 credential = requirement.credentialTypeIds[i];
            ICredentialRequirements.CredentialSource[] memory sources = policy.getCredentialSources(credential);
            for (uint256 j = 0; j < sources.length; ++j) {
                if (_confirms(sources[j], account, credential, requirement.invert)) ++confirmations;
                // What comes behind is not asked, and may be anything.
                if (confirmations >= requirement.minValidations) return true;
            }
        }
        return false;
    }

    /// @inheritdoc IComplianceLens
    function laxRequirements(address identityPolicy) public view returns (bytes32[] memory lax) {
        ICredentialRequirements policy = ICredentialRequirements(identityPolicy);
        bytes32[] memory all = policy.getCredentialRequirementIds();
        lax = new bytes32[](all.length);
        uint256 count;
        for (uint256 i = 0; i < all.length; ++i) {
            if (_isLax(policy, all[i])) lax[count++] = all[i];
        }
        _cut(lax, count);
    }

    /* PARTS OF THE EXPLANATION */

    function _explainLists(Explanation memory explanation, Basket memory basket, address account) private view {
        explanation.paused = IPausePolicy(basket.pausePolicy).s_paused();
        explanation.blacklisted = IRejectPolicy(basket.rejectPolicy).addressRejected(account);
        explanation.whitelistRequired = IPolicySwitch(basket.policySwitch).whitelistRequired();
        explanation.whitelisted = IAllowPolicy(basket.allowPolicy).addressAllowed(account);
    }

    function _explainIdentity(Explanation memory explanation, Basket memory basket, address account) private view {
        IComplianceRegistries directory = IComplianceRegistries(registries);
        explanation.identityRequired = IPolicySwitch(basket.policySwitch).identityRequired();
        explanation.failedRequirements = failedRequirements(basket.identityPolicy, account);
        explanation.laxRequirements = laxRequirements(basket.identityPolicy);
        explanation.identity = IIdentityRegistry(directory.identityRegistry()).getIdentity(account);
        if (explanation.identity == 0) return;
        try ICredentialRegistry(directory.credentialRegistry())
            .getCredential(explanation.identity, Credentials.JURISDICTION) returns (
            ICredentialRegistry.Credential memory credential
        ) {
            explanation.jurisdiction = credential.credentialData;
            explanation.jurisdictionAccepted = credential.credentialData.length == 2
                && IJurisdictions(basket.jurisdictions).accepted(bytes2(credential.credentialData));
        } catch {
            // The registry reverts when there is no such credential.
            return;
        }
    }

    /// @dev Shortens a list that was made too long.
    function _cut(bytes32[] memory list, uint256 count) private pure {
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }

    /* ACE'S OWN RULE, READ FROM OUTSIDE */

    /// @dev Whether an absence counts that fewer than all of the sources confirm.
    function _isLax(ICredentialRequirements policy, bytes32 requirementId) private view returns (bool) {
        ICredentialRequirements.CredentialRequirement memory requirement =
            policy.getCredentialRequirement(requirementId);
        uint256 sources;
        for (uint256 i = 0; i < requirement.credentialTypeIds.length; ++i) {
            sources += policy.getCredentialSources(requirement.credentialTypeIds[i]).length;
        }
        return requirement.invert && requirement.minValidations < sources;
    }

    /// @dev Whether a requirement is met. Its sources are the admin's choice: one may be no contract, refuse, answer
    ///      nonsense or burn gas, and the policy fails with it.
    function _meets(address identityPolicy, address account, bytes32 requirementId) private view returns (bool) {
        uint256 available = gasleft();
        uint256 required = REQUIREMENT_GAS * 64 / 63 + CALL_GAS;
        if (available < required) revert IMintingConsumer.InsufficientGas(available, required);
        try this.meetsRequirement{gas: REQUIREMENT_GAS}(identityPolicy, account, requirementId) returns (bool met) {
            return met;
        } catch {
            return false;
        }
    }

    /// @dev Whether one source confirms the credential, or its absence when `invert` is set. Reverts where ACE's validator
    ///      does.
    function _confirms(
        ICredentialRequirements.CredentialSource memory source,
        address account,
        bytes32 credential,
        bool invert
    ) private view returns (bool) {
        bytes32 identity = IIdentityRegistry(source.identityRegistry).getIdentity(account);
        if (identity == 0) return false;

        ICredentialRegistry registry = ICredentialRegistry(source.credentialRegistry);
        bool exists;
        try registry.validate(identity, credential, "") returns (bool valid) {
            exists = valid;
        } catch {
            return false;
        }
        if (invert || !exists || source.dataValidator == address(0)) return exists != invert;

        bytes memory data = registry.getCredential(identity, credential).credentialData;
        try ICredentialDataValidator(source.dataValidator)
            .validateCredentialData(identity, account, credential, data, "") returns (
            bool valid
        ) {
            return valid;
        } catch {
            return false;
        }
    }
}
