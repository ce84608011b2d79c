//! Why a basket would mint for a beneficiary, or not: one call of the compliance lens.

use std::sync::LazyLock;

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, U256, keccak256};

use super::bindings::ComplianceLens;
use super::calls::call;
use super::client::Chain;
use super::rpc::ChainError;
use crate::domain::Verdict;

/// The requirements that a basket can ask of an identity.
static REQUIREMENTS: LazyLock<[(B256, &str); 3]> = LazyLock::new(|| {
    [
        (keccak256("common.kyc"), "kyc"),
        (keccak256("basket.aml-flag"), "aml-flag"),
        (keccak256("basket.jurisdiction"), "jurisdiction"),
    ]
});

/// The lens's answer in our words; amounts in base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compliance {
    /// What the consumer says to the mint that was asked about.
    pub verdict: Verdict,
    /// Minting is paused.
    pub is_paused: bool,
    /// The beneficiary is on the deny list.
    pub is_blacklisted: bool,
    /// The allow list is in force.
    pub needs_whitelist: bool,
    /// The beneficiary is on the allow list.
    pub is_whitelisted: bool,
    /// Credentials are checked.
    pub needs_identity: bool,
    /// The beneficiary has an identity.
    pub is_registered: bool,
    /// Requirements that are not met, in force or not.
    pub missing: Vec<String>,
    /// The jurisdiction credential, if there is one.
    pub jurisdiction: Option<String>,
    /// The basket accepts that jurisdiction.
    pub is_jurisdiction_accepted: bool,
    /// Smallest mint.
    pub volume_min: U256,
    /// Largest mint; zero = no limit.
    pub volume_max: U256,
    /// Most for one beneficiary in one period.
    pub rate_volume: U256,
    /// That period in seconds.
    pub rate_period_seconds: U256,
}

impl Chain {
    /// Asks the lens about a beneficiary; `amount` zero means the smallest mint. `None` when no lens is known.
    pub async fn compliance(
        &self,
        consumer: Address,
        account: Address,
        amount: U256,
    ) -> Result<Option<Compliance>, ChainError> {
        let Some(lens) = self.contracts.lens else { return Ok(None) };
        let ask = ComplianceLens::explainCall { mintingConsumer: consumer, account, amount };
        let found = self.endpoints.agree(|provider| {
            let ask = ask.clone();
            async move { Ok(understood(call(&provider, lens, &ask, BlockId::latest()).await?)) }
        });
        Ok(Some(found.await?))
    }
}

fn understood(said: ComplianceLens::Explanation) -> Compliance {
    let name = |id: &B256| {
        let known = REQUIREMENTS.iter().find(|(known, _)| known == id);
        known.map_or_else(|| id.to_string(), |(_, name)| (*name).to_owned())
    };
    let jurisdiction = Some(&said.jurisdiction).filter(|code| !code.is_empty());
    Compliance {
        verdict: Verdict::new(said.verdict.code, said.verdict.policy),
        is_paused: said.paused,
        is_blacklisted: said.blacklisted,
        needs_whitelist: said.whitelistRequired,
        is_whitelisted: said.whitelisted,
        needs_identity: said.identityRequired,
        is_registered: !said.identity.is_zero(),
        missing: said.failedRequirements.iter().map(name).collect(),
        jurisdiction: jurisdiction.map(|code| code.escape_ascii().to_string()),
        is_jurisdiction_accepted: said.jurisdictionAccepted,
        volume_min: said.minVolume,
        volume_max: said.maxVolume,
        rate_volume: said.rateVolume,
        rate_period_seconds: said.ratePeriod,
    }
}
