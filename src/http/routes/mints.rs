//! `POST /mint` and everything below `/mints`.

use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::seen::{shown_account, visible};
use crate::access::{Caller, NotLetIn};
use crate::basket::BasketError;
use crate::domain::Failure;
use crate::domain::access::Scope;
use crate::domain::request::BasketChoice;
use crate::domain::{Mint, State as MintState};
use crate::http::accept::prefers;
use crate::http::app::App;
use crate::http::csv::{self, CSV, Lines};
use crate::http::dto::evidence::{EvidenceAnswer, EvidenceQuery};
use crate::http::dto::mint::{MintAnswer, MintBody};
use crate::http::dto::mint_list::{COLUMNS, ListQuery, MintPage, Selection as ListSelection, line};
use crate::http::dto::page::Cursor;
use crate::http::dto::retry::{RetryAnswer, RetryBody, Selection};
use crate::http::extract::{Asking, IdempotencyKey, JsonBody, MintId, Params, PreferredWait};
use crate::http::page_link::add_next;
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::mint::evidence::Sight;
use crate::mint::{Acceptance, PendingMint, Requester, RetriedMints};
use crate::store::{MintFilter, MintPosition};

problems! { CreateProblems:
    OriginNotAllowed InvalidRequest IdempotencyKeyRequired UnsupportedMediaType BodyTooLarge Cancelled DuplicateReference
    IdempotencyMismatch UnknownBasket BasketMismatch CrossChainUnavailable AceRejected InvalidOrder MintCapExceeded
    AmountLimitExceeded PorInsufficientReserves NoReserveAssigned WorkflowFailed TransmitterUnfunded PorStale PorUnavailable PorRipcord PorInvalid CircuitOpen
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
    security(("key" = ["mint:write"]), ("orderToken" = [])),
    params(IdempotencyKey, PreferredWait),
    request_body(content = MintBody, examples(
        ("Default basket" = (value = json!({
            "beneficiary": "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd", "amount": "1000",
        }))),
        ("With the bank's reference" = (value = json!({
            "beneficiary": "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd", "amount": "1000.50",
            "bankReference": "MT103-2026-0042",
        }))),
    )),
    responses(
        (status = 200, description = "Minted: the chain has the mint event.", body = MintAnswer,
            headers(
                ("Location" = String, description = "Address of the mint."),
                ("Idempotency-Replayed" = String, description = "`true` where an earlier request made the mint."),
            ),
            links(
                ("mint" = (operation_id = "getMint", parameters(("id" = "$response.body#/mintId")))),
                ("cancel" = (operation_id = "cancelMint", parameters(("id" = "$response.body#/mintId")))),
                ("retry" = (operation_id = "retryMint", parameters(("id" = "$response.body#/mintId")))),
            )),
        (status = 202, description = "Accepted, and not decided yet: `status` says where it stands.",
            body = MintAnswer,
            headers(
                ("Location" = String, description = "Address of the mint: ask there."),
                ("Idempotency-Replayed" = String, description = "`true` where an earlier request made the mint."),
            ),
            links(
                ("mint" = (operation_id = "getMint", parameters(("id" = "$response.body#/mintId")))),
                ("cancel" = (operation_id = "cancelMint", parameters(("id" = "$response.body#/mintId")))),
                ("retry" = (operation_id = "retryMint", parameters(("id" = "$response.body#/mintId")))),
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
    let is_named = key.is_some() || draft.bank_reference.is_some() || asking.order.is_some();
    if !is_named && !asking.is_anonymous() {
        return Err(Problem::new(
            ProblemCode::IdempotencyKeyRequired,
            "send an Idempotency-Key header or a bankReference: without one, a repeated request would mint twice",
        ));
    }
    let caller = requester(&app, &asking, key).await?;
    let Acceptance { pending, replayed } = app.service.accept(&draft, &caller).await?;
    let mint = answered(&app, pending, wait).await?;
    let id = mint.id;
    let mut response = answer(&app, &mint);
    if replayed {
        response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    }
    if let Ok(location) = app.settings.links.location(&format!("/mints/{id}")).parse() {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The caller as the mints see him. A token for one order names that order itself: sent again, it is the same mint.
async fn requester(app: &App, asking: &Caller, key: Option<String>) -> Result<Requester, Problem> {
    let mut requester = Requester {
        account: asking.account.to_string(),
        key_id: asking.key_id().to_owned(),
        rights: asking.rights.clone(),
        idempotency_key: key,
        only_order: None,
    };
    if let Some(token) = &asking.order {
        if requester.idempotency_key.as_ref().is_some_and(|key| *key != token.id) {
            let message = "with a token, its id is the Idempotency-Key: leave the header out";
            return Err(Problem::invalid(message));
        }
        if token.is_late && app.store.mint_named(&asking.account, &token.id).await?.is_none() {
            return Err(NotLetIn::Expired.into());
        }
        requester.idempotency_key = Some(token.id.clone());
        requester.only_order = Some(token.fingerprint.clone());
    }
    Ok(requester)
}

/// The mint as soon as there is an answer: after as long a wait as the caller wishes and the gateway lets him; at once where
/// too many wait already.
async fn answered(app: &App, pending: PendingMint, wish: Option<Duration>) -> Result<Mint, Problem> {
    let longest = app.settings.mint_wait;
    let (room, wait) = match app.waiters.try_acquire() {
        Ok(room) => (Some(room), wish.map_or(longest, |wish| wish.min(longest))),
        Err(_) => (None, Duration::ZERO),
    };
    let mint = app.service.answer(pending, wait, &app.stop).await?;
    drop(room);
    Ok(mint)
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
    security(("key" = ["mint:read"]), ("key" = ["audit:read"]), ("orderToken" = [])),
    params(MintId),
    responses((status = 200, description = "The mint as it stands.", body = MintAnswer), ShowProblems),
)]
pub async fn show(
    State(app): State<App>,
    Asking(asking): Asking,
    MintId(id): MintId,
) -> Result<axum::Json<MintAnswer>, Problem> {
    let mint = visible(&app, &asking, id).await?;
    Ok(axum::Json(MintAnswer::of(&mint, &app.settings.explorer)))
}

problems! { EvidenceProblems: InvalidRequest NotFound StoreUnavailable }

/// Show the evidence of a mint
///
/// What each run of the workflow for it observed, signed, sent and cost, and how long each step took. Other orders of a
/// report, names and notes are for `audit:read`.
#[utoipa::path(
    get,
    path = "/mints/{id}/evidence",
    operation_id = "getMintEvidence",
    tag = "mints",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"]), ("orderToken" = [])),
    params(MintId, EvidenceQuery),
    responses((status = 200, description = "Its runs, newest last.", body = EvidenceAnswer), EvidenceProblems),
)]
pub async fn evidence(
    State(app): State<App>,
    Asking(asking): Asking,
    MintId(id): MintId,
    Params(query): Params<EvidenceQuery>,
) -> Result<axum::Json<EvidenceAnswer>, Problem> {
    let sight = query.sight()?;
    visible(&app, &asking, id).await?;
    if sight == Sight::Operator && (asking.order.is_some() || !asking.may(Scope::AuditRead)) {
        let message = "the sight of operators takes the scope audit:read";
        return Err(Problem::new(ProblemCode::ScopeMissing, message));
    }
    let (mint, runs) =
        app.service.evidence(id, asking.reader(), sight).await?.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(EvidenceAnswer::of(&mint, runs, sight)))
}

/// Mints of a CSV file that are read at once.
const PAGE: usize = 100;

problems! { ListProblems: InvalidRequest TooManyStreams StoreUnavailable }

/// List mints
///
/// Newest first, page by page. As CSV: all of them, or the first `limit`.
#[utoipa::path(
    get,
    path = "/mints",
    operation_id = "listMints",
    tag = "mints",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"])),
    params(ListQuery),
    responses(
        (status = 200, description = "One page.", content((MintPage = "application/json"), (String = "text/csv")),
            headers(("Link" = String, description = "The next page, if there is one."))),
        ListProblems,
    ),
)]
pub async fn list(
    State(app): State<App>,
    Asking(asking): Asking,
    uri: Uri,
    headers: HeaderMap,
    Params(query): Params<ListQuery>,
) -> Result<Response, Problem> {
    let is_file = prefers(&headers, CSV);
    let ListSelection { mut filter, basket, limit } = query.selection(is_file)?;
    filter.account = shown_account(&app, &asking, filter.account).await?;
    if let Some(address) = basket {
        filter.stablecoin = Some(app.baskets.token_of(address).await?);
    }
    if is_file {
        return file(&app, filter, limit).await;
    }
    let (mints, next) = app.service.list(&filter).await?;
    let next_cursor = next.map(|MintPosition { created_at: at, id }| Cursor { at, id });
    let cursor = next_cursor.as_ref().map(Cursor::to_string);
    let mints = mints.iter().map(|mint| MintAnswer::of(mint, &app.settings.explorer)).collect();
    let mut response = axum::Json(MintPage { mints, next_cursor }).into_response();
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept"));
    if let Some(cursor) = cursor {
        add_next(response.headers_mut(), &app.settings.links, &uri, &[("cursor", &cursor)]);
    }
    Ok(response)
}

