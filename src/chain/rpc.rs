//! JSON-RPC endpoints of one chain, and what it takes to believe them.
//!
//! With one endpoint its word counts. With several, a proof needs the same answer from a majority: one endpoint of
//! three that lies, lags, is down or never answers changes nothing and holds up nobody for long. Who has not answered
//! lately is asked only where the others are not enough, until it is time to try it again.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use alloy::providers::{Provider, RootProvider};
use alloy::rpc::client::ClientBuilder;
use alloy::transports::{RpcError, TransportErrorKind};
use futures_util::stream::{self, FuturesUnordered, Stream, StreamExt};
use reqwest::Url;

use super::answer::{Meaning, meaning};
use super::ask_again::AskAgain;
use super::health::Health;
use super::http::HttpTransport;
use super::meter::Meter;
use crate::base::logging::with_causes;
use crate::base::secret::SecretUrl;
use crate::base::text::is_unprintable;

/// Longest wait for one answer of an endpoint.
pub const RPC_TIMEOUT: Duration = Duration::from_secs(10);

/// How long one endpoint is waited for before another is asked as well, where one answer is enough; and how long the
/// slower ones are waited for once a majority has answered, where they count too.
const GRACE: Duration = Duration::from_secs(1);

/// For how long an endpoint that was asked too much is left alone, where it does not say for how long.
const BUSY_WAIT: Duration = Duration::from_millis(500);
/// Longest that an endpoint which asks for it is left alone altogether.
const BUSY_WAIT_MAX: Duration = Duration::from_secs(60);

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
    /// For how long it wants to be left alone, if it said that it was asked too much.
    pub wait: Option<Duration>,
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
    /// It does not know what is final.
    #[error(
        "the RPC endpoint does not know the tag `finalized`; set FINALITY_CONFIRMATIONS, or use another endpoint"
    )]
    Unfinal,
    /// It does not know a block that others have seen.
    #[error("the RPC endpoint is behind")]
    Behind,
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
        matches!(self, Self::Unreachable(_) | Self::Disagree | Self::Unheard | Self::Behind)
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
        let failure = RpcFailure { code, message: without_urls(&message), ..RpcFailure::default() };
        match meaning(&error) {
            Meaning::Refused => Self::Refused(failure),
            Meaning::Behind => Self::Behind,
            Meaning::Busy(wait) => {
                Self::Unreachable(RpcFailure { wait: Some(wait.unwrap_or(BUSY_WAIT)), ..failure })
            }
            Meaning::Unavailable => Self::Unreachable(failure),
        }
    }
}

