//! Every problem that an answer can name: one table of code, status, title, what to do, and whether asking again helps.
//!
//! Statuses, titles, the problem answers of the OpenAPI document and the pages under `/problems` are made from it.

use std::borrow::Cow;

use axum::http::StatusCode;
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::FailureCode;

/// Whether the same request, sent again, may be answered otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Only after something else has changed: the request, a policy, the reserves.
    Never,
    /// Later, by itself.
    Later,
}

/// Expands the table into the enum, its list and its columns.
macro_rules! problem_codes {
    ($($name:ident $code:literal $status:ident $retry:ident $title:literal $advice:literal)+) => {
        /// A kind of problem; stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemCode {
            $(#[doc = $title] $name,)+
        }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in the answer.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status),+ }
            }

            /// Whether the same request may be answered otherwise later.
            #[must_use]
            pub const fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry),+ }
            }

            /// What it is, in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What the caller can do.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice),+ }
            }
        }
    };
}

problem_codes! {
    InvalidRequest "INVALID_REQUEST" BAD_REQUEST Never
        "The request is malformed"
        "Correct what `field` and `detail` name."
    IdempotencyKeyRequired "IDEMPOTENCY_KEY_REQUIRED" BAD_REQUEST Never
        "A key against minting twice is missing"
        "Send an `Idempotency-Key` header or a `bankReference`."
    Unauthorized "UNAUTHORIZED" UNAUTHORIZED Never
        "A key is missing or not accepted"
        "Send a key as `Authorization: Bearer`; `detail` says what is wrong with the one that came."
    ScopeMissing "SCOPE_MISSING" FORBIDDEN Never
        "The key may not do this"
        "`detail` names the scope; use a key that has it. `GET /whoami` lists those of a key."
    Restored "RESTORED" FORBIDDEN Never
        "The keys of a restored database do not count yet"
        "An administrator has to name the keys to keep, with `POST /keys/keep`."
    OriginNotAllowed "ORIGIN_NOT_ALLOWED" FORBIDDEN Never
        "The page may not change anything here"
        "Have the operator add the page's origin to `CORS_ORIGIN`; operators' routes are for the gateway's own pages."
    NotFound "NOT_FOUND" NOT_FOUND Never
        "There is no such thing"
        "Check the path and the identifier in it."
    MethodNotAllowed "METHOD_NOT_ALLOWED" METHOD_NOT_ALLOWED Never
        "The path has no such method"
        "Look the path up in `GET /openapi.json`."
    Cancelled "CANCELLED" CONFLICT Never
        "The mint was cancelled"
        "Send a new request if it is to be minted after all."
    DuplicateReference "DUPLICATE_REFERENCE" CONFLICT Never
        "The bank reference belongs to another mint"
        "Check the payment: each one has a reference of its own and is minted once."
    NotAllowed "NOT_ALLOWED" CONFLICT Never
        "The present state does not allow it"
        "Look at the mint or the basket first; `detail` says what stands in the way."
    BodyTooLarge "BODY_TOO_LARGE" PAYLOAD_TOO_LARGE Never
        "The body is too large"
        "Send the fields of the operation and nothing else."
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" UNSUPPORTED_MEDIA_TYPE Never
        "The body is not plain JSON"
        "Send `Content-Type: application/json` and no `Content-Encoding`."
    HostNotAllowed "HOST_NOT_ALLOWED" MISDIRECTED_REQUEST Never
        "The request names another server"
        "Call the gateway by its public name, or have the operator add this one to `ALLOWED_HOSTS`."
    UnknownBasket "UNKNOWN_BASKET" UNPROCESSABLE_ENTITY Never
        "The factory has no such basket"
        "Take a basket from `GET /baskets`."
    BasketMismatch "BASKET_MISMATCH" UNPROCESSABLE_ENTITY Never
        "Token and consumer belong to different baskets"
        "Take both addresses from one basket of `GET /baskets`."
    CrossChainUnavailable "CROSS_CHAIN_UNAVAILABLE" UNPROCESSABLE_ENTITY Never
        "Cross-chain delivery is not offered"
        "Leave `crossChain` out."
    IdempotencyMismatch "IDEMPOTENCY_MISMATCH" UNPROCESSABLE_ENTITY Never
        "The idempotency key belongs to another request"
        "Use a new key for a new request."
    AceRejected "ACE_REJECTED" UNPROCESSABLE_ENTITY Never
        "A compliance policy refused the mint"
        "`policy` and `reason` say which one and why; `GET /compliance/{address}` explains it."
    InvalidOrder "INVALID_ORDER" UNPROCESSABLE_ENTITY Never
        "The contracts refuse this order"
        "Correct what `reason` names."
    MintCapExceeded "MINT_CAP_EXCEEDED" UNPROCESSABLE_ENTITY Later
        "The basket's mint cap is used up"
        "Wait for the next time window."
    PorInsufficientReserves "POR_INSUFFICIENT_RESERVES" UNPROCESSABLE_ENTITY Never
        "The reserves do not cover the mint"
        "Raise the reserves by `deficit`, or ask for less; `GET /reserves` has the headroom."
    NoReserveAssigned "NO_RESERVE_ASSIGNED" UNPROCESSABLE_ENTITY Never
        "No reserve account backs the basket"
        "Have a reserve account assigned to the basket."
    AmountLimitExceeded "AMOUNT_LIMIT_EXCEEDED" UNPROCESSABLE_ENTITY Later
        "The caller's own limit is used up"
        "Ask for at most `limit` less `spent`, or wait until `resetsAt`."
    RateLimited "RATE_LIMITED" TOO_MANY_REQUESTS Later
        "Too many requests"
        "Ask again after `Retry-After`; the `RateLimit` header shows what is left."
    TooManyTokens "TOO_MANY_TOKENS" TOO_MANY_REQUESTS Later
        "The key has too many tokens or sessions"
        "Use those that there are, or wait until some have expired."
    Internal "INTERNAL" INTERNAL_SERVER_ERROR Later
        "An internal error"
        "Tell the operator the `X-Request-Id` of the answer."
    WorkflowFailed "WORKFLOW_FAILED" BAD_GATEWAY Later
        "The workflow failed"
        "Try the mint again with `POST /mints/{mintId}/retry`."
    TransmitterUnfunded "TRANSMITTER_UNFUNDED" SERVICE_UNAVAILABLE Later
        "The gateway cannot pay for a delivery"
        "Ask again; the operator has to fund the transmitter keys."
    PorStale "POR_STALE" SERVICE_UNAVAILABLE Later
        "The reserve proof is too old"
        "Ask again when the reserve source has a new figure."
    PorUnavailable "POR_UNAVAILABLE" SERVICE_UNAVAILABLE Later
        "The reserve source does not answer as it should"
        "Ask again after `Retry-After`."
    PorRipcord "POR_RIPCORD" SERVICE_UNAVAILABLE Later
        "The reserve source pulled its emergency stop"
        "Ask the attestor of the reserves."
    PorInvalid "POR_INVALID" SERVICE_UNAVAILABLE Later
        "The reserve source cannot be believed"
        "Ask the operator of the reserve source."
    CircuitOpen "CIRCUIT_OPEN" SERVICE_UNAVAILABLE Later
        "Minting of the basket is stopped"
        "`reason` says why; `GET /reserves` shows when it goes on."
    Expired "EXPIRED" SERVICE_UNAVAILABLE Later
        "The order expired before it was carried out"
        "Send it again."
    ChainUnavailable "CHAIN_UNAVAILABLE" SERVICE_UNAVAILABLE Later
        "The chain cannot be read"
        "Ask again after `Retry-After`."
    StoreUnavailable "STORE_UNAVAILABLE" SERVICE_UNAVAILABLE Later
        "The database does not answer"
        "Ask again after `Retry-After`; nothing is lost."
    TooManyStreams "TOO_MANY_STREAMS" SERVICE_UNAVAILABLE Later
        "Too many event streams are open"
        "Close one, or ask again after `Retry-After`."
    Timeout "TIMEOUT" SERVICE_UNAVAILABLE Later
        "The request took too long"
        "What was accepted goes on: ask `GET /mints`, or send the same request again."
}

