//! `GET /mints/summary`.

use std::collections::BTreeMap;

use alloy::primitives::Address;
use axum::extract::State;

use super::seen::shown_account;
use crate::base::wire::Timestamp;
use crate::http::app::App;
use crate::http::dto::summary::{BasketSummary, SummaryAnswer, SummaryQuery};
use crate::http::extract::{Asking, Params};
use crate::http::problem::{Problem, problems};
use crate::store::{Sum, SummaryKey};

problems! { SummaryProblems: InvalidRequest StoreUnavailable }

/// Sum up mints
///
/// How many mints that were accepted in a range of time are in which state, with which code, and what they add up to, by
/// basket: those of the caller's account, with `audit:read` those of the account that is named or of all.
#[utoipa::path(
    get,
    path = "/mints/summary",
    operation_id = "summarizeMints",
    tag = "mints",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"])),
    params(SummaryQuery),
    responses((status = 200, description = "Counts and sums.", body = SummaryAnswer), SummaryProblems),
)]
pub async fn show(
    State(app): State<App>,
    Asking(asking): Asking,
    Params(query): Params<SummaryQuery>,
) -> Result<axum::Json<SummaryAnswer>, Problem> {
    let (range, basket) = query.selection()?;
    let stablecoin = match basket {
        Some(address) => Some(app.baskets.token_of(address).await?),
        None => None,
    };
    let account = shown_account(&app, &asking, query.account).await?;
    let account = account.as_deref();
    let sums = app.store.summary(account, stablecoin, range.clone()).await?;
    let mut by_basket: BTreeMap<Address, Vec<(SummaryKey, Sum)>> = BTreeMap::new();
    for (key, sum) in sums {
        by_basket.entry(key.stablecoin).or_default().push((key, sum));
    }
    let mut baskets = Vec::new();
    for (stablecoin, sums) in by_basket {
        let consumer = app.store.basket_of(stablecoin).await?.map_or(Address::ZERO, |basket| basket.consumer);
        let decimals = app.store.decimals_of(account, stablecoin).await?.unwrap_or_default();
        baskets.push(BasketSummary::of((stablecoin, consumer), decimals, sums));
    }
    let (created_from, created_to) = (Timestamp::of_ms(range.start), Timestamp::of_ms(range.end));
    Ok(axum::Json(SummaryAnswer { created_from, created_to, baskets }))
}
