// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {Explanation} from "../src/interfaces/IComplianceLens.sol";
import {IMintingConsumer, Verdict} from "../src/interfaces/IMintingConsumer.sol";
import {IVolumePolicy} from "../src/interfaces/IPolicySettings.sol";
import {Credentials} from "../src/libraries/Credentials.sol";
import {Verdicts} from "../src/libraries/Verdicts.sol";
import {ComplianceSetup} from "./support/ComplianceSetup.sol";
import {ICredentialRequirements} from "@chainlink/cross-chain-identity/interfaces/ICredentialRequirements.sol";

/// @notice The lens says what the policies would, whatever they look at.
contract LensTest is ComplianceSetup {
    /// @dev The parts of a credential source.
    enum Part {
        NONE,
        IDENTITIES,
        CREDENTIALS,
        VALIDATOR
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

    /* SOURCES THAT DO NOT ANSWER */

    function test_anIdentityRegistryMayAnswerAnything() public {
        _assertAgreesWhatever(Part.IDENTITIES);
    }

    function test_aCredentialRegistryMayAnswerAnything() public {
        _assertAgreesWhatever(Part.CREDENTIALS);
    }

    function test_aDataValidatorMayAnswerAnything() public {
        _assertAgreesWhatever(Part.VALIDATOR);
    }

    function test_theLensGivesNoAnswerWithoutTheGasForIt() public view {
        (uint256 bound, address policy) = (lens.REQUIREMENT_GAS(), basket.identityPolicy);
        assertEq(bound, consumer.ORDER_GAS(), "as much as the consumer gives a whole order");
        assertEq(lens.failedRequirements{gas: 2 * bound}(policy, ALICE).length, 0);
        bytes memory question = abi.encodeCall(lens.failedRequirements, (policy, ALICE));
        (bool done, bytes memory reason) = address(lens).staticcall{gas: bound}(question);
        assertFalse(done);
        assertEq(bytes4(reason), IMintingConsumer.InsufficientGas.selector);
    }

    /// @dev Every kind of address in one place of a source, alone, behind and before a source that answers; each time
    ///      the lens answers, and names the requirement exactly when the policy does not accept.
    function _assertAgreesWhatever(Part part) private {
        bytes[7] memory codes = [
            bytes(""), // nothing there
            hex"00", // answers nothing
            hex"60006000fd", // refuses
            hex"600260005260206000f3", // neither true nor false, and nobody's identity
            hex"620190006000f3", // an answer of 100 kB
            hex"62088b805a035b805a11600657600160005260206000f3", // says yes, for 560 000 gas
            hex"fe" // burns whatever it gets
        ];
        for (uint256 i = 0; i < codes.length; ++i) {
            // A registry has one validator: there is no second source of the same two registries.
            for (uint256 place = 0; place < (part == Part.VALIDATOR ? 1 : 3); ++place) {
                uint256 before = vm.snapshotState();
                address hostile = address(uint160(0xdead00 + i));
                vm.etch(hostile, codes[i]);
                _setSources(part, hostile, place);
                _assertAgrees(string.concat("kind ", vm.toString(i), ", place ", vm.toString(place)));
                vm.revertToState(before);
            }
        }
    }

    function _assertAgrees(string memory label) private view {
        Explanation memory e = lens.explain{gas: 20_000_000}(address(consumer), ALICE, 0);
        bool accepted = _preview(_order("R", ALICE, 1e18)).code == Verdicts.ACCEPTED;
        assertEq(e.verdict.code == Verdicts.ACCEPTED, accepted, label);
        assertEq(e.failedRequirements.length, accepted ? 0 : 1, label);
        if (!accepted) assertEq(e.failedRequirements[0], Credentials.JURISDICTION, label);
    }

    /// @param place 0 for the hostile source alone, 1 behind a good one, 2 before it.
    function _setSources(Part part, address hostile, uint256 place) private {
        ICredentialRequirements policy = ICredentialRequirements(basket.identityPolicy);
        vm.startPrank(ADMIN);
        policy.removeCredentialSource(Credentials.JURISDICTION, address(identities), address(credentials));
        if (place == 1) policy.addCredentialSource(_source(Part.NONE, address(0)));
        policy.addCredentialSource(_source(part, hostile));
        if (place == 2) policy.addCredentialSource(_source(Part.NONE, address(0)));
        vm.stopPrank();
    }

    function _source(Part hostile, address target)
        private
        view
        returns (ICredentialRequirements.CredentialSourceInput memory)
    {
        return ICredentialRequirements.CredentialSourceInput({
            credentialTypeId: Credentials.JURISDICTION,
            identityRegistry: hostile == Part.IDENTITIES ? target : address(identities),
            credentialRegistry: hostile == Part.CREDENTIALS ? target : address(credentials),
            dataValidator: hostile == Part.VALIDATOR ? target : basket.jurisdictions
        });
    }
}
