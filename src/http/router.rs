//! The routes with their middleware. A route is written once: what is registered here is what the document describes.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa::openapi::{OpenApi as Document, Server};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::middleware::authenticate::authenticate;
use super::middleware::authorize::authorize;
use super::middleware::cors::cors;
use super::middleware::foreign_chain::no_writes_on_foreign_chain;
use super::middleware::host::own_host;
use super::middleware::origin::{OriginPolicy, known_origin};
use super::middleware::problem_body::problem_body;
use super::middleware::request_id::{OwnIds, REQUEST_ID, span};
use super::middleware::time_limit::{REQUEST_TIMEOUT, time_limit};
use super::middleware::visit::note_visit;
use super::openapi::{Base, Contract, complete, text};
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::routes::{
    accounts, attention, baskets, compliance, console, docs, events, health, keys, metrics, mints, operator,
    problems, reserves, service, statement, summary, tokens, transactions,
};

/// Largest request body in bytes; a mint request has a few hundred.
const BODY_BYTES_MAX: usize = 16 << 10;

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Base::openapi())
        .routes(routes!(mints::create))
        .routes(routes!(mints::list))
        .routes(routes!(summary::show))
        .routes(routes!(mints::show))
        .routes(routes!(mints::evidence))
        .routes(routes!(events::of_mint))
        .routes(routes!(events::of_mints))
        .routes(routes!(mints::cancel))
        .routes(routes!(mints::retry))
        .routes(routes!(mints::retry_ended))
        .routes(routes!(baskets::list, baskets::register))
        .routes(routes!(baskets::balance))
        .routes(routes!(statement::show))
        .routes(routes!(compliance::explain))
        .routes(routes!(reserves::list))
        .routes(routes!(reserves::show))
        .routes(routes!(reserves::history))
        .routes(routes!(reserves::transparency))
        .routes(routes!(events::all))
        .routes(routes!(attention::show))
        .routes(routes!(transactions::show))
        .routes(routes!(accounts::list, accounts::create))
        .routes(routes!(accounts::patch))
        .routes(routes!(accounts::set_grant, accounts::remove_grant))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::keep))
        .routes(routes!(keys::rotate))
        .routes(routes!(keys::revoke))
        .routes(routes!(keys::whoami))
        .routes(routes!(tokens::create))
        .routes(routes!(tokens::begin, tokens::end))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
}

/// What only operators do.
fn operators() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(operator::pause)).routes(routes!(operator::resume))
}

/// The routes that show the contract itself, and pages.
fn about() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service::card))
        .routes(routes!(service::openapi))
        .routes(routes!(docs::page))
        .route("/docs/start.js", get(docs::start))
        .route("/docs/swagger-ui.css", get(docs::style))
        .route("/docs/swagger-ui-bundle.js", get(docs::bundle))
        .route("/console", get(console::root))
        .route("/console/", get(console::show))
        .route("/console/{*path}", get(console::show))
        .routes(routes!(problems::list))
        .routes(routes!(problems::show))
}

/// The routes that everybody uses, those of operators, and the document that describes both; `public` is the address by
/// which callers reach them, if that is known.
fn described(public: Option<&str>) -> (Router<App>, Router<App>, Document) {
    let (api, mut document) = api().split_for_parts();
    let (operators, described_there) = operators().split_for_parts();
    document.merge(described_there);
    let (about, described_there) = about().split_for_parts();
    document.merge(described_there);
    let requirements = Arc::new(complete(&mut document));
    document.servers = public.map(|public| vec![Server::new(public)]);
    let contract = Arc::new(Contract::from(&document));
    let authorize = from_fn_with_state(requirements, authorize);
    let api = api.merge(about.layer(Extension(contract))).layer(authorize.clone());
    (api, operators.layer(authorize), document)
}

/// The OpenAPI document as it is committed.
#[must_use]
pub fn openapi_document() -> String {
    text(&described(None).2)
}

/// The API. Pages of other origins may call all of it but the operators' part.
pub fn router(app: App) -> Router {
    let (api, operators, _) = described(app.settings.links.public());
    let limit = app.settings.mint_wait + REQUEST_TIMEOUT;
    let own_pages =
        OriginPolicy { public: app.settings.public_origin().map(str::to_owned), allowed: Arc::default() };
    let all_pages = OriginPolicy { allowed: Arc::clone(&app.settings.cors_origins), ..own_pages.clone() };
    let cors = cors(&all_pages.allowed);
    let api = guarded(api.fallback(no_such_address), &app, all_pages, limit).layer(cors);
    let operators = guarded(operators, &app, own_pages, limit);
    observed(api.merge(operators), app)
}

