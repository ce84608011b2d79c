//! What was minted and is not final yet, block by block: nobody has to look at each mint.

use alloy::primitives::B256;

use super::database::Store;
use super::error::StoreError;
use super::rows::{MintRow, StoredMint};

/// Blocks that are looked at in one turn, oldest first.
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
    /// Blocks with mints that are minted but not finalized, oldest first.
    pub async fn minted_blocks(&self) -> Result<Vec<MintedBlock>, StoreError> {
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT DISTINCT minted_block, minted_hash FROM mints WHERE state = 'minted' ORDER BY minted_block LIMIT $1",
        )
        .bind(BLOCKS_MAX)
        .fetch_all(&self.pool)
        .await?;
        let read = |(number, hash): (i64, String)| {
            Some(MintedBlock { number: u64::try_from(number).ok()?, hash: hash.parse().ok()? })
        };
        Ok(rows.into_iter().filter_map(read).collect())
    }

    /// Mints of such a block that are not finalized; what cannot be read is logged and left out.
    pub async fn minted_in(&self, block: &MintedBlock) -> Result<Vec<StoredMint>, StoreError> {
        let rows = sqlx::query_as::<_, MintRow>(
            "SELECT * FROM mints WHERE state = 'minted' AND minted_block = $1 AND minted_hash = $2 ORDER BY id",
        );
        let number = i64::try_from(block.number).unwrap_or(i64::MAX);
        let rows = rows.bind(number).bind(block.hash.to_string()).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().filter_map(readable).collect())
    }
}

fn readable(row: MintRow) -> Option<StoredMint> {
    StoredMint::try_from(row).map_err(|error| tracing::error!(%error, "a stored mint is unreadable")).ok()
}
