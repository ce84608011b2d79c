//! `POST /mints/retry`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::text::{TextField, whole_number};
use crate::domain::FailureCode;
use crate::domain::request::Draft;
use crate::http::problem::Problem;

/// Most mints of one request.
const LIMIT_MAX: i64 = 1_000;

/// Which ended mints are tried again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = RetryRequest)]
pub struct RetryBody {
    /// The code that they ended with.
    #[serde(default)]
    #[schema(value_type = String, required = true, examples("EXPIRED"))]
    code: TextField,
    /// Their basket: a registered name, or the address of its token or consumer.
    #[serde(default)]
    #[schema(value_type = String, required = true)]
    basket: TextField,
    /// Most mints that are tried again.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1000, default = 1000)]
    limit: Option<Value>,
}

/// What a [`RetryBody`] selects.
#[derive(Debug)]
pub struct Selection {
    /// The code that they ended with.
    pub code: FailureCode,
    /// Names the basket.
    pub draft: Draft,
    /// Most mints.
    pub limit: i64,
}

impl RetryBody {
    /// Reads the selection.
    ///
    /// # Errors
    /// A problem that names the field which is missing or wrong.
    pub fn selection(self) -> Result<Selection, Problem> {
        let word = self.code.required("code")?;
        let code = FailureCode::of_name(&word).ok_or_else(|| {
            let known: Vec<&str> = FailureCode::ALL.iter().map(|code| code.name()).collect();
            Problem::field("code", format!("code must be one of {}", known.join(", ")))
        })?;
        let limit = whole_number("limit", self.limit, LIMIT_MAX, 1..=LIMIT_MAX)?;
        let draft = Draft { basket: Some(self.basket.required("basket")?), ..Draft::default() };
        Ok(Selection { code, draft, limit })
    }
}

/// What became of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Retried)]
pub struct RetryAnswer {
    /// Mints that are queued again.
    pub retried: u64,
    /// Mints whose reference another one holds by now, or that changed in the meantime.
    pub skipped: u64,
    /// Mints that grants, limits, breaker or reserves would refuse as a new request now; they keep their end.
    pub refused: u64,
}
