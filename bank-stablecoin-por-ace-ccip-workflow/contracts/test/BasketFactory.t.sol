// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Basket, BasketCode, BasketTerms, IBasketFactory} from "../src/interfaces/IBasketFactory.sol";
import {
    Compliance,
    ComplianceImplementations,
    ComplianceTargets,
    IComplianceFactory
} from "../src/interfaces/IComplianceFactory.sol";
import {IComplianceRegistries, RegistryParts} from "../src/interfaces/IComplianceRegistries.sol";
import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {IVolumePolicy} from "../src/interfaces/IPolicySettings.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {ITypeAndVersion} from "../src/interfaces/ITypeAndVersion.sol";
import {CloneArguments} from "../src/libraries/CloneArguments.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {EngineRoles} from "../src/libraries/EngineRoles.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IExtractor} from "@chainlink/policy-management/interfaces/IExtractor.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {IPolicyProtected} from "@chainlink/policy-management/interfaces/IPolicyProtected.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice Creation, the basket list, and who holds which role afterwards.
contract BasketFactoryTest is BasketTest {
    bytes32 private constant DEFAULT_ADMIN_ROLE = 0x00;
    bytes32 private constant CREATOR_ROLE = keccak256("CREATOR_ROLE");
    bytes32 private constant BURNER_ROLE = keccak256("BURNER_ROLE");

    /* CREATION */

    function test_aNewBasketIsWired() public view {
        assertEq(token.name(), "Demo Dollar");
        assertEq(token.symbol(), "DUSD");
        assertEq(token.decimals(), 18);
        assertEq(basket.admin, ADMIN);
        assertEq(consumer.token(), basket.stablecoin);
        assertEq(consumer.ledger(), basket.ledger);
        assertEq(consumer.redemptionDesk(), basket.redemptionDesk);
        assertEq(ledger.writer(), basket.mintingConsumer);
        assertEq(ledger.desk(), basket.redemptionDesk);
        assertEq(desk.ledger(), basket.ledger);
        assertEq(desk.token(), basket.stablecoin);
        assertEq(IPolicyProtected(address(desk)).getPolicyEngine(), basket.policyEngine);
        assertEq(IPolicyProtected(address(consumer)).getPolicyEngine(), basket.policyEngine);
        assertEq(ledger.token(), basket.stablecoin);
        (uint256 cap, uint64 window,,) = ledger.mintWindow();
        assertEq(cap, 10_000_000e18);
        assertEq(window, 1 days);
        assertEq(ledger.reserveMaxAge(), 1 hours);
        assertEq(factory.complianceFactory(), address(complianceFactory));
        assertEq(factory.timelock(), address(timelock));
        assertEq(complianceFactory.timelock(), address(timelock));
        assertEq(complianceFactory.registries(), address(registries));
        assertEq(complianceFactory.defaultJurisdictions().length, 2);
        assertEq(engine.getExtractor(MintPolicies.SELECTOR), complianceFactory.implementations().mintExtractor);
    }

    function test_creationAnnouncesTheBasket() public {
        vm.expectEmit(true, true, false, false, address(factory));
        emit IBasketFactory.BasketCreated(STRANGER, ADMIN, address(0), address(0), "New", "NEW");
        vm.prank(STRANGER);
        (address stablecoin, address mintingConsumer) = factory.createBasket("New", "NEW", ADMIN);
        assertTrue(factory.isBasket(stablecoin, mintingConsumer));
        assertEq(factory.basketOf(mintingConsumer).stablecoin, stablecoin);
    }

    function test_anEngineIsAnnouncedWithItsPolicies() public {
        address mintingConsumer = _nextConsumer();
        Compliance memory any;
        vm.expectEmit(true, true, false, false, address(complianceFactory));
        emit IComplianceFactory.ComplianceCreated(mintingConsumer, ADMIN, any);
        factory.createBasket("New", "NEW", ADMIN);
    }

    function test_onlyTheBasketFactoryCreatesEngines() public {
        ComplianceTargets memory targets =
            ComplianceTargets(address(engine), address(ledger), STRANGER, STRANGER, 1, GUARDIAN);
        address[3] memory callers = [STRANGER, ADMIN, OPERATOR];
        for (uint256 i = 0; i < callers.length; ++i) {
            vm.startPrank(callers[i]);
            bytes memory refusal = abi.encodeWithSelector(IComplianceFactory.OnlyBasketFactory.selector, callers[i]);
            vm.expectRevert(refusal);
            complianceFactory.createEngine();
            vm.expectRevert(refusal);
            complianceFactory.createCompliance(targets, STRANGER);
            vm.expectRevert(refusal);
            complianceFactory.bind(callers[i]);
            vm.stopPrank();
        }
        // Its deployer has named the factory already.
        vm.expectRevert(abi.encodeWithSelector(IComplianceFactory.OnlyBasketFactory.selector, address(this)));
        complianceFactory.bind(address(this));
        assertEq(complianceFactory.basketFactory(), address(factory));
    }

    function test_aBasketMayHaveTermsOfItsOwn() public {
        (address stablecoin,) =
            factory.createBasketWithTerms("Euro", "EUR6", ADMIN, BasketTerms(6, 5_000_000e6, 1 hours));
        _useBasket(stablecoin);
        assertEq(token.decimals(), 6);
        assertEq(ledger.decimals(), 6);
        (uint256 cap, uint64 window,,) = ledger.mintWindow();
        assertEq(cap, 5_000_000e6);
        assertEq(window, 1 hours);
        assertEq(IVolumePolicy(basket.volumePolicy).getMin(), 1e6);
        assertEq(IVolumePolicy(basket.volumePolicy).getMax(), 100_000e6);
        assertEq(IVolumePolicy(basket.redemptionVolumePolicy).getMin(), 1e6);
        assertEq(IVolumePolicy(basket.redemptionVolumePolicy).getMax(), 0);
        _assertAccepted(_order("R", ALICE, 1e6));
        _assertRefused(_order("S", BOB, 1e6 - 1), Verdicts.VOLUME_OUT_OF_RANGE, basket.volumePolicy);
    }

    function test_termsHaveBounds() public {
        _expectTermsRefused(
            BasketTerms(19, 1, 1 days), abi.encodeWithSelector(IBasketFactory.InvalidDecimals.selector, 19)
        );
        _expectTermsRefused(
            BasketTerms(18, 0, 1 days), abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, 0)
        );
        _expectTermsRefused(
            BasketTerms(18, 1, 1 hours - 1), abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, 1 hours - 1)
        );
        _expectTermsRefused(
            BasketTerms(18, 1, 30 days + 1), abi.encodeWithSelector(ILiabilityLedger.InvalidLimit.selector, 30 days + 1)
        );
        factory.createBasketWithTerms("Least", "LST", ADMIN, BasketTerms(0, 1, 1 hours));
        factory.createBasketWithTerms("Most", "MST", ADMIN, BasketTerms(18, type(uint96).max, 30 days));
    }

    function test_namesAreOfPrintableCharacters() public {
        string[6] memory names =
            [unicode"Dοllar", "Dollar\n", "Dol\x00lar", " Dollar", "Dollar ", unicode"Dollar\u202e"];
        for (uint256 i = 0; i < names.length; ++i) {
            vm.expectRevert(IBasketFactory.InvalidName.selector);
            factory.createBasket(names[i], "S", ADMIN);
            vm.expectRevert(IBasketFactory.InvalidSymbol.selector);
            factory.createBasket("N", names[i], ADMIN);
        }
        factory.createBasket("A~ !b", "~!", ADMIN);
    }

    function test_theExtractorReadsMintsAndRequestsOnly() public {
        IExtractor extractor = IExtractor(complianceFactory.implementations().mintExtractor);
        bytes memory data = abi.encode(_order("R", ALICE, 7));
        IPolicyEngine.Parameter[] memory found =
            extractor.extract(IPolicyEngine.Payload(MintPolicies.SELECTOR, address(0), data, ""));
        assertEq(found.length, 2);
        assertEq(found[0].name, keccak256("account"));
        assertEq(found[0].value, abi.encode(ALICE));
        assertEq(found[1].name, keccak256("amount"));
        assertEq(found[1].value, abi.encode(7));
        assertEq(extractor.typeAndVersion(), "MintExtractor 2.0.0");

        vm.expectRevert(abi.encodeWithSelector(IPolicyEngine.UnsupportedSelector.selector, bytes4(0x12345678)));
        extractor.extract(IPolicyEngine.Payload(0x12345678, address(0), data, ""));
    }

    function test_namesSymbolsAndAdminsAreChecked() public {
        string memory tooLong = "01234567890123456789012345678901234567890123456789012345678901234";
        vm.expectRevert(IBasketFactory.InvalidName.selector);
        factory.createBasket("", "S", ADMIN);
        vm.expectRevert(IBasketFactory.InvalidName.selector);
        factory.createBasket(tooLong, "S", ADMIN);
        vm.expectRevert(IBasketFactory.InvalidSymbol.selector);
        factory.createBasket("N", "", ADMIN);
        vm.expectRevert(IBasketFactory.InvalidSymbol.selector);
        factory.createBasket("N", "01234567890123456", ADMIN);
        vm.expectRevert(IComplianceFactory.ZeroAddress.selector);
        factory.createBasket("N", "S", address(0));
        assertEq(factory.basketCount(), 1);
        factory.createBasket(
            "0123456789012345678901234567890123456789012345678901234567890123", "0123456789012345", ADMIN
        );
    }

    function test_creationCanBeRestricted() public {
        _expectMissingRole(STRANGER, DEFAULT_ADMIN_ROLE);
        factory.setCreationOpen(false);

        vm.expectEmit(address(factory));
        emit IBasketFactory.CreationOpenSet(false);
        vm.prank(OPERATOR);
        factory.setCreationOpen(false);
        assertFalse(factory.creationOpen());
        _expectMissingRole(STRANGER, CREATOR_ROLE);
        factory.createBasket("New", "NEW", STRANGER);

        vm.prank(OPERATOR);
        IAccessControl(address(factory)).grantRole(CREATOR_ROLE, STRANGER);
        vm.prank(STRANGER);
        factory.createBasket("New", "NEW", STRANGER);
        vm.prank(OPERATOR);
        factory.createBasket("Own", "OWN", STRANGER);
        assertEq(factory.basketCount(), 3);
    }

    function test_aFactoryNeedsItsParts() public {
        for (uint256 i = 0; i < 5; ++i) {
            address[5] memory parts = [OPERATOR, address(1), address(1), address(1), GUARDIAN];
            parts[i] = address(0);
            bytes memory arguments =
                abi.encode(parts[0], complianceFactory, BasketCode(parts[1], parts[2], parts[3]), parts[4], true);
            vm.expectRevert(IBasketFactory.ZeroAddress.selector);
            this.deploy("BasketFactory.sol:BasketFactory", arguments);
        }

        ComplianceImplementations memory none;
        bytes2[] memory codes = new bytes2[](0);
        vm.expectRevert(IComplianceFactory.ZeroAddress.selector);
        this.deploy("ComplianceFactory.sol:ComplianceFactory", abi.encode(address(0), registries, codes, none));
        vm.expectRevert(IComplianceFactory.ZeroAddress.selector);
        this.deploy("ComplianceFactory.sol:ComplianceFactory", abi.encode(timelock, address(0), codes, none));
        IComplianceFactory unbound = IComplianceFactory(
            this.deploy("ComplianceFactory.sol:ComplianceFactory", abi.encode(timelock, registries, codes, none))
        );
        vm.expectRevert(IComplianceFactory.ZeroAddress.selector);
        unbound.bind(address(0));
        // Nor does anybody else come before its deployer.
        vm.expectRevert(abi.encodeWithSelector(IComplianceFactory.OnlyBasketFactory.selector, STRANGER));
        vm.prank(STRANGER);
        unbound.bind(STRANGER);

        for (uint256 i = 0; i < 4; ++i) {
            address[4] memory parties = [address(timelock), OPERATOR, ISSUER, COMPLIANCE];
            parties[i] = address(0);
            bytes memory arguments = abi.encode(parties[0], parties[1], parties[2], parties[3], _registryParts());
            vm.expectRevert(IComplianceRegistries.ZeroAddress.selector);
            this.deploy("ComplianceRegistries.sol:ComplianceRegistries", arguments);
        }
    }

    function test_aRegistryThatSomebodyElseInitialisedIsNotTaken() public {
        RegistryParts memory parts = _registryParts();
        (bool done,) = parts.identityRegistry
            .call(abi.encodeWithSignature("initialize(address,address)", registries.policyEngine(), STRANGER));
        assertTrue(done);
        bytes memory arguments = abi.encode(timelock, OPERATOR, ISSUER, COMPLIANCE, parts);
        vm.expectRevert(Initializable.InvalidInitialization.selector);
        this.deploy("ComplianceRegistries.sol:ComplianceRegistries", arguments);
    }

    function test_aRegistryRefusesWritesUntilItIsInitialised() public {
        RegistryParts memory parts = _registryParts();
        vm.startPrank(ISSUER);
        vm.expectRevert(IPolicyEngine.PolicyEngineUndefined.selector);
        IIdentityRegistry(parts.identityRegistry).registerIdentity(_ccid(ALICE), ALICE, "");
        vm.expectRevert(IPolicyEngine.PolicyEngineUndefined.selector);
        ICredentialRegistry(parts.credentialRegistry).registerCredential(_ccid(ALICE), Credentials.KYC, 0, "", "");
        vm.stopPrank();
    }

    /* THE LIST */

    function test_basketsAreListedInPages() public {
        (, address second) = _createBasket("Second", "TWO", ADMIN);
        (, address third) = _createBasket("Third", "THREE", ADMIN);
        assertEq(factory.basketCount(), 3);
        Basket[] memory page = factory.baskets(1, 5);
        assertEq(page.length, 2);
        assertEq(page[0].mintingConsumer, second);
        assertEq(page[1].mintingConsumer, third);
        assertEq(factory.baskets(0, 1)[0].mintingConsumer, address(consumer));
        assertEq(factory.baskets(0, 0).length, 0);
        assertEq(factory.baskets(3, 5).length, 0);
        assertEq(factory.baskets(type(uint256).max, type(uint256).max).length, 0);
    }

    function test_onlyItsOwnPairsAreBaskets() public {
        (address otherToken, address otherConsumer) = _createBasket("Other", "OTH", STRANGER);
        assertTrue(factory.isBasket(address(token), address(consumer)));
        assertFalse(factory.isBasket(otherToken, address(consumer)));
        assertFalse(factory.isBasket(address(token), otherConsumer));
        assertFalse(factory.isBasket(address(token), STRANGER));
        assertFalse(factory.isBasket(address(0), address(0)));
        address[2] memory unknown = [STRANGER, address(0)];
        for (uint256 i = 0; i < unknown.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IBasketFactory.UnknownBasket.selector, unknown[i]));
            factory.basketOf(unknown[i]);
        }
    }

    function test_aFakeBasketIsNotListed() public {
        // The same code, wired by a stranger: a consumer of his own in front of our token.
        bytes memory arguments = CloneArguments.encode(address(ledger), address(token), address(engine), address(desk));
        vm.startPrank(STRANGER);
        address fake = Clones.cloneWithImmutableArgs(factory.code().consumerImplementation, arguments);
        IMintingConsumer(fake).initialize();
        vm.stopPrank();
        assertFalse(factory.isBasket(address(token), fake));
        vm.expectRevert(abi.encodeWithSelector(IBasketFactory.UnknownBasket.selector, fake));
        factory.basketOf(fake);

        // Even a genuine report for it cannot write our feed or mint our token.
        _useFake(fake);
        assertFalse(_deliver(_order("R", ALICE, 1e18)));
        assertEq(token.totalSupply(), 0);
    }

    function test_frontRunCreationOnlyMovesTheAddresses() public {
        uint256 before = vm.snapshotState();
        (address expectedToken,) = _createBasket("Mine", "MINE", ADMIN);
        vm.revertToState(before);
        vm.prank(STRANGER);
        (address taken, address takenConsumer) = factory.createBasket("Mine", "MINE", STRANGER);
        assertEq(taken, expectedToken);
        (address mine, address minesConsumer) = _createBasket("Mine", "MINE", ADMIN);
        assertTrue(mine != taken);
        assertEq(factory.basketOf(minesConsumer).admin, ADMIN);
        assertEq(factory.basketOf(takenConsumer).admin, STRANGER);
    }

    /* ROLES */

    function test_theFactoriesKeepNoRole() public view {
        address[3] memory factories = [address(factory), address(complianceFactory), address(registries)];
        for (uint256 i = 0; i < factories.length; ++i) {
            _assertNoEngineRole(address(engine), factories[i]);
            _assertNoEngineRole(registries.policyEngine(), factories[i]);
            assertFalse(_has(address(token), DEFAULT_ADMIN_ROLE, factories[i]));
            assertEq(token.mintAllowance(factories[i]), 0);
        }
    }

    function test_theTimelockGovernsWhichPoliciesRun() public view {
        address[2] memory engines = [address(engine), registries.policyEngine()];
        for (uint256 i = 0; i < engines.length; ++i) {
            assertTrue(_has(engines[i], EngineRoles.DEFAULT_ADMIN, address(timelock)));
            assertTrue(_has(engines[i], EngineRoles.ADMIN, address(timelock)));
            assertTrue(_has(engines[i], EngineRoles.POLICY_CONFIG_ADMIN, address(timelock)));
            _assertNoEngineRole(engines[i], ADMIN);
            _assertNoEngineRole(engines[i], OPERATOR);
        }
        assertTrue(_has(address(engine), EngineRoles.ADMIN, basket.policySwitch));
        assertFalse(_has(address(engine), EngineRoles.DEFAULT_ADMIN, basket.policySwitch));
        assertFalse(_has(address(engine), EngineRoles.POLICY_CONFIG_ADMIN, basket.policySwitch));
        assertEq(Ownable(registries.identityRegistry()).owner(), address(timelock));
        assertEq(Ownable(registries.credentialRegistry()).owner(), address(timelock));
        assertEq(Ownable(registries.issuerPolicy()).owner(), OPERATOR);
    }

    function test_theLedgerAloneMintsAndTheTimelockAloneAppoints() public view {
        assertEq(token.mintAllowance(address(ledger)), type(uint256).max);
        assertEq(Ownable(address(ledger)).owner(), address(timelock));
        assertEq(Ownable(address(consumer)).owner(), address(timelock));
        assertEq(Ownable(address(desk)).owner(), address(timelock));
        assertTrue(_has(address(token), DEFAULT_ADMIN_ROLE, address(timelock)));
        address[4] memory others = [ADMIN, OPERATOR, STRANGER, address(factory)];
        for (uint256 i = 0; i < others.length; ++i) {
            assertFalse(_has(address(token), DEFAULT_ADMIN_ROLE, others[i]));
            assertEq(token.mintAllowance(others[i]), 0);
            assertFalse(_has(address(token), BURNER_ROLE, others[i]));
        }
        assertEq(IStablecoin(basket.stablecoin).getCCIPAdmin(), address(timelock));
        assertEq(token.mintAllowance(address(consumer)), 0);
    }

    function test_theBasketAdminOwnsThePolicies() public view {
        address[8] memory policies = [
            basket.pausePolicy,
            basket.rejectPolicy,
            basket.allowPolicy,
            basket.identityPolicy,
            basket.jurisdictions,
            basket.volumePolicy,
            basket.volumeRatePolicy,
            basket.redemptionVolumePolicy
        ];
        for (uint256 i = 0; i < policies.length; ++i) {
            assertEq(Ownable(policies[i]).owner(), ADMIN);
        }
    }

    /* HELPERS */

    /// @dev A call of its own: a cheatcode that reverts at the test's own depth would end the test as passed.
    function deploy(string calldata artifact, bytes calldata arguments) external returns (address) {
        return vm.deployCode(artifact, arguments);
    }

    function _useFake(address fake) private {
        consumer = IMintingConsumer(fake);
    }

    function _expectTermsRefused(BasketTerms memory terms, bytes memory error) private {
        vm.expectRevert(error);
        factory.createBasketWithTerms("New", "NEW", ADMIN, terms);
    }

    /// @dev The consumer that the next basket will have.
    function _nextConsumer() private returns (address mintingConsumer) {
        uint256 before = vm.snapshotState();
        (, mintingConsumer) = factory.createBasket("New", "NEW", ADMIN);
        vm.revertToState(before);
    }

    function _has(address target, bytes32 role, address account) private view returns (bool) {
        return IAccessControl(target).hasRole(role, account);
    }

    function _assertNoEngineRole(address target, address account) private view {
        assertFalse(_has(target, EngineRoles.DEFAULT_ADMIN, account));
        assertFalse(_has(target, EngineRoles.ADMIN, account));
        assertFalse(_has(target, EngineRoles.POLICY_CONFIG_ADMIN, account));
    }

    function _expectMissingRole(address account, bytes32 role) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessControl.AccessControlUnauthorizedAccount.selector, account, role));
        vm.prank(account);
    }
}
