//! What handlers take from a request, with problems instead of plain-text rejections.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256};
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum_extra::extract::Query;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use uuid::Uuid;

use super::app::App;
use super::dto::object::JsonObject;
use super::problem::Problem;
use super::problem_code::ProblemCode;
use crate::access::{Caller, NotLetIn};
use crate::base::address::parse_address;
use crate::base::wire::{AddressText, HashText};
use crate::domain::BasketId;

/// Longest idempotency key.
const KEY_CHARS_MAX: usize = 255;

/// A JSON body: an object, `application/json` only, no unknown and no repeated field.
#[derive(Debug)]
pub struct JsonBody<T>(pub T);

impl<S, T> FromRequest<S> for JsonBody<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            let message = "the body must be sent as Content-Type: application/json";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, message));
        }
        if is_encoded(request.headers()) {
            let message = "the body must be sent as it is, without a Content-Encoding";
            return Err(Problem::new(ProblemCode::UnsupportedMediaType, message));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => {
                    Problem::new(ProblemCode::BodyTooLarge, "the body is too large")
                }
                _ => Problem::invalid("the body could not be read"),
            }
        })?;
        object(utf8(&body)?).map(Self)
    }
}

/// Reads a JSON object. serde's sentence names the place; it never echoes more than that.
fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut reader)
        .map_err(|error| (error.path().to_string(), error.into_inner()))
        .and_then(|JsonObject(parsed)| reader.end().map(|()| parsed).map_err(|error| (String::new(), error)));
    parsed.map_err(|(path, error)| {
        let sentence = error.to_string();
        let problem = Problem::invalid(format!("the body is not as expected: {sentence}"));
        // A field that is unknown, missing or there twice is in the sentence; a wrong value is where the reader stopped.
        match named_field(&sentence)
            .or_else(|| Some(&*path).filter(|path| path.contains(char::is_alphabetic)))
        {
            Some(field) => problem.about_field(field),
            None => problem,
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether a body has to be unpacked before it can be read.
fn is_encoded(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    codings.any(|coding| !coding.trim_ascii().eq_ignore_ascii_case(b"identity"))
}

/// A body without the mark that some programs put before UTF-8.
fn utf8(body: &[u8]) -> Result<&[u8], Problem> {
    match body {
        [0xef, 0xbb, 0xbf, rest @ ..] => Ok(rest),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(Problem::invalid("the body must be UTF-8, not UTF-16")),
        _ => Ok(body),
    }
}

/// The field in a sentence of serde's.
fn named_field(sentence: &str) -> Option<&str> {
    sentence.split('`').nth(1).filter(|_| sentence.contains("field `"))
}

/// Who asks, as the authentication found out.
#[derive(Clone, Debug)]
pub struct Asking(pub Arc<Caller>);

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.extensions)
    }
}

impl Asking {
    /// Who asks.
    ///
    /// # Errors
    /// Why nobody was let in.
    pub fn of(extensions: &Extensions) -> Result<Self, Problem> {
        match (extensions.get::<Arc<Caller>>(), extensions.get::<NotLetIn>()) {
            (Some(caller), _) => Ok(Self(Arc::clone(caller))),
            (None, Some(why)) => Err((*why).into()),
            // No request comes by the layer that finds out.
            (None, None) => Err(Problem::new(ProblemCode::Internal, "an internal error occurred")),
        }
    }
}

/// Who asks on a public route, if they said so and were let in.
#[derive(Clone, Debug)]
pub struct MaybeAsking(pub Option<Arc<Caller>>);

impl<S: Sync> FromRequestParts<S> for MaybeAsking {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Arc<Caller>>().cloned()))
    }
}

/// The query of the address: no unknown parameter, none that is empty, and none repeated that is no list.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<S, T> FromRequestParts<S> for Params<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if let Some(name) = parts.uri.query().and_then(empty_parameter) {
            return Err(Problem::field(name, format!("{name} is empty: leave it out, or give it a value")));
        }
        let Query(query) = Query::from_request_parts(parts, state).await.map_err(|rejection| {
            let sentence = rejection.body_text();
            let said = sentence.rsplit_once("query string: ").map_or(&*sentence, |(_, said)| said);
            let said = &said.replace("unsupported value", "it is given more than once");
            let problem = Problem::invalid(format!("the query is not as expected: {said}"));
            // "limit: invalid digit found in string" or "unknown field `colour`, expected …"
            match named_field(said).or_else(|| Some(said.split_once(": ")?.0)) {
                Some(field) => problem.about_field(field),
                None => problem,
            }
        })?;
        Ok(Self(query))
    }
}

