// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {
    IIssuerPolicy,
    IPausePolicy,
    IRejectPolicy,
    IVolumePolicy,
    IVolumeRatePolicy
} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {EngineRoles} from "../src/libraries/EngineRoles.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {Order, Report, ReserveProof} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {FailingMapper, HostilePolicy, LyingExtractor} from "./support/HostilePolicies.sol";
import {IReceiver} from "@chainlink/contracts/src/v0.8/keystone/interfaces/IReceiver.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {ICredentialRequirements} from "@chainlink/cross-chain-identity/interfaces/ICredentialRequirements.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {IPolicyProtected} from "@chainlink/policy-management/interfaces/IPolicyProtected.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Attacks from inside: hostile admins, issuers, policies, beneficiaries.
contract HostileTest is BasketTest {
    /* THE BASKET'S ADMIN */

    function test_anAdminWhoStripsEveryPolicyStillCannotMintUnbacked() public {
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setIdentityRequired(false);
        IVolumePolicy(basket.volumePolicy).setMin(0);
        IVolumePolicy(basket.volumePolicy).setMax(0);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(type(uint128).max);
        vm.stopPrank();

        Report memory report = _mintReport(_order("R", ADMIN, RESERVES + 1));
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        report.orders[0].amount = RESERVES;
        _onReport(report);
        assertEq(token.totalSupply(), RESERVES);
    }

    function test_evenTheEnginesAdminCannotMintUnbacked() public {
        // Worse than any basket admin: the timelock itself takes every policy away and allows everything.
        address[] memory chain = engine.getPolicies(address(consumer), MintPolicies.SELECTOR);
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < chain.length; ++i) {
            engine.removePolicy(address(consumer), MintPolicies.SELECTOR, chain[i]);
        }
        engine.setDefaultPolicyAllow(true);
        vm.stopPrank();

        Report memory report = _mintReport(_order("R", STRANGER, RESERVES + 1));
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        // Nor against yesterday's proof, nor twice.
        vm.warp(block.timestamp + 2 hours);
        report.orders[0].amount = 1e18;
        report.validUntil += 2 hours;
        _expectRejected(report.orders[0], Verdicts.RESERVE_STALE, address(0));
        _onReport(report);
        _assertAccepted(report.orders[0]);
        _assertRefused(report.orders[0], Verdicts.REFERENCE_USED, address(0));
    }

    function test_aBypassPolicyDoesNotBypassReservesNorTheWindow() public {
        HostilePolicy bypass = new HostilePolicy();
        bypass.allowsEverything();
        _installFirst(address(bypass));

        Report memory report = _mintReport(_order("R", STRANGER, RESERVES + 1));
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        vm.prank(address(timelock));
        ledger.setMintWindow(5e18, 1 days);
        _assertRefused(_order("S", STRANGER, 6e18), Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        _assertAccepted(_order("S", STRANGER, 5e18));
    }

    function test_aLyingExtractorDeceivesPoliciesButNotTheConsumer() public {
        LyingExtractor liar = new LyingExtractor(ALICE);
        vm.prank(address(timelock));
        engine.setExtractor(MintPolicies.SELECTOR, address(liar));
        Report memory report = _mintReport(_order("R", STRANGER, RESERVES + 1));
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
        _assertRefused(_order("R", address(token), 1e18), Verdicts.FORBIDDEN_ACCOUNT, address(0));
    }

    function test_theAdminCannotTouchTheEngine() public {
        address[3] memory callers = [ADMIN, OPERATOR, STRANGER];
        for (uint256 i = 0; i < callers.length; ++i) {
            bytes[] memory calls = _engineCalls();
            for (uint256 j = 0; j < calls.length; ++j) {
                vm.prank(callers[i]);
                (bool ok, bytes memory reason) = address(engine).call(calls[j]);
                assertFalse(ok);
                assertEq(bytes4(reason), IAccessControl.AccessControlUnauthorizedAccount.selector);
            }
        }
    }

    function test_theEngineCannotBeExchanged() public {
        address[3] memory callers = [STRANGER, ADMIN, address(timelock)];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(IMintingConsumer.PolicyEngineFixed.selector);
            vm.prank(callers[i]);
            IPolicyProtected(address(consumer)).attachPolicyEngine(address(engine));
        }
    }

    function test_theFeedHasNoOtherWriter() public {
        address[4] memory callers = [ADMIN, address(timelock), address(forwarder), OPERATOR];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ILiabilityLedger.OnlyWriter.selector, callers[i]));
            vm.prank(callers[i]);
            ledger.begin(ReserveProof(type(uint128).max, uint64(block.timestamp)), new bytes32[](0));
        }
    }

    function test_oneBasketsAdminDoesNotReachAnotherBasket() public {
        address first = address(consumer);
        (, address other) = _createBasket("Other", "OTH", STRANGER);
        vm.startPrank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotPolicyOwner.selector, STRANGER));
        IPolicySwitch(basket.policySwitch).setIdentityRequired(false);
        // His own list refuses in his own basket only.
        IRejectPolicy(factory.basketOf(other).rejectPolicy).rejectAddress(ALICE);
        vm.stopPrank();
        _assertAccepted(_order("R", ALICE, 1e18));

        _useBasket(other);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.BLACKLISTED, basket.rejectPolicy);
        assertEq(ILiabilityLedger(IMintingConsumer(first).ledger()).liability(), 1e18);
        // References are per basket, and so are counters of the rate policy.
        _assertAccepted(_order("R", BOB, 1e18));
    }

    function test_anAdminsOwnCredentialSourceOnlyServesHisBasket() public {
        // The admin points his identity policy at registries of his own making.
        ICredentialRequirements policy = ICredentialRequirements(basket.identityPolicy);
        YesRegistry yes = new YesRegistry();
        vm.startPrank(ADMIN);
        policy.addCredentialSource(_source(Credentials.KYC, address(yes)));
        policy.addCredentialSource(_source(Credentials.AML_FLAG, address(yes)));
        policy.addCredentialSource(_source(Credentials.JURISDICTION, address(yes)));
        policy.removeCredentialRequirement(Credentials.AML_FLAG);
        vm.stopPrank();
        _assertAccepted(_order("R", STRANGER, 1e18));
        (, address other) = _createBasket("Other", "OTH", STRANGER);
        _useBasket(other);
        _assertRefused(_order("R", STRANGER, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
    }

    /* THE ISSUER */

    function test_aHostileIssuerCannotMintNorWiden() public {
        address identities = registries.identityRegistry();
        IIssuerPolicy issuers = IIssuerPolicy(registries.issuerPolicy());
        vm.startPrank(ISSUER);
        IIdentityRegistry(identities).registerIdentity("own", ISSUER, "");
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ISSUER));
        issuers.authorizeSender(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ISSUER));
        IPolicyProtected(identities).attachPolicyEngine(address(engine));
        vm.expectRevert(abi.encodeWithSelector(IMintingConsumer.OnlySelf.selector, ISSUER));
        consumer.executeMint("R", ISSUER, 1e18);
        vm.stopPrank();
        // Whom it lets in still needs reserves.
        _register(STRANGER, "CH");
        Report memory report = _mintReport(_order("R", STRANGER, 2e18));
        report.reserves.amount = 1e18;
        _expectRejected(report.orders[0], Verdicts.RESERVE_INSUFFICIENT, address(0));
        _onReport(report);
    }

    function test_anIssuerWhoPilesUpCredentialsCannotForceAMint() public {
        // A long list of credentials makes the AML look-up dear; too dear must mean refused or reverted, not passed.
        _pileUpCredentials(ALICE, 300);
        ICredentialRegistry credentials = ICredentialRegistry(registries.credentialRegistry());
        vm.prank(COMPLIANCE);
        credentials.registerCredential(_ccid(ALICE), Credentials.AML_FLAG, 0, "", "");
        Report memory report = _mintReport(_order("R", ALICE, 1e18));
        bytes memory call = abi.encodeCall(IReceiver.onReport, (_metadata(), _encode(report)));
        for (uint256 gasLimit = 1_000_000; gasLimit < 4_000_000; gasLimit += 100_000) {
            uint256 before = vm.snapshotState();
            vm.prank(address(forwarder));
            (bool ok,) = address(consumer).call{gas: gasLimit}(call);
            assertTrue(!ok || token.balanceOf(ALICE) == 0);
            assertEq(token.totalSupply(), 0);
            vm.revertToState(before);
        }
    }

    /* POLICIES */

    function test_aPolicyCannotReenterTheConsumer() public {
        Report memory inner = _mintReport(_order("INNER", BOB, 1e18));
        bytes memory raw = _rawReport(_encode(inner));
        HostilePolicy policy = new HostilePolicy();
        policy.callsBack(
            address(forwarder), abi.encodeCall(forwarder.report, (address(consumer), raw, _context(), _signatures(raw)))
        );
        _installFirst(address(policy));
        _assertAccepted(_order("R", ALICE, 1e18));
        // The forwarder was reached, the consumer behind it was not.
        assertTrue(policy.called());
        assertEq(token.balanceOf(BOB), 0);
        assertEq(_digestOf(keccak256("INNER")), 0);

        policy.callsBack(address(consumer), abi.encodeCall(IReceiver.onReport, (_metadata(), _encode(inner))));
        _assertAccepted(_order("S", ALICE, 1e18));
        assertEq(bytes4(policy.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        policy.callsBack(address(consumer), abi.encodeCall(consumer.executeMint, ("X", BOB, 1e18)));
        _assertAccepted(_order("T", ALICE, 1e18));
        assertEq(bytes4(policy.answer()), IMintingConsumer.OnlySelf.selector);
    }

    function test_aPolicyThatFailsIsNoRefusalOfIts() public {
        HostilePolicy policy = new HostilePolicy();
        _installFirst(address(policy));
        bytes[4] memory reasons = [
            bytes(""),
            bytes("garbage"),
            abi.encodeWithSelector(ILiabilityLedger.OrderRefused.selector, Verdicts.PAUSED),
            abi.encodeWithSelector(IPolicyEngine.PolicyRunRejected.selector, address(policy))
        ];
        for (uint256 i = 0; i < reasons.length; ++i) {
            policy.revertsWith(reasons[i]);
            _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_FAILED, address(policy));
        }
        assertEq(token.totalSupply(), 0);
    }

    function test_aPolicyThatBurnsGasIsTooDear() public {
        HostilePolicy policy = new HostilePolicy();
        policy.burnsGas();
        _installFirst(address(policy));
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.TOO_DEAR, address(0));
    }

    function test_aFailingMapperIsNoRefusal() public {
        FailingMapper mapper = new FailingMapper();
        vm.prank(address(timelock));
        engine.setPolicyMapper(basket.volumePolicy, address(mapper));
        assertEq(_preview(_order("R", ALICE, 1e18)).code, Verdicts.POLICY_FAILED);
        assertTrue(_deliver(_order("R", ALICE, 1e18)));
        assertEq(token.totalSupply(), 0);
    }

    function test_anEmptyChainWithoutDefaultRefuses() public {
        address[] memory chain = engine.getPolicies(address(consumer), MintPolicies.SELECTOR);
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < chain.length; ++i) {
            engine.removePolicy(address(consumer), MintPolicies.SELECTOR, chain[i]);
        }
        engine.setTargetDefaultPolicyAllow(address(consumer), false);
        vm.stopPrank();
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_REJECTED, address(0));
    }

    function test_aRefusalIsNamedByThePolicysOwnType() public {
        HostilePolicy policy = new HostilePolicy();
        policy.revertsWith(abi.encodeWithSelector(IPolicyEngine.PolicyRejected.selector, "no"));
        _installFirst(address(policy));
        _assertKind(policy, abi.encode("PausePolicy 2.7.1"), Verdicts.PAUSED);
        _assertKind(policy, abi.encode("RejectPolicy 9"), Verdicts.BLACKLISTED);
        _assertKind(policy, abi.encode("AllowPolicy 1.0.0"), Verdicts.NOT_WHITELISTED);
        _assertKind(policy, abi.encode("CredentialRegistryIdentityValidatorPolicy 1.0.0"), Verdicts.IDENTITY_REJECTED);
        _assertKind(policy, abi.encode("VolumePolicy 1.0.0"), Verdicts.VOLUME_OUT_OF_RANGE);
        _assertKind(policy, abi.encode("VolumeRatePolicy 1.0.0"), Verdicts.RATE_EXCEEDED);
        _assertKind(policy, abi.encode("IdentityVolumeRatePolicy 1.0.0"), Verdicts.RATE_EXCEEDED);
        _assertKind(policy, abi.encode("SomethingElse 1.0.0"), Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode("PausePolicy"), Verdicts.POLICY_REJECTED);
        // As long as a name may be, and longer.
        _assertKind(policy, abi.encode(_filled("PausePolicy ", 128)), Verdicts.PAUSED);
        _assertKind(policy, abi.encode(_filled("PausePolicy ", 129)), Verdicts.POLICY_REJECTED);
        // Answers that are no string at all.
        _assertKind(policy, "", Verdicts.POLICY_REJECTED);
        _assertKind(policy, hex"01", Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode(32), Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode(64, 32, bytes32("PausePolicy ")), Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode(32, type(uint256).max, "PausePolicy "), Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode(32, 33, bytes32("PausePolicy ")), Verdicts.POLICY_REJECTED);
        _assertKind(policy, abi.encode(32, 32, bytes32("PausePolicy ")), Verdicts.PAUSED);
    }

    function _filled(string memory start, uint256 length) private pure returns (string memory) {
        bytes memory text = new bytes(length);
        for (uint256 i = 0; i < bytes(start).length; ++i) {
            text[i] = bytes(start)[i];
        }
        return string(text);
    }

    /* BENEFICIARIES */

    function test_aContractBeneficiaryIsNotCalled() public {
        RevertingBeneficiary beneficiary = new RevertingBeneficiary();
        _register(address(beneficiary), "CH");
        _assertAccepted(_order("R", address(beneficiary), 1e18));
    }

    function test_poisonOrdersDoNotStopABatch() public {
        Order[] memory orders = new Order[](7);
        orders[0] = _order("P-0", address(0), type(uint256).max);
        orders[1] = _order("P-1", address(consumer), type(uint256).max);
        orders[2] = _order("P-2", address(engine), 1);
        orders[3] = _order("P-3", STRANGER, type(uint128).max);
        orders[4] = _order("P-4", BOB, type(uint128).max);
        orders[5] = Order(bytes32(0), ALICE, 1e18, 0);
        orders[6] = _order("P-6", ALICE, type(uint256).max);
        assertTrue(_deliver(_mintReport(orders)));
        assertEq(token.balanceOf(ALICE), 1e18);
        assertEq(token.totalSupply(), 1e18);
    }

    /* INITIALISATION */

    function test_nothingInitialisesTwice() public {
        bytes memory initialised = abi.encodeWithSelector(Initializable.InvalidInitialization.selector);
        address[2] memory consumers = [address(consumer), factory.code().consumerImplementation];
        for (uint256 i = 0; i < consumers.length; ++i) {
            vm.expectRevert(initialised);
            vm.prank(address(factory));
            IMintingConsumer(consumers[i]).initialize();
        }
        address[8] memory clones = [
            basket.pausePolicy,
            basket.rejectPolicy,
            basket.allowPolicy,
            basket.identityPolicy,
            basket.volumePolicy,
            basket.volumeRatePolicy,
            registries.issuerPolicy(),
            complianceFactory.implementations().pausePolicy
        ];
        for (uint256 i = 0; i < clones.length; ++i) {
            (bool ok, bytes memory reason) =
                clones[i].call(abi.encodeWithSignature("initialize(address,address,bytes)", STRANGER, STRANGER, ""));
            assertFalse(ok);
            assertEq(reason, initialised);
        }
        address[3] memory owned =
            [address(engine), registries.policyEngine(), complianceFactory.implementations().policyEngine];
        for (uint256 i = 0; i < owned.length; ++i) {
            (bool ok, bytes memory reason) =
                owned[i].call(abi.encodeWithSignature("initialize(bool,address)", true, STRANGER));
            assertFalse(ok);
            assertEq(reason, initialised);
        }
        address[2] memory guarded = [registries.identityRegistry(), registries.credentialRegistry()];
        for (uint256 i = 0; i < guarded.length; ++i) {
            (bool ok, bytes memory reason) =
                guarded[i].call(abi.encodeWithSignature("initialize(address,address)", engine, STRANGER));
            assertFalse(ok);
            assertEq(reason, initialised);
        }
    }

    function test_thereIsNoUpgradePath() public view {
        // Clones carry their implementation in their code; no slot, no function changes it.
        address[2] memory clones = [address(engine), basket.pausePolicy];
        bytes32 slot = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc;
        for (uint256 i = 0; i < clones.length; ++i) {
            bytes memory code = clones[i].code;
            assertEq(bytes10(code), bytes10(hex"363d3d373d3d3d363d73"));
            assertEq(vm.load(clones[i], slot), 0);
        }
    }

    /* ROLES */

    function test_renouncingRolesOpensNothing() public {
        vm.startPrank(ADMIN);
        Ownable(basket.pausePolicy).renounceOwnership();
        Ownable(basket.identityPolicy).renounceOwnership();
        Ownable(basket.allowPolicy).renounceOwnership();
        vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotPolicyOwner.selector, ADMIN));
        IPolicySwitch(basket.policySwitch).setIdentityRequired(false);
        vm.stopPrank();
        vm.startPrank(address(timelock));
        Ownable(address(consumer)).renounceOwnership();
        IAccessControl(address(engine)).renounceRole(EngineRoles.ADMIN, address(timelock));
        IAccessControl(address(token)).renounceRole(0x00, address(timelock));
        vm.stopPrank();
        _assertAccepted(_order("R", ALICE, 1e18));
        _assertRefused(_order("S", STRANGER, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        vm.prank(STRANGER);
        ledger.setReserveMaxAge(1 hours);
    }

    function test_aLedgerWithoutAMintAllowanceMintsNothing() public {
        vm.prank(address(timelock));
        token.setMintAllowance(address(ledger), 0);
        _assertRefusedOnChain(_order("R", ALICE, 1e18), Verdicts.POLICY_FAILED, address(0));
        assertEq(ledger.liability(), 0);
        assertEq(_digestOf(keccak256("R")), 0);
    }

    function test_theTimelockWaits() public {
        bytes memory call = abi.encodeCall(ledger.setReserveMaxAge, (2 hours));
        vm.startPrank(OPERATOR);
        timelock.schedule(address(ledger), 0, call, 0, 0, 2 days);
        vm.expectRevert();
        timelock.execute(address(ledger), 0, call, 0, 0);
        vm.warp(block.timestamp + 2 days);
        timelock.execute(address(ledger), 0, call, 0, 0);
        vm.stopPrank();
        assertEq(ledger.reserveMaxAge(), 2 hours);
        vm.expectRevert();
        vm.prank(STRANGER);
        timelock.schedule(address(ledger), 0, call, 0, 0, 2 days);
    }

    /* HELPERS */

    function _installFirst(address policy) private {
        vm.prank(address(timelock));
        engine.addPolicyAt(address(consumer), MintPolicies.SELECTOR, policy, new bytes32[](0), 0);
    }

    function _assertKind(HostilePolicy policy, bytes memory typeAndVersion, uint8 code) private {
        policy.callsItself(typeAndVersion, false);
        _assertRefused(_order("R", ALICE, 1e18), code, address(policy));
        policy.callsItself(typeAndVersion, true);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_REJECTED, address(policy));
    }

    function _engineCalls() private view returns (bytes[] memory calls) {
        bytes4 mint = MintPolicies.SELECTOR;
        bytes32[] memory none = new bytes32[](0);
        calls = new bytes[](10);
        calls[0] = abi.encodeCall(engine.removePolicy, (address(consumer), mint, basket.rejectPolicy));
        calls[1] = abi.encodeCall(engine.addPolicy, (address(consumer), mint, ADMIN, none));
        calls[2] = abi.encodeCall(engine.addPolicyAt, (address(consumer), mint, ADMIN, none, 0));
        calls[3] = abi.encodeCall(engine.setDefaultPolicyAllow, (true));
        calls[4] = abi.encodeCall(engine.setTargetDefaultPolicyAllow, (address(consumer), true));
        calls[5] = abi.encodeCall(engine.setExtractor, (mint, ADMIN));
        calls[6] = abi.encodeCall(engine.setExtractors, (new bytes4[](1), ADMIN));
        calls[7] = abi.encodeCall(engine.setPolicyMapper, (basket.rejectPolicy, ADMIN));
        calls[8] = abi.encodeCall(engine.setPolicyConfiguration, (basket.volumePolicy, 0, bytes4(0), ""));
        calls[9] = abi.encodeCall(IAccessControl.grantRole, (EngineRoles.ADMIN, ADMIN));
    }

    function _source(bytes32 credential, address registry)
        private
        pure
        returns (ICredentialRequirements.CredentialSourceInput memory)
    {
        return ICredentialRequirements.CredentialSourceInput(credential, registry, registry, address(0));
    }
}

/// @notice An identity and credential registry that says yes to everything.
contract YesRegistry {
    function getIdentity(address account) external pure returns (bytes32) {
        return keccak256(abi.encode(account));
    }

    function validate(bytes32, bytes32, bytes calldata) external pure returns (bool) {
        return true;
    }
}

/// @notice A beneficiary that refuses every call.
contract RevertingBeneficiary {
    fallback() external payable {
        revert("not me");
    }
}
