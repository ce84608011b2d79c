//! Fields of a body: JSON strings, names, lists of strings, seconds. An answer about a wrong one names it.

use serde::Deserialize;
use serde_json::Value;

use crate::base::text::is_unprintable;
use crate::http::problem::Problem;

/// Most characters of a name.
const NAME_CHARS_MAX: usize = 64;

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

/// Reads a name for people: 1 to 64 printable characters.
///
/// # Errors
/// 400 that names the field.
pub fn name(field: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > NAME_CHARS_MAX || text.chars().any(is_unprintable) {
        let message = format!("{field} must be 1 to {NAME_CHARS_MAX} printable characters");
        return Err(Problem::field(field, message));
    }
    Ok(text.to_owned())
}

/// Reads a list of strings.
///
/// # Errors
/// 400 that names the field.
pub fn texts(field: &str, value: Option<Value>) -> Result<Option<Vec<String>>, Problem> {
    let wrong = || Problem::field(field, format!("{field} must be a list of JSON strings"));
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(items)) => {
            let text = |item: Value| item.as_str().map(str::to_owned).ok_or_else(wrong);
            items.into_iter().map(text).collect::<Result<_, _>>().map(Some)
        }
        Some(_) => Err(wrong()),
    }
}

/// Reads a whole number of seconds in a range.
///
/// # Errors
/// 400 that names the field.
pub fn seconds(field: &str, value: Option<Value>, default: i64, range: (i64, i64)) -> Result<i64, Problem> {
    let number = match value {
        None | Some(Value::Null) => Some(default),
        Some(value) => value.as_i64(),
    };
    number.filter(|number| (range.0..=range.1).contains(number)).ok_or_else(|| {
        Problem::field(field, format!("{field} must be a whole number from {} to {}", range.0, range.1))
    })
}
