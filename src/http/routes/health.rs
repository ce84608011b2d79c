//! Liveness and readiness.

use std::future::Future;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::http::app::App;
use crate::http::dto::health::{Check, Checks, EventHead, HealthAnswer, ReadyAnswer};
use crate::http::problem::CommonProblems;

/// Longest that one readiness check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// Liveness
///
/// The process lives; with the number and hash of the newest event that it knows. Asks nobody.
#[utoipa::path(
    get,
    path = "/health",
    operation_id = "getHealth",
    tag = "operations",
    responses((status = 200, description = "It lives.", body = HealthAnswer), CommonProblems),
)]
pub async fn health(State(app): State<App>) -> Response {
    let newest = app.store.head();
    let head = newest.borrow();
    let event_head = EventHead { seq: head.seq, hash: &head.hash };
    axum::Json(HealthAnswer { status: "ok", event_head }).into_response()
}

/// Readiness
///
/// Every part that a mint needs, each by name.
#[utoipa::path(
    get,
    path = "/ready",
    operation_id = "getReadiness",
    tag = "operations",
    responses(
        CommonProblems,
        (status = 200, description = "Everything is there.", body = ReadyAnswer),
        (status = 503, description = "A part is missing; `checks` says which one.", body = ReadyAnswer),
    ),
)]
pub async fn ready(State(app): State<App>) -> (StatusCode, axum::Json<ReadyAnswer>) {
    let chain = &app.chain;
    let contracts = chain.contracts();
    let (database, chain_id, forwarder, basket_factory, bun, reserve_api) = tokio::join!(
        check("the database does not answer", async { app.store.ping().await.is_ok() }),
        check("no RPC endpoint answers with the expected chain id", async {
            chain.ask_chain_id().await.is_ok_and(|id| id == chain.chain_id())
        }),
        check("there is no code at FORWARDER_ADDRESS", async {
            chain.has_code(contracts.forwarder).await.unwrap_or(false)
        }),
        check("there is no code at BASKET_FACTORY", async {
            chain.has_code(contracts.factory).await.unwrap_or(false)
        }),
        check("BUN_PATH does not run", app.executor.is_ready()),
        check("the reserve API does not answer", app.reserve_api.is_reachable()),
    );
    let has_workflow = app.settings.workflow_dir.join("main.ts").is_file();
    let workflow = Check::new(has_workflow, "WORKFLOW_DIR has no main.ts");
    let answer = ReadyAnswer::from(Checks {
        database,
        chain_id,
        forwarder,
        basket_factory,
        bun,
        workflow,
        reserve_api,
    });
    let status = if answer.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(answer))
}

async fn check(problem: &'static str, works: impl Future<Output = bool>) -> Check {
    Check::new(tokio::time::timeout(CHECK_TIMEOUT, works).await == Ok(true), problem)
}
