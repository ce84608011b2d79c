//! From the words of contracts and workflow to a [`Failure`] that a caller understands.

use alloy::primitives::U256;

use super::{Code, Evidence, Failure, Order, whole_tokens};
use crate::chain::Verdict;
use crate::reserve::Refusal as DeskRefusal;
use crate::workflow::{Refusal, Reserves};

/// What a verdict of the consumer means; it must not be "accepted".
#[must_use]
pub fn of_verdict(verdict: Verdict) -> Failure {
    let reason = verdict.name();
    let policy = (!verdict.policy.is_zero()).then(|| verdict.policy.to_string());
    let evidence = Evidence { policy, reason: Some(reason.to_owned()), ..Evidence::default() };
    let (code, detail) = match verdict.code {
        3 => (Code::DuplicateReference, "this bank reference was minted before".to_owned()),
        5 => (Code::PorStale, "the reserve proof is too old".to_owned()),
        6 => (Code::PorInsufficientReserves, "the reserves do not cover this mint".to_owned()),
        7 => {
            (Code::MintCapExceeded, "the basket's mint cap for the present time window is used up".to_owned())
        }
        16.. => (Code::AceRejected, format!("a compliance policy refused the mint: {}", ace_words(reason))),
        _ => (Code::InvalidOrder, format!("the contracts refuse this order: {}", order_words(reason))),
    };
    Failure::new(code, detail).with(evidence)
}

/// What a refusal of the workflow means.
#[must_use]
pub fn of_refusal(refusal: &Refusal, order: &Order) -> Failure {
    let text = |words: &str| (!words.is_empty()).then(|| words.to_owned());
    let mut evidence =
        Evidence { policy: text(&refusal.policy), reason: text(&refusal.reason), ..Evidence::default() };
    let (code, detail) = match refusal.code.as_str() {
        "ACE_REJECTED" => {
            let words = format!("a compliance policy refused the mint: {}", ace_words(&refusal.reason));
            (Code::AceRejected, words)
        }
        "DUPLICATE_REFERENCE" => {
            (Code::DuplicateReference, "this bank reference was minted before".to_owned())
        }
        "INVALID_ORDER" => {
            (Code::InvalidOrder, format!("the contracts refuse this order: {}", order_words(&refusal.reason)))
        }
        "MINT_CAP_EXCEEDED" => {
            (Code::MintCapExceeded, "the basket's mint cap for the present time window is used up".to_owned())
        }
        "POR_INSUFFICIENT_RESERVES" => {
            measure(&mut evidence, &refusal.reserves, order.decimals);
            (Code::PorInsufficientReserves, "the reserves do not cover this mint".to_owned())
        }
        "POR_STALE" => (Code::PorStale, "the reserve source's figure is too old".to_owned()),
        "POR_UNAVAILABLE" => {
            (Code::PorUnavailable, "the reserve source does not answer as it should".to_owned())
        }
        "POR_RIPCORD" => (Code::PorRipcord, "the reserve source pulled its emergency stop".to_owned()),
        "POR_INVALID" => {
            (Code::PorInvalid, "the reserve source gave an answer that must not be believed".to_owned())
        }
        "NO_RESERVE_ASSIGNED" => (Code::NoReserveAssigned, "no reserve account backs this basket".to_owned()),
        "EXPIRED" => (Code::Expired, "the order expired before it could be carried out".to_owned()),
        _ => (Code::WorkflowFailed, "the workflow refused the order without a known reason".to_owned()),
    };
    Failure::new(code, detail).with(evidence)
}

/// What a refusal of the desk means; `words` is its JSON.
#[must_use]
pub fn of_desk(words: &str, decimals: u8) -> Failure {
    match serde_json::from_str(words) {
        Ok(DeskRefusal::Shut(shut)) => {
            let reason = serde_json::to_value(shut.reason).ok();
            let evidence = Evidence {
                reason: reason.and_then(|reason| reason.as_str().map(str::to_owned)),
                retry_after_seconds: Some(shut.retry_after_seconds),
                ..Evidence::default()
            };
            Failure::new(Code::CircuitOpen, shut.words).with(evidence)
        }
        Ok(DeskRefusal::Overdrawn { figures, requested }) => {
            let tokens = |amount| Some(whole_tokens(amount, decimals));
            let evidence = Evidence {
                reserves: tokens(figures.reserves),
                liability: tokens(figures.supply),
                reserved: tokens(figures.reserved),
                requested: tokens(requested),
                deficit: tokens(figures.deficit(requested)),
                ..Evidence::default()
            };
            let words = "the reserves do not cover this mint besides what is issued and promised already";
            Failure::new(Code::PorInsufficientReserves, words).with(evidence)
        }
        // Unreadable means shut.
        Err(_) => Failure::new(Code::CircuitOpen, "minting of this basket is stopped"),
    }
}

