//! `GET /reserves`, `GET /reserves/{consumer}`, `GET /transparency/{consumer}` and `GET /metrics`.

use alloy::primitives::{Address, U256};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::App;
use super::problem::Problem;
use crate::chain::parse_address;
use crate::clock::rfc3339;
use crate::mint::{Failure, whole_tokens};
use crate::reserve::Breaker;
use crate::reserve::desk::{DeskError, Standing};
use crate::reserve::metrics::page;

/// Rounds in a basket's history.
const ROUNDS_MAX: usize = 100;

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Chain(error) => Failure::from(error).into(),
            DeskError::Store(error) => Failure::from(error).into(),
        }
    }
}

/// The consumer that a path names.
///
/// # Errors
/// 400 when it is no address.
pub fn consumer(text: &str) -> Result<Address, Problem> {
    parse_address(text).map_err(|problem| Problem::field("consumer", format!("consumer {problem}")))
}

/// `GET /reserves`: the figures of every followed basket.
///
/// # Errors
/// 503 when chain or database do not answer.
pub async fn list(State(app): State<App>) -> Result<Response, Problem> {
    let baskets: Vec<Value> =
        followed(&app).await?.iter().map(|standing| Value::Object(shown(&app, standing))).collect();
    Ok(axum::Json(json!({ "reserves": baskets })).into_response())
}

/// `GET /reserves/{consumer}`: the figures of one basket, with the history of its feed.
///
/// # Errors
/// 404 when the factory did not create it, 503 when chain or database do not answer.
pub async fn show(State(app): State<App>, Path(basket): Path<String>) -> Result<Response, Problem> {
    let standing = standing(&app, &basket).await?;
    let mut body = shown(&app, &standing);
    let rounds = app.service.chain().rounds(&standing.parts, &standing.position, ROUNDS_MAX).await;
    let rounds = rounds.map_err(Failure::from)?;
    let history: Vec<Value> = rounds
        .iter()
        .map(|round| {
            json!({
                "round": round.round,
                "reserves": whole_tokens(round.reserves, standing.parts.decimals),
                "observedAt": seconds(round.observed_at),
                "blockNumber": round.block,
                "tx": round.tx,
            })
        })
        .collect();
    body.insert("history".to_owned(), json!(history));
    Ok(axum::Json(body).into_response())
}

/// `GET /transparency/{consumer}`: who holds what, and what is issued, as Bridge publishes it.
///
/// # Errors
/// As [`show`].
pub async fn transparency(State(app): State<App>, Path(basket): Path<String>) -> Result<Response, Problem> {
    let standing = standing(&app, &basket).await?;
    let chain = app.service.chain();
    let symbol = chain.symbol(standing.parts.stablecoin).await.map_err(Failure::from)?;
    let amount = |base_units| whole_tokens(base_units, standing.parts.decimals);
    let sources = standing.report.iter().flat_map(|report| &report.sources);
    let mut accounts: Vec<Value> = sources
        .filter_map(|source| {
            let units = base_units(&source["amount"])?;
            Some(json!({ "asset_class": source["class"], "currency": "usd", "amount": amount(units) }))
        })
        .collect();
    if accounts.is_empty() {
        let reserves = amount(standing.figures.reserves);
        accounts.push(json!({ "asset_class": "attested", "currency": "usd", "amount": reserves }));
    }
    let supply: Vec<Value> = supply(&standing, chain.chain_id())
        .into_iter()
        .map(|(place, units)| json!({ "chain": place, "currency": symbol, "amount": amount(units) }))
        .collect();
    Ok(axum::Json(json!({ "accounts": accounts, "supply": supply })).into_response())
}

