//! Errors as HTTP: RFC 9457 problem details that also carry the guide's `success` and `error`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::mint::{Code, Failure, Mint, State};

/// Seconds after which a caller may ask again, where that makes sense.
const RETRY_AFTER_SECONDS: u64 = 5;

/// An error as the caller sees it.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    more: Box<Map<String, Value>>,
}

impl Problem {
    /// A problem of the HTTP layer itself.
    #[must_use]
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), detail: detail.into(), more: Box::default() }
    }

    /// 400 for one field of the body.
    #[must_use]
    pub fn field(field: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", detail).with("field", json!(field))
    }

    /// 404.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", format!("there is no such {what}"))
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The problem of a mint that ended without being minted.
    #[must_use]
    pub fn of_mint(mint: &Mint) -> Self {
        let problem = match &mint.progress.failure {
            Some(failure) if mint.progress.state != State::Cancelled => Self::from(failure.clone()),
            _ => Self::new(StatusCode::CONFLICT, "CANCELLED", "this mint was cancelled"),
        };
        problem.with("mintId", json!(mint.id)).with("mintStatus", json!(mint.progress.state.word()))
    }
}

/// The HTTP status of a failure.
#[must_use]
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidRequest => StatusCode::BAD_REQUEST,
        Code::DuplicateReference | Code::NotAllowed => StatusCode::CONFLICT,
        Code::UnknownBasket
        | Code::BasketMismatch
        | Code::CrossChainUnavailable
        | Code::IdempotencyMismatch
        | Code::AceRejected
        | Code::InvalidOrder
        | Code::MintCapExceeded
        | Code::PorInsufficientReserves
        | Code::NoReserveAssigned => StatusCode::UNPROCESSABLE_ENTITY,
        Code::WorkflowFailed => StatusCode::BAD_GATEWAY,
        Code::PorStale
        | Code::PorUnavailable
        | Code::PorRipcord
        | Code::PorInvalid
        | Code::CircuitOpen
        | Code::Expired
        | Code::ChainUnavailable
        | Code::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let code = match serde_json::to_value(failure.code) {
            Ok(Value::String(code)) => code,
            _ => String::new(),
        };
        let more = match serde_json::to_value(&failure.evidence) {
            Ok(Value::Object(more)) => more,
            _ => Map::new(),
        };
        Self { status: status(failure.code), code, detail: failure.detail, more: Box::new(more) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after =
            self.more.get("retryAfterSeconds").and_then(Value::as_u64).unwrap_or(RETRY_AFTER_SECONDS);
        let mut body = Map::new();
        let slug = self.code.to_ascii_lowercase().replace('_', "-");
        for (name, value) in [
            ("type", json!(format!("urn:cre-backend:problem:{slug}"))),
            ("title", json!(self.status.canonical_reason().unwrap_or("Error"))),
            ("status", json!(self.status.as_u16())),
            ("detail", json!(self.detail)),
            ("success", json!(false)),
            ("error", json!(self.detail)),
            ("code", json!(self.code)),
        ] {
            body.insert(name.to_owned(), value);
        }
        body.extend(*self.more);
        let mut response = (self.status, Value::Object(body).to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_after));
        }
        response
    }
}
