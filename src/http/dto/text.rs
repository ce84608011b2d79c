//! Fields of a body: JSON strings, names, lists of strings, whole numbers. An answer about a wrong one names it.

use std::ops::RangeInclusive;

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

/// Reads a whole number in a range. `6139.0` is one, as in JSON Schema.
///
/// # Errors
/// 400 that names the field.
pub fn whole_number(
    field: &str,
    value: Option<Value>,
    default: i64,
    range: RangeInclusive<i64>,
) -> Result<i64, Problem> {
    let number = match value {
        None | Some(Value::Null) => Some(default),
        // Written out, only a whole number has no point.
        Some(Value::Number(number)) => {
            number.as_i64().or_else(|| number.as_f64().and_then(|number| number.to_string().parse().ok()))
        }
        Some(_) => None,
    };
    number.filter(|number| range.contains(number)).ok_or_else(|| {
        let message = format!("{field} must be a whole number from {} to {}", range.start(), range.end());
        Problem::field(field, message)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::whole_number;

    #[test]
    fn whole_numbers_may_be_written_with_a_point() {
        let read = |value: Value| whole_number("limit", Some(value), 7, 0..=1_000).ok();
        for (value, number) in [(json!(5), 5), (json!(5.0), 5), (json!(1e3), 1_000), (json!(null), 7)] {
            assert_eq!(read(value.clone()), Some(number), "{value}");
        }
        for value in
            [json!(5.5), json!(-1), json!(1_001.0), json!(1e300), json!("5"), json!(true), json!([5])]
        {
            assert_eq!(read(value.clone()), None, "{value}");
        }
    }
}
