//! Contract bindings, made from the committed ABI files.

use alloy::sol;

sol!(BasketFactory, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/BasketFactory.json");
sol!(StablecoinERC20, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/StablecoinERC20.json");
sol!(
    MintingConsumerWithACE,
    "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/MintingConsumerWithACE.json"
);
sol!(ComplianceLens, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/ComplianceLens.json");
sol!(KeystoneForwarder, "bank-stablecoin-por-ace-ccip-workflow/contracts/abi/KeystoneForwarder.json");
