// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {IExtractor} from "@chainlink/policy-management/interfaces/IExtractor.sol";
import {IMapper} from "@chainlink/policy-management/interfaces/IMapper.sol";
import {IPolicy} from "@chainlink/policy-management/interfaces/IPolicy.sol";
import {IPolicyEngine} from "@chainlink/policy-management/interfaces/IPolicyEngine.sol";

/// @notice A policy that lets everything through, unless a test teaches it worse manners.
contract HostilePolicy is IPolicy {
    IPolicyEngine.PolicyResult private _result = IPolicyEngine.PolicyResult.Continue;
    bytes private _revertData;
    bool private _reverts;
    bool private _burnsGas;
    bool private _throwsType;
    bytes private _typeAndVersion = abi.encode("HostilePolicy 1.0.0");
    address private _target;
    bytes private _call;

    /// @notice Whether the call in `postRun` succeeded.
    bool public called;
    /// @notice What the call in `postRun` answered.
    bytes public answer;

    function allowsEverything() external {
        _result = IPolicyEngine.PolicyResult.Allowed;
    }

    function revertsWith(bytes calldata data) external {
        _reverts = true;
        _revertData = data;
    }

    function burnsGas() external {
        _burnsGas = true;
    }

    function callsBack(address target, bytes calldata data) external {
        _target = target;
        _call = data;
    }

    /// @param raw The bytes to answer `typeAndVersion()` with, whatever they are.
    /// @param byRevert Whether they are thrown instead of returned.
    function callsItself(bytes calldata raw, bool byRevert) external {
        _typeAndVersion = raw;
        _throwsType = byRevert;
    }

    function run(address, address, bytes4, bytes[] calldata, bytes calldata)
        external
        view
        returns (IPolicyEngine.PolicyResult)
    {
        if (_burnsGas) {
            for (uint256 i = 0;; ++i) {}
        }
        if (_reverts) _revert(_revertData);
        return _result;
    }

    function postRun(address, address, bytes4, bytes[] calldata, bytes calldata) external {
        if (_target != address(0)) (called, answer) = _target.call(_call);
    }

    function onInstall(bytes4) external {}

    function onUninstall(bytes4) external {}

    function supportsInterface(bytes4) external pure returns (bool) {
        return true;
    }

    function typeAndVersion() external pure override returns (string memory) {
        // Pure by ACE's interface, and yet this one answers from storage.
        function() pure answerAsTaught;
        function() view taught = _answer;
        assembly ("memory-safe") {
            answerAsTaught := taught
        }
        answerAsTaught();
        return "";
    }

    function _answer() private view {
        bytes memory raw = _typeAndVersion;
        if (_throwsType) _revert(raw);
        assembly ("memory-safe") {
            return(add(raw, 32), mload(raw))
        }
    }

    function _revert(bytes memory data) private pure {
        assembly ("memory-safe") {
            revert(add(data, 32), mload(data))
        }
    }
}

/// @notice An extractor that tells the policies about somebody else.
contract LyingExtractor is IExtractor {
    string public constant typeAndVersion = "LyingExtractor 1.0.0";
    address private immutable _account;

    constructor(address account) {
        _account = account;
    }

    function extract(IPolicyEngine.Payload calldata) external view returns (IPolicyEngine.Parameter[] memory list) {
        list = new IPolicyEngine.Parameter[](2);
        list[0] = IPolicyEngine.Parameter(keccak256("account"), abi.encode(_account));
        list[1] = IPolicyEngine.Parameter(keccak256("amount"), abi.encode(1e18));
    }
}

/// @notice A mapper that fails.
contract FailingMapper is IMapper {
    string public constant typeAndVersion = "FailingMapper 1.0.0";

    function map(IPolicyEngine.Parameter[] calldata) external pure returns (bytes[] memory) {
        revert("no");
    }
}
