//! What a run can show for itself, as its last line tells it (`host/don/evidence.ts`): a claim of the DON's operator.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};

use crate::base::text::is_unprintable;

/// The one version that there is.
const VERSION: u32 = 1;
/// Most bytes as JSON.
const BYTES_MAX: usize = 8 << 10;
/// Most nodes of a DON (the forwarder takes no more signers).
const NODES_MAX: usize = 31;
/// Most observations of a node, and most reserve accounts.
const OBSERVATIONS_MAX: usize = 10;
/// Most notes about a node.
const NOTES_MAX: usize = 3;
/// Most steps.
const STEPS_MAX: usize = 16;
/// Longest text; all but operators' texts are words and digits.
const TEXT_CHARS_MAX: usize = 120;

/// Who observed what, who signed, what it cost and how long each step took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunEvidence {
    /// Version of this shape.
    pub version: u32,
    /// The execution.
    pub execution_id: B256,
    /// The workflow that was run; `local:` stands before the id of code that was not built for a DON.
    pub workflow_id: String,
    /// Names the DON and its signers, as every report's context does.
    pub config_digest: B256,
    /// How many nodes may be faulty.
    pub f: u32,
    /// Height of the last block at which the nodes read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// The report, if one was signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<SignedReport>,
    /// The nodes.
    pub nodes: Vec<NodeEvidence>,
    /// Milliseconds of each step that was reached: compliance, reserves, consensus, sign, deliver, confirm.
    pub steps_millis: BTreeMap<String, u64>,
    /// The delivery, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryEvidence>,
    /// Names, notes and the payer: for operators only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorEvidence>,
    /// Whether something was left out for its size.
    pub truncated: bool,
}

/// A report that exactly f + 1 nodes signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedReport {
    /// What was signed: the digest of report and context.
    pub digest: B256,
    /// Ids of the nodes whose signatures it carries.
    pub signers: Vec<u32>,
}

/// A node's part in the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeEvidence {
    /// Its place in the DON.
    pub id: u32,
    /// The address that its signatures recover to.
    pub signer: Address,
    /// AGREED, LATE, SILENT, DISSENTED or FAULTY.
    pub conduct: String,
    /// What it saw, source by source.
    pub observations: Vec<NodeObservation>,
}

/// What a node saw of a reserve source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeObservation {
    /// Base units in decimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The source's time, unix seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_at: Option<u64>,
    /// AGREED, DIFFERS, NO_ANSWER, OPEN, or the word for what was wrong with the answer.
    pub code: String,
}

/// What a delivery cost; nothing is known of one that an earlier run paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeliveryEvidence {
    /// The transaction.
    pub tx_hash: B256,
    /// Gas of the whole transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas_used: Option<u64>,
    /// What a unit of gas cost, in wei, in decimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gas_price_wei: Option<String>,
}

/// What only operators may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorEvidence {
    /// Who pays for the delivery.
    pub transmitter: Address,
    /// What he had before it, in wei, in decimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_wei: Option<String>,
    /// Names of the nodes, and what was noted about them.
    pub nodes: Vec<OperatorNode>,
    /// Reserve accounts that the nodes heard of.
    pub accounts: Vec<String>,
}

/// A node as its operator knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorNode {
    /// Its place in the DON.
    pub id: u32,
    /// Its name in the key file.
    pub name: String,
    /// What it did that others did not.
    pub notes: Vec<String>,
}

impl RunEvidence {
    /// Reads evidence; `None` for another version or shape, and for what exceeds its bounds.
    #[must_use]
    pub fn parse(value: &serde_json::Value) -> Option<Self> {
        let evidence: Self = serde_json::from_value(value.clone()).ok()?;
        (evidence.version == VERSION && evidence.is_bounded()).then_some(evidence)
    }

    /// The evidence as callers may see it.
    #[must_use]
    pub fn without_operator(mut self) -> Self {
        self.operator = None;
        self
    }

    fn is_bounded(&self) -> bool {
        let size = serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
        let signers = self.report.as_ref().map_or(0, |report| report.signers.len());
        let words = |node: &NodeEvidence| {
            node.observations.len() <= OBSERVATIONS_MAX
                && is_word(&node.conduct)
                && node
                    .observations
                    .iter()
                    .all(|seen| is_word(&seen.code) && seen.amount.as_deref().is_none_or(is_decimal))
        };
        let price = self.delivery.as_ref().and_then(|delivery| delivery.gas_price_wei.as_deref());
        size <= BYTES_MAX
            && is_workflow_id(&self.workflow_id)
            && self.nodes.len() <= NODES_MAX
            && signers <= NODES_MAX
            && self.steps_millis.len() <= STEPS_MAX
            && self.steps_millis.keys().all(|step| step.len() <= 16 && is_lower(step))
            && self.nodes.iter().all(words)
            && price.is_none_or(is_decimal)
            && self.operator.as_ref().is_none_or(OperatorEvidence::is_bounded)
    }
}

