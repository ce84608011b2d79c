//! `GET /`.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::wire::AddressText;
use crate::chain::LOCAL_CHAIN;
use crate::chain::tokens::Creation;

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
    /// That chain, as wallets and pages need it; null like its id.
    #[schema(required = true)]
    pub chain: Option<ChainAnswer>,
    /// Whether it is a local test chain, whose money is worth nothing.
    pub is_local: bool,
    /// Who may create baskets; null where the chain does not say.
    #[schema(required = true)]
    pub creation: Option<CreationAnswer>,
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

/// A chain.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Chain)]
pub struct ChainAnswer {
    /// Its id.
    pub id: u64,
    /// Its name; the CAIP-2 name where this gateway knows no other.
    #[schema(examples("Sepolia", "eip155:10"))]
    pub name: String,
    /// Where a page on this machine can ask a local test chain; null for every other chain.
    #[schema(required = true)]
    pub rpc_url: Option<String>,
    /// Its block explorer; null where transactions are shown by this gateway.
    #[schema(required = true)]
    pub explorer: Option<String>,
}

impl ChainAnswer {
    /// Shows a chain.
    #[must_use]
    pub fn of(id: u64, rpc_url: Option<&str>, explorer: Option<&str>) -> Self {
        let name = match id {
            1 => "Ethereum",
            17_000 => "Holesky",
            560_048 => "Hoodi",
            11_155_111 => "Sepolia",
            LOCAL_CHAIN => "Local chain",
            _ => "",
        };
        let name = if name.is_empty() { format!("eip155:{id}") } else { name.to_owned() };
        Self { id, name, rpc_url: rpc_url.map(str::to_owned), explorer: explorer.map(str::to_owned) }
    }
}

/// Who may create baskets.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BasketCreation)]
pub struct CreationAnswer {
    /// Everybody may.
    pub open: bool,
    /// Who may where it is not open; null where the chain does not tell (and where everybody may).
    #[schema(required = true)]
    pub creators: Option<Vec<AddressText>>,
}

impl From<Creation> for CreationAnswer {
    fn from(creation: Creation) -> Self {
        let creators = creation.creators.map(|all| all.into_iter().map(AddressText).collect());
        Self { open: creation.is_open, creators }
    }
}
