//! A run of the workflow: what it is asked, and what it says became of it.

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Deserializer};

use super::evidence::RunEvidence;

use crate::domain::{OrderKey, RefusalCode};

/// Orders of one basket for one run: they travel in one report, each for another beneficiary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Identifies the attempt; the execution id is derived from it.
    pub request_id: String,
    /// The chain.
    pub chain_id: u64,
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub consumer: Address,
    /// Unix seconds after which the report is worthless.
    pub valid_until: u64,
    /// The orders; at least one.
    pub orders: Vec<OrderKey>,
}

/// A run without an order: the DON proves the reserve and writes the proof to the basket's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// Identifies the attempt; the execution id is derived from it.
    pub request_id: String,
    /// Which basket is meant.
    pub of: Attestable,
}

/// Which basket a run attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attestable {
    /// This one.
    Basket {
        /// The chain.
        chain_id: u64,
        /// The token.
        stablecoin: Address,
        /// The consumer.
        consumer: Address,
    },
    /// The one whose turn it is: the workflow's schedule fires.
    Turn {
        /// When it fires, in unix seconds.
        fired_at: u64,
    },
}

/// What a run without an order said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attested {
    /// The token of the basket; `None` when the workflow's factory has none.
    pub stablecoin: Option<Address>,
    /// Its reserves.
    pub reserves: RunReserves,
}

/// How a run ended, and what it said about the reserves on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunResult {
    /// What became of each order, in the order of the run.
    pub outcomes: Vec<Outcome>,
    /// The reserves as the run saw them, if it said anything about them.
    pub reserves: Option<RunReserves>,
    /// Who observed what, who signed, what it cost and how long it took, if the run could say.
    pub evidence: Option<RunEvidence>,
}

impl RunResult {
    /// The same outcome for every order, and nothing about the reserves.
    #[must_use]
    pub fn of_all(orders: usize, outcome: Outcome) -> Self {
        Self { outcomes: vec![outcome; orders], reserves: None, evidence: None }
    }

    /// The transaction that the run says it sent, if it printed one.
    #[must_use]
    pub fn reported_tx(&self) -> Option<B256> {
        self.outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Delivered { reported_tx } => *reported_tx,
            _ => None,
        })
    }

    /// What the run said about itself, in one sentence for the log.
    #[must_use]
    pub fn message(&self) -> String {
        match self.outcomes.as_slice() {
            [Outcome::Delivered { .. }] => "delivered".to_owned(),
            [Outcome::Refused(refusal)] => refusal.code.name().to_owned(),
            [Outcome::Unsigned { message, .. } | Outcome::Lost(message), ..] => message.clone(),
            many => {
                let sent = many.iter().filter(|outcome| matches!(outcome, Outcome::Delivered { .. }));
                format!("{} of {} delivered", sent.count(), many.len())
            }
        }
    }
}

/// How a run ended for one order, as far as the run itself can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It says that it delivered a report.
    Delivered {
        /// The printed transaction hash, when it is a usable one.
        reported_tx: Option<B256>,
    },
    /// It says that it refused the order before signing.
    Refused(Box<Refusal>),
    /// It ended, and no node has signed or will sign a report of it.
    Unsigned {
        /// What stopped it.
        code: RunFailureCode,
        /// A sentence for the log.
        message: String,
    },
    /// Anything else: a report may have been signed; a sentence for the log.
    Lost(String),
}

/// What stopped a run of which nothing was signed: the codes of host/README.md, and [`Self::NotStarted`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RunFailureCode {
    /// The workflow's process or the run directory could not be had; the gateway's own code.
    #[serde(skip)]
    NotStarted,
    /// A file of the run, its secrets or its keys could not be read.
    FilesUnavailable,
    /// The chain's endpoint did not answer, or the nodes' endpoints had no common answer.
    RpcUnavailable,
    /// More nodes failed, or were late, than may.
    NodesFailed,
    /// The transmitter cannot pay for a delivery.
    TransmitterUnfunded,
    /// The configuration is refused.
    ConfigRefused,
    /// The workflow threw.
    WorkflowError,
    /// The host's settings are wrong, or it met something that it does not know.
    HostError,
    /// A code that this version does not know.
    #[serde(other)]
    Unknown,
}

impl RunFailureCode {
    /// The code word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotStarted => "NOT_STARTED",
            Self::FilesUnavailable => "FILES_UNAVAILABLE",
            Self::RpcUnavailable => "RPC_UNAVAILABLE",
            Self::NodesFailed => "NODES_FAILED",
            Self::TransmitterUnfunded => "TRANSMITTER_UNFUNDED",
            Self::ConfigRefused => "CONFIG_REFUSED",
            Self::WorkflowError => "WORKFLOW_ERROR",
            Self::HostError => "HOST_ERROR",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Why the workflow refused an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The code.
    pub code: RefusalCode,
    /// Refusing policy, or empty.
    pub policy: String,
    /// Name of the verdict, or what the reserve source said, or empty.
    pub reason: String,
    /// The reserves at that moment.
    pub reserves: RunReserves,
}

/// Reserves as the DON agreed on them; amounts are base units in decimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReserves {
    /// The source's time of the amount, unix seconds; 0 when the step was not reached.
    #[serde(default)]
    pub observed_at: u64,
    /// Every source with class, time and code, as the workflow names them.
    #[serde(default)]
    pub sources: Vec<serde_json::Value>,
    /// Sentences that people should read.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// What backs the basket; empty when the step was not reached.
    #[serde(default)]
    pub amount: String,
    /// The liability that the run compared it with.
    #[serde(default)]
    pub liability: String,
    /// Why there is no proof of the reserves; `None` when there is one or the step was not reached.
    #[serde(default, deserialize_with = "code_or_empty")]
    pub code: Option<RefusalCode>,
    /// The same as a sentence.
    #[serde(default)]
    pub reason: String,
}

fn code_or_empty<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RefusalCode>, D::Error> {
    use serde::de::IntoDeserializer;
    let word = String::deserialize(from)?;
    if word.is_empty() { Ok(None) } else { RefusalCode::deserialize(word.into_deserializer()).map(Some) }
}
