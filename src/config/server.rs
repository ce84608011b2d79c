//! How the gateway stores, links and logs.

use clap::Args;
use reqwest::Url;

use super::reader::{Reader, given};
use crate::base::logging::{self, LogFormat};
use crate::base::secret::SecretUrl;

/// The server's settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ServerSettings {
    /// sqlite:PATH or postgres://… [default: sqlite:.local/gateway.db]
    #[arg(long, env, hide_env_values = true)]
    database_url: Option<String>,
    /// Base URL of a block explorer; links are `<base>/tx/<hash>`
    #[arg(long, env)]
    explorer_url: Option<String>,
    /// How log lines look: auto (text on a terminal, JSON elsewhere), text or json [default: auto]
    #[arg(long, env)]
    log_format: Option<String>,
    /// What is logged, for example info,cre_backend=debug [default: info]
    #[arg(long, env)]
    rust_log: Option<String>,
}

/// The server's settings.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Database URL, `sqlite:` or `postgres:`.
    pub database_url: SecretUrl,
    /// Explorer base URL without a trailing slash.
    pub explorer_url: Option<String>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// What is logged, in the form of `RUST_LOG`.
    pub log_filter: String,
}

impl ServerSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> ServerConfig {
        let formats = [("auto", LogFormat::Auto), ("text", LogFormat::Text), ("json", LogFormat::Json)];
        ServerConfig {
            database_url: database_url(reader, &self.database_url),
            explorer_url: explorer_url(reader, &self.explorer_url),
            log_format: reader.word("LOG_FORMAT", &self.log_format, &formats),
            log_filter: log_filter(reader, &self.rust_log),
        }
    }
}

fn log_filter(reader: &mut Reader<'_>, value: &Option<String>) -> String {
    let text = given(value).unwrap_or(logging::FILTER_DEFAULT);
    if !logging::is_filter(text) {
        reader.refuse("RUST_LOG", "must say what is logged, for example info,cre_backend=debug");
    }
    reader.show("RUST_LOG", text);
    text.to_owned()
}

pub(super) fn database_url(reader: &mut Reader<'_>, value: &Option<String>) -> SecretUrl {
    let text = given(value).unwrap_or("sqlite:.local/gateway.db");
    let url = if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        let is_whole = Url::parse(text).is_ok_and(|url| url.host_str().is_some_and(|host| !host.is_empty()));
        is_whole.then(|| SecretUrl::new(text))
    } else {
        let file = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        let file = file.filter(|path| !path.is_empty() && !path.contains(['?', '#', '%']));
        file.map(|path| SecretUrl::new(format!("sqlite:{}", reader.below(path).display())))
    };
    let url = url.unwrap_or_else(|| {
        reader.refuse("DATABASE_URL", "must be sqlite:PATH or postgres://user:password@host/name");
        SecretUrl::new("sqlite:")
    });
    reader.show("DATABASE_URL", url.shown());
    url
}

fn explorer_url(reader: &mut Reader<'_>, value: &Option<String>) -> Option<String> {
    let url = given(value).map(|text| text.trim_end_matches('/').to_owned());
    let parsed = url.as_deref().map(Url::parse);
    if parsed.is_some_and(|url| !url.is_ok_and(|url| matches!(url.scheme(), "http" | "https"))) {
        reader.refuse("EXPLORER_URL", "must be an http or https URL");
    }
    reader.show_if_set("EXPLORER_URL", url.as_ref().map(SecretUrl::new));
    url
}
