//! Liveness and readiness.

use std::future::Future;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::base::task::{Part, Supervisor};
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
/// Every part that a mint needs, each by name. Costs no question to the chain.
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
    let (database, bun, reserve_api) = tokio::join!(
        check("the database does not answer", async { app.store.ping().await.is_ok() }),
        check("BUN_PATH does not run", app.executor.is_ready()),
        check("the reserve API does not answer", app.reserve_api.is_reachable(stablecoin)),
    );
    let has_workflow = app.settings.workflow_dir.join("main.ts").is_file();
    let workflow = Check::new(has_workflow, "WORKFLOW_DIR has no main.ts");
    let OnChain { chain, of_addresses } = OnChain::of(&app.chain);
    let [writer, worker, monitor, scheduler] = moves(&app.supervisor, Instant::now());
    let checks = Checks {
        database,
        chain,
        chain_id: of_addresses.clone(),
        forwarder: of_addresses.clone(),
        basket_factory: of_addresses,
        bun,
        workflow,
        reserve_api,
        writer,
        worker,
        monitor,
        scheduler,
    };
    let answer = ReadyAnswer::of(checks, ClockAnswer::from(&app.clock), app.chain.substitutes());
    let status = if answer.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, axum::Json(answer))
}

/// Whether writer, worker, monitor and scheduler move.
fn moves(supervisor: &Supervisor, now: Instant) -> [Check; 4] {
    [Part::Writer, Part::Worker, Part::Monitor, Part::Scheduler]
        .map(|part| supervisor.stalled(part, now).map_or(Check::OK, Check::failed))
}

async fn check(problem: &'static str, works: impl Future<Output = bool>) -> Check {
    Check::new(tokio::time::timeout(CHECK_TIMEOUT, works).await == Ok(true), problem)
}

/// The checks of the chain: what is known of it, because others ask it all the time.
struct OnChain {
    chain: Check,
    /// The same for the chain id and each address: they were looked at together.
    of_addresses: Check,
}

impl OnChain {
    fn of(chain: &Chain) -> Self {
        let silent = |problem: &str| Self {
            chain: Check::failed(format!("{problem}{}", both_needed(chain))),
            of_addresses: Check::failed("not known: the chain does not answer"),
        };
        match chain.standing() {
            Standing::Verified if chain.answers() => Self { chain: Check::OK, of_addresses: Check::OK },
            Standing::Verified => silent("the chain does not answer"),
            Standing::Silent => {
                silent("the chain has not answered since the start; the gateway asks again by itself")
            }
            Standing::Foreign(why) => Self {
                chain: Check::failed(why.to_string()),
                of_addresses: Check::failed("not known: the chain is not the right one"),
            },
        }
    }
}

/// Why one endpoint that is down may be enough.
fn both_needed(chain: &Chain) -> String {
    match chain.quorum() {
        (1, _) => String::new(),
        (count, quorum) => format!(" ({quorum} of the {count} endpoints of RPC_URL must answer alike)"),
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;
    use tokio_util::task::TaskTracker;

    use super::*;
    use crate::base::task::Task;

    #[tokio::test]
    async fn ready_names_the_part_whose_task_stands_still() {
        let parts = [Part::Writer, Part::Worker, Part::Monitor, Part::Scheduler];
        for (at, part) in parts.into_iter().enumerate() {
            let (tracker, supervisor) = (TaskTracker::new(), Supervisor::new(CancellationToken::new()));
            let bound = Duration::from_secs(30);
            supervisor.keep(&tracker, Task { name: "standing", part, bound }, std::future::pending::<()>);
            let begun = Instant::now();
            assert_eq!(moves(&supervisor, begun), [const { Check::OK }; 4]);
            let told = moves(&supervisor, begun + bound + Duration::from_secs(1));
            let stands = |check: &Check| *check != Check::OK;
            assert_eq!(told.iter().map(stands).collect::<Vec<_>>(), [0, 1, 2, 3].map(|place| place == at));
        }
    }
}