impl OperatorEvidence {
    fn is_bounded(&self) -> bool {
        let short =
            |text: &String| text.chars().count() <= TEXT_CHARS_MAX && !text.chars().any(is_unprintable);
        self.nodes.len() <= NODES_MAX
            && self.balance_wei.as_deref().is_none_or(is_decimal)
            && self.accounts.len() <= OBSERVATIONS_MAX
            && self.accounts.iter().all(short)
            && self.nodes.iter().all(|node| {
                short(&node.name) && node.notes.len() <= NOTES_MAX && node.notes.iter().all(short)
            })
    }
}

/// A workflow's id as the host shows it.
fn is_workflow_id(text: &str) -> bool {
    let id = text.strip_prefix("local:").unwrap_or(text);
    id.strip_prefix("0x").is_some_and(|digits| {
        digits.len() == 64 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// A code word; nothing that others wrote.
fn is_word(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn is_decimal(text: &str) -> bool {
    (1..=78).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_lower(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// Evidence of a mint, as the host prints it.
    pub(crate) fn evidence() -> Value {
        let word = B256::repeat_byte(7);
        let signer = Address::repeat_byte(9);
        json!({
            "version": 1, "executionId": word, "workflowId": format!("local:{word}"), "configDigest": word, "f": 1, "block": 12,
            "report": {"digest": word, "signers": [0, 2]},
            "nodes": [{"id": 0, "signer": signer, "conduct": "AGREED", "observations": [
                {"amount": "1000000", "observedAt": 1_790_000_000, "code": "AGREED"}, {"code": "NO_ANSWER"},
            ]}],
            "stepsMillis": {"compliance": 3, "reserves": 9, "consensus": 2, "sign": 4, "deliver": 5, "confirm": 12},
            "delivery": {"txHash": word, "gasUsed": 412_000, "gasPriceWei": "1000000007"},
            "operator": {"transmitter": signer, "balanceWei": "7", "nodes": [{"id": 0, "name": "node-1", "notes": []}], "accounts": ["Bank"]},
            "truncated": false,
        })
    }

    #[test]
    fn evidence_is_read_and_written_as_it_stands() {
        let read = RunEvidence::parse(&evidence()).unwrap();
        assert_eq!(read.report.as_ref().unwrap().signers, [0, 2]);
        assert_eq!(read.steps_millis["confirm"], 12);
        assert_eq!(serde_json::to_value(&read).unwrap(), evidence());
        assert_eq!(read.without_operator().operator, None);
        let mut refused = evidence();
        for absent in ["block", "report", "delivery", "operator"] {
            refused.as_object_mut().unwrap().remove(absent);
        }
        assert!(RunEvidence::parse(&refused).is_some());
    }

    #[test]
    fn evidence_beyond_its_shape_or_bounds_is_none() {
        let long = "x".repeat(TEXT_CHARS_MAX + 1);
        let wrong: Vec<(&str, Value)> = vec![
            ("/version", json!(2)),
            ("/version", json!("1")),
            ("/executionId", json!("0x1")),
            ("/workflowId", json!("local:0x1")),
            ("/workflowId", json!(format!("foreign:{}", B256::ZERO))),
            ("/surprise", json!(1)),
            ("/nodes", json!(vec![evidence()["nodes"][0].clone(); NODES_MAX + 1])),
            ("/nodes/0/conduct", json!("http://node-1.example")),
            ("/nodes/0/observations", json!(vec![json!({"code": "OPEN"}); OBSERVATIONS_MAX + 1])),
            ("/nodes/0/observations/0/amount", json!("-1")),
            ("/nodes/0/observations/0/code", json!("no answer")),
            ("/stepsMillis", json!({"Mint report delivered": 1})),
            ("/stepsMillis/sign", json!(-1)),
            ("/delivery/gasPriceWei", json!("0x10")),
            ("/operator/accounts", json!([long])),
            ("/operator/accounts", json!(["two\nlines"])),
            ("/operator/nodes/0/notes", json!(["a", "b", "c", "d"])),
        ];
        for (place, value) in wrong {
            let mut changed = evidence();
            match changed.pointer_mut(place) {
                Some(slot) => *slot = value.clone(),
                None => changed[&place[1..]] = value.clone(),
            }
            assert_eq!(RunEvidence::parse(&changed), None, "{place} = {value}");
        }
        assert_eq!(RunEvidence::parse(&Value::Null), None);
    }

    #[test]
    fn evidence_of_more_than_eight_kilobytes_is_none() {
        let mut large = evidence();
        let node = json!({"id": 1, "signer": Address::ZERO, "conduct": "AGREED",
            "observations": vec![json!({"amount": "9".repeat(78), "code": "AGREED"}); OBSERVATIONS_MAX]});
        large["nodes"] = json!(vec![node; 8]);
        assert_eq!(RunEvidence::parse(&large), None);
    }
}
