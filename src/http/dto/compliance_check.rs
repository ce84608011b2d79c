//! What `GET /compliance/{address}` looks at: everything that is known to stand in the way of a mint, each with what
//! would change it.

use alloy::primitives::{Address, U256};
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::clock::rfc3339;
use crate::base::money::whole_tokens;
use crate::chain::compliance::Compliance;
use crate::domain::VerdictCode;
use crate::domain::breaker::{Breaker, BreakerState, Reason};
use crate::reserve::BasketReserves;

/// Something that a mint needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ComplianceCheck {
    /// Its name.
    #[schema(examples("breaker", "reserves", "deny-list", "identity", "account-limit"))]
    pub name: &'static str,
    /// How it stands.
    pub state: CheckState,
    /// What that means, in one sentence.
    pub meaning: String,
    /// The call that changes it: of this API, or of a contract and by whom; null where nothing has to change or nothing
    /// can.
    #[schema(required = true)]
    pub changed_by: Option<String>,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It does not stand in the way.
    Passed,
    /// It stands in the way.
    Failed,
    /// Nobody can say before it is tried.
    Unknown,
}

/// What is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The beneficiary.
    pub account: Address,
    /// Base units.
    pub amount: U256,
    /// The present, unix milliseconds.
    pub now_ms: i64,
}

impl ComplianceCheck {
    fn passed(name: &'static str, meaning: impl Into<String>) -> Self {
        Self { name, state: CheckState::Passed, meaning: meaning.into(), changed_by: None }
    }

    fn failed(name: &'static str, meaning: impl Into<String>, changed_by: impl Into<String>) -> Self {
        let changed_by = Some(changed_by.into()).filter(|call| !call.is_empty());
        Self { name, state: CheckState::Failed, meaning: meaning.into(), changed_by }
    }

    fn unknown(name: &'static str, meaning: impl Into<String>) -> Self {
        Self { name, state: CheckState::Unknown, meaning: meaning.into(), changed_by: None }
    }
}

/// Everything that is known to matter.
pub(super) fn checks(asked: &Asked, found: &Compliance, reserves: &BasketReserves) -> Vec<ComplianceCheck> {
    let contracts = &reserves.contracts;
    vec![
        breaker(&reserves.breaker, contracts.consumer, asked.now_ms),
        covered(asked, reserves),
        pause(found, contracts.pause_policy),
        deny_list(found),
        allow_list(found, contracts.allow_policy),
        identity(found),
        amount_range(asked, found, contracts.decimals),
        account_limit(found, contracts.decimals),
        basket_cap(found, contracts.consumer),
        order(found),
        other_policies(found),
    ]
}

fn breaker(breaker: &Breaker, consumer: Address, now_ms: i64) -> ComplianceCheck {
    const NAME: &str = "breaker";
    let reasons = breaker.reasons.values().map(String::as_str).collect::<Vec<_>>().join("; ");
    match breaker.state {
        BreakerState::Closed => ComplianceCheck::passed(NAME, "the gateway lets mints of the basket through"),
        BreakerState::HalfOpen if breaker.probe.is_none() => {
            ComplianceCheck::passed(NAME, "the gateway lets one mint through as a probe")
        }
        BreakerState::HalfOpen => {
            ComplianceCheck::failed(NAME, "a probe is under way, and its fate decides", String::new())
        }
        BreakerState::Open => {
            let changed_by = if breaker.reasons.contains_key(&Reason::ChainPause) {
                "setPausedState(false) of the basket's PausePolicy, by its owner".to_owned()
            } else if breaker.reasons.keys().all(|reason| reason.is_automatic()) {
                let at = rfc3339(breaker.retry_at_ms.max(now_ms));
                format!("nobody: one mint may try from {at} on, once the source of the reserves is well")
            } else {
                format!("POST /baskets/{consumer}/resume")
            };
            ComplianceCheck::failed(NAME, format!("the gateway stopped the basket: {reasons}"), changed_by)
        }
    }
}

