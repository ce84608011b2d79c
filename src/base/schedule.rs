//! A cron schedule with seconds, by UTC.

use std::str::FromStr;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// When something happens again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule(Box<Cron>);

/// A text that is no such schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is no cron schedule with seconds")]
pub struct NoSchedule;

impl FromStr for Schedule {
    type Err = NoSchedule;

    fn from_str(text: &str) -> Result<Self, NoSchedule> {
        let parser = CronParser::builder().seconds(Seconds::Required).year(Year::Disallowed).build();
        parser.parse(text).map(|cron| Self(Box::new(cron))).map_err(|_| NoSchedule)
    }
}

impl Schedule {
    /// The first firing after this second, in unix seconds; `None` when there is none any more.
    #[must_use]
    pub fn next_after(&self, unix_seconds: u64) -> Option<u64> {
        let after = Timestamp::from_second(unix_seconds.try_into().ok()?).ok()?.to_zoned(TimeZone::UTC);
        let next = self.0.find_next_occurrence(&after, false).ok()?;
        next.timestamp().as_second().try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedule_fires_at_its_seconds() {
        let at = |time: &str| u64::try_from(time.parse::<Timestamp>().unwrap().as_second()).unwrap();
        let next = |schedule: &str, after: &str| schedule.parse::<Schedule>().unwrap().next_after(at(after));
        for (schedule, after, expected) in [
            ("0 */15 * * * *", "2026-03-01T23:45:00Z", "2026-03-02T00:00:00Z"),
            ("0 */15 * * * *", "2026-03-01T23:44:59Z", "2026-03-01T23:45:00Z"),
            ("10,40 * * * * *", "2026-03-01T23:59:41Z", "2026-03-02T00:00:10Z"),
        ] {
            assert_eq!(next(schedule, after), Some(at(expected)), "{schedule} after {after}");
        }
        for wrong in ["", "*/15 * * * *", "0 60 * * * *", "never"] {
            assert_eq!(wrong.parse::<Schedule>(), Err(NoSchedule), "{wrong}");
        }
    }
}
