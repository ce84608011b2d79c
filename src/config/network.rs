//! Where the gateway listens, by which names it is called, and whom it believes about others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use ipnet::IpNet;
use reqwest::Url;

use super::reader::{Reader, given, list, not};
use crate::base::public_url::PublicUrl;

/// The network's settings as written.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct NetworkSettings {
    /// Address to listen on; anything but loopback is served with keys only [default: 127.0.0.1]
    #[arg(long, env)]
    host: Option<String>,
    /// Port to listen on; 0 takes a free one [default: 3001]
    #[arg(long, env)]
    port: Option<String>,
    /// Where operators are served, address:port or off; port 0 takes a free one [default: 127.0.0.1:9464]
    #[arg(long, env)]
    admin_addr: Option<String>,
    /// `https://host[:port][/prefix]` by which callers reach the gateway through a proxy
    #[arg(long, env)]
    public_url: Option<String>,
    /// Comma list of further host names by which the gateway may be called
    #[arg(long, env)]
    allowed_hosts: Option<String>,
    /// Comma list of networks (CIDR) of proxies that are believed about their callers' addresses
    #[arg(long, env)]
    trusted_proxies: Option<String>,
    /// Comma list of browser origins that may call the API [default: http://localhost:3000,http://127.0.0.1:3000]
    #[arg(long, env)]
    cors_origin: Option<String>,
}

/// The network's settings.
#[derive(Clone, Debug)]
pub struct NetworkConfig {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where operators are served, if anywhere.
    pub admin_addr: Option<SocketAddr>,
    /// How callers reach the gateway through a proxy.
    pub public_url: Option<PublicUrl>,
    /// Further host names by which the gateway may be called, in lower case.
    pub allowed_hosts: Vec<String>,
    /// Proxies that are believed about their callers' addresses.
    pub trusted_proxies: Vec<IpNet>,
    /// Browser origins that may call the API.
    pub cors_origins: Vec<String>,
}

impl NetworkSettings {
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> NetworkConfig {
        let host = host(reader, &self.host);
        let port = reader.number("PORT", &self.port, 3001_u16, (0, u16::MAX));
        let admin_addr = admin_addr(reader, &self.admin_addr);
        let public_url = public_url(reader, &self.public_url);
        let is_local = host.is_loopback() && public_url.is_none();
        if admin_addr.is_some_and(|admin| port != 0 && admin.port() == port && overlaps(admin.ip(), host)) {
            reader.refuse("ADMIN_ADDR", "must have another port than PORT");
        }
        NetworkConfig {
            host,
            port,
            admin_addr,
            public_url,
            allowed_hosts: allowed_hosts(reader, &self.allowed_hosts),
            trusted_proxies: trusted_proxies(reader, &self.trusted_proxies),
            cors_origins: cors_origins(reader, &self.cors_origin, is_local),
        }
    }
}

impl NetworkConfig {
    /// The addresses to listen on: both loopbacks where one of them is meant, because callers take either for
    /// `localhost`.
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        let loopbacks = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        if loopbacks.contains(&self.host) { loopbacks.to_vec() } else { vec![self.host] }
    }
}

fn overlaps(one: IpAddr, other: IpAddr) -> bool {
    one == other || one.is_unspecified() || other.is_unspecified()
}

fn host(reader: &mut Reader<'_>, value: &Option<String>) -> IpAddr {
    let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let text = given(value).unwrap_or("127.0.0.1");
    let host = match if text == "localhost" { Ok(loopback) } else { text.parse::<IpAddr>() } {
        Ok(host) => host,
        Err(_) => {
            reader.refuse("HOST", format!("must be an IP address or localhost{}", not(text)));
            loopback
        }
    };
    reader.show("HOST", host);
    host
}

fn admin_addr(reader: &mut Reader<'_>, value: &Option<String>) -> Option<SocketAddr> {
    let text = given(value).unwrap_or("127.0.0.1:9464");
    let named = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let addr = match named.as_deref().unwrap_or(text) {
        "off" => None,
        text => text.parse().map_err(|_| reader.refuse("ADMIN_ADDR", "must be address:port or off")).ok(),
    };
    reader.show("ADMIN_ADDR", addr.map_or_else(|| "off".to_owned(), |addr: SocketAddr| addr.to_string()));
    addr
}

fn public_url(reader: &mut Reader<'_>, value: &Option<String>) -> Option<PublicUrl> {
    let url = given(value)
        .and_then(|text| PublicUrl::parse(text).map_err(|problem| reader.refuse("PUBLIC_URL", problem)).ok());
    reader.show_if_set("PUBLIC_URL", url.as_ref().map(PublicUrl::base));
    url
}

fn allowed_hosts(reader: &mut Reader<'_>, value: &Option<String>) -> Vec<String> {
    let mut hosts = Vec::new();
    for text in list(given(value).unwrap_or_default()) {
        match host_name(text) {
            Some(host) => hosts.push(host),
            None => reader.refuse(
                "ALLOWED_HOSTS",
                format!("must list host names or IP addresses without scheme and port{}", not(text)),
            ),
        }
    }
    reader.show_if_set("ALLOWED_HOSTS", (!hosts.is_empty()).then(|| hosts.join(", ")));
    hosts
}

/// A host as it stands in a `Host` header: in lower case, an IPv6 address in brackets.
fn host_name(text: &str) -> Option<String> {
    if let Ok(ip) = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        return Some(if ip.is_ipv6() { format!("[{ip}]") } else { ip.to_string() });
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    text.split('.').all(is_label).then(|| text.to_ascii_lowercase())
}

fn trusted_proxies(reader: &mut Reader<'_>, value: &Option<String>) -> Vec<IpNet> {
    let mut networks = Vec::new();
    for text in list(given(value).unwrap_or_default()) {
        match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) if network.prefix_len() == 0 => {
                reader.refuse("TRUSTED_PROXIES", "must not contain every address");
            }
            Ok(network) => networks.push(network.trunc()),
            Err(_) => reader.refuse(
                "TRUSTED_PROXIES",
                format!("must list networks such as 10.0.0.0/8, or addresses{}", not(text)),
            ),
        }
    }
    let shown = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    reader.show_if_set("TRUSTED_PROXIES", (!networks.is_empty()).then_some(shown));
    networks
}

/// Only a gateway on loopback lets pages of this machine in by itself.
fn cors_origins(reader: &mut Reader<'_>, value: &Option<String>, is_local: bool) -> Vec<String> {
    let default = if is_local { "http://localhost:3000,http://127.0.0.1:3000" } else { "" };
    let mut origins = Vec::new();
    for text in list(given(value).unwrap_or(default)) {
        match Url::parse(text) {
            Ok(url) if url.origin().is_tuple() && url.path() == "/" && url.query().is_none() => {
                origins.push(url.origin().ascii_serialization());
            }
            _ => reader.refuse(
                "CORS_ORIGIN",
                format!("must list origins such as http://localhost:3000{}", not(text)),
            ),
        }
    }
    reader.show_if_set("CORS_ORIGIN", (!origins.is_empty()).then(|| origins.join(", ")));
    origins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_written_as_in_the_header() {
        for (text, host) in [
            ("Gateway.Internal", Some("gateway.internal")),
            ("gateway", Some("gateway")),
            ("10.0.0.7", Some("10.0.0.7")),
            ("[2001:DB8::1]", Some("[2001:db8::1]")),
            ("2001:db8::1", Some("[2001:db8::1]")),
            ("gateway:3001", None),
            ("https://gateway", None),
            ("*.example", None),
            ("a..b", None),
        ] {
            assert_eq!(host_name(text).as_deref(), host, "{text}");
        }
    }
}
