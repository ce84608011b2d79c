// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IComplianceFactory} from "../src/interfaces/IComplianceFactory.sol";
import {ILiabilityLedger} from "../src/interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "../src/interfaces/IMintingConsumer.sol";
import {IPolicySwitch} from "../src/interfaces/IPolicySwitch.sol";
import {IRedemptionDesk} from "../src/interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "../src/interfaces/IStablecoin.sol";
import {BasketTest} from "./support/BasketTest.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {Initializable} from "@openzeppelin/contracts/proxy/utils/Initializable.sol";

/// @notice Calls every function of every deployed contract as a stranger, as the compiler lists them.
/// @dev A function that writes must either refuse the stranger by name or be on the short list of functions that are
///      open on purpose. A new function without a guard makes these tests fail.
contract StrangersTest is BasketTest {
    /// @dev A write in a static call burns everything it was given.
    uint256 private constant PROBE_GAS = 8_000_000;

    mapping(bytes4 error => bool) private refusal;
    mapping(bytes4 selector => bool) private skipped;
    uint256 private refused;

    function setUp() public override {
        super.setUp();
        refusal[Ownable.OwnableUnauthorizedAccount.selector] = true;
        refusal[IAccessControl.AccessControlUnauthorizedAccount.selector] = true;
        refusal[IAccessControl.AccessControlBadConfirmation.selector] = true;
        refusal[Initializable.InvalidInitialization.selector] = true;
        refusal[IMintingConsumer.OnlyForwarder.selector] = true;
        refusal[IMintingConsumer.OnlySelf.selector] = true;
        refusal[IMintingConsumer.PolicyEngineFixed.selector] = true;
        refusal[ILiabilityLedger.OnlyWriter.selector] = true;
        refusal[ILiabilityLedger.AlreadyWired.selector] = true;
        refusal[IStablecoin.MintAllowanceExceeded.selector] = true;
        refusal[IStablecoin.AlreadyWired.selector] = true;
        refusal[IRedemptionDesk.OnlySelf.selector] = true;
        refusal[IRedemptionDesk.OnlyWriter.selector] = true;
        refusal[IRedemptionDesk.OnlyLedger.selector] = true;
        refusal[IRedemptionDesk.OnlyHolder.selector] = true;
        refusal[IComplianceFactory.OnlyBasketFactory.selector] = true;
        refusal[IPolicySwitch.NotPolicyOwner.selector] = true;
        refusal[IPolicySwitch.NotGuardian.selector] = true;
        refusal[IPolicyEngine.PolicyRunRejected.selector] = true;
        refusal[bytes4(keccak256("Unauthorized()"))] = true;
    }

    function test_theConsumer() public {
        // A caller's own context: the consumer never reads it.
        _isOpen("setContext(bytes)");
        _isOpen("clearContext()");
        _assertRefusesStrangers("MintingConsumerWithACE", address(consumer), 7);
    }

    function test_theToken() public {
        // ERC-20 on the caller's own balance and allowances.
        _isOpen("transfer(address,uint256)");
        _isOpen("transferFrom(address,address,uint256)");
        _isOpen("approve(address,uint256)");
        _isOpen("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)");
        _isOpen("permit(address,address,uint256,uint256,bytes)");
        string memory terms = "(address,address,uint256,uint256,uint256,bytes32,";
        _isOpen(string.concat("transferWithAuthorization", terms, "bytes)"));
        _isOpen(string.concat("transferWithAuthorization", terms, "uint8,bytes32,bytes32)"));
        _isOpen(string.concat("receiveWithAuthorization", terms, "bytes)"));
        _isOpen(string.concat("receiveWithAuthorization", terms, "uint8,bytes32,bytes32)"));
        _isOpen("cancelAuthorization(address,bytes32,bytes)");
        _isOpen("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)");
        _assertRefusesStrangers("StablecoinERC20", address(token), 17);
    }

    function test_theLedger() public {
        _readOnlyReverts("getRoundData(uint80)");
        _readOnlyReverts("latestRoundData()");
        _assertRefusesStrangers("LiabilityLedger", address(ledger), 11);
    }

    function test_theDesk() public {
        // Everybody asks for redemption of his own tokens, or carries a holder's signature.
        _isOpen("request(uint256,bytes32,bytes32)");
        _isOpen("requestWithAuthorization(address,uint256,bytes32,bytes32,uint256,uint256,bytes)");
        _isOpen("setContext(bytes)");
        _isOpen("clearContext()");
        _assertRefusesStrangers("RedemptionDesk", address(desk), 12);
    }

    function test_theEngine() public {
        // A contract attaches and detaches itself only; running judges the caller as target, which has no chain.
        _isOpen("attach()");
        _isOpen("detach()");
        _assertRefusesStrangers("PolicyEngine", address(engine), 15);
        _assertRefusesStrangers("PolicyEngine", registries.policyEngine(), 15);
    }

    function test_thePolicies() public {
        _readOnlyReverts("run(address,address,bytes4,bytes[],bytes)");
        _readOnlyReverts("validate(address,bytes)");
        _assertRefusesStrangers("PausePolicy", basket.pausePolicy, 7);
        _assertRefusesStrangers("RejectPolicy", basket.rejectPolicy, 8);
        _assertRefusesStrangers("AllowPolicy", basket.allowPolicy, 8);
        _assertRefusesStrangers("VolumePolicy", basket.volumePolicy, 8);
        _assertRefusesStrangers("OnlyAuthorizedSenderPolicy", registries.issuerPolicy(), 8);
        _assertRefusesStrangers("FlagPolicy", registries.flagPolicy(), 7);
        _assertRefusesStrangers("JurisdictionDataValidator", basket.jurisdictions, 3);
    }

    function test_theIdentityPolicy() public {
        _readOnlyReverts("run(address,address,bytes4,bytes[],bytes)");
        _assertRefusesStrangers("CredentialRegistryIdentityValidatorPolicy", basket.identityPolicy, 11);
    }

    function test_theRatePolicy() public {
        _readOnlyReverts("run(address,address,bytes4,bytes[],bytes)");
        _assertRefusesStrangers("IdentityVolumeRatePolicy", basket.volumeRatePolicy, 8);
    }

    function test_theSwitch() public {
        _assertRefusesStrangers("PolicySwitch", basket.policySwitch, 3);
    }

    function test_theRegistries() public {
        _isOpen("setContext(bytes)");
        _isOpen("clearContext()");
        _readOnlyReverts("getCredential(bytes32,bytes32)");
        _assertRefusesStrangers("IdentityRegistry", registries.identityRegistry(), 7);
        _assertRefusesStrangers("CredentialRegistry", registries.credentialRegistry(), 8);
        _assertRefusesStrangers("ComplianceRegistries", address(registries), 0);
    }

    function test_theFactories() public {
        // Creation is open here, and an engine means nothing until a consumer is wired to it.
        _isOpen("createBasket(string,string,address)");
        _isOpen("createBasketWithTerms(string,string,address,(uint8,uint96,uint24))");
        _readOnlyReverts("basketOf(address)");
        _assertRefusesStrangers("BasketFactory", address(factory), 4);
        _assertRefusesStrangers("ComplianceFactory", address(complianceFactory), 3);
    }

    /// @dev For functions that write but are anybody's to call.
    function _isOpen(string memory signature) private {
        skipped[bytes4(keccak256(bytes(signature)))] = true;
    }

    /// @dev For functions that write nothing but revert for arguments of zeros.
    function _readOnlyReverts(string memory signature) private {
        skipped[bytes4(keccak256(bytes(signature)))] = true;
    }

    /// @param count How many functions must have refused: the test would be blind if calls failed for other reasons.
    function _assertRefusesStrangers(string memory name, address target, uint256 count) private {
        string memory artifact = vm.readFile(string.concat("out/", name, ".sol/", name, ".json"));
        string[] memory signatures = vm.parseJsonKeys(artifact, ".methodIdentifiers");
        assertGt(signatures.length, 0);
        refused = 0;
        for (uint256 i = 0; i < signatures.length; ++i) {
            _assertRefused(target, signatures[i]);
        }
        assertEq(refused, count, name);
    }

    function _assertRefused(address target, string memory signature) private {
        bytes memory call = abi.encodePacked(bytes4(keccak256(bytes(signature))), _arguments());
        vm.prank(STRANGER);
        (bool readOnly,) = target.staticcall{gas: PROBE_GAS}(call);
        if (readOnly || skipped[bytes4(keccak256(bytes(signature)))]) return;

        vm.prank(STRANGER);
        (bool done, bytes memory reason) = target.call{gas: PROBE_GAS}(call);
        assertFalse(done, signature);
        assertTrue(refusal[bytes4(reason)], string.concat(signature, " does not refuse a stranger by name"));
        ++refused;
    }

    /// @dev Zeros decode as any arguments: offsets point at an empty array.
    function _arguments() private pure returns (bytes memory) {
        return new bytes(32 * 20);
    }
}
