// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket, BasketCode, IBasketFactory} from "../../src/interfaces/IBasketFactory.sol";
import {ComplianceImplementations, IComplianceFactory} from "../../src/interfaces/IComplianceFactory.sol";
import {IComplianceRegistries, RegistryParts} from "../../src/interfaces/IComplianceRegistries.sol";
import {ILiabilityLedger} from "../../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer, Verdict} from "../../src/interfaces/IMintingConsumer.sol";
import {IRedemptionDesk} from "../../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../../src/interfaces/IStablecoin.sol";
import {Credentials} from "../../src/libraries/Credentials.sol";
import {Order, Report, ReportCodec, ReserveProof} from "../../src/libraries/ReportCodec.sol";
import {Verdicts} from "../../src/libraries/Verdicts.sol";
import {WorkflowName} from "../../src/libraries/WorkflowName.sol";
import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Test, Vm} from "forge-std/Test.sol";

/// @notice A whole deployment with Chainlink's own forwarder, a DON of four keys and one basket.
abstract contract BasketTest is Test {
    uint32 internal constant DON_ID = 1;
    uint32 internal constant DON_CONFIG = 1;
    uint8 internal constant DON_F = 1;
    string internal constant WORKFLOW_NAME = "bank-stablecoin-mint";
    uint256 internal constant RESERVES = 1_000_000e18;

    /// @dev Encoded once: the SHA-256 precompile is a call, which `expectRevert` and `prank` would take for theirs.
    bytes10 internal immutable ENCODED_NAME = WorkflowName.encode(WORKFLOW_NAME);
    address internal immutable OPERATOR = makeAddr("operator");
    address internal immutable ADMIN = makeAddr("basket admin");
    address internal immutable ISSUER = makeAddr("issuer");
    address internal immutable COMPLIANCE = makeAddr("compliance officer");
    address internal immutable STRANGER = makeAddr("stranger");
    address internal immutable GUARDIAN = makeAddr("guardian");
    address internal immutable WORKFLOW_OWNER = makeAddr("workflow owner");
    address internal immutable ALICE = makeAddr("alice");
    address internal immutable BOB = makeAddr("bob");

    uint256[] internal nodeKeys;
    KeystoneForwarder internal forwarder;
    TimelockController internal timelock;
    IComplianceRegistries internal registries;
    IComplianceFactory internal complianceFactory;
    IBasketFactory internal factory;

    Basket internal basket;
    IStablecoin internal token;
    IMintingConsumer internal consumer;
    ILiabilityLedger internal ledger;
    IRedemptionDesk internal desk;
    IPolicyEngine internal engine;

    uint256 private _executions;

    function setUp() public virtual {
        vm.warp(1_790_000_000);
        _deploySystem();
        (, address created) = _createBasket("Demo Dollar", "DUSD", ADMIN);
        _useBasket(created);
        _register(ALICE, "CH");
        _register(BOB, "DE");
    }

    /* DEPLOYMENT */

    function _deploySystem() internal {
        for (uint256 i = 1; i <= 4; ++i) {
            nodeKeys.push(uint256(keccak256(abi.encode("node", i))));
        }
        vm.startPrank(OPERATOR);
        forwarder = new KeystoneForwarder();
        forwarder.setConfig(DON_ID, DON_CONFIG, DON_F, _nodeAddresses());
        vm.stopPrank();

        address[] memory proposers = new address[](1);
        proposers[0] = OPERATOR;
        timelock = new TimelockController(2 days, proposers, proposers, address(0));
        registries = IComplianceRegistries(
            vm.deployCode(
                "ComplianceRegistries.sol:ComplianceRegistries",
                abi.encode(timelock, OPERATOR, ISSUER, COMPLIANCE, _registryParts())
            )
        );
        bytes2[] memory jurisdictions = new bytes2[](2);
        (jurisdictions[0], jurisdictions[1]) = (bytes2("CH"), bytes2("DE"));
        complianceFactory = IComplianceFactory(
            vm.deployCode(
                "ComplianceFactory.sol:ComplianceFactory",
                abi.encode(timelock, registries, jurisdictions, _complianceImplementations())
            )
        );
        factory = IBasketFactory(
            vm.deployCode(
                "BasketFactory.sol:BasketFactory",
                abi.encode(OPERATOR, complianceFactory, _basketCode(WORKFLOW_OWNER), GUARDIAN, true)
            )
        );
        complianceFactory.bind(address(factory));
    }

    function _basketCode(address workflowOwner) internal returns (BasketCode memory) {
        return BasketCode({
            stablecoinDeployer: vm.deployCode("StablecoinDeployer.sol:StablecoinDeployer"),
            consumerImplementation: _consumerImplementation(workflowOwner),
            deskImplementation: vm.deployCode("RedemptionDesk.sol:RedemptionDesk")
        });
    }

    function _consumerImplementation(address workflowOwner) internal returns (address) {
        return vm.deployCode(
            "MintingConsumerWithACE.sol:MintingConsumerWithACE", abi.encode(forwarder, workflowOwner, ENCODED_NAME)
        );
    }

    function _registryParts() internal returns (RegistryParts memory) {
        return RegistryParts({
            policyEngineImplementation: vm.deployCode("PolicyEngine.sol:PolicyEngine"),
            identityRegistry: vm.deployCode("DirectIdentityRegistry.sol:DirectIdentityRegistry"),
            credentialRegistry: vm.deployCode("DirectCredentialRegistry.sol:DirectCredentialRegistry"),
            issuerPolicyImplementation: vm.deployCode("OnlyAuthorizedSenderPolicy.sol:OnlyAuthorizedSenderPolicy")
        });
    }

    function _complianceImplementations() internal returns (ComplianceImplementations memory) {
        return ComplianceImplementations({
            mintExtractor: vm.deployCode("MintExtractor.sol:MintExtractor"),
            policyEngine: vm.deployCode("PolicyEngine.sol:PolicyEngine"),
            pausePolicy: vm.deployCode("PausePolicy.sol:PausePolicy"),
            rejectPolicy: vm.deployCode("RejectPolicy.sol:RejectPolicy"),
            allowPolicy: vm.deployCode("AllowPolicy.sol:AllowPolicy"),
            identityPolicy: vm.deployCode(
                "CredentialRegistryIdentityValidatorPolicy.sol:CredentialRegistryIdentityValidatorPolicy"
            ),
            volumePolicy: vm.deployCode("VolumePolicy.sol:VolumePolicy"),
            volumeRatePolicy: vm.deployCode(
                "IdentityVolumeRatePolicy.sol:IdentityVolumeRatePolicy", abi.encode(registries.identityRegistry())
            ),
            policySwitch: vm.deployCode("PolicySwitch.sol:PolicySwitch")
        });
    }

    function _createBasket(string memory name, string memory symbol, address admin)
        internal
        returns (address stablecoin, address mintingConsumer)
    {
        return factory.createBasket(name, symbol, admin);
    }

    /// @dev Makes the basket of a stablecoin or of its consumer the one that the short names mean.
    function _useBasket(address stablecoinOrConsumer) internal {
        basket = factory.basketOf(stablecoinOrConsumer);
        token = IStablecoin(basket.stablecoin);
        consumer = IMintingConsumer(basket.mintingConsumer);
        ledger = ILiabilityLedger(basket.ledger);
        desk = IRedemptionDesk(basket.redemptionDesk);
        engine = IPolicyEngine(basket.policyEngine);
    }

    function _nodeAddresses() internal view returns (address[] memory nodes) {
        nodes = new address[](nodeKeys.length);
        for (uint256 i = 0; i < nodes.length; ++i) {
            nodes[i] = vm.addr(nodeKeys[i]);
        }
    }

    /* COMPLIANCE */

    /// @dev Gives `account` an identity with KYC and a jurisdiction.
    function _register(address account, bytes2 jurisdiction) internal {
        bytes32 ccid = _ccid(account);
        bytes32[] memory types = new bytes32[](2);
        (types[0], types[1]) = (Credentials.KYC, Credentials.JURISDICTION);
        bytes[] memory datas = new bytes[](2);
        datas[1] = abi.encodePacked(jurisdiction);
        IIdentityRegistry identities = IIdentityRegistry(registries.identityRegistry());
        ICredentialRegistry credentials = ICredentialRegistry(registries.credentialRegistry());
        vm.startPrank(ISSUER);
        identities.registerIdentity(ccid, account, "");
        credentials.registerCredentials(ccid, types, 0, datas, "");
        vm.stopPrank();
    }

    /// @dev Gives the identity of `account` credentials of `count` other kinds: each makes a look-up among them dearer.
    function _pileUpCredentials(address account, uint256 count) internal {
        ICredentialRegistry credentials = ICredentialRegistry(registries.credentialRegistry());
        vm.startPrank(ISSUER);
        for (uint256 i = 0; i < count; ++i) {
            credentials.registerCredential(_ccid(account), bytes32(i + 1), 0, "", "");
        }
        vm.stopPrank();
    }

    function _ccid(address account) internal pure returns (bytes32) {
        return keccak256(abi.encode(account));
    }

    /* REPORTS */

    function _pair(Order memory first, Order memory second) internal pure returns (Order[] memory orders) {
        orders = new Order[](2);
        (orders[0], orders[1]) = (first, second);
    }

    function _order(string memory bankRef, address account, uint256 amount) internal pure returns (Order memory) {
        return Order(keccak256(bytes(bankRef)), account, amount, 0);
    }

    /// @dev A valid mint report for the current basket, proof observed now.
    function _mintReport(Order[] memory orders) internal view returns (Report memory report) {
        report.version = ReportCodec.VERSION;
        report.instruction = ReportCodec.MINT;
        report.chainId = block.chainid;
        report.consumer = address(consumer);
        report.validUntil = uint64(block.timestamp + 10 minutes);
        report.reserves = ReserveProof(RESERVES, uint64(block.timestamp));
        report.orders = orders;
    }

    function _mintReport(Order memory order) internal view returns (Report memory) {
        Order[] memory orders = new Order[](1);
        orders[0] = order;
        return _mintReport(orders);
    }

    function _encode(Report memory report) internal pure returns (bytes memory) {
        return abi.encode(
            report.version,
            report.instruction,
            report.chainId,
            report.consumer,
            report.validUntil,
            report.reserves,
            report.orders,
            report.redemptions
        );
    }

    /// @dev The metadata that the forwarder hands to the receiver for our workflow.
    function _metadata() internal view returns (bytes memory) {
        return abi.encodePacked(keccak256("workflow id"), ENCODED_NAME, WORKFLOW_OWNER, bytes2(0x0001));
    }

    /// @dev Header and body as the DON signs them, with a fresh execution id.
    function _rawReport(bytes memory body) internal returns (bytes memory) {
        return _rawReport(keccak256(abi.encode("execution", ++_executions)), body);
    }

    function _rawReport(bytes32 executionId, bytes memory body) internal view returns (bytes memory) {
        return abi.encodePacked(uint8(1), executionId, uint32(block.timestamp), DON_ID, DON_CONFIG, _metadata(), body);
    }

    function _context() internal pure returns (bytes memory) {
        return abi.encodePacked(keccak256("config digest"), bytes32(uint256(1)), bytes32(0));
    }

    function _sign(bytes memory rawReport, uint256 key) internal pure returns (bytes memory) {
        return _sign(rawReport, _context(), key);
    }

    function _sign(bytes memory rawReport, bytes memory context, uint256 key) internal pure returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked(keccak256(rawReport), context));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v - 27);
    }

    /// @dev f + 1 signatures of the DON.
    function _signatures(bytes memory rawReport) internal view returns (bytes[] memory signatures) {
        signatures = new bytes[](DON_F + 1);
        for (uint256 i = 0; i < signatures.length; ++i) {
            signatures[i] = _sign(rawReport, nodeKeys[i]);
        }
    }

    /* DELIVERY */

    /// @dev Signs, delivers through the forwarder, returns whether the receiver accepted the report.
    function _deliver(Report memory report) internal returns (bool) {
        return _deliverRaw(_rawReport(_encode(report)));
    }

    function _deliver(Order memory order) internal returns (bool) {
        return _deliver(_mintReport(order));
    }

    function _deliverRaw(bytes memory rawReport) internal returns (bool) {
        return _deliverTo(address(consumer), rawReport);
    }

    function _deliverTo(address receiver, bytes memory rawReport) internal returns (bool) {
        bytes[] memory signatures = _signatures(rawReport);
        vm.recordLogs();
        forwarder.report(receiver, rawReport, _context(), signatures);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        Vm.Log memory processed = logs[logs.length - 1];
        assertEq(processed.topics[0], KeystoneForwarder.ReportProcessed.selector);
        return abi.decode(processed.data, (bool));
    }

    /// @dev Hands a report to the consumer as the forwarder would, so that its revert can be seen.
    function _onReport(Report memory report) internal {
        _onReport(_metadata(), _encode(report));
    }

    function _onReport(bytes memory metadata, bytes memory body) internal {
        vm.prank(address(forwarder));
        IReceiver(address(consumer)).onReport(metadata, body);
    }

    /* EXPECTATIONS */

    /// @dev `preview` and a real report must refuse `order` for the same reason, and leave no trace of a mint.
    function _assertRefused(Order memory order, uint8 code, address policy) internal {
        Verdict memory verdict = _preview(order);
        assertEq(verdict.code, code, "preview code");
        assertEq(verdict.policy, policy, "preview policy");
        _assertRefusedOnChain(order, code, policy);
    }

    function _assertRefusedOnChain(Order memory order, uint8 code, address policy) internal {
        uint256 supply = token.totalSupply();
        bytes32 digest = _digestOf(order.bankRef);
        _expectRejected(order, code, policy);
        _onReport(_mintReport(order));
        assertEq(token.totalSupply(), supply, "supply");
        assertEq(_digestOf(order.bankRef), digest, "reference");
    }

    function _assertAccepted(Order memory order) internal {
        assertEq(_preview(order).code, Verdicts.ACCEPTED, "preview");
        uint256 balance = token.balanceOf(order.account);
        _expectMinted(order);
        _onReport(_mintReport(order));
        assertEq(token.balanceOf(order.account), balance + order.amount, "balance");
    }

    function _preview(Order memory order) internal view returns (Verdict memory) {
        Order[] memory orders = new Order[](1);
        orders[0] = order;
        return consumer.preview(orders)[0];
    }

    /// @dev What the ledger keeps of a minted order.
    function _digest(address account, uint256 amount) internal pure returns (bytes32) {
        return bytes32(bytes25(keccak256(abi.encode(account, amount))));
    }

    function _digestOf(bytes32 bankRef) internal view returns (bytes32 digest) {
        (digest,) = ledger.mintOf(bankRef);
    }

    function _expectMinted(Order memory order) internal {
        vm.expectEmit(address(ledger));
        emit ILiabilityLedger.MintExecuted(order.bankRef, order.account, order.amount);
    }

    function _expectRejected(Order memory order, uint8 code, address policy) internal {
        vm.expectEmit(address(consumer));
        emit IMintingConsumer.MintRejected(order.bankRef, order.account, order.amount, policy, code);
    }
}
