//! A JSON-RPC endpoint in front of the chain that fails as a test wants it to, and counts what it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Does what it is asked, but every third answer is lost.
    LosingAnswers,
    /// Every third question is one too many, and told so in this way.
    TooMany(TooMany),
    /// Takes log queries of so many blocks at most.
    NarrowLogs(u64),
    /// Does not know the tags `finalized` and `safe`.
    WithoutTags,
    /// Lacks the methods and the kinds of calls that nodes need not have.
    WithoutOptional,
    /// Has no receipt of a transaction, and no block of it, when it is first asked.
    LateReceipts,
    /// Every third answer is a page of a proxy.
    Pages,
    /// Is another chain.
    OtherChain,
}

/// How an endpoint says that it was asked too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooMany {
    /// HTTP 429 with a page.
    Status,
    /// HTTP 429 that says when to come again.
    StatusAndTime,
    /// HTTP 429 with a JSON-RPC error, as Infura and Alchemy send it.
    StatusAndError,
    /// A JSON-RPC error of this code alone.
    Error(i64),
}

/// Calls by method; each member of a batch is one.
pub type Calls = BTreeMap<String, usize>;

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
    asked: AtomicUsize,
    calls: Mutex<Calls>,
    /// Transactions whose receipts were asked for.
    known: Mutex<BTreeSet<String>>,
}

impl RpcProxy {
    /// Starts an endpoint in front of another.
    pub async fn start(upstream: &str, mode: FaultMode) -> Self {
        let client = crate::client();
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            client,
            mode: watch::Sender::new(mode),
            asked: AtomicUsize::new(0),
            calls: Mutex::default(),
            known: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    /// What it was asked since this was called last.
    #[must_use]
    pub fn take_calls(&self) -> Calls {
        std::mem::take(&mut *self.shared.calls.lock().unwrap_or_else(PoisonError::into_inner))
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
    let members = question.as_array().cloned().unwrap_or_else(|| vec![question.clone()]);
    for member in &members {
        let method = member["method"].as_str().unwrap_or_default().to_owned();
        *shared.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(method).or_default() += 1;
    }
    let is_third = shared.asked.fetch_add(1, Ordering::Relaxed) % 3 == 2;
    if let Some(answer) = refusal(mode, is_third, &question) {
        return answer;
    }
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
    if mode == FaultMode::LosingAnswers && is_third {
        return StatusCode::GATEWAY_TIMEOUT.into_response();
    }
    let method = question["method"].as_str().unwrap_or_default();
    if mode == FaultMode::LateReceipts && shared.is_early(method, &question["params"][0]) {
        answer["result"] = Value::Null;
    }
    if let Some(lie) = lie(mode, method, &answer["result"]) {
        answer["result"] = lie;
    }
    Json(answer).into_response()
}

impl Shared {
    /// Whether a receipt is asked for that was not asked for before.
    fn is_early(&self, method: &str, hash: &Value) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        method == "eth_getTransactionReceipt" && known.insert(hash.to_string())
    }
}

/// What is answered without asking the chain, in the words of real providers.
fn refusal(mode: FaultMode, is_third: bool, question: &Value) -> Option<Response> {
    let error = |code: i64, message: &str| {
        let error = json!({ "code": code, "message": message });
        Json(json!({ "jsonrpc": "2.0", "id": question["id"], "error": error })).into_response()
    };
    let (method, params) = (question["method"].as_str().unwrap_or_default(), &question["params"]);
    let block = |name: &str| params[0][name].as_str().and_then(|hex| u64::from_str_radix(&hex[2..], 16).ok());
    match mode {
        FaultMode::TooMany(how) if is_third => Some(match how {
            TooMany::Status => (StatusCode::TOO_MANY_REQUESTS, "<html>slow down</html>").into_response(),
            TooMany::StatusAndTime => {
                (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "1")], "slow down").into_response()
            }
            TooMany::StatusAndError => {
                (StatusCode::TOO_MANY_REQUESTS, error(-32_005, "project ID request rate exceeded"))
                    .into_response()
            }
            TooMany::Error(code) => error(code, "rate limit exceeded"),
        }),
        FaultMode::NarrowLogs(most) if method == "eth_getLogs" => {
            let (Some(from), Some(to)) = (block("fromBlock"), block("toBlock")) else { return None };
            let message = format!("You can make eth_getLogs requests with up to a {most} block range.");
            (to - from >= most).then(|| error(-32_600, &message))
        }
        FaultMode::WithoutTags if ["finalized", "safe"].contains(&params[0].as_str().unwrap_or_default()) => {
            Some(error(-39_001, "Unknown block"))
        }
        FaultMode::WithoutOptional => {
            let is_optional = ["eth_maxPriorityFeePerGas", "eth_feeHistory", "eth_sendRawTransactionSync"];
            let runs_code = method == "eth_call" && params[0]["to"].is_null();
            let by_hash = method == "eth_getLogs" && !params[0]["blockHash"].is_null();
            if is_optional.contains(&method) {
                Some(error(-32_601, &format!("the method {method} does not exist/is not available")))
            } else if runs_code || by_hash {
                Some(error(-32_602, "invalid argument 0"))
            } else {
                None
            }
        }
        FaultMode::Pages if is_third => Some(
            ([("content-type", "text/html")], "<!DOCTYPE html><title>One moment</title>").into_response(),
        ),
        _ => None,
    }
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
        (FaultMode::OtherChain, "eth_chainId") => Some(json!("0x1")),
        (FaultMode::OtherChain, "eth_call" | "eth_getCode") => Some(json!("0x")),
        (FaultMode::OtherChain, "eth_getLogs") => Some(json!([])),
        (FaultMode::OtherChain, "eth_getTransactionReceipt") => Some(Value::Null),
        (FaultMode::OtherChain, "eth_getBlockByNumber") if truth.is_object() => {
            let mut block = truth.clone();
            let hash =
                format!("0x{:0>64}", truth["number"].as_str().unwrap_or_default().trim_start_matches("0x"));
            block["hash"] = json!(hash);
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
