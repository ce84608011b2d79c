//! Accounts and what they may mint: `GET`, `POST /accounts`, `PATCH /accounts/{id}`, and their grants.

use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::access::Caller;
use crate::domain::access::{AccessChange, Account, ChangeOutcome};
use crate::domain::request::BasketChoice;
use crate::domain::{Basket, Failure};
use crate::http::app::App;
use crate::http::dto::account::{AccountAnswer, AccountBody, AccountList, AccountPatch, is_account_id};
use crate::http::dto::grant::GrantBody;
use crate::http::extract::{Asking, JsonBody};
use crate::http::problem::{CommonProblems, Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::store::AccessUpdate;

/// List accounts
///
/// Every account with its grants.
#[utoipa::path(
    get,
    path = "/accounts",
    operation_id = "listAccounts",
    tag = "access",
    security(("key" = ["admin"]), ("key" = ["audit:read"])),
    responses((status = 200, description = "The accounts.", body = AccountList), CommonProblems),
)]
pub async fn list(State(app): State<App>) -> Result<axum::Json<AccountList>, Problem> {
    let accounts = app.store.accounts().await?.iter().map(AccountAnswer::from).collect();
    Ok(axum::Json(AccountList { accounts }))
}

problems! { CreateProblems: OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed }

/// Make an account
///
/// It may mint nothing until it has a grant.
#[utoipa::path(
    post,
    path = "/accounts",
    operation_id = "createAccount",
    tag = "access",
    security(("key" = ["admin"])),
    request_body = AccountBody,
    responses(
        (status = 201, description = "Made.", body = AccountAnswer, links(
            ("change" = (operation_id = "changeAccount", parameters(("id" = "$response.body#/id")))),
            ("grant" = (operation_id = "setGrant", parameters(("id" = "$response.body#/id")))),
        )),
        CreateProblems,
    ),
)]
pub async fn create(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<AccountBody>,
) -> Result<(StatusCode, axum::Json<AccountAnswer>), Problem> {
    let (id, name) = body.read()?;
    change(&app, &asking, AccessChange::CreateAccount { id: id.clone(), name }).await?;
    Ok((StatusCode::CREATED, axum::Json(account(&app, &id).await?)))
}

problems! { ChangeProblems: OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotFound }

/// Change an account
///
/// Its name, or whether it is disabled: then none of its keys counts.
#[utoipa::path(
    patch,
    path = "/accounts/{id}",
    operation_id = "changeAccount",
    tag = "access",
    security(("key" = ["admin"])),
    params(("id" = String, Path, description = "Id of the account.", example = "acme")),
    request_body = AccountPatch,
    responses((status = 200, description = "As it is now.", body = AccountAnswer), ChangeProblems),
)]
pub async fn patch(
    State(app): State<App>,
    Asking(asking): Asking,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<AccountPatch>,
) -> Result<axum::Json<AccountAnswer>, Problem> {
    let (name, disabled) = body.read()?;
    change(&app, &asking, AccessChange::ChangeAccount { id: known_form(id)?, name, disabled })
        .await
        .map(axum::Json)
}

problems! { GrantProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed NotFound UnknownBasket ChainUnavailable
}

/// Grant a basket
///
/// The account may mint the basket, within these limits, which take the place of those before. `*` stands for every
/// basket; such a grant has no limits. What was spent of a limit counts from the moment at which it is set.
#[utoipa::path(
    put,
    path = "/accounts/{id}/grants/{stablecoin}",
    operation_id = "setGrant",
    tag = "access",
    security(("key" = ["admin"])),
    params(
        ("id" = String, Path, description = "Id of the account.", example = "acme"),
        ("stablecoin" = String, Path, description = "Token or consumer of the basket, or `*`."),
    ),
    request_body = GrantBody,
    responses((status = 200, description = "The account as it is now.", body = AccountAnswer), GrantProblems),
)]
pub async fn set_grant(
    State(app): State<App>,
    Asking(asking): Asking,
    Path((id, stablecoin)): Path<(String, String)>,
    JsonBody(body): JsonBody<GrantBody>,
) -> Result<axum::Json<AccountAnswer>, Problem> {
    let basket = basket(&app, "stablecoin", &stablecoin).await?;
    let grant = body.read(basket.as_ref())?;
    change(&app, &asking, AccessChange::SetGrant { account: known_form(id)?, grant }).await.map(axum::Json)
}

/// Take a grant away
///
/// The account may not mint the basket any more, unless it has a grant for every one.
#[utoipa::path(
    delete,
    path = "/accounts/{id}/grants/{stablecoin}",
    operation_id = "removeGrant",
    tag = "access",
    security(("key" = ["admin"])),
    params(
        ("id" = String, Path, description = "Id of the account.", example = "acme"),
        ("stablecoin" = String, Path, description = "Token or consumer of the basket, or `*`."),
    ),
    responses((status = 200, description = "The account as it is now.", body = AccountAnswer), GrantProblems),
)]
pub async fn remove_grant(
    State(app): State<App>,
    Asking(asking): Asking,
    Path((id, stablecoin)): Path<(String, String)>,
) -> Result<axum::Json<AccountAnswer>, Problem> {
    let stablecoin = basket(&app, "stablecoin", &stablecoin).await?.map(|basket| basket.stablecoin);
    let change_it = AccessChange::RemoveGrant { account: known_form(id)?, stablecoin };
    change(&app, &asking, change_it).await.map(axum::Json)
}

/// The basket that an administrator names by token or consumer; `None` for `*`, which is every one.
///
/// # Errors
/// 400 that names the field, or 422 where the factory has no such basket.
pub(super) async fn basket(app: &App, field: &'static str, text: &str) -> Result<Option<Basket>, Problem> {
    if text == "*" {
        return Ok(None);
    }
    let address = crate::base::address::parse_address(text)
        .map_err(|problem| Problem::field(field, format!("{field} {problem}")))?;
    let found = app.baskets.resolve(&BasketChoice::Member(address), |_| true).await;
    Ok(Some(found.map_err(Failure::from)?))
}

fn known_form(id: String) -> Result<String, Problem> {
    if is_account_id(&id) { Ok(id) } else { Err(Problem::not_found("account")) }
}

/// Makes a change of an account, and shows it.
async fn change(app: &App, asking: &Caller, change: AccessChange) -> Result<AccountAnswer, Problem> {
    let id = match &change {
        AccessChange::CreateAccount { id, .. } | AccessChange::ChangeAccount { id, .. } => id.clone(),
        AccessChange::SetGrant { account, .. } | AccessChange::RemoveGrant { account, .. } => account.clone(),
        _ => return Err(Problem::not_found("account")),
    };
    let is_removal = matches!(change, AccessChange::RemoveGrant { .. });
    let update = AccessUpdate { change, by: asking.name().to_owned() };
    match app.directory.change(update).await? {
        ChangeOutcome::Done => account(app, &id).await,
        ChangeOutcome::Missing if is_removal => Err(Problem::not_found("grant")),
        ChangeOutcome::Missing => Err(Problem::not_found("account")),
        ChangeOutcome::Taken => Err(Problem::new(ProblemCode::NotAllowed, "an account of this id exists")),
        ChangeOutcome::TooMany => {
            Err(Problem::new(ProblemCode::NotAllowed, "there are as many as there may be"))
        }
    }
}

async fn account(app: &App, id: &str) -> Result<AccountAnswer, Problem> {
    let accounts = app.store.accounts().await?;
    let found = accounts.iter().find(|account: &&Account| account.id == id);
    found.map(AccountAnswer::from).ok_or_else(|| Problem::not_found("account"))
}
