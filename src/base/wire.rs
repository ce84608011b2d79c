//! Values as they are written in answers and events, with their OpenAPI schemas.

use std::borrow::Cow;

use alloy::primitives::{Address, B256};
use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use super::clock::rfc3339;

/// An address as the outside sees it: with its EIP-55 checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressText(pub Address);

impl Serialize for AddressText {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&self.0)
    }
}

impl PartialSchema for AddressText {
    fn schema() -> RefOr<Schema> {
        text("^0x[0-9a-fA-F]{40}$", "An address with its EIP-55 checksum.")
    }
}

impl ToSchema for AddressText {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Address")
    }
}

/// 32 bytes as the outside sees them: a transaction, a block, a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HashText(pub B256);

impl PartialSchema for HashText {
    fn schema() -> RefOr<Schema> {
        text("^0x[0-9a-f]{64}$", "32 bytes: a transaction, a block, or a reference on chain.")
    }
}

impl ToSchema for HashText {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Hash")
    }
}

/// A decimal number of whole tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenAmount(pub String);

impl PartialSchema for TokenAmount {
    fn schema() -> RefOr<Schema> {
        text(r"^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$", "A decimal number of whole tokens, exactly.")
    }
}

impl ToSchema for TokenAmount {}

/// An instant as the outside sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    unix_ms: i64,
}

impl Timestamp {
    /// From unix milliseconds.
    #[must_use]
    pub const fn of_ms(unix_ms: i64) -> Self {
        Self { unix_ms }
    }

    /// From unix seconds.
    #[must_use]
    pub fn of_seconds(unix_seconds: u64) -> Self {
        Self { unix_ms: i64::try_from(unix_seconds).unwrap_or(i64::MAX / 1000).saturating_mul(1000) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&rfc3339(self.unix_ms))
    }
}

impl PartialSchema for Timestamp {
    fn schema() -> RefOr<Schema> {
        let instant = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
            .description(Some("An instant: RFC 3339 in UTC, with milliseconds."))
            .examples(["2026-11-30T04:20:30.000Z"]);
        instant.into()
    }
}

impl ToSchema for Timestamp {}

fn text(pattern: &str, description: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some(pattern))
        .description(Some(description));
    text.into()
}
