//! Access keys: `GET`, `POST /keys`, `POST /keys/{id}/rotate`, `DELETE /keys/{id}`, `POST /keys/keep`, `GET /whoami`.

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use super::accounts::basket;
use crate::access::issue::{new_key, successor};
use crate::access::secret_text::is_live_chain;
use crate::access::{Caller, RateStanding};
use crate::domain::access::{AccessChange, ApiKey, ChangeOutcome, Grant, Grants, day_of};
use crate::http::app::App;
use crate::http::dto::grant::{GrantAnswer, GrantSet, KeyGrantBody};
use crate::http::dto::key::{
    KeepAnswer, KeepBody, KeyAnswer, KeyBody, KeyList, KeyQuery, NewKeyAnswer, RotateBody, is_key_id,
};
use crate::http::dto::whoami::WhoAmI;
use crate::http::extract::{Asking, JsonBody, Params};
use crate::http::problem::{CommonProblems, Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::store::AccessUpdate;

problems! { ListProblems: InvalidRequest }

/// List keys
///
/// Every key, also those that count no more, by id and page by page; never a secret.
#[utoipa::path(
    get,
    path = "/keys",
    operation_id = "listKeys",
    tag = "access",
    security(("key" = ["admin"]), ("key" = ["audit:read"])),
    params(KeyQuery),
    responses((status = 200, description = "One page.", body = KeyList), ListProblems),
)]
pub async fn list(
    State(app): State<App>,
    Params(query): Params<KeyQuery>,
) -> Result<axum::Json<KeyList>, Problem> {
    let (cursor, limit) = query.read()?;
    let keys = app.store.keys(&cursor, limit).await?;
    let is_full = i64::try_from(keys.len()).unwrap_or(i64::MAX) == limit;
    let next_cursor = keys.last().filter(|_| is_full).map(|key| key.id.clone());
    Ok(axum::Json(KeyList { keys: keys.iter().map(KeyAnswer::from).collect(), next_cursor }))
}

problems! { CreateProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed UnknownBasket ChainUnavailable
}

/// Make a key
///
/// The answer is the only one that has its secret. The first key that is made ends anonymous access.
#[utoipa::path(
    post,
    path = "/keys",
    operation_id = "createKey",
    tag = "access",
    security(("key" = ["admin"])),
    request_body = KeyBody,
    responses(
        (status = 201, description = "Made.", body = NewKeyAnswer, links(
            ("rotate" = (operation_id = "rotateKey", parameters(("id" = "$response.body#/id")))),
            ("revoke" = (operation_id = "revokeKey", parameters(("id" = "$response.body#/id")))),
        )),
        CreateProblems,
    ),
)]
pub async fn create(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<KeyBody>,
) -> Result<(StatusCode, axum::Json<NewKeyAnswer>), Problem> {
    let (mut spec, grants) = body.read(app.clock.now_ms())?;
    if let Some(grants) = grants {
        spec.grants = Some(found_grants(&app, grants).await?);
    }
    let (key, text) = new_key(spec, is_live(&app)?, &app.clock);
    match change(&app, &asking, AccessChange::CreateKey(Box::new(key.clone()))).await? {
        ChangeOutcome::Done => Ok((StatusCode::CREATED, shown(&key, text))),
        ChangeOutcome::TooMany => {
            Err(Problem::new(ProblemCode::NotAllowed, "the account has as many keys as it may have"))
        }
        ChangeOutcome::Missing | ChangeOutcome::Taken => {
            Err(Problem::field("account", "account is none of this gateway"))
        }
    }
}

async fn found_grants(app: &App, grants: Vec<KeyGrantBody>) -> Result<Grants, Problem> {
    let mut found = Vec::with_capacity(grants.len());
    for grant in grants {
        let (named, limits) = grant.split()?;
        let basket = basket(app, "stablecoinAddress", &named).await?;
        found.push(limits.read(basket.as_ref())?);
    }
    Ok(found.into_iter().collect())
}

problems! { RotateProblems: OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotFound }

/// Replace a key
///
/// Makes a successor with the same rights; the old key counts beside it for the overlap, and then no more.
#[utoipa::path(
    post,
    path = "/keys/{id}/rotate",
    operation_id = "rotateKey",
    tag = "access",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "Id of the key.", example = "0123456789ab")),
    request_body = RotateBody,
    responses((status = 201, description = "The successor.", body = NewKeyAnswer), RotateProblems),
)]
pub async fn rotate(
    State(app): State<App>,
    Asking(asking): Asking,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<RotateBody>,
) -> Result<(StatusCode, axum::Json<NewKeyAnswer>), Problem> {
    let overlap_ms = body.overlap_ms()?;
    let old = key(&app, &id).await?;
    let (next, text) = successor(&old, &app.clock);
    let ends_at = app.clock.now_ms().saturating_add(overlap_ms);
    let rotation = AccessChange::RotateKey { id, successor: Box::new(next.clone()), ends_at };
    match change(&app, &asking, rotation).await? {
        ChangeOutcome::Done => Ok((StatusCode::CREATED, shown(&next, text))),
        _ => Err(Problem::not_found("key")),
    }
}

