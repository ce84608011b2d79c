//! Which chain it is, and whether it is the right one.

use alloy::primitives::Address;

use super::record::{DeploymentRecord, UnreadableRecord};
use crate::chain::{Chain, ChainError, Contracts, Identity, Standing};
use crate::config::ChainConfig;
use crate::store::{Store, StoreError};

/// Why the chain is not the one that this gateway can work on.
#[derive(Debug, thiserror::Error)]
pub enum DeploymentError {
    /// It does not answer.
    #[error("the chain does not answer")]
    Silent(#[from] ChainError),
    /// The database does not answer.
    #[error("the database does not answer")]
    Store(#[source] StoreError),
    /// It is another chain than that of the database.
    #[error(
        "RPC_URL leads to chain {found}, but the database belongs to chain {known}; use another DATABASE_URL, or the \
         endpoints of that chain"
    )]
    OtherChain {
        /// What the endpoints say.
        found: u64,
        /// What the database says.
        known: u64,
    },
    /// It is another chain with the same id.
    #[error(
        "RPC_URL leads to a chain {0} that began otherwise than the one of the database; use another DATABASE_URL, or \
         restore that chain"
    )]
    OtherGenesis(u64),
    /// The record of the deployment is unusable.
    #[error(transparent)]
    Record(#[from] UnreadableRecord),
    /// Nobody could say when a mint is final.
    #[error(transparent)]
    Unfinal(ChainError),
    /// What is wrong with the addresses, one sentence each.
    #[error("{}", .0.join("\n"))]
    Addresses(Vec<String>),
}

/// Asks the chain who it is, and whether the contracts are there. Where all is well the chain may be believed from then
/// on, and the database belongs to it.
///
/// # Errors
/// Says what is wrong, all of it at once where that is possible.
pub async fn verify(chain: &Chain, config: &ChainConfig, store: &Store) -> Result<(), DeploymentError> {
    let chain_id = chain.ask_chain_id().await?;
    let genesis_hash = chain.genesis().await?;
    let genesis = genesis_hash.to_string();
    if let Some((known, known_genesis)) = store.tied_chain().await.map_err(DeploymentError::Store)? {
        if known != chain_id {
            return Err(DeploymentError::OtherChain { found: chain_id, known });
        }
        if known_genesis != genesis {
            return Err(DeploymentError::OtherGenesis(chain_id));
        }
    }
    let identity = identify(config, chain_id)?;
    check_code(chain, &identity).await?;
    match chain.probe_finality().await {
        Err(error @ ChainError::Unfinal) => return Err(DeploymentError::Unfinal(error)),
        probed => probed?,
    }
    match store.tie_to_chain(chain_id, &genesis).await {
        Ok(()) => {}
        Err(StoreError::ForeignChain(_)) => return Err(DeploymentError::OtherGenesis(chain_id)),
        Err(error) => return Err(DeploymentError::Store(error)),
    }
    let known = chain.identify(identity);
    if known.chain_id != chain_id {
        return Err(DeploymentError::OtherChain { found: chain_id, known: known.chain_id });
    }
    if chain.standing() != Standing::Verified {
        for lacking in chain.probe_substitutes(genesis_hash).await {
            tracing::warn!(endpoint = lacking.name, "{}", lacking.sentence);
        }
    }
    chain.set_standing(Standing::Verified);
    Ok(())
}

/// What the database remembers of its chain, for as long as the chain says nothing; nothing where it never had one.
///
/// # Errors
/// When the database does not answer, or the settings lack an address.
pub async fn identify_from_memory(
    chain: &Chain,
    config: &ChainConfig,
    store: &Store,
) -> Result<(), DeploymentError> {
    if let Some((chain_id, _)) = store.tied_chain().await.map_err(DeploymentError::Store)? {
        chain.identify(identify(config, chain_id)?);
    }
    Ok(())
}

/// The contracts on a chain: from the settings, else from the deployment record.
fn identify(config: &ChainConfig, chain_id: u64) -> Result<Identity, DeploymentError> {
    let record = DeploymentRecord::read(&config.deployments_dir, chain_id)?;
    let given = config.addresses;
    let (factory, forwarder) =
        (given.factory.or(record.basket_factory), given.forwarder.or(record.forwarder));
    let (Some(factory), Some(forwarder)) = (factory, forwarder) else {
        let missing = [("BASKET_FACTORY", factory), ("FORWARDER_ADDRESS", forwarder)];
        let missing = missing.into_iter().filter(|(_, address)| address.is_none());
        let sentence = |(name, _)| {
            format!("{name} is not set, and DEPLOYMENTS_DIR has no record {chain_id}.json that names it")
        };
        return Err(DeploymentError::Addresses(missing.map(sentence).collect()));
    };
    // A recorded basket belongs to the recorded factory only.
    let recorded = record.first_basket.filter(|_| record.basket_factory == Some(factory));
    let recorded = recorded.map(|basket| (basket.stablecoin, basket.minting_consumer));
    // The block says something of the recorded contracts only.
    let since = record.block.filter(|_| record.basket_factory == Some(factory)).unwrap_or_default();
    let contracts = Contracts { factory, forwarder, lens: given.lens.or(record.compliance_lens), since };
    Ok(Identity { chain_id, contracts, default_basket: given.default_basket.or(recorded) })
}

/// Whether there is a contract at every address.
async fn check_code(chain: &Chain, identity: &Identity) -> Result<(), DeploymentError> {
    let contracts = identity.contracts;
    let basket = identity.default_basket;
    let addresses: [(&str, Option<Address>); 5] = [
        ("BASKET_FACTORY", Some(contracts.factory)),
        ("FORWARDER_ADDRESS", Some(contracts.forwarder)),
        ("COMPLIANCE_LENS", contracts.lens),
        ("DEFAULT_STABLECOIN", basket.map(|(stablecoin, _)| stablecoin)),
        ("DEFAULT_CONSUMER", basket.map(|(_, consumer)| consumer)),
    ];
    let mut wrong = Vec::new();
    for (name, address) in addresses {
        if let Some(address) = address
            && !chain.has_code(address).await?
        {
            wrong.push(format!("{name} names {address}, where chain {} has no contract", identity.chain_id));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(DeploymentError::Addresses(wrong)) }
}
