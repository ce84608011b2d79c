//! `GET /`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::wire::AddressText;

/// What this is, and where everything is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCard<'a> {
    /// Always `cre-backend`.
    pub service: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The chain that it mints on.
    pub chain_id: u64,
    /// The factory whose baskets it mints.
    pub basket_factory: AddressText,
    /// The forwarder that the consumers trust.
    pub forwarder: AddressText,
    /// Token of the default basket.
    #[schema(required = true)]
    pub default_stablecoin: Option<AddressText>,
    /// Minting consumer of the default basket.
    #[schema(required = true)]
    pub default_consumer: Option<AddressText>,
    /// Method and path of every route.
    pub endpoints: &'a [String],
}