fn covered(asked: &Asked, reserves: &BasketReserves) -> ComplianceCheck {
    const NAME: &str = "reserves";
    let Some(proof) = reserves.proof else {
        return ComplianceCheck::unknown(
            NAME,
            "the reserves were never proven; the first mint asks their source",
        );
    };
    let tokens = |base_units| whole_tokens(base_units, reserves.contracts.decimals);
    let headroom = tokens(reserves.coverage.headroom());
    let at = rfc3339(i64::try_from(proof.observed_at).unwrap_or_default().saturating_mul(1000));
    let deficit = reserves.coverage.deficit(asked.amount);
    if deficit.is_zero() {
        let meaning = format!("the reserves, as of {at}, have headroom for {headroom} tokens");
        return ComplianceCheck::passed(NAME, meaning);
    }
    let lacking = tokens(deficit);
    ComplianceCheck::failed(
        NAME,
        format!("the reserves, as of {at}, have headroom for {headroom} tokens; {lacking} more are needed"),
        "a deposit at the reserve account; the next mint or attestation reads it",
    )
}

fn pause(found: &Compliance, policy: Address) -> ComplianceCheck {
    const NAME: &str = "pause";
    if !found.is_paused {
        return ComplianceCheck::passed(NAME, "minting is not paused on chain");
    }
    let call = format!("setPausedState(false) of the PausePolicy {policy}, by its owner");
    ComplianceCheck::failed(NAME, "minting is paused on chain", call)
}

fn deny_list(found: &Compliance) -> ComplianceCheck {
    const NAME: &str = "deny-list";
    if !found.is_blacklisted {
        return ComplianceCheck::passed(NAME, "the account is not on the deny list");
    }
    let call = "unrejectAddress(account) of the basket's RejectPolicy, by its owner";
    ComplianceCheck::failed(NAME, "the account is on the deny list", call)
}

fn allow_list(found: &Compliance, policy: Address) -> ComplianceCheck {
    const NAME: &str = "allow-list";
    match (found.needs_whitelist, found.is_whitelisted) {
        (false, _) => ComplianceCheck::passed(NAME, "the allow list is not in force"),
        (true, true) => ComplianceCheck::passed(NAME, "the account is on the allow list"),
        (true, false) => {
            let call = format!("allowAddress(account) of the AllowPolicy {policy}, by its owner");
            ComplianceCheck::failed(NAME, "the account is not on the allow list, which is in force", call)
        }
    }
}

fn identity(found: &Compliance) -> ComplianceCheck {
    const NAME: &str = "identity";
    if !found.needs_identity {
        return ComplianceCheck::passed(NAME, "the check of credentials is not in force");
    }
    if found.unmet.is_empty() && !found.lax.is_empty() {
        let meaning = "the account's identity has what the basket asks for; but what must be absent has several \
                       sources, of which one alone suffices";
        return ComplianceCheck::passed(NAME, meaning);
    }
    if found.unmet.is_empty() {
        return ComplianceCheck::passed(NAME, "the account's identity has what the basket asks for");
    }
    if found.is_registered {
        let meaning = "the account's identity does not meet what identity.unmet names";
        let call =
            "registerCredential or removeCredential of the CredentialRegistry, by the compliance officer";
        return ComplianceCheck::failed(NAME, meaning, call);
    }
    let call = "registerIdentity of the IdentityRegistry, then registerCredential of the CredentialRegistry, by the \
                compliance officer";
    ComplianceCheck::failed(NAME, "the account has no identity", call)
}

fn amount_range(asked: &Asked, found: &Compliance, decimals: u8) -> ComplianceCheck {
    const NAME: &str = "amount-range";
    let (min, max) = (found.volume_min, found.volume_max);
    let most = if max.is_zero() { "any amount".to_owned() } else { whole_tokens(max, decimals) };
    let range = format!("from {} to {most}", whole_tokens(min, decimals));
    if asked.amount >= min && (max.is_zero() || asked.amount <= max) {
        return ComplianceCheck::passed(NAME, format!("one mint may be {range}"));
    }
    let call = "setMin(amount) or setMax(amount) of the basket's VolumePolicy, by its owner";
    ComplianceCheck::failed(NAME, format!("one mint may only be {range}"), call)
}

/// What an earlier refusal hides: the contracts stop at the first thing that they refuse for.
const HIDDEN: &str = "the contracts refuse for another reason first";

