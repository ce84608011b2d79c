//! `GET /compliance/{address}`: would this basket mint for this account, and if not, why.

use alloy::primitives::U256;
use axum::extract::State;

use crate::domain::Failure;
use crate::domain::request::{BasketChoice, Draft};
use crate::http::app::App;
use crate::http::dto::compliance::{ComplianceAnswer, ComplianceQuery};
use crate::http::dto::compliance_check::Asked;
use crate::http::extract::{Account, Asking, Params};
use crate::http::problem::{Problem, problems};

problems! { ExplainProblems:
    InvalidRequest NotFound UnknownBasket BasketMismatch ChainUnavailable StoreUnavailable
}

/// Explain compliance
///
/// Whether a basket would mint for an account now, and if not, why: what the contracts say, the breaker, and what the
/// reserves leave. 404 where the chain has no compliance lens.
#[utoipa::path(
    get,
    path = "/compliance/{address}",
    operation_id = "explainCompliance",
    tag = "compliance",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    params(Account, ComplianceQuery),
    responses((status = 200, description = "The explanation.", body = ComplianceAnswer), ExplainProblems),
)]
pub async fn explain(
    State(app): State<App>,
    Asking(asking): Asking,
    Account(account): Account,
    Params(query): Params<ComplianceQuery>,
) -> Result<axum::Json<ComplianceAnswer>, Problem> {
    let draft = Draft { basket: query.basket, ..Draft::default() };
    let choice = BasketChoice::parse(&draft).map_err(Failure::from)?;
    let basket = app.baskets.resolve(&choice, |stablecoin| asking.sees_basket(stablecoin)).await?;
    let amount = match &query.amount {
        Some(text) => app.service.amount(text, &basket)?.base_units(),
        None => U256::ZERO,
    };
    let found = app.chain.compliance(basket.consumer, account, amount).await?;
    let found = found.ok_or_else(|| Problem::not_found("compliance lens on this chain (COMPLIANCE_LENS)"))?;
    let reserves = app.guard.basket_reserves(basket.stablecoin).await?;
    let reserves = reserves.ok_or_else(|| Problem::not_found("basket"))?;
    let asked = Asked { account, amount, now_ms: app.clock.now_ms() };
    Ok(axum::Json(ComplianceAnswer::of(&asked, found, &reserves)))
}
