//! Which browser origins may call, and what they may send and read.

use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::request_id::REQUEST_ID;

/// How long a browser may remember the answer.
const MAX_AGE: Duration = Duration::from_secs(600);

/// What pages may send beside what the standard lets everybody send: credentials, our own headers, and what the
/// monitoring of a page adds to all of its requests (W3C Trace Context and Baggage, Sentry, Datadog, New Relic).
const SENT: [HeaderName; 19] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    header::IF_NONE_MATCH,
    REQUEST_ID,
    HeaderName::from_static("x-api-key"),
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("prefer"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
    HeaderName::from_static("baggage"),
    HeaderName::from_static("sentry-trace"),
    HeaderName::from_static("x-datadog-trace-id"),
    HeaderName::from_static("x-datadog-parent-id"),
    HeaderName::from_static("x-datadog-origin"),
    HeaderName::from_static("x-datadog-sampling-priority"),
    HeaderName::from_static("x-datadog-sampled"),
    HeaderName::from_static("x-datadog-tags"),
    HeaderName::from_static("newrelic"),
];

/// What pages may read beside what the standard lets everybody read.
const READ: [HeaderName; 10] = [
    header::LOCATION,
    header::RETRY_AFTER,
    header::ETAG,
    header::LINK,
    header::CONTENT_DISPOSITION,
    header::WWW_AUTHENTICATE,
    REQUEST_ID,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
];

/// Lets pages of these origins call.
pub fn cors(origins: &[String]) -> CorsLayer {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allow_headers(SENT)
        .expose_headers(READ)
        .max_age(MAX_AGE)
}
