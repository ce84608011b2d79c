//! Why a basket would mint for a beneficiary, or not: one call of the compliance lens.

use std::sync::LazyLock;

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, U256, keccak256};

use super::bindings::ComplianceLens;
use super::calls::call;
use super::client::Chain;
use super::rpc::ChainError;
use crate::domain::Verdict;

/// Something that a basket asks of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Requirement {
    /// The know-your-customer checks are passed.
    Kyc,
    /// There is no flag for money laundering.
    NoAmlFlag,
    /// The jurisdiction is one that the basket accepts.
    Jurisdiction,
    /// One that this version does not know.
    Other(B256),
}

/// The ids that the requirements have on chain, see the contracts' Credentials.
static REQUIREMENTS: LazyLock<[(B256, Requirement); 3]> = LazyLock::new(|| {
    [
        (keccak256("common.kyc"), Requirement::Kyc),
        (keccak256("basket.aml-flag"), Requirement::NoAmlFlag),
        (keccak256("basket.jurisdiction"), Requirement::Jurisdiction),
    ]
});

impl Requirement {
    fn of(id: &B256) -> Self {
        let known = REQUIREMENTS.iter().find(|(known, _)| known == id);
        known.map_or(Self::Other(*id), |(_, requirement)| *requirement)
    }
}

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
    pub unmet: Vec<Requirement>,
    /// Requirements of an absence that one of several sources may confirm alone.
    pub lax: Vec<Requirement>,
    /// The jurisdiction credential, if there is one.
    pub jurisdiction: Option<String>,
    /// The basket accepts that jurisdiction.
    pub is_jurisdiction_accepted: bool,
    /// Smallest mint.
    pub volume_min: U256,
    /// Largest mint; zero = no limit.
    pub volume_max: U256,
    /// Most for one identity in one period.
    pub rate_volume: U256,
    /// What the beneficiary's identity has used of it, with all its accounts.
    pub rate_used: U256,
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
        let Some(lens) = self.contracts()?.lens else { return Ok(None) };
        let ask = ComplianceLens::explainCall { mintingConsumer: consumer, account, amount };
        let found = self.believed()?.agree(|provider| {
            let ask = ask.clone();
            async move { Ok(understood(call(&provider, lens, &ask, BlockId::latest()).await?)) }
        });
        Ok(Some(found.await?))
    }
}

fn understood(said: ComplianceLens::Explanation) -> Compliance {
    let jurisdiction = Some(&said.jurisdiction).filter(|code| !code.is_empty());
    Compliance {
        verdict: Verdict::new(said.verdict.code, said.verdict.policy),
        is_paused: said.paused,
        is_blacklisted: said.blacklisted,
        needs_whitelist: said.whitelistRequired,
        is_whitelisted: said.whitelisted,
        needs_identity: said.identityRequired,
        is_registered: !said.identity.is_zero(),
        unmet: said.failedRequirements.iter().map(Requirement::of).collect(),
        lax: said.laxRequirements.iter().map(Requirement::of).collect(),
        jurisdiction: jurisdiction.map(|code| code.escape_ascii().to_string()),
        is_jurisdiction_accepted: said.jurisdictionAccepted,
        volume_min: said.minVolume,
        volume_max: said.maxVolume,
        rate_volume: said.rateVolume,
        rate_used: said.rateUsed,
        rate_period_seconds: said.ratePeriod,
    }
}
