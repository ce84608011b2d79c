//! `GET /reserves`, `GET /reserves/{basket}` and `GET /transparency/{basket}`.

use alloy::primitives::Address;
use axum::extract::State;

use crate::access::Caller;
use crate::domain::BasketId;
use crate::domain::breaker::Breaker;
use crate::http::app::App;
use crate::http::dto::reading::{ReadingList, ReadingQuery};
use crate::http::dto::reserve::{PastRound, ReserveAnswer, ReserveHistory, ReserveList, TransparencyAnswer};
use crate::http::extract::{Asking, BasketPath, Params, PublicBasketPath};
use crate::http::problem::{Problem, problems};
use crate::reserve::BasketReserves;

/// Rounds in a basket's history.
const ROUNDS_MAX: usize = 100;

problems! { ListProblems: ChainUnavailable StoreUnavailable }

/// List reserves
///
/// The figures of every followed basket that the caller may mint: the default one, those with a name, and those minted from here.
#[utoipa::path(
    get,
    path = "/reserves",
    operation_id = "listReserves",
    tag = "reserves",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    responses((status = 200, description = "The figures.", body = ReserveList), ListProblems),
)]
pub async fn list(
    State(app): State<App>,
    Asking(asking): Asking,
) -> Result<axum::Json<ReserveList>, Problem> {
    let mut reserves = Vec::new();
    for basket in followed(&app, |stablecoin| asking.sees_basket(stablecoin)).await? {
        reserves.push(shown(&app, &asking, basket).await?);
    }
    Ok(axum::Json(ReserveList { reserves }))
}

problems! { ShowProblems: InvalidRequest NotFound ChainUnavailable StoreUnavailable }

/// Show the reserves of a basket
///
/// Its figures, with the history of its feed.
#[utoipa::path(
    get,
    path = "/reserves/{basket}",
    operation_id = "getReserves",
    tag = "reserves",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    params(BasketPath),
    responses((status = 200, description = "The figures.", body = ReserveHistory), ShowProblems),
)]
pub async fn show(
    State(app): State<App>,
    Asking(asking): Asking,
    BasketPath(named): BasketPath,
) -> Result<axum::Json<ReserveHistory>, Problem> {
    let basket = basket(&app, named).await?;
    let rounds = app.chain.rounds(&basket.contracts, &basket.figures, ROUNDS_MAX).await?;
    let history = rounds.iter().map(|round| PastRound::of(round, basket.contracts.decimals)).collect();
    Ok(axum::Json(ReserveHistory { now: shown(&app, &asking, basket).await?, history }))
}

/// Show reserves and liability by time
///
/// What the gateway read of a basket: from every minute of the last two days in which a figure moved, from every hour
/// before.
#[utoipa::path(
    get,
    path = "/reserves/{basket}/history",
    operation_id = "getReserveHistory",
    tag = "reserves",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    params(BasketPath, ReadingQuery),
    responses((status = 200, description = "The readings.", body = ReadingList), ShowProblems),
)]
pub async fn history(
    State(app): State<App>,
    BasketPath(named): BasketPath,
    Params(query): Params<ReadingQuery>,
) -> Result<axum::Json<ReadingList>, Problem> {
    let (range, points) = query.selection()?;
    let contracts =
        app.guard.contracts(named.stablecoin).await?.ok_or_else(|| Problem::not_found("basket"))?;
    let readings = app.store.readings(contracts.stablecoin, range.clone(), points).await?;
    Ok(axum::Json(ReadingList::of(&range, readings, contracts.decimals)))
}

/// Publish the reserves of a basket
///
/// Who holds what, and what is issued, in the shape in which Bridge publishes it.
#[utoipa::path(
    get,
    path = "/transparency/{basket}",
    operation_id = "getTransparency",
    tag = "reserves",
    security(()),
    params(PublicBasketPath),
    responses((status = 200, description = "The figures.", body = TransparencyAnswer), ShowProblems),
)]
pub async fn transparency(
    State(app): State<App>,
    PublicBasketPath(named): PublicBasketPath,
) -> Result<axum::Json<TransparencyAnswer>, Problem> {
    let basket = basket(&app, named).await?;
    let symbol = app.chain.symbol(basket.contracts.stablecoin).await?;
    Ok(axum::Json(TransparencyAnswer::of(&basket, app.chain.chain_id(), &symbol)))
}

/// Everything about every followed basket that is to be shown.
///
/// # Errors
/// When chain or database do not answer.
async fn followed(app: &App, is_shown: impl Fn(Address) -> bool) -> Result<Vec<BasketReserves>, Problem> {
    let mut baskets = Vec::new();
    for basket in app.guard.followed().await?.into_iter().filter(|basket| is_shown(basket.stablecoin)) {
        baskets.extend(app.guard.basket_reserves(basket.stablecoin).await?);
    }
    Ok(baskets)
}

async fn basket(app: &App, named: BasketId) -> Result<BasketReserves, Problem> {
    app.guard.basket_reserves(named.stablecoin).await?.ok_or_else(|| Problem::not_found("basket"))
}

async fn shown(app: &App, asking: &Caller, mut basket: BasketReserves) -> Result<ReserveAnswer, Problem> {
    basket.breaker = seen_breaker(app, asking, basket.breaker).await?;
    Ok(ReserveAnswer::of(basket, app.chain.chain_id(), app.clock.now_seconds()))
}

/// A breaker as the caller may see it: the mint that is the probe is named to its own account.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn seen_breaker(app: &App, asking: &Caller, breaker: Breaker) -> Result<Breaker, Problem> {
    let Some(probe) = breaker.probe else { return Ok(breaker) };
    let own = app.service.get(probe, asking.reader()).await?;
    Ok(Breaker { probe: own.map(|mint| mint.id), ..breaker })
}
