//! `POST /baskets/{basket}/pause` and `/resume`: an operator stops a basket, or lets it try again.
//!
//! That is a matter of this gateway alone. The gateway holds no key of a basket's admin, so that stealing it is not
//! enough to touch a policy; the answer names the call with which the admin does the same on chain.

use axum::extract::State;

use crate::base::wire::AddressText;
use crate::chain::baskets::pause_call;
use crate::domain::BasketId;
use crate::http::app::App;
use crate::http::dto::operator::{ChainCall, OperatorAnswer, OperatorBody};
use crate::http::extract::{BasketPath, JsonBody};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;

problems! { OperatorProblems:
    InvalidRequest UnsupportedMediaType BodyTooLarge Forbidden NotFound ChainUnavailable StoreUnavailable
}

/// Pause a basket
///
/// Its breaker opens until an operator resumes it. The answer names the call that does the same on chain.
#[utoipa::path(
    post,
    path = "/baskets/{basket}/pause",
    operation_id = "pauseBasket",
    tag = "operator",
    params(BasketPath),
    request_body = OperatorBody,
    responses((status = 200, description = "Paused.", body = OperatorAnswer), OperatorProblems),
)]
pub async fn pause(
    State(app): State<App>,
    BasketPath(basket): BasketPath,
    JsonBody(body): JsonBody<OperatorBody>,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    operate(&app, basket, body, Act::Pause).await
}

/// Resume a basket
///
/// The next mint is the probe that closes its breaker. The answer names the call that does the same on chain.
#[utoipa::path(
    post,
    path = "/baskets/{basket}/resume",
    operation_id = "resumeBasket",
    tag = "operator",
    params(BasketPath),
    request_body = OperatorBody,
    responses((status = 200, description = "Resumed.", body = OperatorAnswer), OperatorProblems),
)]
pub async fn resume(
    State(app): State<App>,
    BasketPath(basket): BasketPath,
    JsonBody(body): JsonBody<OperatorBody>,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    operate(&app, basket, body, Act::Resume).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Pause,
    Resume,
}

/// Lets operators in, and nobody else.
///
/// # Errors
/// 403.
pub(super) fn operators_only(app: &App) -> Result<(), Problem> {
    if app.settings.is_loopback {
        return Ok(());
    }
    let message = "operators are let in from this machine only, as long as there are no access keys";
    Err(Problem::new(ProblemCode::Forbidden, message))
}

async fn operate(
    app: &App,
    basket: BasketId,
    body: OperatorBody,
    act: Act,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    operators_only(app)?;
    let reason = body.reason()?;
    let contracts =
        app.guard.contracts(basket.consumer).await?.ok_or_else(|| Problem::not_found("basket"))?;
    match act {
        Act::Pause => app.guard.pause_by_operator(contracts.id(), &reason).await?,
        Act::Resume => app.guard.resume_by_operator(contracts.id(), &reason).await?,
    }
    let breaker = app.guard.breaker(contracts.id()).await?;
    // A chain that does not say who may send the call must not keep an operator waiting.
    let signer = app.chain.pause_owner(&contracts).await.ok();
    Ok(axum::Json(OperatorAnswer {
        minting_consumer_address: AddressText(basket.consumer),
        breaker: breaker.into(),
        on_chain: ChainCall::new(contracts.pause_policy, pause_call(act == Act::Pause), signer),
    }))
}
