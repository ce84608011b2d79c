//! What was minted and is not final yet, block by block: nobody has to look at each mint.

use alloy::primitives::B256;

use super::database::Store;
use super::error::StoreError;
use super::rows::{MINT_COLUMNS, MintRow, StoredMint, readable};

/// Blocks that are looked at at once, newest first: on a fast chain with slow finality a re-organisation shows there.
const BLOCKS_MAX: i64 = 256;

/// A block that holds mint events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintedBlock {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
}

impl Store {
    /// Blocks with mints that are minted but not finalized, newest first.
    pub async fn minted_blocks(&self) -> Result<Vec<MintedBlock>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT DISTINCT block, block_hash FROM queue WHERE state = 'minted' ORDER BY block DESC LIMIT $1",
        )
        .bind(BLOCKS_MAX)
        .fetch_all(&self.pool)
        .await?;
        let read = |(number, hash): (i64, String)| {
            Some(MintedBlock { number: u64::try_from(number).ok()?, hash: hash.parse().ok()? })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Mints of such a block that are not finalized; what cannot be read is set aside.
    pub async fn minted_in(&self, block: &MintedBlock) -> Result<Vec<StoredMint>, StoreError> {
        static SQL: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
            format!(
                "SELECT {MINT_COLUMNS} FROM queue q JOIN mints m ON m.id = q.mint_id \
                 WHERE q.state = 'minted' AND q.block = $1 AND q.block_hash = $2 ORDER BY m.id"
            )
            .leak()
        });
        let number = i64::try_from(block.number).unwrap_or(i64::MAX);
        let rows = sqlx::query_as::<_, MintRow>(*SQL).bind(number).bind(block.hash.to_string());
        Ok(rows.fetch_all(&self.pool).await?.into_iter().filter_map(readable).collect())
    }
}
