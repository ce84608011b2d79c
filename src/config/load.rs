//! All settings together.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser};

use super::access::{AccessConfig, AccessSettings};
use super::chain::{ChainConfig, ChainSettings};
use super::env_file::EnvFile;
use super::mint::{MintConfig, MintSettings};
use super::network::{NetworkConfig, NetworkSettings};
use super::reader::{ConfigError, EffectiveSetting, Origin, Reader, WrongSetting};
use super::reserve::ReserveSettings;
use super::server::{ServerConfig, ServerSettings, database_url};
use super::workflow::{WorkflowConfig, WorkflowSettings};
use crate::base::secret::{SecretUrl, Secrets};
use crate::reserve::ReservePolicy;

/// The settings as written by the operator, before they are understood.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "cre-backend", version, about)]
pub struct Settings {
    #[command(flatten)]
    network: NetworkSettings,
    #[command(flatten)]
    server: ServerSettings,
    #[command(flatten)]
    access: AccessSettings,
    #[command(flatten)]
    chain: ChainSettings,
    #[command(flatten)]
    mint: MintSettings,
    #[command(flatten)]
    reserve: ReserveSettings,
    #[command(flatten)]
    workflow: WorkflowSettings,
    /// Where each came from, by its name in the environment.
    #[arg(skip)]
    origins: BTreeMap<String, Origin>,
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
        Self::matched(&command.try_get_matches_from(std::iter::once("cre-backend".to_owned()).chain(flags))?)
    }

    fn matched(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let origins = matches.ids().filter_map(|id| {
            let origin = match matches.value_source(id.as_str())? {
                ValueSource::CommandLine => Origin::Flag,
                ValueSource::EnvVariable => Origin::Environment,
                _ => Origin::File,
            };
            Some((id.as_str().to_ascii_uppercase(), origin))
        });
        Ok(Self { origins: origins.collect(), ..Self::from_arg_matches(matches)? })
    }

    /// The names of all settings in the environment.
    fn names() -> Vec<&'static str> {
        static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| {
            let command = Settings::command();
            command.get_arguments().filter_map(|arg| Some(arg.get_env()?.to_str()?.to_owned())).collect()
        });
        NAMES.iter().map(String::as_str).collect()
    }
}

/// What is known before the command line is read: the working directory, and the nearest `.env` file.
#[derive(Clone, Debug)]
pub struct Surroundings {
    here: PathBuf,
    file: EnvFile,
}

impl Surroundings {
    /// Looks at the working directory and above it.
    #[must_use]
    pub fn look() -> Self {
        let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let file = EnvFile::find(&here, &Settings::names());
        Self { here, file }
    }

    /// The same command, in which an argument with a name in the environment gets its value from the file where neither
    /// command line nor environment have one.
    #[must_use]
    pub fn fill(&self, command: clap::Command) -> clap::Command {
        command.mut_args(|arg| {
            let Some(name) = arg.get_env().and_then(OsStr::to_str) else { return arg };
            let value = self.file.values.get(name).cloned();
            let arg = arg.hide_env_values(true).hide_default_value(true);
            match value {
                // The parser wants what lasts as long as the program; there is one such text for each setting.
                Some(value) => arg.default_value(&*value.leak()),
                None => arg,
            }
        })
    }

    /// The configuration of a command line that was read with [`Settings`].
    ///
    /// # Errors
    /// Names every wrong setting, those of the file included.
    pub fn understand(&self, matches: &ArgMatches) -> Result<Config, ConfigError> {
        let settings = Settings::matched(matches).unwrap_or_else(|error| error.exit());
        if let Some(folder) = &self.file.folder {
            // Libraries find there what is theirs, for example HTTPS_PROXY; what is wrong with the file is told below.
            let _ = dotenvy::from_path(folder.join(".env"));
        }
        Config::understand_with(&settings, self.folder(), self.file.wrong.clone())
    }

    /// The database of a `DATABASE_URL`, for a command that needs no other setting.
    ///
    /// # Errors
    /// When it is wrong.
    pub fn database(&self, url: &Option<String>) -> Result<SecretUrl, ConfigError> {
        let origins = BTreeMap::new();
        let mut reader = Reader::new(self.folder(), &origins, Vec::new());
        let url = database_url(&mut reader, url);
        reader.finish().map(|_| url)
    }

    /// The folder at which relative paths start.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.file.folder.as_ref().unwrap_or(&self.here)
    }
}

/// The understood configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens, and by which names it is called.
    pub network: NetworkConfig,
    /// How it stores, links and logs.
    pub server: ServerConfig,
    /// Who may ask, and how often.
    pub access: AccessConfig,
    /// The chain and the contracts on it.
    pub chain: ChainConfig,
    /// Limits of mints.
    pub mint: MintConfig,
    /// How the reserves are watched over.
    pub reserve: ReservePolicy,
    /// How the workflow is run.
    pub workflow: WorkflowConfig,
    /// All of it for people, with secrets hidden.
    pub effective: Vec<EffectiveSetting>,
}

impl Config {
    /// Turns settings into a configuration; relative paths start at `base`.
    ///
    /// # Errors
    /// Names every wrong setting, not only the first.
    pub fn understand(settings: &Settings, base: &Path) -> Result<Self, ConfigError> {
        Self::understand_with(settings, base, Vec::new())
    }