/// `GET /metrics`: gauges in Prometheus' text format.
///
/// # Errors
/// 503 when chain or database do not answer.
pub async fn metrics(State(app): State<App>) -> Result<Response, Problem> {
    let standings = followed(&app).await?;
    let mints = app.service.store().mints_by_state().await.map_err(Failure::from)?;
    let text = page(&standings, &mints, app.clock.now_seconds());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

async fn followed(app: &App) -> Result<Vec<Standing>, Problem> {
    let mut standings = Vec::new();
    for consumer in app.desk.followed().await.map_err(Failure::from)? {
        standings.extend(app.desk.standing(consumer).await?);
    }
    Ok(standings)
}

async fn standing(app: &App, basket: &str) -> Result<Standing, Problem> {
    let standing = app.desk.standing(consumer(basket)?).await?;
    standing.ok_or_else(|| Problem::not_found("basket"))
}

/// A breaker as the outside sees it.
#[must_use]
pub fn breaker(breaker: &Breaker) -> Value {
    json!({
        "state": breaker.position.word(),
        "reasons": breaker.reasons,
        "since": (breaker.since_ms > 0).then(|| rfc3339(breaker.since_ms)),
        "probe": breaker.probe,
        "badAnswers": breaker.bad_answers,
    })
}

/// Where the tokens are, counted once: on this chain, and what a bridge has taken elsewhere or has on its way. Together
/// they are the liability, unless this chain alone has more than that.
fn supply(standing: &Standing, chain_id: u64) -> [(String, U256); 2] {
    let here = standing.position.token_supply;
    let elsewhere = standing.position.supply.saturating_sub(here);
    [(format!("eip155:{chain_id}"), here), ("elsewhere".to_owned(), elsewhere)]
}

/// The figures of a basket; amounts are decimal numbers of whole tokens.
fn shown(app: &App, standing: &Standing) -> Map<String, Value> {
    let Standing { parts, position, proof, figures, report, .. } = standing;
    let amount = |base_units| whole_tokens(base_units, parts.decimals);
    let round = (position.round > 0).then(|| {
        json!({
            "round": position.round,
            "reserves": amount(position.reserves),
            "observedAt": seconds(position.observed_at),
        })
    });
    let sources: Vec<Value> = report
        .iter()
        .flat_map(|report| &report.sources)
        .map(|source| {
            let mut source = source.clone();
            let observed_at = source["observedAt"].as_u64().unwrap_or_default();
            source["amount"] = json!(base_units(&source["amount"]).map(amount));
            let age = app.clock.now_seconds().saturating_sub(observed_at);
            source["ageSeconds"] = json!((observed_at > 0).then_some(age));
            source
        })
        .collect();
    let supply: Vec<Value> = supply(standing, app.service.chain().chain_id())
        .into_iter()
        .map(|(place, units)| json!({ "chain": place, "amount": amount(units) }))
        .collect();
    let refusal = report.as_ref().and_then(|report| report.refusal.as_ref());
    let body = json!({
        "stablecoinAddress": parts.stablecoin.to_string(),
        "mintingConsumerAddress": parts.consumer.to_string(),
        "reserves": proof.map(|proof| amount(proof.reserves)),
        "observedAt": proof.map(|proof| seconds(proof.observed_at)),
        "liability": amount(figures.supply),
        "supply": supply,
        "unexplainedSupply": amount(position.token_supply.saturating_sub(position.supply)),
        "reserved": amount(figures.reserved),
        "headroom": amount(figures.headroom()),
        "marginBps": figures.margin_bps,
        "collateralRatio": figures.ratio_bps().map(|bps| format!("{}.{:04}", bps / 10_000, bps % 10_000)),
        "breaker": breaker(&standing.breaker),
        "sources": sources,
        "warnings": report.as_ref().map(|report| report.warnings.clone()).unwrap_or_default(),
        "refusal": refusal.map(|(code, reason)| json!({ "code": code, "reason": reason })),
        "lastRunAt": report.as_ref().map(|report| rfc3339(report.at_ms)),
        "feed": { "address": parts.feed.to_string(), "latestRound": round },
        "blockNumber": position.block,
    });
    match body {
        Value::Object(body) => body,
        _ => Map::new(),
    }
}

fn seconds(unix: u64) -> String {
    rfc3339(i64::try_from(unix).unwrap_or(i64::MAX / 1000).saturating_mul(1000))
}

fn base_units(value: &Value) -> Option<U256> {
    let text = value.as_str().filter(|text| !text.is_empty())?;
    U256::from_str_radix(text, 10).ok()
}
