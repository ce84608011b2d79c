// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "../src/interfaces/ITypeAndVersion.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice Every contract of ours that is deployed says what it is and of which version.
contract VersionsTest is BasketTest {
    /// @dev What is deployed of each source file; a file that is missing here makes the test fail.
    mapping(string file => address) private deployed;
    mapping(string file => string) private versions;

    function setUp() public override {
        super.setUp();
        IPolicyEngine guard = IPolicyEngine(registries.policyEngine());
        _is(address(factory), "BasketFactory", "2.0.0");
        _is(address(complianceFactory), "ComplianceFactory", "2.0.0");
        _is(address(registries), "ComplianceRegistries", "1.2.0");
        _is(vm.deployCode("ComplianceLens.sol:ComplianceLens", abi.encode(factory)), "ComplianceLens", "2.1.0");
        _is(guard.getExtractor(ICredentialRegistry.registerCredential.selector), "CredentialExtractor", "1.0.0");
        _is(registries.credentialRegistry(), "DirectCredentialRegistry", "1.0.0");
        _is(registries.identityRegistry(), "DirectIdentityRegistry", "1.0.0");
        _is(registries.flagPolicy(), "FlagPolicy", "1.0.0");
        _is(basket.volumeRatePolicy, "IdentityVolumeRatePolicy", "1.0.0");
        _is(basket.jurisdictions, "JurisdictionDataValidator", "1.1.0");
        _is(address(ledger), "LiabilityLedger", "1.0.0");
        _is(complianceFactory.implementations().mintExtractor, "MintExtractor", "2.0.0");
        _is(address(consumer), "MintingConsumerWithACE", "2.0.0");
        _is(basket.policySwitch, "PolicySwitch", "2.1.0");
        _is(address(desk), "RedemptionDesk", "1.0.0");
        _is(factory.code().stablecoinDeployer, "StablecoinDeployer", "1.0.0");
        _is(address(token), "StablecoinERC20", "1.0.0");
    }

    function test_eachContractNamesItsTypeAndVersion() public view {
        Vm.DirEntry[] memory files = vm.readDir("contracts/src");
        uint256 seen;
        for (uint256 i = 0; i < files.length; ++i) {
            if (files[i].isDir) continue;
            string[] memory path = vm.split(files[i].path, "/");
            string memory name = vm.split(path[path.length - 1], ".sol")[0];
            if (!_isDeployed(name)) continue;
            ++seen;
            assertTrue(deployed[name] != address(0), string.concat(name, " is not in this list"));
            // The registries are ACE's, and say so.
            string memory said = string.concat(vm.replace(name, "Direct", ""), " ", versions[name]);
            assertEq(ITypeAndVersion(deployed[name]).typeAndVersion(), said);
        }
        assertEq(seen, 17);
    }

    /// @dev The code of {BasketFigures} comes with each question; two files only name what is compiled besides.
    function _isDeployed(string memory name) private pure returns (bool) {
        bytes32 hash = keccak256(bytes(name));
        return
            hash != keccak256("BasketFigures") && hash != keccak256("Dependencies")
                && hash != keccak256("DependenciesACE");
    }

    function _is(address target, string memory name, string memory version) private {
        (deployed[name], versions[name]) = (target, version);
    }
}
