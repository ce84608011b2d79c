//! The address by which the gateway is reached through a proxy.

use std::net::IpAddr;

use reqwest::Url;

/// Scheme, host, port and path prefix of the gateway as its callers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    host: String,
    origin: String,
    prefix: String,
}

impl PublicUrl {
    /// Reads `https://host[:port][/prefix]`. Plain http is for names of this machine only: elsewhere keys would travel
    /// readable.
    ///
    /// # Errors
    /// What it must be.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let form = "must be https://host[:port][/prefix]";
        let url = Url::parse(text).map_err(|_| form)?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(form)?;
        let has_more = url.query().is_some() || url.fragment().is_some();
        if has_more || !url.username().is_empty() || url.password().is_some() {
            return Err(form);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(host) => {}
            "http" => return Err("must begin with https://; http:// is for localhost only"),
            _ => return Err(form),
        }
        Ok(Self {
            host: host.to_owned(),
            origin: url.origin().ascii_serialization(),
            prefix: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// The host alone, in lower case; an IPv6 address in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The origin as browsers write it: no default port, no path.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path under which a proxy has the gateway, without a slash at the end; empty where there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// All of it, without a slash at the end.
    #[must_use]
    pub fn base(&self) -> String {
        format!("{}{}", self.origin, self.prefix)
    }
}

fn is_loopback(host: &str) -> bool {
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_url_has_origin_and_prefix() {
        for (text, host, origin, base) in [
            ("https://Bank.example", "bank.example", "https://bank.example", "https://bank.example"),
            ("https://bank.example:443/", "bank.example", "https://bank.example", "https://bank.example"),
            (
                "https://bank.example:8443/mint/v1/",
                "bank.example",
                "https://bank.example:8443",
                "https://bank.example:8443/mint/v1",
            ),
            ("http://localhost:8080/x", "localhost", "http://localhost:8080", "http://localhost:8080/x"),
            ("http://[::1]:80/", "[::1]", "http://[::1]", "http://[::1]"),
        ] {
            let url = PublicUrl::parse(text).unwrap();
            assert_eq!((url.host(), url.origin(), url.base().as_str()), (host, origin, base));
        }
        for text in [
            "bank.example",
            "http://bank.example",
            "ftp://bank.example",
            "https://user:KEY@bank.example",
            "https://bank.example/?key=KEY",
            "https://bank.example/#x",
            "https://",
        ] {
            assert!(PublicUrl::parse(text).is_err(), "{text}");
        }
    }
}
