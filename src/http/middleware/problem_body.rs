//! Writes the bodies of problems, wherever they come from.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;

use crate::http::links::Links;
use crate::http::problem::Problem;

/// Writes the body of an answer that is a problem.
pub async fn problem_body(State(links): State<Links>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        // The length of the empty body, which an inner layer may have noted.
        response.headers_mut().remove(header::CONTENT_LENGTH);
        // Such a structure has only keys that are texts, so it can always be written.
        *response.body_mut() = Body::from(serde_json::to_vec(&problem.body(&links)).unwrap_or_default());
    }
    response
}
