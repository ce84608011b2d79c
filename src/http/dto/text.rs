//! Fields of a body that must be JSON strings.

use serde::Deserialize;
use serde_json::Value;

use crate::http::problem::Problem;

/// What stands in a field that must be a JSON string; read first and judged later, so that the answer names the field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Value")]
pub enum TextField {
    /// Nothing, or null.
    #[default]
    Absent,
    /// A string.
    Text(String),
    /// Anything else.
    Other,
}

impl From<Value> for TextField {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Absent,
            Value::String(text) => Self::Text(text),
            _ => Self::Other,
        }
    }
}

impl TextField {
    /// The text, if there is one.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn optional(self, field: &str) -> Result<Option<String>, Problem> {
        match self {
            Self::Absent => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            Self::Other => Err(Problem::field(field, format!("{field} must be a JSON string"))),
        }
    }

    /// The text, which must be there.
    ///
    /// # Errors
    /// 400 that names the field.
    pub fn required(self, field: &str) -> Result<String, Problem> {
        self.optional(field)?.ok_or_else(|| Problem::field(field, format!("{field} is missing")))
    }
}
