//! The commands besides `serve`, as they are written.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use clap_complete::Shell;

/// What can be asked of a running gateway, and what needs none.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask for a mint; ends with 4 while it is not decided
    Mint(MintArguments),
    /// Show a mint, or whether the gateway is ready
    Status(StatusArguments),
    /// Make, list, replace and revoke access keys
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Print the events of the log
    Events(EventArguments),
    /// Stop minting of a basket, until it is resumed
    Pause(OperatorArguments),
    /// Let a basket try again
    Resume(OperatorArguments),
    /// Copy the SQLite database into a new file, while the gateway runs
    Backup(BackupArguments),
    /// Print the OpenAPI document
    Openapi,
    /// Print a completion script
    Completions {
        /// The shell that it is for
        shell: Shell,
    },
}

/// Which gateway, and as whom.
#[derive(Debug, Args)]
pub(super) struct ConnectionArguments {
    /// Address of the gateway [default: http://localhost:PORT]
    #[arg(long, env = "CRE_BACKEND_URL")]
    pub(super) url: Option<String>,
    /// Port of a gateway on this machine
    #[arg(long, env, default_value = "3001", hide = true)]
    pub(super) port: String,
    /// Folder with the admin.key of a gateway on this machine
    #[arg(long, env, default_value = ".local", hide = true)]
    pub(super) state_dir: PathBuf,
    /// Key; better given in the environment, because others on this machine see a command line
    #[arg(long, env = "CRE_BACKEND_KEY", hide_env_values = true)]
    pub(super) key: Option<String>,
    /// Print answers as JSON, one a line
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MintArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Account that gets the tokens
    #[arg(long)]
    pub(super) beneficiary: String,
    /// Whole tokens, for example 1000 or 0.5
    #[arg(long)]
    pub(super) amount: String,
    /// Basket: a registered name, or the address of its token or consumer [default: the default basket]
    #[arg(long)]
    pub(super) basket: Option<String>,
    /// The bank's reference of the payment: the same one is never minted twice
    #[arg(long)]
    pub(super) reference: Option<String>,
    /// Makes a repetition safe where there is no reference [default: a new one for each call]
    #[arg(long)]
    pub(super) idempotency_key: Option<String>,
    /// Time after which nothing is minted any more, RFC 3339
    #[arg(long)]
    pub(super) expires_at: Option<String>,
    /// Wait until it is decided, so many seconds at most
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "600", value_parser = seconds)]
    pub(super) wait: Option<Duration>,
}

#[derive(Debug, Args)]
pub(super) struct StatusArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Id of a mint
    pub(super) id: Option<String>,
    /// The bank's reference of a mint, instead of its id
    #[arg(long, conflicts_with = "id")]
    pub(super) reference: Option<String>,
}

/// What is to be done about keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key; its secret is shown this once
    Create(CreateKeyArguments),
    /// List all keys, without their secrets
    List(ListKeysArguments),
    /// Make a successor with the same rights; the old key counts for the overlap
    Rotate(RotateKeyArguments),
    /// Make a key count no more
    Revoke(RevokeKeyArguments),
}

#[derive(Debug, Args)]
pub(super) struct CreateKeyArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// What it is for
    #[arg(long)]
    pub(super) name: String,
    /// Who holds it [default: its name]
    #[arg(long)]
    pub(super) holder: Option<String>,
    /// Account that it acts for [default: default]
    #[arg(long)]
    pub(super) account: Option<String>,
    /// What it may do, for example mint:write,mint:read
    #[arg(long, value_delimiter = ',', required = true)]
    pub(super) scopes: Vec<String>,
    /// Networks from which it counts, for example 192.0.2.0/24 [default: all]
    #[arg(long, value_delimiter = ',')]
    pub(super) networks: Vec<String>,
    /// Baskets that it may mint, by token or consumer [default: all of its account]
    #[arg(long, value_delimiter = ',')]
    pub(super) baskets: Vec<String>,
    /// Time at which it ends, RFC 3339 [default: never]
    #[arg(long)]
    pub(super) expires_at: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct ListKeysArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
}

#[derive(Debug, Args)]
pub(super) struct RotateKeyArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Id of the key
    pub(super) id: String,
    /// How long the old key counts, for example 24h, 30m or 90s
    #[arg(long, default_value = "24h", value_parser = duration)]
    pub(super) overlap: Duration,
}

#[derive(Debug, Args)]
pub(super) struct RevokeKeyArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Id of the key
    pub(super) id: String,
}

#[derive(Debug, Args)]
pub(super) struct EventArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Number of the last event that is known already [default: 0; with --follow: the newest]
    #[arg(long)]
    pub(super) after: Option<u64>,
    /// Go on with what happens, and come back after a break
    #[arg(long)]
    pub(super) follow: bool,
}

#[derive(Debug, Args)]
pub(super) struct OperatorArguments {
    #[command(flatten)]
    pub(super) connection: ConnectionArguments,
    /// Address of the basket's token, or of its present consumer
    pub(super) basket: String,
    /// Why, in one sentence for the log
    #[arg(long)]
    pub(super) reason: String,
}

#[derive(Debug, Args)]
pub(super) struct BackupArguments {
    /// The new file
    pub(super) file: PathBuf,
    /// The database [default: sqlite:.local/gateway.db]
    #[arg(long, env, hide_env_values = true)]
    pub(super) database_url: Option<String>,
}

fn seconds(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds) if (1..=86_400).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err("must be a whole number of seconds from 1 to 86400".to_owned()),
    }
}

fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "must be a number and a unit: 90s, 30m, 24h or 7d".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit() {
        for (text, seconds) in [("90s", 90), ("30m", 1_800), ("24h", 86_400), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["", "24", "h", "-1h", "1.5h", "24hours", "24\u{20ac}", "99999999999999999999d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
        assert!(seconds("0").is_err() && seconds("86401").is_err() && seconds("x").is_err());
    }
}
