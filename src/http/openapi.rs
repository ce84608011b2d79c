//! The OpenAPI document: what the routes do not say themselves, and the form in which it is served.

use axum::body::Bytes;
use utoipa::OpenApi;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::schema::{Schema, SchemaType, Type};
use utoipa::openapi::{OpenApi as Document, RefOr};

use super::problem::{ProblemBody, header_of};
use super::problem_code::ProblemCode;

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
        (name = "operator", description = "Stop a basket, or let it try again: from this machine only."),
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

/// Adds what every answer has, and takes back what no header can be: null.
pub fn complete(document: &mut Document) {
    let id = header_of(Type::String, "The request's id in the logs: the caller's own, or one of ours.");
    for item in document.paths.paths.values_mut() {
        let methods = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in methods.into_iter().flatten() {
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
}

fn never_null(kind: &mut SchemaType) {
    if let SchemaType::Array(types) = kind {
        types.retain(|one| *one != Type::Null);
        if let [only] = types.as_slice() {
            *kind = SchemaType::Type(only.clone());
        }
    }
}
