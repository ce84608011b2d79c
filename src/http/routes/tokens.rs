//! What a key can be exchanged for: `POST /tokens`, and the browser session of `POST` and `DELETE /console/session`.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::keys::is_live;
use crate::access::issue::{ORDERS_MAX, SESSIONS_MAX, order_token, session};
use crate::access::secret_text::Presented;
use crate::access::{Actor, Caller};
use crate::base::public_url::PublicUrl;
use crate::http::app::App;
use crate::http::dto::token::{SessionAnswer, TokenAnswer, TokenBody, cookie_age};
use crate::http::extract::{Asking, JsonBody};
use crate::http::middleware::authenticate::{SESSION_COOKIE, presented_session};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;

problems! { TokenProblems:
    OriginNotAllowed InvalidRequest UnsupportedMediaType BodyTooLarge NotAllowed UnknownBasket BasketMismatch CrossChainUnavailable
    TooManyTokens ChainUnavailable
}

/// Make a token for one order
///
/// For a browser: it asks for exactly this order and nothing else. The same order again is the same mint, and its events
/// can be followed with the token for a day.
#[utoipa::path(
    post,
    path = "/tokens",
    operation_id = "createToken",
    tag = "access",
    security(("key" = ["mint:write"])),
    request_body = TokenBody,
    responses((status = 201, description = "Made.", body = TokenAnswer), TokenProblems),
)]
pub async fn create(
    State(app): State<App>,
    Asking(asking): Asking,
    JsonBody(body): JsonBody<TokenBody>,
) -> Result<(StatusCode, axum::Json<TokenAnswer>), Problem> {
    let (order, for_ms) = body.split()?;
    let draft = order.draft()?;
    let key = own_key(&asking)?;
    let fingerprint = app.service.fingerprint(&draft, &asking.rights).await?;
    let (token, text) = order_token(key, fingerprint, for_ms, is_live(&app)?, &app.clock);
    if !app.store.store_token(&token, ORDERS_MAX).await? {
        let message = format!("this key has {ORDERS_MAX} tokens that were not used up and have not expired");
        return Err(Problem::new(ProblemCode::TooManyTokens, message));
    }
    Ok((StatusCode::CREATED, axum::Json(TokenAnswer::of(token, text))))
}

problems! { SessionProblems: OriginNotAllowed NotAllowed TooManyTokens }

/// Begin a browser session
///
/// Turns the key into a cookie for pages of the gateway's own origin; revoking the key ends it.
#[utoipa::path(
    post,
    path = "/console/session",
    operation_id = "beginSession",
    tag = "access",
    security(("key" = [])),
    responses(
        (status = 201, description = "Begun.", body = SessionAnswer, headers(
            ("Set-Cookie" = String, description = "The session; scripts cannot read it."),
        )),
        SessionProblems,
    ),
)]
pub async fn begin(
    State(app): State<App>,
    headers: HeaderMap,
    Asking(asking): Asking,
) -> Result<Response, Problem> {
    let (token, text) = session(own_key(&asking)?, is_live(&app)?, &app.clock);
    if !app.store.store_token(&token, SESSIONS_MAX).await? {
        let message = format!("this key has {SESSIONS_MAX} sessions; end one");
        return Err(Problem::new(ProblemCode::TooManyTokens, message));
    }
    let seconds = cookie_age(&token, app.clock.now_ms()).as_secs();
    let answer = SessionAnswer { expires_at: Some(crate::base::wire::Timestamp::of_ms(token.expires_at)) };
    Ok((StatusCode::CREATED, cookie(&app, &headers, &text, seconds)?, axum::Json(answer)).into_response())
}

/// End a browser session
#[utoipa::path(
    delete,
    path = "/console/session",
    operation_id = "endSession",
    tag = "access",
    security(("key" = [])),
    responses((status = 200, description = "Ended.", body = SessionAnswer), SessionProblems),
)]
pub async fn end(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let session = presented_session(&uri, &headers, app.settings.public_origin());
    if let Some(presented) = session.and_then(Presented::parse) {
        app.store.end_token(&presented.id).await?;
    }
    Ok((cookie(&app, &headers, "", 0)?, axum::Json(SessionAnswer { expires_at: None })).into_response())
}

/// The id of the caller's key; without one nothing can be exchanged.
fn own_key(asking: &Caller) -> Result<&str, Problem> {
    match &asking.actor {
        Actor::Key { id, .. } => Ok(id),
        Actor::Anonymous => {
            let message =
                "there is no key to exchange: anonymous access is on, and whoever is here needs none";
            Err(Problem::new(ProblemCode::NotAllowed, message))
        }
    }
}

/// The cookie; only sent over TLS where the gateway is reached over TLS.
fn cookie(
    app: &App,
    headers: &HeaderMap,
    text: &str,
    seconds: u64,
) -> Result<[(header::HeaderName, HeaderValue); 1], Problem> {
    let secure = if app.settings.exposure.public_url { "; Secure" } else { "" };
    let path = cookie_path(app.settings.public_url.as_ref(), headers.get(header::ORIGIN));
    let cookie =
        format!("{SESSION_COOKIE}={text}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    let value =
        cookie.parse().map_err(|_| Problem::new(ProblemCode::Internal, "an internal error occurred"))?;
    Ok([(header::SET_COOKIE, value)])
}

/// Where the cookie is sent to. The pages ask the whole API, which a page of the public address finds below its prefix:
/// what else the proxy serves under that name does not see the session.
fn cookie_path(public: Option<&PublicUrl>, origin: Option<&HeaderValue>) -> String {
    let public = public.filter(|public| origin.is_some_and(|origin| origin == public.origin()));
    format!("{}/", public.map_or("", PublicUrl::prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_is_sent_no_further_than_the_gateway() {
        let public = PublicUrl::parse("https://bank.example/mint/v1").unwrap();
        let path = |public, origin: Option<&'static str>| {
            cookie_path(public, origin.map(HeaderValue::from_static).as_ref())
        };
        assert_eq!(path(Some(&public), Some("https://bank.example")), "/mint/v1/");
        for origin in [Some("http://localhost:3001"), Some("https://bank.example:444"), None] {
            assert_eq!(path(Some(&public), origin), "/", "{origin:?}");
        }
        let whole = PublicUrl::parse("https://bank.example").unwrap();
        assert_eq!(path(Some(&whole), Some("https://bank.example")), "/");
        assert_eq!(path(None, Some("http://localhost:3001")), "/");
    }
}
