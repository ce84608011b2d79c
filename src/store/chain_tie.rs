//! Which chain the database belongs to.

use super::database::Store;
use super::error::StoreError;

impl Store {
    /// Id and genesis block of the chain that the database was tied to, if it was.
    pub async fn tied_chain(&self) -> Result<Option<(u64, String)>, StoreError> {
        let facts: Vec<(String, String)> =
            sqlx::query_as("SELECT name, value FROM facts").fetch_all(&self.pool).await?;
        let fact =
            |wanted: &str| facts.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        Ok(fact("chain id").and_then(|id| id.parse().ok()).zip(fact("genesis block")))
    }
}
