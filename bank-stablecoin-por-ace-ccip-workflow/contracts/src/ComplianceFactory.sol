// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {JurisdictionDataValidator} from "./JurisdictionDataValidator.sol";
import {PolicySwitch} from "./PolicySwitch.sol";
import {
    Compliance,
    ComplianceImplementations,
    ComplianceTargets,
    IComplianceFactory
} from "./interfaces/IComplianceFactory.sol";
import {IComplianceRegistries} from "./interfaces/IComplianceRegistries.sol";
import {IEngineInitializer, IPolicyInitializer} from "./interfaces/IInitializers.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
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
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "ComplianceFactory 2.0.0";
    /// @notice Smallest mint and redemption of a new basket, in whole tokens.
    uint256 public constant MIN_VOLUME = 1;
    /// @notice Largest mint of a new basket, in whole tokens.
    uint256 public constant MAX_VOLUME = 100_000;
    /// @notice Volume per person and period of a new basket, in whole tokens.
    uint256 public constant RATE_VOLUME = 250_000;
    /// @notice Period of that volume, in seconds.
    uint256 public constant RATE_PERIOD = 1 days;

    /// @inheritdoc IComplianceFactory
    address public immutable timelock;
    /// @inheritdoc IComplianceFactory
    address public immutable registries;
    /// @inheritdoc IComplianceFactory
    address public basketFactory;
    address private immutable _deployer;

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
        _deployer = msg.sender;
        timelock = timelock_;
        registries = registries_;
        _jurisdictions = jurisdictions;
        _implementations = implementations_;
    }

    modifier onlyBasketFactory() {
        if (msg.sender != basketFactory) revert OnlyBasketFactory(msg.sender);
        _;
    }

    /// @inheritdoc IComplianceFactory
    function bind(address basketFactory_) external {
        if (msg.sender != _deployer || basketFactory != address(0)) revert OnlyBasketFactory(msg.sender);
        if (basketFactory_ == address(0)) revert ZeroAddress();
        basketFactory = basketFactory_;
    }

    /// @inheritdoc IComplianceFactory
    function createEngine() external onlyBasketFactory returns (address policyEngine) {
        policyEngine = Clones.clone(_implementations.policyEngine);
        IEngineInitializer(policyEngine).initialize(false, address(this));
    }

    /// @inheritdoc IComplianceFactory
    function createCompliance(ComplianceTargets calldata targets, address admin)
        external
        onlyBasketFactory
        returns (Compliance memory compliance)
    {
        if (admin == address(0)) revert ZeroAddress();
        compliance.policyEngine = targets.policyEngine;
        _createPolicies(compliance, admin, targets.unit);
        _installForMints(compliance, targets.consumer);
        _installForRedemptions(compliance, targets.desk);
        _createSwitch(compliance, targets.ledger, targets.guardian);
        EngineRoles.handOver(compliance.policyEngine, timelock);
        emit ComplianceCreated(targets.consumer, admin, compliance);
    }

    /// @inheritdoc IComplianceFactory
    function implementations() external view returns (ComplianceImplementations memory) {
        return _implementations;
    }

    /// @inheritdoc IComplianceFactory
    function defaultJurisdictions() external view returns (bytes2[] memory) {
        return _jurisdictions;
    }

    function _createPolicies(Compliance memory c, address admin, uint256 unit) private {
        c.jurisdictions = address(new JurisdictionDataValidator(admin, _jurisdictions));
        c.pausePolicy = _clone(_implementations.pausePolicy, c.policyEngine, admin, abi.encode(false));
        c.rejectPolicy = _clone(_implementations.rejectPolicy, c.policyEngine, admin, "");
        c.allowPolicy = _clone(_implementations.allowPolicy, c.policyEngine, admin, "");
        c.identityPolicy =
            _clone(_implementations.identityPolicy, c.policyEngine, admin, _identitySettings(c.jurisdictions));
        c.volumePolicy = _clone(
            _implementations.volumePolicy, c.policyEngine, admin, abi.encode(MIN_VOLUME * unit, MAX_VOLUME * unit)
        );
        c.volumeRatePolicy = _clone(
            _implementations.volumeRatePolicy, c.policyEngine, admin, abi.encode(RATE_PERIOD, RATE_VOLUME * unit)
        );
        // No greatest redemption: a holder may ask for all he has.
        c.redemptionVolumePolicy =
            _clone(_implementations.volumePolicy, c.policyEngine, admin, abi.encode(MIN_VOLUME * unit, 0));
    }

    /// @dev The order here is the order of judgement. A pause concerns no single order and is asked once per report.
    ///      The whitelist is not in force at first, see {PolicySwitch}.
    function _installForMints(Compliance memory c, address consumer) private {
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

    /// @dev Redemption has no pause of its own: a pause of transfers stops requests, and nothing stops a settlement.
    function _installForRedemptions(Compliance memory c, address desk) private {
        IPolicyEngine engine = IPolicyEngine(c.policyEngine);
        bytes4 request = MintPolicies.REQUEST_SELECTOR;
        bytes32[] memory account = MintPolicies.parameters(MintPolicies.ACCOUNT);

        engine.setExtractor(request, _implementations.mintExtractor);
        engine.addPolicy(desk, request, c.rejectPolicy, account);
        engine.addPolicy(desk, request, c.identityPolicy, account);
        engine.addPolicy(desk, request, c.redemptionVolumePolicy, MintPolicies.parameters(MintPolicies.AMOUNT));
        engine.setTargetDefaultPolicyAllow(desk, true);
    }

    function _createSwitch(Compliance memory c, address ledger, address guardian) private {
        PolicySwitch.Parts memory parts = PolicySwitch.Parts({
            policyEngine: c.policyEngine,
            ledger: ledger,
            pausePolicy: c.pausePolicy,
            rejectPolicy: c.rejectPolicy,
            allowPolicy: c.allowPolicy,
            identityPolicy: c.identityPolicy,
            guardian: guardian
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
