//! Errors as HTTP: RFC 9457 problem details that also carry the guide's `success` and `error`.

use std::collections::BTreeMap;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::schema::{AllOfBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};
use uuid::Uuid;

use super::links::Links;
use super::problem_code::{ProblemCode, Retry, schema_of};
use crate::access::NotLetIn;
use crate::basket::BasketError;
use crate::chain::ChainError;
use crate::domain::{Failure, Mint, State};
use crate::mint::failure_map;
use crate::mint::view::{EvidenceView, MintStatus};
use crate::reserve::GuardError;
use crate::store::StoreError;

/// The media type of a problem.
const PROBLEM_JSON: &str = "application/problem+json";
/// Seconds after which a caller may ask again, where that makes sense.
const RETRY_AFTER_SECONDS: u64 = 5;
/// What every route can answer.
const ALWAYS: [ProblemCode; 8] = [
    ProblemCode::Unauthorized,
    ProblemCode::ScopeMissing,
    ProblemCode::Restored,
    ProblemCode::RateLimited,
    ProblemCode::HostNotAllowed,
    ProblemCode::Internal,
    ProblemCode::StoreUnavailable,
    ProblemCode::Timeout,
];
/// The type of a problem about a limit of requests, which is everybody's.
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";

/// An error as the caller sees it.
#[derive(Clone, Debug)]
pub struct Problem {
    code: ProblemCode,
    detail: String,
    evidence: Box<EvidenceView>,
    mint: Option<(Uuid, State)>,
    /// The limits that a request went over.
    violated_policies: Option<[&'static str; 1]>,
}

impl Problem {
    /// A problem with one sentence about this occurrence.
    #[must_use]
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), evidence: Box::default(), mint: None, violated_policies: None }
    }

    /// 400.
    #[must_use]
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(ProblemCode::InvalidRequest, detail)
    }

    /// 400 for one field of the request.
    #[must_use]
    pub fn field(field: &str, detail: impl Into<String>) -> Self {
        Self::invalid(detail).about_field(field)
    }

    /// 404.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemCode::NotFound, format!("there is no such {what}"))
    }

    /// 429: too many requests against this policy; the next is let through after so many seconds.
    #[must_use]
    pub fn rate_limited(policy: &'static str, retry_after_seconds: u64) -> Self {
        let mut problem = Self::new(ProblemCode::RateLimited, format!("too many requests of this {policy}"));
        problem.evidence.retry_after_seconds = Some(retry_after_seconds.max(1));
        problem.violated_policies = Some([policy]);
        problem
    }

    /// The same problem, naming a field of the request.
    #[must_use]
    pub fn about_field(mut self, field: &str) -> Self {
        self.evidence.field = Some(field.to_owned());
        self
    }

    /// The field of the request that is wrong.
    #[cfg(test)]
    pub(super) fn field_name(&self) -> Option<&str> {
        self.evidence.field.as_deref()
    }

    /// The same problem, naming the mint that it is about.
    #[must_use]
    pub fn about_mint(mut self, mint: &Mint) -> Self {
        self.mint = Some((mint.id, mint.progress.state));
        self
    }

    /// The problem of a mint that ended without being minted.
    #[must_use]
    pub fn of_mint(mint: &Mint) -> Self {
        let problem = match &mint.progress.failure {
            Some(failure) if mint.progress.state != State::Cancelled => Self::from(failure.clone()),
            _ => Self::new(ProblemCode::Cancelled, "this mint was cancelled"),
        };
        problem.about_mint(mint)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        let evidence = Box::new(EvidenceView::from(*failure.evidence));
        Self { evidence, ..Self::new(failure.code.into(), failure.detail) }
    }
}

impl From<ChainError> for Problem {
    fn from(error: ChainError) -> Self {
        failure_map::of_chain_error(&error).into()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Failure::from(error).into()
    }
}

impl From<GuardError> for Problem {
    fn from(error: GuardError) -> Self {
        Failure::from(error).into()
    }
}

impl From<NotLetIn> for Problem {
    fn from(why: NotLetIn) -> Self {
        let code = match why {
            NotLetIn::Unheard => ProblemCode::StoreUnavailable,
            NotLetIn::Restored => ProblemCode::Restored,
            _ => ProblemCode::Unauthorized,
        };
        Self::new(code, why.to_string())
    }
}

impl From<BasketError> for Problem {
    fn from(error: BasketError) -> Self {
        Failure::from(error).into()
    }
}

/// The address of the page that explains a kind of problem; too many requests are a kind that IANA has registered.
#[must_use]
pub fn problem_type(code: ProblemCode, links: &Links) -> String {
    match code {
        ProblemCode::RateLimited => QUOTA_EXCEEDED.to_owned(),
        code => links.location(&format!("/problems/{}", code.slug())),
    }
}

