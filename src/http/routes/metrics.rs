//! `GET /metrics`.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::app::App;
use crate::http::metrics::metrics_page;
use crate::http::problem::CommonProblems;

/// Metrics
///
/// What was counted, and what stands where, in Prometheus' text format. Costs no question to the chain: its figures are those
/// that were read last, and say how old they are. While the database does not answer, `cre_database_answers` is 0, and what
/// only it knows is left out.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "getMetrics",
    tag = "operations",
    security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/plain"), CommonProblems),
)]
pub async fn metrics(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics_page(&app).await).into_response()
}
