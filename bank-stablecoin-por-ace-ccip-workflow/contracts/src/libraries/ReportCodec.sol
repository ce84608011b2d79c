// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @notice One mint to make.
/// @param bankRef The bank's reference; minted at most once.
/// @param account The beneficiary.
/// @param amount The amount in the token's base units.
struct Order {
    bytes32 bankRef;
    address account;
    uint256 amount;
}

/// @notice What the DON observed at the reserve source.
/// @param amount The reserves in the token's base units.
/// @param observedAt The source's own time of the observation, unix seconds.
struct ReserveProof {
    uint256 amount;
    uint64 observedAt;
}

/// @notice The body of a DON-signed report.
/// @param version Layout of the body, always {ReportCodec.VERSION}.
/// @param instruction What to do, see {ReportCodec}.
/// @param chainId The only chain on which the report is valid.
/// @param consumer The only consumer for which the report is valid.
/// @param validUntil Last second at which the report is valid, unix seconds.
/// @param reserves The reserve proof that backs the orders.
/// @param orders The mints to make; none for an attestation.
struct Report {
    uint8 version;
    uint8 instruction;
    uint256 chainId;
    address consumer;
    uint64 validUntil;
    ReserveProof reserves;
    Order[] orders;
}

/// @title ReportCodec
/// @notice The ABI layout of the report body: `(uint8 version, uint8 instruction, uint256 chainId, address consumer,
///         uint64 validUntil, (uint256, uint64) reserves, (bytes32, address, uint256)[] orders)`.
library ReportCodec {
    /// @notice The only layout that is understood.
    uint8 internal constant VERSION = 1;
    /// @notice Mint the orders against the reserve proof.
    uint8 internal constant MINT = 1;
    /// @notice Reserved for redemption; not specified, always refused.
    uint8 internal constant REDEEM = 2;
    /// @notice Record the reserve proof only.
    uint8 internal constant ATTEST = 3;

    /// @notice Thrown for a report whose layout this code does not know.
    error UnsupportedVersion(uint256 version);

    /// @notice Decodes a report body; reverts for a version other than {VERSION} and for malformed data.
    function decode(bytes calldata body) internal pure returns (Report memory report) {
        // The version is read alone first: the layout of another version may not decode at all.
        uint256 version = abi.decode(body, (uint256));
        if (version != VERSION) revert UnsupportedVersion(version);
        (
            report.version,
            report.instruction,
            report.chainId,
            report.consumer,
            report.validUntil,
            report.reserves,
            report.orders
        ) = abi.decode(body, (uint8, uint8, uint256, address, uint64, ReserveProof, Order[]));
    }
}
