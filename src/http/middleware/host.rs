//! Answers only to its own name: a foreign page that points its name at this machine (DNS rebinding) gets nothing.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Refuses what names another server than this one; `own` is the address it listens on.
pub async fn own_host(State(own): State<IpAddr>, request: Request, next: Next) -> Response {
    let host = match request.uri().authority() {
        Some(authority) => Some(authority.as_str()),
        None => request.headers().get(header::HOST).and_then(|value| value.to_str().ok()),
    };
    if host.is_some_and(|host| is_own(host, own)) {
        return next.run(request).await;
    }
    let message = "the Host header names another server than this one";
    Problem::new(ProblemCode::HostNotAllowed, message).into_response()
}

fn is_own(host: &str, own: IpAddr) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    ip.is_ok_and(|ip| ip.is_loopback() || ip == own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_our_own() {
        let own: IpAddr = "127.0.0.1".parse().unwrap();
        for host in
            ["localhost", "localhost:3001", "LOCALHOST:1", "127.0.0.1:3001", "[::1]:3001", "127.0.0.1"]
        {
            assert!(is_own(host, own), "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example:3001", "10.0.0.1", "", "127.0.0.1.nip.io", "localhost:x"]
        {
            assert!(!is_own(host, own), "{host}");
        }
    }
}
