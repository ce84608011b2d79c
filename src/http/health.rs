//! The service card, liveness, readiness, and decoded receipts.

use std::future::Future;
use std::time::Duration;

use alloy::primitives::B256;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};

use super::App;
use super::problem::Problem;
use crate::mint::Failure;

/// Longest that one readiness check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

/// `GET /`: what this is and where everything is.
pub async fn card(State(app): State<App>) -> Response {
    let contracts = app.service.chain().contracts();
    axum::Json(json!({
        "service": "cre-backend",
        "version": env!("CARGO_PKG_VERSION"),
        "chainId": app.service.chain().chain_id(),
        "basketFactory": contracts.factory.to_string(),
        "forwarder": contracts.forwarder.to_string(),
        "defaultStablecoin": app.settings.default_basket.map(|basket| basket.0.to_string()),
        "defaultConsumer": app.settings.default_basket.map(|basket| basket.1.to_string()),
        "endpoints": [
            "POST /mint", "GET /mints", "GET /mints/{id}", "GET /mints/{id}/events", "POST /mints/{id}/cancel",
            "POST /mints/{id}/retry", "GET /baskets", "POST /baskets", "GET /compliance/{address}", "GET /events", "GET /tx/{hash}",
            "GET /reserves", "GET /reserves/{consumer}", "GET /transparency/{consumer}",
            "POST /baskets/{consumer}/pause", "POST /baskets/{consumer}/resume", "GET /metrics",
            "GET /health", "GET /ready",
        ],
    }))
    .into_response()
}

/// `GET /health`: the process lives; with the number and hash of the newest event that it knows. Asks nobody.
pub async fn health(State(app): State<App>) -> Response {
    let newest = app.service.store().head();
    let head = newest.borrow();
    axum::Json(json!({ "status": "ok", "eventHead": { "seq": head.seq, "hash": head.hash } })).into_response()
}

/// `GET /ready`: every part that a mint needs, each named; 503 when one is missing.
pub async fn ready(State(app): State<App>) -> Response {
    let chain = app.service.chain();
    let contracts = chain.contracts();
    let (database, chain_id, forwarder, factory, bun, reserve) = tokio::join!(
        check("the database does not answer", async { app.service.store().ping().await.is_ok() }),
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
        check("the reserve API does not answer", app.reserve.is_reachable()),
    );
    let workflow = match app.settings.workflow_dir.join("main.ts").is_file() {
        true => None,
        false => Some("WORKFLOW_DIR has no main.ts"),
    };
    let mut checks = Map::new();
    let mut ready = true;
    for (name, problem) in [
        ("database", database),
        ("chainId", chain_id),
        ("forwarder", forwarder),
        ("basketFactory", factory),
        ("bun", bun),
        ("workflow", workflow),
        ("reserveApi", reserve),
    ] {
        ready &= problem.is_none();
        checks.insert(name.to_owned(), json!(problem.unwrap_or("ok")));
    }
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(json!({ "ready": ready, "checks": checks }))).into_response()
}

async fn check(problem: &'static str, works: impl Future<Output = bool>) -> Option<&'static str> {
    match tokio::time::timeout(CHECK_TIMEOUT, works).await {
        Ok(true) => None,
        _ => Some(problem),
    }
}

/// `GET /tx/{hash}`: the receipt, decoded; where explorer links point when there is no explorer.
///
/// # Errors
/// 404 when the chain has no such receipt.
pub async fn transaction(State(app): State<App>, Path(hash): Path<String>) -> Result<Response, Problem> {
    let hash: B256 = match hash.parse() {
        Ok(parsed) if hash.len() == 66 => parsed,
        _ => return Err(Problem::not_found("transaction")),
    };
    let chain = app.service.chain();
    let found = chain.receipt(hash).await.map_err(Failure::from)?;
    let receipt = found.ok_or_else(|| Problem::not_found("transaction"))?;
    let is_final = match (chain.final_head().await, receipt.block_number) {
        (Ok(head), Some(number)) => number <= head.number,
        _ => false,
    };
    Ok(axum::Json(json!({ "chainId": chain.chain_id(), "final": is_final, "receipt": receipt }))
        .into_response())
}
