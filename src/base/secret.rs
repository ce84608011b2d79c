//! Values that are never shown in full, and the last look at every line before it leaves: nothing of them is in it.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use reqwest::Url;

/// A URL that may carry a key: shows only scheme and host when printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Wraps a URL whose path, query and user part must not be shown.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The whole URL, for the connection itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port, where they are on this machine and the URL holds nothing else.
    #[must_use]
    pub fn loopback_origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']').to_owned();
        let is_loopback = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let is_bare = url.username().is_empty() && url.password().is_none() && url.path() == "/";
        (is_loopback && is_bare && url.query().is_none()).then(|| url.origin().ascii_serialization())
    }

    /// The URL as a setting is shown: scheme and host, or the file of a SQLite database.
    #[must_use]
    pub fn shown(&self) -> String {
        if self.0.starts_with("sqlite:") { self.0.clone() } else { self.to_string() }
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Url::parse(&self.0) {
            Ok(url) => {
                write!(f, "{}://{}", url.scheme(), url.host_str().unwrap_or(""))?;
                url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
            }
            Err(_) => f.write_str("…"),
        }
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Shortest part of a URL's path that may be a key; a shorter one is a word such as "v2".
const SEGMENT_CHARS_MIN: usize = 8;
/// Shortest user, password or parameter that is looked for; a shorter one would hide every other word.
const PART_CHARS_MIN: usize = 4;
/// What stands in a secret's place.
const HIDDEN: &str = "…";

/// The secret parts of the configured URLs, as they could be written anywhere: user, password, the longer parts of the
/// path, and the parameters.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    /// Everything that these URLs must keep to themselves.
    #[must_use]
    pub fn of<'a>(urls: impl IntoIterator<Item = &'a SecretUrl>) -> Self {
        let mut parts = Vec::new();
        for url in urls {
            collect(url, &mut parts);
        }
        let mut spellings: Vec<String> = parts.iter().flat_map(|part| spellings(part)).collect();
        // What contains another one goes first, so that nothing of it is left.
        spellings.sort_by_key(|part| std::cmp::Reverse(part.len()));
        spellings.dedup();
        Self(spellings)
    }

    /// The text without any of them.
    #[must_use]
    pub fn hide<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut shown = Cow::Borrowed(text);
        for secret in &self.0 {
            if shown.contains(secret.as_str()) {
                shown = Cow::Owned(shown.replace(secret.as_str(), HIDDEN));
            }
        }
        shown
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

fn collect(url: &SecretUrl, parts: &mut Vec<String>) {
    let Ok(parsed) = Url::parse(url.expose()) else { return };
    if parsed.cannot_be_a_base() || parsed.host_str().is_none() {
        return;
    }
    let is_database = parsed.scheme().starts_with("postgres");
    let mut add = |part: &str, chars_min: usize| {
        if part.len() >= chars_min {
            parts.push(part.to_owned());
        }
    };
    // The one user that every PostgreSQL has is no secret, and the word is in many sentences.
    if parsed.username() != "postgres" {
        add(parsed.username(), PART_CHARS_MIN);
    }
    add(parsed.password().unwrap_or_default(), PART_CHARS_MIN);
    if parsed.password().is_some() {
        // As it is sent, and as a server may repeat it.
        let [user, password] =
            [parsed.username(), parsed.password().unwrap_or_default()].map(percent_decoded);
        add(&BASE64_STANDARD.encode(format!("{user}:{password}")), PART_CHARS_MIN);
    }
    // The path of a database is its name.
    if !is_database {
        for segment in parsed.path_segments().into_iter().flatten() {
            add(segment, SEGMENT_CHARS_MIN);
        }
    }
    for (name, value) in parsed.query_pairs() {
        if !name.starts_with("ssl") {
            add(&value, PART_CHARS_MIN);
        }
    }
    add(parsed.query().filter(|query| !query.starts_with("ssl")).unwrap_or_default(), SEGMENT_CHARS_MIN);
}

/// A part of a URL as it is written in it, as it is meant, and as either stands in JSON.
fn spellings(part: &str) -> Vec<String> {
    let meant = percent_decoded(part);
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default().trim_matches('"').to_owned();
    vec![quoted(part), quoted(&meant), meant, part.to_owned()]
}

fn percent_decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_url_shows_scheme_host_and_port_only() {
        let url = SecretUrl::new("https://user:pass@rpc.example:8443/v2/KEY?token=KEY");
        for shown in [url.to_string(), format!("{url:?}")] {
            assert_eq!(shown, "https://rpc.example:8443");
        }
        assert_eq!(SecretUrl::new("KEY").to_string(), "…");
        assert_eq!(SecretUrl::new("sqlite:/data/gateway.db").shown(), "sqlite:/data/gateway.db");
    }

    #[test]
    fn loopback_origin_is_shown_where_the_url_has_nothing_else() {
        let origin = |text: &str| SecretUrl::new(text).loopback_origin();
        assert_eq!(origin("http://127.0.0.1:8545/").as_deref(), Some("http://127.0.0.1:8545"));
        assert_eq!(origin("http://localhost:8545").as_deref(), Some("http://localhost:8545"));
        for text in [
            "https://rpc.example",
            "http://127.0.0.1:8545/v2/KEY",
            "http://127.0.0.1:8545/?k=KEY",
            "http://user:KEY@127.0.0.1:8545",
            "http://localhost.evil.example",
            "KEY",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn secrets_of_urls_are_hidden_in_every_spelling() {
        let urls = [
            SecretUrl::new("https://alice:p%22ss%2Fword@rpc.example/v2/KEY-0123456789?token=KEY-query"),
            SecretUrl::new(
                "postgres://bob-the-user:pass-of-bob@db.example/ledger?sslmode=require&options=KEY-opt",
            ),
            SecretUrl::new("sqlite:/data/gateway.db"),
        ];
        let secrets = Secrets::of(&urls);
        for text in [
            "https://alice:p%22ss%2Fword@rpc.example/v2/KEY-0123456789?token=KEY-query",
            "the path /v2/KEY-0123456789",
            "token KEY-query, KEY-opt",
            "user \"alice\" with p\"ss/word",
            "authorization: Basic YWxpY2U6cCJzcy93b3Jk",
            r#"{"message":"p\"ss/word"}"#,
            "password authentication failed for user bob-the-user (pass-of-bob)",
        ] {
            let shown = secrets.hide(text);
            let leaks = ["alice", "ss/word", "ss%2Fword", "KEY-", "bob", "YWxpY2U6"];
            assert!(leaks.iter().all(|leak| !shown.contains(leak)), "{shown}");
            assert!(shown.contains(HIDDEN), "{shown}");
        }
        for text in ["v2 of the ledger at /data/gateway.db needs sslmode=require", "rpc.example"] {
            assert_eq!(secrets.hide(text), text);
        }
        assert_eq!(format!("{secrets:?}"), HIDDEN);
    }
}
