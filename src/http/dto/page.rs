//! What queries of lists and reports have in common: places in a list, and ranges of time.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde::{Serialize, Serializer};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use crate::http::problem::Problem;

/// Longest range of a report: a quarter.
const DAYS_MAX: i64 = 92;
/// Latest time that is understood: the end of the year 9999.
const LATEST_MS: i64 = 253_402_300_799_999;

/// A place in a list: after the mint of this time and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Unix milliseconds.
    pub at: i64,
    /// The mint.
    pub id: String,
}

impl Cursor {
    /// Reads a cursor that the gateway gave out.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let parse = || {
            let (at, id) = text.split_once('.')?;
            let digits = !at.is_empty() && at.bytes().all(|byte| byte.is_ascii_digit());
            let at = at.parse::<i64>().ok().filter(|at| digits && *at <= LATEST_MS)?;
            let is_plain = id.len() == 36 && !id.bytes().any(|byte| byte.is_ascii_uppercase());
            let id: Uuid = id.parse().ok().filter(|_| is_plain)?;
            Some(Self { at, id: id.to_string() })
        };
        parse().ok_or_else(|| Problem::field("cursor", "cursor must be the nextCursor of the page before"))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}.{}", self.at, self.id)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl PartialSchema for Cursor {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some("^[0-9]{1,14}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))
            .description(Some("A place in a list: send it as `cursor` for the page after it."));
        text.into()
    }
}

impl ToSchema for Cursor {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Cursor")
    }
}

/// Reads an instant, unix ms.
///
/// # Errors
/// 400 that names the parameter.
pub fn instant(field: &str, text: &str) -> Result<i64, Problem> {
    let at = text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond);
    at.filter(|at| (0..=LATEST_MS).contains(at)).ok_or_else(|| {
        let form = "must be an RFC 3339 instant of 1970 or later, such as 2026-11-30T00:00:00Z";
        Problem::field(field, format!("{field} {form}"))
    })
}

/// Two parameters that bound a range: from the first on, up to the second and without it.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Name of the beginning.
    pub from: &'static str,
    /// Name of the end.
    pub to: &'static str,
}

impl Bounds {
    /// Reads both, each of which may be missing.
    ///
    /// # Errors
    /// 400 that names the parameter which is wrong, or the beginning where it is later than the end.
    pub fn optional(
        self,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(Option<i64>, Option<i64>), Problem> {
        let from = from.map(|text| instant(self.from, text)).transpose()?;
        let to = to.map(|text| instant(self.to, text)).transpose()?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            let message = format!("{} is later than {}", self.from, self.to);
            return Err(Problem::field(self.from, message));
        }
        Ok((from, to))
    }

    /// Reads both, which must be there, and at most 92 days apart.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn report(self, from: Option<&str>, to: Option<&str>) -> Result<Range<i64>, Problem> {
        let (from, to) = self.optional(from, to)?;
        let missing = |field: &str| Problem::field(field, format!("{field} is missing"));
        let range = from.ok_or_else(|| missing(self.from))?..to.ok_or_else(|| missing(self.to))?;
        if range.end - range.start > DAYS_MAX * 86_400_000 {
            let message = format!("{} is more than {DAYS_MAX} days after {}", self.to, self.from);
            return Err(Problem::field(self.to, message));
        }
        Ok(range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursor_is_read_as_it_is_written() {
        let cursor = Cursor { at: 1_790_000_000_000, id: Uuid::nil().to_string() };
        assert_eq!(Cursor::parse(&cursor.to_string()).unwrap(), cursor);
        let id = Uuid::nil();
        for wrong in ["", "7", ".", &format!("-1.{id}"), &format!("+1.{id}"), &format!("1.{id}0"), "1.x"] {
            assert!(Cursor::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn report_covers_at_most_92_days() {
        let bounds = Bounds { from: "from", to: "to" };
        let report = |from: &str, to: &str| bounds.report(Some(from), Some(to)).is_ok();
        assert!(report("2026-01-01T00:00:00Z", "2026-04-03T00:00:00Z"));
        assert!(!report("2026-01-01T00:00:00Z", "2026-04-03T00:00:00.001Z"));
        assert!(report("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00"), "nothing is a range, too");
        assert!(!report("2026-01-02T00:00:00Z", "2026-01-01T00:00:00Z"));
        assert!(!report("2026-01-02", "2026-01-03T00:00:00Z"));
        assert!(bounds.report(Some("2026-01-01T00:00:00Z"), None).is_err());
    }
}
