//! `GET /compliance/{address}`: would this basket mint for this account, and if not, why.

use alloy::primitives::U256;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::problem::Problem;
use crate::chain::compliance::Compliance;
use crate::chain::{Basket, parse_address};
use crate::mint::{BasketChoice, Draft, Failure, whole_tokens};

/// What is asked.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplianceQuery {
    basket: Option<String>,
    amount: Option<String>,
}

/// Answers from one call of the compliance lens.
///
/// # Errors
/// 400 for malformed input, 422 for an unknown basket, 404 where no lens is deployed.
pub async fn explain(
    State(app): State<App>,
    Path(account): Path<String>,
    query: Result<Query<ComplianceQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|rejection| {
        Problem::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", rejection.body_text())
    })?;
    let account = parse_address(&account)
        .map_err(|problem| Problem::field("address", format!("the address in the path {problem}")))?;
    let draft = Draft { basket: query.basket, ..Draft::default() };
    let choice = BasketChoice::parse(&draft).map_err(Failure::from)?;
    let basket = app.service.basket(&choice).await?;
    let amount = match &query.amount {
        Some(text) => app.service.amount(text, &basket)?.base_units(),
        None => U256::ZERO,
    };
    let found =
        app.service.chain().compliance(basket.consumer, account, amount).await.map_err(Failure::from)?;
    let found = found.ok_or_else(|| Problem::not_found("compliance lens on this chain (COMPLIANCE_LENS)"))?;
    let mut body = shown(&found, &basket);
    body["beneficiary"] = json!(account.to_string());
    Ok(axum::Json(body).into_response())
}

fn shown(found: &Compliance, basket: &Basket) -> Value {
    let tokens = |base_units: U256| whole_tokens(base_units, basket.decimals);
    let policy = (!found.verdict.policy.is_zero()).then(|| found.verdict.policy.to_string());
    json!({
        "wouldMint": found.verdict.code == 0,
        "verdict": { "code": found.verdict.code, "name": found.verdict.name(), "policy": policy },
        "stablecoinAddress": basket.stablecoin.to_string(),
        "mintingConsumerAddress": basket.consumer.to_string(),
        "paused": found.is_paused,
        "blacklisted": found.is_blacklisted,
        "whitelist": { "required": found.needs_whitelist, "listed": found.is_whitelisted },
        "identity": {
            "required": found.needs_identity,
            "registered": found.is_registered,
            "missing": found.missing,
            "jurisdiction": found.jurisdiction,
            "accepted": found.is_jurisdiction_accepted,
        },
        "limits": {
            "minPerMint": tokens(found.volume_min),
            "maxPerMint": (!found.volume_max.is_zero()).then(|| tokens(found.volume_max)),
            "perPeriod": tokens(found.rate_volume),
            "periodSeconds": found.rate_period_seconds.to_string(),
        },
    })
}
