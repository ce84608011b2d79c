// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Explanation, IComplianceLens} from "../src/interfaces/IComplianceLens.sol";
import {IFlagPolicy} from "../src/interfaces/IFlagPolicy.sol";
import {IJurisdictions} from "../src/interfaces/IJurisdictions.sol";
import {Verdict} from "../src/interfaces/IMintingConsumer.sol";
import {
    IAllowPolicy,
    IIssuerPolicy,
    IPausePolicy,
    IRejectPolicy,
    IVolumePolicy,
    IVolumeRatePolicy
} from "../src/interfaces/IPolicySettings.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {MintPolicies} from "../src/libraries/MintPolicies.sol";
import {Order} from "../src/libraries/ReportCodec.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {ICredentialDataValidator} from "@chainlink/cross-chain-identity/interfaces/ICredentialDataValidator.sol";
import {ICredentialRegistry} from "@chainlink/cross-chain-identity/interfaces/ICredentialRegistry.sol";
import {ICredentialRequirements} from "@chainlink/cross-chain-identity/interfaces/ICredentialRequirements.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Every policy refuses with its own verdict, and the compliance officer's calls do what they say.
contract ComplianceTest is BasketTest {
    IComplianceLens private lens;
    IIdentityRegistry private identities;
    ICredentialRegistry private credentials;

    function setUp() public override {
        super.setUp();
        lens = IComplianceLens(vm.deployCode("ComplianceLens.sol:ComplianceLens", abi.encode(factory)));
        identities = IIdentityRegistry(registries.identityRegistry());
        credentials = ICredentialRegistry(registries.credentialRegistry());
    }

    /* POLICIES */

    function test_aPausedBasketMintsNothing() public {
        vm.prank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.PAUSED, basket.pausePolicy);
        assertTrue(lens.explain(address(consumer), ALICE, 0).paused);

        vm.prank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(false);
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    function test_theBlacklistRefuses() public {
        vm.prank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(ALICE);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.BLACKLISTED, basket.rejectPolicy);
        assertTrue(lens.explain(address(consumer), ALICE, 0).blacklisted);
        _assertAccepted(_order("S", BOB, 1e18));

        vm.prank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).unrejectAddress(ALICE);
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    function test_theVolumeBoundsRefuse() public {
        _assertRefused(_order("R", ALICE, 1e18 - 1), Verdicts.VOLUME_OUT_OF_RANGE, basket.volumePolicy);
        _assertRefused(_order("R", ALICE, 100_000e18 + 1), Verdicts.VOLUME_OUT_OF_RANGE, basket.volumePolicy);
        _assertAccepted(_order("R", ALICE, 1e18));
        _assertAccepted(_order("S", ALICE, 100_000e18));

        vm.startPrank(ADMIN);
        IVolumePolicy(basket.volumePolicy).setMin(5e18);
        IVolumePolicy(basket.volumePolicy).setMax(6e18);
        vm.stopPrank();
        _assertRefused(_order("T", BOB, 4e18), Verdicts.VOLUME_OUT_OF_RANGE, basket.volumePolicy);
        _assertRefused(_order("T", BOB, 7e18), Verdicts.VOLUME_OUT_OF_RANGE, basket.volumePolicy);
        _assertAccepted(_order("T", BOB, 5e18));
    }

    function test_theRateRefusesPerPersonAndPeriod() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", ALICE, 100_000e18));
        _assertRefused(_order("C", ALICE, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertAccepted(_order("D", BOB, 100_000e18));
        _assertAccepted(_order("E", ALICE, 50_000e18));
        _assertRefused(_order("F", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);

        vm.warp(block.timestamp + 1 days);
        _assertAccepted(_order("F", ALICE, 1e18));
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(2e18);
        _assertRefused(_order("G", ALICE, 2e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
    }

    function test_theRateCountsAPersonAndNotHisAccounts() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        address second = makeAddr("alice's second account");
        vm.prank(ISSUER);
        identities.registerIdentity(_ccid(ALICE), second, "");
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", second, 100_000e18));
        assertEq(lens.explain(address(consumer), second, 0).rateUsed, 200_000e18);
        _assertRefused(_order("C", second, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertRefused(_order("C", ALICE, 50_001e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);

        // Two orders of one report count for each other, which a preview, asking for each by itself, cannot know.
        Order[] memory orders = _pair(_order("D", ALICE, 30_000e18), _order("E", second, 30_000e18));
        assertEq(consumer.preview(orders)[1].code, Verdicts.ACCEPTED);
        _expectMinted(orders[0]);
        _expectRejected(orders[1], Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _onReport(_mintReport(orders));

        // Nobody else's volume is touched, and the person's begins anew with the next period.
        _assertAccepted(_order("F", BOB, 100_000e18));
        vm.warp(block.timestamp + 1 days);
        assertEq(lens.explain(address(consumer), ALICE, 0).rateUsed, 0);
        _assertAccepted(_order("G", second, 100_000e18));
    }

    function test_theRateCountsAnAccountWithoutIdentityByItself() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _require(false, false);
        vm.startPrank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(10e18);
        vm.stopPrank();
        _assertAccepted(_order("A", STRANGER, 10e18));
        _assertRefused(_order("B", STRANGER, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        _assertAccepted(_order("C", makeAddr("nobody"), 10e18));
    }

    function test_anotherPeriodForgetsNothingOfTheSameOne() public {
        IVolumeRatePolicy rate = IVolumeRatePolicy(basket.volumeRatePolicy);
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days + 30 minutes);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        vm.startPrank(ADMIN);
        rate.setMaxAmount(100_000e18);
        vm.expectEmit(address(rate));
        emit IVolumeRatePolicy.TimePeriodDurationSet(2 days);
        rate.setTimePeriodDuration(2 days);
        vm.stopPrank();
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        vm.prank(ADMIN);
        rate.setTimePeriodDuration(1 hours);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
        vm.warp(block.timestamp + 30 minutes);
        _assertAccepted(_order("B", ALICE, 1e18));
    }

    function test_theRatesSettingsHaveBounds() public {
        IVolumeRatePolicy rate = IVolumeRatePolicy(basket.volumeRatePolicy);
        vm.startPrank(ADMIN);
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(rate.setMaxAmount, (uint256(type(uint128).max) + 1));
        calls[1] = abi.encodeCall(rate.setTimePeriodDuration, (0));
        calls[2] = abi.encodeCall(rate.setTimePeriodDuration, (uint256(type(uint64).max) + 1));
        calls[3] = abi.encodeCall(rate.setMaxAmount, (rate.getMaxAmount()));
        calls[4] = abi.encodeCall(rate.setTimePeriodDuration, (rate.getTimePeriodDuration()));
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool done, bytes memory reason) = address(rate).call(calls[i]);
            assertFalse(done);
            assertEq(bytes4(reason), bytes4(keccak256("InvalidParameters(string)")));
        }
        vm.expectEmit(address(rate));
        emit IVolumeRatePolicy.MaxAmountSet(type(uint128).max);
        rate.setMaxAmount(type(uint128).max);
        rate.setTimePeriodDuration(type(uint64).max);
        vm.stopPrank();
        _assertAccepted(_order("A", ALICE, 100_000e18));
    }

    function test_theRateSaysNoOnlyToWhatIsTooMuch() public {
        vm.warp(block.timestamp - block.timestamp % 1 days + 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(100_000e18);
        assertTrue(_rateContinues(2, 0));
        assertFalse(_rateContinues(2, 1));
        assertFalse(_rateContinues(3, 0), "parameters that it does not know");

        // Lowered below what was used: a refusal, and no failure.
        vm.prank(ADMIN);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(1e18);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.RATE_EXCEEDED, basket.volumeRatePolicy);
    }

    function _rateContinues(uint256 count, uint256 amount) private view returns (bool done) {
        bytes[] memory parameters = new bytes[](count);
        (parameters[0], parameters[1]) = (abi.encode(amount), abi.encode(ALICE));
        (done,) = basket.volumeRatePolicy
            .staticcall(
                abi.encodeWithSignature(
                    "run(address,address,bytes4,bytes[],bytes)", address(0), address(0), bytes4(0), parameters, ""
                )
            );
    }

    function test_theLensTellsOfACheckThatIsLaxerThanItLooks() public {
        ICredentialRequirements policy = ICredentialRequirements(basket.identityPolicy);
        assertEq(lens.explain(address(consumer), ALICE, 0).laxRequirements.length, 0);
        vm.startPrank(ADMIN);
        // A further source of what must be there adds a way to have it, as intended.
        policy.addCredentialSource(
            ICredentialRequirements.CredentialSourceInput(Credentials.KYC, address(identities), STRANGER, address(0))
        );
        assertEq(lens.laxRequirements(basket.identityPolicy).length, 0);
        policy.addCredentialSource(
            ICredentialRequirements.CredentialSourceInput(
                Credentials.AML_FLAG, address(identities), STRANGER, address(0)
            )
        );
        bytes32[] memory lax = lens.laxRequirements(basket.identityPolicy);
        assertEq(lax.length, 1);
        assertEq(lax[0], Credentials.AML_FLAG);
        // The further source has nothing to tell of anybody.
        vm.mockCall(STRANGER, bytes(""), abi.encode(false));
        assertEq(lens.explain(address(consumer), ALICE, 0).laxRequirements, lax);
    }

    function test_aRefusedMintDoesNotCountForTheRate() public {
        vm.prank(address(timelock));
        ledger.setMintWindow(1e18, 1 days);
        for (uint256 i = 0; i < 3; ++i) {
            Order memory tooMuch = _order(vm.toString(i), ALICE, 100_000e18);
            _assertRefused(tooMuch, Verdicts.WINDOW_CAP_EXCEEDED, address(0));
        }
        vm.prank(address(timelock));
        ledger.setMintWindow(1_000_000e18, 1 days);
        _assertAccepted(_order("A", ALICE, 100_000e18));
        _assertAccepted(_order("B", ALICE, 100_000e18));
    }

    function test_theOrderOfJudgementIsFixed() public {
        _require(true, true);
        address[] memory chain = engine.getPolicies(address(consumer), MintPolicies.SELECTOR);
        address[5] memory expected = [
            basket.rejectPolicy, basket.allowPolicy, basket.identityPolicy, basket.volumePolicy, basket.volumeRatePolicy
        ];
        assertEq(chain.length, expected.length);
        for (uint256 i = 0; i < chain.length; ++i) {
            assertEq(chain[i], expected[i]);
        }
        // The pause concerns no single order and comes before all of them.
        chain = engine.getPolicies(address(consumer), MintPolicies.REPORT_SELECTOR);
        assertEq(chain.length, 1);
        assertEq(chain[0], basket.pausePolicy);
        // Everything is wrong with this order; the causes show in turn.
        Order memory order = _order("R", STRANGER, 200_000e18);
        vm.startPrank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(true);
        IRejectPolicy(basket.rejectPolicy).rejectAddress(STRANGER);
        _assertPreview(order, Verdicts.PAUSED);
        vm.startPrank(ADMIN);
        IPausePolicy(basket.pausePolicy).setPausedState(false);
        _assertPreview(order, Verdicts.BLACKLISTED);
        vm.startPrank(ADMIN);
        IRejectPolicy(basket.rejectPolicy).unrejectAddress(STRANGER);
        _assertPreview(order, Verdicts.NOT_WHITELISTED);
        vm.startPrank(ADMIN);
        IAllowPolicy(basket.allowPolicy).allowAddress(STRANGER);
        _assertPreview(order, Verdicts.IDENTITY_REJECTED);
        _register(STRANGER, "CH");
        _assertPreview(order, Verdicts.VOLUME_OUT_OF_RANGE);
        vm.startPrank(ADMIN);
        IVolumePolicy(basket.volumePolicy).setMax(0);
        IVolumeRatePolicy(basket.volumeRatePolicy).setMaxAmount(1);
        _assertPreview(order, Verdicts.RATE_EXCEEDED);
    }

    /* SWITCHES */

    function test_theWhitelistIsOffAtFirstAndSwitchable() public {
        IPolicySwitch policySwitch = IPolicySwitch(basket.policySwitch);
        assertFalse(policySwitch.whitelistRequired());
        _assertAccepted(_order("A", ALICE, 1e18));

        vm.expectEmit(basket.policySwitch);
        emit IPolicySwitch.WhitelistRequiredSet(true);
        vm.prank(ADMIN);
        policySwitch.setWhitelistRequired(true);
        assertTrue(policySwitch.whitelistRequired());
        assertTrue(lens.explain(address(consumer), ALICE, 0).whitelistRequired);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.NOT_WHITELISTED, basket.allowPolicy);

        vm.prank(ADMIN);
        IAllowPolicy(basket.allowPolicy).allowAddress(ALICE);
        assertTrue(lens.explain(address(consumer), ALICE, 0).whitelisted);
        _assertAccepted(_order("B", ALICE, 1e18));
        vm.prank(ADMIN);
        IAllowPolicy(basket.allowPolicy).disallowAddress(ALICE);
        _assertRefused(_order("C", ALICE, 1e18), Verdicts.NOT_WHITELISTED, basket.allowPolicy);

        _require(false, true);
        assertFalse(policySwitch.whitelistRequired());
        _assertAccepted(_order("C", ALICE, 1e18));
    }

    function test_identityIsOnAtFirstAndSwitchable() public {
        IPolicySwitch policySwitch = IPolicySwitch(basket.policySwitch);
        assertTrue(policySwitch.identityRequired());
        _assertRefused(_order("A", STRANGER, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);

        vm.expectEmit(basket.policySwitch);
        emit IPolicySwitch.IdentityRequiredSet(false);
        vm.prank(ADMIN);
        policySwitch.setIdentityRequired(false);
        assertFalse(policySwitch.identityRequired());
        _assertAccepted(_order("A", STRANGER, 1e18));

        _require(false, true);
        _assertRefused(_order("B", STRANGER, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
    }

    function test_switchingTwiceChangesNothing() public {
        _require(true, true);
        _require(true, true);
        assertEq(engine.getPolicies(address(consumer), MintPolicies.SELECTOR).length, 5);
        _require(false, false);
        _require(false, false);
        assertEq(engine.getPolicies(address(consumer), MintPolicies.SELECTOR).length, 3);
        // Also after everything else was removed, the switch works.
        address[] memory rest = engine.getPolicies(address(consumer), MintPolicies.SELECTOR);
        vm.startPrank(address(timelock));
        for (uint256 i = 0; i < rest.length; ++i) {
            engine.removePolicy(address(consumer), MintPolicies.SELECTOR, rest[i]);
        }
        vm.stopPrank();
        _require(true, true);
        address[] memory chain = engine.getPolicies(address(consumer), MintPolicies.SELECTOR);
        assertEq(chain.length, 2);
        assertEq(chain[0], basket.allowPolicy);
        assertEq(chain[1], basket.identityPolicy);
    }

    function test_onlyThePoliciesOwnerSwitches() public {
        IPolicySwitch policySwitch = IPolicySwitch(basket.policySwitch);
        address[3] memory others = [STRANGER, OPERATOR, address(timelock)];
        for (uint256 i = 0; i < others.length; ++i) {
            vm.startPrank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotPolicyOwner.selector, others[i]));
            policySwitch.setIdentityRequired(false);
            vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotPolicyOwner.selector, others[i]));
            policySwitch.setWhitelistRequired(true);
            vm.stopPrank();
        }
        // A new owner of the policy is the new master of its switch, the former is not.
        vm.prank(ADMIN);
        Ownable(basket.identityPolicy).transferOwnership(BOB);
        vm.prank(BOB);
        policySwitch.setIdentityRequired(false);
        vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotPolicyOwner.selector, ADMIN));
        vm.prank(ADMIN);
        policySwitch.setIdentityRequired(true);
    }

    /* IDENTITY */

    function test_eachMissingCredentialIsNamed() public {
        address carol = makeAddr("carol");
        Order memory order = _order("R", carol, 1e18);
        _assertRefused(order, Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        assertEq(lens.explain(address(consumer), carol, 0).identity, 0);
        assertEq(_failed(carol).length, 3);

        vm.startPrank(ISSUER);
        identities.registerIdentity(_ccid(carol), carol, "");
        vm.stopPrank();
        _assertFailed(carol, Credentials.KYC, Credentials.JURISDICTION);

        _issue(carol, Credentials.KYC, 0, "");
        _assertFailed(carol, Credentials.JURISDICTION);
        _assertRefused(order, Verdicts.IDENTITY_REJECTED, basket.identityPolicy);

        _issue(carol, Credentials.JURISDICTION, 0, "CH");
        assertEq(_failed(carol).length, 0);
        _assertAccepted(order);
    }

    function test_anAmlFlagRefusesUntilItIsTakenBack() public {
        _flag(ALICE);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        _assertFailed(ALICE, Credentials.AML_FLAG);

        vm.prank(COMPLIANCE);
        credentials.removeCredential(_ccid(ALICE), Credentials.AML_FLAG, "");
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    function test_anExpiredOrRevokedCredentialRefuses() public {
        vm.startPrank(ISSUER);
        credentials.renewCredential(_ccid(ALICE), Credentials.KYC, uint40(block.timestamp + 1 days), "");
        vm.stopPrank();
        _assertAccepted(_order("A", ALICE, 1e18));
        vm.warp(block.timestamp + 1 days);
        _assertRefused(_order("B", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        _assertFailed(ALICE, Credentials.KYC);

        vm.prank(ISSUER);
        credentials.removeCredential(_ccid(BOB), Credentials.KYC, "");
        _assertRefused(_order("C", BOB, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
    }

    function test_aRemovedIdentityRefuses() public {
        vm.prank(ISSUER);
        identities.removeIdentity(_ccid(ALICE), ALICE, "");
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        assertEq(_failed(ALICE).length, 3);
    }

    function test_theJurisdictionDecidesPerBasket() public {
        (, address other) = _createBasket("Other", "OTH", STRANGER);
        vm.prank(ADMIN);
        IJurisdictions(basket.jurisdictions).setJurisdiction("CH", false);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        _assertFailed(ALICE, Credentials.JURISDICTION);
        Explanation memory explanation = lens.explain(address(consumer), ALICE, 0);
        assertEq(explanation.jurisdiction, "CH");
        assertFalse(explanation.jurisdictionAccepted);
        _assertAccepted(_order("S", BOB, 1e18));
        assertEq(lens.explain(other, ALICE, 0).verdict.code, Verdicts.ACCEPTED);
        assertTrue(lens.explain(other, ALICE, 0).jurisdictionAccepted);
    }

    function test_jurisdictionsAreTwoCapitalLetters() public {
        IJurisdictions jurisdictions = IJurisdictions(basket.jurisdictions);
        bytes2[4] memory bad = [bytes2("ch"), bytes2("C1"), bytes2("1C"), bytes2(0)];
        for (uint256 i = 0; i < bad.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IJurisdictions.InvalidJurisdiction.selector, bad[i]));
            vm.prank(ADMIN);
            jurisdictions.setJurisdiction(bad[i], true);
        }
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        vm.prank(STRANGER);
        jurisdictions.setJurisdiction("US", true);

        vm.expectEmit(basket.jurisdictions);
        emit IJurisdictions.JurisdictionSet("AZ", true);
        vm.prank(ADMIN);
        jurisdictions.setJurisdiction("AZ", true);
        assertTrue(jurisdictions.accepted("AZ"));
    }

    function testFuzz_otherDataThanAnAcceptedCodeIsNoJurisdiction(bytes memory data) public view {
        bool expected = keccak256(data) == keccak256("CH") || keccak256(data) == keccak256("DE");
        ICredentialDataValidator validator = ICredentialDataValidator(basket.jurisdictions);
        assertEq(validator.validateCredentialData(0, ALICE, Credentials.JURISDICTION, data, ""), expected);
        assertFalse(validator.validateCredentialData(0, ALICE, 0, bytes.concat("CH", data, "x"), ""));
    }

    /* REGISTRIES */

    function test_onlyIssuersWriteTheRegistries() public {
        address[4] memory others = [STRANGER, ADMIN, OPERATOR, ALICE];
        for (uint256 i = 0; i < others.length; ++i) {
            _assertCannotWrite(others[i]);
        }
        assertTrue(registries.isIssuer(ISSUER));
        assertFalse(registries.isIssuer(STRANGER));
    }

    function test_theIssuerAdminAppointsAndDismisses() public {
        IIssuerPolicy issuers = IIssuerPolicy(registries.issuerPolicy());
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, ISSUER));
        vm.prank(ISSUER);
        issuers.authorizeSender(STRANGER);

        vm.startPrank(OPERATOR);
        issuers.authorizeSender(STRANGER);
        issuers.unauthorizeSender(ISSUER);
        vm.stopPrank();
        vm.prank(STRANGER);
        identities.registerIdentity("x", STRANGER, "");
        _assertCannotWrite(ISSUER);
    }

    /* FLAGS */

    function test_noIssuerSetsNorLiftsAFlag() public {
        bytes32 flag = Credentials.AML_FLAG;
        _assertPolicyRefuses(
            ISSUER, address(credentials), abi.encodeCall(credentials.registerCredential, (_ccid(BOB), flag, 0, "", ""))
        );
        bytes32[] memory types = new bytes32[](2);
        (types[0], types[1]) = (keccak256("some other"), flag);
        bytes memory call = abi.encodeCall(credentials.registerCredentials, (_ccid(BOB), types, 0, new bytes[](2), ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        // Nor does an officer who is no issuer bring other credentials along.
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);

        _flag(ALICE);
        call = abi.encodeCall(credentials.removeCredential, (_ccid(ALICE), flag, ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        call = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), flag, uint40(block.timestamp + 1), ""));
        _assertPolicyRefuses(ISSUER, address(credentials), call);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
        _assertAccepted(_order("S", BOB, 1e18));
    }

    function test_aFlaggedAccountIsNotMovedToACleanIdentity() public {
        _flag(ALICE);
        bytes memory call = abi.encodeCall(identities.removeIdentity, (_ccid(ALICE), ALICE, ""));
        _assertPolicyRefuses(ISSUER, address(identities), call);
        _assertPolicyRefuses(COMPLIANCE, address(identities), call);
        assertEq(identities.getIdentity(ALICE), _ccid(ALICE));
        // Nor where there is nothing but the flag.
        address carol = makeAddr("carol");
        vm.prank(ISSUER);
        identities.registerIdentity(_ccid(carol), carol, "");
        _flag(carol);
        call = abi.encodeCall(identities.removeIdentity, (_ccid(carol), carol, ""));
        _assertPolicyRefuses(COMPLIANCE, address(identities), call);

        vm.prank(COMPLIANCE);
        credentials.removeCredential(_ccid(ALICE), Credentials.AML_FLAG, "");
        vm.prank(ISSUER);
        identities.removeIdentity(_ccid(ALICE), ALICE, "");
        assertEq(identities.getIdentity(ALICE), 0);
    }

    function test_aFlagHasNoEnd() public {
        bytes32 flag = Credentials.AML_FLAG;
        uint40 soon = uint40(block.timestamp + 1 days);
        bytes memory call = abi.encodeCall(credentials.registerCredential, (_ccid(ALICE), flag, soon, "", ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        _flag(ALICE);
        call = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), flag, soon, ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        vm.prank(COMPLIANCE);
        credentials.renewCredential(_ccid(ALICE), flag, 0, "");
        vm.warp(block.timestamp + 365 days);
        assertEq(_preview(_order("R", ALICE, 1e18)).code, Verdicts.IDENTITY_REJECTED);
    }

    function test_theIssuerAdminAppointsOfficers() public {
        IFlagPolicy flags = IFlagPolicy(registries.flagPolicy());
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, COMPLIANCE));
        vm.prank(COMPLIANCE);
        flags.setOfficer(STRANGER, true);
        vm.startPrank(OPERATOR);
        vm.expectEmit(address(flags));
        emit IFlagPolicy.OfficerSet(COMPLIANCE, false);
        flags.setOfficer(COMPLIANCE, false);
        flags.setOfficer(STRANGER, true);
        vm.stopPrank();
        assertFalse(flags.isOfficer(COMPLIANCE));
        bytes memory call =
            abi.encodeCall(credentials.registerCredential, (_ccid(BOB), Credentials.AML_FLAG, 0, "", ""));
        _assertPolicyRefuses(COMPLIANCE, address(credentials), call);
        vm.prank(STRANGER);
        credentials.registerCredential(_ccid(BOB), Credentials.AML_FLAG, 0, "", "");
        _assertFailed(BOB, Credentials.AML_FLAG);
    }

    /* GUARDIAN */

    function test_theGuardianHaltsMintsWhateverTheAdminDoes() public {
        IPolicySwitch policySwitch = IPolicySwitch(basket.policySwitch);
        vm.expectRevert(abi.encodeWithSelector(IPolicySwitch.NotGuardian.selector, ADMIN));
        vm.prank(ADMIN);
        policySwitch.setMintingHalted(true);

        vm.expectEmit(address(policySwitch));
        emit IPolicySwitch.MintingHaltedSet(true);
        vm.prank(GUARDIAN);
        policySwitch.setMintingHalted(true);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.POLICY_REJECTED, address(0));
        // An admin who takes every rule out of force does not lift it.
        vm.startPrank(ADMIN);
        policySwitch.setIdentityRequired(false);
        Ownable(basket.pausePolicy).renounceOwnership();
        vm.stopPrank();
        _assertRefused(_order("R", BOB, 1e18), Verdicts.POLICY_REJECTED, address(0));

        vm.prank(GUARDIAN);
        policySwitch.setMintingHalted(false);
        _assertAccepted(_order("R", ALICE, 1e18));
    }

    function _assertCannotWrite(address account) private {
        bytes32[] memory ids = new bytes32[](1);
        ids[0] = _ccid(account);
        address[] memory accounts = new address[](1);
        accounts[0] = account;
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(identities.registerIdentity, (ids[0], account, ""));
        calls[1] = abi.encodeCall(identities.registerIdentities, (ids, accounts, ""));
        calls[2] = abi.encodeCall(identities.removeIdentity, (_ccid(ALICE), ALICE, ""));
        calls[3] = abi.encodeCall(credentials.registerCredential, (ids[0], Credentials.KYC, 0, "", ""));
        calls[5] = abi.encodeCall(credentials.removeCredential, (_ccid(ALICE), Credentials.KYC, ""));
        calls[6] = abi.encodeCall(credentials.renewCredential, (_ccid(ALICE), Credentials.KYC, 0, ""));
        calls[4] = abi.encodeCall(credentials.registerCredentials, (ids[0], ids, 0, new bytes[](1), ""));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(account);
            (bool ok, bytes memory reason) = (i < 3 ? address(identities) : address(credentials)).call(calls[i]);
            assertFalse(ok);
            assertEq(bytes4(reason), IPolicyEngine.PolicyRunRejected.selector);
        }
    }

    /* LENS */

    function test_theLensExplainsAnAcceptedBeneficiary() public view {
        Explanation memory e = lens.explain(address(consumer), ALICE, 0);
        assertEq(e.verdict.code, Verdicts.ACCEPTED);
        assertFalse(e.paused || e.blacklisted || e.whitelistRequired || e.whitelisted);
        assertFalse(e.frozen || e.transfersPaused);
        assertTrue(e.identityRequired && e.jurisdictionAccepted);
        assertEq(e.identity, _ccid(ALICE));
        assertEq(e.failedRequirements.length, 0);
        assertEq(e.jurisdiction, "CH");
        assertEq(e.minVolume, 1e18);
        assertEq(e.maxVolume, 100_000e18);
        assertEq(e.rateVolume, 250_000e18);
        assertEq(e.ratePeriod, 1 days);
        assertEq(lens.factory(), address(factory));
        assertEq(lens.registries(), address(registries));
    }

    function test_theLensTellsOfTheTokensControls() public {
        vm.startPrank(ADMIN);
        token.freeze(ALICE);
        Explanation memory e = lens.explain(address(consumer), ALICE, 0);
        assertTrue(e.frozen && !e.transfersPaused);
        token.unfreeze(ALICE);
        token.setTransfersPaused(true);
        e = lens.explain(address(consumer), ALICE, 0);
        assertTrue(!e.frozen && e.transfersPaused);
        vm.stopPrank();
    }

    function test_theLensTakesAnAmount() public {
        Verdict memory verdict = lens.explain(address(consumer), ALICE, 100_001e18).verdict;
        assertEq(verdict.code, Verdicts.VOLUME_OUT_OF_RANGE);
        assertEq(verdict.policy, basket.volumePolicy);
        // Without a smallest mint the lens asks about one base unit.
        vm.prank(ADMIN);
        IVolumePolicy(basket.volumePolicy).setMin(0);
        assertEq(lens.explain(address(consumer), ALICE, 0).verdict.code, Verdicts.ACCEPTED);
    }

    function test_theLensTakesNobodysCredentialsForAnybodys() public {
        vm.prank(ISSUER);
        credentials.registerCredential(0, Credentials.JURISDICTION, 0, "CH", "");
        Explanation memory e = lens.explain(address(consumer), STRANGER, 0);
        assertEq(e.identity, 0);
        assertEq(e.jurisdiction, "");
        assertFalse(e.jurisdictionAccepted);
    }

    function test_theLensIgnoresTheDataOfACredentialThatMustBeAbsent() public {
        // The admin's own source for the flag has a validator, which ACE does not ask about absent credentials.
        ICredentialRequirements policy = ICredentialRequirements(basket.identityPolicy);
        vm.startPrank(ADMIN);
        policy.removeCredentialSource(Credentials.AML_FLAG, address(identities), address(credentials));
        policy.addCredentialSource(
            ICredentialRequirements.CredentialSourceInput(
                Credentials.AML_FLAG, address(identities), address(credentials), basket.jurisdictions
            )
        );
        vm.stopPrank();
        assertEq(_failed(ALICE).length, 0);
        vm.prank(COMPLIANCE);
        credentials.registerCredential(_ccid(ALICE), Credentials.AML_FLAG, 0, "CH", "");
        _assertFailed(ALICE, Credentials.AML_FLAG);
        _assertRefused(_order("R", ALICE, 1e18), Verdicts.IDENTITY_REJECTED, basket.identityPolicy);
    }

    function testFuzz_theLensAgreesWithThePolicy(bool kyc, bool flag, bool jurisdiction, bool expired) public {
        address carol = makeAddr("carol");
        vm.prank(ISSUER);
        identities.registerIdentity(_ccid(carol), carol, "");
        if (kyc) _issue(carol, Credentials.KYC, expired ? uint40(block.timestamp + 1) : 0, "");
        if (flag) _flag(carol);
        if (jurisdiction) _issue(carol, Credentials.JURISDICTION, 0, "DE");
        vm.warp(block.timestamp + 1);
        bool accepted = _preview(_order("R", carol, 1e18)).code == Verdicts.ACCEPTED;
        assertEq(_failed(carol).length == 0, accepted);
    }

    /* HELPERS */

    function _require(bool whitelist, bool identity) private {
        vm.startPrank(ADMIN);
        IPolicySwitch(basket.policySwitch).setWhitelistRequired(whitelist);
        IPolicySwitch(basket.policySwitch).setIdentityRequired(identity);
        vm.stopPrank();
    }

    function _assertPreview(Order memory order, uint8 code) private {
        vm.stopPrank();
        assertEq(_preview(order).code, code);
    }

    function _issue(address account, bytes32 credential, uint40 expiresAt, bytes memory data) private {
        vm.prank(ISSUER);
        credentials.registerCredential(_ccid(account), credential, expiresAt, data, "");
    }

    function _flag(address account) private {
        vm.prank(COMPLIANCE);
        credentials.registerCredential(_ccid(account), Credentials.AML_FLAG, 0, "", "");
    }

    /// @dev Whether a registry refuses an account's call, by a policy.
    function _assertPolicyRefuses(address account, address registry, bytes memory call) private {
        vm.prank(account);
        (bool ok, bytes memory reason) = registry.call(call);
        assertFalse(ok);
        assertEq(bytes4(reason), IPolicyEngine.PolicyRunRejected.selector);
    }

    function _failed(address account) private view returns (bytes32[] memory) {
        return lens.explain(address(consumer), account, 0).failedRequirements;
    }

    function _assertFailed(address account, bytes32 only) private view {
        bytes32[] memory failed = _failed(account);
        assertEq(failed.length, 1);
        assertEq(failed[0], only);
    }

    function _assertFailed(address account, bytes32 first, bytes32 second) private view {
        bytes32[] memory failed = _failed(account);
        assertEq(failed.length, 2);
        assertEq(failed[0], first);
        assertEq(failed[1], second);
    }
}
