// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity 0.8.26;

import {ILiabilityLedger} from "./interfaces/ILiabilityLedger.sol";
import {IPausePolicy} from "./interfaces/IPolicySettings.sol";
import {IStablecoin} from "./interfaces/IStablecoin.sol";
import {ReserveProof} from "./libraries/ReportCodec.sol";

/// @notice The contracts of a basket that its figures are read from.
struct BasketParts {
    address ledger;
    address stablecoin;
    address pausePolicy;
}

/// @notice What a basket owns and owes in one block.
/// @param liability Everything issued and neither redeemed nor written off, base units.
/// @param tokenSupply The token's supply on this chain, base units.
/// @param reserves The proven reserves, base units; zero before the first proof.
/// @param observedAt The source's time of that proof, unix seconds; zero before the first one.
/// @param round The feed's last round; zero before the first one.
/// @param writer The consumer that mints now.
/// @param paused Whether the pause policy is on.
struct FiguresOfBasket {
    uint256 liability;
    uint256 tokenSupply;
    uint256 reserves;
    uint64 observedAt;
    uint80 round;
    address writer;
    bool paused;
}

/// @title BasketFigures
/// @notice Reads the figures of many baskets in one `eth_call` without an address to call: it is never deployed, the
///         call carries this code, and what it would leave as code is the answer.
contract BasketFigures {
    /// @param baskets The baskets to read, at most 64: an answer may be no longer than a contract's code.
    constructor(BasketParts[] memory baskets) {
        FiguresOfBasket[] memory figures = new FiguresOfBasket[](baskets.length);
        for (uint256 i = 0; i < baskets.length; ++i) {
            ILiabilityLedger ledger = ILiabilityLedger(baskets[i].ledger);
            ReserveProof memory proof = ledger.latestProof();
            figures[i].liability = ledger.liability();
            figures[i].tokenSupply = IStablecoin(baskets[i].stablecoin).totalSupply();
            figures[i].reserves = proof.amount;
            figures[i].observedAt = proof.observedAt;
            figures[i].writer = ledger.writer();
            figures[i].paused = IPausePolicy(baskets[i].pausePolicy).s_paused();
            // A feed without any round refuses the question.
            if (proof.observedAt != 0) (figures[i].round,,,,) = ledger.latestRoundData();
        }
        bytes memory answer = abi.encode(figures);
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }
}
