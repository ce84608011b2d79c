//! `POST /baskets/{basket}/pause` and `/resume`: an operator stops a basket, or lets it try again.
//!
//! That is a matter of this gateway alone. The gateway holds no key of a basket's admin, so that stealing it is not
//! enough to touch a policy; the answer names the call with which the admin does the same on chain.

use axum::extract::State;

use super::reserves::seen_breaker;
use crate::access::Caller;
use crate::base::wire::AddressText;
use crate::chain::baskets::pause_call;
use crate::domain::BasketId;
use crate::http::app::App;
use crate::http::dto::operator::{ChainCall, OperatorAnswer, OperatorBody};
use crate::http::extract::{Asking, BasketPath, JsonBody};
use crate::http::problem::{Problem, problems};

problems! { OperatorProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotFound ChainUnavailable StoreUnavailable
}

/// Pause a basket
///
/// Its breaker opens until an operator resumes it. The answer names the call that does the same on chain.
#[utoipa::path(
    post,
    path = "/baskets/{basket}/pause",
    operation_id = "pauseBasket",
    tag = "operator",
    security(("key" = ["basket:pause"])),
    params(BasketPath),
    request_body = OperatorBody,
    responses((status = 200, description = "Paused.", body = OperatorAnswer), OperatorProblems),
)]
pub async fn pause(
    State(app): State<App>,
    Asking(asking): Asking,
    BasketPath(basket): BasketPath,
    JsonBody(body): JsonBody<OperatorBody>,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    operate(&app, &asking, basket, body, Act::Pause).await
}

/// Resume a basket
///
/// The next mint is the probe that closes its breaker. The answer names the call that does the same on chain.
#[utoipa::path(
    post,
    path = "/baskets/{basket}/resume",
    operation_id = "resumeBasket",
    tag = "operator",
    security(("key" = ["basket:resume"])),
    params(BasketPath),
    request_body = OperatorBody,
    responses((status = 200, description = "Resumed.", body = OperatorAnswer), OperatorProblems),
)]
pub async fn resume(
    State(app): State<App>,
    Asking(asking): Asking,
    BasketPath(basket): BasketPath,
    JsonBody(body): JsonBody<OperatorBody>,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    operate(&app, &asking, basket, body, Act::Resume).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Pause,
    Resume,
}

async fn operate(
    app: &App,
    asking: &Caller,
    basket: BasketId,
    body: OperatorBody,
    act: Act,
) -> Result<axum::Json<OperatorAnswer>, Problem> {
    let reason = body.reason()?;
    let contracts = app.guard.contracts(basket.stablecoin).await?;
    let contracts = contracts.filter(|basket| asking.rights.reach(basket.stablecoin));
    let contracts = contracts.ok_or_else(|| Problem::not_found("basket"))?;
    match act {
        Act::Pause => app.guard.pause_by_operator(contracts.id(), &reason, asking.name()).await?,
        Act::Resume => app.guard.resume_by_operator(contracts.id(), &reason, asking.name()).await?,
    }
    let breaker = seen_breaker(app, asking, app.guard.breaker(contracts.id()).await?).await?;
    // A chain that does not say who may send the call must not keep an operator waiting.
    let signer = app.chain.pause_owner(&contracts).await.ok();
    Ok(axum::Json(OperatorAnswer {
        minting_consumer_address: AddressText(basket.consumer),
        breaker: breaker.into(),
        on_chain: ChainCall::new(contracts.pause_policy, pause_call(act == Act::Pause), signer),
    }))
}