/// A problem: RFC 9457, with the guide's `success` and `error`, and what backs the code.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct ProblemBody<'a> {
    /// The kind of problem: the address of a page that explains it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", examples("/problems/ace-rejected"))]
    pub kind: String,
    /// The kind of problem in a few words.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(examples(422))]
    pub status: u16,
    /// What happened: one sentence for people.
    pub detail: &'a str,
    /// Always false: nothing was minted by this request.
    pub success: bool,
    /// The same sentence as `detail`.
    pub error: &'a str,
    /// The kind of problem as a stable word.
    pub code: ProblemCode,
    /// What backs it.
    #[serde(flatten)]
    pub evidence: &'a EvidenceView,
    /// The mint that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mint_id: Option<Uuid>,
    /// Where that mint stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<MintStatus>)]
    pub mint_status: Option<State>,
    /// The limits of requests that this one went over.
    #[serde(rename = "violated-policies", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<String>>)]
    pub violated_policies: Option<[&'static str; 1]>,
}

impl IntoResponse for Problem {
    /// Status and headers. The layer `problem_body` writes the body: it knows by which address callers reach the gateway.
    fn into_response(self) -> Response {
        let status = self.code.status();
        let mut response = status.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
            let seconds = self.evidence.retry_after_seconds.unwrap_or(RETRY_AFTER_SECONDS);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl Problem {
    /// What callers read of it.
    #[must_use]
    pub fn body(&self, links: &Links) -> ProblemBody<'_> {
        ProblemBody {
            kind: problem_type(self.code, links),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            success: false,
            error: &self.detail,
            code: self.code,
            evidence: &self.evidence,
            mint_id: self.mint.map(|(id, _)| id),
            mint_status: self.mint.map(|(_, state)| state),
            violated_policies: self.violated_policies,
        }
    }
}

/// Declares a type that stands for the problems of a route in its OpenAPI description: their codes, and what else each
/// of these answers carries.
macro_rules! problems {
    ($name:ident: $($code:ident)+ $(; $header:literal $description:literal)*) => {
        enum $name {}

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                use $crate::http::problem_code::ProblemCode;
                $crate::http::problem::responses(&[$(ProblemCode::$code),+], &[$(($header, $description)),*])
            }
        }
    };
}
pub(super) use problems;

/// What every route can answer, and all that some can.
#[derive(Debug)]
pub enum CommonProblems {}

impl IntoResponses for CommonProblems {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        responses(&[], &[])
    }
}

/// The problem answers of a route that can meet these problems, one for each status.
#[must_use]
pub fn responses(
    codes: &[ProblemCode],
    headers: &[(&str, &str)],
) -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
    let mut by_status: BTreeMap<u16, Vec<ProblemCode>> = BTreeMap::new();
    for code in codes.iter().chain(&ALWAYS) {
        let same_status = by_status.entry(code.status().as_u16()).or_default();
        if !same_status.contains(code) {
            same_status.push(*code);
        }
    }
    let mut all = BTreeMap::new();
    for (status, codes) in by_status {
        all.insert(status.to_string(), RefOr::T(response(status, &codes, headers)));
    }
    all
}

fn response(status: u16, codes: &[ProblemCode], headers: &[(&str, &str)]) -> utoipa::openapi::Response {
    let lines = codes.iter().map(|code| {
        let again = match code.retry() {
            Retry::Never => "",
            Retry::Later => " The same request may succeed later.",
        };
        format!("`{}`: {}. {}{again}", code.code(), code.title(), code.advice())
    });
    let narrowed = ObjectBuilder::new().property("code", schema_of(codes));
    let schema = AllOfBuilder::new().item(Ref::from_schema_name("Problem")).item(narrowed);
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut answer = ResponseBuilder::new()
        .description(lines.collect::<Vec<_>>().join("\n\n"))
        .content(PROBLEM_JSON, content);
    for (name, description) in headers {
        answer = answer.header(*name, header_of(Type::String, description));
    }
    if [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS]
        .map(|code| code.as_u16())
        .contains(&status)
    {
        let description = "Seconds after which asking again makes sense.";
        answer = answer.header("Retry-After", header_of(Type::Integer, description));
    }
    answer.build()
}

/// A header of an answer.
#[must_use]
pub fn header_of(kind: Type, description: &str) -> Header {
    let schema = ObjectBuilder::new().schema_type(SchemaType::Type(kind));
    HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::public_url::PublicUrl;

    #[test]
    fn problem_type_is_the_address_of_its_page() {
        let own = "127.0.0.1:3001".parse().unwrap();
        let public = PublicUrl::parse("https://bank.example/gateway").unwrap();
        let (here, there) = (Links::new(None, own), Links::new(Some(&public), own));
        assert_eq!(problem_type(ProblemCode::NotFound, &here), "/problems/not-found");
        let page = "https://bank.example/gateway/problems/not-found";
        assert_eq!(problem_type(ProblemCode::NotFound, &there), page);
        assert_eq!(problem_type(ProblemCode::RateLimited, &there), QUOTA_EXCEEDED);
    }
}
