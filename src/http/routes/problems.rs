//! `GET /problems` and `GET /problems/{slug}`: what each kind of problem means and what to do about it.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::http::accept::prefers;
use crate::http::app::App;
use crate::http::dto::problem_page::{ProblemList, ProblemPage};
use crate::http::extract::ProblemSlug;
use crate::http::problem::{CommonProblems, problems};
use crate::http::problem_code::ProblemCode;

/// Pages that load nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// List the kinds of problems
///
/// What each means, what to do, and whether to send the same request again.
#[utoipa::path(
    get,
    path = "/problems",
    operation_id = "listProblems",
    tag = "operations",
    security(()),
    responses((status = 200, description = "Every kind.", body = ProblemList), CommonProblems),
)]
pub async fn list(State(app): State<App>) -> axum::Json<ProblemList> {
    let page = |code: &ProblemCode| ProblemPage::of(*code, &app.settings.links);
    let problems = ProblemCode::ALL.iter().map(page).collect();
    axum::Json(ProblemList { problems })
}

problems! { ShowProblems: NotFound }

/// Explain a kind of problem
///
/// What the `type` of a problem leads to: JSON, or a page for people with `Accept: text/html`.
#[utoipa::path(
    get,
    path = "/problems/{slug}",
    operation_id = "getProblem",
    tag = "operations",
    security(()),
    params(ProblemSlug),
    responses(
        (status = 200, description = "The explanation.",
            content((ProblemPage = "application/json"), (String = "text/html"))),
        ShowProblems,
    ),
)]
pub async fn show(State(app): State<App>, headers: HeaderMap, ProblemSlug(code): ProblemSlug) -> Response {
    let page = ProblemPage::of(code, &app.settings.links);
    let vary = [(header::VARY, "accept")];
    if !prefers(&headers, "text/html") {
        return (vary, axum::Json(page)).into_response();
    }
    let kind =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (vary, kind, page.html()).into_response()
}
