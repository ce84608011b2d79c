//! Where and how the gateway listens, stores and logs.

use std::net::{IpAddr, Ipv4Addr};

use clap::Args;
use reqwest::Url;

use super::reader::{Reader, given, list};
use crate::base::logging::LogFormat;
use crate::base::secret::SecretUrl;

/// The server's settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ServerSettings {
    /// Address to listen on; anything but loopback is refused until access keys exist [default: 127.0.0.1]
    #[arg(long, env)]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 3001]
    #[arg(long, env)]
    port: Option<String>,
    /// Comma list of browser origins that may call the API [default: http://localhost:3000]
    #[arg(long, env)]
    cors_origin: Option<String>,
    /// sqlite:PATH or postgres://… [default: sqlite:.local/gateway.db]
    #[arg(long, env, hide_env_values = true)]
    database_url: Option<String>,
    /// Base URL of a block explorer; links are `<base>/tx/<hash>`
    #[arg(long, env)]
    explorer_url: Option<String>,
    /// How log lines look: auto (text on a terminal, JSON elsewhere), text or json [default: auto]
    #[arg(long, env)]
    log_format: Option<String>,
}

/// The server's settings.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Address to listen on (loopback).
    pub host: IpAddr,
    /// Port to listen on.
    pub port: u16,
    /// Browser origins that may call the API.
    pub cors_origins: Vec<String>,
    /// Database URL, `sqlite:` or `postgres:`.
    pub database_url: SecretUrl,
    /// Explorer base URL without a trailing slash.
    pub explorer_url: Option<String>,
    /// How log lines look.
    pub log_format: LogFormat,
}

impl ServerSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> ServerConfig {
        let formats = [("auto", LogFormat::Auto), ("text", LogFormat::Text), ("json", LogFormat::Json)];
        ServerConfig {
            host: host(reader, &self.host),
            port: reader.number("PORT", &self.port, 3001_u16, (0, u16::MAX)),
            cors_origins: cors_origins(reader, &self.cors_origin),
            database_url: database_url(reader, &self.database_url),
            explorer_url: explorer_url(reader, &self.explorer_url),
            log_format: reader.word("LOG_FORMAT", &self.log_format, &formats),
        }
    }
}

fn host(reader: &mut Reader<'_>, value: &Option<String>) -> IpAddr {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let text = given(value).unwrap_or("127.0.0.1");
    match if text == "localhost" { Ok(loopback) } else { text.parse::<IpAddr>() } {
        Ok(host) if host.is_loopback() => return host,
        Ok(_) => reader.refuse(
            "HOST",
            "must be a loopback address: without access keys anyone who can reach the port could mint",
        ),
        Err(_) => reader.refuse("HOST", format!("must be an IP address, not \"{text}\"")),
    }
    loopback
}

fn cors_origins(reader: &mut Reader<'_>, value: &Option<String>) -> Vec<String> {
    let mut origins = Vec::new();
    for text in list(given(value).unwrap_or("http://localhost:3000")) {
        match Url::parse(text) {
            Ok(url) if url.origin().is_tuple() && url.path() == "/" && url.query().is_none() => {
                origins.push(url.origin().ascii_serialization());
            }
            _ => reader.refuse(
                "CORS_ORIGIN",
                format!("must list origins such as http://localhost:3000, not \"{text}\""),
            ),
        }
    }
    origins
}

fn database_url(reader: &mut Reader<'_>, value: &Option<String>) -> SecretUrl {
    let text = given(value).unwrap_or("sqlite:.local/gateway.db");
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return SecretUrl::new(text);
    }
    let file = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    match file {
        Some(path) if !path.is_empty() && !path.contains(['?', '#', '%']) => {
            let file = reader.path(&Some(path.to_owned()), "");
            SecretUrl::new(format!("sqlite:{}", file.display()))
        }
        _ => {
            reader.refuse("DATABASE_URL", "must be sqlite:PATH or postgres://user@host/name");
            SecretUrl::new("sqlite:")
        }
    }
}

fn explorer_url(reader: &mut Reader<'_>, value: &Option<String>) -> Option<String> {
    let text = given(value)?;
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(text.trim_end_matches('/').to_owned()),
        _ => {
            reader.refuse("EXPLORER_URL", format!("must be an http or https URL, not \"{text}\""));
            None
        }
    }
}
