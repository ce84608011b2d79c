//! Values that are never shown in full.

use std::fmt;

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
    }
}
