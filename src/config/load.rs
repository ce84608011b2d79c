//! All settings together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches, Parser};

use super::chain::{ChainConfig, ChainSettings};
use super::mint::{MintConfig, MintSettings};
use super::reader::{ConfigError, Reader};
use super::reserve::ReserveSettings;
use super::server::{ServerConfig, ServerSettings};
use super::workflow::{WorkflowConfig, WorkflowSettings};
use crate::reserve::ReservePolicy;

/// The settings as written by the operator, before they are understood.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "cre-backend", version, about)]
pub struct Settings {
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    chain: ChainSettings,
    #[command(flatten)]
    mint: MintSettings,
    #[command(flatten)]
    reserve: ReserveSettings,
    #[command(flatten)]
    workflow: WorkflowSettings,
}

impl Settings {
    /// Settings by the names that they have in the environment; nothing else is read.
    ///
    /// # Errors
    /// When a name is unknown.
    pub fn of(values: &BTreeMap<&str, String>) -> Result<Self, clap::Error> {
        let flags = values
            .iter()
            .map(|(name, value)| format!("--{}={value}", name.to_ascii_lowercase().replace('_', "-")));
        let command = Self::command().mut_args(|arg| arg.env(Resettable::Reset));
        Self::from_arg_matches(
            &command.try_get_matches_from(std::iter::once("cre-backend".to_owned()).chain(flags))?,
        )
    }
}

/// The understood configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where and how the gateway listens, stores and logs.
    pub server: ServerConfig,
    /// The chain and the contracts on it.
    pub chain: ChainConfig,
    /// Limits of mints.
    pub mint: MintConfig,
    /// How the reserves are watched over.
    pub reserve: ReservePolicy,
    /// How the workflow is run.
    pub workflow: WorkflowConfig,
}

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
        let mut reader = Reader::new(base);
        let workflow = settings.workflow.read(&mut reader);
        let config = Self {
            server: settings.server.read(&mut reader),
            chain: settings.chain.read(&mut reader, &workflow.dir),
            mint: settings.mint.read(&mut reader),
            reserve: settings.reserve.read(&mut reader),
            workflow,
        };
        reader.finish(config)
    }
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

    fn settings(values: &[(&'static str, &str)]) -> Settings {
        Settings::of(&values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()).unwrap()
    }

    #[test]
    fn config_needs_no_more_than_the_guides_four_settings() {
        let folder = workflow_folder();
        let settings = settings(&[
            ("PORT", "3001"),
            ("WORKFLOW_DIR", "bank-stablecoin-por-ace-ccip-workflow"),
            ("RPC_URL", "https://eth-sepolia.example/v2/SECRET, http://127.0.0.1:8545"),
            ("CORS_ORIGIN", "http://localhost:3000/"),
        ]);
        let config = Config::understand(&settings, folder.path()).unwrap();
        assert_eq!(config.chain.rpc_urls.len(), 2);
        assert_eq!(config.server.cors_origins, ["http://localhost:3000"]);
        assert_eq!(config.workflow.don_file, folder.path().join(".local/don.json"));
        assert!(!format!("{config:?}").contains("SECRET"));
    }

    #[test]
    fn config_has_a_sentence_for_every_wrong_setting() {
        let wrong = [
            ("HOST", "0.0.0.0"),
            ("PORT", "99999"),
            ("WORKFLOW_DIR", "nowhere"),
            ("RPC_URL", "ftp://x"),
            ("CORS_ORIGIN", "*"),
            ("DATABASE_URL", "mysql://x"),
            ("BASKET_FACTORY", "0x12"),
            ("DEFAULT_CONSUMER", "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd"),
            ("MINT_MAX_AMOUNT", "1.5"),
            ("WORKFLOW_CONCURRENCY", "0"),
            ("EXPLORER_URL", "example"),
            ("LOG_FORMAT", "xml"),
        ];
        let error = Config::understand(&settings(&wrong), Path::new("/")).unwrap_err().to_string();
        for (name, _) in wrong {
            let name = if name == "DEFAULT_CONSUMER" { "DEFAULT_STABLECOIN" } else { name };
            assert!(error.lines().any(|line| line.starts_with(name)), "{name} is missing in:\n{error}");
        }
        assert_eq!(error.lines().count(), wrong.len());
    }

    #[test]
    fn config_takes_an_empty_value_for_not_set() {
        let folder = workflow_folder();
        let config =
            Config::understand(&settings(&[("PORT", " "), ("CORS_ORIGIN", "")]), folder.path()).unwrap();
        assert_eq!(config.server.port, 3001);
        assert_eq!(config.server.cors_origins, ["http://localhost:3000"]);
    }

    #[test]
    fn config_knows_no_setting_that_is_misspelt() {
        assert!(Settings::of(&[("PROT", "1".to_owned())].into()).is_err());
    }
}
