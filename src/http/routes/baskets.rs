//! `GET /baskets` and `POST /baskets`.

use axum::extract::State;
use axum::http::StatusCode;

use crate::base::wire::AddressText;
use crate::basket::ListedBasket;
use crate::domain::Failure;
use crate::domain::request::BasketChoice;
use crate::http::app::App;
use crate::http::dto::basket::{BalanceAnswer, BasketAnswer, BasketBody, BasketList, RegisteredBasket};
use crate::http::extract::{Account, Asking, BasketPath, JsonBody};
use crate::http::problem::{Problem, problems};

problems! { ListProblems: ChainUnavailable StoreUnavailable }

/// List baskets
///
/// Every basket of the factory that the caller may mint, with the name it is registered under.
#[utoipa::path(
    get,
    path = "/baskets",
    operation_id = "listBaskets",
    tag = "baskets",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    responses(
        (status = 200, description = "The baskets.", body = BasketList, links(
            ("statement" = (operation_id = "getStatement", parameters(("basket" = "$response.body#/baskets/0/stablecoinAddress")))),
            ("reserves" = (operation_id = "getReserves", parameters(("basket" = "$response.body#/baskets/0/stablecoinAddress")))),
            ("transparency" = (operation_id = "getTransparency", parameters(("basket" = "$response.body#/baskets/0/stablecoinAddress")))),
            ("resume" = (operation_id = "resumeBasket", parameters(("basket" = "$response.body#/baskets/0/stablecoinAddress")))),
        )),
        ListProblems,
    ),
)]
pub async fn list(State(app): State<App>, Asking(asking): Asking) -> Result<axum::Json<BasketList>, Problem> {
    let default = app.baskets.default_basket();
    let default =
        default.map(|basket| basket.stablecoin).filter(|stablecoin| asking.sees_basket(*stablecoin));
    let all = app.baskets.list().await?.into_iter().filter(|basket| asking.sees_basket(basket.stablecoin));
    let all: Vec<ListedBasket> = all.collect();
    let stablecoins: Vec<_> = all.iter().map(|basket| basket.stablecoin).collect();
    let cards = app.catalogue.cards(&stablecoins).await;
    let shown = all.into_iter().zip(cards).map(|(basket, card)| BasketAnswer::of(basket, default, card));
    let baskets = shown.collect();
    Ok(axum::Json(BasketList { baskets }))
}

problems! { BalanceProblems: InvalidRequest NotFound ChainUnavailable StoreUnavailable }

/// Show a balance
///
/// What an account has of a basket's token, and all there is of it, at one block.
#[utoipa::path(
    get,
    path = "/baskets/{basket}/balances/{address}",
    operation_id = "getBalance",
    tag = "baskets",
    security(("key" = ["reserve:read"]), ("key" = ["audit:read"])),
    params(BasketPath, Account),
    responses((status = 200, description = "The balance.", body = BalanceAnswer), BalanceProblems),
)]
pub async fn balance(
    State(app): State<App>,
    BasketPath(named): BasketPath,
    Account(account): Account,
) -> Result<axum::Json<BalanceAnswer>, Problem> {
    let contracts =
        app.guard.contracts(named.stablecoin).await?.ok_or_else(|| Problem::not_found("basket"))?;
    let found = app.chain.token_balance(contracts.stablecoin, account).await?;
    Ok(axum::Json(BalanceAnswer::of(account, (contracts.stablecoin, contracts.decimals), found)))
}

problems! { RegisterProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed UnknownBasket BasketMismatch ChainUnavailable
    StoreUnavailable
}

/// Name a basket
///
/// Registers a name under which requests can mean a basket of the factory. A basket with a name is followed.
#[utoipa::path(
    post,
    path = "/baskets",
    operation_id = "registerBasket",
    tag = "baskets",
    security(("key" = ["admin"])),
    request_body = BasketBody,
    responses((status = 201, description = "Registered.", body = RegisteredBasket), RegisterProblems),
)]
pub async fn register(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<BasketBody>,
) -> Result<(StatusCode, axum::Json<RegisteredBasket>), Problem> {
    let (name, draft) = body.draft()?;
    let choice = BasketChoice::parse(&draft).map_err(Failure::from)?;
    let basket = app.baskets.register(&name, &choice, asking.name()).await?;
    let answer = RegisteredBasket {
        name,
        stablecoin_address: AddressText(basket.stablecoin),
        minting_consumer_address: AddressText(basket.consumer),
        decimals: basket.decimals,
    };
    Ok((StatusCode::CREATED, axum::Json(answer)))
}
