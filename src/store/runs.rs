//! What runs of the workflow can show for themselves, and the mints that travelled in them.
//!
//! The store keeps the evidence as it is given: text beside a version, read by that version only.

use alloy::primitives::B256;
use sqlx::FromRow;
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::run::{OrderOutcome, RunFigures, RunOrder, RunRecord, RunVerdict, StoredRun};
use crate::base::money::parse_base_units;

/// Runs that are shown of one mint, the newest.
const RUNS_MAX: i64 = 50;
/// Orders that are shown of one run; no report carries more.
const ORDERS_MAX: i64 = 256;

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
