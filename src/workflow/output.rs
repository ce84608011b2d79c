//! What a workflow run printed: anchored lines, never "the first thing that looks like a hash".

use std::sync::LazyLock;

use alloy::primitives::B256;
use regex::Regex;
use serde::Deserialize;

use super::evidence::RunEvidence;
use super::run::{Attested, Outcome, Refusal, RunFailureCode, RunReserves};
use crate::base::text::is_unprintable;
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
    /// Empty when the schedule found no basket.
    #[serde(default)]
    stablecoin: String,
    #[serde(default)]
    reserves: RunReserves,
    orders: Vec<OrderResult>,
    /// Whether a node may have signed a report of this run.
    signed: Option<bool>,
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
    code: RunFailureCode,
    /// `false` only when no node has signed, or will sign, a report of this run.
    signed: Option<bool>,
}

/// Either last line, as far as its evidence goes.
#[derive(Deserialize)]
struct EvidenceLine {
    evidence: Option<serde_json::Value>,
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

    /// What a run without an order says.
    #[must_use]
    pub fn attested(&self) -> Option<Attested> {
        let line = serde_json::from_str::<ResultLine>(&self.last_stdout).ok()?;
        let stablecoin = line.stablecoin.parse().ok();
        (line.version == 1).then_some(Attested { stablecoin, reserves: line.reserves })
    }

    /// What the run can show for itself; `None` when it says nothing, or nothing that can be believed.
    #[must_use]
    pub fn evidence(&self, exit: Exit) -> Option<RunEvidence> {
        let last = if exit == Exit::Code(0) { &self.last_stdout } else { &self.last_stderr };
        let found = serde_json::from_str::<EvidenceLine>(last).ok()?.evidence?;
        let evidence = RunEvidence::parse(&found);
        if evidence.is_none() {
            tracing::warn!(
                "the evidence of a run has another shape or size than it may have, and is left out"
            );
        }
        evidence
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
        // A line that says "delivered", or a signature, outweighs a result that says "refused" to everybody.
        let delivers = line.orders.iter().any(|order| order.outcome == "delivered");
        let explained = delivers || (self.reported.is_empty() && line.signed != Some(true));
        match (line.version, order.outcome.as_str()) {
            (1, "delivered") if line.signed != Some(false) => {
                Outcome::Delivered { reported_tx: self.reported_tx(reference) }
            }
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
            (Exit::Code(code), Ok(line)) => format!("exit {code}, {}: {}", line.code.name(), line.error),
            (Exit::Code(code), Err(_)) => format!("exit {code}"),
            (Exit::Signal, _) => "the workflow process was killed".to_owned(),
            (Exit::Deadline, _) => "the workflow passed its deadline".to_owned(),
            (Exit::Flood, _) => "the workflow printed too much".to_owned(),
            (Exit::Stopped, _) => "the workflow was stopped".to_owned(),
        };
        message.chars().filter(|c| !is_unprintable(*c)).take(ERROR_CHARS_MAX).collect()
    }

