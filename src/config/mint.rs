//! Limits of mints.

use std::time::Duration;

use clap::Args;

use super::reader::{Reader, given, not};

/// Orders that fit into a report of 5 KB, see the workflow's payload.ts.
const BATCH_LIMIT: usize = 45;
/// Orders for which the gas of one delivery suffices even where every account is new, see contracts/README.md.
const BATCH_DEFAULT: usize = 20;

/// The settings of mints as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct MintSettings {
    /// Longest time a POST /mint waits for the chain [default: 120]
    #[arg(long, env)]
    mint_wait_seconds: Option<String>,
    /// Largest single mint in whole tokens [default: 1000000000]
    #[arg(long, env)]
    mint_max_amount: Option<String>,
    /// Most mints of one basket that travel in one report [default: 20]
    #[arg(long, env)]
    batch_max: Option<String>,
    /// How long a claimed mint or transmitter key stays claimed without a heartbeat [default: 5]
    #[arg(long, env)]
    lease_seconds: Option<String>,
}

/// The settings of mints.
#[derive(Clone, Debug)]
pub struct MintConfig {
    /// Longest wait of `POST /mint`.
    pub wait: Duration,
    /// Largest single mint, in whole tokens (decimal).
    pub max_amount: String,
    /// Most mints in one report.
    pub batch_max: usize,
    /// Lease of a claimed mint or transmitter key.
    pub lease: Duration,
}

impl MintSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> MintConfig {
        MintConfig {
            wait: reader.seconds("MINT_WAIT_SECONDS", &self.mint_wait_seconds, 120, (1, 3600)),
            max_amount: whole_tokens(reader, &self.mint_max_amount),
            batch_max: reader.number("BATCH_MAX", &self.batch_max, BATCH_DEFAULT, (1, BATCH_LIMIT)),
            lease: reader.seconds("LEASE_SECONDS", &self.lease_seconds, 5, (1, 300)),
        }
    }
}

fn whole_tokens(reader: &mut Reader<'_>, value: &Option<String>) -> String {
    let text = given(value).unwrap_or("1000000000");
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || text.is_empty() || text.len() > 30 || text.starts_with('0') {
        reader.refuse("MINT_MAX_AMOUNT", format!("must be a whole number of tokens{}", not(text)));
    }
    reader.show("MINT_MAX_AMOUNT", text);
    text.to_owned()
}
