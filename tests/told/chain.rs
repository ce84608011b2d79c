//! A JSON-RPC endpoint that says just enough to be taken for a chain.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use alloy::primitives::{Address, B256, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How the endpoint behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    /// It is the chain with this id.
    Up(u64),
    /// It answers 503.
    Down,
    /// It answers 401 with a page that repeats the address.
    Unauthorized,
    /// It answers every question with an error that repeats the address.
    Nonsense,
}

/// The running endpoint.
pub(crate) struct FakeChain {
    pub(crate) url: String,
    shared: Arc<Mutex<Shared>>,
}

struct Shared {
    mood: Mood,
    has_code: bool,
    echo: String,
}

/// The address with this number.
pub(crate) fn address(number: u8) -> Address {
    Address::from_word(B256::with_last_byte(number))
}

impl FakeChain {
    pub(crate) async fn start(mood: Mood) -> Self {
        let shared = Arc::new(Mutex::new(Shared { mood, has_code: true, echo: String::new() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, shared }
    }

    pub(crate) fn set(&self, mood: Mood) {
        lock(&self.shared).mood = mood;
    }

    /// Whether there is code at every address, or at none.
    pub(crate) fn set_code(&self, has_code: bool) {
        lock(&self.shared).has_code = has_code;
    }

    /// What it repeats when it refuses.
    pub(crate) fn echo(&self, text: &str) {
        text.clone_into(&mut lock(&self.shared).echo);
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn answer(State(shared): State<Arc<Mutex<Shared>>>, Json(question): Json<Value>) -> Response {
    let shared = lock(&shared);
    let chain_id = match shared.mood {
        Mood::Up(chain_id) => chain_id,
        Mood::Down => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Unauthorized => {
            let page = format!("<html><a href=\"{0}\">{0}</a> is not authorised</html>", shared.echo);
            return (StatusCode::UNAUTHORIZED, [(header::CONTENT_TYPE, "text/html")], page).into_response();
        }
        Mood::Nonsense => {
            let error = json!({ "code": -32_000, "message": format!("not for {0} ({0})", shared.echo) });
            return Json(json!({ "jsonrpc": "2.0", "id": question["id"], "error": error })).into_response();
        }
    };
    let code = if shared.has_code { Bytes::from_static(b"\x60") } else { Bytes::new() };
    let result = match question["method"].as_str().unwrap_or_default() {
        "eth_chainId" => json!(format!("{chain_id:#x}")),
        "eth_blockNumber" => json!("0x0"),
        "eth_getCode" => json!(code),
        "eth_getBlockByNumber" => block(chain_id),
        "eth_getLogs" => json!([]),
        "eth_call" => json!("0x"),
        _ => Value::Null,
    };
    Json(json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })).into_response()
}

fn block(chain_id: u64) -> Value {
    let none = B256::ZERO;
    json!({
        "number": "0x0", "hash": B256::from(alloy::primitives::U256::from(chain_id)), "parentHash": none,
        "sha3Uncles": none, "transactionsRoot": none, "stateRoot": none, "receiptsRoot": none, "mixHash": none,
        "logsBloom": format!("0x{}", "00".repeat(256)), "miner": Address::ZERO, "difficulty": "0x0",
        "extraData": "0x", "size": "0x1", "gasLimit": "0x1", "gasUsed": "0x0", "timestamp": "0x1",
        "nonce": "0x0000000000000000", "uncles": [], "transactions": [],
    })
}
