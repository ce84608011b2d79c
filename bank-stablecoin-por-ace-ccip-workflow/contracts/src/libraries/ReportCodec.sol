// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @notice One mint to make.
/// @param bankRef The bank's reference; minted at most once.
/// @param account The beneficiary.
/// @param amount The amount in the token's base units.
/// @param destination The CCIP selector of the chain to deliver on; zero for this one.
struct Order {
    bytes32 bankRef;
    address account;
    uint256 amount;
    uint64 destination;
}

/// @notice One step of a redemption, see {IRedemptionDesk}.
/// @param id The request.
/// @param step What to do with it: {ReportCodec.ACCEPT}, {ReportCodec.SETTLE} or {ReportCodec.RETURN}.
/// @param ref The reference of the executed payment for a settlement, the reason for a return, else zero.
/// @param paidAt When the payment was executed, unix seconds; zero unless it is a settlement.
struct Redemption {
    bytes32 id;
    uint8 step;
    bytes32 ref;
    uint64 paidAt;
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
/// @param orders The mints to make; none unless the instruction is to mint.
/// @param redemptions The steps to take; none unless the instruction is to redeem.
struct Report {
    uint8 version;
    uint8 instruction;
    uint256 chainId;
    address consumer;
    uint64 validUntil;
    ReserveProof reserves;
    Order[] orders;
    Redemption[] redemptions;
}

/// @title ReportCodec
/// @notice The ABI layout of the report body: `(uint8 version, uint8 instruction, uint256 chainId, address consumer,
///         uint64 validUntil, (uint256, uint64) reserves, (bytes32, address, uint256, uint64)[] orders,
///         (bytes32, uint8, bytes32, uint64)[] redemptions)`.
library ReportCodec {
    /// @notice The only layout that is understood.
    uint8 internal constant VERSION = 2;
    /// @notice Mint the orders against the reserve proof.
    uint8 internal constant MINT = 1;
    /// @notice Take the steps of the redemptions.
    uint8 internal constant REDEEM = 2;
    /// @notice Record the reserve proof only.
    uint8 internal constant ATTEST = 3;

    /// @notice The bank owes the payment of a request; the holder can no longer cancel it.
    uint8 internal constant ACCEPT = 1;
    /// @notice The bank has paid: the tokens are burnt.
    uint8 internal constant SETTLE = 2;
    /// @notice The bank does not pay: the tokens go back.
    uint8 internal constant RETURN = 3;

    /// @notice Thrown for a report whose layout this code does not know.
    error UnsupportedVersion(uint256 version);

    /// @notice Decodes a report body; reverts for a version other than {VERSION} and for malformed data.
    function decode(bytes calldata body) internal pure returns (Report memory report) {
        // The version is read alone first: the layout of another version may not decode at all.
        uint256 version = abi.decode(body, (uint256));
        if (version != VERSION) revert UnsupportedVersion(version);
        // A body is the fields of a report without the offset that a dynamic structure begins with.
        return abi.decode(abi.encodePacked(uint256(32), body), (Report));
    }
}
