//! From what contracts, workflow, reserves, chain and store say to a [`Failure`] that a caller understands.

use crate::base::clock::rfc3339;
use crate::base::logging::with_causes;
use crate::base::money::{parse_base_units, whole_tokens};
use crate::basket::BasketError;
use crate::chain::ChainError;
use crate::domain::access::OverLimit;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::{Evidence, Failure, FailureCode, Order, RefusalCode, Verdict, VerdictCode};
use crate::reserve::GuardError;
use crate::store::StoreError;
use crate::workflow::{Refusal, RunFailureCode, RunReserves};

const DUPLICATE: &str = "this bank reference was minted before";
const POLICY_FAILED: &str = "a compliance policy failed instead of deciding";
const CAP_EXCEEDED: &str = "the basket's mint cap for the present time window is used up";
const NOT_COVERED: &str = "the reserves do not cover this mint";

/// The chain cannot be read; which endpoint said what goes to the log.
#[must_use]
pub fn of_chain_error(error: &ChainError) -> Failure {
    tracing::warn!(error = with_causes(error), "the chain cannot be read");
    Failure::new(FailureCode::ChainUnavailable, format!("the chain cannot be read: {error}"))
}

/// The store does not answer; why goes to the log.
#[must_use]
pub fn of_store_error(error: &StoreError) -> Failure {
    tracing::error!(error = with_causes(error), "the store failed");
    Failure::new(
        FailureCode::StoreUnavailable,
        "the gateway's database does not answer; nothing is lost, ask again",
    )
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        of_store_error(&error)
    }
}

impl From<BasketError> for Failure {
    fn from(error: BasketError) -> Self {
        match error {
            BasketError::Chain(error) => of_chain_error(&error),
            BasketError::Store(error) => of_store_error(&error),
            BasketError::Name(error) => error.into(),
            BasketError::Unknown(_) => Self::new(FailureCode::UnknownBasket, error.to_string()),
            BasketError::Mismatch => Self::new(FailureCode::BasketMismatch, error.to_string()),
            BasketError::NameTaken => Self::new(FailureCode::NotAllowed, error.to_string()),
        }
    }
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Chain(error) => of_chain_error(&error),
            GuardError::Store(error) => of_store_error(&error),
        }
    }
}

/// What stopped a run of which nothing was signed.
#[must_use]
pub fn of_unsigned(code: RunFailureCode) -> Failure {
    match code {
        RunFailureCode::TransmitterUnfunded => Failure::new(
            FailureCode::TransmitterUnfunded,
            "the key that delivers reports cannot pay for gas; nothing is lost, the operator must fund it",
        ),
        RunFailureCode::RpcUnavailable => Failure::new(
            FailureCode::ChainUnavailable,
            "the chain's endpoints gave the workflow no answer that counts; it is tried again",
        ),
        RunFailureCode::NotStarted => {
            Failure::new(FailureCode::WorkflowFailed, "the workflow could not be started; it is tried again")
        }
        RunFailureCode::FilesUnavailable
        | RunFailureCode::NodesFailed
        | RunFailureCode::ConfigRefused
        | RunFailureCode::WorkflowError
        | RunFailureCode::HostError
        | RunFailureCode::Unknown => Failure::new(
            FailureCode::WorkflowFailed,
            "the workflow ended without a report; it is tried again",
        ),
    }
}

/// What a verdict of the consumer means; it must not be "accepted".
#[must_use]
pub fn of_verdict(verdict: Verdict) -> Failure {
    let policy = (!verdict.policy.is_zero()).then(|| verdict.policy.to_string());
    let reason = verdict.code.name();
    let evidence = Evidence { policy, reason: Some(reason.to_owned()), ..Evidence::default() };
    let failure = match verdict.code {
        VerdictCode::ReferenceUsed => Failure::new(FailureCode::DuplicateReference, DUPLICATE),
        VerdictCode::ReserveStale => Failure::new(FailureCode::PorStale, "the reserve proof is too old"),
        VerdictCode::ReserveInsufficient => Failure::new(FailureCode::PorInsufficientReserves, NOT_COVERED),
        VerdictCode::WindowCapExceeded => Failure::new(FailureCode::MintCapExceeded, CAP_EXCEEDED),
        VerdictCode::AccountFrozen => Failure::new(FailureCode::AceRejected, ace_sentence(reason)),
        VerdictCode::PolicyFailed => Failure::new(FailureCode::WorkflowFailed, POLICY_FAILED),
        code if code.is_of_policy() => Failure::new(FailureCode::AceRejected, ace_sentence(reason)),
        _ => Failure::new(FailureCode::InvalidOrder, order_sentence(reason)),
    };
    failure.with(evidence)
}

