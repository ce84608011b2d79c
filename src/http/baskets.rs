//! `GET /baskets` and `POST /baskets`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::App;
use super::extract::{Json, required};
use super::problem::Problem;
use crate::mint::{BasketChoice, Draft, Failure};

/// The body of `POST /baskets`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BasketBody {
    name: Option<Value>,
    stablecoin_address: Option<Value>,
    minting_consumer_address: Option<Value>,
}

/// `GET /baskets`: every basket of the factory.
///
/// # Errors
/// 503 when chain or database do not answer.
pub async fn list(State(app): State<App>) -> Result<Response, Problem> {
    let default = app.settings.default_basket;
    let baskets: Vec<Value> = app
        .service
        .baskets()
        .await?
        .into_iter()
        .map(|(stablecoin, consumer, name)| {
            json!({
                "stablecoinAddress": stablecoin.to_string(),
                "mintingConsumerAddress": consumer.to_string(),
                "name": name,
                "default": default == Some((stablecoin, consumer)),
            })
        })
        .collect();
    Ok(axum::Json(json!({ "baskets": baskets })).into_response())
}

/// `POST /baskets`: registers a name for a basket of the factory.
///
/// # Errors
/// 422 when the pair is no basket, 409 when the name is taken.
pub async fn register(State(app): State<App>, Json(body): Json<BasketBody>) -> Result<Response, Problem> {
    let name = required("name", body.name.as_ref())?;
    let draft = Draft {
        stablecoin: Some(required("stablecoinAddress", body.stablecoin_address.as_ref())?),
        consumer: Some(required("mintingConsumerAddress", body.minting_consumer_address.as_ref())?),
        ..Draft::default()
    };
    let choice = BasketChoice::parse(&draft).map_err(Failure::from)?;
    let basket = app.service.register(&name, &choice).await?;
    let body = json!({
        "name": name,
        "stablecoinAddress": basket.stablecoin.to_string(),
        "mintingConsumerAddress": basket.consumer.to_string(),
        "decimals": basket.decimals,
    });
    Ok((StatusCode::CREATED, axum::Json(body)).into_response())
}
