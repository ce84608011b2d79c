//! The deployment record that the deploy script writes: `deployments/<chain id>.json`.

use std::path::Path;

use alloy::primitives::Address;
use serde::Deserialize;

/// The version of a record, and so the generation of the contracts that it names.
const VERSION: u32 = 2;

/// What the deploy script wrote down.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DeploymentRecord {
    /// The version; records of the first generation have none.
    version: Option<u32>,
    /// The factory.
    pub basket_factory: Option<Address>,
    /// The KeystoneForwarder.
    pub forwarder: Option<Address>,
    /// The compliance lens.
    pub compliance_lens: Option<Address>,
    /// The basket that was created with it.
    pub first_basket: Option<RecordedBasket>,
    /// The newest block before the deployment.
    pub block: Option<u64>,
}

/// A basket in the record.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordedBasket {
    /// The token.
    pub stablecoin: Address,
    /// The consumer.
    pub minting_consumer: Address,
}

impl DeploymentRecord {
    /// The record of a chain in a folder; an empty one, where there is none.
    ///
    /// # Errors
    /// When there is one that cannot be read, or of another version.
    pub fn read(folder: &Path, chain_id: u64) -> Result<Self, UnreadableRecord> {
        let text = match std::fs::read(folder.join(format!("{chain_id}.json"))) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(_) => return Err(UnreadableRecord::NoRecord(chain_id)),
        };
        let record: Self = serde_json::from_slice(&text).map_err(|_| UnreadableRecord::NoRecord(chain_id))?;
        match record.version.unwrap_or(1) {
            VERSION => Ok(record),
            version => Err(UnreadableRecord::OtherVersion { chain_id, version }),
        }
    }
}

/// A record that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableRecord {
    /// It is something else.
    #[error("DEPLOYMENTS_DIR has a record {0}.json, but it is no deployment record")]
    NoRecord(u64),
    /// Its contracts are of another generation.
    #[error(
        "DEPLOYMENTS_DIR has a deployment record {chain_id}.json of version {version}, not {VERSION}: its contracts are \
         of another generation; deploy anew, or run the release that belongs to them"
    )]
    OtherVersion {
        /// The chain.
        chain_id: u64,
        /// The version of its record.
        version: u32,
    },
}
