//! `GET /docs`: the OpenAPI document for people, by Swagger UI, whose files are part of the program.

use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::problem::CommonProblems;

/// Nothing but this gateway's own files, and nothing of anybody else's.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The files change with the program only.
const KEPT: &str = "public, max-age=3600";

const PAGE: &str = include_str!("../docs/index.html");
const START: &str = include_str!("../docs/start.js");
const BUNDLE: &[u8] = include_bytes!("../docs/swagger-ui/swagger-ui-bundle.js.gz");
const STYLE: &[u8] = include_bytes!("../docs/swagger-ui/swagger-ui.css.gz");

/// API reference
///
/// The OpenAPI document as a page that needs no other server.
#[utoipa::path(
    get,
    path = "/docs",
    operation_id = "getDocs",
    tag = "operations",
    security(()),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), CommonProblems),
)]
pub async fn page() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, PAGE).into_response()
}

/// The script that starts the page.
pub async fn start() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, KEPT)];
    (headers, START).into_response()
}

/// Swagger UI.
pub async fn bundle() -> Response {
    compressed("text/javascript; charset=utf-8", BUNDLE)
}

/// Its style sheet.
pub async fn style() -> Response {
    compressed("text/css; charset=utf-8", STYLE)
}

/// A file that is kept compressed: every browser takes it like this.
fn compressed(kind: &'static str, content: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_ENCODING, "gzip"),
        (header::CACHE_CONTROL, KEPT),
        (header::VARY, "accept-encoding"),
    ];
    (headers, content).into_response()
}