/// Fills in the reserve figures as decimal numbers of whole tokens.
fn measure(evidence: &mut Evidence, reserves: &Reserves, decimals: u8) {
    let parse = |text: &str| U256::from_str_radix(text, 10).ok().filter(|_| !text.is_empty());
    let (Some(amount), Some(liability), Some(requested)) =
        (parse(&reserves.amount), parse(&reserves.liability), parse(&reserves.requested))
    else {
        return;
    };
    let deficit = liability.saturating_add(requested).saturating_sub(amount);
    evidence.reserves = Some(whole_tokens(amount, decimals));
    evidence.liability = Some(whole_tokens(liability, decimals));
    evidence.requested = Some(whole_tokens(requested, decimals));
    evidence.deficit = Some(whole_tokens(deficit, decimals));
}

fn ace_words(reason: &str) -> &'static str {
    match reason {
        "PAUSED" => "minting is paused",
        "BLACKLISTED" => "the beneficiary is on the deny list",
        "NOT_WHITELISTED" => "the beneficiary is not on the allow list",
        "IDENTITY_REJECTED" => {
            "the beneficiary lacks a required credential (GET /compliance/ACCOUNT says which; \
             bash scripts/compliance.sh register-kyc ACCOUNT COUNTRY registers it on the local chain)"
        }
        "VOLUME_OUT_OF_RANGE" => "the amount is outside the limits for one mint",
        "RATE_EXCEEDED" => "the beneficiary's limit for the present time window is used up",
        _ => "no further reason is given",
    }
}

fn order_words(reason: &str) -> &'static str {
    match reason {
        "ZERO_ACCOUNT" => "the beneficiary is the zero address",
        "BAD_AMOUNT" => "the amount is zero or absurd",
        "ACCOUNT_REPEATED" => "the beneficiary occurs twice in one report",
        "FORBIDDEN_ACCOUNT" => "the beneficiary is a contract of the basket",
        _ => "no further reason is given",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::{Address, B256};

    fn order() -> Order {
        Order {
            stablecoin: Address::ZERO,
            consumer: Address::ZERO,
            beneficiary: Address::ZERO,
            amount: U256::from(1),
            decimals: 18,
            bank_reference: String::new(),
            reference: B256::ZERO,
        }
    }

    #[test]
    fn a_reserve_shortfall_is_told_in_whole_tokens() {
        let unit = U256::from(10).pow(U256::from(18));
        let reserves = Reserves {
            amount: (unit * U256::from(1_000_000)).to_string(),
            liability: (unit * U256::from(900_000)).to_string(),
            requested: (unit * U256::from(100_001) / U256::from(1)).to_string(),
            ..Reserves::default()
        };
        let refusal = Refusal {
            code: "POR_INSUFFICIENT_RESERVES".to_owned(),
            policy: String::new(),
            reason: String::new(),
            reserves,
        };
        let failure = of_refusal(&refusal, &order());
        assert_eq!(failure.code, Code::PorInsufficientReserves);
        assert_eq!(failure.evidence.deficit.as_deref(), Some("1"));
        assert_eq!(failure.evidence.reserves.as_deref(), Some("1000000"));
    }

    #[test]
    fn verdicts_carry_policy_and_reason() {
        let failure = of_verdict(Verdict::new(18, Address::repeat_byte(9)));
        assert_eq!(failure.code, Code::AceRejected);
        assert_eq!(failure.evidence.reason.as_deref(), Some("BLACKLISTED"));
        assert!(failure.evidence.policy.is_some());
        assert_eq!(of_verdict(Verdict::new(8, Address::ZERO)).code, Code::InvalidOrder);
        assert_eq!(of_verdict(Verdict::new(7, Address::ZERO)).code, Code::MintCapExceeded);
    }
}
