//! JSON-RPC endpoints of one chain, and what it takes to believe them.
//!
//! With one endpoint its word counts. With several, a proof needs the same answer from a majority: one endpoint of
//! three that lies, lags or is down changes nothing.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use alloy::providers::{Provider, RootProvider};
use alloy::rpc::client::RpcClient;
use alloy::transports::{RpcError, TransportErrorKind};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use reqwest::Url;

use crate::base::logging::with_causes;
use crate::base::secret::SecretUrl;

/// Longest wait for one answer of an endpoint.
pub const RPC_TIMEOUT: Duration = Duration::from_secs(10);

/// What one endpoint said instead of an answer: for the log, never for a caller. Never carries a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}{}: {message}", .code.map(|code| format!(" (code {code})")).unwrap_or_default())]
pub struct RpcFailure {
    /// Scheme and host of the endpoint.
    pub endpoint: String,
    /// Code of a JSON-RPC error, if it was one.
    pub code: Option<i64>,
    /// What it said.
    pub message: String,
}

/// Why the chain gave no usable answer; the source says which endpoint said what.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// No endpoint answered.
    #[error("no RPC endpoint answers")]
    Unreachable(#[source] RpcFailure),
    /// An endpoint refused the call, for example because the contract reverted.
    #[error("the RPC endpoint refused the call")]
    Refused(#[source] RpcFailure),
    /// No majority gave the same answer.
    #[error("the RPC endpoints disagree")]
    Disagree,
    /// An answer that does not fit the question.
    #[error("the RPC endpoint answered something unusable")]
    Nonsense(#[source] RpcFailure),
    /// The reference is used, and no receipt proves by whom.
    #[error("the reference is used but its mint event was not found")]
    Unproven,
    /// The chain has not answered since the start, so nobody knows yet whether it is the right one.
    #[error("the chain has not answered since the gateway started")]
    Unheard,
    /// The endpoints speak of another chain than settings and database.
    #[error("{0}")]
    Foreign(Arc<str>),
    /// The endpoint URL or the HTTP client is unusable.
    #[error("an RPC URL cannot be used")]
    Setup,
}

impl ChainError {
    /// Whether the chain has said nothing, for or against.
    #[must_use]
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Disagree | Self::Unheard)
    }

    /// An answer that does not fit the question.
    pub(super) fn nonsense(message: &str) -> Self {
        Self::Nonsense(RpcFailure { message: message.to_owned(), ..RpcFailure::default() })
    }

    /// The same error with the name of the endpoint that it came from.
    fn at(mut self, endpoint: &str) -> Self {
        if let Self::Unreachable(failure) | Self::Refused(failure) | Self::Nonsense(failure) = &mut self {
            endpoint.clone_into(&mut failure.endpoint);
        }
        self
    }
}

impl From<RpcError<TransportErrorKind>> for ChainError {
    fn from(error: RpcError<TransportErrorKind>) -> Self {
        let code = error.as_error_resp().map(|answer| answer.code);
        let message = match error.as_error_resp() {
            Some(answer) => answer.message.to_string(),
            None => with_causes(&error),
        };
        let failure = RpcFailure { endpoint: String::new(), code, message: without_urls(&message) };
        match error {
            RpcError::ErrorResp(_) => Self::Refused(failure),
            RpcError::Transport(_) => Self::Unreachable(failure),
            _ => Self::Nonsense(failure),
        }
    }
}

/// A message of a client library, cut to a bounded length and without URLs, which may carry a key.
fn without_urls(message: &str) -> String {
    const CHARS_MAX: usize = 300;
    let words = message.split_whitespace().map(|word| if word.contains("://") { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect()
}

#[derive(Clone, Debug)]
struct Endpoint {
    name: String,
    provider: RootProvider,
}

/// The endpoints of one chain.
#[derive(Clone, Debug)]
pub struct Endpoints {
    endpoints: Vec<Endpoint>,
}

impl Endpoints {
    /// Prepares the endpoints; nothing is sent yet.
    ///
    /// # Errors
    /// [`ChainError::Setup`] when a URL or the HTTP client cannot be used, or there is none.
    pub fn new(urls: &[SecretUrl]) -> Result<Self, ChainError> {
        let client = reqwest::Client::builder()
            .timeout(RPC_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| ChainError::Setup)?;
        let mut endpoints = Vec::new();
        for url in urls {
            let parsed = Url::parse(url.expose()).map_err(|_| ChainError::Setup)?;
            let provider = RootProvider::new(RpcClient::new_http_with_client(client.clone(), parsed));
            endpoints.push(Endpoint { name: url.to_string(), provider });
        }
        Self::checked(endpoints)
    }

    /// Endpoints whose providers exist already; at least one.
    ///
    /// # Errors
    /// [`ChainError::Setup`] when there is none.
    pub fn of(providers: Vec<RootProvider>) -> Result<Self, ChainError> {
        let named = |(at, provider)| Endpoint { name: format!("endpoint {at}"), provider };
        Self::checked(providers.into_iter().enumerate().map(named).collect())
    }

    fn checked(endpoints: Vec<Endpoint>) -> Result<Self, ChainError> {
        if endpoints.is_empty() { Err(ChainError::Setup) } else { Ok(Self { endpoints }) }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.endpoints.len()
    }

    /// How many equal answers a proof needs.
    #[must_use]
    pub const fn quorum(&self) -> usize {
        self.endpoints.len() / 2 + 1
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
        let mut last = ChainError::Setup;
        for endpoint in &self.endpoints {
            match ask(endpoint.provider.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error.at(&endpoint.name),
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
        let mut pending = self.asked(ask);
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
        match failure {
            Some(failure) if answers.is_empty() => Err(failure),
            _ => Err(ChainError::Disagree),
        }
    }

    /// All answers, at least a majority of them.
    pub(super) async fn majority<T, F, A>(&self, ask: F) -> Result<Vec<T>, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let (mut good, mut failure) = (Vec::new(), ChainError::Disagree);
        for answer in self.asked(ask).collect::<Vec<_>>().await {
            match answer {
                Ok(answer) => good.push(answer),
                Err(error) => failure = error,
            }
        }
        if good.len() >= self.quorum() { Ok(good) } else { Err(failure) }
    }

    /// The question on its way to every endpoint; an error names the endpoint it came from.
    fn asked<T, F, A>(&self, ask: F) -> FuturesUnordered<impl Future<Output = Result<T, ChainError>>>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let question = |endpoint: &Endpoint| {
            let (name, answer) = (endpoint.name.clone(), ask(endpoint.provider.clone()));
            async move { answer.await.map_err(|error| error.at(&name)) }
        };
        self.endpoints.iter().map(question).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rpc_failure_messages_carry_no_url() {
        let message = "error sending request for url (https://rpc.example/v2/KEY): connection refused\n";
        assert_eq!(without_urls(message), "error sending request for url … connection refused");
        let failure = RpcFailure { message: "down".to_owned(), code: Some(-32_005), ..RpcFailure::default() };
        let error = ChainError::Refused(failure).at("https://rpc.example");
        assert_eq!(
            with_causes(&error),
            "the RPC endpoint refused the call: https://rpc.example (code -32005): down"
        );
    }
}
