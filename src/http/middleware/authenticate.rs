//! Who asks: one layer makes the [`Caller`] that handlers take from the request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::access::anonymous::key_needed;
use crate::access::{Caller, Visit};
use crate::http::app::App;

/// Makes the caller known, if there is one.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let visit = request.extensions().get::<Visit>().copied();
    let is_let_in = visit.is_some_and(|visit| key_needed(app.settings.exposure, visit, false).is_none());
    if is_let_in {
        request.extensions_mut().insert(Arc::new(Caller::anonymous()));
    }
    next.run(request).await
}