fn account_limit(found: &Compliance, decimals: u8) -> ComplianceCheck {
    const NAME: &str = "account-limit";
    let (used, most) = (whole_tokens(found.rate_used, decimals), whole_tokens(found.rate_volume, decimals));
    let stand = format!(
        "{used} of {most} tokens of the present period are used by all accounts of the identity together"
    );
    match found.verdict.code {
        VerdictCode::Accepted => ComplianceCheck::passed(NAME, stand),
        VerdictCode::RateExceeded => ComplianceCheck::failed(
            NAME,
            stand,
            "nobody: the next period begins by itself; or setMaxAmount(amount) of the basket's \
             IdentityVolumeRatePolicy, by its owner",
        ),
        _ => ComplianceCheck::unknown(NAME, HIDDEN),
    }
}

fn basket_cap(found: &Compliance, consumer: Address) -> ComplianceCheck {
    const NAME: &str = "basket-cap";
    match found.verdict.code {
        VerdictCode::Accepted => {
            ComplianceCheck::passed(NAME, "the basket's cap for the present window has room")
        }
        VerdictCode::WindowCapExceeded => ComplianceCheck::failed(
            NAME,
            "the basket's cap for the present window is used up",
            format!(
                "nobody: the next window begins by itself; or setMintWindow of the LiabilityLedger of the consumer {consumer}, by its owner"
            ),
        ),
        _ => ComplianceCheck::unknown(NAME, HIDDEN),
    }
}

fn order(found: &Compliance) -> ComplianceCheck {
    const NAME: &str = "order";
    match found.verdict.code {
        VerdictCode::ZeroAccount => ComplianceCheck::failed(NAME, "nobody is the zero address", ""),
        VerdictCode::ForbiddenAccount => {
            ComplianceCheck::failed(NAME, "the account is a contract of the basket itself", "")
        }
        VerdictCode::BadAmount => ComplianceCheck::failed(NAME, "the amount is zero or absurd", ""),
        VerdictCode::AccountFrozen => ComplianceCheck::failed(
            NAME,
            "the account is frozen",
            "unfreeze(account) of the basket's token, by the compliance officer",
        ),
        _ => ComplianceCheck::passed(NAME, "the contracts can carry out such an order"),
    }
}

