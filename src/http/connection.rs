//! The TCP connection that a request came on; [`serve`](super::serve) puts it into the request.

use std::net::IpAddr;

/// Both ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Address that the listener is bound to.
    pub listener: IpAddr,
    /// Address at this end.
    pub local: IpAddr,
    /// Address at the other end.
    pub peer: IpAddr,
}

impl Connection {
    /// IPv4 addresses that a listener for both families wrote as IPv6 are IPv4 addresses here.
    #[must_use]
    pub const fn new(listener: IpAddr, local: IpAddr, peer: IpAddr) -> Self {
        Self { listener: listener.to_canonical(), local: local.to_canonical(), peer: peer.to_canonical() }
    }
}
