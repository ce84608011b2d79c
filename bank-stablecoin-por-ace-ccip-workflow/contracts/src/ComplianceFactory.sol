// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {JurisdictionDataValidator} from "./JurisdictionDataValidator.sol";
import {PolicySwitch} from "./PolicySwitch.sol";
import {Compliance, ComplianceImplementations, IComplianceFactory} from "./interfaces/IComplianceFactory.sol";
import {IComplianceRegistries} from "./interfaces/IComplianceRegistries.sol";
import {IEngineInitializer, IPolicyInitializer} from "./interfaces/IInitializers.sol";
import {Credentials} from "./libraries/Credentials.sol";
import {EngineRoles} from "./libraries/EngineRoles.sol";
import {MintPolicies} from "./libraries/MintPolicies.sol";
import {ICredentialRequirements} from "@chainlink/cross-chain-identity/interfaces/ICredentialRequirements.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title ComplianceFactory
/// @notice Creates basket engines and keeps no role on any of them.
/// @dev An engine refuses by default. Its consumer is allowed in the same transaction that installs the policies, so
///      there is no moment at which a mint passes without them.
contract ComplianceFactory is IComplianceFactory {
    /// @notice Smallest mint of a new basket, in base units.
    uint256 public constant MIN_VOLUME = 1e18;
    /// @notice Largest mint of a new basket, in base units.
    uint256 public constant MAX_VOLUME = 100_000e18;
    /// @notice Volume per beneficiary and period of a new basket, in base units.
    uint256 public constant RATE_VOLUME = 250_000e18;
    /// @notice Period of that volume, in seconds.
    uint256 public constant RATE_PERIOD = 1 days;

    /// @inheritdoc IComplianceFactory
    address public immutable timelock;
    /// @inheritdoc IComplianceFactory
    address public immutable registries;

    ComplianceImplementations private _implementations;
    bytes2[] private _jurisdictions;

    /// @param timelock_ Becomes the admin of every engine.
    /// @param registries_ The directory of the registries that new baskets read.
    /// @param jurisdictions The jurisdictions that new baskets accept, ISO 3166-1 alpha-2.
    constructor(
        address timelock_,
        address registries_,
        bytes2[] memory jurisdictions,
        ComplianceImplementations memory implementations_
    ) {
        if (timelock_ == address(0) || registries_ == address(0)) revert ZeroAddress();
        timelock = timelock_;
        registries = registries_;
        _jurisdictions = jurisdictions;
        _implementations = implementations_;
    }

    /// @inheritdoc IComplianceFactory
    function createCompliance(address consumer, address admin) external returns (Compliance memory compliance) {
        if (consumer == address(0) || admin == address(0)) revert ZeroAddress();
        compliance.policyEngine = Clones.clone(_implementations.policyEngine);
        IEngineInitializer(compliance.policyEngine).initialize(false, address(this));
        _createPolicies(compliance, admin);
        _install(compliance, consumer);
        _createSwitch(compliance, consumer);
        EngineRoles.handOver(compliance.policyEngine, timelock);
        emit ComplianceCreated(consumer, admin, compliance);
    }

    /// @inheritdoc IComplianceFactory
    function implementations() external view returns (ComplianceImplementations memory) {
        return _implementations;
    }

    /// @inheritdoc IComplianceFactory
    function defaultJurisdictions() external view returns (bytes2[] memory) {
        return _jurisdictions;
    }

    function _createPolicies(Compliance memory c, address admin) private {
        c.jurisdictions = address(new JurisdictionDataValidator(admin, _jurisdictions));
        c.pausePolicy = _clone(_implementations.pausePolicy, c.policyEngine, admin, abi.encode(false));
        c.rejectPolicy = _clone(_implementations.rejectPolicy, c.policyEngine, admin, "");
        c.allowPolicy = _clone(_implementations.allowPolicy, c.policyEngine, admin, "");
        c.identityPolicy =
            _clone(_implementations.identityPolicy, c.policyEngine, admin, _identitySettings(c.jurisdictions));
        c.volumePolicy =
            _clone(_implementations.volumePolicy, c.policyEngine, admin, abi.encode(MIN_VOLUME, MAX_VOLUME));
        c.volumeRatePolicy =
            _clone(_implementations.volumeRatePolicy, c.policyEngine, admin, abi.encode(RATE_PERIOD, RATE_VOLUME));
    }

    /// @dev The order here is the order of judgement. A pause concerns no single order and is asked once per report.
    ///      The whitelist is not in force at first, see {PolicySwitch}.
    function _install(Compliance memory c, address consumer) private {
        IPolicyEngine engine = IPolicyEngine(c.policyEngine);
        bytes4 mint = MintPolicies.SELECTOR;
        bytes32[] memory account = MintPolicies.parameters(MintPolicies.ACCOUNT);
        bytes32[] memory amount = MintPolicies.parameters(MintPolicies.AMOUNT);

        engine.setExtractor(mint, _implementations.mintExtractor);
        engine.addPolicy(consumer, MintPolicies.REPORT_SELECTOR, c.pausePolicy, new bytes32[](0));
        engine.addPolicy(consumer, mint, c.rejectPolicy, account);
        engine.addPolicy(consumer, mint, c.identityPolicy, account);
        engine.addPolicy(consumer, mint, c.volumePolicy, amount);
        engine.addPolicy(
            consumer, mint, c.volumeRatePolicy, MintPolicies.parameters(MintPolicies.AMOUNT, MintPolicies.ACCOUNT)
        );
        engine.setTargetDefaultPolicyAllow(consumer, true);
    }

    function _createSwitch(Compliance memory c, address consumer) private {
        PolicySwitch.Parts memory parts = PolicySwitch.Parts({
            policyEngine: c.policyEngine,
            consumer: consumer,
            pausePolicy: c.pausePolicy,
            rejectPolicy: c.rejectPolicy,
            allowPolicy: c.allowPolicy,
            identityPolicy: c.identityPolicy
        });
        c.policySwitch = Clones.cloneWithImmutableArgs(_implementations.policySwitch, abi.encode(parts));
        IAccessControl(c.policyEngine).grantRole(EngineRoles.ADMIN, c.policySwitch);
    }

    /// @dev Clones and initialises one policy.
    function _clone(address implementation, address engine, address owner, bytes memory settings)
        private
        returns (address policy)
    {
        policy = Clones.clone(implementation);
        IPolicyInitializer(policy).initialize(engine, owner, settings);
    }

    /// @dev Where the identity policy looks and what it demands: KYC, no AML flag, an accepted jurisdiction.
    function _identitySettings(address jurisdictions) private view returns (bytes memory) {
        bytes32[3] memory types = [Credentials.KYC, Credentials.AML_FLAG, Credentials.JURISDICTION];
        ICredentialRequirements.CredentialSourceInput[] memory sources =
            new ICredentialRequirements.CredentialSourceInput[](types.length);
        ICredentialRequirements.CredentialRequirementInput[] memory requirements =
            new ICredentialRequirements.CredentialRequirementInput[](types.length);
        for (uint256 i = 0; i < types.length; ++i) {
            sources[i] = ICredentialRequirements.CredentialSourceInput({
                credentialTypeId: types[i],
                identityRegistry: IComplianceRegistries(registries).identityRegistry(),
                credentialRegistry: IComplianceRegistries(registries).credentialRegistry(),
                dataValidator: types[i] == Credentials.JURISDICTION ? jurisdictions : address(0)
            });
            requirements[i] = ICredentialRequirements.CredentialRequirementInput({
                requirementId: types[i],
                credentialTypeIds: MintPolicies.parameters(types[i]),
                minValidations: 1,
                invert: types[i] == Credentials.AML_FLAG
            });
        }
        return abi.encode(sources, requirements);
    }
}
