//! The only reader of the environment: every setting, its default, and one sentence for each wrong one.
//!
//! Settings come from the command line, then the process environment, then a `.env` file found in the working
//! directory or above it. Relative paths are relative to the folder of that file (else to the working directory).
//! An empty value counts as not set.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use alloy::primitives::Address;
use clap::Parser;
use reqwest::Url;

use crate::reserve::Rules;
use crate::reserve::ledger::BPS;
use crate::workflow::Mode;

/// Most workflow runs at once: each needs a funded transmitter key of its own.
const CONCURRENCY_MAX: usize = 64;
/// Orders that fit into a report of 5 KB, see the workflow's payload.ts.
const BATCH_LIMIT: usize = 45;
/// Orders for which the gas of one delivery suffices even where every account is new, see contracts/README.md.
const BATCH_DEFAULT: usize = 20;
/// Longest a run may take: the report it signs is valid for at most 15 minutes.
const WORKFLOW_TIMEOUT_MAX_SECONDS: u64 = 600;

/// The settings as written by the operator, before they are understood.
#[derive(Clone, Debug, Default, Parser)]
#[command(
    name = "cre-backend",
    version,
    about,
    rename_all = "kebab-case",
    rename_all_env = "SCREAMING_SNAKE_CASE"
)]
pub struct Settings {
    /// Address to listen on; anything but loopback is refused until access keys exist [default: 127.0.0.1]
    #[arg(long, env)]
    pub host: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 3001]
    #[arg(long, env)]
    pub port: Option<String>,
    /// Folder of the CRE project [default: bank-stablecoin-por-ace-ccip-workflow]
    #[arg(long, env)]
    pub workflow_dir: Option<String>,
    /// Comma list of JSON-RPC endpoints of one chain; proofs need a majority [default: http://127.0.0.1:8545]
    #[arg(long, env, hide_env_values = true)]
    pub rpc_url: Option<String>,
    /// Comma list of browser origins that may call the API [default: http://localhost:3000]
    #[arg(long, env)]
    pub cors_origin: Option<String>,
    /// sqlite:PATH or postgres://… [default: sqlite:.local/gateway.db]
    #[arg(long, env, hide_env_values = true)]
    pub database_url: Option<String>,
    /// BasketFactory address [default: from the deployment record]
    #[arg(long, env)]
    pub basket_factory: Option<String>,
    /// KeystoneForwarder address [default: from the deployment record]
    #[arg(long, env)]
    pub forwarder_address: Option<String>,
    /// ComplianceLens address, for GET /compliance [default: from the deployment record]
    #[arg(long, env)]
    pub compliance_lens: Option<String>,
    /// Stablecoin of the basket that is used when a request names none [default: from the deployment record]
    #[arg(long, env)]
    pub default_stablecoin: Option<String>,
    /// Minting consumer of that basket [default: from the deployment record]
    #[arg(long, env)]
    pub default_consumer: Option<String>,
    /// Folder of deployment records, <chain id>.json [default: deployments in the workflow folder]
    #[arg(long, env)]
    pub deployments_dir: Option<String>,
    /// Longest time a POST /mint waits for the chain [default: 120]
    #[arg(long, env)]
    pub mint_wait_seconds: Option<String>,
    /// Largest single mint in whole tokens [default: 1000000000]
    #[arg(long, env)]
    pub mint_max_amount: Option<String>,
    /// How the workflow is run: warm (processes that stay) or cold (one for each run) [default: warm]
    #[arg(long, env)]
    pub workflow_mode: Option<String>,
    /// Most mints of one basket that travel in one report [default: 20]
    #[arg(long, env)]
    pub batch_max: Option<String>,
    /// Workflow runs at once, one funded transmitter key each [default: number of cores]
    #[arg(long, env)]
    pub workflow_concurrency: Option<String>,
    /// Deadline of one workflow run [default: 60]
    #[arg(long, env)]
    pub workflow_timeout_seconds: Option<String>,
    /// Base URL of a block explorer; links are <base>/tx/<hash>
    #[arg(long, env)]
    pub explorer_url: Option<String>,
    /// The Bun program [default: bun]
    #[arg(long, env)]
    pub bun_path: Option<String>,
    /// Folder that holds one private directory per workflow run [default: .local/runs]
    #[arg(long, env)]
    pub cre_run_dir: Option<String>,
    /// Keys of the local DON [default: .local/don.json]
    #[arg(long, env)]
    pub cre_don_file: Option<String>,
    /// How long a claimed mint or transmitter key stays claimed without a heartbeat [default: 5]
    #[arg(long, env)]
    pub lease_seconds: Option<String>,
    /// Confirmations that count as final, for a chain without the finalized tag [default: the tag]
    #[arg(long, env)]
    pub finality_confirmations: Option<String>,
    /// Part of the reserves that may be issued against, in basis points [default: 10000]
    #[arg(long, env)]
    pub reserve_margin_bps: Option<String>,
    /// How long a reserve figure is relied on to refuse a mint without a run [default: 15]
    #[arg(long, env)]
    pub reserve_fresh_seconds: Option<String>,
    /// How long a breaker stays open before one mint may try [default: 30]
    #[arg(long, env)]
    pub breaker_cooldown_seconds: Option<String>,
    /// Answers of the reserve source in a row that prove nothing before the breaker opens [default: 3]
    #[arg(long, env)]
    pub breaker_bad_answers: Option<String>,
    /// Oldest proof on chain with which a basket goes on minting; 0 = any age [default: 0]
    #[arg(long, env)]
    pub reserve_proof_max_age_seconds: Option<String>,
    /// What supply does that no request explains: open (the breaker) or alert [default: open]
    #[arg(long, env)]
    pub unexpected_supply: Option<String>,
    /// Pause between two looks at the chain [default: 5]
    #[arg(long, env)]
    pub monitor_interval_seconds: Option<String>,
    /// How often the DON attests the reserves without a mint; 0 = never [default: 0]
    #[arg(long, env)]
    pub attest_interval_seconds: Option<String>,
    /// Where programs are found; handed to the workflow
    #[arg(long, env, hide = true)]
    pub path: Option<String>,
    /// Home folder; handed to the workflow
    #[arg(long, env, hide = true)]
    pub home: Option<String>,
}

