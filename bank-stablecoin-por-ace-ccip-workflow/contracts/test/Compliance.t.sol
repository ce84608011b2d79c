// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Explanation} from "../src/interfaces/IComplianceLens.sol";
import {IJurisdictions} from "../src/interfaces/IJurisdictions.sol";
import {
    IAllowPolicy,
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
import {ComplianceSetup} from "./support/ComplianceSetup.sol";
import {ICredentialDataValidator} from "@chainlink/cross-chain-identity/interfaces/ICredentialDataValidator.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

/// @notice Every policy refuses with its own verdict, and the compliance officer's calls do what they say.
contract ComplianceTest is ComplianceSetup {
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

    /* HELPERS */

    function _assertPreview(Order memory order, uint8 code) private {
        vm.stopPrank();
        assertEq(_preview(order).code, code);
    }
}
