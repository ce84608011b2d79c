//! `GET /attention`: what somebody should look at.

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::events::shows;
use super::seen::shown_account;
use crate::domain::State as MintState;
use crate::http::app::App;
use crate::http::dto::attention::{AttentionAnswer, held_up};
use crate::http::dto::event::EventBody;
use crate::http::extract::Asking;
use crate::http::problem::{Problem, problems};
use crate::store::MintFilter;

/// Living mints that are looked at.
const MINTS_MAX: usize = 1_000;
/// Alarms that are shown.
const ALARMS_MAX: u16 = 20;

problems! { ShowProblems: StoreUnavailable }

/// Show what wants somebody
///
/// Mints that are uncertain or held up, with the reason, and the newest alarms of the chain. What stops a basket is in its
/// reserves.
#[utoipa::path(
    get,
    path = "/attention",
    operation_id = "getAttention",
    tag = "operator",
    security(("key" = ["mint:read", "event:read"]), ("key" = ["audit:read"])),
    responses((status = 200, description = "What there is.", body = AttentionAnswer), ShowProblems),
)]
pub async fn show(State(app): State<App>, Asking(asking): Asking) -> Result<Response, Problem> {
    let filter = MintFilter {
        account: shown_account(&app, &asking, None).await?,
        states: vec![MintState::Queued, MintState::Uncertain],
        limit: MINTS_MAX,
        ..MintFilter::default()
    };
    let (living, next) = app.service.list(&filter).await?;
    let alarms = app.store.newest_alarms(ALARMS_MAX).await?;
    let alarms = alarms.iter().filter(|entry| shows(&asking, entry)).map(EventBody::of).collect();
    let answer = AttentionAnswer { mints: held_up(&living), complete: next.is_none(), alarms };
    Ok(axum::Json(answer).into_response())
}
