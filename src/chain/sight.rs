//! The newest block, and the blocks before it.

use alloy::eips::BlockNumberOrTag;

use super::client::Chain;
use super::header::{Sight, sight};
use super::rpc::ChainError;

impl Chain {
    /// The newest block; among several endpoints the middle one, so that no single one can shift it far.
    ///
    /// # Errors
    /// When no majority answers.
    pub async fn sight(&self) -> Result<Sight, ChainError> {
        let endpoints = self.believed()?;
        let mut sights = endpoints
            .majority(|provider| async move { sight(&provider, BlockNumberOrTag::Latest).await })
            .await?;
        sights.sort_by_key(|sight| sight.head.number);
        let middle = sights.get((sights.len() - 1) / 2).cloned().ok_or(ChainError::Disagree)?;
        let votes = sights.iter().filter(|sight| sight.head.hash == middle.head.hash).count();
        // What one endpoint alone says of a block proves nothing.
        let bloom = middle.bloom.filter(|_| votes >= endpoints.quorum());
        self.recent.note_header(&Sight { bloom, ..middle.clone() });
        Ok(Sight { bloom, ..middle })
    }

    /// The block before another one: remembered, or by its number as a majority of the endpoints has it.
    ///
    /// # Errors
    /// When there is none, or no majority has the same.
    pub async fn sight_before(&self, later: &Sight) -> Result<Sight, ChainError> {
        let endpoints = self.believed()?;
        if let Some(known) = self.recent.header(later.parent) {
            return Ok(known);
        }
        let tag = BlockNumberOrTag::Number(later.head.number.saturating_sub(1));
        endpoints.agree(|provider| async move { sight(&provider, tag).await }).await
    }
}
