//! What handlers take from a request, with problems instead of plain-text rejections.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;

/// Longest idempotency key.
const KEY_CHARS_MAX: usize = 255;

/// A JSON body: `application/json` only, no unknown and no repeated field.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UNSUPPORTED_MEDIA_TYPE",
                "the body must be sent as Content-Type: application/json",
            ));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            let response = axum::response::IntoResponse::into_response(rejection);
            match response.status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", "the body is too large")
                }
                _ => Problem::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", "the body could not be read"),
            }
        })?;
        // serde's sentence names the field and the place; it never echoes more than that.
        let parsed = serde_json::from_slice(&body).map_err(|error| {
            let sentence = error.to_string();
            let field =
                sentence.split('`').nth(1).filter(|_| sentence.contains("field `")).map(str::to_owned);
            let problem = Problem::new(
                StatusCode::BAD_REQUEST,
                "INVALID_REQUEST",
                format!("the body is not as expected: {sentence}"),
            );
            match field {
                Some(field) => problem.with("field", Value::String(field)),
                None => problem,
            }
        })?;
        Ok(Self(parsed))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The id in the path.
#[derive(Clone, Copy, Debug)]
pub struct MintId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for MintId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<Uuid>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::not_found("mint")),
        }
    }
}

/// A field of a body that must be a JSON string where it is given.
///
/// # Errors
/// 400 that names the field.
pub fn text(field: &str, value: Option<&Value>) -> Result<Option<String>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::field(field, format!("{field} must be a JSON string"))),
    }
}

/// The same for a field that must be there.
///
/// # Errors
/// 400 that names the field.
pub fn required(field: &str, value: Option<&Value>) -> Result<String, Problem> {
    text(field, value)?.ok_or_else(|| Problem::field(field, format!("{field} is missing")))
}

/// The `Idempotency-Key` header; quotes around it (as the IETF draft writes it) are not part of the key.
///
/// # Errors
/// 400 when it is empty, too long, repeated or not printable ASCII.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all("idempotency-key").iter();
    let Some(value) = all.next() else { return Ok(None) };
    let wrong = || {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "INVALID_REQUEST",
            "Idempotency-Key must be given once, as 1 to 255 printable ASCII characters",
        )
    };
    let text = value.to_str().map_err(|_| wrong())?.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if all.next().is_some() || text.is_empty() || text.len() > KEY_CHARS_MAX || !printable {
        return Err(wrong());
    }
    Ok(Some(text.to_owned()))
}

/// How long the caller wants to wait: `Prefer: respond-async` or `Prefer: wait=N` (RFC 7240); `None` = no wish.
#[must_use]
pub fn preferred_wait_seconds(headers: &HeaderMap) -> Option<u64> {
    let wishes = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut wait = None;
    for wish in wishes.flat_map(|text| text.split([',', ';'])).map(str::trim) {
        if wish.eq_ignore_ascii_case("respond-async") {
            wait = wait.or(Some(0));
        } else if let Some((name, seconds)) = wish.split_once('=')
            && name.trim().eq_ignore_ascii_case("wait")
            && let Ok(seconds) = seconds.trim().parse()
        {
            // "respond-async, wait=10" means: asynchronously, unless it is done within ten seconds.
            wait = Some(seconds);
        }
    }
    wait
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn preferences_are_read() {
        let wait = |values: &[&str]| preferred_wait_seconds(&headers("prefer", values));
        assert_eq!(wait(&[]), None);
        assert_eq!(wait(&["respond-async"]), Some(0));
        assert_eq!(wait(&["respond-async, wait=10"]), Some(10));
        assert_eq!(wait(&["wait=3", "respond-async"]), Some(3));
        assert_eq!(wait(&["wait=x"]), None);
    }

    #[test]
    fn a_key_is_one_printable_text() {
        let key = |values: &[&str]| idempotency_key(&headers("idempotency-key", values)).map_err(|_| ());
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&["\"a-1\""]), Ok(Some("a-1".to_owned())));
        assert_eq!(key(&["a-1"]), Ok(Some("a-1".to_owned())));
        for wrong in [&[""][..], &["\"\""], &["a", "b"], &[&"x".repeat(256)]] {
            assert_eq!(key(wrong), Err(()));
        }
    }
}
