//! Every request has an id: the caller's, or one of ours. The answer names it, and so does every log line.

use axum::extract::Request;
use axum::http::HeaderName;
use tower_http::request_id::{MakeRequestId, RequestId};

use crate::access::Visit;
use crate::base::clock::Clock;

/// The header that carries it.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Makes an id for a request that has none.
#[derive(Clone, Debug)]
pub struct OwnIds(pub Clock);

impl MakeRequestId for OwnIds {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        Some(RequestId::new(self.0.new_id().to_string().parse().ok()?))
    }
}

/// The span of a request in the logs.
#[must_use]
pub fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let client = request.extensions().get::<Visit>().map(|visit| tracing::field::display(visit.client));
    tracing::info_span!("http", request_id = id, client, method = %request.method(), path = request.uri().path())
}
