//! `GET /baskets` and `POST /baskets`.

use alloy::primitives::Address;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::text::TextField;
use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::basket::{BasketCard, ListedBasket};
use crate::chain::tokens::{TokenBalance, TokenTerms};
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
    /// Its token; null while the chain has not told.
    #[schema(required = true)]
    pub token: Option<TokenAnswer>,
    /// How it came to be; null where the chain does not tell.
    #[schema(required = true)]
    pub created: Option<CreatedAnswer>,
}

/// What a token calls itself, and how much there is of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Token)]
pub struct TokenAnswer {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
    /// All there is of it on this chain, as of the last ten seconds; null while the chain has not told.
    #[schema(required = true)]
    pub supply: Option<TokenAmount>,
}

/// How a basket came to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BasketOrigin)]
pub struct CreatedAnswer {
    /// Who was made its administrator.
    pub admin: AddressText,
    /// The transaction.
    pub tx: HashText,
    /// When; null where the endpoint does not say it.
    #[schema(required = true)]
    pub at: Option<Timestamp>,
}

impl BasketAnswer {
    /// Shows a basket.
    #[must_use]
    pub fn of(basket: ListedBasket, default: Option<Address>, card: BasketCard) -> Self {
        let BasketCard { terms, supply, creation } = card;
        let token = terms.map(|TokenTerms { name, symbol, decimals }| {
            let supply = supply.map(|supply| TokenAmount(whole_tokens(supply, decimals)));
            TokenAnswer { name, symbol, decimals, supply }
        });
        let created = creation.map(|creation| CreatedAnswer {
            admin: AddressText(creation.admin),
            tx: HashText(creation.tx),
            at: creation.at.map(Timestamp::of_seconds),
        });
        Self {
            token,
            created,
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

/// What an account has of a basket's token.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Balance)]
pub struct BalanceAnswer {
    /// The account.
    pub address: AddressText,
    /// Token of the basket.
    pub stablecoin_address: AddressText,
    /// What it has.
    pub balance: TokenAmount,
    /// All there is of the token on this chain.
    pub total_supply: TokenAmount,
    /// The block of both.
    pub block_number: u64,
}

impl BalanceAnswer {
    /// Shows a balance.
    #[must_use]
    pub fn of(account: Address, (stablecoin, decimals): (Address, u8), found: TokenBalance) -> Self {
        let amount = |base_units| TokenAmount(whole_tokens(base_units, decimals));
        Self {
            address: AddressText(account),
            stablecoin_address: AddressText(stablecoin),
            balance: amount(found.balance),
            total_supply: amount(found.total_supply),
            block_number: found.block,
        }
    }
}
