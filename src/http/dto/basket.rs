//! `GET /baskets` and `POST /baskets`.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::TextField;
use crate::base::wire::AddressText;
use crate::basket::ListedBasket;
use crate::domain::request::Draft;
use crate::http::problem::Problem;

/// A name for a basket of the factory.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = BasketRequest)]
pub struct BasketBody {
    /// The name: letters, digits, dots, dashes, underscores and spaces.
    #[serde(default)]
    #[schema(
        value_type = String,
        required = true,
        pattern = "^[A-Za-z0-9._-]([A-Za-z0-9 ._-]*[A-Za-z0-9._-])?$",
        min_length = 1,
        max_length = 64
    )]
    name: TextField,
    /// Token of the basket.
    #[serde(default)]
    #[schema(value_type = String, required = true, pattern = "^0x[0-9a-fA-F]{40}$")]
    stablecoin_address: TextField,
    /// Minting consumer of the basket.
    #[serde(default)]
    #[schema(value_type = String, required = true, pattern = "^0x[0-9a-fA-F]{40}$")]
    minting_consumer_address: TextField,
}

impl BasketBody {
    /// The name, and the pair in the caller's words.
    ///
    /// # Errors
    /// A problem that names the field which is missing or no text.
    pub fn draft(self) -> Result<(String, Draft), Problem> {
        let name = self.name.required("name")?;
        let draft = Draft {
            stablecoin: Some(self.stablecoin_address.required("stablecoinAddress")?),
            consumer: Some(self.minting_consumer_address.required("mintingConsumerAddress")?),
            ..Draft::default()
        };
        Ok((name, draft))
    }
}

/// A basket of the factory.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BasketAnswer {
    /// Its token.
    pub stablecoin_address: AddressText,
    /// Its minting consumer.
    pub minting_consumer_address: AddressText,
    /// The name it is registered under.
    #[schema(required = true)]
    pub name: Option<String>,
    /// Whether a request that names no basket means this one.
    pub default: bool,
}

impl BasketAnswer {
    /// Shows a basket.
    #[must_use]
    pub fn of(basket: ListedBasket, default: Option<Address>) -> Self {
        Self {
            stablecoin_address: AddressText(basket.stablecoin),
            minting_consumer_address: AddressText(basket.consumer),
            name: basket.name,
            default: default == Some(basket.stablecoin),
        }
    }
}

/// Every basket of the factory, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct BasketList {
    /// The baskets.
    pub baskets: Vec<BasketAnswer>,
}

/// A basket that now has a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredBasket {
    /// The name.
    pub name: String,
    /// Its token.
    pub stablecoin_address: AddressText,
    /// Its minting consumer.
    pub minting_consumer_address: AddressText,
    /// Decimals of the token.
    pub decimals: u8,
}
