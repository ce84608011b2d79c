// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {ReserveFeed} from "./ReserveFeed.sol";
import {StablecoinERC20} from "./StablecoinERC20.sol";
import {Basket, IBasketFactory} from "./interfaces/IBasketFactory.sol";
import {Compliance, IComplianceFactory} from "./interfaces/IComplianceFactory.sol";
import {IMintingConsumer} from "./interfaces/IMintingConsumer.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title BasketFactory
/// @notice Creates baskets and keeps no role on any of them.
contract BasketFactory is IBasketFactory, AccessControl {
    /// @notice May create baskets while creation is not open.
    bytes32 public constant CREATOR_ROLE = keccak256("CREATOR_ROLE");

    /// @notice Decimals of every token.
    uint8 public constant DECIMALS = 18;
    /// @notice Volume of a new basket per window, in base units.
    uint96 public constant WINDOW_CAP = 10_000_000e18;
    /// @notice Length of that window, in seconds.
    uint24 public constant WINDOW_PERIOD = 1 days;
    /// @notice Greatest age of a new basket's reserve proof, in seconds.
    uint32 public constant RESERVE_MAX_AGE = 1 hours;

    uint256 private constant MAX_NAME_LENGTH = 64;
    uint256 private constant MAX_SYMBOL_LENGTH = 16;

    /// @inheritdoc IBasketFactory
    address public immutable timelock;
    /// @inheritdoc IBasketFactory
    address public immutable complianceFactory;
    /// @inheritdoc IBasketFactory
    address public immutable consumerImplementation;
    /// @inheritdoc IBasketFactory
    bool public creationOpen;

    Basket[] private _baskets;
    /// @dev Position in `_baskets` plus one; zero for a foreign consumer.
    mapping(address mintingConsumer => uint256 number) private _numberOf;

    /// @param admin Receives DEFAULT_ADMIN_ROLE: opens and closes creation, grants CREATOR_ROLE.
    /// @param complianceFactory_ Creates the engines; its timelock becomes the owner of every consumer and token.
    /// @param consumerImplementation_ The consumer that baskets clone.
    constructor(address admin, address complianceFactory_, address consumerImplementation_, bool creationOpen_) {
        if (admin == address(0) || consumerImplementation_ == address(0)) revert ZeroAddress();
        timelock = IComplianceFactory(complianceFactory_).timelock();
        complianceFactory = complianceFactory_;
        consumerImplementation = consumerImplementation_;
        _grantRole(DEFAULT_ADMIN_ROLE, admin);
        _grantRole(CREATOR_ROLE, admin);
        _setCreationOpen(creationOpen_);
    }

    /* CREATION */

    /// @inheritdoc IBasketFactory
    function createBasket(string calldata name, string calldata symbol, address admin)
        external
        returns (address, address)
    {
        if (!creationOpen) _checkRole(CREATOR_ROLE);
        if (bytes(name).length == 0 || bytes(name).length > MAX_NAME_LENGTH) revert InvalidName();
        if (bytes(symbol).length == 0 || bytes(symbol).length > MAX_SYMBOL_LENGTH) revert InvalidSymbol();

        Basket memory basket;
        basket.admin = admin;
        basket.mintingConsumer = Clones.clone(consumerImplementation);
        basket.stablecoin = address(new StablecoinERC20(name, symbol, DECIMALS, timelock, basket.mintingConsumer));
        basket.reserveFeed = address(new ReserveFeed(basket.mintingConsumer, basket.stablecoin));
        _addCompliance(basket);
        IMintingConsumer(basket.mintingConsumer)
            .initialize(
                basket.stablecoin,
                basket.reserveFeed,
                basket.policyEngine,
                timelock,
                WINDOW_CAP,
                WINDOW_PERIOD,
                RESERVE_MAX_AGE
            );

        _baskets.push(basket);
        _numberOf[basket.mintingConsumer] = _baskets.length;
        emit BasketCreated(msg.sender, admin, basket.stablecoin, basket.mintingConsumer, name, symbol);
        return (basket.stablecoin, basket.mintingConsumer);
    }

    /// @inheritdoc IBasketFactory
    function setCreationOpen(bool open) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setCreationOpen(open);
    }

    /* VIEWS */

    /// @inheritdoc IBasketFactory
    function isBasket(address stablecoin, address mintingConsumer) external view returns (bool) {
        uint256 number = _numberOf[mintingConsumer];
        return number != 0 && _baskets[number - 1].stablecoin == stablecoin;
    }

    /// @inheritdoc IBasketFactory
    function basketOf(address mintingConsumer) external view returns (Basket memory) {
        uint256 number = _numberOf[mintingConsumer];
        if (number == 0) revert UnknownBasket(mintingConsumer);
        return _baskets[number - 1];
    }

    /// @inheritdoc IBasketFactory
    function basketCount() external view returns (uint256) {
        return _baskets.length;
    }

    /// @inheritdoc IBasketFactory
    function baskets(uint256 offset, uint256 limit) external view returns (Basket[] memory page) {
        uint256 count = _baskets.length;
        uint256 rest = offset < count ? count - offset : 0;
        page = new Basket[](limit < rest ? limit : rest);
        for (uint256 i = 0; i < page.length; ++i) {
            page[i] = _baskets[offset + i];
        }
    }

    /* INTERNALS */

    /// @dev Creates the basket's engine and policies and enters them into `basket`.
    function _addCompliance(Basket memory basket) private {
        Compliance memory compliance =
            IComplianceFactory(complianceFactory).createCompliance(basket.mintingConsumer, basket.admin);
        basket.policyEngine = compliance.policyEngine;
        basket.pausePolicy = compliance.pausePolicy;
        basket.rejectPolicy = compliance.rejectPolicy;
        basket.allowPolicy = compliance.allowPolicy;
        basket.identityPolicy = compliance.identityPolicy;
        basket.jurisdictions = compliance.jurisdictions;
        basket.volumePolicy = compliance.volumePolicy;
        basket.volumeRatePolicy = compliance.volumeRatePolicy;
        basket.policySwitch = compliance.policySwitch;
    }

    function _setCreationOpen(bool open) private {
        creationOpen = open;
        emit CreationOpenSet(open);
    }
}
