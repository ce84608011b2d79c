// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Deploy} from "../script/Deploy.s.sol";
import {DeploymentRecord} from "../script/DeploymentRecord.sol";
import {Issuance} from "../script/Issuance.sol";
import {Roots} from "../script/Roots.sol";
import {IBasketFactory} from "../src/interfaces/IBasketFactory.sol";
import {Explanation, IComplianceLens} from "../src/interfaces/IComplianceLens.sol";
import {IComplianceRegistries} from "../src/interfaces/IComplianceRegistries.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The deploy script on a fresh chain, again, and with settings that do not fit what is there.
/// @dev One test: the environment belongs to the whole process.
contract DeployTest is Test {
    /// @dev Anvil's first account.
    uint256 private constant DEPLOYER_KEY = 0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80;
    string private constant FOLDER = "out/deploy-test";

    address private immutable DEPLOYER = vm.addr(DEPLOYER_KEY);
    address private immutable ADMIN = makeAddr("admin");
    address private immutable FIRST = makeAddr("first demo beneficiary");
    address private immutable SECOND = makeAddr("second demo beneficiary");

    function test_deploysOnceResumesAndRefusesWhatDoesNotFit() public {
        // A timelock takes an operation of second 1 for one that is done.
        vm.warp(1_790_000_000);
        _setEnvironment();
        _deploysEverything();
        _aSecondRunDoesNothing();
        _followsNewSigners();
        _registersNewcomersOnly();
        _refusesOtherPins();
        _refusesARecordOfAnotherVersion();
        _refusesOneKeyForTheRoots();
        _refusesBadSettingsOnAFreshChain();
        _givesTheRootsAway();
    }

    function _deploysEverything() private {
        new Deploy().run();
        assertEq(vm.parseJsonUint(_record(), ".chainId"), block.chainid);
        assertEq(_address(".deployer"), DEPLOYER);
        // What the checked-in config.json relies on.
        assertEq(_address(".forwarder"), 0x5FbDB2315678afecb367f032d93F642f64180aa3);
        assertEq(_address(".basketFactory"), 0x3Aa5ebB10DC797CAC828524e59A333d0A371443c);
        assertEq(_address(".firstBasket.stablecoin"), 0x24B3c7704709ed1491473F30393FFc93cFB0FC34);
        assertEq(_address(".firstBasket.mintingConsumer"), 0x44BF2a9217A2970A1bCC7529Bf1d40828C594320);

        IBasketFactory factory = IBasketFactory(_address(".basketFactory"));
        assertEq(factory.timelock(), _address(".timelock"));
        assertEq(factory.basketCount(), 1);
        assertEq(factory.basketOf(_address(".firstBasket.mintingConsumer")).admin, ADMIN);
        IMintingConsumer consumer = IMintingConsumer(_address(".firstBasket.mintingConsumer"));
        assertEq(consumer.forwarder(), _address(".forwarder"));
        assertEq(consumer.workflowOwner(), makeAddr("workflow owner"));
        assertEq(consumer.workflowName(), bytes10("6b34379bb8"));

        assertEq(_explain(FIRST).verdict.code, Verdicts.ACCEPTED);
        assertEq(_explain(SECOND).verdict.code, Verdicts.IDENTITY_REJECTED);
        IComplianceRegistries registries = IComplianceRegistries(_address(".complianceRegistries"));
        assertTrue(registries.isIssuer(ADMIN));
        assertFalse(registries.isIssuer(DEPLOYER));
        assertEq(_address(".identityRegistry"), registries.identityRegistry());
        assertEq(_address(".credentialRegistry"), registries.credentialRegistry());
        assertEq(_address(".issuerPolicy"), registries.issuerPolicy());
    }

    function _aSecondRunDoesNothing() private {
        uint64 nonce = vm.getNonce(DEPLOYER);
        string memory record = _record();
        new Deploy().run();
        assertEq(vm.getNonce(DEPLOYER), nonce);
        assertEq(_record(), record);
    }

    function _followsNewSigners() private {
        vm.setEnv("DON_SIGNERS", _signers("new"));
        vm.expectEmit(_address(".forwarder"));
        emit KeystoneForwarder.ConfigSet(1, 1, 1, vm.envAddress("DON_SIGNERS", ","));
        new Deploy().run();
        assertEq(vm.parseJsonAddressArray(_record(), ".don.signers")[0], makeAddr("new0"));
    }

    function _registersNewcomersOnly() private {
        vm.setEnv("DEMO_BENEFICIARIES", string.concat(vm.toString(FIRST), ",", vm.toString(SECOND)));
        vm.setEnv("ISSUER_ADMIN", vm.toString(ADMIN));
        new Deploy().run();
        assertEq(_explain(SECOND).verdict.code, Verdicts.ACCEPTED);
        assertEq(Ownable(_address(".issuerPolicy")).owner(), ADMIN);
        assertFalse(IComplianceRegistries(_address(".complianceRegistries")).isIssuer(DEPLOYER));

        vm.setEnv("DEMO_BENEFICIARIES", vm.toString(makeAddr("third")));
        _expectRefusal(abi.encodeWithSelector(Issuance.NotIssuerAdmin.selector, ADMIN));
        vm.setEnv("DEMO_BENEFICIARIES", vm.toString(FIRST));
        new Deploy().run();
    }

    function _refusesOtherPins() private {
        address owner = makeAddr("workflow owner");
        vm.setEnv("WORKFLOW_NAME", "another");
        _expectRefusal(abi.encodeWithSelector(Deploy.WorkflowPinned.selector, owner, "bank-stablecoin-mint"));
        vm.setEnv("WORKFLOW_NAME", "bank-stablecoin-mint");
        vm.setEnv("WORKFLOW_OWNER", vm.toString(ADMIN));
        _expectRefusal(abi.encodeWithSelector(Deploy.WorkflowPinned.selector, owner, "bank-stablecoin-mint"));
        vm.setEnv("WORKFLOW_OWNER", vm.toString(owner));
        vm.setEnv("FORWARDER_ADDRESS", vm.toString(ADMIN));
        _expectRefusal(abi.encodeWithSelector(Deploy.ForwarderPinned.selector, _address(".forwarder")));
    }

    function _refusesARecordOfAnotherVersion() private {
        string memory file = string.concat(FOLDER, "/", vm.toString(block.chainid), ".json");
        string memory record = _record();
        vm.writeFile(file, vm.replace(record, "\"version\": 2", "\"version\": 3"));
        _expectRefusal(abi.encodeWithSelector(DeploymentRecord.RecordOfAnotherVersion.selector, file, 3, 2));
        // The first generation had none.
        vm.writeFile(file, vm.replace(record, "\"version\": 2", "\"older\": true"));
        _expectRefusal(abi.encodeWithSelector(DeploymentRecord.RecordOfAnotherVersion.selector, file, 1, 2));
        vm.writeFile(file, record);
    }

    function _refusesOneKeyForTheRoots() private {
        // Another chain id is another record: everything is missing there.
        vm.chainId(4242);
        vm.setEnv("FORWARDER_ADDRESS", "0x0000000000000000000000000000000000000000");
        _expectRefusal(abi.encodeWithSelector(Roots.RootsShareAKey.selector, DEPLOYER));
        string[4] memory roots = ["TIMELOCK_PROPOSER", "TIMELOCK_EXECUTOR", "TIMELOCK_CANCELLER", "GUARDIAN"];
        for (uint256 i = 0; i < roots.length; ++i) {
            vm.setEnv(roots[i], vm.toString(makeAddr(roots[i])));
        }
        vm.setEnv("GUARDIAN", vm.toString(makeAddr("TIMELOCK_PROPOSER")));
        _expectRefusal(abi.encodeWithSelector(Roots.RootsShareAKey.selector, makeAddr("TIMELOCK_PROPOSER")));
        vm.setEnv("GUARDIAN", vm.toString(makeAddr("GUARDIAN")));
        _expectRefusal(abi.encodeWithSelector(Roots.RootsShareAKey.selector, DEPLOYER));
        vm.setEnv("BASKET_CREATOR", vm.toString(ADMIN));
        _refusesTheDeployerAs("ISSUER_ADMIN");
        _refusesTheDeployerAs("FIRST_BASKET_ADMIN");
        _refusesTheDeployerAs("BASKET_CREATOR");
        vm.setEnv("TIMELOCK_DELAY_SECONDS", "3599");
        _expectRefusal(abi.encodeWithSelector(Roots.DelayTooShort.selector, 3599, 3600));
        vm.setEnv("TIMELOCK_DELAY_SECONDS", "3600");
    }

    /// @dev Whatever else the deployer might keep; all of them are another's before and after.
    function _refusesTheDeployerAs(string memory role) private {
        vm.setEnv(role, vm.toString(DEPLOYER));
        _expectRefusal(abi.encodeWithSelector(Roots.RootsShareAKey.selector, DEPLOYER));
        vm.setEnv(role, vm.toString(ADMIN));
    }

    function _refusesBadSettingsOnAFreshChain() private {
        address forwarder = 0x5FbDB2315678afecb367f032d93F642f64180aa3;
        vm.setEnv("FORWARDER_ADDRESS", vm.toString(forwarder));
        vm.setEnv("JURISDICTIONS", "CH,DEU");
        _expectRefusal(abi.encodeWithSelector(Deploy.InvalidJurisdictionCode.selector, "DEU"));
        vm.setEnv("JURISDICTIONS", "CH");
        vm.setEnv("CREDENTIAL_ISSUER", vm.toString(address(0)));
        _expectRefusal(abi.encodeWithSelector(Deploy.DeploymentFailed.selector, "ComplianceRegistries"));

        // With an existing forwarder the DON is its owner's business.
        vm.setEnv("CREDENTIAL_ISSUER", vm.toString(ADMIN));
        vm.setEnv("FIRST_BASKET_NAME", "");
        new Deploy().run();
        assertEq(_address(".forwarder"), forwarder);
        assertFalse(vm.keyExistsJson(_record(), ".don"));
        assertFalse(vm.keyExistsJson(_record(), ".firstBasket"));
        assertEq(IBasketFactory(_address(".basketFactory")).basketCount(), 0);
        assertTrue(IIdentityRegistry(_address(".identityRegistry")).getIdentity(FIRST) != 0);
    }

    /// @dev On a third chain, with a forwarder of its own: the deployer ends without any power.
    function _givesTheRootsAway() private {
        vm.chainId(4343);
        vm.setEnv("FORWARDER_ADDRESS", "0x0000000000000000000000000000000000000000");
        vm.setEnv("TIMELOCK_DELAY_SECONDS", "86400");
        new Deploy().run();
        TimelockController timelock = TimelockController(payable(_address(".timelock")));
        assertEq(Ownable(_address(".forwarder")).owner(), address(timelock));
        assertEq(timelock.getMinDelay(), 1 days);
        assertTrue(timelock.hasRole(timelock.PROPOSER_ROLE(), makeAddr("TIMELOCK_PROPOSER")));
        assertTrue(timelock.hasRole(timelock.EXECUTOR_ROLE(), makeAddr("TIMELOCK_EXECUTOR")));
        assertTrue(timelock.hasRole(timelock.CANCELLER_ROLE(), makeAddr("TIMELOCK_CANCELLER")));
        bytes32[4] memory roles = [
            timelock.PROPOSER_ROLE(), timelock.EXECUTOR_ROLE(), timelock.CANCELLER_ROLE(), timelock.DEFAULT_ADMIN_ROLE()
        ];
        for (uint256 i = 0; i < roles.length; ++i) {
            assertFalse(timelock.hasRole(roles[i], DEPLOYER));
        }
        IAccessControl factory = IAccessControl(_address(".basketFactory"));
        assertTrue(factory.hasRole(0x00, address(timelock)));
        assertTrue(factory.hasRole(keccak256("CREATOR_ROLE"), ADMIN));
        assertFalse(factory.hasRole(0x00, DEPLOYER) || factory.hasRole(keccak256("CREATOR_ROLE"), DEPLOYER));
        assertFalse(IBasketFactory(address(factory)).creationOpen());
        assertEq(IBasketFactory(address(factory)).guardian(), makeAddr("GUARDIAN"));

        // Done once; and the signers are the timelock's business from now on.
        uint64 nonce = vm.getNonce(DEPLOYER);
        new Deploy().run();
        assertEq(vm.getNonce(DEPLOYER), nonce);
        vm.setEnv("DON_SIGNERS", _signers("newest"));
        _expectRefusal(abi.encodeWithSelector(Roots.ForwarderOwnedByAnother.selector, address(timelock)));
    }

    /* HELPERS */

    function _setEnvironment() private {
        if (vm.exists(FOLDER)) vm.removeDir(FOLDER, true);
        vm.setEnv("DEPLOYER_KEY", vm.toString(bytes32(DEPLOYER_KEY)));
        vm.setEnv("DEPLOYMENTS_DIR", FOLDER);
        vm.setEnv("DON_SIGNERS", _signers("node"));
        vm.setEnv("WORKFLOW_OWNER", vm.toString(makeAddr("workflow owner")));
        vm.setEnv("WORKFLOW_NAME", "bank-stablecoin-mint");
        vm.setEnv("FIRST_BASKET_NAME", "Demo Dollar");
        vm.setEnv("FIRST_BASKET_SYMBOL", "DUSD");
        vm.setEnv("FIRST_BASKET_ADMIN", vm.toString(ADMIN));
        vm.setEnv("DEMO_BENEFICIARIES", vm.toString(FIRST));
    }

    function _signers(string memory name) private returns (string memory list) {
        for (uint256 i = 0; i < 4; ++i) {
            string memory signer = vm.toString(makeAddr(string.concat(name, vm.toString(i))));
            list = i == 0 ? signer : string.concat(list, ",", signer);
        }
    }

    function _expectRefusal(bytes memory error) private {
        Deploy script = new Deploy();
        vm.expectRevert(error);
        script.run();
        // The refused script never came to end its broadcast.
        try vm.stopBroadcast() {} catch {}
    }

    function _record() private view returns (string memory) {
        return vm.readFile(string.concat(FOLDER, "/", vm.toString(block.chainid), ".json"));
    }

    function _address(string memory key) private view returns (address) {
        return vm.parseJsonAddress(_record(), key);
    }

    function _explain(address account) private view returns (Explanation memory) {
        IComplianceLens lens = IComplianceLens(_address(".complianceLens"));
        return lens.explain(_address(".firstBasket.mintingConsumer"), account, 0);
    }
}
