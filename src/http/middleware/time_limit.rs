//! A limit on everything: a mint may take its wait, anything else a fixed time. Streams begin within it.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Longest that a request may take besides the wait it asked for.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// Answers for a request that takes longer than `limit`.
pub async fn time_limit(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let message = "the request took too long; what was accepted goes on";
            Problem::new(ProblemCode::Timeout, message).into_response()
        }
    }
}
