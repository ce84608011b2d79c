//! Sums of what was minted in which block, changed in the transaction that changes the mint.

use alloy::primitives::{Address, U256};

use super::commit::Commit;
use super::error::StoreError;
use super::rows::{minted_in, text};
use crate::base::money::parse_base_units;
use crate::domain::{Order, Progress, State};

/// Blocks for which sums of minted amounts are kept after they are final.
const FINAL_BLOCKS_KEPT: i64 = 256;

impl Commit<'_> {
    /// Keeps the sums of what was minted in which block; `before` is the block that held the mint until now.
    pub(super) async fn move_in_blocks(
        &mut self,
        order: &Order,
        before: Option<(i64, String)>,
        next: &Progress,
    ) -> Result<(), StoreError> {
        let after = minted_in(next);
        if before == after {
            return Ok(());
        }
        if let Some((block, hash)) = &before {
            // What is final stays minted in that block; what vanished does not.
            let keeps_amount = next.state == State::Finalized;
            self.change_block(order, *block, hash, -1, keeps_amount).await?;
            if keeps_amount {
                self.forget_blocks(order.stablecoin, *block).await?;
            }
        }
        if let Some((block, hash)) = &after {
            self.change_block(order, *block, hash, 1, false).await?;
        }
        Ok(())
    }

    async fn change_block(
        &mut self,
        order: &Order,
        block: i64,
        hash: &str,
        by: i64,
        keeps_amount: bool,
    ) -> Result<(), StoreError> {
        let row: Option<(String, i64)> = sqlx::query_as(
            "SELECT amount, mints FROM minted_blocks WHERE stablecoin = $1 AND block = $2 AND block_hash = $3",
        )
        .bind(text(order.stablecoin))
        .bind(block)
        .bind(hash)
        .fetch_optional(&mut *self.tx)
        .await?;
        let (amount, mints) = row.unwrap_or_else(|| ("0".to_owned(), 0));
        let amount = parse_base_units(&amount).unwrap_or(U256::MAX);
        let amount = match (by, keeps_amount) {
            (1, _) => amount.saturating_add(order.amount),
            (_, true) => amount,
            (_, false) => amount.saturating_sub(order.amount),
        };
        sqlx::query(
            "INSERT INTO minted_blocks (stablecoin, block, block_hash, amount, mints) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (stablecoin, block, block_hash) DO UPDATE SET amount = excluded.amount, mints = excluded.mints",
        )
        .bind(text(order.stablecoin))
        .bind(block)
        .bind(hash)
        .bind(amount.to_string())
        .bind((mints + by).max(0))
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// Drops the sums of blocks that are final since long: every supply that is read contains them.
    async fn forget_blocks(&mut self, stablecoin: Address, final_block: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM minted_blocks WHERE stablecoin = $1 AND block < $2 AND mints = 0")
            .bind(text(stablecoin))
            .bind(final_block - FINAL_BLOCKS_KEPT)
            .execute(&mut *self.tx)
            .await?;
        Ok(())
    }
}
