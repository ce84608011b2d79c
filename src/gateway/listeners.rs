//! The sockets that the gateway serves.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpListener;

use crate::config::NetworkConfig;

/// How often a free port is looked for that is free on every address.
const PORT_TRIES: u32 = 32;

/// The sockets that the gateway serves, bound and not accepting yet.
#[derive(Debug)]
pub struct Listeners {
    /// The API's, at least one; all have the same port.
    pub api: Vec<TcpListener>,
    /// The operators', if there is one.
    pub operator: Option<TcpListener>,
}

/// An address that cannot be listened on: the setting, its value, and why.
#[derive(Debug, thiserror::Error)]
#[error("{setting} {value} cannot be used: {problem}")]
pub struct ListenError {
    setting: &'static str,
    value: String,
    problem: String,
}

impl Listeners {
    /// Binds every address of the settings. Of the two loopbacks, one that the machine does not have is left out.
    ///
    /// # Errors
    /// The first address that cannot be used, with its setting.
    pub async fn bind(network: &NetworkConfig) -> Result<Self, ListenError> {
        let api = bind_api(network).await.map_err(|(address, error)| api_error(address, &error))?;
        let operator = match network.admin_addr {
            Some(address) => Some(TcpListener::bind(address).await.map_err(|error| ListenError {
                setting: "ADMIN_ADDR",
                value: address.to_string(),
                problem: format!("{}; set it to another address and port, or to off", why(address, &error)),
            })?),
            None => None,
        };
        Ok(Self { api, operator })
    }

    /// The API's first address.
    pub(super) fn addr(&self) -> io::Result<SocketAddr> {
        self.api.first().ok_or(ErrorKind::NotFound)?.local_addr()
    }

    /// The operators' address, if there is one.
    pub(super) fn operator_addr(&self) -> io::Result<Option<SocketAddr>> {
        self.operator.as_ref().map(TcpListener::local_addr).transpose()
    }
}

/// Binds one port on all addresses of the API.
async fn bind_api(network: &NetworkConfig) -> Result<Vec<TcpListener>, (SocketAddr, io::Error)> {
    let addresses = network.addresses();
    let mut tries = 1;
    loop {
        match bind_all(&addresses, network.port).await {
            // The port that was free on one address may be taken on the other.
            Err((_, error))
                if network.port == 0 && error.kind() == ErrorKind::AddrInUse && tries < PORT_TRIES =>
            {
                tries += 1;
            }
            bound => return bound,
        }
    }
}

async fn bind_all(addresses: &[IpAddr], port: u16) -> Result<Vec<TcpListener>, (SocketAddr, io::Error)> {
    let (mut bound, mut missing) = (Vec::<TcpListener>::new(), None);
    for ip in addresses {
        let first = bound.first().and_then(|first| first.local_addr().ok());
        let address = SocketAddr::new(*ip, first.map_or(port, |first| first.port()));
        match TcpListener::bind(address).await {
            Ok(listener) => bound.push(listener),
            Err(error) if is_missing(&error) => missing = Some((address, error)),
            Err(error) => return Err((address, error)),
        }
    }
    match missing {
        Some(missing) if bound.is_empty() => Err(missing),
        Some((address, _)) => {
            tracing::warn!(address = %address.ip(), "this machine has no such address: nobody is served there");
            Ok(bound)
        }
        None => Ok(bound),
    }
}

/// Whether the machine has no such address, or no such kind of address.
fn is_missing(error: &io::Error) -> bool {
    error.kind() == ErrorKind::AddrNotAvailable
        || error.raw_os_error() == Some(rustix::io::Errno::AFNOSUPPORT.raw_os_error())
}

fn api_error(address: SocketAddr, error: &io::Error) -> ListenError {
    let problem = why(address, error);
    if is_missing(error) {
        return ListenError { setting: "HOST", value: address.ip().to_string(), problem };
    }
    ListenError { setting: "PORT", value: address.port().to_string(), problem }
}

fn why(address: SocketAddr, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!("another program listens on {address}"),
        ErrorKind::PermissionDenied => "the system reserves that port".to_owned(),
        _ if is_missing(error) => format!("this machine has no address {}", address.ip()),
        kind => kind.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn network(host: &str, port: u16, admin_addr: Option<SocketAddr>) -> NetworkConfig {
        NetworkConfig {
            host: host.parse().unwrap(),
            port,
            admin_addr,
            public_url: None,
            allowed_hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            cors_origins: Vec::new(),
        }
    }

    #[tokio::test]
    async fn listeners_have_one_port_on_both_loopbacks() {
        for host in ["127.0.0.1", "::1"] {
            let bound =
                Listeners::bind(&network(host, 0, Some((Ipv4Addr::LOCALHOST, 0).into()))).await.unwrap();
            let ports: Vec<u16> =
                bound.api.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
            assert!(ports.iter().all(|port| *port == ports[0] && *port != 0), "{ports:?}");
            assert_ne!(bound.operator.unwrap().local_addr().unwrap().port(), ports[0]);
        }
    }

    #[tokio::test]
    async fn listeners_name_the_setting_of_an_address_that_is_taken() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = taken.local_addr().unwrap();
        let port =
            Listeners::bind(&network("127.0.0.1", address.port(), None)).await.unwrap_err().to_string();
        assert_eq!(
            port,
            format!("PORT {} cannot be used: another program listens on {address}", address.port())
        );
        let admin = Listeners::bind(&network("127.0.0.1", 0, Some(address))).await.unwrap_err().to_string();
        assert!(admin.starts_with(&format!("ADMIN_ADDR {address} cannot be used: ")), "{admin}");
        let host = Listeners::bind(&network("192.0.2.1", 0, None)).await.unwrap_err().to_string();
        assert_eq!(host, "HOST 192.0.2.1 cannot be used: this machine has no address 192.0.2.1");
    }
}
