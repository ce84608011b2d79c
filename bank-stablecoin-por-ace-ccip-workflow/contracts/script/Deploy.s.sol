// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {BasketCode, IBasketFactory} from "../src/interfaces/IBasketFactory.sol";
import {ComplianceImplementations, IComplianceFactory} from "../src/interfaces/IComplianceFactory.sol";
import {IComplianceRegistries, RegistryParts} from "../src/interfaces/IComplianceRegistries.sol";
import {WorkflowName} from "../src/libraries/WorkflowName.sol";
import {DeploymentRecord} from "./DeploymentRecord.sol";
import {Issuance} from "./Issuance.sol";
import {Roots} from "./Roots.sol";
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {VmSafe} from "forge-std/Vm.sol";

/// @title Deploy
/// @notice Deploys everything, or what is still missing: whatever the record names and has code on chain is kept.
/// @dev Plain CREATE in a fixed order: on a fresh chain the addresses follow from the deployer alone, whatever the
///      signers, the workflow owner and the compiler settings are. Environment:
///      `DEPLOYER_KEY`; `DON_SIGNERS` (comma list), `DON_F`, `DON_ID`, `DON_CONFIG_VERSION`; or `FORWARDER_ADDRESS` of
///      an existing forwarder, whose configuration is then left alone; `WORKFLOW_OWNER`, `WORKFLOW_NAME`;
///      the keys and the delay of {Roots}; `JURISDICTIONS` (comma list of two-letter codes that new
///      baskets accept); `CREDENTIAL_ISSUER`, `COMPLIANCE_OFFICER` (default: the first basket's admin), `DEMO_BENEFICIARIES`,
///      `DEMO_JURISDICTION` (see {Issuance}); `CREATION_OPEN` (default: on the local chain only); `FIRST_BASKET_NAME`
///      (empty = none), `FIRST_BASKET_SYMBOL`; `DEPLOYMENTS_DIR`.
contract Deploy is DeploymentRecord, Issuance, Roots {
    address private _deployer;
    Record private _record;
    Keys private _roots;

    /// @notice Thrown when the deployed consumers are pinned to another workflow than the environment names.
    error WorkflowPinned(address owner, string name);
    /// @notice Thrown when the environment names another forwarder than the one the consumers are pinned to.
    error ForwarderPinned(address forwarder);
    /// @notice Thrown for a jurisdiction that is not a two-letter code.
    error InvalidJurisdictionCode(string code);
    /// @notice Thrown when a contract could not be deployed.
    error DeploymentFailed(string name);

    /// @notice Entry point of `forge script`.
    function run() external {
        uint256 deployerKey = vm.envUint("DEPLOYER_KEY");
        _deployer = vm.addr(deployerKey);
        _record = _read();
        _requireSamePins();
        _roots = _keys(_deployer);
        _requireSafeRoots(_roots, _deployer);

        vm.startBroadcast(deployerKey);
        _deployForwarder();
        _deployTimelock();
        _deployRegistries();
        _deployComplianceFactory();
        _deployBasketFactory();
        _deployLens();
        _configureForwarder();
        _registerDemoBeneficiaries(_record.complianceRegistries, _deployer, _roots.issuerAdmin);
        _createFirstBasket();
        _handOver(_roots, _deployer, _record.timelock, _record.forwarder, _record.basketFactory);
        vm.stopBroadcast();

        // A dry run must not claim what it did not deploy.
        if (vm.isContext(VmSafe.ForgeContext.ScriptDryRun)) return;
        _write(_record);
    }

    /* STEPS, IN THE ORDER OF THE DEPLOYER'S NONCES */

    function _deployForwarder() private {
        if (_record.forwarder.code.length != 0) return;
        address existing = vm.envOr("FORWARDER_ADDRESS", address(0));
        _record.forwarder = existing == address(0) ? address(new KeystoneForwarder()) : existing;
    }

    function _deployTimelock() private {
        if (_record.timelock.code.length == 0) _record.timelock = _createTimelock(_roots, _deployer);
    }

    function _deployRegistries() private {
        if (_record.policyEngineImplementation.code.length == 0) {
            _record.policyEngineImplementation = _create("PolicyEngine", "");
        }
        if (_record.complianceRegistries.code.length != 0) return;
        RegistryParts memory parts = RegistryParts({
            policyEngineImplementation: _record.policyEngineImplementation,
            identityRegistry: _create("DirectIdentityRegistry", ""),
            credentialRegistry: _create("DirectCredentialRegistry", ""),
            issuerPolicyImplementation: _create("OnlyAuthorizedSenderPolicy", "")
        });
        address issuer = vm.envOr("CREDENTIAL_ISSUER", _roots.basketAdmin);
        _record.complianceRegistries =
            _create("ComplianceRegistries", abi.encode(_record.timelock, _deployer, issuer, _officer(), parts));
    }

    function _deployComplianceFactory() private {
        if (_record.complianceFactory.code.length != 0) return;
        ComplianceImplementations memory implementations = ComplianceImplementations({
            mintExtractor: _create("MintExtractor", ""),
            policyEngine: _record.policyEngineImplementation,
            pausePolicy: _create("PausePolicy", ""),
            rejectPolicy: _create("RejectPolicy", ""),
            allowPolicy: _create("AllowPolicy", ""),
            identityPolicy: _create("CredentialRegistryIdentityValidatorPolicy", ""),
            volumePolicy: _create("VolumePolicy", ""),
            volumeRatePolicy: _create(
                "IdentityVolumeRatePolicy",
                abi.encode(IComplianceRegistries(_record.complianceRegistries).identityRegistry())
            ),
            policySwitch: _create("PolicySwitch", "")
        });
        _record.complianceFactory = _create(
            "ComplianceFactory",
            abi.encode(_record.timelock, _record.complianceRegistries, _jurisdictions(), implementations)
        );
    }

    function _deployBasketFactory() private {
        if (_record.basketFactory.code.length != 0) return;
        // Where whoever looks for the baskets' past may begin.
        _record.block = block.number;
        _record.workflowOwner = vm.envAddress("WORKFLOW_OWNER");
        _record.workflowName = _workflowName();
        BasketCode memory code = BasketCode({
            stablecoinDeployer: _create("StablecoinDeployer", ""),
            consumerImplementation: _create(
                "MintingConsumerWithACE",
                abi.encode(_record.forwarder, _record.workflowOwner, WorkflowName.encode(_record.workflowName))
            ),
            deskImplementation: _create("RedemptionDesk", "")
        });
        bool open = vm.envOr("CREATION_OPEN", _isLocal());
        _record.basketFactory =
            _create("BasketFactory", abi.encode(_deployer, _record.complianceFactory, code, _roots.guardian, open));
        IComplianceFactory(_record.complianceFactory).bind(_record.basketFactory);
    }

    function _deployLens() private {
        if (_record.complianceLens.code.length != 0) return;
        _record.complianceLens = _create("ComplianceLens", abi.encode(_record.basketFactory));
    }

    /// @dev Also follows a change of the signers, of which the forwarder has no getter: the record says what is set.
    function _configureForwarder() private {
        if (vm.envOr("FORWARDER_ADDRESS", address(0)) != address(0)) return;
        Don memory don = _donFromEnvironment();
        if (keccak256(abi.encode(don)) == keccak256(abi.encode(_record.don))) return;
        address owner = Ownable(_record.forwarder).owner();
        if (owner != _deployer) revert ForwarderOwnedByAnother(owner);
        KeystoneForwarder(_record.forwarder).setConfig(don.id, don.configVersion, don.f, don.signers);
        _record.don = don;
    }

    function _createFirstBasket() private {
        string memory name = vm.envOr("FIRST_BASKET_NAME", string(""));
        if (bytes(name).length == 0 || _record.mintingConsumer.code.length != 0) return;
        string memory symbol = vm.envString("FIRST_BASKET_SYMBOL");
        (_record.stablecoin, _record.mintingConsumer) =
            IBasketFactory(_record.basketFactory).createBasket(name, symbol, _roots.basketAdmin);
    }

    /* ENVIRONMENT AND RECORD */

    function _read() private view returns (Record memory record) {
        record = _readRecord();
        record.deployer = _deployer;
        // The record of an earlier chain with the same id: nothing of it is left.
        if (record.forwarder.code.length == 0) delete record.don;
    }

    /// @dev The consumers' pins are immutable: a changed environment must be noticed, not silently ignored.
    function _requireSamePins() private view {
        if (_record.basketFactory.code.length == 0) return;
        bytes32 pinned = keccak256(abi.encode(_record.workflowOwner, _record.workflowName));
        if (pinned != keccak256(abi.encode(vm.envAddress("WORKFLOW_OWNER"), _workflowName()))) {
            revert WorkflowPinned(_record.workflowOwner, _record.workflowName);
        }
        address forwarder = vm.envOr("FORWARDER_ADDRESS", address(0));
        if (forwarder != address(0) && forwarder != _record.forwarder) revert ForwarderPinned(_record.forwarder);
    }

    function _forwarderToAccept() internal view override returns (address) {
        return _record.forwarder;
    }

    function _officer() private view returns (address) {
        return vm.envOr("COMPLIANCE_OFFICER", _roots.basketAdmin);
    }

    function _workflowName() private view returns (string memory) {
        return vm.envOr("WORKFLOW_NAME", string("bank-stablecoin-mint"));
    }

    function _jurisdictions() private view returns (bytes2[] memory jurisdictions) {
        string[] memory codes = vm.split(vm.envOr("JURISDICTIONS", string("CH,DE,FR,GB,SG,US")), ",");
        jurisdictions = new bytes2[](codes.length);
        for (uint256 i = 0; i < codes.length; ++i) {
            if (bytes(codes[i]).length != 2) revert InvalidJurisdictionCode(codes[i]);
            jurisdictions[i] = bytes2(bytes(codes[i]));
        }
    }

    function _donFromEnvironment() private view returns (Don memory don) {
        don.id = uint32(vm.envOr("DON_ID", uint256(1)));
        don.configVersion = uint32(vm.envOr("DON_CONFIG_VERSION", uint256(1)));
        don.f = uint8(vm.envOr("DON_F", uint256(1)));
        don.signers = vm.envAddress("DON_SIGNERS", ",");
    }

    /// @dev Deploys by artifact, so that this script does not draw the sources into its own compilation.
    function _create(string memory name, bytes memory arguments) private returns (address created) {
        bytes memory code = abi.encodePacked(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            created := create(0, add(code, 32), mload(code))
        }
        if (created == address(0)) revert DeploymentFailed(name);
    }
}