/// An URL that may carry a key: shows only scheme and host when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Wraps an URL whose path, query and user part must not be shown.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL, for the connection itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Url::parse(&self.0) {
            Ok(url) => write!(f, "{}://{}/…", url.scheme(), url.host_str().unwrap_or("")),
            Err(_) => f.write_str("…"),
        }
    }
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

/// The understood configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on (loopback).
    pub host: IpAddr,
    /// Port to listen on.
    pub port: u16,
    /// Folder of the CRE project; holds `main.ts` and `config.json`.
    pub workflow_dir: PathBuf,
    /// JSON-RPC endpoints, at least one.
    pub rpc_urls: Vec<SecretUrl>,
    /// Browser origins that may call the API.
    pub cors_origins: Vec<String>,
    /// Database URL, `sqlite:` or `postgres:`.
    pub database_url: SecretUrl,
    /// Contract addresses given by the operator.
    pub addresses: Addresses,
    /// Folder of deployment records.
    pub deployments_dir: PathBuf,
    /// Longest wait of `POST /mint`.
    pub mint_wait: Duration,
    /// Largest single mint, in whole tokens (decimal).
    pub mint_max_amount: String,
    /// How the workflow is run.
    pub workflow_mode: Mode,
    /// Most mints in one report.
    pub batch_max: usize,
    /// Workflow runs at once.
    pub workflow_concurrency: usize,
    /// Deadline of one run.
    pub workflow_timeout: Duration,
    /// Explorer base URL without a trailing slash.
    pub explorer_url: Option<String>,
    /// The Bun program.
    pub bun_path: PathBuf,
    /// Folder of the private run directories.
    pub run_dir: PathBuf,
    /// Keys of the local DON.
    pub don_file: PathBuf,
    /// Lease of a claimed mint or transmitter key.
    pub lease: Duration,
    /// Confirmations that count as final; `None` = the `finalized` tag.
    pub finality_confirmations: Option<u64>,
    /// How the reserves are watched over.
    pub reserve: Rules,
    /// `PATH` and `HOME` for the workflow process.
    pub child_env: Vec<(String, String)>,
}

/// A wrong setting, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct WrongSetting {
    name: &'static str,
    problem: String,
}

/// All wrong settings at once, one sentence a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(Vec<WrongSetting>);

impl Config {
    /// Loads `.env` and reads the command line and the environment.
    ///
    /// # Errors
    /// Names every wrong setting. Asking for `--help` prints it and exits.
    pub fn load() -> Result<Self, ConfigError> {
        let base = match dotenvy::dotenv() {
            Ok(file) => file.parent().map(Path::to_path_buf),
            Err(_) => None,
        };
        let base = base.or_else(|| std::env::current_dir().ok()).unwrap_or_else(|| PathBuf::from("."));
        Self::understand(&Settings::parse(), &base)
    }