    fn understand_with(
        settings: &Settings,
        base: &Path,
        wrong: Vec<WrongSetting>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(base, &settings.origins, wrong);
        let network = settings.network.read(&mut reader);
        let server = settings.server.read(&mut reader);
        let access = settings.access.read(&mut reader);
        let workflow = settings.workflow.read(&mut reader);
        let chain = settings.chain.read(&mut reader, &workflow.dir);
        let mint = settings.mint.read(&mut reader);
        let reserve = settings.reserve.read(&mut reader);
        Ok(Self { network, server, access, chain, mint, reserve, workflow, effective: reader.finish()? })
    }

    /// What of these settings must never be shown.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        Secrets::of(self.chain.rpc_urls.iter().chain([&self.server.database_url]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workflow_folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bank-stablecoin-por-ace-ccip-workflow")).unwrap();
        for (name, text) in [
            ("bank-stablecoin-por-ace-ccip-workflow/main.ts", ""),
            ("bank-stablecoin-por-ace-ccip-workflow/config.local.json", "{}"),
            (".local/don.json", r#"{"transmitters":"keys.json"}"#),
            (".local/keys.json", r#"{"transmitters":[{},{}]}"#),
        ] {
            std::fs::create_dir_all(folder.path().join(".local")).unwrap();
            std::fs::write(folder.path().join(name), text).unwrap();
        }
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
        assert_eq!(config.network.cors_origins, ["http://localhost:3000"]);
        assert_eq!(config.workflow.don_file, folder.path().join(".local/don.json"));
        assert!(!format!("{config:?}").contains("SECRET"));
    }

    #[test]
    fn config_has_a_sentence_for_every_wrong_setting() {
        let wrong = [
            ("HOST", "gateway"),
            ("PORT", "99999"),
            ("ADMIN_ADDR", "9464"),
            ("PUBLIC_URL", "http://bank.example"),
            ("ALLOWED_HOSTS", "gateway:3001"),
            ("TRUSTED_PROXIES", "0.0.0.0/0"),
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
            ("RUST_LOG", "a=b=c"),
            ("BUN_PATH", "/nowhere/bun"),
            ("CRE_DON_FILE", "nowhere.json"),
        ];
        let error = Config::understand(&settings(&wrong), Path::new("/")).unwrap_err().to_string();
        for (name, _) in wrong {
            let name = if name == "DEFAULT_CONSUMER" { "DEFAULT_STABLECOIN" } else { name };
            assert!(error.lines().any(|line| line.starts_with(name)), "{name} is missing in:\n{error}");
        }
        assert_eq!(error.lines().count(), wrong.len());
    }

    #[test]
    fn config_never_repeats_what_may_be_a_secret() {
        let url = "mysql://user:KEY@db.example/KEY";
        let names = Settings::names().into_iter().filter(|name| !["PATH", "HOME"].contains(name));
        let everywhere: Vec<(&'static str, &str)> = names.map(|name| (name, url)).collect();
        let error = Config::understand(&settings(&everywhere), Path::new("/")).unwrap_err().to_string();
        assert!(error.lines().count() > 20, "{error}");
        assert!(!error.contains("KEY"), "{error}");
    }

    #[test]
    fn config_shows_every_setting_once_with_its_origin() {
        let folder = workflow_folder();
        let chosen = [
            ("PORT", "4001"),
            ("RPC_URL", "https://user:KEY@one.example/v2/KEY,https://two.example/?key=KEY"),
            ("DATABASE_URL", "postgres://user:KEY@db.example:5433/ledger?password=KEY"),
            ("EXPLORER_URL", "https://explorer.example/base/"),
        ];
        let config = Config::understand(&settings(&chosen), folder.path()).unwrap();
        let shown: BTreeMap<_, _> =
            config.effective.iter().map(|shown| (shown.name, (shown.value.as_str(), shown.origin))).collect();
        assert_eq!(shown["PORT"], ("4001", Origin::Flag));
        assert_eq!(shown["HOST"], ("127.0.0.1", Origin::Default));
        assert_eq!(shown["RPC_URL"].0, "https://one.example, https://two.example");
        assert_eq!(shown["DATABASE_URL"].0, "postgres://db.example:5433");
        assert_eq!(shown["EXPLORER_URL"].0, "https://explorer.example");
        assert_eq!(shown["BASKET_FACTORY"], ("not set", Origin::Default));
        let mut names: Vec<&str> =
            Settings::names().into_iter().filter(|name| !["PATH", "HOME"].contains(name)).collect();
        names.sort_unstable();
        assert_eq!(shown.keys().copied().collect::<Vec<_>>(), names);
        assert_eq!(config.effective.len(), names.len(), "once each");
        assert!(!format!("{config:?}").contains("KEY"));
        assert!(config.chain.quorum_note().is_some(), "a majority of two is two");
    }

    #[test]
    fn config_has_no_more_runs_than_keys() {
        let folder = workflow_folder();
        let error =
            Config::understand(&settings(&[("WORKFLOW_CONCURRENCY", "3")]), folder.path()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "WORKFLOW_CONCURRENCY is 3, but CRE_DON_FILE has only 2 transmitter keys"
        );
    }

    #[test]
    fn config_takes_an_empty_value_for_not_set() {
        let folder = workflow_folder();
        let config =
            Config::understand(&settings(&[("PORT", " "), ("CORS_ORIGIN", "")]), folder.path()).unwrap();
        assert_eq!(config.network.port, 3001);
        assert_eq!(config.network.cors_origins, ["http://localhost:3000", "http://127.0.0.1:3000"]);
    }

    #[test]
    fn config_knows_no_setting_that_is_misspelt() {
        assert!(Settings::of(&[("PROT", "1".to_owned())].into()).is_err());
    }
}
