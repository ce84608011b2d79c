//! `POST /mint` and everything below `/mints`.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::operator::operators_only;
use crate::basket::BasketError;
use crate::domain::Failure;
use crate::domain::request::BasketChoice;
use crate::domain::{Mint, State as MintState};
use crate::http::app::App;
use crate::http::dto::evidence::{EvidenceAnswer, EvidenceQuery};
use crate::http::dto::mint::{ListQuery, MintAnswer, MintBody, MintPage};
use crate::http::dto::retry::{RetryAnswer, RetryBody, Selection};
use crate::http::extract::{Asking, IdempotencyKey, JsonBody, MintId, Params, PreferredWait};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::mint::evidence::Sight;
use crate::mint::{Acceptance, Caller, RetriedMints};

problems! { CreateProblems:
    Unauthorized InvalidRequest IdempotencyKeyRequired UnsupportedMediaType BodyTooLarge Cancelled DuplicateReference
    IdempotencyMismatch UnknownBasket BasketMismatch CrossChainUnavailable AceRejected InvalidOrder MintCapExceeded
    PorInsufficientReserves NoReserveAssigned WorkflowFailed TransmitterUnfunded PorStale PorUnavailable PorRipcord PorInvalid CircuitOpen
    Expired ChainUnavailable StoreUnavailable;
    "Location" "Address of the mint, where the request made or found one.";
    "Idempotency-Replayed" "`true` where an earlier request made the mint."
}

/// Mint
///
/// Accepts an order, carries it out, and answers as soon as the chain has, or when the wait is over. A request that is
/// sent again with the same `Idempotency-Key` or `bankReference` never mints twice.
#[utoipa::path(
    post,
    path = "/mint",
    operation_id = "createMint",
    tag = "mints",
    params(IdempotencyKey, PreferredWait),
    request_body = MintBody,
    responses(
        (status = 200, description = "Minted: the chain has the mint event.", body = MintAnswer, headers(
            ("Location" = String, description = "Address of the mint."),
            ("Idempotency-Replayed" = String, description = "`true` where an earlier request made the mint."),
        )),
        (status = 202, description = "Accepted, and not decided yet: `status` says where it stands.",
            body = MintAnswer, headers(
                ("Location" = String, description = "Address of the mint: ask there."),
                ("Idempotency-Replayed" = String, description = "`true` where an earlier request made the mint."),
            )),
        CreateProblems,
    ),
)]
pub async fn create(
    State(app): State<App>,
    Asking(asking): Asking,
    IdempotencyKey(key): IdempotencyKey,
    PreferredWait(wait): PreferredWait,
    JsonBody(body): JsonBody<MintBody>,
) -> Result<Response, Problem> {
    let draft = body.draft()?;
    if key.is_none() && draft.bank_reference.is_none() && !asking.is_anonymous() {
        return Err(Problem::new(
            ProblemCode::IdempotencyKeyRequired,
            "send an Idempotency-Key header or a bankReference: without one, a repeated request would mint twice",
        ));
    }
    let wait = granted(&app, wait);
    let caller = Caller { account: asking.account.to_string(), key };
    let Acceptance { pending, replayed } = app.service.accept(&draft, &caller).await?;
    let mint = app.service.answer(pending, wait, &app.stop).await?;
    let id = mint.id;
    let mut response = answer(&app, &mint);
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    if let Ok(location) = format!("/mints/{id}").parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// How long the caller waits, as far as the gateway lets him.
fn granted(app: &App, wish: Option<Duration>) -> Duration {
    let longest = app.settings.mint_wait;
    wish.map_or(longest, |wish| wish.min(longest))
}

/// The answer to the question "was it minted?": yes, no, or not known yet.
fn answer(app: &App, mint: &Mint) -> Response {
    let explorer = &app.settings.explorer;
    match mint.progress.state {
        MintState::Minted | MintState::Finalized => {
            axum::Json(MintAnswer::of(mint, explorer)).into_response()
        }
        MintState::Rejected | MintState::Failed | MintState::Cancelled => {
            Problem::of_mint(mint).into_response()
        }
        MintState::Queued | MintState::Executing | MintState::Submitted | MintState::Uncertain => {
            let body = MintAnswer::still_in_progress(mint, explorer);
            (StatusCode::ACCEPTED, axum::Json(body)).into_response()
        }
    }
}

problems! { ShowProblems: NotFound StoreUnavailable }

/// Show a mint
#[utoipa::path(
    get,
    path = "/mints/{id}",
    operation_id = "getMint",
    tag = "mints",
    params(MintId),
    responses((status = 200, description = "The mint as it stands.", body = MintAnswer), ShowProblems),
)]
pub async fn show(State(app): State<App>, MintId(id): MintId) -> Result<axum::Json<MintAnswer>, Problem> {
    let mint = app.service.get(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(MintAnswer::of(&mint, &app.settings.explorer)))
}

problems! { EvidenceProblems: InvalidRequest Forbidden NotFound StoreUnavailable }

