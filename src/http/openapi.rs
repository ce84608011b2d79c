//! The OpenAPI document: what the routes do not say themselves, and the form in which it is served.

use axum::body::Bytes;
use axum::http::Method;
use serde_json::{Map, Value};
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi as Document, RefOr};

use super::middleware::authenticate::SESSION_COOKIE;
use super::middleware::authorize::{Requirement, Requirements, Way};
use super::problem::{ProblemBody, header_of};
use super::problem_code::ProblemCode;
use crate::domain::access::{Scope, Scopes};

/// What the routes do not say: who offers this, and what their tags mean.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "cre-backend",
        description = "A gateway that issues a reserve-backed stablecoin with the Chainlink Runtime Environment. \
            It says that something was minted only when it has read the mint event from the chain. Amounts are \
            decimal numbers of whole tokens in strings, times are RFC 3339 in UTC with milliseconds, problems are \
            RFC 9457.",
        license(name = "MIT OR Apache-2.0"),
    ),
    tags(
        (name = "mints", description = "Ask for a mint, look at it, withdraw it, try it again."),
        (name = "baskets", description = "A basket is a stablecoin with its minting consumer, policies and reserves."),
        (name = "compliance", description = "Whether a basket would mint for an account."),
        (name = "reserves", description = "What backs the tokens, and what stops minting when that cannot be shown."),
        (name = "operator", description = "Stop a basket, or let it try again."),
        (name = "access", description = "Accounts, their grants and keys; browser tokens and sessions."),
        (name = "events", description = "The event log, live."),
        (name = "chain", description = "What the chain has."),
        (name = "operations", description = "Liveness, readiness, metrics, and this document."),
    ),
    components(schemas(ProblemBody, ProblemCode)),
)]
pub struct Base;

/// The contract with the callers, as it is served.
#[derive(Debug)]
pub struct Contract {
    /// The document as JSON.
    pub json: Bytes,
    /// Method and path of every route.
    pub endpoints: Vec<String>,
}

impl From<&Document> for Contract {
    fn from(document: &Document) -> Self {
        let paths = document.paths.paths.iter();
        let endpoints =
            paths.flat_map(|(path, item)| methods(item).map(move |method| format!("{method} {path}")));
        Self { json: text(document).into(), endpoints: endpoints.collect() }
    }
}

/// The document as it is served and committed.
#[must_use]
pub fn text(document: &Document) -> String {
    let mut text = document.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Methods that this gateway uses.
fn methods(item: &PathItem) -> impl Iterator<Item = &'static str> {
    let known = [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    known.into_iter().filter(|(_, is_there)| *is_there).map(|(method, _)| method)
}

/// The scheme that a route names in its description for every form in which a key can come.
const KEY: &str = "key";
/// The forms of a key, and the token for one order.
const SCHEMES: [(&str, &str); 4] = [
    ("bearer", "A key, as `Authorization: Bearer cre_…`."),
    ("apiKey", "A key, as `x-api-key: cre_…`."),
    ("session", "The cookie of `POST /console/session`; for pages of the gateway's own origin."),
    (
        "orderToken",
        "A token of `POST /tokens`, as `Authorization: Bearer cret_…`: for its order and that mint alone.",
    ),
];

/// Adds what every answer has, takes back what no header can be (null), and writes out in which forms a key can come.
/// Returns what every route takes.
pub fn complete(document: &mut Document) -> Requirements {
    let id = header_of(Type::String, "The request's id in the logs: the caller's own, or one of ours.");
    let mut requirements = Requirements::default();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let ways = ways(operation);
            if ways.contains(&Way::Public) {
                operation.responses.responses.retain(|status, _| status != "401" && status != "403");
            }
            operation.security = Some(security(&ways));
            requirements.add(method, path, Requirement { ways, takes_query: takes_query(operation) });
            for response in operation.responses.responses.values_mut() {
                if let RefOr::T(response) = response {
                    response.headers.insert("X-Request-Id".to_owned(), id.clone().into());
                }
            }
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter
                    && let Some(RefOr::T(Schema::Object(text))) = &mut parameter.schema
                {
                    never_null(&mut text.schema_type);
                }
            }
        }
    }
    let components = document.components.get_or_insert_default();
    for (name, description) in SCHEMES {
        components.add_security_scheme(name, scheme(name, description));
    }
    requirements
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    let all = [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn takes_query(operation: &Operation) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(
        |parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query),
    )
}

/// The ways into a route, as its description names them; one that names none lets nobody in.
fn ways(operation: &Operation) -> Vec<Way> {
    let named = serde_json::to_value(&operation.security).unwrap_or_default();
    let alternatives = named.as_array().cloned().unwrap_or_default();
    alternatives.iter().filter_map(|alternative| way(alternative.as_object()?)).collect()
}

fn way(alternative: &Map<String, Value>) -> Option<Way> {
    let Some((scheme, scopes)) = alternative.iter().next() else { return Some(Way::Public) };
    if scheme != KEY {
        return Some(Way::OrderToken);
    }
    let words = scopes.as_array()?.iter();
    words.map(|word| Scope::of_word(word.as_str()?)).collect::<Option<Scopes>>().map(Way::Key)
}

fn security(ways: &[Way]) -> Vec<SecurityRequirement> {
    let mut all = Vec::new();
    for way in ways {
        match way {
            Way::Public => all.push(SecurityRequirement::default()),
            Way::OrderToken => all.push(SecurityRequirement::new::<_, [&str; 0], &str>("orderToken", [])),
            Way::Key(scopes) => {
                let words: Vec<&str> = scopes.iter().map(Scope::word).collect();
                let forms = ["bearer", "apiKey", "session"];
                all.extend(forms.map(|form| SecurityRequirement::new(form, words.clone())));
            }
        }
    }
    all
}

fn scheme(name: &str, description: &str) -> SecurityScheme {
    let named = |header: &str| ApiKeyValue::with_description(header, description);
    match name {
        "apiKey" => SecurityScheme::ApiKey(ApiKey::Header(named("x-api-key"))),
        "session" => SecurityScheme::ApiKey(ApiKey::Cookie(named(SESSION_COOKIE))),
        _ => {
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
            SecurityScheme::Http(bearer.description(Some(description)).build())
        }
    }
}

fn never_null(kind: &mut SchemaType) {
    if let SchemaType::Array(types) = kind {
        types.retain(|one| *one != Type::Null);
        if let [only] = types.as_slice() {
            *kind = SchemaType::Type(only.clone());
        }
    }
}
