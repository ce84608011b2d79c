//! The chain that the database belongs to.

use super::database::Store;
use super::error::StoreError;

impl Store {
    /// Ties the database to a chain, or checks that it is the one it was tied to.
    ///
    /// # Errors
    /// [`StoreError::ForeignChain`] when it belongs to another.
    pub async fn tie_to_chain(&self, chain_id: u64, genesis: &str) -> Result<(), StoreError> {
        for (name, value) in [("chain id", chain_id.to_string()), ("genesis block", genesis.to_owned())] {
            sqlx::query("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(name)
                .bind(&value)
                .execute(&self.pool)
                .await?;
            let known: (String,) = sqlx::query_as("SELECT value FROM facts WHERE name = $1")
                .bind(name)
                .fetch_one(&self.pool)
                .await?;
            if known.0 != value {
                return Err(StoreError::ForeignChain(name));
            }
        }
        Ok(())
    }

    /// Id and genesis block of the chain that the database was tied to, if it was.
    pub async fn tied_chain(&self) -> Result<Option<(u64, String)>, StoreError> {
        let facts: Vec<(String, String)> =
            sqlx::query_as("SELECT name, value FROM facts").fetch_all(&self.pool).await?;
        let fact =
            |wanted: &str| facts.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
        Ok(fact("chain id").and_then(|id| id.parse().ok()).zip(fact("genesis block")))
    }
}
