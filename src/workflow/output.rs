//! What a workflow run printed: anchored lines, never "the first thing that looks like a hash".

use std::sync::LazyLock;

use alloy::primitives::B256;
use regex::Regex;
use serde::Deserialize;

use super::run::{Outcome, Refusal, RunReserves};
use crate::domain::RefusalCode;

/// Longest error sentence that is kept for the operator's log.
const ERROR_CHARS_MAX: usize = 300;

#[expect(clippy::unwrap_used, reason = "the pattern is a constant that a test compiles")]
static DELIVERED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\AMint report delivered: (0x[0-9a-fA-F]{64})\z").unwrap());
#[expect(clippy::unwrap_used, reason = "the pattern is a constant that a test compiles")]
static STEP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\A\[[0-9]{1,2}/[0-9]{1,2}\] ").unwrap());

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// With this code.
    Code(i32),
    /// By a signal.
    Signal,
    /// It was killed at its deadline.
    Deadline,
    /// It was killed because it printed too much.
    Flood,
    /// It was killed because the gateway stops or lost its claim.
    Stopped,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultLine {
    version: u32,
    #[serde(default)]
    reserves: RunReserves,
    orders: Vec<OrderResult>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderResult {
    bank_ref: B256,
    outcome: String,
    #[serde(default)]
    code: RefusalCode,
    #[serde(default)]
    policy: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct ErrorLine {
    error: String,
    code: String,
}

/// Reads the output of a run, line by line.
#[derive(Clone, Debug, Default)]
pub struct OutputParser {
    reported: Vec<B256>,
    last_stdout: String,
    last_stderr: String,
}

impl OutputParser {
    /// Takes a line of standard output; returns it when it announces a step.
    pub fn stdout<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        if let Some(found) = DELIVERED.captures(line)
            && let Ok(hash) = found[1].parse::<B256>()
            && self.reported.len() < 8
        {
            self.reported.push(hash);
        }
        if !line.trim().is_empty() {
            line.clone_into(&mut self.last_stdout);
        }
        STEP.is_match(line).then_some(line)
    }

    /// Takes a line of standard error.
    pub fn stderr(&mut self, line: &str) {
        if !line.trim().is_empty() {
            line.clone_into(&mut self.last_stderr);
        }
    }

    /// What the run says about the reserves, whatever became of the order.
    #[must_use]
    pub fn reserves(&self) -> Option<RunReserves> {
        let line = serde_json::from_str::<ResultLine>(&self.last_stdout).ok()?;
        (line.version == 1).then_some(line.reserves)
    }

    /// What the run says about the orders with these references.
    #[must_use]
    pub fn outcomes(&self, exit: Exit, references: &[B256]) -> Vec<Outcome> {
        match exit {
            Exit::Code(0) => self.result(references),
            Exit::Code(code) => vec![self.error(code); references.len()],
            exit => vec![Outcome::Lost(self.message(exit)); references.len()],
        }
    }

    fn result(&self, references: &[B256]) -> Vec<Outcome> {
        let Ok(line) = serde_json::from_str::<ResultLine>(&self.last_stdout) else {
            let message = "the workflow's last line is not a result".to_owned();
            return vec![Outcome::Lost(message); references.len()];
        };
        references.iter().map(|reference| self.of_order(&line, *reference)).collect()
    }

    fn of_order(&self, line: &ResultLine, reference: B256) -> Outcome {
        let Some(order) = line.orders.iter().find(|order| order.bank_ref == reference) else {
            return Outcome::Lost("the workflow's result does not mention the order".to_owned());
        };
        // A line that says "delivered" outweighs a result that says "refused" to everybody.
        let explained =
            self.reported.is_empty() || line.orders.iter().any(|order| order.outcome == "delivered");
        match (line.version, order.outcome.as_str()) {
            (1, "delivered") => Outcome::Delivered { reported_tx: self.reported_tx(reference) },
            (1, "refused") if explained => Outcome::Refused(Box::new(Refusal {
                code: order.code,
                policy: order.policy.clone(),
                reason: order.reason.clone(),
                reserves: line.reserves.clone(),
            })),
            _ => Outcome::Lost("the workflow's result contradicts itself".to_owned()),
        }
    }

    /// The one hash that was printed, if it can be one: not zero, not the reference, not one of several.
    fn reported_tx(&self, reference: B256) -> Option<B256> {
        match self.reported.as_slice() {
            [hash] if !hash.is_zero() && *hash != reference => Some(*hash),
            _ => None,
        }
    }

    /// How the run ended, in a sentence for the operator's log.
    #[must_use]
    pub fn message(&self, exit: Exit) -> String {
        let message = match (exit, serde_json::from_str::<ErrorLine>(&self.last_stderr)) {
            (Exit::Code(code), Ok(line)) => format!("exit {code}, {}: {}", line.code, line.error),
            (Exit::Code(code), Err(_)) => format!("exit {code}"),
            (Exit::Signal, _) => "the workflow process was killed".to_owned(),
            (Exit::Deadline, _) => "the workflow passed its deadline".to_owned(),
            (Exit::Flood, _) => "the workflow printed too much".to_owned(),
            (Exit::Stopped, _) => "the workflow was stopped".to_owned(),
        };
        message.chars().filter(|c| !c.is_control()).take(ERROR_CHARS_MAX).collect()
    }

    fn error(&self, code: i32) -> Outcome {
        let known = serde_json::from_str::<ErrorLine>(&self.last_stderr).ok();
        let message = self.message(Exit::Code(code));
        // Only a refused configuration provably precedes every signature.
        if code == 2 && self.reported.is_empty() && known.is_some_and(|line| line.code == "CONFIG_REFUSED") {
            Outcome::Unstarted(message)
        } else {
            Outcome::Lost(message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REFERENCE: B256 = B256::repeat_byte(0xab);
    const HASH: B256 = B256::repeat_byte(0x11);

    fn said(lines: &[String], exit: Exit) -> Outcome {
        let mut parser = OutputParser::default();
        for line in lines {
            parser.stdout(line);
        }
        parser.outcomes(exit, &[REFERENCE]).remove(0)
    }

    fn result(outcome: &str, code: &str) -> String {
        format!(
            r#"{{"version":1,"executionId":"0x","txHash":"","reserves":{{"amount":"5","liability":"3","requested":"4","observedAt":1}},"orders":[{{"bankRef":"{REFERENCE}","outcome":"{outcome}","code":"{code}","policy":"","reason":""}}]}}"#
        )
    }

    #[test]
    fn output_hash_is_an_anchored_line_only() {
        let delivered = result("delivered", "");
        let noise = vec![
            format!("payload {REFERENCE}"),
            format!("Encoded mint report: {HASH}"),
            format!("  Mint report delivered: {HASH}"),
            format!("Mint report delivered: {HASH} "),
            format!("x Mint report delivered: {HASH}"),
        ];
        let mut lines = noise.clone();
        lines.push(delivered.clone());
        assert_eq!(said(&lines, Exit::Code(0)), Outcome::Delivered { reported_tx: None });
        let mut lines = noise;
        lines.extend([format!("Mint report delivered: {HASH}"), delivered]);
        assert_eq!(said(&lines, Exit::Code(0)), Outcome::Delivered { reported_tx: Some(HASH) });
    }

    #[test]
    fn output_hash_is_never_the_reference_zero_or_ambiguous() {
        for hashes in [vec![REFERENCE], vec![B256::ZERO], vec![HASH, B256::repeat_byte(0x22)]] {
            let mut lines: Vec<String> =
                hashes.iter().map(|hash| format!("Mint report delivered: {hash}")).collect();
            lines.push(result("delivered", ""));
            assert_eq!(said(&lines, Exit::Code(0)), Outcome::Delivered { reported_tx: None });
        }
    }

    #[test]
    fn output_refusal_is_believed_only_without_a_delivery() {
        let refused = result("refused", "POR_INSUFFICIENT_RESERVES");
        let Outcome::Refused(refusal) = said(std::slice::from_ref(&refused), Exit::Code(0)) else {
            panic!("not refused")
        };
        assert_eq!(
            (refusal.code, refusal.reserves.amount.as_str()),
            (RefusalCode::PorInsufficientReserves, "5")
        );
        let lines = [format!("Mint report delivered: {HASH}"), refused];
        assert!(matches!(said(&lines, Exit::Code(0)), Outcome::Lost(_)));
    }

    #[test]
    fn output_gives_each_order_of_a_batch_its_own_outcome() {
        let other = B256::repeat_byte(0xcd);
        let order = |reference: B256, outcome: &str| {
            format!(r#"{{"bankRef":"{reference}","outcome":"{outcome}","code":"ACE_REJECTED"}}"#)
        };
        let (sent, kept) = (order(REFERENCE, "delivered"), order(other, "refused"));
        let mut parser = OutputParser::default();
        parser.stdout(&format!("Mint report delivered: {HASH}"));
        parser.stdout(&format!(r#"{{"version":1,"orders":[{sent},{kept}]}}"#));
        let missing = B256::repeat_byte(0xef);
        let outcomes = parser.outcomes(Exit::Code(0), &[other, REFERENCE, missing]);
        assert!(
            matches!(&outcomes[0], Outcome::Refused(refusal) if refusal.code == RefusalCode::AceRejected)
        );
        assert_eq!(outcomes[1], Outcome::Delivered { reported_tx: Some(HASH) });
        assert!(matches!(outcomes[2], Outcome::Lost(_)));
    }

    #[test]
    fn output_errors_are_lost_unless_the_config_was_refused() {
        let with = |code: i32, line: &str| {
            let mut parser = OutputParser::default();
            parser.stderr(line);
            parser.outcomes(Exit::Code(code), &[REFERENCE]).remove(0)
        };
        assert!(matches!(
            with(2, r#"{"error":"porApiUrl differs","code":"CONFIG_REFUSED"}"#),
            Outcome::Unstarted(_)
        ));
        assert!(matches!(with(2, r#"{"error":"no answer","code":"RPC_UNAVAILABLE"}"#), Outcome::Lost(_)));
        assert!(matches!(with(1, r#"{"error":"x","code":"WORKFLOW_ERROR"}"#), Outcome::Lost(_)));
        assert!(matches!(said(&[result("delivered", "")], Exit::Deadline), Outcome::Lost(_)));
        assert!(matches!(said(&["done".to_owned()], Exit::Code(0)), Outcome::Lost(_)));
    }

    proptest! {
        #[test]
        fn output_never_takes_the_reference_for_a_hash(lines in prop::collection::vec(".{0,120}", 0..20), code in -1..3_i32) {
            let mut lines = lines;
            lines.push(format!("Mint report delivered: {REFERENCE}"));
            lines.push(result("delivered", ""));
            match said(&lines, Exit::Code(code)) {
                Outcome::Delivered { reported_tx } => prop_assert_ne!(reported_tx, Some(REFERENCE)),
                outcome => prop_assert!(matches!(outcome, Outcome::Lost(_))),
            }
        }
    }
}