/// The whole list as a file.
async fn file(app: &App, filter: MintFilter, limit: Option<usize>) -> Result<Response, Problem> {
    let service = app.service.clone();
    let read = move |(filter, left): (MintFilter, Option<usize>)| {
        let service = service.clone();
        let limit = left.map_or(PAGE, |left| left.min(PAGE));
        let filter = MintFilter { limit, ..filter };
        async move {
            let (mints, next) = service.list(&filter).await?;
            let left = left.map(|left| left.saturating_sub(mints.len()));
            let next = next
                .filter(|_| left != Some(0))
                .map(|after| (MintFilter { after: Some(after), ..filter }, left));
            Ok::<Lines<_>, Problem>((mints.iter().map(line).collect(), next))
        }
    };
    csv::respond(app, "mints.csv", &COLUMNS, (filter, limit), read).await
}

problems! { CancelProblems: OriginNotAllowed NotFound NotAllowed StoreUnavailable }

/// Cancel a mint
///
/// Only while it is `queued` and nothing of it was started.
#[utoipa::path(
    post,
    path = "/mints/{id}/cancel",
    operation_id = "cancelMint",
    tag = "mints",
    security(("key" = ["mint:write"])),
    params(MintId),
    responses((status = 200, description = "Cancelled.", body = MintAnswer), CancelProblems),
)]
pub async fn cancel(
    State(app): State<App>,
    Asking(asking): Asking,
    MintId(id): MintId,
) -> Result<axum::Json<MintAnswer>, Problem> {
    let cancelled = app.service.cancel(id, &asking.account).await?;
    let mint = cancelled.ok_or_else(|| Problem::not_found("mint"))?;
    Ok(axum::Json(MintAnswer::of(&mint, &app.settings.explorer)))
}

