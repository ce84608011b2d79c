//! Scopes, as the document shows them.

use std::borrow::Cow;

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::access::Scope;

/// The words of scopes.
#[derive(Debug)]
pub enum ScopeWord {}

impl PartialSchema for ScopeWord {
    fn schema() -> RefOr<Schema> {
        let words = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("Something that a key may be allowed to do."))
            .enum_values(Some(Scope::ALL.iter().map(|scope| scope.word())));
        words.into()
    }
}

impl ToSchema for ScopeWord {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Scope")
    }
}
