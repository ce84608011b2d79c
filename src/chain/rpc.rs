//! JSON-RPC endpoints of one chain, and what it takes to believe them.
//!
//! With one endpoint its word counts. With several, a proof needs the same answer from a majority: one endpoint of
//! three that lies, lags or is down changes nothing.

use std::future::Future;

use alloy::providers::{Provider, RootProvider};
use alloy::rpc::client::RpcClient;
use alloy::transports::{RpcError, TransportErrorKind};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Url;

use super::RPC_TIMEOUT;
use crate::config::SecretUrl;

/// Why the chain gave no usable answer. Never carries an URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No endpoint answered.
    #[error("no RPC endpoint answers")]
    Unreachable,
    /// An endpoint refused the call, for example because the contract reverted.
    #[error("the RPC endpoint refused the call")]
    Refused,
    /// No majority gave the same answer.
    #[error("the RPC endpoints disagree")]
    Disagree,
    /// An answer that does not fit the question.
    #[error("the RPC endpoint answered something unusable")]
    Nonsense,
    /// The reference is used, and no receipt proves by whom.
    #[error("the reference is used but its mint event was not found")]
    Unproven,
    /// The endpoint URL or the HTTP client is unusable.
    #[error("an RPC URL cannot be used")]
    Setup,
}

impl From<RpcError<TransportErrorKind>> for ChainError {
    fn from(error: RpcError<TransportErrorKind>) -> Self {
        match error {
            RpcError::ErrorResp(_) => Self::Refused,
            RpcError::Transport(_) => Self::Unreachable,
            _ => Self::Nonsense,
        }
    }
}

/// The endpoints of one chain.
#[derive(Clone, Debug)]
pub struct Endpoints {
    providers: Vec<RootProvider>,
}

impl Endpoints {
    /// Prepares the endpoints; nothing is sent yet.
    ///
    /// # Errors
    /// [`ChainError::Setup`] when an URL or the HTTP client cannot be used.
    pub fn new(urls: &[SecretUrl]) -> Result<Self, ChainError> {
        let client = reqwest::Client::builder()
            .timeout(RPC_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| ChainError::Setup)?;
        let mut providers = Vec::new();
        for url in urls {
            let url = Url::parse(url.expose()).map_err(|_| ChainError::Setup)?;
            providers.push(RootProvider::new(RpcClient::new_http_with_client(client.clone(), url)));
        }
        Self::of(providers)
    }

    /// Endpoints that exist already; at least one.
    ///
    /// # Errors
    /// [`ChainError::Setup`] when there is none.
    pub fn of(providers: Vec<RootProvider>) -> Result<Self, ChainError> {
        if providers.is_empty() { Err(ChainError::Setup) } else { Ok(Self { providers }) }
    }

    /// How many equal answers a proof needs.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        self.providers.len() / 2 + 1
    }

    /// The chain id that a majority of the endpoints reports.
    ///
    /// # Errors
    /// When there is none.
    pub async fn chain_id(&self) -> Result<u64, ChainError> {
        self.agree(|provider| async move { Ok(provider.get_chain_id().await?) }).await
    }

    /// The first usable answer, endpoint by endpoint.
    pub(super) async fn first<T, F, A>(&self, ask: F) -> Result<T, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let mut last = ChainError::Unreachable;
        for provider in &self.providers {
            match ask(provider.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// The answer that a majority gives; returns as soon as there is one.
    pub(super) async fn agree<T, F, A>(&self, ask: F) -> Result<T, ChainError>
    where
        T: PartialEq,
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let mut pending: FuturesUnordered<A> = self.providers.iter().cloned().map(&ask).collect();
        let mut answers: Vec<(T, usize)> = Vec::new();
        let mut failure = None;
        while let Some(answer) = pending.next().await {
            let answer = match answer {
                Ok(answer) => answer,
                Err(error) => {
                    failure = Some(error);
                    continue;
                }
            };
            let votes = match answers.iter().position(|(other, _)| *other == answer) {
                Some(at) => &mut answers[at],
                None => answers.push_mut((answer, 0)),
            };
            votes.1 += 1;
            if votes.1 >= self.quorum() {
                let winner = answers.into_iter().find(|(_, votes)| *votes >= self.quorum());
                return winner.map(|(answer, _)| answer).ok_or(ChainError::Disagree);
            }
        }
        if answers.is_empty() {
            Err(failure.unwrap_or(ChainError::Unreachable))
        } else {
            Err(ChainError::Disagree)
        }
    }

    /// All answers, at least a majority of them.
    pub(super) async fn majority<T, F, A>(&self, ask: F) -> Result<Vec<T>, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let pending: FuturesUnordered<A> = self.providers.iter().cloned().map(&ask).collect();
        let answers: Vec<Result<T, ChainError>> = pending.collect().await;
        let good: Vec<T> = answers.into_iter().filter_map(Result::ok).collect();
        if good.len() >= self.quorum() { Ok(good) } else { Err(ChainError::Unreachable) }
    }
}
