//! What people want to know of the factory and its tokens; nothing is decided by it.

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;

use super::bindings::{BasketFactory, StablecoinERC20};
use super::calls::call;
use super::client::Chain;
use super::logs::LogSearch;
use super::rpc::ChainError;

/// Most questions for the whole past of an event.
const QUESTIONS_MAX: usize = 64;

/// Who may create baskets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// Everybody.
    pub is_open: bool,
    /// Who may where not everybody may, if the endpoints look so far back.
    pub creators: Option<Vec<Address>>,
}

/// How a basket came to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasketCreation {
    /// Its token.
    pub stablecoin: Address,
    /// Who has the roles of its administrator.
    pub admin: Address,
    /// Its transaction.
    pub tx: B256,
    /// Time of its block, unix seconds; `None` where the endpoint does not say it with the log.
    pub at: Option<u64>,
}

/// What a token calls itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenTerms {
    /// Its name.
    pub name: String,
    /// Its symbol.
    pub symbol: String,
    /// Its decimals.
    pub decimals: u8,
}

/// What an account has of a token, at one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBalance {
    /// Base units.
    pub balance: U256,
    /// All there are, base units.
    pub total_supply: U256,
    /// The block.
    pub block: u64,
}

impl Chain {
    /// Who may create baskets now.
    pub async fn creation(&self) -> Result<Creation, ChainError> {
        let factory = self.contracts()?.factory;
        let is_open = self.believed()?.agree(|provider| async move {
            call(&provider, factory, &BasketFactory::creationOpenCall {}, BlockId::latest()).await
        });
        if is_open.await? {
            return Ok(Creation { is_open: true, creators: None });
        }
        let events =
            vec![BasketFactory::RoleGranted::SIGNATURE_HASH, BasketFactory::RoleRevoked::SIGNATURE_HASH];
        let role = keccak256("CREATOR_ROLE");
        let filter = Filter::new().address(factory).event_signature(events).topic1(role);
        let mut creators = Vec::new();
        for log in match self.whole_past(filter).await {
            Ok(logs) => logs,
            // An endpoint that does not look so far back.
            Err(ChainError::Refused(_) | ChainError::Unproven) => {
                return Ok(Creation { is_open: false, creators: None });
            }
            Err(error) => return Err(error),
        } {
            if let Ok(granted) = BasketFactory::RoleGranted::decode_log(&log.inner) {
                creators.push(granted.account);
            } else if let Ok(revoked) = BasketFactory::RoleRevoked::decode_log(&log.inner) {
                creators.retain(|creator| *creator != revoked.account);
            }
        }
        Ok(Creation { is_open: false, creators: Some(creators) })
    }

    /// How the factory's baskets came to be, as far back as an endpoint looks in one question.
    pub async fn basket_creations(&self) -> Result<Vec<BasketCreation>, ChainError> {
        let factory = self.contracts()?.factory;
        let topic = BasketFactory::BasketCreated::SIGNATURE_HASH;
        let logs = self.whole_past(Filter::new().address(factory).event_signature(topic)).await?;
        let read = |log: &Log| {
            let event = BasketFactory::BasketCreated::decode_log(&log.inner).ok()?;
            let tx = log.transaction_hash?;
            Some(BasketCreation {
                stablecoin: event.stablecoin,
                admin: event.admin,
                tx,
                at: log.block_timestamp,
            })
        };
        Ok(logs.iter().filter_map(read).collect())
    }

    /// Everything since the deployment, as far back as a bounded number of questions leads.
    async fn whole_past(&self, filter: Filter) -> Result<Vec<Log>, ChainError> {
        let (filter, since) = (&filter, self.contracts()?.since);
        let found = self.believed()?.first(|provider| async move {
            let head = provider.get_block_number().await?;
            let search = LogSearch { provider: &provider, filter, span: &self.log_span };
            search.newest((since, head), usize::MAX, (u64::MAX, QUESTIONS_MAX)).await
        });
        match found.await? {
            (logs, true) => Ok(logs),
            _ => Err(ChainError::Unproven),
        }
    }

    /// What a token calls itself.
    pub async fn token_terms(&self, stablecoin: Address) -> Result<TokenTerms, ChainError> {
        self.believed()?
            .agree(|provider| async move {
                let at = BlockId::latest();
                let (name, symbol, decimals) = tokio::try_join!(
                    call(&provider, stablecoin, &StablecoinERC20::nameCall {}, at),
                    call(&provider, stablecoin, &StablecoinERC20::symbolCall {}, at),
                    call(&provider, stablecoin, &StablecoinERC20::decimalsCall {}, at),
                )?;
                Ok(TokenTerms { name, symbol, decimals })
            })
            .await
    }

    /// What an account has of a token in the newest block.
    pub async fn token_balance(
        &self,
        stablecoin: Address,
        account: Address,
    ) -> Result<TokenBalance, ChainError> {
        let block = self.head().await?.number;
        self.believed()?
            .agree(|provider| async move {
                let (at, ask) = (BlockId::number(block), StablecoinERC20::balanceOfCall { account });
                let (balance, total_supply) = tokio::try_join!(
                    call(&provider, stablecoin, &ask, at),
                    call(&provider, stablecoin, &StablecoinERC20::totalSupplyCall {}, at),
                )?;
                Ok(TokenBalance { balance, total_supply, block })
            })
            .await
    }

    /// All there is of a token, base units.
    pub async fn token_supply(&self, stablecoin: Address) -> Result<U256, ChainError> {
        self.believed()?
            .agree(|provider| async move {
                call(&provider, stablecoin, &StablecoinERC20::totalSupplyCall {}, BlockId::latest()).await
            })
            .await
    }
}
