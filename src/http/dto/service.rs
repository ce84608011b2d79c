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
    /// The chain that it mints on; null, as are the contracts, where that chain has never answered yet.
    #[schema(required = true)]
    pub chain_id: Option<u64>,
    /// The factory whose baskets it mints.
    #[schema(required = true)]
    pub basket_factory: Option<AddressText>,
    /// The forwarder that the consumers trust.
    #[schema(required = true)]
    pub forwarder: Option<AddressText>,
    /// Token of the default basket.
    #[schema(required = true)]
    pub default_stablecoin: Option<AddressText>,
    /// Minting consumer of the default basket.
    #[schema(required = true)]
    pub default_consumer: Option<AddressText>,
    /// Why this caller needs a key; null where none is needed.
    #[schema(required = true)]
    pub key_needed: Option<String>,
    /// Method and path of every route.
    pub endpoints: &'a [String],
}
