//! The HTTP edge: routes, middleware, and the only place where an error becomes a status.

pub mod baskets;
pub mod compliance;
pub mod events;
pub mod extract;
pub mod health;
pub mod mints;
pub mod operator;
pub mod problem;
pub mod reserves;
pub mod serve;

use std::net::{IpAddr, SocketAddr};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;

use crate::clock::Clock;
use crate::mint::service::Service;
use crate::reserve::{Desk, ReserveApi};
use crate::workflow::Executor;
use problem::Problem;

/// Largest request body in bytes; a mint request has a few hundred.
const BODY_BYTES_MAX: usize = 16 << 10;
/// Open event streams.
const STREAMS_MAX: usize = 256;
/// Longest that a request may take besides the wait it asked for.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Where a transaction can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explorer(String);

impl Explorer {
    /// The configured explorer, the chain's well-known one, or this gateway's own `/tx/{hash}`.
    #[must_use]
    pub fn new(configured: Option<&str>, chain_id: u64, own: SocketAddr) -> Self {
        Self(match (configured, chain_id) {
            (Some(base), _) => base.to_owned(),
            (None, 1) => "https://etherscan.io".to_owned(),
            (None, 11_155_111) => "https://sepolia.etherscan.io".to_owned(),
            (None, _) => format!("http://localhost:{}", own.port()),
        })
    }

    /// The address of one transaction's page.
    #[must_use]
    pub fn link(&self, tx: B256) -> String {
        format!("{}/tx/{tx}", self.0)
    }
}

/// What handlers need to know.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Whether only this machine can reach the server.
    pub is_loopback: bool,
    /// Address the server listens on.
    pub own: SocketAddr,
    /// Browser origins that may call.
    pub cors_origins: Vec<String>,
    /// Longest wait of `POST /mint`.
    pub mint_wait: Duration,
    /// Explorer links.
    pub explorer: Explorer,
    /// The basket used when none is named.
    pub default_basket: Option<(Address, Address)>,
    /// The CRE project folder.
    pub workflow_dir: PathBuf,
}

/// What every handler can reach; one for all of them, because each request copies the handle several times.
#[derive(Clone, Debug)]
pub struct App(Arc<AppParts>);

impl Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0
    }
}

impl From<AppParts> for App {
    fn from(parts: AppParts) -> Self {
        Self(Arc::new(parts))
    }
}

/// The parts of an [`App`].
#[derive(Debug)]
pub struct AppParts {
    /// The mints.
    pub service: Service,
    /// Ledger and breakers.
    pub desk: Desk,
    /// What runs workflows; asked for readiness only.
    pub executor: Executor,
    /// The reserve API; asked for readiness only.
    pub reserve: ReserveApi,
    /// Settings.
    pub settings: HttpSettings,
    /// Room for event streams.
    pub streams: Arc<Semaphore>,
    /// Fires when the server stops: waits and streams end.
    pub stop: CancellationToken,
    /// The clock.
    pub clock: Clock,
}

impl AppParts {
    /// Room for event streams.
    #[must_use]
    pub fn stream_room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(STREAMS_MAX))
    }
}

/// The routes with their middleware.
pub fn router(app: App) -> Router {
    let ids = OwnIds(app.clock.clone());
    Router::new()
        .route("/", get(health::card))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/tx/{hash}", get(health::transaction))
        .route("/mint", post(mints::create))
        .route("/mints", get(mints::list))
        .route("/mints/{id}", get(mints::show))
        .route("/mints/{id}/events", get(events::of_mint))
        .route("/mints/{id}/cancel", post(mints::cancel))
        .route("/mints/{id}/retry", post(mints::retry))
        .route("/baskets", get(baskets::list).post(baskets::register))
        .route("/compliance/{address}", get(compliance::explain))
        .route("/baskets/{consumer}/pause", post(operator::pause))
        .route("/baskets/{consumer}/resume", post(operator::resume))
        .route("/reserves", get(reserves::list))
        .route("/reserves/{consumer}", get(reserves::show))
        .route("/transparency/{consumer}", get(reserves::transparency))
        .route("/metrics", get(reserves::metrics))
        .route("/events", get(events::all))
        .fallback(|| async { Problem::not_found("address") })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "METHOD_NOT_ALLOWED",
                "this address has no such method",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(app.clone(), time_limit))
        .layer(from_fn_with_state(app.clone(), own_host))
        .layer(cors(&app.settings.cors_origins))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", "an internal error occurred")
                .into_response()
        }))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::new(REQUEST_ID, ids))
        .with_state(app)
}

fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    tracing::info_span!("http", request_id = id, method = %request.method(), path = request.uri().path())
}

#[derive(Clone, Debug)]
struct OwnIds(Clock);

impl MakeRequestId for OwnIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        Some(RequestId::new(self.0.new_id().to_string().parse().ok()?))
    }
}

fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::CONTENT_TYPE,
            HeaderName::from_static("idempotency-key"),
            HeaderName::from_static("prefer"),
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            header::LOCATION,
            header::RETRY_AFTER,
            HeaderName::from_static("idempotency-replayed"),
            REQUEST_ID,
        ])
        .max_age(Duration::from_secs(600))
}

/// Answers only to its own name: a foreign page that points its name at this machine (DNS rebinding) gets nothing.
async fn own_host(State(app): State<App>, request: Request, next: Next) -> Response {
    let host = match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(header::HOST).and_then(|value| value.to_str().ok()),
    };
    if host.is_some_and(|host| is_own(host, app.settings.own.ip())) {
        return next.run(request).await;
    }
    let words = "the Host header names another server than this one";
    Problem::new(StatusCode::MISDIRECTED_REQUEST, "HOST_NOT_ALLOWED", words).into_response()
}

fn is_own(host: &str, own: IpAddr) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    ip.is_ok_and(|ip| ip.is_loopback() || ip == own)
}

/// A limit on everything: a mint may take its wait, anything else a fixed time. Streams begin within it.
async fn time_limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let limit = app.settings.mint_wait + REQUEST_TIMEOUT;
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let words = "the request took too long; what was accepted goes on";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", words).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_our_own() {
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        for host in
            ["localhost", "localhost:3001", "LOCALHOST:1", "127.0.0.1:3001", "[::1]:3001", "127.0.0.1"]
        {
            assert!(is_own(host, own), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example:3001", "10.0.0.1", "", "127.0.0.1.nip.io", "localhost:x"]
        {
            assert!(!is_own(host, own), "{host}");
        }
    }

    #[test]
    fn links_follow_the_chain() {
        let own: SocketAddr = "127.0.0.1:3001".parse().unwrap();
        let tx = B256::repeat_byte(0x11);
        let link = |configured, chain_id| Explorer::new(configured, chain_id, own).link(tx);
        assert!(link(None, 11_155_111).starts_with("https://sepolia.etherscan.io/tx/0x11"));
        assert!(link(None, 31_337).starts_with("http://localhost:3001/tx/0x11"));
        assert!(link(Some("https://explorer.example"), 1).starts_with("https://explorer.example/tx/0x11"));
    }
}
