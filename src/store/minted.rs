//! What was minted and is not final yet, block by block: nobody has to look at each mint.

use sqlx::FromRow;

use super::{MintRow, Store, StoreError};

/// Blocks that are looked at in one turn, oldest first.
const BLOCKS_MAX: i64 = 256;

/// A block that holds mint events.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct MintedBlock {
    /// Its number.
    pub minted_block: i64,
    /// Its hash.
    pub minted_hash: String,
}

impl Store {
    /// Blocks with mints that are minted but not finalized, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn minted_blocks(&self) -> Result<Vec<MintedBlock>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT DISTINCT minted_block, minted_hash FROM mints WHERE state = 'minted' ORDER BY minted_block LIMIT $1",
        );
        Ok(rows.bind(BLOCKS_MAX).fetch_all(&self.pool).await?)
    }

    /// Mints of such a block that are not finalized.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn minted_in(&self, block: &MintedBlock) -> Result<Vec<MintRow>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT * FROM mints WHERE state = 'minted' AND minted_block = $1 AND minted_hash = $2 ORDER BY id",
        );
        Ok(rows.bind(block.minted_block).bind(&block.minted_hash).fetch_all(&self.pool).await?)
    }
}
