// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {KeystoneForwarder} from "@chainlink/contracts/src/v0.8/keystone/KeystoneForwarder.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Script} from "forge-std/Script.sol";

/// @title Roots
/// @notice Gives the roots of trust to a timelock and to keys that are not the deployer's.
/// @dev `TIMELOCK_PROPOSER`, `TIMELOCK_EXECUTOR`, `TIMELOCK_CANCELLER`, `GUARDIAN`, `BASKET_CREATOR`, `ISSUER_ADMIN`,
///      `FIRST_BASKET_ADMIN` (default: the deployer) and `TIMELOCK_DELAY_SECONDS`. On the local chain the deployer keeps
///      what it has; anywhere else the first four must differ from each other, all of them from the deployer, the delay
///      is an hour at least, and the deployer ends without any power.
abstract contract Roots is Script {
    uint256 internal constant LOCAL_CHAIN = 31337;
    uint256 private constant DEFAULT_DELAY = 2 days;
    uint256 private constant MIN_DELAY = 1 hours;
    bytes32 private constant DEFAULT_ADMIN_ROLE = 0x00;
    bytes32 private constant CREATOR_ROLE = keccak256("CREATOR_ROLE");

    /// @notice The keys that govern a deployment.
    struct Keys {
        address proposer;
        address executor;
        address canceller;
        address guardian;
        address creator;
        address issuerAdmin;
        address basketAdmin;
    }

    /// @notice Thrown when one key is to hold two of the roots, or the deployer one.
    error RootsShareAKey(address key);
    /// @notice Thrown when the timelock would leave no time to see what is scheduled and to cancel it.
    error DelayTooShort(uint256 delaySeconds, uint256 least);
    /// @notice Thrown when the DON's signers changed but the forwarder belongs to the timelock: have it call setConfig.
    error ForwarderOwnedByAnother(address owner);

    function _keys(address deployer) internal view returns (Keys memory keys) {
        keys.proposer = vm.envOr("TIMELOCK_PROPOSER", deployer);
        keys.executor = vm.envOr("TIMELOCK_EXECUTOR", deployer);
        keys.canceller = vm.envOr("TIMELOCK_CANCELLER", deployer);
        keys.guardian = vm.envOr("GUARDIAN", deployer);
        keys.creator = vm.envOr("BASKET_CREATOR", deployer);
        keys.issuerAdmin = vm.envOr("ISSUER_ADMIN", deployer);
        keys.basketAdmin = vm.envOr("FIRST_BASKET_ADMIN", deployer);
    }

    function _isLocal() internal view returns (bool) {
        return block.chainid == LOCAL_CHAIN;
    }

    /// @dev Reverts unless the keys and the delay may govern a chain that is not local.
    function _requireSafeRoots(Keys memory keys, address deployer) internal view {
        if (_isLocal()) return;
        if (_delay() < MIN_DELAY) revert DelayTooShort(_delay(), MIN_DELAY);
        address[5] memory all = [deployer, keys.proposer, keys.executor, keys.canceller, keys.guardian];
        for (uint256 i = 0; i < all.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                if (all[i] == all[j]) revert RootsShareAKey(all[i]);
            }
        }
        if (keys.creator == deployer || keys.issuerAdmin == deployer || keys.basketAdmin == deployer) {
            revert RootsShareAKey(deployer);
        }
    }

    /// @dev Without an admin: from now on the timelock governs itself. Where it is handed over it begins without a delay
    ///      and in the deployer's hands, see {_handOver}.
    function _createTimelock(Keys memory keys, address deployer) internal returns (address) {
        address[] memory proposers = new address[](1);
        address[] memory executors = new address[](1);
        (proposers[0], executors[0]) = _isLocal() ? (keys.proposer, keys.executor) : (deployer, deployer);
        return address(new TimelockController(_isLocal() ? _delay() : 0, proposers, executors, address(0)));
    }

    /// @dev Ends the deployer's power, in one go: forwarder, timelock and factory. Does nothing on the local chain, or
    ///      when that was done.
    function _handOver(Keys memory keys, address deployer, address timelock_, address forwarder, address factory)
        internal
    {
        TimelockController timelock = TimelockController(payable(timelock_));
        if (_isLocal() || !timelock.hasRole(timelock.PROPOSER_ROLE(), deployer)) return;
        bool ownsForwarder = Ownable(forwarder).owner() == deployer;
        if (ownsForwarder) KeystoneForwarder(forwarder).transferOwnership(timelock_);
        _runAtOnce(timelock, _calls(keys, deployer, timelock, ownsForwarder ? forwarder : address(0)));

        IAccessControl roles = IAccessControl(factory);
        roles.grantRole(CREATOR_ROLE, keys.creator);
        roles.grantRole(DEFAULT_ADMIN_ROLE, timelock_);
        roles.renounceRole(CREATOR_ROLE, deployer);
        roles.renounceRole(DEFAULT_ADMIN_ROLE, deployer);
    }

    /// @dev To the timelock itself, but for the last, which takes the forwarder over.
    function _calls(Keys memory keys, address deployer, TimelockController timelock, address forwarder)
        private
        view
        returns (bytes[] memory calls)
    {
        calls = new bytes[](forwarder == address(0) ? 7 : 8);
        calls[0] = abi.encodeCall(timelock.grantRole, (timelock.PROPOSER_ROLE(), keys.proposer));
        calls[1] = abi.encodeCall(timelock.grantRole, (timelock.EXECUTOR_ROLE(), keys.executor));
        calls[2] = abi.encodeCall(timelock.grantRole, (timelock.CANCELLER_ROLE(), keys.canceller));
        calls[3] = abi.encodeCall(timelock.revokeRole, (timelock.PROPOSER_ROLE(), deployer));
        calls[4] = abi.encodeCall(timelock.revokeRole, (timelock.EXECUTOR_ROLE(), deployer));
        calls[5] = abi.encodeCall(timelock.revokeRole, (timelock.CANCELLER_ROLE(), deployer));
        calls[6] = abi.encodeCall(timelock.updateDelay, (_delay()));
        if (forwarder != address(0)) calls[7] = abi.encodeCall(KeystoneForwarder(forwarder).acceptOwnership, ());
    }

    function _runAtOnce(TimelockController timelock, bytes[] memory calls) private {
        address[] memory targets = new address[](calls.length);
        for (uint256 i = 0; i < calls.length; ++i) {
            targets[i] = address(timelock);
        }
        if (calls.length == 8) targets[7] = _forwarderToAccept();
        uint256[] memory values = new uint256[](calls.length);
        timelock.scheduleBatch(targets, values, calls, 0, 0, 0);
        timelock.executeBatch(targets, values, calls, 0, 0);
    }

    /// @dev The forwarder that waits for the timelock's acceptance.
    function _forwarderToAccept() internal view virtual returns (address);

    function _delay() private view returns (uint256) {
        return vm.envOr("TIMELOCK_DELAY_SECONDS", DEFAULT_DELAY);
    }
}
