//! Liveness and readiness.

use std::future::Future;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::chain::{Chain, Standing};
use crate::http::app::App;
use crate::http::dto::health::{Check, Checks, ClockAnswer, EventHead, HealthAnswer, ReadyAnswer};
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
    security(()),
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
    security(()),
    responses(
        CommonProblems,
        (status = 200, description = "Everything is there.", body = ReadyAnswer),
        (status = 503, description = "A part is missing; `checks` says which one.", body = ReadyAnswer),
    ),
)]
pub async fn ready(State(app): State<App>) -> (StatusCode, axum::Json<ReadyAnswer>) {
    let stablecoin = app.baskets.default_basket().map(|basket| basket.stablecoin);
    let (database, on_chain, bun, reserve_api) = tokio::join!(
        check("the database does not answer", async { app.store.ping().await.is_ok() }),
        on_chain(&app.chain),
        check("BUN_PATH does not run", app.executor.is_ready()),
        check("the reserve API does not answer", app.reserve_api.is_reachable(stablecoin)),
    );
    let has_workflow = app.settings.workflow_dir.join("main.ts").is_file();
    let workflow = Check::new(has_workflow, "WORKFLOW_DIR has no main.ts");
    let OnChain { chain, chain_id, forwarder, basket_factory } = on_chain;
    let checks = Checks { database, chain, chain_id, forwarder, basket_factory, bun, workflow, reserve_api };
    let answer = ReadyAnswer::of(checks, ClockAnswer::from(&app.clock));
    let status = if answer.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(answer))
}

async fn check(problem: &'static str, works: impl Future<Output = bool>) -> Check {
    Check::new(tokio::time::timeout(CHECK_TIMEOUT, works).await == Ok(true), problem)
}

/// The checks of the chain.
struct OnChain {
    chain: Check,
    chain_id: Check,
    forwarder: Check,
    basket_factory: Check,
}

async fn on_chain(chain: &Chain) -> OnChain {
    let unchecked = || Check::failed("not known: the chain does not answer");
    let silent = |problem: &str| OnChain {
        chain: Check::failed(format!("{problem}{}", both_needed(chain))),
        chain_id: unchecked(),
        forwarder: unchecked(),
        basket_factory: unchecked(),
    };
    let Ok(identity) = chain.identity() else {
        return silent("the chain has not answered since the start; the gateway asks again by itself");
    };
    let contracts = identity.contracts;
    let asked = async {
        tokio::try_join!(
            chain.ask_chain_id(),
            chain.has_code(contracts.forwarder),
            chain.has_code(contracts.factory)
        )
    };
    let asked = tokio::time::timeout(CHECK_TIMEOUT, asked).await;
    let (standing, found) = match (chain.standing(), asked) {
        (Standing::Foreign(why), Ok(Ok(found))) => (Check::failed(why.to_string()), found),
        (Standing::Silent, Ok(Ok(found))) => {
            (Check::failed("the chain answers again; the gateway is about to check it"), found)
        }
        (Standing::Verified, Ok(Ok(found))) => (Check::OK, found),
        _ => return silent("the chain does not answer"),
    };
    OnChain {
        chain: standing,
        chain_id: match found.0 == identity.chain_id {
            true => Check::OK,
            false => Check::failed(format!("RPC_URL leads to chain {}, not {}", found.0, identity.chain_id)),
        },
        forwarder: Check::new(found.1, "there is no code at FORWARDER_ADDRESS"),
        basket_factory: Check::new(found.2, "there is no code at BASKET_FACTORY"),
    }
}

/// Why one endpoint that is down may be enough.
fn both_needed(chain: &Chain) -> String {
    match chain.quorum() {
        (1, _) => String::new(),
        (count, quorum) => format!(" ({quorum} of the {count} endpoints of RPC_URL must answer alike)"),
    }
}
