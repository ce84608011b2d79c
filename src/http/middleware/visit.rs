//! Where a request came from: decided once, here, and put into the request for limits, keys' networks and logs.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;

use crate::access::Visit;
use crate::http::connection::Connection;

/// The header in which proxies append the address that each of them saw.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Notes the [`Visit`] of a request; `trusted` are the proxies that are believed about their callers. A request that
/// came on no connection has none, and nobody is let in without.
pub async fn note_visit(State(trusted): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    if let Some(connection) = request.extensions().get::<Connection>().copied() {
        let headers = request.headers();
        let visit = Visit {
            listener: connection.listener,
            peer: connection.peer,
            client: client(connection.peer, headers, &trusted),
            is_forwarded: is_forwarded(headers),
        };
        request.extensions_mut().insert(visit);
    }
    next.run(request).await
}

/// From the end of the header, where the nearest proxy wrote: the first address that is no trusted proxy's. What stands
/// before it anybody may have written.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|network| network.contains(ip));
    let mut client = peer;
    let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let hops = values.iter().rev().flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops {
        if !is_trusted(&client) {
            break;
        }
        match std::str::from_utf8(hop).ok().and_then(|hop| hop_address(hop.trim())) {
            Some(ip) => client = ip,
            // What cannot be read hides whoever came before; the proxy that passed it on answers for it.
            None => break,
        }
    }
    client
}

/// An address, as proxies write it: also with a port, or in brackets.
fn hop_address(text: &str) -> Option<IpAddr> {
    let plain = text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    plain.or_else(with_port).or_else(in_brackets).map(|ip| ip.to_canonical())
}

/// Whether a request says that somebody passed it on.
fn is_forwarded(headers: &HeaderMap) -> bool {
    let says_so = |name: &str| name.starts_with("x-forwarded-");
    headers.contains_key(header::FORWARDED)
        || headers.contains_key(header::VIA)
        || headers.keys().any(|name| says_so(name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn visit_believes_trusted_proxies_alone() {
        let networks = ["10.0.0.0/8", "127.0.0.1/32", "2001:db8::/64"];
        let trusted: Vec<IpNet> = networks.map(|text| text.parse().unwrap()).into();
        for (peer, values, expected) in [
            ("10.0.0.1", &["203.0.113.7"][..], "203.0.113.7"),
            ("192.0.2.1", &["203.0.113.7"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            // A caller who wrote a header of his own before the proxies appended theirs.
            ("10.0.0.1", &["127.0.0.1, 203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", &["198.51.100.1", "203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            ("10.0.0.1", &["198.51.100.1, 10.0.0.3, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", &["198.51.100.1, unknown, 10.0.0.2"], "10.0.0.2"),
            ("10.0.0.1", &["203.0.113.7:4711"], "203.0.113.7"),
            ("2001:db8::1", &["[2001:db8:1::9]:443"], "2001:db8:1::9"),
            ("2001:db8::1", &["[2001:db8:1::9]"], "2001:db8:1::9"),
            ("10.0.0.1", &["::ffff:203.0.113.7"], "203.0.113.7"),
            ("10.0.0.1", &[""], "10.0.0.1"),
        ] {
            let headers =
                values.iter().map(|value| (FORWARDED_FOR, value.parse().unwrap())).collect::<HeaderMap>();
            assert_eq!(client(ip(peer), &headers, &trusted), ip(expected), "{peer} {values:?}");
            assert_eq!(client(ip(peer), &headers, &[]), ip(peer), "{peer} {values:?}");
        }
    }

    #[test]
    fn visit_knows_a_request_that_was_passed_on() {
        let with = |name: &'static str| {
            is_forwarded(&HeaderMap::from_iter([(
                header::HeaderName::from_static(name),
                header::HeaderValue::from_static("x"),
            )]))
        };
        for name in ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"] {
            assert!(with(name), "{name}");
        }
        assert!(!with("x-request-id"));
    }
}