/// Show the evidence of a mint
///
/// What each run of the workflow for it observed, signed, sent and cost, and how long each step took. Other orders of a
/// report, names and notes are for operators.
#[utoipa::path(
    get,
    path = "/mints/{id}/evidence",
    operation_id = "getMintEvidence",
    tag = "mints",
    params(MintId, EvidenceQuery),
    responses((status = 200, description = "Its runs, newest last.", body = EvidenceAnswer), EvidenceProblems),
)]
pub async fn evidence(
    State(app): State<App>,
    MintId(id): MintId,
    Params(query): Params<EvidenceQuery>,
) -> Result<axum::Json<EvidenceAnswer>, Problem> {
    let sight = query.sight()?;
    if sight == Sight::Operator {
        operators_only(&app)?;
    }
    let (mint, runs) = app.service.evidence(id, sight).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(EvidenceAnswer::of(&mint, runs, sight)))
}

problems! { ListProblems: InvalidRequest StoreUnavailable }

/// List mints
///
/// Newest first, page by page.
#[utoipa::path(
    get,
    path = "/mints",
    operation_id = "listMints",
    tag = "mints",
    params(ListQuery),
    responses((status = 200, description = "One page.", body = MintPage), ListProblems),
)]
pub async fn list(
    State(app): State<App>,
    Params(query): Params<ListQuery>,
) -> Result<axum::Json<MintPage>, Problem> {
    let filter = query.filter()?;
    let mints = app.service.list(&filter).await?;
    let is_full = i64::try_from(mints.len()).unwrap_or(i64::MAX) == filter.limit;
    let next_cursor = mints.last().filter(|_| is_full).map(|mint| mint.id);
    let mints = mints.iter().map(|mint| MintAnswer::of(mint, &app.settings.explorer)).collect();
    Ok(axum::Json(MintPage { mints, next_cursor }))
}

problems! { CancelProblems: NotFound NotAllowed StoreUnavailable }

/// Cancel a mint
///
/// Only while it is `queued` and nothing of it was started.
#[utoipa::path(
    post,
    path = "/mints/{id}/cancel",
    operation_id = "cancelMint",
    tag = "mints",
    params(MintId),
    responses((status = 200, description = "Cancelled.", body = MintAnswer), CancelProblems),
)]
pub async fn cancel(State(app): State<App>, MintId(id): MintId) -> Result<axum::Json<MintAnswer>, Problem> {
    let mint = app.service.cancel(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(MintAnswer::of(&mint, &app.settings.explorer)))
}

problems! { RetryProblems:
    NotFound NotAllowed Cancelled DuplicateReference AceRejected InvalidOrder MintCapExceeded PorInsufficientReserves
    NoReserveAssigned WorkflowFailed TransmitterUnfunded PorStale PorUnavailable PorRipcord PorInvalid CircuitOpen Expired ChainUnavailable
    StoreUnavailable
}

/// Try a mint again
///
/// Only after it was proven that nothing was minted: `rejected` or `failed`. The id and the reference stay. It is judged as
/// a new request would be; where breaker or reserves refuse it, it keeps its end.
#[utoipa::path(
    post,
    path = "/mints/{id}/retry",
    operation_id = "retryMint",
    tag = "mints",
    params(MintId, PreferredWait),
    responses(
        (status = 200, description = "Minted: the chain has the mint event.", body = MintAnswer),
        (status = 202, description = "Under way again: `status` says where it stands.", body = MintAnswer),
        RetryProblems,
    ),
)]
pub async fn retry(
    State(app): State<App>,
    PreferredWait(wait): PreferredWait,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    let pending = app.service.retry(id).await?.ok_or_else(|| Problem::not_found("mint"))?;
    let mint = app.service.answer(pending, granted(&app, wait), &app.stop).await?;
    Ok(answer(&app, &mint))
}

problems! { RetryEndedProblems:
    Unauthorized InvalidRequest UnsupportedMediaType BodyTooLarge UnknownBasket BasketMismatch ChainUnavailable StoreUnavailable
}

/// Try ended mints again
///
/// Queues again, oldest first, the accepted mints of a basket that came with an `Idempotency-Key` or a `bankReference` and
/// ended unminted with this code: `rejected` or `failed`, not cancelled, and not refused at admission. A mint whose
/// reference another one holds by now is skipped and counted; so is one that breaker or reserves would refuse now.
#[utoipa::path(
    post,
    path = "/mints/retry",
    operation_id = "retryMints",
    tag = "mints",
    request_body = RetryBody,
    responses((status = 200, description = "How many are queued again.", body = RetryAnswer), RetryEndedProblems),
)]
pub async fn retry_ended(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<RetryBody>,
) -> Result<axum::Json<RetryAnswer>, Problem> {
    let Selection { code, draft, limit } = body.selection()?;
    let choice = BasketChoice::parse(&draft).map_err(Failure::from)?;
    let basket = app.baskets.resolve(&choice).await.map_err(|error| match error {
        BasketError::Unknown(_) => {
            Problem::field("basket", "basket is none that the configured factory created")
        }
        other => other.into(),
    })?;
    let RetriedMints { retried, skipped, refused } =
        app.service.retry_ended(&asking.account, code, &basket, limit).await?;
    Ok(axum::Json(RetryAnswer { retried, skipped, refused }))
}
