// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {CredentialExtractor} from "./CredentialExtractor.sol";
import {FlagPolicy} from "./FlagPolicy.sol";
import {IComplianceRegistries, RegistryParts} from "./interfaces/IComplianceRegistries.sol";
import {IEngineInitializer, IPolicyInitializer, IRegistryInitializer} from "./interfaces/IInitializers.sol";
import {IIssuerPolicy} from "./interfaces/IPolicySettings.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {EngineRoles} from "./libraries/EngineRoles.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title ComplianceRegistries
/// @notice Creates and wires the registries in its constructor, keeps no role, and is their directory afterwards.
/// @dev ACE's registries let everybody write unless a policy refuses. Here every writing function has the issuer
///      policy, those that can touch a money-laundering flag the flag policy before it, and the engine refuses whatever
///      has no policy.
contract ComplianceRegistries is IComplianceRegistries {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "ComplianceRegistries 1.2.0";

    /// @inheritdoc IComplianceRegistries
    address public immutable identityRegistry;
    /// @inheritdoc IComplianceRegistries
    address public immutable credentialRegistry;
    /// @inheritdoc IComplianceRegistries
    address public immutable issuerPolicy;
    /// @inheritdoc IComplianceRegistries
    address public immutable flagPolicy;
    /// @inheritdoc IComplianceRegistries
    address public immutable policyEngine;

    /// @param timelock Becomes the admin of the engine and the owner of the registries.
    /// @param issuerAdmin Becomes the owner of issuer and flag policy: appoints and dismisses issuers and officers.
    /// @param issuer The first issuer.
    /// @param officer The first compliance officer.
    constructor(address timelock, address issuerAdmin, address issuer, address officer, RegistryParts memory parts) {
        if (timelock == address(0) || issuerAdmin == address(0)) revert ZeroAddress();
        if (issuer == address(0) || officer == address(0)) revert ZeroAddress();
        policyEngine = Clones.clone(parts.policyEngineImplementation);
        identityRegistry = parts.identityRegistry;
        credentialRegistry = parts.credentialRegistry;
        issuerPolicy = Clones.clone(parts.issuerPolicyImplementation);

        IEngineInitializer(policyEngine).initialize(false, address(this));
        IRegistryInitializer(identityRegistry).initialize(policyEngine, timelock);
        IRegistryInitializer(credentialRegistry).initialize(policyEngine, timelock);
        IPolicyInitializer(issuerPolicy).initialize(policyEngine, address(this), "");
        IIssuerPolicy(issuerPolicy).authorizeSender(issuer);
        Ownable(issuerPolicy).transferOwnership(issuerAdmin);
        FlagPolicy flags = new FlagPolicy(credentialRegistry);
        flagPolicy = address(flags);
        flags.initialize(policyEngine, address(this), "");
        flags.setOfficer(officer, true);
        flags.transferOwnership(issuerAdmin);
        _guardFlags(IPolicyEngine(policyEngine));
        _guard(IPolicyEngine(policyEngine));
        EngineRoles.handOver(policyEngine, timelock);
    }

    /// @inheritdoc IComplianceRegistries
    function isIssuer(address account) external view returns (bool) {
        return IIssuerPolicy(issuerPolicy).senderAuthorized(account);
    }

    /// @dev Puts the flag policy before what writes credentials or takes an identity away.
    function _guardFlags(IPolicyEngine engine) private {
        CredentialExtractor extractor = new CredentialExtractor();
        bytes32[] memory names = new bytes32[](3);
        (names[0], names[1], names[2]) = (extractor.CCID(), extractor.TYPES(), extractor.EXPIRES_AT());
        bytes4[4] memory writing = [
            ICredentialRegistry.registerCredential.selector,
            ICredentialRegistry.registerCredentials.selector,
            ICredentialRegistry.removeCredential.selector,
            ICredentialRegistry.renewCredential.selector
        ];
        for (uint256 i = 0; i < writing.length; ++i) {
            engine.setExtractor(writing[i], address(extractor));
            engine.addPolicy(credentialRegistry, writing[i], flagPolicy, names);
        }
        engine.setExtractor(IIdentityRegistry.removeIdentity.selector, address(extractor));
        engine.addPolicy(identityRegistry, IIdentityRegistry.removeIdentity.selector, flagPolicy, names);
    }

    /// @dev Puts the issuer policy before every writing function of both registries.
    function _guard(IPolicyEngine engine) private {
        bytes32[] memory none = new bytes32[](0);
        engine.addPolicy(identityRegistry, IIdentityRegistry.registerIdentity.selector, issuerPolicy, none);
        engine.addPolicy(identityRegistry, IIdentityRegistry.registerIdentities.selector, issuerPolicy, none);
        engine.addPolicy(identityRegistry, IIdentityRegistry.removeIdentity.selector, issuerPolicy, none);
        engine.addPolicy(credentialRegistry, ICredentialRegistry.registerCredential.selector, issuerPolicy, none);
        engine.addPolicy(credentialRegistry, ICredentialRegistry.registerCredentials.selector, issuerPolicy, none);
        engine.addPolicy(credentialRegistry, ICredentialRegistry.removeCredential.selector, issuerPolicy, none);
        engine.addPolicy(credentialRegistry, ICredentialRegistry.renewCredential.selector, issuerPolicy, none);
        // Needed because the issuer policy says "continue"; functions without a policy are none that write.
        engine.setTargetDefaultPolicyAllow(identityRegistry, true);
        engine.setTargetDefaultPolicyAllow(credentialRegistry, true);
    }
}
