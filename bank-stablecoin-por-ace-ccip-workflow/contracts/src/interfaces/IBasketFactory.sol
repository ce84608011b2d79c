// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ITypeAndVersion} from "./ITypeAndVersion.sol";

/// @notice The contracts of one basket.
/// @param stablecoin The token.
/// @param mintingConsumer The receiver of DON reports: the ledger's present writer.
/// @param ledger The books and the proven reserves; the token's only minter.
/// @param redemptionDesk The escrow of redemptions.
/// @param policyEngine The ACE engine that only this basket uses; its admin is the timelock.
/// @param admin The owner of the policies at creation.
/// @param pausePolicy Stops every mint.
/// @param rejectPolicy The blacklist.
/// @param allowPolicy The whitelist; not in force at creation.
/// @param identityPolicy The credential check; in force at creation.
/// @param jurisdictions The jurisdictions from which beneficiaries are accepted.
/// @param volumePolicy The bounds of one mint.
/// @param volumeRatePolicy The bound per person and period, see {IdentityVolumeRatePolicy}.
/// @param policySwitch Puts whitelist and identity policy into or out of force for mints.
/// @param redemptionVolumePolicy The bounds of one redemption.
struct Basket {
    address stablecoin;
    address mintingConsumer;
    address ledger;
    address redemptionDesk;
    address policyEngine;
    address admin;
    address pausePolicy;
    address rejectPolicy;
    address allowPolicy;
    address identityPolicy;
    address jurisdictions;
    address volumePolicy;
    address volumeRatePolicy;
    address policySwitch;
    address redemptionVolumePolicy;
}

/// @notice What a basket may be created with.
/// @param decimals The token's decimals, at most 18.
/// @param capPerWindow The cap per time window in base units, not zero.
/// @param windowSeconds The length of a window, an hour to 30 days.
struct BasketTerms {
    uint8 decimals;
    uint96 capPerWindow;
    uint24 windowSeconds;
}

/// @notice The code of a basket's own contracts.
/// @param stablecoinDeployer Deploys the token.
/// @param consumerImplementation The consumer that baskets clone.
/// @param deskImplementation The desk that baskets clone.
struct BasketCode {
    address stablecoinDeployer;
    address consumerImplementation;
    address deskImplementation;
}

/// @title IBasketFactory
/// @notice Creates baskets, each complete and closed in one transaction, and knows which baskets are its own.
interface IBasketFactory is ITypeAndVersion {
    /// @notice Emitted when a basket was created.
    event BasketCreated(
        address indexed creator,
        address indexed admin,
        address indexed stablecoin,
        address mintingConsumer,
        string name,
        string symbol
    );
    /// @notice Emitted when creation is opened to everybody or restricted to CREATOR_ROLE.
    event CreationOpenSet(bool open);

    /// @notice Thrown for a token name that is empty, too long, or not of printable ASCII characters.
    error InvalidName();
    /// @notice Thrown for a token symbol that is empty, too long, or not of printable ASCII characters.
    error InvalidSymbol();
    /// @notice Thrown for decimals beyond 18.
    error InvalidDecimals(uint8 decimals);
    /// @notice Thrown when an address that must be set is zero.
    error ZeroAddress();
    /// @notice Thrown for what is no basket of this factory.
    error UnknownBasket(address stablecoinOrConsumer);

    /// @notice Creates a basket of 18 decimals with a cap of ten million a day; `admin` owns its policies (lists, limits,
    ///         pause), freezes accounts and pauses transfers, and nothing else.
    /// @dev The compliance factory refuses a zero `admin`.
    /// @param name The token's name, 1 to 64 printable ASCII characters, no space at either end.
    /// @param symbol The token's symbol, 1 to 16 of the same.
    function createBasket(string calldata name, string calldata symbol, address admin)
        external
        returns (address stablecoin, address mintingConsumer);

    /// @notice The same with other terms.
    function createBasketWithTerms(
        string calldata name,
        string calldata symbol,
        address admin,
        BasketTerms calldata terms
    ) external returns (address stablecoin, address mintingConsumer);

    /// @notice Opens creation to everybody or restricts it to CREATOR_ROLE; only for DEFAULT_ADMIN_ROLE.
    function setCreationOpen(bool open) external;

    /// @notice Returns whether everybody may create baskets.
    function creationOpen() external view returns (bool);

    /// @notice Returns whether this factory created the basket and the consumer is the one that may mint it now.
    function isBasket(address stablecoin, address mintingConsumer) external view returns (bool);

    /// @notice Returns the basket of a stablecoin, or of a basket's present consumer; reverts for anything else.
    function basketOf(address stablecoinOrConsumer) external view returns (Basket memory);

    /// @notice Returns the number of baskets.
    function basketCount() external view returns (uint256);

    /// @notice Returns at most `limit` baskets in order of creation, beginning with number `offset`.
    function baskets(uint256 offset, uint256 limit) external view returns (Basket[] memory page);

    /// @notice Returns the admin of every engine, consumer and token: a timelock.
    function timelock() external view returns (address);

    /// @notice Returns the factory that creates the engines and policies.
    function complianceFactory() external view returns (address);

    /// @notice Returns the account that, besides the basket's admin, pauses transfers.
    function guardian() external view returns (address);

    /// @notice Returns the code of new baskets' own contracts.
    function code() external view returns (BasketCode memory);
}