/// A message of a client library, cut to a bounded length and without URLs, which may carry a key.
fn without_urls(message: &str) -> String {
    const CHARS_MAX: usize = 300;
    let words = message.split_whitespace().map(|word| if word.contains("://") { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().filter(|c| !is_unprintable(*c)).take(CHARS_MAX).collect()
}

#[derive(Clone, Debug)]
struct Endpoint {
    name: String,
    provider: RootProvider,
    health: Arc<Health>,
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
        Self::within(RPC_TIMEOUT, urls)
    }

    /// The same, with another longest wait for one answer.
    pub(super) fn within(timeout: Duration, urls: &[SecretUrl]) -> Result<Self, ChainError> {
        let http = reqwest::Client::builder()
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| ChainError::Setup)?;
        let mut endpoints = Vec::new();
        for (endpoint, url) in urls.iter().enumerate() {
            let parsed = Url::parse(url.expose()).map_err(|_| ChainError::Setup)?;
            let client = ClientBuilder::default().layer(AskAgain).layer(Meter { endpoint });
            let provider =
                RootProvider::new(client.transport(HttpTransport::new(http.clone(), parsed), false));
            endpoints.push(Endpoint { name: url.to_string(), provider, health: Arc::default() });
        }
        Self::checked(endpoints)
    }

    /// Endpoints whose providers exist already; at least one.
    ///
    /// # Errors
    /// [`ChainError::Setup`] when there is none.
    pub fn of(providers: Vec<RootProvider>) -> Result<Self, ChainError> {
        let named =
            |(at, provider)| Endpoint { name: format!("endpoint {at}"), provider, health: Arc::default() };
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

    /// How many have answered when they were asked last, or were not asked yet.
    #[must_use]
    pub(super) fn answering(&self) -> usize {
        self.states().filter(|(_, answers)| *answers).count()
    }

    /// The name of each, and whether it has answered when it was asked last; in the order of the settings.
    pub(super) fn states(&self) -> impl Iterator<Item = (&str, bool)> {
        self.endpoints.iter().map(|endpoint| (endpoint.name.as_str(), endpoint.health.has_answered()))
    }

    /// The chain id that a majority of the endpoints reports.
    ///
    /// # Errors
    /// When there is none.
    pub async fn chain_id(&self) -> Result<u64, ChainError> {
        self.agree(|provider| async move { Ok(provider.get_chain_id().await?) }).await
    }

    /// What each endpoint answers, beside its name.
    pub(super) async fn each<T, F, A>(&self, ask: F) -> Vec<(&str, Result<T, ChainError>)>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let asked =
            self.endpoints.iter().map(async |endpoint| (endpoint.name.as_str(), endpoint.ask(&ask).await));
        futures_util::future::join_all(asked).await
    }

    /// The first usable answer, endpoint by endpoint, those that answer before the others.
    pub(super) async fn first<T, F, A>(&self, ask: F) -> Result<T, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let (well, ill) = self.by_health();
        let mut next = well.into_iter().chain(ill);
        let mut pending = FuturesUnordered::new();
        let mut last = ChainError::Setup;
        loop {
            pending.extend(next.next().map(|endpoint| endpoint.ask(&ask)));
            // Who takes long is not waited for alone.
            match tokio::time::timeout(GRACE, pending.next()).await {
                Ok(None) => return Err(last),
                Ok(Some(Ok(answer))) => return Ok(answer),
                Ok(Some(Err(error))) => last = error,
                Err(_) => {}
            }
        }
    }

    /// The answer that a majority gives; returns as soon as there is one.
    pub(super) async fn agree<T, F, A>(&self, ask: F) -> Result<T, ChainError>
    where
        T: PartialEq,
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let mut answers: Vec<(T, usize)> = Vec::new();
        let mut failure = None;
        let mut asked = std::pin::pin!(self.answers(&ask));
        while let Some(answer) = asked.next().await {
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

    /// The answers of all, or of a majority and of who else answers soon.
    pub(super) async fn majority<T, F, A>(&self, ask: F) -> Result<Vec<T>, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        let (mut good, mut failure) = (Vec::new(), ChainError::Disagree);
        let (well, mut ill) = self.by_health();
        let mut pending: FuturesUnordered<_> = well.into_iter().map(|endpoint| endpoint.ask(&ask)).collect();
        let mut until = None;
        loop {
            let answer = match until {
                None => pending.next().await,
                Some(until) => tokio::time::timeout_at(until, pending.next()).await.ok().flatten(),
            };
            match answer {
                Some(Ok(answer)) => good.push(answer),
                Some(Err(error)) => failure = error,
                None if until.is_some() => return Ok(good),
                None if ill.is_empty() => return Err(failure),
                None => pending.extend(ill.drain(..).map(|endpoint| endpoint.ask(&ask))),
            }
            if until.is_none() && good.len() >= self.quorum() {
                until = Some(tokio::time::Instant::now() + GRACE);
            }
        }
    }

    /// The answers as they come: of all that answer, and of the others once those were not enough.
    fn answers<'a, T, F, A>(&'a self, ask: &'a F) -> impl Stream<Item = Result<T, ChainError>> + 'a
    where
        T: 'a,
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>> + 'a,
    {
        let (well, ill) = self.by_health();
        ask_all(well, ask).chain(stream::once(async move { ask_all(ill, ask) }).flatten())
    }

    /// Those that answer, and those that are left alone for now; each in the order of the settings.
    fn by_health(&self) -> (Vec<&Endpoint>, Vec<&Endpoint>) {
        let now = Instant::now();
        self.endpoints.iter().partition(|endpoint| endpoint.health.is_well(now))
    }
}

