//! The factory's baskets.

use std::sync::PoisonError;

use alloy::eips::BlockId;
use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::SolCall;

use super::bindings::{BasketFactory, PausePolicy, StablecoinERC20};
use super::calls::call;
use super::client::Chain;
use super::rpc::ChainError;
use crate::domain::{Basket, BasketContracts};

/// Baskets read from the factory in one call.
const BASKETS_PAGE: u64 = 100;
/// Most such calls for one list.
const BASKET_PAGES_MAX: u64 = 50;

impl Chain {
    /// The basket of a stablecoin with its present consumer, or `None` when the factory did not create one.
    pub async fn basket(&self, stablecoin: Address) -> Result<Option<Basket>, ChainError> {
        let contracts = self.basket_contracts(stablecoin).await?;
        Ok(contracts.map(|BasketContracts { consumer, decimals, .. }| Basket {
            stablecoin,
            consumer,
            decimals,
        }))
    }

    /// Token and consumer of every basket, oldest first.
    pub async fn baskets(&self) -> Result<Vec<(Address, Address)>, ChainError> {
        let factory = self.contracts()?.factory;
        self.believed()?
            .agree(|provider| async move {
                let mut pairs = Vec::new();
                for page in 0..BASKET_PAGES_MAX {
                    let ask = BasketFactory::basketsCall {
                        offset: U256::from(page * BASKETS_PAGE),
                        limit: U256::from(BASKETS_PAGE),
                    };
                    let found = call(&provider, factory, &ask, BlockId::latest()).await?;
                    let last = (found.len() as u64) < BASKETS_PAGE;
                    pairs.extend(found.into_iter().map(|basket| (basket.stablecoin, basket.mintingConsumer)));
                    if last {
                        break;
                    }
                }
                Ok(pairs)
            })
            .await
    }

    /// The contracts of a stablecoin's basket, as they are now; `None` when the factory did not create one.
    pub async fn basket_contracts(&self, stablecoin: Address) -> Result<Option<BasketContracts>, ChainError> {
        let factory = self.contracts()?.factory;
        let read = self.believed()?.agree(|provider| async move {
            let ask = BasketFactory::basketOfCall { stablecoinOrConsumer: stablecoin };
            let basket = match call(&provider, factory, &ask, BlockId::latest()).await {
                Ok(basket) if basket.stablecoin == stablecoin => basket,
                Ok(_) | Err(ChainError::Refused(_)) => return Ok(None),
                Err(error) => return Err(error),
            };
            let ask = StablecoinERC20::decimalsCall {};
            let decimals = call(&provider, basket.stablecoin, &ask, BlockId::latest()).await?;
            let ask = BasketFactory::timelockCall {};
            let timelock = call(&provider, factory, &ask, BlockId::latest()).await?;
            Ok(Some(BasketContracts {
                stablecoin,
                consumer: basket.mintingConsumer,
                ledger: basket.ledger,
                engine: basket.policyEngine,
                pause_policy: basket.pausePolicy,
                allow_policy: basket.allowPolicy,
                identity_policy: basket.identityPolicy,
                policy_switch: basket.policySwitch,
                timelock,
                decimals,
            }))
        });
        let contracts = read.await?;
        if let Some(contracts) = contracts {
            self.hear_consumer(stablecoin, contracts.consumer);
        }
        Ok(contracts)
    }

    /// The ledger of a basket, which keeps its books whatever consumer it has.
    pub(super) async fn ledger_of(&self, stablecoin: Address) -> Result<Address, ChainError> {
        let known = self.ledgers.lock().unwrap_or_else(PoisonError::into_inner).get(&stablecoin).copied();
        if let Some(ledger) = known {
            return Ok(ledger);
        }
        let factory = self.contracts()?.factory;
        let basket = self.believed()?.agree(|provider| async move {
            let ask = BasketFactory::basketOfCall { stablecoinOrConsumer: stablecoin };
            Ok(call(&provider, factory, &ask, BlockId::latest()).await?.ledger)
        });
        let ledger = basket.await?;
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner).insert(stablecoin, ledger);
        Ok(ledger)
    }

    /// Who may pause a basket on chain.
    pub async fn pause_owner(&self, contracts: &BasketContracts) -> Result<Address, ChainError> {
        let policy = contracts.pause_policy;
        self.believed()?
            .agree(|provider| async move {
                call(&provider, policy, &PausePolicy::ownerCall {}, BlockId::latest()).await
            })
            .await
    }

    /// The token's symbol.
    pub async fn symbol(&self, stablecoin: Address) -> Result<String, ChainError> {
        self.believed()?
            .agree(|provider| async move {
                call(&provider, stablecoin, &StablecoinERC20::symbolCall {}, BlockId::latest()).await
            })
            .await
    }
}

/// The call that pauses a basket's minting on chain, or resumes it; only the policy's owner may send it.
#[must_use]
pub fn pause_call(paused: bool) -> Bytes {
    PausePolicy::setPausedStateCall { paused }.abi_encode().into()
}
