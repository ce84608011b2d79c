//! What an endpoint need not have, and what is done without it: asked once, when the chain is first believed.

use std::sync::PoisonError;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::{Filter, TransactionRequest};

use super::client::{Chain, Substitute};
use super::rpc::ChainError;

/// Returns nothing, wherever it runs: STOP.
const CODE: [u8; 1] = [0];

/// Something that an endpoint may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Optional {
    Tip,
    Pending,
    BareCode,
    LogsOfBlock,
}

impl Optional {
    const ALL: [Self; 4] = [Self::Tip, Self::Pending, Self::BareCode, Self::LogsOfBlock];

    /// What it lacks then, and what is done instead.
    const fn sentence(self) -> &'static str {
        match self {
            Self::Tip => "it lacks eth_maxPriorityFeePerGas: deliveries offer a tip of 1 gwei",
            Self::Pending => {
                "it lacks the tag `pending`: what an earlier run left to be mined is seen once it blocks the key"
            }
            Self::BareCode => {
                "it runs no code that is deployed nowhere: the figures of baskets are read with several calls each"
            }
            Self::LogsOfBlock => "it gives no logs by a block's hash: they are read by block numbers",
        }
    }

    async fn ask(self, provider: RootProvider, genesis: B256) -> Result<(), ChainError> {
        match self {
            Self::Tip => provider.get_max_priority_fee_per_gas().await.map(drop)?,
            Self::Pending => {
                let pending = BlockId::Number(BlockNumberOrTag::Pending);
                provider.get_transaction_count(Address::ZERO).block_id(pending).await.map(drop)?;
            }
            Self::BareCode => {
                let call = TransactionRequest::default().input(Bytes::from_static(&CODE).into());
                provider.call(call).await.map(drop)?;
            }
            Self::LogsOfBlock => {
                let filter = Filter::new().at_block_hash(genesis).address(Address::ZERO);
                provider.get_logs(&filter).await.map(drop)?;
            }
        }
        Ok(())
    }
}

impl Chain {
    /// Asks each endpoint for what it need not have, and remembers what it lacks. One that does not answer lacks nothing.
    pub async fn probe_substitutes(&self, genesis: B256) -> Vec<Substitute> {
        let mut lacking = Vec::new();
        for optional in Optional::ALL {
            let answers = self.endpoints_unheard().each(|provider| optional.ask(provider, genesis)).await;
            for (endpoint, (name, answer)) in answers.into_iter().enumerate() {
                if matches!(answer, Err(ChainError::Refused(_))) {
                    lacking.push(Substitute {
                        endpoint,
                        name: name.to_owned(),
                        sentence: optional.sentence(),
                    });
                }
            }
        }
        lacking.clone_into(&mut self.lacking.lock().unwrap_or_else(PoisonError::into_inner));
        lacking
    }

    /// What the endpoints were found to lack.
    #[must_use]
    pub fn substitutes(&self) -> Vec<Substitute> {
        self.lacking.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use axum::{Json, Router};
    use serde_json::{Value, json};

    use super::*;
    use crate::base::secret::SecretUrl;
    use crate::chain::rpc::Endpoints;

    /// A chain with one endpoint that answers every question in this way.
    async fn chain(part: &'static str, answer: Value) -> Chain {
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reply = move |Json(question): Json<Value>| async move {
            Json(json!({ "jsonrpc": "2.0", "id": question["id"], part: answer }))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = axum::serve(listener, Router::new().fallback(reply));
        tokio_util::task::TaskTracker::new().spawn(async move { server.await });
        Chain::unheard(Endpoints::new(&[SecretUrl::new(url)]).unwrap(), None)
    }

    #[tokio::test]
    async fn probe_says_what_an_endpoint_lacks_and_what_is_done_instead() {
        let lean = chain("error", json!({ "code": -32_601, "message": "the method is not available" })).await;
        let substitutes = lean.probe_substitutes(B256::ZERO).await;
        let sentences: Vec<_> = substitutes.iter().map(|lacking| lacking.sentence).collect();
        assert_eq!(sentences, Optional::ALL.map(Optional::sentence));
        let is_it =
            |lacking: &Substitute| lacking.endpoint == 0 && lacking.name.starts_with("http://127.0.0.1");
        assert!(substitutes.iter().all(is_it));
        assert_eq!(lean.substitutes(), substitutes, "they are remembered");

        let busy = chain("error", json!({ "code": 429, "message": "too many requests" })).await;
        assert_eq!(busy.probe_substitutes(B256::ZERO).await, [], "that says nothing about the method");
    }
}