problems! { RetryProblems:
    OriginNotAllowed NotFound NotAllowed Cancelled DuplicateReference AceRejected InvalidOrder MintCapExceeded PorInsufficientReserves
    NoReserveAssigned AmountLimitExceeded WorkflowFailed TransmitterUnfunded PorStale PorUnavailable PorRipcord PorInvalid
    CircuitOpen Expired ChainUnavailable StoreUnavailable
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
    security(("key" = ["mint:write"])),
    params(MintId, PreferredWait),
    responses(
        (status = 200, description = "Minted: the chain has the mint event.", body = MintAnswer),
        (status = 202, description = "Under way again: `status` says where it stands.", body = MintAnswer),
        RetryProblems,
    ),
)]
pub async fn retry(
    State(app): State<App>,
    Asking(asking): Asking,
    PreferredWait(wait): PreferredWait,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    let pending = app.service.retry(id, &asking.account, &asking.rights).await?;
    let pending = pending.ok_or_else(|| Problem::not_found("mint"))?;
    let mint = answered(&app, pending, wait).await?;
    Ok(answer(&app, &mint))
}

problems! { RetryEndedProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge UnknownBasket BasketMismatch ChainUnavailable StoreUnavailable
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
    security(("key" = ["mint:write"])),
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
    let basket = app.baskets.resolve(&choice, |stablecoin| asking.rights.reach(stablecoin)).await;
    let basket = basket.map_err(|error| match error {
        BasketError::Unknown(_) => {
            Problem::field("basket", "basket is none that the configured factory created")
        }
        other => other.into(),
    })?;
    let RetriedMints { retried, skipped, refused } =
        app.service.retry_ended(&asking.account, &asking.rights, code, &basket, limit).await?;
    Ok(axum::Json(RetryAnswer { retried, skipped, refused }))
}
