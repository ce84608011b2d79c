//! Limits of mints.

use std::time::Duration;

use clap::Args;

use super::reader::{Reader, given, not};

/// Orders that fit into a report of 5 KB, see the workflow's payload.ts.
const BATCH_LIMIT: usize = 35;
/// Orders for which the gas of one delivery suffices even where every account is new and one is refused, see contracts/README.md.
const BATCH_DEFAULT: usize = 22;

/// The settings of mints as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct MintSettings {
    /// Longest time a POST /mint waits for the chain [default: 120]
    #[arg(long, env)]
    mint_wait_seconds: Option<String>,
    /// Most requests that wait for the chain at once [default: 512]
    #[arg(long, env)]
    mint_waiters_max: Option<String>,
    /// Largest single mint in whole tokens [default: 1000000000]
    #[arg(long, env)]
    mint_max_amount: Option<String>,
    /// Most mints of one basket that travel in one report [default: 22]
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
    /// Most requests that wait at once.
    pub waiters_max: usize,
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
            waiters_max: reader.number("MINT_WAITERS_MAX", &self.mint_waiters_max, 512, (0, 100_000)),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The contracts' own measurement of what fits 5 000 000 gas, the `gasLimit` of the checked-in configuration.
    const SNAPSHOT: &str =
        include_str!("../../bank-stablecoin-por-ace-ccip-workflow/contracts/snapshots/GasTest.json");

    #[test]
    fn batch_default_is_what_has_gas_by_the_snapshot() {
        let measured: serde_json::Value = serde_json::from_str(SNAPSHOT).unwrap();
        let count = |name: &str| measured[name].as_str().unwrap().parse::<usize>().unwrap();
        assert_eq!(BATCH_DEFAULT, count("mints in 5M gas, new accounts"));
        assert!(count("mints in 5M gas, known accounts") < BATCH_LIMIT, "gas is the narrower limit");
        let documented = include_str!("../../docs/configuration.md");
        assert!(documented.contains(&format!("| `BATCH_MAX` | `{BATCH_DEFAULT}` |")));
        assert!(documented.contains(&format!("1 to {BATCH_LIMIT};")));
    }
}
