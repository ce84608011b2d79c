//! The routes with their middleware. A route is written once: what is registered here is what the document describes.

use std::sync::Arc;

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
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::app::App;
use super::middleware::authenticate::authenticate;
use super::middleware::cors::cors;
use super::middleware::foreign_chain::no_writes_on_foreign_chain;
use super::middleware::host::own_host;
use super::middleware::request_id::{OwnIds, REQUEST_ID, span};
use super::middleware::time_limit::{REQUEST_TIMEOUT, time_limit};
use super::middleware::visit::note_visit;
use super::openapi::{Base, Contract, complete};
use super::problem::Problem;
use super::problem_code::ProblemCode;
use super::routes::{
    baskets, compliance, docs, events, health, metrics, mints, operator, problems, reserves, service,
    statement, summary, transactions,
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
        .routes(routes!(mints::cancel))
        .routes(routes!(mints::retry))
        .routes(routes!(mints::retry_ended))
        .routes(routes!(baskets::list, baskets::register))
        .routes(routes!(statement::show))
        .routes(routes!(operator::pause))
        .routes(routes!(operator::resume))
        .routes(routes!(compliance::explain))
        .routes(routes!(reserves::list))
        .routes(routes!(reserves::show))
        .routes(routes!(reserves::transparency))
        .routes(routes!(events::all))
        .routes(routes!(transactions::show))
        .routes(routes!(health::health))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::metrics))
}

/// The routes that show the contract itself.
fn about() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service::card))
        .routes(routes!(service::openapi))
        .routes(routes!(docs::page))
        .route("/docs/start.js", get(docs::start))
        .route("/docs/swagger-ui.css", get(docs::style))
        .route("/docs/swagger-ui-bundle.js", get(docs::bundle))
        .routes(routes!(problems::list))
        .routes(routes!(problems::show))
}

/// All routes and the document that describes them.
fn described() -> (Router<App>, utoipa::openapi::OpenApi) {
    let (api, mut document) = api().split_for_parts();
    let (about, described_there) = about().split_for_parts();
    document.merge(described_there);
    complete(&mut document);
    let contract = Arc::new(Contract::from(&document));
    (api.merge(about.layer(Extension(contract))), document)
}

/// The routes with their middleware.
pub fn router(app: App) -> Router {
    let ids = OwnIds(app.clock.clone());
    let limit = app.settings.mint_wait + REQUEST_TIMEOUT;
    described()
        .0
        .fallback(|| async { Problem::not_found("address") })
        .method_not_allowed_fallback(|| async {
            Problem::new(ProblemCode::MethodNotAllowed, "this address has no such method")
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(app.chain.clone(), no_writes_on_foreign_chain))
        .layer(from_fn_with_state(app.clone(), authenticate))
        .layer(from_fn_with_state(limit, time_limit))
        .layer(from_fn_with_state(app.settings.own.ip(), own_host))
        .layer(from_fn_with_state(app.settings.own.ip(), note_visit))
        .layer(cors(&app.settings.cors_origins))
        .layer(CatchPanicLayer::custom(|_| {
            Problem::new(ProblemCode::Internal, "an internal error occurred").into_response()
        }))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(SetRequestIdLayer::new(REQUEST_ID, ids))
        .with_state(app)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::Value;

    use super::*;
    use crate::http::openapi::text;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a person asks this test to write the file")]
    fn openapi_document_is_the_committed_one() {
        let document = text(&described().1);
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
        let document = serde_json::to_value(described().1).unwrap();
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
                    assert!(response["content"].is_object(), "{method} {path}: {status} has no schema");
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
