//! Whether a request without a key is let in: the one place that decides it.

use std::net::{IpAddr, Ipv4Addr};

/// Where a request came from, as the server saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Address of the listener that took the connection.
    pub listener: IpAddr,
    /// Who is connected to it.
    pub peer: IpAddr,
    /// Who asks: the peer, or whom a trusted proxy names.
    pub client: IpAddr,
    /// Whether the request says that somebody passed it on: `Forwarded`, `X-Forwarded-*` or `Via`.
    pub is_forwarded: bool,
}

impl Visit {
    /// Somebody on this machine who asks directly.
    #[must_use]
    pub const fn from_here(listener: IpAddr) -> Self {
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { listener, peer: here, client: here, is_forwarded: false }
    }
}

/// Which settings say that the gateway is meant for others than this machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// `PUBLIC_URL` is set.
    pub public_url: bool,
    /// `ALLOWED_HOSTS` is set.
    pub allowed_hosts: bool,
    /// `TRUSTED_PROXIES` is set.
    pub trusted_proxies: bool,
}

/// What ended anonymous access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyNeeded {
    /// The listener is no loopback address.
    Listener,
    /// `PUBLIC_URL` is set.
    PublicUrl,
    /// `ALLOWED_HOSTS` is set.
    AllowedHosts,
    /// `TRUSTED_PROXIES` is set.
    TrustedProxies,
    /// There is a key besides `admin.key`.
    KeysExist,
    /// The caller is on another machine.
    Peer,
    /// Somebody passed the request on.
    Forwarded,
}

impl KeyNeeded {
    /// The condition as a sentence for people.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Listener => "the gateway listens beyond this machine",
            Self::PublicUrl => "PUBLIC_URL is set",
            Self::AllowedHosts => "ALLOWED_HOSTS is set",
            Self::TrustedProxies => "TRUSTED_PROXIES is set",
            Self::KeysExist => "there are keys",
            Self::Peer => "the caller is on another machine",
            Self::Forwarded => "the request was passed on by a proxy",
        }
    }
}

/// What keeps a request without a key out; `None` lets it in. `has_keys` says whether there is a key besides
/// `admin.key`.
#[must_use]
pub const fn key_needed(exposure: Exposure, visit: Visit, has_keys: bool) -> Option<KeyNeeded> {
    if !is_loopback(visit.listener) {
        Some(KeyNeeded::Listener)
    } else if exposure.public_url {
        Some(KeyNeeded::PublicUrl)
    } else if exposure.allowed_hosts {
        Some(KeyNeeded::AllowedHosts)
    } else if exposure.trusted_proxies {
        Some(KeyNeeded::TrustedProxies)
    } else if has_keys {
        Some(KeyNeeded::KeysExist)
    } else if !is_loopback(visit.peer) {
        Some(KeyNeeded::Peer)
    } else if visit.is_forwarded {
        Some(KeyNeeded::Forwarded)
    } else {
        None
    }
}

/// Whether an address is this machine's own loopback, IPv4 written as IPv6 included.
const fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: Visit = Visit::from_here(IpAddr::V4(Ipv4Addr::LOCALHOST));

    #[test]
    fn anonymous_access_takes_every_condition() {
        let outside: IpAddr = "192.0.2.7".parse().unwrap();
        let none = Exposure::default();
        assert_eq!(key_needed(none, HOME, false), None);
        let mapped = Visit { peer: "::ffff:127.0.0.1".parse().unwrap(), ..HOME };
        assert_eq!(key_needed(none, mapped, false), None);
        for (exposure, visit, has_keys, why) in [
            (none, Visit { listener: outside, ..HOME }, false, KeyNeeded::Listener),
            (none, Visit { listener: "::".parse().unwrap(), ..HOME }, false, KeyNeeded::Listener),
            (Exposure { public_url: true, ..none }, HOME, false, KeyNeeded::PublicUrl),
            (Exposure { allowed_hosts: true, ..none }, HOME, false, KeyNeeded::AllowedHosts),
            (Exposure { trusted_proxies: true, ..none }, HOME, false, KeyNeeded::TrustedProxies),
            (none, HOME, true, KeyNeeded::KeysExist),
            (none, Visit { peer: outside, ..HOME }, false, KeyNeeded::Peer),
            (none, Visit { is_forwarded: true, ..HOME }, false, KeyNeeded::Forwarded),
        ] {
            assert_eq!(key_needed(exposure, visit, has_keys), Some(why));
        }
    }
}
