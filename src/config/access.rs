//! Who may ask, and how often.

use std::path::PathBuf;

use clap::Args;

use super::reader::{Reader, given};
use crate::access::RequestLimits;

/// Most requests a minute that a limit can allow.
const REQUESTS_MAX: u32 = 10_000_000;

/// The access settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct AccessSettings {
    /// Folder for what this gateway keeps besides its database: admin.key [default: .local]
    #[arg(long, env)]
    state_dir: Option<String>,
    /// Requests a minute that each key may make; 0 sets no limit [default: 6000]
    #[arg(long, env)]
    caller_requests_per_minute: Option<String>,
    /// Requests a minute without a good key from each address; 0 sets no limit [default: 600]
    #[arg(long, env)]
    address_requests_per_minute: Option<String>,
}

/// The access settings.
#[derive(Clone, Debug)]
pub struct AccessConfig {
    /// Folder for what the gateway keeps besides its database.
    pub state_dir: PathBuf,
    /// Requests a minute.
    pub requests: RequestLimits,
}

impl AccessSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> AccessConfig {
        let state_dir = reader.below(given(&self.state_dir).unwrap_or(".local"));
        reader.show("STATE_DIR", state_dir.display());
        let mut number =
            |name, value: &Option<String>, default| reader.number(name, value, default, (0, REQUESTS_MAX));
        AccessConfig {
            state_dir,
            requests: RequestLimits {
                per_key: number("CALLER_REQUESTS_PER_MINUTE", &self.caller_requests_per_minute, 6_000),
                per_address: number("ADDRESS_REQUESTS_PER_MINUTE", &self.address_requests_per_minute, 600),
            },
        }
    }
}