impl Endpoint {
    /// Asks it, and notes whether it answered; an error names it.
    async fn ask<T, F, A>(&self, ask: &F) -> Result<T, ChainError>
    where
        F: Fn(RootProvider) -> A,
        A: Future<Output = Result<T, ChainError>>,
    {
        if let Some(left) = self.health.wait_left(Instant::now()) {
            let message = format!("it asked to be left alone for {} s more", left.as_secs() + 1);
            return Err(ChainError::Unreachable(RpcFailure {
                endpoint: self.name.clone(),
                message,
                ..RpcFailure::default()
            }));
        }
        let mut wait = Wait { endpoint: self, since: Instant::now(), is_over: false };
        let answer = ask(self.provider.clone()).await.map_err(|error| error.at(&self.name));
        wait.is_over = true;
        match &answer {
            Err(error @ ChainError::Unreachable(failure)) => {
                if let Some(wait) = failure.wait {
                    self.health.leave_alone(wait.min(BUSY_WAIT_MAX), Instant::now());
                }
                self.note(false, &with_causes(error));
            }
            _ => self.note(true, ""),
        }
        answer
    }

    fn note(&self, has_answered: bool, why: &str) {
        if !self.health.note(has_answered, Instant::now()) {
            return;
        }
        if has_answered {
            tracing::info!(endpoint = self.name, "the RPC endpoint answers again");
        } else {
            tracing::warn!(endpoint = self.name, error = why, "an RPC endpoint does not answer");
        }
    }
}

/// A wait for an answer. Who gives it up after a while has learnt something of the endpoint, too.
struct Wait<'a> {
    endpoint: &'a Endpoint,
    since: Instant,
    is_over: bool,
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if !self.is_over && self.since.elapsed() >= GRACE {
            self.endpoint.note(false, "the others have answered long ago");
        }
    }
}

/// A question on its way to some endpoints.
fn ask_all<'a, T, F, A>(
    endpoints: Vec<&'a Endpoint>,
    ask: &'a F,
) -> FuturesUnordered<impl Future<Output = Result<T, ChainError>> + 'a>
where
    T: 'a,
    F: Fn(RootProvider) -> A,
    A: Future<Output = Result<T, ChainError>> + 'a,
{
    endpoints.into_iter().map(|endpoint| endpoint.ask(ask)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Endpoints that are told apart by the order in which they are asked.
    fn endpoints(count: usize) -> Endpoints {
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let nowhere = || RootProvider::new_http("http://127.0.0.1:1".parse().unwrap());
        Endpoints::of((0..count).map(|_| nowhere()).collect()).unwrap()
    }

    /// Answers with the number of the endpoint, but for the one that says `instead`.
    async fn answer_of(
        at: usize,
        other: usize,
        instead: impl Future<Output = Result<usize, ChainError>>,
    ) -> Result<usize, ChainError> {
        if at == other { instead.await } else { Ok(7) }
    }

    fn silence() -> ChainError {
        ChainError::Unreachable(RpcFailure::default())
    }

    #[tokio::test]
    async fn rpc_endpoint_that_never_answers_holds_nobody_up() {
        for frozen in 0..3 {
            let three = endpoints(3);
            let asked = AtomicUsize::new(0);
            let ask = |_| answer_of(asked.fetch_add(1, Ordering::Relaxed), frozen, std::future::pending());
            assert_eq!(three.agree(ask).await, Ok(7));
            asked.store(0, Ordering::Relaxed);
            assert_eq!(three.majority(ask).await.map(|heads| heads.len()), Ok(2));
            assert_eq!(three.by_health().1.len(), 1, "it is known after that, and left alone");
        }
        let asked = AtomicUsize::new(0);
        let ask = |_| answer_of(asked.fetch_add(1, Ordering::Relaxed), 0, std::future::pending());
        assert_eq!(endpoints(3).first(ask).await, Ok(7));
    }

    #[tokio::test]
    async fn rpc_endpoint_that_failed_is_asked_where_the_others_are_not_enough() {
        let three = endpoints(3);
        let asked = AtomicUsize::new(0);
        let ask = |_| answer_of(asked.fetch_add(1, Ordering::Relaxed), 0, std::future::ready(Err(silence())));
        assert_eq!(three.agree(ask).await, Ok(7));
        assert_eq!(asked.swap(1, Ordering::Relaxed), 3);
        assert_eq!(three.agree(ask).await, Ok(7));
        assert_eq!(asked.swap(0, Ordering::Relaxed), 3, "only the two that answer were asked");
        // One of the two now says something else: the third word decides.
        let ask = |_| answer_of(asked.fetch_add(1, Ordering::Relaxed), 1, std::future::ready(Ok(8)));
        assert_eq!(three.agree(ask).await, Ok(7));
        assert_eq!(asked.swap(0, Ordering::Relaxed), 3);
    }

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
