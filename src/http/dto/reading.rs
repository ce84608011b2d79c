//! `GET /reserves/{basket}/history`.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::Bounds;
use crate::base::money::whole_tokens;
use crate::base::wire::{Timestamp, TokenAmount};
use crate::http::problem::Problem;
use crate::store::Reading;

/// Parts into which a range is cut where the caller does not say how many.
const POINTS: u16 = 200;
/// Most of them.
const POINTS_MAX: u16 = 1_000;

/// What is asked.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct ReadingQuery {
    /// From this time on.
    #[param(required, value_type = String, format = DateTime, example = "2026-11-01T00:00:00Z")]
    from: Option<String>,
    /// Up to this time, at most 92 days after `from`.
    #[param(required, value_type = String, format = DateTime, example = "2026-12-01T00:00:00Z")]
    to: Option<String>,
    /// Equal parts into which the range is cut, of each of which the last reading is shown.
    #[param(minimum = 1, maximum = 1000, default = 200)]
    points: Option<u16>,
}

impl ReadingQuery {
    /// The range, and the parts.
    ///
    /// # Errors
    /// 400 that names the parameter.
    pub fn selection(&self) -> Result<(Range<i64>, u16), Problem> {
        let bounds = Bounds { from: "from", to: "to" };
        let range = bounds.report(self.from.as_deref(), self.to.as_deref())?;
        let points = self.points.unwrap_or(POINTS);
        if !(1..=POINTS_MAX).contains(&points) {
            return Err(Problem::field("points", format!("points must be from 1 to {POINTS_MAX}")));
        }
        Ok((range, points))
    }
}

/// What a basket owned and owed in a range of time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReserveReadings)]
pub struct ReadingList {
    /// Beginning of the range, with it.
    pub from: Timestamp,
    /// End of the range, without it.
    pub to: Timestamp,
    /// Oldest first. Each holds until the next; the first may be older than the range: it held when the range began.
    pub points: Vec<ReadingAnswer>,
}

/// What a basket owned and owed at one time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReserveReading)]
pub struct ReadingAnswer {
    /// When the gateway read it.
    pub at: Timestamp,
    /// What backed it; null while that was never proven.
    #[schema(required = true)]
    pub reserves: Option<TokenAmount>,
    /// What was issued and neither redeemed nor written off.
    pub liability: TokenAmount,
}

impl ReadingList {
    /// Shows readings of a token with these decimals.
    #[must_use]
    pub fn of(range: &Range<i64>, readings: Vec<Reading>, decimals: u8) -> Self {
        let amount = |base_units| TokenAmount(whole_tokens(base_units, decimals));
        let shown = |reading: Reading| ReadingAnswer {
            at: Timestamp::of_ms(reading.at_ms),
            reserves: reading.reserves.map(amount),
            liability: amount(reading.liability),
        };
        Self {
            from: Timestamp::of_ms(range.start),
            to: Timestamp::of_ms(range.end),
            points: readings.into_iter().map(shown).collect(),
        }
    }
}