impl ProblemCode {
    /// The code in lower case with dashes, as it stands in a problem's type.
    #[must_use]
    pub fn slug(self) -> String {
        self.code().to_ascii_lowercase().replace('_', "-")
    }

    /// The code of such a slug.
    #[must_use]
    pub fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.slug() == slug)
    }
}

impl From<FailureCode> for ProblemCode {
    fn from(code: FailureCode) -> Self {
        match code {
            FailureCode::InvalidRequest => Self::InvalidRequest,
            FailureCode::UnknownBasket => Self::UnknownBasket,
            FailureCode::BasketMismatch => Self::BasketMismatch,
            FailureCode::CrossChainUnavailable => Self::CrossChainUnavailable,
            FailureCode::IdempotencyMismatch => Self::IdempotencyMismatch,
            FailureCode::DuplicateReference => Self::DuplicateReference,
            FailureCode::AceRejected => Self::AceRejected,
            FailureCode::InvalidOrder => Self::InvalidOrder,
            FailureCode::MintCapExceeded => Self::MintCapExceeded,
            FailureCode::PorInsufficientReserves => Self::PorInsufficientReserves,
            FailureCode::PorStale => Self::PorStale,
            FailureCode::PorUnavailable => Self::PorUnavailable,
            FailureCode::PorRipcord => Self::PorRipcord,
            FailureCode::PorInvalid => Self::PorInvalid,
            FailureCode::CircuitOpen => Self::CircuitOpen,
            FailureCode::AmountLimitExceeded => Self::AmountLimitExceeded,
            FailureCode::NoReserveAssigned => Self::NoReserveAssigned,
            FailureCode::Expired => Self::Expired,
            FailureCode::WorkflowFailed => Self::WorkflowFailed,
            FailureCode::TransmitterUnfunded => Self::TransmitterUnfunded,
            FailureCode::ChainUnavailable => Self::ChainUnavailable,
            FailureCode::NotAllowed => Self::NotAllowed,
            FailureCode::StoreUnavailable => Self::StoreUnavailable,
        }
    }
}

