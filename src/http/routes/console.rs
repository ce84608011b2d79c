//! `GET /console/`: the pages, for whoever opens the gateway in a browser. They are public; what they ask the API for is
//! not.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::http::accept::prefers;
use crate::http::app::App;
use crate::http::console::{ConsoleFile, page};
use crate::http::problem::Problem;

/// A file, or the page: addresses that look like no file are places in it.
pub async fn show(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().strip_prefix("/console/").unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    match ConsoleFile::find(path).filter(|_| path != "index.html") {
        Some(file) => file.send(&headers),
        None if last.contains('.') && path != "index.html" => Problem::not_found("file").into_response(),
        None => page(path.matches('/').count(), app.local_rpc(), &headers),
    }
}

/// The console's address as people type it.
pub async fn root(State(app): State<App>) -> Response {
    moved(&app, "console/", "")
}

/// Sends a browser to a page of the console instead of an answer; `up` leads from the answer's address to the root of the
/// gateway. `None`: the caller is no browser.
pub(super) fn instead(app: &App, headers: &HeaderMap, page: &str, up: &str) -> Option<Response> {
    prefers(headers, "text/html").then(|| by_accept(moved(app, page, up)))
}

/// An answer that callers with another `Accept` get in another form.
pub(super) fn by_accept(answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// Where a proxy has taken a prefix away and `PUBLIC_URL` does not tell it, only a relative address is right.
fn moved(app: &App, page: &str, up: &str) -> Response {
    let place = match app.settings.links.public() {
        Some(public) => format!("{public}/{page}"),
        None => format!("{up}{page}"),
    };
    (StatusCode::SEE_OTHER, [(header::LOCATION, place)]).into_response()
}
