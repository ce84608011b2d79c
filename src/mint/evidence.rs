//! What the runs of a mint can show for themselves: written down with their outcome, and shown as far as somebody may see.

use std::sync::Arc;

use alloy::primitives::U256;

use crate::base::money::parse_base_units;
use crate::base::text::is_unprintable;
use crate::store::{OrderOutcome, RunFigures, RunOfMint, RunOrder, RunRecord, RunVerdict, StoredRun};
use crate::workflow::{Outcome, RunEvidence, RunReserves, RunResult};

/// Longest reason that is kept.
const REASON_CHARS_MAX: usize = 300;

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Who asked for the mint: he sees his own order, and no words of others.
    Caller,
    /// Who runs the gateway.
    Operator,
}

/// What a run can show for itself, as far as somebody may see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintRun {
    /// When its outcome was stored, unix ms.
    pub ended_at: i64,
    /// What it said of the mint.
    pub verdict: RunVerdict,
    /// What it compared, if it got so far.
    pub figures: Option<RunFigures>,
    /// Its evidence.
    pub evidence: RunEvidence,
    /// The mint's part of the delivery, if the run paid for one in which it travelled.
    pub gas: Option<GasShare>,
    /// All orders of the run; for operators only.
    pub orders: Vec<RunOrder>,
}

/// A mint's part of what a delivery cost: all of its orders share it equally, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GasShare {
    /// Gas.
    pub gas: u64,
    /// What it cost, in wei.
    pub fee_wei: Option<U256>,
}

/// What is to be stored of a run; `None` where it says nothing that can be believed.
pub(super) fn record_of(result: &RunResult) -> Option<Arc<RunRecord>> {
    let evidence = result.evidence.as_ref()?;
    let count = |is: fn(&Outcome) -> bool| result.outcomes.iter().filter(|outcome| is(outcome)).count();
    let delivered = count(|outcome| matches!(outcome, Outcome::Delivered { .. }));
    let lost = count(|outcome| matches!(outcome, Outcome::Lost(_)));
    Some(Arc::new(RunRecord {
        execution_id: evidence.execution_id,
        orders: u32::try_from(delivered).unwrap_or(u32::MAX),
        is_signed: evidence.report.is_some() || delivered + lost > 0,
        figures: result.reserves.as_ref().and_then(figures_of),
        evidence_version: evidence.version,
        evidence_json: serde_json::to_string(evidence).ok()?,
    }))
}

fn figures_of(said: &RunReserves) -> Option<RunFigures> {
    let (reserves, liability) = (parse_base_units(&said.amount)?, parse_base_units(&said.liability)?);
    Some(RunFigures { reserves, liability, observed_at: said.observed_at })
}

/// A mint's part in a run that is to be stored.
pub(super) fn part_of(record: &Arc<RunRecord>, outcome: &Outcome) -> RunOfMint {
    let verdict = |outcome, code: &str| RunVerdict {
        outcome,
        code: code.to_owned(),
        policy: String::new(),
        reason: String::new(),
    };
    let verdict = match outcome {
        Outcome::Delivered { .. } => verdict(OrderOutcome::Delivered, ""),
        Outcome::Refused(refusal) => RunVerdict {
            policy: bounded(&refusal.policy),
            reason: bounded(&refusal.reason),
            ..verdict(OrderOutcome::Refused, refusal.code.name())
        },
        Outcome::Unsigned { code, .. } => verdict(OrderOutcome::Unsigned, code.name()),
        Outcome::Lost(_) => verdict(OrderOutcome::Lost, ""),
    };
    RunOfMint { record: Arc::clone(record), verdict }
}

fn bounded(text: &str) -> String {
    text.chars().filter(|c| !is_unprintable(*c)).take(REASON_CHARS_MAX).collect()
}

/// A stored run as somebody may see it; `None` for evidence of a version that is not known. Without the operator's eyes
/// nothing remains of other orders, of names and notes, and of who pays.
#[must_use]
pub fn shown(run: StoredRun, orders: Vec<RunOrder>, sight: Sight) -> Option<MintRun> {
    let StoredRun { record, verdict, created_at } = run;
    let evidence = RunEvidence::parse(&serde_json::from_str(&record.evidence_json).ok()?)?;
    let gas = gas_share(&evidence, &record, &verdict);
    let (evidence, orders) = match sight {
        Sight::Caller => (evidence.without_operator(), Vec::new()),
        Sight::Operator => (evidence, orders),
    };
    Some(MintRun { ended_at: created_at, verdict, figures: record.figures, evidence, gas, orders })
}

