//! Who asks: one layer makes the [`Caller`] that handlers take from the request, and counts the request.
//!
//! A key comes as `Authorization: Bearer`, as `x-api-key`, or in the cookie of a browser session. What came and does not
//! count is never let in as if nothing had come; a public route answers all the same.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::host::request_host;
use super::origin::is_own;
use crate::access::limits::WINDOW_SECONDS;
use crate::access::secret_text::is_live_chain;
use crate::access::{Caller, NotLetIn, RateStanding, Visit};
use crate::http::app::App;
use crate::http::problem::Problem;
use crate::http::problem_code::ProblemCode;

/// Name of the cookie of a browser session.
pub const SESSION_COOKIE: &str = "cre_session";
/// What supervisors ask for all the time: counted against nobody.
const PROBES: [&str; 2] = ["/health", "/ready"];
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Makes the caller known, if there is one, or else why there is none.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().copied() else {
        return Problem::new(ProblemCode::Internal, "an internal error occurred").into_response();
    };
    let public = app.settings.public_origin();
    let found = match presented(request.uri(), request.headers(), public) {
        Ok(Some(text)) => {
            let is_live = app.chain.identity().ok().map(|identity| is_live_chain(identity.chain_id));
            app.directory.caller(text, is_live, visit.client).await
        }
        Ok(None) => without_key(&app, visit),
        Err(why) => Err(why),
    };
    let standing = match &found {
        Ok(caller) if caller.is_anonymous() => None,
        Ok(caller) => app.limits.count_key(caller.key_id()),
        Err(_) if PROBES.contains(&request.uri().path()) => None,
        Err(_) => app.limits.count_address(visit.client),
    };
    if let Some(standing) = standing {
        request.extensions_mut().insert(standing);
    }
    let mut response = match standing.filter(|standing| standing.is_spent) {
        Some(spent) => Problem::rate_limited(spent.policy, spent.reset_seconds).into_response(),
        None => {
            match found {
                Ok(caller) => request.extensions_mut().insert(caller).map(drop),
                Err(why) => request.extensions_mut().insert(why).map(drop),
            };
            next.run(request).await
        }
    };
    if let Some(standing) = standing {
        tell(&standing, response.headers_mut());
    }
    response
}

/// Who asks without a key.
fn without_key(app: &App, visit: Visit) -> Result<Arc<Caller>, NotLetIn> {
    if !app.directory.is_heard() {
        return Err(NotLetIn::Unheard);
    }
    match app.key_needed(visit) {
        Some(why) => Err(NotLetIn::NoKey(why)),
        None => Ok(Arc::new(Caller::anonymous())),
    }
}

/// The key that came with a request. Two that differ are none: who sent the second is not known.
fn presented<'a>(
    uri: &Uri,
    headers: &'a HeaderMap,
    public: Option<&str>,
) -> Result<Option<&'a str>, NotLetIn> {
    let mut found = None;
    let bearers = headers.get_all(header::AUTHORIZATION).iter().map(|value| bearer(value));
    let keys = headers.get_all(API_KEY).iter().map(|value| value.to_str().ok().map(str::trim));
    for text in bearers.chain(keys) {
        let text = text.ok_or(NotLetIn::Malformed)?;
        match found {
            Some(other) if other != text => return Err(NotLetIn::TwoKeys),
            _ => found = Some(text),
        }
    }
    Ok(found.or_else(|| presented_session(uri, headers, public)))
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, text) = value.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(text.trim())
}

/// The session of a browser's page of the gateway's own; another page's request does not carry its rights, even if the
/// browser sends the cookie along. `public` is the origin of the gateway's public address.
#[must_use]
pub fn presented_session<'a>(uri: &Uri, headers: &'a HeaderMap, public: Option<&str>) -> Option<&'a str> {
    let host = request_host(uri, headers);
    let mut sites = headers.get_all(FETCH_SITE).iter();
    let mut origins = headers.get_all(header::ORIGIN).iter();
    if !sites.all(|site| site == "same-origin" || site == "none")
        || !origins.all(|origin| is_own(origin, host, public))
    {
        return None;
    }
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == SESSION_COOKIE).map(|(_, value)| value)
}

/// Says how much of the limit is left (draft-ietf-httpapi-ratelimit-headers: lists of strings with parameters).
fn tell(standing: &RateStanding, headers: &mut HeaderMap) {
    let RateStanding { policy, quota, remaining, reset_seconds, .. } = standing;
    let fields = [
        (RATE_LIMIT_POLICY, format!("\"{policy}\";q={quota};w={WINDOW_SECONDS}")),
        (RATE_LIMIT, format!("\"{policy}\";r={remaining};t={reset_seconds}")),
    ];
    for (name, value) in fields {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[(&'static str, &str)]) -> HeaderMap {
        let pairs =
            values.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        pairs.collect()
    }

    #[test]
    fn key_is_taken_from_either_header_and_never_from_two() {
        let of = |values: &[(&'static str, &str)]| {
            presented(&Uri::from_static("/"), &headers(values), None).map(|text| text.map(str::to_owned))
        };
        assert_eq!(of(&[]), Ok(None));
        for values in [
            &[("authorization", "Bearer k")][..],
            &[("authorization", "bearer  k")],
            &[("x-api-key", "k")],
            &[("authorization", "Bearer k"), ("x-api-key", "k")],
            &[("cookie", "a=b; cre_session=k")],
            &[("cookie", "cre_session=other"), ("x-api-key", "k")],
        ] {
            assert_eq!(of(values), Ok(Some("k".to_owned())), "{values:?}");
        }
        assert_eq!(of(&[("authorization", "Bearer k"), ("x-api-key", "l")]), Err(NotLetIn::TwoKeys));
        assert_eq!(of(&[("authorization", "Basic k")]), Err(NotLetIn::Malformed));
        assert_eq!(of(&[("authorization", "Basic k"), ("x-api-key", "k")]), Err(NotLetIn::Malformed));
    }

    #[test]
    fn session_is_for_pages_of_the_gateway_only() {
        let own = |values: &[(&'static str, &str)]| {
            let mut all = vec![("cookie", "cre_session=k"), ("host", "mint.example:3001")];
            all.extend(values);
            let public = Some("https://bank.example");
            presented_session(&Uri::from_static("/mints"), &headers(&all), public).is_some()
        };
        assert!(own(&[]) && own(&[("sec-fetch-site", "same-origin")]) && own(&[("sec-fetch-site", "none")]));
        for origin in ["https://mint.example:3001", "http://Mint.example:3001", "https://bank.example"] {
            assert!(own(&[("origin", origin)]), "{origin}");
        }
        for foreign in [
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example"),
            ("origin", "https://mint.example:3000"),
            ("origin", "https://bank.example:444"),
            ("origin", "mint.example:3001"),
            ("origin", "null"),
        ] {
            assert!(!own(&[foreign]), "{foreign:?}");
        }
    }

    #[test]
    fn limit_is_told_as_structured_fields() {
        let mut headers = HeaderMap::new();
        let standing =
            RateStanding { policy: "key", quota: 100, remaining: 42, reset_seconds: 7, is_spent: false };
        tell(&standing, &mut headers);
        assert_eq!(headers[RATE_LIMIT_POLICY], "\"key\";q=100;w=60");
        assert_eq!(headers[RATE_LIMIT], "\"key\";r=42;t=7");
    }
}
