//! A JSON-RPC endpoint in front of the chain that fails as a test wants it to.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How an endpoint behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultMode {
    /// Passes everything on.
    Honest,
    /// Answers 503.
    Down,
    /// Answers every call with words that are all ones, knows no receipt, and is far ahead.
    Lying,
    /// Knows no block after the first few and nothing that is in them.
    Stale,
    /// Passes everything on twice and takes its time.
    SlowAndDouble,
    /// Takes every question and answers none while it is like this.
    Silent,
    /// Refuses everything with a text that repeats what it was sent: address and headers.
    Repeating,
}

/// The running endpoint.
#[derive(Clone, Debug)]
pub struct RpcProxy {
    /// Where it listens.
    pub url: String,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    client: Client,
    mode: watch::Sender<FaultMode>,
}

impl RpcProxy {
    /// Starts an endpoint in front of another.
    pub async fn start(upstream: &str, mode: FaultMode) -> Self {
        let client = crate::client();
        let shared =
            Arc::new(Shared { upstream: upstream.to_owned(), client, mode: watch::Sender::new(mode) });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// Changes how it behaves from now on.
    pub fn set(&self, mode: FaultMode) {
        self.shared.mode.send_replace(mode);
    }
}

async fn pass(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
    headers: HeaderMap,
    Json(question): Json<Value>,
) -> Response {
    let mode = *shared.mode.borrow();
    if mode == FaultMode::Silent {
        // The sender outlives every question.
        let _ = shared.mode.subscribe().wait_for(|mode| *mode != FaultMode::Silent).await;
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if mode == FaultMode::Repeating {
        return (StatusCode::UNAUTHORIZED, format!("no to {uri} with {headers:?}")).into_response();
    }
    if mode == FaultMode::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if mode == FaultMode::SlowAndDouble {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let _ = ask(&shared, &question).await;
    }
    let Some(mut answer) = ask(&shared, &question).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let method = question["method"].as_str().unwrap_or_default();
    if let Some(lie) = lie(mode, method, &answer["result"]) {
        answer["result"] = lie;
    }
    Json(answer).into_response()
}

async fn ask(shared: &Shared, question: &Value) -> Option<Value> {
    shared.client.post(&shared.upstream).json(question).send().await.ok()?.json().await.ok()
}

fn lie(mode: FaultMode, method: &str, truth: &Value) -> Option<Value> {
    match (mode, method) {
        (FaultMode::Lying, "eth_call") => Some(json!(format!("0x{}", "11".repeat(32)))),
        (FaultMode::Lying | FaultMode::Stale, "eth_getTransactionReceipt") => Some(Value::Null),
        (FaultMode::Lying | FaultMode::Stale, "eth_getLogs") => Some(json!([])),
        (FaultMode::Lying, "eth_getBlockByNumber") if truth.is_object() => {
            let mut block = truth.clone();
            block["number"] = json!("0xffffff");
            block["timestamp"] = json!("0xffffffff");
            Some(block)
        }
        (FaultMode::Stale, "eth_call") => Some(json!(format!("0x{}", "00".repeat(32)))),
        (FaultMode::Stale, "eth_getBlockByNumber") if truth.is_object() => {
            let mut block = truth.clone();
            block["number"] = json!("0x1");
            block["timestamp"] = json!("0x1");
            Some(block)
        }
        _ => None,
    }
}
