//! `POST /mint` and everything below `/mints`.

use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::App;
use super::extract::{Json, MintId, idempotency_key, preferred_wait_seconds, required, text};
use super::problem::Problem;
use crate::chain::parse_address;
use crate::mint::service::Acceptance;
use crate::mint::{Code, Draft, Failure, Mint, State as MintState, view};
use crate::store::MintFilter;

/// Mints in one page of a list, unless the caller asks for fewer.
const PAGE_MAX: i64 = 100;

/// The body of `POST /mint`: the guide's four fields, or the origin's `basket`, and the bank's reference.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MintBody {
    beneficiary: Option<Value>,
    amount: Option<Value>,
    stablecoin_address: Option<Value>,
    minting_consumer_address: Option<Value>,
    basket: Option<Value>,
    bank_reference: Option<Value>,
    cross_chain: Option<Value>,
}

impl MintBody {
    fn draft(&self) -> Result<Draft, Problem> {
        if asks_for_cross_chain(self.cross_chain.as_ref()) {
            let words = "cross-chain delivery is not offered yet; leave crossChain out";
            return Err(Failure::new(Code::CrossChainUnavailable, words).into());
        }
        Ok(Draft {
            beneficiary: required("beneficiary", self.beneficiary.as_ref())?,
            amount: required("amount", self.amount.as_ref())?,
            stablecoin: text("stablecoinAddress", self.stablecoin_address.as_ref())?,
            consumer: text("mintingConsumerAddress", self.minting_consumer_address.as_ref())?,
            basket: text("basket", self.basket.as_ref())?,
            bank_reference: text("bankReference", self.bank_reference.as_ref())?,
        })
    }
}

fn asks_for_cross_chain(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => false,
        Some(Value::Object(wish)) => wish.get("enabled") != Some(&Value::Bool(false)),
        Some(_) => true,
    }
}

/// `POST /mint`: accepts a mint and answers when the chain has.
///
/// # Errors
/// A problem for every request that is refused and every mint that is proven not to happen.
pub async fn create(
    State(app): State<App>,
    headers: HeaderMap,
    Json(body): Json<MintBody>,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let draft = body.draft()?;
    if key.is_none() && draft.bank_reference.is_none() && !app.settings.is_loopback {
        return Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "IDEMPOTENCY_KEY_REQUIRED",
            "send an Idempotency-Key header or a bankReference: without one, a repeated request would mint twice",
        ));
    }
    let wait = match preferred_wait_seconds(&headers) {
        Some(seconds) => Duration::from_secs(seconds).min(app.settings.mint_wait),
        None => app.settings.mint_wait,
    };
    let Acceptance { watched, replayed } = app.service.accept(&draft, key).await?;
    let mint = app.service.answer(watched, wait, &app.stop).await?;
    let id = mint.id;
    if replayed && wait.is_zero() && !mint.progress.state.is_answered() {
        let words = "an equal request is still in progress; ask at its own address";
        let problem = Problem::new(StatusCode::CONFLICT, "IN_PROGRESS", words);
        return Err(problem.with("mintId", json!(id)).with("mintStatus", json!(mint.progress.state.word())));
    }
    let mut response = answer(&app, &mint);
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    if let Ok(location) = format!("/mints/{id}").parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The answer to the question "was it minted?": yes, no, or not known yet.
fn answer(app: &App, mint: &Mint) -> Response {
    match mint.progress.state {
        MintState::Minted | MintState::Finalized => axum::Json(shown(app, mint)).into_response(),
        MintState::Rejected | MintState::Failed | MintState::Cancelled => {
            Problem::of_mint(mint).into_response()
        }
        MintState::Queued | MintState::Executing | MintState::Submitted | MintState::Uncertain => {
            let mut body = shown(app, mint);
            body.insert("status".to_owned(), json!("pending"));
            body.insert("mintStatus".to_owned(), json!(mint.progress.state.word()));
            body.insert("error".to_owned(), json!("still in progress; ask again at the address in Location"));
            body.remove("code");
            (StatusCode::ACCEPTED, axum::Json(body)).into_response()
        }
    }
}

/// A mint as the caller sees it.
fn shown(app: &App, mint: &Mint) -> Map<String, Value> {
    // The guide's three members come first.
    let mut body = Map::new();
    let minted = mint.progress.proof.as_ref();
    body.insert("success".to_owned(), json!(minted.is_some()));
    if let Some(proof) = minted {
        body.insert("mintTx".to_owned(), json!(proof.place.tx));
        body.insert("etherscan".to_owned(), json!(app.settings.explorer.link(proof.place.tx)));
    }
    body.extend(view::mint(mint));
    body
}

/// `GET /mints/{id}`.
///
/// # Errors
/// 404 for an unknown id.
pub async fn show(State(app): State<App>, MintId(id): MintId) -> Result<Response, Problem> {
    let mint = app.service.get(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(shown(&app, &mint)).into_response())
}

/// What a list is narrowed down to.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListQuery {
    status: Option<String>,
    basket: Option<String>,
    beneficiary: Option<String>,
    cursor: Option<uuid::Uuid>,
    limit: Option<i64>,
}

/// `GET /mints`: newest first, page by page.
///
/// # Errors
/// 400 for a filter that is malformed.
pub async fn list(
    State(app): State<App>,
    query: Result<Query<ListQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Problem> {
    let Query(query) = query.map_err(|rejection| {
        Problem::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", rejection.body_text())
    })?;
    let limit = query.limit.unwrap_or(PAGE_MAX);
    if !(1..=PAGE_MAX).contains(&limit) {
        return Err(Problem::field("limit", format!("limit must be from 1 to {PAGE_MAX}")));
    }
    let filter = MintFilter {
        state: query.status.unwrap_or_default(),
        basket: address("basket", query.basket.as_deref())?,
        beneficiary: address("beneficiary", query.beneficiary.as_deref())?,
        before: query.cursor.map(|id| id.to_string()).unwrap_or_default(),
        limit,
    };
    let mints = app.service.list(&filter).await?;
    let full = i64::try_from(mints.len()).unwrap_or(i64::MAX) == limit;
    let next = mints.last().filter(|_| full).map(|mint| mint.id);
    let items: Vec<_> = mints.iter().map(|mint| shown(&app, mint)).collect();
    Ok(axum::Json(json!({ "mints": items, "nextCursor": next })).into_response())
}

fn address(field: &'static str, text: Option<&str>) -> Result<String, Problem> {
    let Some(text) = text else { return Ok(String::new()) };
    match parse_address(text) {
        Ok(address) => Ok(address.to_string()),
        Err(problem) => Err(Problem::field(field, format!("{field} {problem}"))),
    }
}

/// `POST /mints/{id}/cancel`: only while queued.
///
/// # Errors
/// 404 for an unknown id, 409 in another state.
pub async fn cancel(State(app): State<App>, MintId(id): MintId) -> Result<Response, Problem> {
    let mint = app.service.cancel(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(shown(&app, &mint)).into_response())
}

/// `POST /mints/{id}/retry`: only after it was proven that nothing was minted.
///
/// # Errors
/// 404 for an unknown id, 409 in another state.
pub async fn retry(
    State(app): State<App>,
    headers: HeaderMap,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    let watched = app.service.retry(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    let wait = match preferred_wait_seconds(&headers) {
        Some(seconds) => Duration::from_secs(seconds).min(app.settings.mint_wait),
        None => app.settings.mint_wait,
    };
    let mint = app.service.answer(watched, wait, &app.stop).await?;
    Ok(answer(&app, &mint))
}
