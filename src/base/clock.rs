//! The only source of time and of identifiers.
//!
//! Everything else receives a [`Clock`], so a test can hold time still and a restart can be placed exactly.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use uuid::Uuid;

/// A source of wall-clock time and of time-ordered identifiers.
#[derive(Clone, Debug)]
pub struct Clock {
    manual: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self { manual: None }
    }

    /// A clock that stands at `start_ms` (unix milliseconds) until it is moved.
    #[must_use]
    pub fn manual(start_ms: i64) -> Self {
        Self { manual: Some(Arc::new(AtomicI64::new(start_ms))) }
    }

    /// Moves a manual clock by `by_ms` milliseconds (negative = a jump backwards); a system clock ignores it.
    pub fn advance(&self, by_ms: i64) {
        if let Some(manual) = &self.manual {
            manual.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Unix time in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.manual {
            Some(manual) => manual.load(Ordering::SeqCst),
            None => system_now_ms(),
        }
    }

    /// Unix time in whole seconds.
    #[must_use]
    pub fn now_seconds(&self) -> u64 {
        u64::try_from(self.now_ms() / 1000).unwrap_or_default()
    }

    /// A new identifier (UUID version 7: ordered by creation time, unguessable tail).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes identifiers")]
    pub fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
fn system_now_ms() -> i64 {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_epoch.map_or(0, |elapsed| i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// Writes unix milliseconds as an RFC 3339 instant in UTC, always with milliseconds: `2026-11-30T04:20:30.000Z`.
#[must_use]
pub fn rfc3339(unix_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(unix_ms).map_or_else(|_| String::new(), |at| format!("{at:.3}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(1_790_000_000_000);
        assert_eq!(clock.now_seconds(), 1_790_000_000);
        clock.advance(-5_000);
        assert_eq!(clock.now_seconds(), 1_789_999_995);
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(1_790_000_000_120), "2026-09-21T14:13:20.120Z");
    }

    #[test]
    fn identifiers_are_ordered_by_time() {
        let clock = Clock::system();
        let first = clock.new_id();
        assert!(first < clock.new_id());
    }
}
