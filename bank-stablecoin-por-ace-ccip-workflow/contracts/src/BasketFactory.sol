// SPDX-License-Identifier: BUSL-1.1
pragma solidity 0.8.26;

import {MintingConsumerWithACE} from "./MintingConsumerWithACE.sol";
import {ReserveFeed} from "./ReserveFeed.sol";
import {StablecoinERC20} from "./StablecoinERC20.sol";
import {Basket, IBasketFactory} from "./interfaces/IBasketFactory.sol";
import {IMintingConsumer} from "./interfaces/IMintingConsumer.sol";
import {Policy} from "@chainlink/policy-management/core/Policy.sol";
import {PolicyEngine} from "@chainlink/policy-management/core/PolicyEngine.sol";
import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

/// @title BasketFactory
/// @notice Creates baskets and keeps no role on any of them.
/// @dev Each basket has an engine of its own. The engine refuses by default; the consumer is allowed in the same
///      transaction that installs its policies, so there is no moment at which a basket mints without them.
contract BasketFactory is IBasketFactory, AccessControl {
    /// @notice The code that the clones of every basket share.
    struct Implementations {
        address mintingConsumer;
        address mintExtractor;
        address policyEngine;
        address pausePolicy;
        address rejectPolicy;
        address volumePolicy;
        address volumeRatePolicy;
    }

    /// @notice May create baskets while creation is not open.
    bytes32 public constant CREATOR_ROLE = keccak256("CREATOR_ROLE");

    /// @notice Decimals of every token.
    uint8 public constant DECIMALS = 18;
    /// @notice Smallest mint of a new basket, in base units.
    uint256 public constant MIN_VOLUME = 1e18;
    /// @notice Largest mint of a new basket, in base units.
    uint256 public constant MAX_VOLUME = 100_000e18;
    /// @notice Volume per beneficiary and period of a new basket, in base units.
    uint256 public constant RATE_VOLUME = 250_000e18;
    /// @notice Period of that volume, in seconds.
    uint256 public constant RATE_PERIOD = 1 days;
    /// @notice Volume of a new basket per window, in base units.
    uint128 public constant WINDOW_CAP = 10_000_000e18;
    /// @notice Length of that window, in seconds.
    uint32 public constant WINDOW_PERIOD = 1 days;
    /// @notice Greatest age of a new basket's reserve proof, in seconds.
    uint32 public constant RESERVE_MAX_AGE = 1 hours;

    uint256 private constant MAX_NAME_LENGTH = 64;
    uint256 private constant MAX_SYMBOL_LENGTH = 16;
    bytes4 private constant MINT = IMintingConsumer.executeMint.selector;
    bytes32 private constant PARAM_ACCOUNT = keccak256("account");
    bytes32 private constant PARAM_AMOUNT = keccak256("amount");

    /// @inheritdoc IBasketFactory
    address public immutable timelock;
    /// @inheritdoc IBasketFactory
    bool public creationOpen;

    Implementations private _implementations;
    Basket[] private _baskets;
    /// @dev Position in `_baskets` plus one; zero for a foreign consumer.
    mapping(address mintingConsumer => uint256 number) private _numberOf;

    /// @param admin Receives DEFAULT_ADMIN_ROLE: opens and closes creation, grants CREATOR_ROLE.
    /// @param timelock_ Becomes the admin of every engine, consumer and token.
    constructor(address admin, address timelock_, bool creationOpen_, Implementations memory implementations_) {
        if (admin == address(0) || timelock_ == address(0)) revert ZeroAddress();
        timelock = timelock_;
        _implementations = implementations_;
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
        if (admin == address(0)) revert ZeroAddress();

        Basket memory basket;
        basket.admin = admin;
        basket.mintingConsumer = Clones.clone(_implementations.mintingConsumer);
        basket.stablecoin = address(new StablecoinERC20(name, symbol, DECIMALS, timelock, basket.mintingConsumer));
        basket.reserveFeed = address(new ReserveFeed(basket.mintingConsumer, basket.stablecoin));
        _wire(basket);

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

    /// @notice Returns the code that new baskets clone.
    function implementations() external view returns (Implementations memory) {
        return _implementations;
    }

    /* WIRING */

    /// @dev Creates engine and policies, connects them and gives every role away.
    function _wire(Basket memory basket) private {
        PolicyEngine engine = PolicyEngine(Clones.clone(_implementations.policyEngine));
        basket.policyEngine = address(engine);
        engine.initialize(false, address(this));
        MintingConsumerWithACE(basket.mintingConsumer)
            .initialize(
                basket.stablecoin,
                basket.reserveFeed,
                basket.policyEngine,
                timelock,
                WINDOW_CAP,
                WINDOW_PERIOD,
                RESERVE_MAX_AGE
            );
        engine.setExtractor(MINT, _implementations.mintExtractor);
        _installPolicies(basket);
        engine.setTargetDefaultPolicyAllow(basket.mintingConsumer, true);
        _handOver(engine);
    }

    /// @dev The order is the order of judgement.
    function _installPolicies(Basket memory basket) private {
        bytes32[] memory none = new bytes32[](0);
        bytes32[] memory account = new bytes32[](1);
        account[0] = PARAM_ACCOUNT;
        bytes32[] memory amount = new bytes32[](1);
        amount[0] = PARAM_AMOUNT;
        bytes32[] memory amountAndAccount = new bytes32[](2);
        (amountAndAccount[0], amountAndAccount[1]) = (PARAM_AMOUNT, PARAM_ACCOUNT);

        basket.pausePolicy = _install(basket, _implementations.pausePolicy, abi.encode(false), none);
        basket.rejectPolicy = _install(basket, _implementations.rejectPolicy, "", account);
        basket.volumePolicy =
            _install(basket, _implementations.volumePolicy, abi.encode(MIN_VOLUME, MAX_VOLUME), amount);
        basket.volumeRatePolicy =
            _install(basket, _implementations.volumeRatePolicy, abi.encode(RATE_PERIOD, RATE_VOLUME), amountAndAccount);
    }

    /// @dev Clones, initialises and appends one policy owned by the basket's admin.
    function _install(Basket memory basket, address implementation, bytes memory settings, bytes32[] memory parameters)
        private
        returns (address policy)
    {
        policy = Clones.clone(implementation);
        Policy(policy).initialize(basket.policyEngine, basket.admin, settings);
        PolicyEngine(basket.policyEngine).addPolicy(basket.mintingConsumer, MINT, policy, parameters);
    }

    /// @dev Gives every role on the engine to the timelock and keeps none.
    function _handOver(PolicyEngine engine) private {
        bytes32[3] memory roles = [engine.POLICY_CONFIG_ADMIN_ROLE(), engine.ADMIN_ROLE(), engine.DEFAULT_ADMIN_ROLE()];
        for (uint256 i = 0; i < roles.length; ++i) {
            engine.grantRole(roles[i], timelock);
            engine.renounceRole(roles[i], address(this));
        }
    }

    function _setCreationOpen(bool open) private {
        creationOpen = open;
        emit CreationOpenSet(open);
    }
}
