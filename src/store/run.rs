//! A run of the workflow: what it can show for itself, and what it said of its orders.

use std::sync::Arc;

use alloy::primitives::{Address, B256, U256};
use uuid::Uuid;

/// What a run can show for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRecord {
    /// The execution.
    pub execution_id: B256,
    /// Orders that its report carries.
    pub orders: u32,
    /// Whether a report was or may have been signed.
    pub is_signed: bool,
    /// What it compared, if it got so far.
    pub figures: Option<RunFigures>,
    /// Version of the evidence.
    pub evidence_version: u32,
    /// The evidence as JSON; the caller bounds it.
    pub evidence_json: String,
}

/// Figures that a run compared, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunFigures {
    /// What backs the basket.
    pub reserves: U256,
    /// What was issued by then.
    pub liability: U256,
    /// The source's time of the reserves, unix seconds.
    pub observed_at: u64,
}

/// What a run said of one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunVerdict {
    /// In one word.
    pub outcome: OrderOutcome,
    /// Why, as a code; or empty.
    pub code: String,
    /// The policy that refused, or empty.
    pub policy: String,
    /// Name of the consumer's verdict, or what the reserve source said; or empty.
    pub reason: String,
}

/// What became of an order in a run, as far as the run can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderOutcome {
    /// It travelled in a delivered report.
    Delivered,
    /// It was refused before anything of it was signed.
    Refused,
    /// Nothing was signed.
    Unsigned,
    /// Nobody knows; a report may have been signed.
    Lost,
}

impl OrderOutcome {
    const ALL: [Self; 4] = [Self::Delivered, Self::Refused, Self::Unsigned, Self::Lost];

    /// The word in the database and in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Unsigned => "unsigned",
            Self::Lost => "lost",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// A mint's part in a run, to be stored with what the run changes about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOfMint {
    /// The run; the first of its mints that is stored brings it along.
    pub record: Arc<RunRecord>,
    /// What it said of this mint.
    pub verdict: RunVerdict,
}

/// A run as it is stored, from one mint's side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRun {
    /// What it can show.
    pub record: RunRecord,
    /// What it said of the mint.
    pub verdict: RunVerdict,
    /// When its outcome was stored, unix ms.
    pub created_at: i64,
}

/// An order of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOrder {
    /// Its mint.
    pub mint_id: Uuid,
    /// Who receives the tokens.
    pub beneficiary: Address,
    /// Base units.
    pub amount: U256,
    /// What the run said of it.
    pub verdict: RunVerdict,
}
