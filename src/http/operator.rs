//! `POST /baskets/{consumer}/pause` and `/resume`: an operator stops a basket, or lets it try again.
//!
//! That is a matter of this gateway alone. The gateway holds no key of a basket's admin, so that stealing it is not
//! enough to touch a policy; the answer names the call with which the admin does the same on chain.

use alloy::primitives::Address;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::extract::{Json, required};
use super::problem::Problem;
use super::reserves::{breaker, consumer};
use crate::chain::Parts;
use crate::chain::reserve::pause_call;
use crate::mint::Failure;

/// Most characters of a reason.
const REASON_CHARS_MAX: usize = 300;

/// The body of both: why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorBody {
    reason: Option<Value>,
}

/// `POST /baskets/{consumer}/pause`: the breaker opens until an operator resumes.
///
/// # Errors
/// 400 without a reason, 404 for an unknown basket.
pub async fn pause(
    State(app): State<App>,
    Path(basket): Path<String>,
    Json(body): Json<OperatorBody>,
) -> Result<Response, Problem> {
    operate(&app, &basket, &body, Act::Pause).await
}

/// `POST /baskets/{consumer}/resume`: the next mint is the probe that closes the breaker.
///
/// # Errors
/// 400 without a reason, 404 for an unknown basket.
pub async fn resume(
    State(app): State<App>,
    Path(basket): Path<String>,
    Json(body): Json<OperatorBody>,
) -> Result<Response, Problem> {
    operate(&app, &basket, &body, Act::Resume).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Pause,
    Resume,
}

async fn operate(app: &App, basket: &str, body: &OperatorBody, act: Act) -> Result<Response, Problem> {
    if !app.settings.is_loopback {
        let words = "operators are let in from this machine only, as long as there are no access keys";
        return Err(Problem::new(StatusCode::FORBIDDEN, "FORBIDDEN", words));
    }
    let consumer: Address = consumer(basket)?;
    let reason = required("reason", body.reason.as_ref())?;
    if reason.trim().is_empty()
        || reason.chars().count() > REASON_CHARS_MAX
        || reason.chars().any(char::is_control)
    {
        return Err(Problem::field("reason", format!("reason must be 1 to {REASON_CHARS_MAX} characters")));
    }
    let Some(parts) = app.desk.parts(consumer).await.map_err(Failure::from)? else {
        return Err(Problem::not_found("basket"));
    };
    app.desk.operate(consumer, act == Act::Pause, reason.trim()).await.map_err(Failure::from)?;
    let now = app.desk.breaker(consumer).await.map_err(Failure::from)?;
    let on_chain = on_chain(app, &parts, act).await;
    let consumer = consumer.to_string();
    Ok(axum::Json(
        json!({ "mintingConsumerAddress": consumer, "breaker": breaker(&now), "onChain": on_chain }),
    )
    .into_response())
}

/// The call that does the same on chain; a chain that does not say who may send it must not keep an operator waiting.
async fn on_chain(app: &App, parts: &Parts, act: Act) -> Value {
    let signer = app.service.chain().pause_owner(parts).await.ok();
    json!({
        "to": parts.pause_policy.to_string(),
        "data": pause_call(act == Act::Pause),
        "signer": signer.map(|signer| signer.to_string()),
    })
}
