//! `GET /compliance/{address}`.

use alloy::primitives::U256;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::compliance_check::{Asked, CheckState, ComplianceCheck, checks};
use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, TokenAmount};
use crate::chain::compliance::{Compliance, Requirement};
use crate::reserve::BasketReserves;

/// What is asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ComplianceQuery {
    /// The basket's name, or the address of its token or consumer; the default basket where it is left out.
    pub basket: Option<String>,
    /// A decimal number of whole tokens; the smallest mint where it is left out.
    #[param(pattern = r"^(0|[1-9][0-9]*)(\.[0-9]+)?$")]
    pub amount: Option<String>,
}

/// Whether a basket would mint for an account now, and what stands in the way. Only a mint itself asks the reserve source
/// anew.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComplianceAnswer {
    /// Whether nothing that is known stands in the way: no check has failed.
    pub would_mint: bool,
    /// Everything that is looked at, each by name.
    pub checks: Vec<ComplianceCheck>,
    /// What was asked about; the smallest mint where no amount was named.
    pub amount: TokenAmount,
    /// What the contracts would say; the reserves and the gateway's own breaker are not their business here.
    pub verdict: VerdictAnswer,
    /// The account.
    pub beneficiary: AddressText,
    /// Token of the basket.
    pub stablecoin_address: AddressText,
    /// Minting consumer of the basket.
    pub minting_consumer_address: AddressText,
    /// Minting is paused on chain.
    pub paused: bool,
    /// The account is on the deny list.
    pub blacklisted: bool,
    /// The allow list.
    pub whitelist: WhitelistAnswer,
    /// The check of credentials.
    pub identity: IdentityAnswer,
    /// How much may be minted.
    pub limits: LimitsAnswer,
}

/// What the contracts say to an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictAnswer {
    /// The contracts' code; 0 = accepted.
    pub code: u8,
    /// The name of the code.
    #[schema(examples("ACCEPTED", "BLACKLISTED"))]
    pub name: &'static str,
    /// The policy that refuses.
    #[schema(required = true)]
    pub policy: Option<AddressText>,
}

/// The allow list.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhitelistAnswer {
    /// It is in force.
    pub required: bool,
    /// The account is on it.
    pub listed: bool,
}

/// The check of credentials.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityAnswer {
    /// It is in force.
    pub required: bool,
    /// The account has an identity.
    pub registered: bool,
    /// Requirements that are not met, in force or not.
    pub unmet: Vec<UnmetRequirement>,
    /// The jurisdiction credential.
    #[schema(required = true)]
    pub jurisdiction: Option<String>,
    /// The basket accepts that jurisdiction.
    pub accepted: bool,
}

/// A requirement that an identity does not meet.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnmetRequirement {
    /// Its name; the id on chain where this gateway has no name for it.
    #[schema(examples("kyc", "no-aml-flag", "accepted-jurisdiction"))]
    pub requirement: String,
    /// What meets it.
    pub needs: &'static str,
}

impl From<Requirement> for UnmetRequirement {
    fn from(requirement: Requirement) -> Self {
        let (name, needs) = match requirement {
            Requirement::Kyc => ("kyc", "a KYC credential of the account's identity that has not expired"),
            Requirement::NoAmlFlag => {
                ("no-aml-flag", "an identity of the account that carries no flag for money laundering")
            }
            Requirement::Jurisdiction => (
                "accepted-jurisdiction",
                "a jurisdiction credential of the account's identity, with a country that the basket accepts",
            ),
            Requirement::Other(id) => {
                let needs = "what the basket's identity policy says under this id";
                return Self { requirement: id.to_string(), needs };
            }
        };
        Self { requirement: name.to_owned(), needs }
    }
}

/// How much may be minted.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LimitsAnswer {
    /// Smallest mint.
    pub min_per_mint: TokenAmount,
    /// Largest mint; null = no limit.
    #[schema(required = true)]
    pub max_per_mint: Option<TokenAmount>,
    /// Most for one identity in one period, with all its accounts; for one account where that has no identity.
    pub per_period: TokenAmount,
    /// What is used of that in the present period.
    pub used_in_period: TokenAmount,
    /// That period, a whole number of seconds.
    #[schema(pattern = "^[0-9]+$")]
    pub period_seconds: String,
}

impl ComplianceAnswer {
    /// Shows what was found out about a mint of this amount.
    #[must_use]
    pub fn of(asked: &Asked, found: Compliance, reserves: &BasketReserves) -> Self {
        let contracts = &reserves.contracts;
        let tokens = |base_units: U256| TokenAmount(whole_tokens(base_units, contracts.decimals));
        let amount = if asked.amount.is_zero() { found.volume_min.max(U256::from(1)) } else { asked.amount };
        let checks = checks(&Asked { amount, ..*asked }, &found, reserves);
        let policy = found.verdict.policy;
        Self {
            would_mint: checks.iter().all(|check| check.state != CheckState::Failed),
            checks,
            amount: tokens(amount),
            verdict: VerdictAnswer {
                code: found.verdict.code.number(),
                name: found.verdict.code.name(),
                policy: (!policy.is_zero()).then_some(AddressText(policy)),
            },
            beneficiary: AddressText(asked.account),
            stablecoin_address: AddressText(contracts.stablecoin),
            minting_consumer_address: AddressText(contracts.consumer),
            paused: found.is_paused,
            blacklisted: found.is_blacklisted,
            whitelist: WhitelistAnswer { required: found.needs_whitelist, listed: found.is_whitelisted },
            identity: IdentityAnswer {
                required: found.needs_identity,
                registered: found.is_registered,
                unmet: found.unmet.into_iter().map(UnmetRequirement::from).collect(),
                jurisdiction: found.jurisdiction,
                accepted: found.is_jurisdiction_accepted,
            },
            limits: LimitsAnswer {
                min_per_mint: tokens(found.volume_min),
                max_per_mint: (!found.volume_max.is_zero()).then(|| tokens(found.volume_max)),
                per_period: tokens(found.rate_volume),
                used_in_period: tokens(found.rate_used),
                period_seconds: found.rate_period_seconds.to_string(),
            },
        }
    }
}
