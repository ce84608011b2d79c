//! Runs inside a transaction of the writer.

use alloy::primitives::Address;
use uuid::Uuid;

use super::commit::Commit;
use super::error::StoreError;
use super::rows::text;
use super::run::{RunFigures, RunOfMint, RunRecord, RunVerdict};

/// Runs from which nothing was signed that are kept of one mint, the newest.
const UNSIGNED_KEPT: i64 = 16;
/// Such runs that are forgotten at once.
const FORGOTTEN_AT_ONCE: i64 = 64;

impl Commit<'_> {
    /// Ties a mint to a run, which the first of its mints brings along.
    pub(super) async fn store_run(
        &mut self,
        mint: Uuid,
        stablecoin: Address,
        run: &RunOfMint,
    ) -> Result<(), StoreError> {
        let (record, execution_id) = (&run.record, run.record.execution_id.to_string());
        self.insert_run(stablecoin, record).await?;
        let RunVerdict { outcome, code, policy, reason } = &run.verdict;
        sqlx::query(
            "INSERT INTO run_mints (mint_id, execution_id, outcome, code, policy, reason, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        )
        .bind(mint.to_string())
        .bind(&execution_id)
        .bind(outcome.word())
        .bind(code)
        .bind(policy)
        .bind(reason)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        if record.is_signed { Ok(()) } else { self.forget_runs(mint).await }
    }

    async fn insert_run(&mut self, stablecoin: Address, record: &RunRecord) -> Result<(), StoreError> {
        let figures = record.figures;
        let figure = |pick: fn(RunFigures) -> String| figures.map(pick).unwrap_or_default();
        let observed_at = figures.map_or(0, |figures| i64::try_from(figures.observed_at).unwrap_or(i64::MAX));
        sqlx::query(
            "INSERT INTO runs (execution_id, stablecoin, orders, signed, reserves, liability, observed_at, \
             evidence_version, evidence_json, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
             ON CONFLICT DO NOTHING",
        )
        .bind(record.execution_id.to_string())
        .bind(text(stablecoin))
        .bind(i64::from(record.orders))
        .bind(i64::from(record.is_signed))
        .bind(figure(|figures| figures.reserves.to_string()))
        .bind(figure(|figures| figures.liability.to_string()))
        .bind(observed_at)
        .bind(i64::from(record.evidence_version))
        .bind(&record.evidence_json)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Forgets the oldest runs of a mint from which nothing was signed, beyond those that are kept.
    async fn forget_runs(&mut self, mint: Uuid) -> Result<(), StoreError> {
        let forgotten: Vec<(String,)> = sqlx::query_as(
            "DELETE FROM run_mints WHERE mint_id = $1 AND execution_id IN (SELECT m.execution_id FROM run_mints m \
             JOIN runs r ON r.execution_id = m.execution_id WHERE m.mint_id = $1 AND r.signed = 0 \
             ORDER BY m.created_at DESC, m.execution_id DESC LIMIT $2 OFFSET $3) RETURNING execution_id",
        )
        .bind(mint.to_string())
        .bind(FORGOTTEN_AT_ONCE)
        .bind(UNSIGNED_KEPT)
        .fetch_all(&mut *self.tx)
        .await?;
        for (execution_id,) in forgotten {
            sqlx::query(
                "DELETE FROM runs WHERE execution_id = $1 \
                 AND NOT EXISTS (SELECT 1 FROM run_mints WHERE execution_id = $1)",
            )
            .bind(execution_id)
            .execute(&mut *self.tx)
            .await?;
        }
        Ok(())
    }
}
