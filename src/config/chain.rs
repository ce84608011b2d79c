//! The chain and the contracts on it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy::primitives::Address;
use clap::Args;
use reqwest::Url;

use super::reader::{Reader, given, list};
use crate::base::address::parse_address;
use crate::base::secret::SecretUrl;

/// The chain's settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ChainSettings {
    /// Comma list of JSON-RPC endpoints of one chain; proofs need a majority [default: http://127.0.0.1:8545]
    #[arg(long, env, hide_env_values = true)]
    rpc_url: Option<String>,
    /// BasketFactory address [default: from the deployment record]
    #[arg(long, env)]
    basket_factory: Option<String>,
    /// KeystoneForwarder address [default: from the deployment record]
    #[arg(long, env)]
    forwarder_address: Option<String>,
    /// ComplianceLens address, for GET /compliance [default: from the deployment record]
    #[arg(long, env)]
    compliance_lens: Option<String>,
    /// Stablecoin of the basket that is used when a request names none [default: from the deployment record]
    #[arg(long, env)]
    default_stablecoin: Option<String>,
    /// Minting consumer of that basket [default: from the deployment record]
    #[arg(long, env)]
    default_consumer: Option<String>,
    /// Comma list of the stablecoins whose baskets are served [default: all of the factory]
    #[arg(long, env)]
    allowed_baskets: Option<String>,
    /// Folder of deployment records, `<chain id>.json` [default: deployments in the workflow folder]
    #[arg(long, env)]
    deployments_dir: Option<String>,
    /// Confirmations that count as final, for a chain without the finalized tag [default: the tag]
    #[arg(long, env)]
    finality_confirmations: Option<String>,
}

/// Which addresses this gateway mints for; what is absent comes from the deployment record of the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The factory whose baskets are accepted.
    pub factory: Option<Address>,
    /// The KeystoneForwarder whose `ReportProcessed` counts as proof.
    pub forwarder: Option<Address>,
    /// The lens that explains compliance.
    pub lens: Option<Address>,
    /// Token and consumer used when a request names no basket.
    pub default_basket: Option<(Address, Address)>,
}

/// The chain's settings.
#[derive(Clone, Debug)]
pub struct ChainConfig {
    /// JSON-RPC endpoints, at least one.
    pub rpc_urls: Vec<SecretUrl>,
    /// Contract addresses given by the operator.
    pub addresses: Addresses,
    /// Stablecoins of the baskets that are served; empty = all of the factory's.
    pub allowed_baskets: BTreeSet<Address>,
    /// Folder of deployment records.
    pub deployments_dir: PathBuf,
    /// Confirmations that count as final; `None` = the `finalized` tag.
    pub finality_confirmations: Option<u64>,
}

impl ChainSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>, workflow_dir: &Path) -> ChainConfig {
        let default = workflow_dir.join("deployments").display().to_string();
        let addresses = self.addresses(reader);
        let allowed_baskets = allowed_baskets(reader, &self.allowed_baskets);
        if let Some((stablecoin, _)) = addresses.default_basket
            && !allowed_baskets.is_empty()
            && !allowed_baskets.contains(&stablecoin)
        {
            reader.refuse("ALLOWED_BASKETS", "lacks DEFAULT_STABLECOIN");
        }
        ChainConfig {
            rpc_urls: rpc_urls(reader, &self.rpc_url),
            addresses,
            allowed_baskets,
            deployments_dir: reader.path("DEPLOYMENTS_DIR", &self.deployments_dir, &default),
            finality_confirmations: self.confirmations(reader),
        }
    }

    fn confirmations(&self, reader: &mut Reader<'_>) -> Option<u64> {
        let (name, value) = ("FINALITY_CONFIRMATIONS", &self.finality_confirmations);
        if given(value).is_none() {
            reader.show(name, "the finalized tag");
            return None;
        }
        Some(reader.number(name, value, 64, (1, 100_000)))
    }

    fn addresses(&self, reader: &mut Reader<'_>) -> Addresses {
        let stablecoin = reader.address("DEFAULT_STABLECOIN", &self.default_stablecoin);
        let consumer = reader.address("DEFAULT_CONSUMER", &self.default_consumer);
        if stablecoin.is_some() != consumer.is_some() {
            reader.refuse("DEFAULT_STABLECOIN", "and DEFAULT_CONSUMER must be given together");
        }
        Addresses {
            factory: reader.address("BASKET_FACTORY", &self.basket_factory),
            forwarder: reader.address("FORWARDER_ADDRESS", &self.forwarder_address),
            lens: reader.address("COMPLIANCE_LENS", &self.compliance_lens),
            default_basket: stablecoin.zip(consumer),
        }
    }
}

fn allowed_baskets(reader: &mut Reader<'_>, value: &Option<String>) -> BTreeSet<Address> {
    let name = "ALLOWED_BASKETS";
    let mut allowed = BTreeSet::new();
    for text in list(given(value).unwrap_or_default()) {
        match parse_address(text) {
            Ok(stablecoin) => _ = allowed.insert(stablecoin),
            Err(problem) => {
                reader.refuse(name, format!("must be a comma list of addresses; one of them {problem}"))
            }
        }
    }
    let names: Vec<String> = allowed.iter().map(Address::to_string).collect();
    reader.show_if_set(name, (!names.is_empty()).then(|| names.join(", ")));
    allowed
}

fn rpc_urls(reader: &mut Reader<'_>, value: &Option<String>) -> Vec<SecretUrl> {
    let mut urls = Vec::new();
    for text in list(given(value).unwrap_or("http://127.0.0.1:8545")) {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => urls.push(SecretUrl::new(text)),
            _ => reader.refuse("RPC_URL", "must be a comma list of http or https URLs"),
        }
    }
    if urls.is_empty() {
        reader.refuse("RPC_URL", "must name at least one endpoint");
    }
    let names: Vec<String> = urls.iter().map(SecretUrl::shown).collect();
    reader.show("RPC_URL", names.join(", "));
    urls
}

impl ChainConfig {
    /// How many endpoints must answer alike, where that is worth a word.
    #[must_use]
    pub fn quorum_note(&self) -> Option<&'static str> {
        (self.rpc_urls.len() == 2).then_some(
            "RPC_URL names two endpoints, and both must answer alike: a majority of two is two; with three, one may fail",
        )
    }
}
