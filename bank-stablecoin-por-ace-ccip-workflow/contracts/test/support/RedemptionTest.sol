// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {RequestState} from "../../src/interfaces/IRedemptionDesk.sol";
import {Order, Redemption, Report, ReportCodec} from "../../src/libraries/ReportCodec.sol";
import {BasketTest} from "./BasketTest.sol";

/// @notice A basket whose holder has tokens to redeem, and reports that take the steps of redemptions.
abstract contract RedemptionTest is BasketTest {
    bytes32 internal constant PAYOUT = keccak256("pay to CH93 0076 2011 6238 5295 7");
    bytes32 internal constant SALT = "salt";
    uint256 internal constant AMOUNT = 40e18;

    address internal holder;
    uint256 internal holderKey;

    function setUp() public virtual override {
        super.setUp();
        (holder, holderKey) = makeAddrAndKey("holder");
        _register(holder, "CH");
        _onReport(_mintReport(_pair(_order("for the holder", holder, 100e18), _order("for Alice", ALICE, 100e18))));
    }

    function _request() internal returns (bytes32 id) {
        return _request(SALT);
    }

    function _request(bytes32 salt) internal returns (bytes32 id) {
        vm.startPrank(holder);
        token.approve(address(desk), AMOUNT);
        id = desk.request(AMOUNT, PAYOUT, salt);
        vm.stopPrank();
    }

    function _accepted() internal returns (bytes32 id) {
        id = _request();
        _take(id, ReportCodec.ACCEPT, 0, 0);
    }

    /// @dev One step by a report whose proof is of now.
    function _take(bytes32 id, uint8 step, bytes32 ref, uint64 paidAt) internal {
        _onReport(_redeemReport(Redemption(id, step, ref, paidAt)));
    }

    function _settle(bytes32 id, bytes32 settlementRef) internal {
        _take(id, ReportCodec.SETTLE, settlementRef, uint64(block.timestamp));
    }

    function _redeemReport(Redemption memory redemption) internal view returns (Report memory) {
        Redemption[] memory redemptions = new Redemption[](1);
        redemptions[0] = redemption;
        return _redeemReport(redemptions);
    }

    function _redeemReport(Redemption[] memory redemptions) internal view returns (Report memory report) {
        report = _mintReport(new Order[](0));
        report.instruction = ReportCodec.REDEEM;
        report.redemptions = redemptions;
    }

    function _stateOf(bytes32 id) internal view returns (RequestState) {
        return desk.requestOf(id).state;
    }

    /// @dev The holder's authorization for the desk to receive, whose nonce is the request's id.
    function _authorize(bytes32 id, uint256 amount) internal view returns (bytes memory) {
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 terms = keccak256(abi.encode(typeHash, holder, desk, amount, 0, type(uint256).max, id));
        (uint8 v, bytes32 r, bytes32 s) =
            vm.sign(holderKey, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), terms)));
        return abi.encodePacked(r, s, v);
    }
}