fn other_policies(found: &Compliance) -> ComplianceCheck {
    const NAME: &str = "other-policies";
    match found.verdict.code {
        VerdictCode::PolicyFailed | VerdictCode::TooDear => {
            ComplianceCheck::failed(NAME, "a policy fails or takes too much gas", "the owner of the policies")
        }
        VerdictCode::PolicyRejected | VerdictCode::Unknown(_) => ComplianceCheck::failed(
            NAME,
            "a policy that is not one of the above refuses",
            format!("the owner of the policy {}", found.verdict.policy),
        ),
        VerdictCode::Accepted => ComplianceCheck::passed(NAME, "no further policy refuses"),
        _ => ComplianceCheck::unknown(NAME, HIDDEN),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::chain::ReserveFigures;
    use crate::chain::compliance::Requirement;
    use crate::domain::coverage::Coverage;
    use crate::domain::{BasketContracts, Verdict};
    use crate::reserve::snapshot::Proof;

    fn found(code: u8) -> Compliance {
        Compliance {
            verdict: Verdict::new(code, Address::ZERO),
            is_paused: false,
            is_blacklisted: false,
            needs_whitelist: false,
            is_whitelisted: false,
            needs_identity: true,
            is_registered: true,
            unmet: vec![],
            lax: vec![],
            jurisdiction: None,
            is_jurisdiction_accepted: true,
            volume_min: U256::from(10),
            volume_max: U256::from(1_000),
            rate_volume: U256::from(5_000),
            rate_used: U256::from(100),
            rate_period_seconds: U256::from(60),
        }
    }

    fn basket(breaker: Breaker, reserves: Option<u64>) -> BasketReserves {
        BasketReserves {
            contracts: BasketContracts::default(),
            figures: ReserveFigures {
                block: 1,
                supply: U256::from(100),
                token_supply: U256::from(100),
                is_paused: false,
                round: 1,
                reserves: U256::ZERO,
                observed_at: 1,
                consumer: Address::ZERO,
            },
            proof: reserves.map(|reserves| Proof {
                reserves: U256::from(reserves),
                observed_at: 1,
                seen_ms: 1,
            }),
            coverage: Coverage {
                reserves: U256::from(reserves.unwrap_or_default()),
                supply: U256::from(100),
                reserved: U256::ZERO,
                margin_bps: 10_000,
            },
            breaker,
            report: None,
            attestations: std::collections::BTreeMap::new(),
        }
    }

    fn states(found: &Compliance, basket: &BasketReserves) -> Vec<(&'static str, CheckState)> {
        let asked = Asked { account: Address::repeat_byte(1), amount: U256::from(50), now_ms: 0 };
        let all = checks(&asked, found, basket);
        let worth_a_word = all.into_iter().filter(|check| check.state != CheckState::Passed);
        worth_a_word.map(|check| (check.name, check.state)).collect()
    }

    #[test]
    fn compliance_check_fails_for_whatever_is_known_to_stand_in_the_way() {
        let closed = || Breaker::default();
        let (failed, unknown) = (CheckState::Failed, CheckState::Unknown);
        assert_eq!(states(&found(0), &basket(closed(), Some(150))), []);
        assert_eq!(states(&found(0), &basket(closed(), Some(149))), [("reserves", failed)]);
        assert_eq!(states(&found(0), &basket(closed(), None)), [("reserves", unknown)]);
        let open = |reason| Breaker {
            state: BreakerState::Open,
            reasons: [(reason, "why".to_owned())].into(),
            ..Breaker::default()
        };
        assert_eq!(states(&found(0), &basket(open(Reason::OperatorPause), Some(150))), [("breaker", failed)]);
        let half = Breaker { state: BreakerState::HalfOpen, ..Breaker::default() };
        assert_eq!(states(&found(0), &basket(half.clone(), Some(150))), []);
        let probing = Breaker { probe: Some(Uuid::nil()), ..half };
        assert_eq!(states(&found(0), &basket(probing, Some(150))), [("breaker", failed)]);
        let fine = basket(closed(), Some(150));
        let capped = [("account-limit", unknown), ("basket-cap", failed), ("other-policies", unknown)];
        assert_eq!(states(&found(7), &fine), capped, "the cap is judged before the policies");
        assert_eq!(states(&found(10), &fine).last(), Some(&("other-policies", unknown)));
        assert!(states(&found(10), &fine).contains(&("order", failed)));
        assert_eq!(states(&found(23), &fine).last(), Some(&("other-policies", failed)));
        let hidden = [("account-limit", unknown), ("basket-cap", unknown), ("other-policies", unknown)];
        let listed = Compliance { is_blacklisted: true, ..found(18) };
        assert_eq!(states(&listed, &fine), [[("deny-list", failed)].as_slice(), &hidden].concat());
        assert_eq!(states(&found(22), &fine)[0], ("account-limit", failed));
        assert_eq!(states(&found(200), &fine).last(), Some(&("other-policies", failed)));
        let unmet = Compliance { unmet: vec![Requirement::NoAmlFlag], ..found(20) };
        assert_eq!(states(&unmet, &fine)[0], ("identity", failed));
        let identity_of = |found: &Compliance| identity(found).meaning;
        let lax = Compliance { lax: vec![Requirement::NoAmlFlag], ..found(0) };
        assert!(identity_of(&lax).contains("one alone suffices"));
        assert!(!identity_of(&found(0)).contains("suffices"));
        let small = Compliance { volume_min: U256::from(51), ..found(21) };
        assert_eq!(states(&small, &fine)[0], ("amount-range", failed));
    }

    #[test]
    fn compliance_check_names_the_call_that_changes_it() {
        let call = |reason| {
            let open = Breaker {
                state: BreakerState::Open,
                reasons: [(reason, "why".to_owned())].into(),
                ..Breaker::default()
            };
            breaker(&open, Address::ZERO, 0).changed_by.unwrap_or_default()
        };
        assert!(call(Reason::OperatorPause).starts_with("POST /baskets/0x0"));
        assert!(call(Reason::ChainPause).starts_with("setPausedState(false)"));
        assert!(call(Reason::SourceDistrusted).starts_with("nobody: one mint may try from 1970"));
    }
}