fn gas_share(evidence: &RunEvidence, record: &RunRecord, verdict: &RunVerdict) -> Option<GasShare> {
    let delivery = evidence.delivery.as_ref().filter(|_| verdict.outcome == OrderOutcome::Delivered)?;
    let (used, orders) = (delivery.gas_used?, u64::from(record.orders));
    let gas = used.checked_div(orders)?;
    let price = delivery.gas_price_wei.as_deref().and_then(parse_base_units);
    let fee = price.and_then(|price| price.checked_mul(U256::from(used)));
    Some(GasShare { gas, fee_wei: fee.map(|fee| fee / U256::from(orders)) })
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256};
    use uuid::Uuid;

    use super::*;
    use crate::domain::RefusalCode;
    use crate::workflow::evidence::tests::evidence;
    use crate::workflow::{Refusal, RunFailureCode};

    fn result(outcomes: Vec<Outcome>) -> RunResult {
        let reserves = RunReserves {
            amount: "500".to_owned(),
            liability: "20".to_owned(),
            observed_at: 9,
            ..RunReserves::default()
        };
        RunResult { outcomes, reserves: Some(reserves), evidence: RunEvidence::parse(&evidence()) }
    }

    fn neighbour() -> RunOrder {
        let verdict = part_of(&record_of(&result(vec![])).unwrap(), &delivered()).verdict;
        let beneficiary = Address::repeat_byte(0x6e);
        RunOrder { mint_id: Uuid::nil(), beneficiary, amount: U256::from(77), verdict }
    }

    fn delivered() -> Outcome {
        Outcome::Delivered { reported_tx: Some(B256::repeat_byte(7)) }
    }

    fn stored(outcome: &Outcome, outcomes: Vec<Outcome>) -> StoredRun {
        let part = part_of(&record_of(&result(outcomes)).unwrap(), outcome);
        StoredRun { record: (*part.record).clone(), verdict: part.verdict, created_at: 5 }
    }

    #[test]
    fn evidence_for_callers_has_no_word_about_others() {
        let run = stored(&delivered(), vec![delivered(), delivered(), delivered()]);
        let all = shown(run.clone(), vec![neighbour()], Sight::Operator).unwrap();
        assert!(all.evidence.operator.is_some() && all.orders.len() == 1);
        let own = shown(run, vec![neighbour()], Sight::Caller).unwrap();
        assert!(own.evidence.operator.is_none() && own.orders.is_empty());
        assert_eq!(
            own.figures.unwrap(),
            RunFigures { reserves: U256::from(500), liability: U256::from(20), observed_at: 9 }
        );
        let third = GasShare { gas: 412_000 / 3, fee_wei: Some(U256::from(412_000_u64 * 1_000_000_007 / 3)) };
        assert_eq!((own.gas, all.gas), (Some(third), Some(third)));
    }

    #[test]
    fn evidence_of_who_stayed_at_home_has_no_share_of_the_gas() {
        let refusal = Refusal {
            code: RefusalCode::AceRejected,
            policy: "0x01".to_owned(),
            reason: format!("BLACK\nLISTED{}", "x".repeat(400)),
            ..Refusal::default()
        };
        let refused = Outcome::Refused(Box::new(refusal));
        let run = shown(stored(&refused, vec![refused.clone(), delivered()]), vec![], Sight::Caller).unwrap();
        assert_eq!(
            (run.gas, run.verdict.code.as_str(), run.verdict.policy.as_str()),
            (None, "ACE_REJECTED", "0x01")
        );
        assert!(
            run.verdict.reason.starts_with("BLACKLISTED") && run.verdict.reason.len() == REASON_CHARS_MAX
        );
    }

    #[test]
    fn evidence_knows_what_may_have_been_signed() {
        let unsigned = Outcome::Unsigned { code: RunFailureCode::NodesFailed, message: "words".to_owned() };
        let mut quiet = result(vec![unsigned.clone()]);
        assert!(record_of(&quiet).unwrap().is_signed, "the evidence has a report");
        quiet.evidence.as_mut().unwrap().report = None;
        let record = record_of(&quiet).unwrap();
        assert!(!record.is_signed);
        let verdict = part_of(&record, &unsigned).verdict;
        assert_eq!(
            (verdict.outcome, verdict.code.as_str(), verdict.reason.as_str()),
            (OrderOutcome::Unsigned, "NODES_FAILED", "")
        );
        quiet.outcomes = vec![Outcome::Lost("words".to_owned())];
        assert!(record_of(&quiet).unwrap().is_signed, "nobody knows");
        quiet.evidence = None;
        assert_eq!(record_of(&quiet), None);
    }

    #[test]
    fn evidence_of_another_version_is_not_shown() {
        let mut run = stored(&delivered(), vec![delivered()]);
        run.record.evidence_json = run.record.evidence_json.replace("\"version\":1", "\"version\":2");
        assert_eq!(shown(run, vec![], Sight::Operator), None);
    }
}
