// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {IVolumeRatePolicy} from "./interfaces/IPolicySettings.sol";
import {IIdentityRegistry} from "@chainlink/cross-chain-identity/interfaces/IIdentityRegistry.sol";
import {Policy} from "@chainlink/policy-management/core/Policy.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @title IdentityVolumeRatePolicy
/// @notice Bounds the volume of one person and period, whatever number of accounts the person has: it counts by the
///         identity (CCID) of the account, and by the account itself where that has none.
/// @dev Takes the place of ACE's VolumeRatePolicy, has its settings, and keeps what was used in one slot instead of three.
///      A change of the period forgets nothing that lies in the new period, too.
contract IdentityVolumeRatePolicy is IVolumeRatePolicy, Policy {
    /// @notice Kind and version.
    string public constant override typeAndVersion = "IdentityVolumeRatePolicy 1.0.0";

    struct Limit {
        uint128 maxAmount;
        uint64 period;
    }

    /// @dev The volume of the period in which `at` lies, the time of the last mint.
    struct Use {
        uint128 amount;
        uint64 at;
    }

    IIdentityRegistry private immutable _identities;
    Limit private _limit;
    mapping(bytes32 identity => Use) private _ofIdentity;
    mapping(address account => Use) private _ofAccount;

    /// @param identities The registry that tells whose an account is.
    constructor(address identities) {
        _identities = IIdentityRegistry(identities);
    }

    /* SETTINGS */

    /// @inheritdoc IVolumeRatePolicy
    function setMaxAmount(uint256 maxAmount) external onlyOwner {
        if (maxAmount == _limit.maxAmount) revert InvalidParameters("the amount is the present one");
        _setMaxAmount(maxAmount);
        emit MaxAmountSet(maxAmount);
    }

    /// @inheritdoc IVolumeRatePolicy
    function setTimePeriodDuration(uint256 duration) external onlyOwner {
        if (duration == _limit.period) revert InvalidParameters("the period is the present one");
        _setPeriod(duration);
        emit TimePeriodDurationSet(duration);
    }

    /// @inheritdoc IVolumeRatePolicy
    function getMaxAmount() external view returns (uint256) {
        return _limit.maxAmount;
    }

    /// @inheritdoc IVolumeRatePolicy
    function getTimePeriodDuration() external view returns (uint256) {
        return _limit.period;
    }

    /// @inheritdoc IVolumeRatePolicy
    function usedBy(address account) external view returns (uint256) {
        return _used(_useOf(account), _limit.period);
    }

    /* JUDGEMENT */

    /// @inheritdoc Policy
    /// @param parameters The amount and the account.
    function run(address, address, bytes4, bytes[] calldata parameters, bytes calldata)
        public
        view
        override
        returns (IPolicyEngine.PolicyResult)
    {
        (uint256 amount, address account) = _read(parameters);
        Limit memory limit = _limit;
        uint256 used = _used(_useOf(account), limit.period);
        if (used > limit.maxAmount || amount > limit.maxAmount - used) {
            revert IPolicyEngine.PolicyRejected("volume rate limit exceeded for time period");
        }
        return IPolicyEngine.PolicyResult.Continue;
    }

    /// @inheritdoc Policy
    /// @dev The engine has run the policy just before, so that the sum is at most the limit, of 128 bits.
    function postRun(address, address, bytes4, bytes[] calldata parameters, bytes calldata)
        public
        override
        onlyPolicyEngine
    {
        (uint256 amount, address account) = _read(parameters);
        Use storage use = _useOf(account);
        (use.amount, use.at) = (uint128(_used(use, _limit.period) + amount), uint64(block.timestamp));
    }

    function _read(bytes[] calldata parameters) private pure returns (uint256 amount, address account) {
        if (parameters.length != 2) revert InvalidParameters("expected 2 parameters");
        return (abi.decode(parameters[0], (uint256)), abi.decode(parameters[1], (address)));
    }

    function _useOf(address account) private view returns (Use storage) {
        bytes32 identity = _identities.getIdentity(account);
        return identity == 0 ? _ofAccount[account] : _ofIdentity[identity];
    }

    function _used(Use memory use, uint256 period) private view returns (uint256) {
        return use.at / period == block.timestamp / period ? use.amount : 0;
    }

    /* INITIALISATION */

    /// @inheritdoc Policy
    /// @param parameters The period in seconds and the amount.
    function configure(bytes calldata parameters) internal override {
        (uint256 period, uint256 maxAmount) = abi.decode(parameters, (uint256, uint256));
        _setPeriod(period);
        _setMaxAmount(maxAmount);
    }

    function _setPeriod(uint256 period) private {
        if (period == 0 || period > type(uint64).max) revert InvalidParameters("the period is zero or too long");
        _limit.period = uint64(period);
    }

    function _setMaxAmount(uint256 maxAmount) private {
        if (maxAmount > type(uint128).max) revert InvalidParameters("the amount has more than 128 bits");
        _limit.maxAmount = uint128(maxAmount);
    }
}
