// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Deploy} from "../script/Deploy.s.sol";
import {Issuance} from "../script/Issuance.sol";
import {IBasketFactory} from "../src/interfaces/IBasketFactory.sol";
import {Explanation, IComplianceLens} from "../src/interfaces/IComplianceLens.sol";
import {IComplianceRegistries} from "../src/interfaces/IComplianceRegistries.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
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
        _setEnvironment();
        _deploysEverything();
        _aSecondRunDoesNothing();
        _followsNewSigners();
        _registersNewcomersOnly();
        _refusesOtherPins();
        _refusesBadSettingsOnAFreshChain();
    }

    function _deploysEverything() private {
        new Deploy().run();
        assertEq(vm.parseJsonUint(_record(), ".chainId"), block.chainid);
        assertEq(_address(".deployer"), DEPLOYER);
        // What the checked-in config.json relies on.
        assertEq(_address(".forwarder"), 0x5FbDB2315678afecb367f032d93F642f64180aa3);
        assertEq(_address(".basketFactory"), 0x9A9f2CCfdE556A7E9Ff0848998Aa4a0CFD8863AE);
        assertEq(_address(".firstBasket.stablecoin"), 0x532323de74BAb864b7005D910E5bD8562D038b9b);
        assertEq(_address(".firstBasket.mintingConsumer"), 0x2b961E3959b79326A8e7F64Ef0d2d825707669b5);

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

    function _refusesBadSettingsOnAFreshChain() private {
        // Another chain id is another record: everything is missing there.
        vm.chainId(4242);
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
