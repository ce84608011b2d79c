//! What runs of the workflow can show for themselves, and the mints that travelled in them.
//!
//! The store keeps the evidence as it is given: text beside a version, read by that version only.

use std::sync::Arc;

use alloy::primitives::{Address, B256, U256};
use sqlx::FromRow;
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use crate::base::money::parse_base_units;

/// Runs that are shown of one mint, the newest.
const RUNS_MAX: i64 = 50;
/// Orders that are shown of one run; no report carries more.
const ORDERS_MAX: i64 = 256;

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

    fn of_word(word: &str) -> Option<Self> {
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

#[derive(FromRow)]
struct RunRow {
    execution_id: String,
    orders: i64,
    signed: i64,
    reserves: String,
    liability: String,
    observed_at: i64,
    evidence_version: i64,
    evidence_json: String,
    created_at: i64,
    #[sqlx(flatten)]
    verdict: VerdictRow,
}

#[derive(FromRow)]
struct VerdictRow {
    outcome: String,
    code: String,
    policy: String,
    reason: String,
}

#[derive(FromRow)]
struct OrderRow {
    mint_id: String,
    beneficiary: String,
    amount: String,
    #[sqlx(flatten)]
    verdict: VerdictRow,
}

impl VerdictRow {
    fn read(self) -> Option<RunVerdict> {
        let Self { outcome, code, policy, reason } = self;
        Some(RunVerdict { outcome: OrderOutcome::of_word(&outcome)?, code, policy, reason })
    }
}

impl RunRow {
    fn read(self) -> Option<StoredRun> {
        let figures = parse_base_units(&self.reserves).zip(parse_base_units(&self.liability));
        let observed_at = u64::try_from(self.observed_at).ok()?;
        let record = RunRecord {
            execution_id: self.execution_id.parse().ok()?,
            orders: u32::try_from(self.orders).ok()?,
            is_signed: self.signed == 1,
            figures: figures.map(|(reserves, liability)| RunFigures { reserves, liability, observed_at }),
            evidence_version: u32::try_from(self.evidence_version).ok()?,
            evidence_json: self.evidence_json,
        };
        Some(StoredRun { record, verdict: self.verdict.read()?, created_at: self.created_at })
    }
}

impl OrderRow {
    fn read(self) -> Option<RunOrder> {
        Some(RunOrder {
            mint_id: self.mint_id.parse().ok()?,
            beneficiary: self.beneficiary.parse().ok()?,
            amount: parse_base_units(&self.amount)?,
            verdict: self.verdict.read()?,
        })
    }
}

impl Store {
    /// The newest runs of a mint, newest last; what cannot be read is left out.
    pub async fn runs_of(&self, mint: Uuid) -> Result<Vec<StoredRun>, StoreError> {
        let rows: Vec<RunRow> = sqlx::query_as(
            "SELECT r.execution_id, r.orders, r.signed, r.reserves, r.liability, r.observed_at, r.evidence_version, \
             r.evidence_json, m.created_at, m.outcome, m.code, m.policy, m.reason FROM run_mints m \
             JOIN runs r ON r.execution_id = m.execution_id WHERE m.mint_id = $1 \
             ORDER BY m.created_at DESC, m.execution_id DESC LIMIT $2",
        )
        .bind(mint.to_string())
        .bind(RUNS_MAX)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().rev().filter_map(RunRow::read).collect())
    }

    /// The orders of a run, in the order of their acceptance.
    pub async fn orders_of_run(&self, execution_id: B256) -> Result<Vec<RunOrder>, StoreError> {
        let rows: Vec<OrderRow> = sqlx::query_as(
            "SELECT r.mint_id, m.beneficiary, m.amount, r.outcome, r.code, r.policy, r.reason FROM run_mints r \
             JOIN mints m ON m.id = r.mint_id WHERE r.execution_id = $1 ORDER BY m.created_at, m.id LIMIT $2",
        )
        .bind(execution_id.to_string())
        .bind(ORDERS_MAX)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().filter_map(OrderRow::read).collect())
    }
}
