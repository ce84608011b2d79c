//! A reserve API that a test can turn the screws of.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use cre_backend::clock::{Clock, rfc3339};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// What the API says.
#[derive(Clone, Debug)]
pub(crate) struct Books {
    /// Status of the answer.
    pub(crate) status: StatusCode,
    /// Whole dollars.
    pub(crate) total: String,
    /// Age of the figure in seconds.
    pub(crate) age_seconds: i64,
    /// Whether the emergency stop is pulled.
    pub(crate) ripcord: bool,
}

/// The running API.
#[derive(Clone, Debug)]
pub(crate) struct Reserve {
    pub(crate) url: String,
    books: Arc<Mutex<Books>>,
    gate: Arc<watch::Sender<bool>>,
}

impl Reserve {
    /// One million dollars, counted just now.
    pub(crate) async fn start() -> Self {
        let total = "1000000.00".to_owned();
        let books = Books { status: StatusCode::OK, total, age_seconds: 0, ripcord: false };
        let books = Arc::new(Mutex::new(books));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let gate = Arc::new(watch::Sender::new(true));
        let state = (Arc::clone(&books), Arc::clone(&gate));
        let router = Router::new().route("/reserves/{consumer}", get(answer)).with_state(state);
        #[expect(clippy::disallowed_methods, reason = "the server lives as long as the test's runtime")]
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, books, gate }
    }

    /// Changes what the API says from now on.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Books)) {
        change(&mut self.books.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Lets every question wait, or (again) be answered.
    pub(crate) fn open(&self, is_open: bool) {
        self.gate.send_replace(is_open);
    }
}

type Shared = (Arc<Mutex<Books>>, Arc<watch::Sender<bool>>);

async fn answer(State((books, gate)): State<Shared>) -> Response {
    // The gate outlives every question.
    let _ = gate.subscribe().wait_for(|is_open| *is_open).await;
    let books = books.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let counted_at = Clock::system().now_ms() - books.age_seconds * 1000;
    let body = json!({
        "accountName": "test",
        "totalReserve": books.total,
        "lastUpdated": rfc3339(counted_at),
        "ripcord": books.ripcord,
    });
    (books.status, axum::Json(body)).into_response()
}