problems! { RevokeProblems: OriginNotAllowed NotFound }

/// Revoke a key
///
/// It counts no more, here at once, on every other instance within a second; nor do its tokens and sessions.
#[utoipa::path(
    delete,
    path = "/keys/{id}",
    operation_id = "revokeKey",
    tag = "access",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "Id of the key.", example = "0123456789ab")),
    responses((status = 200, description = "Revoked.", body = KeyAnswer), RevokeProblems),
)]
pub async fn revoke(
    State(app): State<App>,
    Asking(asking): Asking,
    Path(id): Path<String>,
) -> Result<axum::Json<KeyAnswer>, Problem> {
    key(&app, &id).await?;
    match change(&app, &asking, AccessChange::RevokeKey(id.clone())).await? {
        ChangeOutcome::Done => Ok(axum::Json(KeyAnswer::from(&key(&app, &id).await?))),
        _ => Err(Problem::not_found("key")),
    }
}

problems! { KeepProblems: OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed NotFound }

/// Keep keys after a restore
///
/// A restored database may bring back keys that were revoked since: until an administrator names which to keep, only
/// keys with `admin` count. All others that are not named are revoked.
#[utoipa::path(
    post,
    path = "/keys/keep",
    operation_id = "keepKeys",
    tag = "access",
    security(("key" = ["admin"])),
    request_body = KeepBody,
    responses((status = 200, description = "These count again.", body = KeepAnswer), KeepProblems),
)]
pub async fn keep(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<KeepBody>,
) -> Result<axum::Json<KeepAnswer>, Problem> {
    let keys = body.read()?;
    match change(&app, &asking, AccessChange::KeepKeys(keys.clone())).await? {
        ChangeOutcome::Done => Ok(axum::Json(KeepAnswer { keys })),
        ChangeOutcome::Missing => Err(Problem::not_found("key")),
        ChangeOutcome::Taken | ChangeOutcome::TooMany => {
            Err(Problem::new(ProblemCode::NotAllowed, "this database was not found to be restored"))
        }
    }
}

/// Show the caller
///
/// The account, the key, its scopes and grants, and how much of its limits is left.
#[utoipa::path(
    get,
    path = "/whoami",
    operation_id = "whoAmI",
    tag = "access",
    security(("key" = [])),
    responses((status = 200, description = "The caller.", body = WhoAmI), CommonProblems),
)]
pub async fn whoami(
    State(app): State<App>,
    Asking(asking): Asking,
    standing: Option<Extension<RateStanding>>,
) -> Result<axum::Json<WhoAmI>, Problem> {
    let today = day_of(app.clock.now_ms());
    let mut sets = Vec::new();
    for (of, grants) in asking.rights.sets() {
        let mut shown = Vec::new();
        for grant in grants.iter() {
            shown.push(match (grant.stablecoin, grant.per_day) {
                (Some(stablecoin), Some(_)) => {
                    let spent = app.store.spent(&Grant::bucket(of, stablecoin), today).await?;
                    GrantAnswer::with_spent(grant, spent)
                }
                _ => grant.into(),
            });
        }
        sets.push(GrantSet { of: of.to_owned(), grants: shown });
    }
    Ok(axum::Json(WhoAmI::of(&asking, sets, standing.map(|Extension(standing)| standing))))
}

/// Whether keys of this gateway are `live`.
///
/// # Errors
/// When nobody knows which chain it is on.
pub(super) fn is_live(app: &App) -> Result<bool, Problem> {
    Ok(is_live_chain(app.chain.identity()?.chain_id))
}

async fn key(app: &App, id: &str) -> Result<ApiKey, Problem> {
    let missing = || Problem::not_found("key");
    if !is_key_id(id) {
        return Err(missing());
    }
    app.store.key(id).await?.ok_or_else(missing)
}

fn shown(key: &ApiKey, text: String) -> axum::Json<NewKeyAnswer> {
    axum::Json(NewKeyAnswer { key: text, about: key.into() })
}

async fn change(app: &App, asking: &Caller, change: AccessChange) -> Result<ChangeOutcome, Problem> {
    Ok(app.directory.change(AccessUpdate { change, by: asking.name().to_owned() }).await?)
}