/// The first parameter of a query that has no value.
fn empty_parameter(query: &str) -> Option<&str> {
    let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    pairs.find(|(name, value)| !name.is_empty() && value.is_empty()).map(|(name, _)| name)
}

/// The id of a mint in the path.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("id"), parameter_in = Path)]
pub struct MintId(
    /// The mint's `mintId`.
    pub Uuid,
);

impl<S: Send + Sync> FromRequestParts<S> for MintId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<Uuid>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(Problem::not_found("mint")),
        }
    }
}

/// The hash of a transaction in the path: 0x and 64 hex digits.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("hash"), parameter_in = Path)]
pub struct TxHash(
    /// Hash of the transaction.
    #[param(value_type = HashText, inline)]
    pub B256,
);

impl<S: Send + Sync> FromRequestParts<S> for TxHash {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let hash = path_text("hash", parts, state).await?;
        match hash.parse() {
            Ok(parsed) if hash.len() == 66 => Ok(Self(parsed)),
            _ => Err(Problem::not_found("transaction")),
        }
    }
}

/// The basket in the path, named by its token or its present minting consumer.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("basket"), parameter_in = Path)]
pub struct BasketPath(
    /// Token or present minting consumer of the basket.
    #[param(value_type = AddressText, inline)]
    pub BasketId,
);

impl FromRequestParts<App> for BasketPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Asking(asking) = Asking::of(&parts.extensions)?;
        let basket = basket_in_path(parts, app).await?;
        let seen = basket.filter(|basket| asking.sees_basket(basket.stablecoin));
        seen.map(Self).ok_or_else(|| Problem::not_found("basket"))
    }
}

/// The basket in the path of what everybody may see.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("basket"), parameter_in = Path)]
pub struct PublicBasketPath(
    /// Token or present minting consumer of the basket.
    #[param(value_type = AddressText, inline)]
    pub BasketId,
);

impl FromRequestParts<App> for PublicBasketPath {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        basket_in_path(parts, app).await?.map(Self).ok_or_else(|| Problem::not_found("basket"))
    }
}

async fn basket_in_path(parts: &mut Parts, app: &App) -> Result<Option<BasketId>, Problem> {
    let address = parse_address(&path_text("basket", parts, app).await?)
        .map_err(|problem| Problem::field("basket", format!("basket {problem}")))?;
    Ok(app.baskets.member(address).await?)
}

/// The kind of problem in the path.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("slug"), parameter_in = Path)]
pub struct ProblemSlug(
    /// Its code in lower case with dashes.
    #[param(schema_with = slugs, example = "por-stale")]
    pub ProblemCode,
);

fn slugs() -> RefOr<Schema> {
    let slugs = ProblemCode::ALL.iter().map(|code| code.slug());
    ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(slugs)).into()
}

impl<S: Send + Sync> FromRequestParts<S> for ProblemSlug {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let code = ProblemCode::of_slug(&path_text("slug", parts, state).await?);
        code.map(Self).ok_or_else(|| Problem::not_found("kind of problem"))
    }
}

/// An account in the path.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("address"), parameter_in = Path)]
pub struct Account(
    /// The account.
    #[param(value_type = AddressText, inline)]
    pub Address,
);

impl<S: Send + Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let address = parse_address(&path_text("address", parts, state).await?);
        address
            .map(Self)
            .map_err(|problem| Problem::field("address", format!("the address in the path {problem}")))
    }
}

/// The parameter of this name in the path.
async fn path_text<S: Send + Sync>(name: &str, parts: &mut Parts, state: &S) -> Result<String, Problem> {
    let named = Path::<HashMap<String, String>>::from_request_parts(parts, state).await;
    let found = named.ok().and_then(|Path(mut named)| named.remove(name));
    found.ok_or_else(|| Problem::not_found("address"))
}