/// What the operators' listener serves: to no page but its own.
pub fn operator_router(app: App) -> Router {
    let probes = OpenApiRouter::new().routes(routes!(health::health)).routes(routes!(health::ready));
    let metrics = OpenApiRouter::new().routes(routes!(metrics::metrics));
    let (routes, mut document) = probes.merge(metrics).merge(operators()).split_for_parts();
    let requirements = Arc::new(complete(&mut document));
    let routes = routes.layer(from_fn_with_state(requirements, authorize)).fallback(no_such_address);
    observed(guarded(routes, &app, OriginPolicy::default(), REQUEST_TIMEOUT), app)
}

async fn no_such_address() -> Problem {
    Problem::not_found("address")
}

/// Routes behind everything that may refuse a request, from the outside in. One layer of all of them together: each layer
/// by itself would make every request copy those below it once more.
fn guarded(routes: Router<App>, app: &App, origins: OriginPolicy, limit: Duration) -> Router<App> {
    let panicked = |_| Problem::new(ProblemCode::Internal, "an internal error occurred").into_response();
    routes
        .method_not_allowed_fallback(|| async {
            Problem::new(ProblemCode::MethodNotAllowed, "this address has no such method")
        })
        .layer((
            CatchPanicLayer::custom(panicked),
            from_fn_with_state(Arc::clone(&app.settings.host_names), own_host),
            from_fn_with_state(origins, known_origin),
            from_fn_with_state(limit, time_limit),
            from_fn_with_state(app.clone(), authenticate),
            from_fn_with_state(app.chain.clone(), no_writes_on_foreign_chain),
            DefaultBodyLimit::max(BODY_BYTES_MAX),
        ))
}

/// Routes behind what every request and answer gets, from the outside in: the body of a problem, where it came from, an id, a
/// log line, and common headers.
fn observed(routes: Router<App>, app: App) -> Router {
    let proxies = Arc::clone(&app.settings.trusted_proxies);
    let no_sniffing = HeaderValue::from_static("nosniff");
    let no_store = HeaderValue::from_static("no-store");
    routes
        .layer((
            from_fn_with_state(app.settings.links.clone(), problem_body),
            from_fn_with_state(proxies, note_visit),
            SetRequestIdLayer::new(REQUEST_ID, OwnIds(app.clock.clone())),
            TraceLayer::new_for_http().make_span_with(span),
            PropagateRequestIdLayer::new(REQUEST_ID),
            SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, no_sniffing),
            SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_store),
        ))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::Value;

    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a person asks this test to write the file")]
    fn openapi_document_is_the_committed_one() {
        let document = openapi_document();
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        if std::env::var("UPDATE_OPENAPI").is_ok() {
            std::fs::write(&path, &document).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        let difference = document.lines().zip(committed.lines()).find(|(now, before)| now != before);
        assert!(
            document == committed,
            "openapi.json is not what the router says; first difference (now, committed): {difference:?}; \
             UPDATE_OPENAPI=1 cargo test openapi writes it anew"
        );
    }

    #[test]
    fn openapi_document_is_complete() {
        let document = serde_json::to_value(described(None).2).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut refs = BTreeSet::new();
        collect_refs(&document, &mut refs);
        assert!(refs.len() > 20, "{refs:?}");
        for found in refs {
            let pointer = found.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{found} leads nowhere");
        }
        let mut ids = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap_or_default();
                assert!(!id.is_empty() && ids.insert(id), "{method} {path}: its operation id {id:?}");
                assert!(operation["summary"].is_string(), "{method} {path} has no summary");
                assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{method} {path}");
                for (status, response) in operation["responses"].as_object().unwrap() {
                    let is_elsewhere = status.starts_with('3') && response["headers"]["Location"].is_object();
                    let is_empty = status == "204";
                    assert!(
                        is_elsewhere || is_empty || response["content"].is_object(),
                        "{method} {path}: {status} has no schema"
                    );
                }
            }
        }
    }

    fn collect_refs(value: &Value, refs: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                refs.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| collect_refs(member, refs));
            }
            Value::Array(items) => items.iter().for_each(|item| collect_refs(item, refs)),
            _ => {}
        }
    }
}
