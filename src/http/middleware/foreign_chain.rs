//! Nothing is written while the endpoints speak of another chain than the database.

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::chain::{Chain, ChainError, Standing};
use crate::http::problem::Problem;

/// Refuses what would write while the chain is not the right one.
pub async fn no_writes_on_foreign_chain(
    State(chain): State<Chain>,
    request: Request,
    next: Next,
) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    match chain.standing() {
        Standing::Foreign(why) if !reads => Problem::from(ChainError::Foreign(why)).into_response(),
        _ => next.run(request).await,
    }
}