impl Serialize for ProblemCode {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

/// The schema of some codes.
#[must_use]
pub fn schema_of(codes: &[ProblemCode]) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(codes.iter().map(|code| code.code())))
}

impl PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        schema_of(Self::ALL).description(Some("A kind of problem; stable.")).into()
    }
}

impl ToSchema for ProblemCode {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("ProblemCode")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn problem_codes_and_titles_are_each_their_own() {
        let codes: BTreeSet<_> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
        let titles: BTreeSet<_> = ProblemCode::ALL.iter().map(|code| code.title()).collect();
        assert_eq!((codes.len(), titles.len()), (ProblemCode::ALL.len(), ProblemCode::ALL.len()));
    }

    #[test]
    fn problem_codes_of_mints_keep_their_word() {
        let mut known = 0;
        for problem in ProblemCode::ALL {
            let Ok(code) = serde_json::from_value::<FailureCode>(Value::from(problem.code())) else {
                continue;
            };
            known += 1;
            assert_eq!(ProblemCode::from(code), *problem);
        }
        assert_eq!(known, 23, "a code of a mint is spelled otherwise here");
    }

    #[test]
    fn what_is_unavailable_may_be_asked_again() {
        for code in ProblemCode::ALL {
            let unavailable = code.status() == StatusCode::SERVICE_UNAVAILABLE;
            assert!(!unavailable || code.retry() == Retry::Later, "{}", code.code());
        }
    }
}