    /// Only a line that says so proves that nothing was signed; a process that died says nothing.
    fn error(&self, code: i32) -> Outcome {
        let message = self.message(Exit::Code(code));
        match serde_json::from_str::<ErrorLine>(&self.last_stderr) {
            Ok(line) if matches!(code, 1 | 2) && line.signed == Some(false) && self.reported.is_empty() => {
                Outcome::Unsigned { code: line.code, message }
            }
            _ => Outcome::Lost(message),
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

    fn failed(code: i32, line: &str) -> Outcome {
        let mut parser = OutputParser::default();
        parser.stderr(r#"{"seq":1,"level":"warn","event":"read.failed","error":"x"}"#);
        parser.stderr(line);
        parser.outcomes(Exit::Code(code), &[REFERENCE]).remove(0)
    }

    #[test]
    fn output_errors_before_a_signature_are_unsigned() {
        for (word, exit, code) in [
            ("CONFIG_REFUSED", 2, RunFailureCode::ConfigRefused),
            ("FILES_UNAVAILABLE", 2, RunFailureCode::FilesUnavailable),
            ("RPC_UNAVAILABLE", 2, RunFailureCode::RpcUnavailable),
            ("NODES_FAILED", 2, RunFailureCode::NodesFailed),
            ("TRANSMITTER_UNFUNDED", 2, RunFailureCode::TransmitterUnfunded),
            ("WORKFLOW_ERROR", 1, RunFailureCode::WorkflowError),
            ("HOST_ERROR", 2, RunFailureCode::HostError),
            ("FROM_TOMORROW", 2, RunFailureCode::Unknown),
        ] {
            let line = |signed: &str| format!(r#"{{"error":"why","code":"{word}"{signed}}}"#);
            let Outcome::Unsigned { code: read, message } = failed(exit, &line(r#","signed":false"#)) else {
                panic!("{word} is not unsigned")
            };
            assert_eq!(read, code);
            assert_eq!(message, format!("exit {exit}, {}: why", code.name()));
            for signed in ["", r#","signed":true"#, r#","signed":null"#, r#","signed":"false""#] {
                assert!(matches!(failed(exit, &line(signed)), Outcome::Lost(_)), "{word}{signed}");
            }
        }
        let ours = r#"{"error":"why","code":"NOT_STARTED","signed":false}"#;
        assert!(matches!(failed(2, ours), Outcome::Unsigned { code: RunFailureCode::Unknown, .. }));
    }

    #[test]
    fn output_errors_without_proof_are_lost() {
        let line = r#"{"error":"why","code":"NODES_FAILED","signed":false}"#;
        assert!(matches!(failed(137, line), Outcome::Lost(_)), "an exit code that is none of the host's");
        assert!(matches!(failed(2, "Segmentation fault"), Outcome::Lost(_)));
        let mut parser = OutputParser::default();
        parser.stderr(line);
        for exit in [Exit::Signal, Exit::Deadline, Exit::Flood, Exit::Stopped] {
            assert!(matches!(parser.outcomes(exit, &[REFERENCE])[0], Outcome::Lost(_)), "{exit:?}");
        }
        parser.stdout(&format!("Mint report delivered: {HASH}"));
        assert!(
            matches!(parser.outcomes(Exit::Code(2), &[REFERENCE])[0], Outcome::Lost(_)),
            "a contradiction"
        );
        assert!(matches!(said(&[result("delivered", "")], Exit::Deadline), Outcome::Lost(_)));
        assert!(matches!(said(&["done".to_owned()], Exit::Code(0)), Outcome::Lost(_)));
    }

    #[test]
    fn output_results_agree_with_what_was_signed() {
        let with = |outcome: &str, signed: bool| {
            let code = if outcome == "refused" { "ACE_REJECTED" } else { "" };
            let line = result(outcome, code);
            said(&[format!(r#"{},"signed":{signed}}}"#, &line[..line.len() - 1])], Exit::Code(0))
        };
        assert!(matches!(with("refused", false), Outcome::Refused(_)));
        assert!(matches!(with("refused", true), Outcome::Lost(_)));
        assert!(matches!(with("delivered", true), Outcome::Delivered { .. }));
        assert!(matches!(with("delivered", false), Outcome::Lost(_)));
    }

    #[test]
    fn output_carries_the_evidence_of_either_line() {
        let evidence = crate::workflow::evidence::tests::evidence();
        let mut parser = OutputParser::default();
        parser.stdout(&format!(r#"{{"version":1,"orders":[],"evidence":{evidence}}}"#));
        parser.stderr(r#"{"error":"x","code":"NODES_FAILED","evidence":{"version":2}}"#);
        assert_eq!(serde_json::to_value(parser.evidence(Exit::Code(0)).unwrap()).unwrap(), evidence);
        assert_eq!(parser.evidence(Exit::Code(2)), None);
        parser.stderr(&format!(r#"{{"error":"x","code":"NODES_FAILED","evidence":{evidence}}}"#));
        assert!(parser.evidence(Exit::Code(2)).is_some());
        assert_eq!(OutputParser::default().evidence(Exit::Code(0)), None);
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
