// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {LiabilityLedger} from "./LiabilityLedger.sol";
import {Basket, BasketCode, BasketTerms, IBasketFactory} from "./interfaces/IBasketFactory.sol";
import {Compliance, ComplianceTargets, IComplianceFactory} from "./interfaces/IComplianceFactory.sol";
import {ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IMintingConsumer} from "./interfaces/IMintingConsumer.sol";
import {IRedemptionDesk} from "./interfaces/IRedemptionDesk.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {IStablecoinDeployer} from "./interfaces/IStablecoinDeployer.sol";
import {ITypeAndVersion} from "./interfaces/ITypeAndVersion.sol";
import {CloneArguments} from "./libraries/CloneArguments.sol";
import {Names} from "./libraries/Names.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title BasketFactory
/// @notice Creates baskets and keeps no role on any of them.
contract BasketFactory is IBasketFactory, AccessControl {
    /// @inheritdoc ITypeAndVersion
    string public constant typeAndVersion = "BasketFactory 2.0.0";
    /// @notice May create baskets while creation is not open.
    bytes32 public constant CREATOR_ROLE = keccak256("CREATOR_ROLE");

    /// @notice Decimals of a token for which none were asked.
    uint8 public constant DECIMALS = 18;
    /// @notice Volume per window of a basket for which none was asked, in base units.
    uint96 public constant WINDOW_CAP = 10_000_000e18;
    /// @notice Length of that window, in seconds.
    uint24 public constant WINDOW_PERIOD = 1 days;
    /// @notice Greatest age of a new basket's reserve proof, in seconds.
    uint32 public constant RESERVE_MAX_AGE = 1 hours;

    uint256 private constant MAX_NAME_LENGTH = 64;
    uint256 private constant MAX_SYMBOL_LENGTH = 16;
    uint8 private constant MAX_DECIMALS = 18;

    /// @inheritdoc IBasketFactory
    address public immutable timelock;
    /// @inheritdoc IBasketFactory
    address public immutable complianceFactory;
    /// @inheritdoc IBasketFactory
    address public immutable guardian;
    /// @inheritdoc IBasketFactory
    bool public creationOpen;

    BasketCode private _code;
    /// @dev The consumer of each is not kept: it is whoever writes the ledger.
    Basket[] private _baskets;
    /// @dev Position in `_baskets` plus one; zero for a foreign token.
    mapping(address stablecoin => uint256 number) private _numberOf;

    /// @param admin Receives DEFAULT_ADMIN_ROLE: opens and closes creation, grants CREATOR_ROLE.
    /// @param complianceFactory_ Creates the engines; its timelock becomes the owner of every ledger and token.
    /// @param guardian_ Pauses transfers and halts mints of every token besides its admin.
    constructor(
        address admin,
        address complianceFactory_,
        BasketCode memory code_,
        address guardian_,
        bool creationOpen_
    ) {
        if (admin == address(0) || guardian_ == address(0)) revert ZeroAddress();
        if (code_.stablecoinDeployer == address(0)) revert ZeroAddress();
        if (code_.consumerImplementation == address(0)) revert ZeroAddress();
        if (code_.deskImplementation == address(0)) revert ZeroAddress();
        timelock = IComplianceFactory(complianceFactory_).timelock();
        complianceFactory = complianceFactory_;
        guardian = guardian_;
        _code = code_;
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
        return _create(name, symbol, admin, BasketTerms(DECIMALS, WINDOW_CAP, WINDOW_PERIOD));
    }

    /// @inheritdoc IBasketFactory
    function createBasketWithTerms(
        string calldata name,
        string calldata symbol,
        address admin,
        BasketTerms calldata terms
    ) external returns (address, address) {
        return _create(name, symbol, admin, terms);
    }

    /// @inheritdoc IBasketFactory
    function setCreationOpen(bool open) external onlyRole(DEFAULT_ADMIN_ROLE) {
        _setCreationOpen(open);
    }

    /* VIEWS */

    /// @inheritdoc IBasketFactory
    function code() external view returns (BasketCode memory) {
        return _code;
    }

    /// @inheritdoc IBasketFactory
    function isBasket(address stablecoin, address mintingConsumer) external view returns (bool) {
        uint256 number = _numberOf[stablecoin];
        return number != 0 && _basket(number).mintingConsumer == mintingConsumer;
    }

    /// @inheritdoc IBasketFactory
    function basketOf(address stablecoinOrConsumer) external view returns (Basket memory basket) {
        uint256 number = _numberOf[stablecoinOrConsumer];
        if (number != 0) return _basket(number);

        // A consumer names its token; whether it may mint it, the token's ledger says.
        (bool answered, bytes memory answer) =
            stablecoinOrConsumer.staticcall(abi.encodeCall(IMintingConsumer.token, ()));
        if (answered && answer.length == 32) number = _numberOf[address(uint160(uint256(bytes32(answer))))];
        if (number != 0) basket = _basket(number);
        if (number == 0 || basket.mintingConsumer != stablecoinOrConsumer) revert UnknownBasket(stablecoinOrConsumer);
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
            page[i] = _basket(offset + i + 1);
        }
    }

    /* INTERNALS */

    function _create(string calldata name, string calldata symbol, address admin, BasketTerms memory terms)
        private
        returns (address, address)
    {
        if (!creationOpen) _checkRole(CREATOR_ROLE);
        if (!Names.isPlain(name, MAX_NAME_LENGTH)) revert InvalidName();
        if (!Names.isPlain(symbol, MAX_SYMBOL_LENGTH)) revert InvalidSymbol();
        if (terms.decimals > MAX_DECIMALS) revert InvalidDecimals(terms.decimals);

        Basket memory basket;
        basket.admin = admin;
        basket.stablecoin = IStablecoinDeployer(_code.stablecoinDeployer)
            .deploy(name, symbol, terms.decimals, [timelock, admin, guardian]);
        basket.ledger = address(
            new LiabilityLedger(basket.stablecoin, timelock, terms.capPerWindow, terms.windowSeconds, RESERVE_MAX_AGE)
        );
        basket.policyEngine = IComplianceFactory(complianceFactory).createEngine();
        address consumer = _wire(basket);
        _addCompliance(basket, consumer, 10 ** terms.decimals);

        _baskets.push(basket);
        _numberOf[basket.stablecoin] = _baskets.length;
        emit BasketCreated(msg.sender, admin, basket.stablecoin, consumer, name, symbol);
        return (basket.stablecoin, consumer);
    }

    /// @dev Creates desk and consumer, and tells token and ledger about them.
    function _wire(Basket memory basket) private returns (address consumer) {
        (address ledger, address token, address engine) = (basket.ledger, basket.stablecoin, basket.policyEngine);
        address desk =
            Clones.cloneWithImmutableArgs(_code.deskImplementation, CloneArguments.encode(ledger, token, engine));
        consumer = Clones.cloneWithImmutableArgs(
            _code.consumerImplementation, CloneArguments.encode(ledger, token, engine, desk)
        );
        basket.redemptionDesk = desk;
        IStablecoin(token).wire(ledger, desk);
        ILiabilityLedger(ledger).wire(consumer, desk);
        IRedemptionDesk(desk).initialize();
        IMintingConsumer(consumer).initialize();
    }

    /// @dev Creates the basket's policies and enters them into `basket`.
    function _addCompliance(Basket memory basket, address consumer, uint256 unit) private {
        Compliance memory compliance = IComplianceFactory(complianceFactory)
            .createCompliance(
                ComplianceTargets(basket.policyEngine, basket.ledger, consumer, basket.redemptionDesk, unit, guardian),
                basket.admin
            );
        basket.pausePolicy = compliance.pausePolicy;
        basket.rejectPolicy = compliance.rejectPolicy;
        basket.allowPolicy = compliance.allowPolicy;
        basket.identityPolicy = compliance.identityPolicy;
        basket.jurisdictions = compliance.jurisdictions;
        basket.volumePolicy = compliance.volumePolicy;
        basket.volumeRatePolicy = compliance.volumeRatePolicy;
        basket.policySwitch = compliance.policySwitch;
        basket.redemptionVolumePolicy = compliance.redemptionVolumePolicy;
    }

    function _basket(uint256 number) private view returns (Basket memory basket) {
        basket = _baskets[number - 1];
        basket.mintingConsumer = ILiabilityLedger(basket.ledger).writer();
    }

    function _setCreationOpen(bool open) private {
        creationOpen = open;
        emit CreationOpenSet(open);
    }
}
