//! Where a request came from: noted once, before anybody asks.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::access::Visit;

/// Notes the [`Visit`] of a request; `own` is the loopback address the server listens on, which only this machine can
/// reach.
pub async fn note_visit(State(own): State<IpAddr>, mut request: Request, next: Next) -> Response {
    let is_forwarded = is_forwarded(request.headers());
    request.extensions_mut().insert(Visit { listener: own, peer: own, client: own, is_forwarded });
    next.run(request).await
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
