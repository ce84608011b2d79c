//! Pages of strangers change nothing: a browser names the page that a request comes from, and that page must be ours or
//! allowed, whatever credentials the request has.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::host::request_host;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Which pages may change something.
#[derive(Clone, Debug, Default)]
pub struct OriginPolicy {
    /// Origin of the gateway's public address.
    pub public: Option<String>,
    /// Origins of others.
    pub allowed: Arc<[String]>,
}

/// Refuses a request that changes something and comes from a page that is neither the gateway's own nor allowed.
pub async fn known_origin(State(policy): State<OriginPolicy>, request: Request, next: Next) -> Response {
    let reads = [Method::GET, Method::HEAD, Method::OPTIONS].contains(request.method());
    let host = request_host(request.uri(), request.headers());
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    if reads || origins.all(|origin| policy.knows(origin, host)) {
        return next.run(request).await;
    }
    let message = "the page that this request comes from may not change anything here";
    Problem::new(ProblemCode::OriginNotAllowed, message).into_response()
}

impl OriginPolicy {
    fn knows(&self, origin: &HeaderValue, host: Option<&str>) -> bool {
        is_own(origin, host, self.public.as_deref()) || self.allowed.iter().any(|allowed| origin == allowed)
    }
}

/// Whether a page is one of the gateway's own. `host` is the gateway's own name, as the request has it; that was checked
/// before. `public` is the origin of its public address.
#[must_use]
pub fn is_own(origin: &HeaderValue, host: Option<&str>, public: Option<&str>) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    public == Some(origin) || authority.zip(host).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_and_allowed_origins_are_known() {
        let policy = OriginPolicy {
            public: Some("https://bank.example:8443".to_owned()),
            allowed: Arc::new(["http://localhost:3000".to_owned()]),
        };
        let knows = |origin: &str, host| policy.knows(&origin.parse().unwrap(), Some(host));
        assert!(knows("http://localhost:3001", "localhost:3001"));
        assert!(knows("http://localhost:3000", "localhost:3001"));
        assert!(knows("https://bank.example:8443", "bank.example"));
        assert!(knows("https://gateway.internal", "gateway.internal"));
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://localhost:3002",
            "http://localhost",
            "https://bank.example",
            "localhost:3001",
        ] {
            assert!(!knows(origin, "localhost:3001"), "{origin}");
        }
        assert!(!OriginPolicy::default().knows(&HeaderValue::from_static("http://localhost:3001"), None));
    }
}
