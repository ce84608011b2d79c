//! Why a mint did not happen: a stable code, a sentence, and the evidence.

use serde::{Deserialize, Serialize};

use super::request::ParseError;

/// Stable failure codes, the `code` member of every problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FailureCode {
    /// The request is malformed.
    InvalidRequest,
    /// The pair is not a basket of the configured factory.
    UnknownBasket,
    /// Token and consumer belong to different baskets.
    BasketMismatch,
    /// Cross-chain delivery is not offered.
    CrossChainUnavailable,
    /// The idempotency key was used for another request.
    IdempotencyMismatch,
    /// The bank reference was used for another order.
    DuplicateReference,
    /// An ACE policy refused the order; `policy` and `reason` say which and why.
    AceRejected,
    /// The contracts refuse this order whatever the policies say.
    InvalidOrder,
    /// The basket's cap per time window is used up.
    MintCapExceeded,
    /// The reserves do not cover what is issued plus this order.
    PorInsufficientReserves,
    /// The reserve proof is too old.
    PorStale,
    /// The reserve source does not answer, or not in a usable way.
    PorUnavailable,
    /// The reserve source pulled its emergency stop.
    PorRipcord,
    /// The reserve source answered something that must not be believed.
    PorInvalid,
    /// The basket's circuit breaker is open; `reason` says why.
    CircuitOpen,
    /// A limit of the caller's own is used up.
    AmountLimitExceeded,
    /// No reserve account backs this basket.
    NoReserveAssigned,
    /// The request's `expiresAt` passed before anything of it was signed; `reason` says why it waited.
    Expired,
    /// The workflow failed.
    WorkflowFailed,
    /// A transmitter key cannot pay for a delivery.
    TransmitterUnfunded,
    /// The chain cannot be read.
    ChainUnavailable,
    /// The mint is not in a state that allows the action.
    NotAllowed,
    /// The store cannot be reached.
    StoreUnavailable,
}

impl FailureCode {
    /// Every code.
    pub const ALL: &[Self] = &[
        Self::InvalidRequest,
        Self::UnknownBasket,
        Self::BasketMismatch,
        Self::CrossChainUnavailable,
        Self::IdempotencyMismatch,
        Self::DuplicateReference,
        Self::AceRejected,
        Self::InvalidOrder,
        Self::MintCapExceeded,
        Self::PorInsufficientReserves,
        Self::PorStale,
        Self::PorUnavailable,
        Self::PorRipcord,
        Self::PorInvalid,
        Self::CircuitOpen,
        Self::AmountLimitExceeded,
        Self::NoReserveAssigned,
        Self::Expired,
        Self::WorkflowFailed,
        Self::TransmitterUnfunded,
        Self::ChainUnavailable,
        Self::NotAllowed,
        Self::StoreUnavailable,
    ];

    /// The code of a word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }

    /// The code word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::UnknownBasket => "UNKNOWN_BASKET",
            Self::BasketMismatch => "BASKET_MISMATCH",
            Self::CrossChainUnavailable => "CROSS_CHAIN_UNAVAILABLE",
            Self::IdempotencyMismatch => "IDEMPOTENCY_MISMATCH",
            Self::DuplicateReference => "DUPLICATE_REFERENCE",
            Self::AceRejected => "ACE_REJECTED",
            Self::InvalidOrder => "INVALID_ORDER",
            Self::MintCapExceeded => "MINT_CAP_EXCEEDED",
            Self::PorInsufficientReserves => "POR_INSUFFICIENT_RESERVES",
            Self::PorStale => "POR_STALE",
            Self::PorUnavailable => "POR_UNAVAILABLE",
            Self::PorRipcord => "POR_RIPCORD",
            Self::PorInvalid => "POR_INVALID",
            Self::CircuitOpen => "CIRCUIT_OPEN",
            Self::AmountLimitExceeded => "AMOUNT_LIMIT_EXCEEDED",
            Self::NoReserveAssigned => "NO_RESERVE_ASSIGNED",
            Self::Expired => "EXPIRED",
            Self::WorkflowFailed => "WORKFLOW_FAILED",
            Self::TransmitterUnfunded => "TRANSMITTER_UNFUNDED",
            Self::ChainUnavailable => "CHAIN_UNAVAILABLE",
            Self::NotAllowed => "NOT_ALLOWED",
            Self::StoreUnavailable => "STORE_UNAVAILABLE",
        }
    }

    /// Whether the reserves, or whoever reports them, are the reason.
    #[must_use]
    pub const fn blames_reserves(self) -> bool {
        matches!(
            self,
            Self::PorInsufficientReserves
                | Self::PorStale
                | Self::PorUnavailable
                | Self::PorRipcord
                | Self::PorInvalid
                | Self::NoReserveAssigned
        )
    }

    /// Whether somebody said no to this order, as opposed to weather: what broke, is late, or does not answer.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        match self {
            Self::PorStale
            | Self::PorUnavailable
            | Self::PorRipcord
            | Self::PorInvalid
            | Self::CircuitOpen
            | Self::Expired
            | Self::WorkflowFailed
            | Self::TransmitterUnfunded
            | Self::ChainUnavailable
            | Self::StoreUnavailable => false,
            Self::InvalidRequest
            | Self::UnknownBasket
            | Self::BasketMismatch
            | Self::CrossChainUnavailable
            | Self::IdempotencyMismatch
            | Self::DuplicateReference
            | Self::AceRejected
            | Self::InvalidOrder
            | Self::MintCapExceeded
            | Self::PorInsufficientReserves
            | Self::AmountLimitExceeded
            | Self::NoReserveAssigned
            | Self::NotAllowed => true,
        }
    }
}

/// What backs a failure; amounts are decimal numbers of whole tokens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// Address of the refusing ACE policy.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<String>,
    /// Name of the verdict, for example `BLACKLISTED`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// Reserves that the DON agreed on.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reserves: Option<String>,
    /// Issued minus redeemed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub liability: Option<String>,
    /// What was asked for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub requested: Option<String>,
    /// How much the reserves fall short.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deficit: Option<String>,
    /// What is promised to other requests.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reserved: Option<String>,
    /// The limit that the amount is over.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<String>,
    /// What was spent of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub spent: Option<String>,
    /// When it starts anew, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub resets_at: Option<String>,
    /// Seconds after which asking again makes sense.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub retry_after_seconds: Option<u64>,
    /// Field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
}

/// A failure as it is stored, shown and sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    /// The stable code.
    pub code: FailureCode,
    /// One sentence for people; never a path, a key or a stack trace.
    pub detail: String,
    /// What backs it.
    #[serde(flatten)]
    pub evidence: Box<Evidence>,
}

impl Failure {
    /// A failure without evidence.
    #[must_use]
    pub fn new(code: FailureCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), evidence: Box::default() }
    }

    /// The same failure with evidence.
    #[must_use]
    pub fn with(mut self, evidence: Evidence) -> Self {
        *self.evidence = evidence;
        self
    }
}

impl From<ParseError> for Failure {
    fn from(problem: ParseError) -> Self {
        let evidence = Evidence { field: Some(problem.field.to_owned()), ..Evidence::default() };
        Self::new(FailureCode::InvalidRequest, problem.to_string()).with(evidence)
    }
}
