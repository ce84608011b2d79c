//! How far the chain was followed.

use sqlx::{Any, Transaction};

use super::basket_update::ChainCursor;
use super::database::Store;
use super::error::StoreError;

/// The one chain that is followed.
const CHAIN_CURSOR: &str = "chain";

const MOVE_CURSOR: &str = "INSERT INTO chain_cursors (name, cursor_block, seen_json, version) VALUES ($1, $2, $3, $4) \
    ON CONFLICT (name) DO UPDATE SET cursor_block = excluded.cursor_block, seen_json = excluded.seen_json, \
    version = excluded.version WHERE chain_cursors.version = $5";

impl Store {
    /// How far the chain was followed, if it ever was.
    pub async fn chain_cursor(&self) -> Result<Option<ChainCursor>, StoreError> {
        let row =
            sqlx::query_as("SELECT cursor_block, seen_json, version FROM chain_cursors WHERE name = $1");
        Ok(row.bind(CHAIN_CURSOR).fetch_optional(&self.pool).await?)
    }

    /// Stores how far the chain was followed when nothing happened there; `false` when somebody else was first.
    pub async fn move_chain_cursor(&self, cursor: &ChainCursor) -> Result<bool, StoreError> {
        Ok(moving(cursor).execute(&self.pool).await?.rows_affected() == 1)
    }
}

/// Moves the cursor inside a transaction; `false` when somebody else was first.
pub(super) async fn move_cursor(
    tx: &mut Transaction<'_, Any>,
    cursor: &ChainCursor,
) -> Result<bool, sqlx::Error> {
    Ok(moving(cursor).execute(&mut **tx).await?.rows_affected() == 1)
}

fn moving(cursor: &ChainCursor) -> sqlx::query::Query<'_, Any, sqlx::any::AnyArguments> {
    sqlx::query(MOVE_CURSOR)
        .bind(CHAIN_CURSOR)
        .bind(cursor.cursor_block)
        .bind(&cursor.seen_json)
        .bind(cursor.version + 1)
        .bind(cursor.version)
}
