//! What this is, and the contract that it keeps: `GET /` and `GET /openapi.json`.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::console::{by_accept, instead};
use crate::access::NotLetIn;
use crate::base::wire::AddressText;
use crate::chain::LOCAL_CHAIN;
use crate::http::app::App;
use crate::http::dto::service::{ChainAnswer, CreationAnswer, ServiceCard};
use crate::http::extract::MaybeAsking;
use crate::http::openapi::Contract;
use crate::http::problem::CommonProblems;

/// Service card
///
/// What this is, which contracts it believes, and every route.
#[utoipa::path(
    get,
    path = "/",
    operation_id = "getService",
    tag = "operations",
    security(()),
    responses(
        (status = 200, description = "The card.", body = ServiceCard),
        (status = 303, description = "A browser, to the console.",
            headers(("Location" = String, description = "Address of the console."))),
        CommonProblems,
    ),
)]
pub async fn card(
    State(app): State<App>,
    MaybeAsking(asking): MaybeAsking,
    refused: Option<Extension<NotLetIn>>,
    Extension(contract): Extension<Arc<Contract>>,
    headers: HeaderMap,
) -> Response {
    if let Some(page) = instead(&app, &headers, "console/", "") {
        return page;
    }
    let identity = app.chain.identity().ok();
    let default = app.baskets.default_basket();
    let card = ServiceCard {
        service: "cre-backend",
        version: env!("CARGO_PKG_VERSION"),
        chain_id: identity.map(|identity| identity.chain_id),
        chain: identity.map(|identity| {
            ChainAnswer::of(identity.chain_id, app.local_rpc(), app.settings.explorer.base())
        }),
        is_local: app.chain.chain_id() == LOCAL_CHAIN,
        creation: app.catalogue.creation().await.map(CreationAnswer::from),
        basket_factory: identity.map(|identity| AddressText(identity.contracts.factory)),
        forwarder: identity.map(|identity| AddressText(identity.contracts.forwarder)),
        default_stablecoin: default.map(|basket| AddressText(basket.stablecoin)),
        default_consumer: default.map(|basket| AddressText(basket.consumer)),
        key_needed: refused.filter(|_| asking.is_none()).map(|Extension(why)| why.to_string()),
        endpoints: &contract.endpoints,
    };
    by_accept(axum::Json(card))
}

/// OpenAPI document
///
/// This document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    operation_id = "getOpenApi",
    tag = "operations",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1.", body = Object), CommonProblems),
)]
pub async fn openapi(Extension(contract): Extension<Arc<Contract>>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], contract.json.clone()).into_response()
}