/// What a refusal of the workflow means.
#[must_use]
pub fn of_refusal(refusal: &Refusal, order: &Order) -> Failure {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut evidence =
        Evidence { policy: text(&refusal.policy), reason: text(&refusal.reason), ..Evidence::default() };
    let failure = match refusal.code {
        RefusalCode::AceRejected => Failure::new(FailureCode::AceRejected, ace_sentence(&refusal.reason)),
        RefusalCode::DuplicateReference => Failure::new(FailureCode::DuplicateReference, DUPLICATE),
        RefusalCode::InvalidOrder => Failure::new(FailureCode::InvalidOrder, order_sentence(&refusal.reason)),
        RefusalCode::MintCapExceeded => Failure::new(FailureCode::MintCapExceeded, CAP_EXCEEDED),
        RefusalCode::PolicyFailed => Failure::new(FailureCode::WorkflowFailed, POLICY_FAILED),
        RefusalCode::PorInsufficientReserves => {
            fill_in_figures(&mut evidence, &refusal.reserves, order);
            Failure::new(FailureCode::PorInsufficientReserves, NOT_COVERED)
        }
        RefusalCode::PorStale => {
            Failure::new(FailureCode::PorStale, "the reserve source's figure is too old")
        }
        RefusalCode::PorUnavailable => {
            Failure::new(FailureCode::PorUnavailable, "the reserve source does not answer as it should")
        }
        RefusalCode::PorRipcord => {
            Failure::new(FailureCode::PorRipcord, "the reserve source pulled its emergency stop")
        }
        RefusalCode::PorInvalid => {
            let detail = "the reserve source gave an answer that must not be believed";
            Failure::new(FailureCode::PorInvalid, detail)
        }
        RefusalCode::NoReserveAssigned => {
            Failure::new(FailureCode::NoReserveAssigned, "no reserve account backs this basket")
        }
        RefusalCode::Expired => {
            Failure::new(FailureCode::Expired, "the order expired before it could be carried out")
        }
        RefusalCode::Unknown => {
            let detail = "the workflow refused the order without a known reason";
            Failure::new(FailureCode::WorkflowFailed, detail)
        }
    };
    failure.with(evidence)
}

/// What a refusal at admission means.
#[must_use]
pub fn of_admission(refusal: &AdmissionRefusal, decimals: u8) -> Failure {
    match refusal {
        AdmissionRefusal::BreakerOpen(open) => {
            let evidence = Evidence {
                reason: open.reason.map(|reason| reason.name().to_owned()),
                retry_after_seconds: Some(open.retry_after_seconds),
                ..Evidence::default()
            };
            Failure::new(FailureCode::CircuitOpen, open.message.clone()).with(evidence)
        }
        AdmissionRefusal::Overdrawn { coverage, requested } => {
            let tokens = |amount| Some(whole_tokens(amount, decimals));
            let evidence = Evidence {
                reserves: tokens(coverage.reserves),
                liability: tokens(coverage.supply),
                reserved: tokens(coverage.reserved),
                requested: tokens(*requested),
                deficit: tokens(coverage.deficit(*requested)),
                ..Evidence::default()
            };
            let detail = "the reserves do not cover this mint besides what is issued and promised already";
            Failure::new(FailureCode::PorInsufficientReserves, detail).with(evidence)
        }
        AdmissionRefusal::OverLimit(over) => of_limit(over, decimals),
    }
}

/// What an amount over the caller's own limit means.
#[must_use]
pub fn of_limit(over: &OverLimit, decimals: u8) -> Failure {
    let tokens = |amount| Some(whole_tokens(amount, decimals));
    let evidence = Evidence {
        limit: tokens(over.limit),
        spent: tokens(over.spent),
        requested: tokens(over.requested),
        resets_at: over.resets_at.map(rfc3339),
        ..Evidence::default()
    };
    let detail = match over.resets_at {
        Some(_) => "this amount is over what is left of today's limit",
        None => "this amount is over the limit of one mint",
    };
    Failure::new(FailureCode::AmountLimitExceeded, detail).with(evidence)
}

