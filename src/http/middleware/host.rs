//! Answers only to its own names: a foreign page that points its name at this machine (DNS rebinding) gets nothing.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::connection::Connection;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// What probes ask, by whatever name they know the machine; nothing there is worth rebinding a name for.
const ANY_HOST: [&str; 2] = ["/health", "/ready"];

/// Refuses what names another server than this one. Its names are `localhost`, the loopback addresses, the address that
/// the connection arrived at, and `names`, written in lower case.
pub async fn own_host(State(names): State<Arc<[String]>>, request: Request, next: Next) -> Response {
    let host = request_host(request.uri(), request.headers());
    let local = request.extensions().get::<Connection>().map(|connection| connection.local);
    if ANY_HOST.contains(&request.uri().path()) || host.is_some_and(|host| is_own(host, local, &names)) {
        return next.run(request).await;
    }
    let message = "the Host header names another server than this one";
    Problem::new(ProblemCode::HostNotAllowed, message).into_response()
}

/// The server that a request is for: host, and port where there is one.
#[must_use]
pub fn request_host<'a>(uri: &'a Uri, headers: &'a HeaderMap) -> Option<&'a str> {
    match uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => headers.get(header::HOST).and_then(|value| value.to_str().ok()),
    }
}

fn is_own(host: &str, local: Option<IpAddr>, names: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") || names.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return true;
    }
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    ip.is_ok_and(|ip| ip.is_loopback() || Some(ip) == local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_configured_and_loopback_names_are_our_own() {
        let names = ["bank.example".to_owned(), "[2001:db8::1]".to_owned()];
        let is_own = |host| is_own(host, "10.0.0.7".parse().ok(), &names);
        for host in [
            "localhost",
            "localhost:3001",
            "LOCALHOST:1",
            "127.0.0.1:3001",
            "[::1]:3001",
            "127.0.0.1",
            "10.0.0.7:3001",
            "Bank.Example",
            "bank.example:443",
            "[2001:DB8::1]:443",
        ] {
            assert!(is_own(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:3001",
            "10.0.0.1",
            "",
            "127.0.0.1.nip.io",
            "localhost:x",
            "localhost@evil.example",
            "x.bank.example",
        ] {
            assert!(!is_own(host), "{host}");
        }
    }
}
