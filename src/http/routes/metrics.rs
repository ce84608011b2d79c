//! `GET /metrics`.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::reserves::followed;
use crate::http::app::App;
use crate::http::problem::{Problem, problems};
use crate::reserve::metrics::page;

problems! { MetricsProblems: StoreUnavailable }

/// Metrics
///
/// Gauges in Prometheus' text format: reserves, breakers, mints by state. `cre_chain_answers` is 0, and what only the
/// chain knows is left out, while it does not answer.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "operations",
    security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/plain"), MetricsProblems),
)]
pub async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let mints = app.store.mints_by_state().await?;
    let baskets = match app.chain.head().await {
        Ok(_) => followed(&app, |_| true).await.ok(),
        Err(_) => None,
    };
    let text = page(baskets.as_deref(), &mints, app.clock.now_seconds());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
