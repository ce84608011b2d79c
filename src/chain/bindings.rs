//! Contract bindings, made from the committed ABI files.

use alloy::sol;

sol!(BasketFigures, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/BasketFigures.json");
sol!(BasketFactory, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/BasketFactory.json");
sol!(StablecoinERC20, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/StablecoinERC20.json");
sol!(
    MintingConsumerWithACE,
    "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/MintingConsumerWithACE.json"
);
sol!(KeystoneForwarder, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/KeystoneForwarder.json");
sol!(LiabilityLedger, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/LiabilityLedger.json");
sol!(PolicyEngine, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/PolicyEngine.json");
pub use pause_policy::PausePolicy;

/// Its ABI repeats a part of the engine's.
mod pause_policy {
    alloy::sol!(PausePolicy, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/PausePolicy.json");
}
sol!(PolicySwitch, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/PolicySwitch.json");
pub use timelock::TimelockController;

#[expect(missing_docs, reason = "the macro documents none of its constructor's parts")]
mod timelock {
    alloy::sol!(
        TimelockController,
        "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/TimelockController.json"
    );
}
sol!(ComplianceLens, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/ComplianceLens.json");
