// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IComplianceRegistries} from "../src/interfaces/IComplianceRegistries.sol";
import {Script} from "forge-std/Script.sol";

/// @title DeploymentRecord
/// @notice Reads and writes `<DEPLOYMENTS_DIR>/<chainId>.json`, what a deployment leaves behind for everybody else.
abstract contract DeploymentRecord is Script {
    /// @notice The DON whose reports the forwarder accepts.
    struct Don {
        uint32 id;
        uint32 configVersion;
        uint8 f;
        address[] signers;
    }

    /// @notice Everything the record names; absent values are zero or empty.
    struct Record {
        address deployer;
        address forwarder;
        address timelock;
        address policyEngineImplementation;
        address complianceRegistries;
        address complianceFactory;
        address basketFactory;
        address complianceLens;
        address workflowOwner;
        string workflowName;
        uint256 block;
        Don don;
        address stablecoin;
        address mintingConsumer;
    }

    /// @notice The layout of the record, and the generation of the contracts that it names.
    uint256 internal constant RECORD_VERSION = 2;

    /// @notice Thrown for the record of an older or newer deployment: its contracts are not these. Move it away.
    error RecordOfAnotherVersion(string file, uint256 found, uint256 wanted);

    /// @dev Returns an empty record when there is no file.
    function _readRecord() internal view returns (Record memory record) {
        string memory file = _recordFile();
        if (!vm.exists(file)) return record;
        string memory json = vm.readFile(file);
        uint256 version = vm.keyExistsJson(json, ".version") ? vm.parseJsonUint(json, ".version") : 1;
        if (version != RECORD_VERSION) revert RecordOfAnotherVersion(file, version, RECORD_VERSION);
        record.forwarder = vm.parseJsonAddress(json, ".forwarder");
        record.timelock = vm.parseJsonAddress(json, ".timelock");
        record.policyEngineImplementation = vm.parseJsonAddress(json, ".policyEngineImplementation");
        record.complianceRegistries = vm.parseJsonAddress(json, ".complianceRegistries");
        record.complianceFactory = vm.parseJsonAddress(json, ".complianceFactory");
        record.complianceLens = vm.parseJsonAddress(json, ".complianceLens");
        record.basketFactory = vm.parseJsonAddress(json, ".basketFactory");
        record.workflowOwner = vm.parseJsonAddress(json, ".workflowOwner");
        record.workflowName = vm.parseJsonString(json, ".workflowName");
        if (vm.keyExistsJson(json, ".block")) record.block = vm.parseJsonUint(json, ".block");
        if (vm.keyExistsJson(json, ".don")) record.don = _readDon(json);
        if (vm.keyExistsJson(json, ".firstBasket")) {
            record.stablecoin = vm.parseJsonAddress(json, ".firstBasket.stablecoin");
            record.mintingConsumer = vm.parseJsonAddress(json, ".firstBasket.mintingConsumer");
        }
    }

    function _write(Record memory record) internal {
        // The cheatcodes keep what was serialised under a name: one name per record.
        string memory root = string.concat("record", vm.toString(block.chainid));
        vm.serializeUint(root, "version", RECORD_VERSION);
        vm.serializeUint(root, "chainId", block.chainid);
        vm.serializeAddress(root, "deployer", record.deployer);
        vm.serializeAddress(root, "forwarder", record.forwarder);
        vm.serializeAddress(root, "timelock", record.timelock);
        vm.serializeAddress(root, "policyEngineImplementation", record.policyEngineImplementation);
        vm.serializeAddress(root, "complianceRegistries", record.complianceRegistries);
        vm.serializeAddress(root, "complianceFactory", record.complianceFactory);
        vm.serializeAddress(root, "complianceLens", record.complianceLens);
        IComplianceRegistries registries = IComplianceRegistries(record.complianceRegistries);
        vm.serializeAddress(root, "identityRegistry", registries.identityRegistry());
        vm.serializeAddress(root, "credentialRegistry", registries.credentialRegistry());
        vm.serializeAddress(root, "issuerPolicy", registries.issuerPolicy());
        vm.serializeAddress(root, "flagPolicy", registries.flagPolicy());
        vm.serializeAddress(root, "workflowOwner", record.workflowOwner);
        vm.serializeString(root, "workflowName", record.workflowName);
        if (record.block != 0) vm.serializeUint(root, "block", record.block);
        if (record.don.signers.length != 0) vm.serializeString(root, "don", _donJson(record.don));
        if (record.mintingConsumer != address(0)) vm.serializeString(root, "firstBasket", _basketJson(record));
        string memory json = vm.serializeAddress(root, "basketFactory", record.basketFactory);

        vm.createDir(_recordFolder(), true);
        vm.writeJson(json, _recordFile());
    }

    function _readDon(string memory json) private pure returns (Don memory don) {
        don.id = uint32(vm.parseJsonUint(json, ".don.id"));
        don.configVersion = uint32(vm.parseJsonUint(json, ".don.configVersion"));
        don.f = uint8(vm.parseJsonUint(json, ".don.f"));
        don.signers = vm.parseJsonAddressArray(json, ".don.signers");
    }

    function _donJson(Don memory don) private returns (string memory) {
        string memory node = "don";
        vm.serializeUint(node, "id", don.id);
        vm.serializeUint(node, "configVersion", don.configVersion);
        vm.serializeUint(node, "f", don.f);
        return vm.serializeAddress(node, "signers", don.signers);
    }

    function _basketJson(Record memory record) private returns (string memory) {
        string memory node = "firstBasket";
        vm.serializeAddress(node, "stablecoin", record.stablecoin);
        return vm.serializeAddress(node, "mintingConsumer", record.mintingConsumer);
    }

    function _recordFolder() private view returns (string memory) {
        return vm.envOr("DEPLOYMENTS_DIR", string("./deployments"));
    }

    function _recordFile() private view returns (string memory) {
        return string.concat(_recordFolder(), "/", vm.toString(block.chainid), ".json");
    }
}
