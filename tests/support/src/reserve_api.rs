//! A reserve API whose answers a test chooses.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cre_backend::base::clock::{Clock, rfc3339};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the API says.
#[derive(Clone, Debug)]
pub struct ReserveStatement {
    /// Status of the answer.
    pub status: StatusCode,
    /// Whole dollars.
    pub total: String,
    /// Age of the figure in seconds.
    pub age_seconds: i64,
    /// Whether the emergency stop is pulled.
    pub ripcord: bool,
    /// Whether it only repeats what it was sent: address and headers.
    pub repeats: bool,
}

/// The running API.
#[derive(Clone, Debug)]
pub struct ReserveApi {
    /// Where it listens.
    pub url: String,
    statement: Arc<Mutex<ReserveStatement>>,
    gate: Arc<watch::Sender<bool>>,
}

impl ReserveApi {
    /// One million dollars, counted just now.
    pub async fn start() -> Self {
        let total = "1000000.00".to_owned();
        let statement = ReserveStatement {
            status: StatusCode::OK,
            total,
            age_seconds: 0,
            ripcord: false,
            repeats: false,
        };
        let statement = Arc::new(Mutex::new(statement));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let gate = Arc::new(watch::Sender::new(true));
        let state = (Arc::clone(&statement), Arc::clone(&gate));
        let router = Router::new().route("/reserves/{stablecoin}", get(answer)).with_state(state);
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, statement, gate }
    }

    /// Changes what the API says from now on.
    pub fn change(&self, change: impl FnOnce(&mut ReserveStatement)) {
        change(&mut self.statement.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets every question wait, or (again) be answered.
    pub fn open(&self, is_open: bool) {
        self.gate.send_replace(is_open);
    }
}

type Shared = (Arc<Mutex<ReserveStatement>>, Arc<watch::Sender<bool>>);

async fn answer(State((statement, gate)): State<Shared>, uri: Uri, headers: HeaderMap) -> Response {
    // The gate outlives every question.
    let _ = gate.subscribe().wait_for(|is_open| *is_open).await;
    let statement = statement.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if statement.repeats {
        return (statement.status, format!("no to {uri} with {headers:?}")).into_response();
    }
    let counted_at = Clock::system().now_ms() - statement.age_seconds * 1000;
    let body = json!({
        "accountName": "test",
        "totalReserve": statement.total,
        "lastUpdated": rfc3339(counted_at),
        "ripcord": statement.ripcord,
    });
    (statement.status, axum::Json(body)).into_response()
}
