// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

/// @notice The contracts of one basket.
/// @param stablecoin The token.
/// @param mintingConsumer The receiver of DON reports, the token's only minter at creation.
/// @param reserveFeed The proven reserves.
/// @param policyEngine The ACE engine that only this basket uses; its admin is the timelock.
/// @param admin The owner of the policies at creation.
/// @param pausePolicy Stops every mint.
/// @param rejectPolicy The blacklist.
/// @param allowPolicy The whitelist; not in force at creation.
/// @param identityPolicy The credential check; in force at creation.
/// @param jurisdictions The jurisdictions from which beneficiaries are accepted.
/// @param volumePolicy The bounds of one mint.
/// @param volumeRatePolicy The bound per beneficiary and period.
/// @param policySwitch Puts whitelist and identity policy into or out of force.
struct Basket {
    address stablecoin;
    address mintingConsumer;
    address reserveFeed;
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
}

/// @title IBasketFactory
/// @notice Creates baskets, each complete and closed in one transaction, and knows which baskets are its own.
interface IBasketFactory {
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

    /// @notice Thrown for an empty or too long token name.
    error InvalidName();
    /// @notice Thrown for an empty or too long token symbol.
    error InvalidSymbol();
    /// @notice Thrown when an address that must be set is zero.
    error ZeroAddress();
    /// @notice Thrown for a consumer that this factory did not create.
    error UnknownBasket(address mintingConsumer);

    /// @notice Creates a basket; `admin` owns its policies (lists, limits, pause) and nothing else.
    /// @dev The compliance factory refuses a zero `admin`.
    /// @param name The token's name, 1 to 64 bytes.
    /// @param symbol The token's symbol, 1 to 16 bytes.
    function createBasket(string calldata name, string calldata symbol, address admin)
        external
        returns (address stablecoin, address mintingConsumer);

    /// @notice Opens creation to everybody or restricts it to CREATOR_ROLE; only for DEFAULT_ADMIN_ROLE.
    function setCreationOpen(bool open) external;

    /// @notice Returns whether everybody may create baskets.
    function creationOpen() external view returns (bool);

    /// @notice Returns whether this factory created the two as one basket.
    function isBasket(address stablecoin, address mintingConsumer) external view returns (bool);

    /// @notice Returns the basket of a consumer; reverts for a foreign one.
    function basketOf(address mintingConsumer) external view returns (Basket memory);

    /// @notice Returns the number of baskets.
    function basketCount() external view returns (uint256);

    /// @notice Returns at most `limit` baskets in order of creation, beginning with number `offset`.
    function baskets(uint256 offset, uint256 limit) external view returns (Basket[] memory page);

    /// @notice Returns the admin of every engine, consumer and token: a timelock.
    function timelock() external view returns (address);

    /// @notice Returns the factory that creates the engines and policies.
    function complianceFactory() external view returns (address);

    /// @notice Returns the consumer that baskets clone.
    function consumerImplementation() external view returns (address);
}