/// The `Idempotency-Key` header; quotes around it (as the IETF draft writes it) are not part of the key.
#[derive(Clone, Debug, PartialEq, Eq, IntoParams)]
#[into_params(names("Idempotency-Key"), parameter_in = Header)]
pub struct IdempotencyKey(
    /// Makes a repetition safe: 1 to 255 printable ASCII characters, in quotes or not. Without it and without a
    /// `bankReference` only this machine may ask.
    #[param(min_length = 1, max_length = 255, example = "payment-0042")]
    pub Option<String>,
);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        idempotency_key(&parts.headers).map(Self)
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut all = headers.get_all("idempotency-key").iter();
    let Some(value) = all.next() else { return Ok(None) };
    let wrong =
        || Problem::invalid("Idempotency-Key must be given once, as 1 to 255 printable ASCII characters");
    let text = value.to_str().map_err(|_| wrong())?.trim();
    let text = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if all.next().is_some() || text.is_empty() || text.len() > KEY_CHARS_MAX || !printable {
        return Err(wrong());
    }
    Ok(Some(text.to_owned()))
}

/// The `Last-Event-ID` header.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("Last-Event-ID"), parameter_in = Header)]
pub struct LastEventId(
    /// Number of the last event that the caller has seen; 0 = from the beginning.
    #[param(minimum = 0)]
    pub Option<i64>,
);

impl<S: Sync> FromRequestParts<S> for LastEventId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("last-event-id") else { return Ok(Self(None)) };
        let number = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok());
        match number.filter(|seq| *seq >= 0) {
            Some(seq) => Ok(Self(Some(seq))),
            None => Err(Problem::invalid("Last-Event-ID must be the number of an event")),
        }
    }
}

/// How long the caller wants to wait for an outcome, from the `Prefer` header (RFC 7240); `None` = no wish.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("Prefer"), parameter_in = Header)]
pub struct PreferredWait(
    /// `respond-async` answers at once, `wait=N` waits at most N seconds (RFC 7240).
    #[param(value_type = Option<String>, example = "wait=10")]
    pub Option<Duration>,
);

impl<S: Sync> FromRequestParts<S> for PreferredWait {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(preferred_wait_seconds(&parts.headers).map(Duration::from_secs)))
    }
}

fn preferred_wait_seconds(headers: &HeaderMap) -> Option<u64> {
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
    fn bodies_are_plain_utf8() {
        let encoded = |values: &[&str]| is_encoded(&headers("content-encoding", values));
        assert!(!encoded(&[]) && !encoded(&["identity"]) && !encoded(&["Identity"]));
        assert!(
            encoded(&["gzip"])
                && encoded(&["identity, br"])
                && encoded(&["identity", "gzip"])
                && encoded(&[""])
        );
        assert_eq!(utf8(b"\xef\xbb\xbf{}").ok(), Some(&b"{}"[..]));
        assert_eq!(utf8(b"{}").ok(), Some(&b"{}"[..]));
        assert!(utf8(b"\xff\xfe{\x00").is_err() && utf8(b"\xfe\xff\x00{").is_err());
    }

    #[test]
    fn bodies_are_objects_and_a_wrong_one_names_its_field() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Order {
            #[expect(dead_code, reason = "only whether it can be read matters")]
            amount: String,
            #[serde(default)]
            limits: Vec<JsonObject<Limit>>,
        }
        #[derive(Debug, serde::Deserialize)]
        struct Limit {
            #[expect(dead_code, reason = "only whether it can be read matters")]
            most: u8,
        }
        let read = |body: &str| object::<Order>(body.as_bytes());
        let field = |body: &str| read(body).unwrap_err().field_name().map(str::to_owned);
        assert_eq!(read(r#" { "amount": "1", "limits": [{ "most": 1 }] } "#).unwrap().limits.len(), 1);
        for body in [r#"["1"]"#, r#""1""#, "null", "", "{", r#"{ "amount": "1" } {}"#] {
            assert_eq!(field(body), None, "{body}");
        }
        for (body, named) in [
            (r#"{ "amount": 1 }"#, "amount"),
            ("{}", "amount"),
            (r#"{ "amount": "1", "amount": "2" }"#, "amount"),
            (r#"{ "amount": "1", "colour": 1 }"#, "colour"),
            (r#"{ "amount": "1", "limits": "x" }"#, "limits"),
            (r#"{ "amount": "1", "limits": [[1]] }"#, "limits[0]"),
            (r#"{ "amount": "1", "limits": [{ "most": 256 }] }"#, "limits[0].most"),
        ] {
            assert_eq!(field(body).as_deref(), Some(named), "{body}");
        }
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