    /// Turns settings into a configuration; relative paths start at `base`.
    ///
    /// # Errors
    /// Names every wrong setting, not only the first.
    pub fn understand(settings: &Settings, base: &Path) -> Result<Self, ConfigError> {
        let mut reader = Reader { base, wrong: Vec::new() };
        let config = reader.config(settings);
        if reader.wrong.is_empty() { Ok(config) } else { Err(ConfigError(reader.wrong)) }
    }
}

struct Reader<'a> {
    base: &'a Path,
    wrong: Vec<WrongSetting>,
}

impl Reader<'_> {
    fn config(&mut self, s: &Settings) -> Config {
        let workflow_dir = self.path(&s.workflow_dir, "bank-stablecoin-por-ace-ccip-workflow");
        if !workflow_dir.join("main.ts").is_file() {
            self.refuse("WORKFLOW_DIR", "must name the CRE project folder (the one that holds main.ts)");
        }
        let deployments_dir = match given(&s.deployments_dir) {
            Some(_) => self.path(&s.deployments_dir, ""),
            None => workflow_dir.join("deployments"),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let workflow_concurrency =
            self.number("WORKFLOW_CONCURRENCY", &s.workflow_concurrency, cores, 1, CONCURRENCY_MAX);
        Config {
            host: self.host(&s.host),
            port: self.number("PORT", &s.port, 3001_u16, 0, u16::MAX),
            rpc_urls: self.rpc_urls(&s.rpc_url),
            cors_origins: self.cors_origins(&s.cors_origin),
            database_url: self.database_url(&s.database_url),
            addresses: self.addresses(s),
            mint_wait: self.seconds("MINT_WAIT_SECONDS", &s.mint_wait_seconds, 120, 1, 3600),
            mint_max_amount: self.whole_tokens(&s.mint_max_amount),
            workflow_mode: self.mode(&s.workflow_mode, workflow_concurrency),
            batch_max: self.number("BATCH_MAX", &s.batch_max, BATCH_DEFAULT, 1, BATCH_LIMIT),
            workflow_concurrency,
            workflow_timeout: self.seconds(
                "WORKFLOW_TIMEOUT_SECONDS",
                &s.workflow_timeout_seconds,
                60,
                1,
                WORKFLOW_TIMEOUT_MAX_SECONDS,
            ),
            explorer_url: self.explorer_url(&s.explorer_url),
            bun_path: self.program(&s.bun_path),
            run_dir: self.path(&s.cre_run_dir, ".local/runs"),
            don_file: self.path(&s.cre_don_file, ".local/don.json"),
            lease: self.seconds("LEASE_SECONDS", &s.lease_seconds, 5, 1, 300),
            finality_confirmations: given(&s.finality_confirmations)
                .map(|_| self.number("FINALITY_CONFIRMATIONS", &s.finality_confirmations, 64, 1, 100_000)),
            reserve: self.reserve(s),
            child_env: [("PATH", &s.path), ("HOME", &s.home)]
                .into_iter()
                .filter_map(|(name, value)| Some((name.to_owned(), value.clone()?)))
                .collect(),
            workflow_dir,
            deployments_dir,
        }
    }

    fn refuse(&mut self, name: &'static str, problem: impl Into<String>) {
        self.wrong.push(WrongSetting { name, problem: problem.into() });
    }

    fn number<T>(&mut self, name: &'static str, value: &Option<String>, default: T, min: T, max: T) -> T
    where
        T: FromStr + PartialOrd + Copy + fmt::Display,
    {
        let Some(text) = given(value) else { return default };
        match text.parse::<T>() {
            Ok(number) if number >= min && number <= max => number,
            _ => {
                self.refuse(name, format!("must be a whole number from {min} to {max}, not \"{text}\""));
                default
            }
        }
    }

    fn seconds(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        default: u64,
        min: u64,
        max: u64,
    ) -> Duration {
        Duration::from_secs(self.number(name, value, default, min, max))
    }

    fn mode(&mut self, value: &Option<String>, processes: usize) -> Mode {
        match given(value) {
            None | Some("warm") => Mode::Warm(processes),
            Some("cold") => Mode::Cold,
            Some(other) => {
                self.refuse("WORKFLOW_MODE", format!("must be warm or cold, not \"{other}\""));
                Mode::Cold
            }
        }
    }

    fn reserve(&mut self, s: &Settings) -> Rules {
        let whole = |seconds: Duration| Some(seconds).filter(|seconds| !seconds.is_zero());
        let proof_age = &s.reserve_proof_max_age_seconds;
        let unexpected_supply_opens = match given(&s.unexpected_supply) {
            None | Some("open") => true,
            Some("alert") => false,
            Some(other) => {
                self.refuse("UNEXPECTED_SUPPLY", format!("must be open or alert, not \"{other}\""));
                true
            }
        };
        Rules {
            margin_bps: self.number("RESERVE_MARGIN_BPS", &s.reserve_margin_bps, BPS, 1, BPS),
            fresh: self.seconds("RESERVE_FRESH_SECONDS", &s.reserve_fresh_seconds, 15, 0, 3_600),
            cooldown: self.seconds("BREAKER_COOLDOWN_SECONDS", &s.breaker_cooldown_seconds, 30, 1, 86_400),
            bad_answers_max: self.number("BREAKER_BAD_ANSWERS", &s.breaker_bad_answers, 3, 1, 1_000),
            proof_age_max: whole(self.seconds("RESERVE_PROOF_MAX_AGE_SECONDS", proof_age, 0, 0, 2_592_000)),
            unexpected_supply_opens,
            monitor_interval: self.seconds(
                "MONITOR_INTERVAL_SECONDS",
                &s.monitor_interval_seconds,
                5,
                1,
                3_600,
            ),
            attest_interval: whole(self.seconds(
                "ATTEST_INTERVAL_SECONDS",
                &s.attest_interval_seconds,
                0,
                0,
                86_400,
            )),
        }
    }

    fn path(&self, value: &Option<String>, default: &str) -> PathBuf {
        self.base.join(given(value).unwrap_or(default))
    }

    fn program(&self, value: &Option<String>) -> PathBuf {
        match given(value) {
            // A bare name is looked up on the PATH; anything with a slash is a file of ours.
            Some(text) if text.contains('/') => self.base.join(text),
            Some(text) => PathBuf::from(text),
            None => PathBuf::from("bun"),
        }
    }

    fn host(&mut self, value: &Option<String>) -> IpAddr {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let text = given(value).unwrap_or("127.0.0.1");
        let host = if text == "localhost" { Ok(loopback) } else { text.parse::<IpAddr>() };
        match host {
            Ok(host) if host.is_loopback() => host,
            Ok(_) => {
                self.refuse(
                    "HOST",
                    "must be a loopback address: without access keys anyone who can reach the port could mint",
                );
                loopback
            }
            Err(_) => {
                self.refuse("HOST", format!("must be an IP address, not \"{text}\""));
                loopback
            }
        }
    }

    fn rpc_urls(&mut self, value: &Option<String>) -> Vec<SecretUrl> {
        let mut urls = Vec::new();
        for text in list(given(value).unwrap_or("http://127.0.0.1:8545")) {
            match Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "http" | "https") => urls.push(SecretUrl::new(text)),
                _ => self.refuse("RPC_URL", "must be a comma list of http or https URLs"),
            }
        }
        if urls.is_empty() && self.wrong.iter().all(|wrong| wrong.name != "RPC_URL") {
            self.refuse("RPC_URL", "must name at least one endpoint");
        }
        urls
    }

    fn cors_origins(&mut self, value: &Option<String>) -> Vec<String> {
        let mut origins = Vec::new();
        for text in list(given(value).unwrap_or("http://localhost:3000")) {
            match Url::parse(text) {
                Ok(url) if url.origin().is_tuple() && url.path() == "/" && url.query().is_none() => {
                    origins.push(url.origin().ascii_serialization());
                }
                _ => self.refuse(
                    "CORS_ORIGIN",
                    format!("must list origins such as http://localhost:3000, not \"{text}\""),
                ),
            }
        }
        origins
    }

    fn database_url(&mut self, value: &Option<String>) -> SecretUrl {
        let text = given(value).unwrap_or("sqlite:.local/gateway.db");
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return SecretUrl::new(text);
        }
        let file = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match file {
            Some(path) if !path.is_empty() && !path.contains(['?', '#', '%']) => {
                SecretUrl::new(format!("sqlite:{}", self.base.join(path).display()))
            }
            _ => {
                self.refuse("DATABASE_URL", "must be sqlite:PATH or postgres://user@host/name");
                SecretUrl::new("sqlite:")
            }
        }
    }

    fn addresses(&mut self, s: &Settings) -> Addresses {
        let factory = self.address("BASKET_FACTORY", &s.basket_factory);
        let forwarder = self.address("FORWARDER_ADDRESS", &s.forwarder_address);
        let lens = self.address("COMPLIANCE_LENS", &s.compliance_lens);
        let stablecoin = self.address("DEFAULT_STABLECOIN", &s.default_stablecoin);
        let consumer = self.address("DEFAULT_CONSUMER", &s.default_consumer);
        let default_basket = match (stablecoin, consumer) {
            (Some(stablecoin), Some(consumer)) => Some((stablecoin, consumer)),
            (None, None) => None,
            _ => {
                self.refuse("DEFAULT_STABLECOIN", "and DEFAULT_CONSUMER must be given together");
                None
            }
        };
        Addresses { factory, forwarder, lens, default_basket }
    }

    fn address(&mut self, name: &'static str, value: &Option<String>) -> Option<Address> {
        let text = given(value)?;
        match crate::chain::parse_address(text) {
            Ok(address) => Some(address),
            Err(problem) => {
                self.refuse(name, problem.to_string());
                None
            }
        }
    }

    fn whole_tokens(&mut self, value: &Option<String>) -> String {
        let text = given(value).unwrap_or("1000000000");
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || text.is_empty() || text.len() > 30 || text.starts_with('0') {
            self.refuse("MINT_MAX_AMOUNT", format!("must be a whole number of tokens, not \"{text}\""));
        }
        text.to_owned()
    }

    fn explorer_url(&mut self, value: &Option<String>) -> Option<String> {
        let text = given(value)?;
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => {
                Some(text.trim_end_matches('/').to_owned())
            }
            _ => {
                self.refuse("EXPLORER_URL", format!("must be an http or https URL, not \"{text}\""));
                None
            }
        }
    }
}

fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bank-stablecoin-por-ace-ccip-workflow")).unwrap();
        std::fs::write(folder.path().join("bank-stablecoin-por-ace-ccip-workflow/main.ts"), "").unwrap();
        folder
    }

    #[test]
    fn the_guides_four_settings_are_enough() {
        let folder = workflow_folder();
        let settings = Settings {
            port: Some("3001".into()),
            workflow_dir: Some("bank-stablecoin-por-ace-ccip-workflow".into()),
            rpc_url: Some("https://eth-sepolia.example/v2/SECRET, http://127.0.0.1:8545".into()),
            cors_origin: Some("http://localhost:3000/".into()),
            ..Settings::default()
        };
        let config = Config::understand(&settings, folder.path()).unwrap();
        assert_eq!(config.rpc_urls.len(), 2);
        assert_eq!(config.cors_origins, ["http://localhost:3000"]);
        assert_eq!(config.don_file, folder.path().join(".local/don.json"));
        assert!(!format!("{config:?}").contains("SECRET"));
    }

    #[test]
    fn every_wrong_setting_gets_a_sentence() {
        let settings = Settings {
            host: Some("0.0.0.0".into()),
            port: Some("99999".into()),
            workflow_dir: Some("nowhere".into()),
            rpc_url: Some("ftp://x".into()),
            cors_origin: Some("*".into()),
            database_url: Some("mysql://x".into()),
            basket_factory: Some("0x12".into()),
            default_consumer: Some("0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd".into()),
            mint_max_amount: Some("1.5".into()),
            workflow_concurrency: Some("0".into()),
            explorer_url: Some("example".into()),
            ..Settings::default()
        };
        let error = Config::understand(&settings, Path::new("/")).unwrap_err().to_string();
        for name in [
            "HOST",
            "PORT",
            "WORKFLOW_DIR",
            "RPC_URL",
            "CORS_ORIGIN",
            "DATABASE_URL",
            "BASKET_FACTORY",
            "DEFAULT_STABLECOIN",
            "MINT_MAX_AMOUNT",
            "WORKFLOW_CONCURRENCY",
            "EXPLORER_URL",
        ] {
            assert!(error.lines().any(|line| line.starts_with(name)), "{name} is missing in:\n{error}");
        }
        assert_eq!(error.lines().count(), 11);
    }

    #[test]
    fn an_empty_value_is_not_set() {
        let folder = workflow_folder();
        let settings =
            Settings { port: Some(" ".into()), cors_origin: Some(String::new()), ..Settings::default() };
        let config = Config::understand(&settings, folder.path()).unwrap();
        assert_eq!(config.port, 3001);
        assert_eq!(config.cors_origins, ["http://localhost:3000"]);
    }
}