/// Fills in the reserve figures as decimal numbers of whole tokens. What is asked for is this order alone: the sum of the
/// run would tell what others ask for. Where the reserves cover it by itself, others went before it, and nothing is short
/// that it could be told.
fn fill_in_figures(evidence: &mut Evidence, reserves: &RunReserves, order: &Order) {
    let (Some(amount), Some(liability)) =
        (parse_base_units(&reserves.amount), parse_base_units(&reserves.liability))
    else {
        return;
    };
    let tokens = |amount| Some(whole_tokens(amount, order.decimals));
    let deficit = liability.saturating_add(order.amount).saturating_sub(amount);
    evidence.reserves = tokens(amount);
    evidence.liability = tokens(liability);
    evidence.requested = tokens(order.amount);
    evidence.deficit = Some(deficit).filter(|deficit| !deficit.is_zero()).and_then(tokens);
}

/// Why a policy refused, by the name of its verdict.
fn ace_sentence(verdict: &str) -> String {
    let why = match VerdictCode::of_name(verdict) {
        Some(VerdictCode::Paused) => "minting is paused",
        Some(VerdictCode::Blacklisted) => "the beneficiary is on the deny list",
        Some(VerdictCode::NotWhitelisted) => "the beneficiary is not on the allow list",
        Some(VerdictCode::IdentityRejected) => {
            "the beneficiary lacks a required credential (GET /compliance/ACCOUNT says which; \
             bash scripts/compliance.sh register-kyc ACCOUNT COUNTRY registers it on the local chain)"
        }
        Some(VerdictCode::VolumeOutOfRange) => "the amount is outside the limits for one mint",
        Some(VerdictCode::AccountFrozen) => "the beneficiary's account is frozen",
        Some(VerdictCode::TooDear) => "the beneficiary's checks take more gas than an order may",
        Some(VerdictCode::RateExceeded) => "the beneficiary's limit for the present time window is used up",
        _ => "no further reason is given",
    };
    format!("a compliance policy refused the mint: {why}")
}

/// Why the contracts refuse an order, by the name of their verdict.
fn order_sentence(verdict: &str) -> String {
    let why = match VerdictCode::of_name(verdict) {
        Some(VerdictCode::ZeroAccount) => "the beneficiary is the zero address",
        Some(VerdictCode::BadAmount) => "the amount is zero or absurd",
        Some(VerdictCode::AccountRepeated) => "the beneficiary occurs twice in one report",
        Some(VerdictCode::ForbiddenAccount) => "the beneficiary is a contract of the basket",
        Some(VerdictCode::DeliveryRefused) => "there is no lane to another chain",
        _ => "no further reason is given",
    };
    format!("the contracts refuse this order: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::{Address, B256, U256};

    fn order(amount: U256) -> Order {
        Order {
            stablecoin: Address::ZERO,
            consumer: Address::ZERO,
            beneficiary: Address::ZERO,
            amount,
            decimals: 18,
            bank_reference: String::new(),
            reference: B256::ZERO,
        }
    }

    #[test]
    fn failure_of_a_shortfall_tells_each_caller_of_his_own_order() {
        let unit = U256::from(10).pow(U256::from(18));
        let reserves = RunReserves {
            amount: (unit * U256::from(1_000_000)).to_string(),
            liability: (unit * U256::from(900_000)).to_string(),
            ..RunReserves::default()
        };
        let refusal = Refusal { code: RefusalCode::PorInsufficientReserves, reserves, ..Refusal::default() };
        let told = |amount: u64| {
            let failure = of_refusal(&refusal, &order(unit * U256::from(amount)));
            assert_eq!(failure.code, FailureCode::PorInsufficientReserves);
            let Evidence { reserves, liability, requested, deficit, .. } = *failure.evidence;
            assert_eq!((reserves.as_deref(), liability.as_deref()), (Some("1000000"), Some("900000")));
            (requested.unwrap_or_default(), deficit)
        };
        assert_eq!(told(100_001), ("100001".to_owned(), Some("1".to_owned())));
        assert_eq!(told(100), ("100".to_owned(), None), "what went before it is told to nobody");
    }

    #[test]
    fn failure_of_a_verdict_carries_policy_and_reason() {
        let failure = of_verdict(Verdict::new(18, Address::repeat_byte(9)));
        assert_eq!(failure.code, FailureCode::AceRejected);
        assert_eq!(failure.evidence.reason.as_deref(), Some("BLACKLISTED"));
        assert!(failure.evidence.policy.is_some());
        assert_eq!(of_verdict(Verdict::new(8, Address::ZERO)).code, FailureCode::InvalidOrder);
        assert_eq!(of_verdict(Verdict::new(7, Address::ZERO)).code, FailureCode::MintCapExceeded);
    }
}
