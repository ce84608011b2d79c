//! The only source of time and of identifiers.
//!
//! Everything else receives a [`Clock`], so a test can hold time still and a restart can be placed exactly.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use alloy::primitives::{B128, B256};
use uuid::Uuid;

/// A source of time and of identifiers. Its time is the database's, once the store has read it: [`Clock::follow`].
#[derive(Clone, Debug)]
pub struct Clock {
    machine: Machine,
    /// What is added to the machine's milliseconds, so that the clock shows the time of whoever is followed.
    offset_ms: Arc<AtomicI64>,
    jump: Arc<Mutex<Option<ClockJump>>>,
}

/// What counts the milliseconds between two readings of the clock that is followed.
#[derive(Clone, Debug)]
enum Machine {
    /// The machine's monotonic clock.
    System(Instant),
    /// A test's.
    Manual(Arc<AtomicI64>),
}

/// A jump of the clock that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// By how many milliseconds; negative = backwards.
    pub by_ms: i64,
    /// When it was noticed, unix ms, by the new time.
    pub at_ms: i64,
}

impl Clock {
    /// The machine's clock, until another one is followed.
    #[must_use]
    pub fn system() -> Self {
        Self::of(Machine::System(Instant::now()), system_now_ms())
    }

    /// A clock that stands at `start_ms` (unix milliseconds) until it is moved, or another one is followed.
    #[must_use]
    pub fn manual(start_ms: i64) -> Self {
        Self::of(Machine::Manual(Arc::new(AtomicI64::new(start_ms))), 0)
    }

    fn of(machine: Machine, offset_ms: i64) -> Self {
        Self { machine, offset_ms: Arc::new(AtomicI64::new(offset_ms)), jump: Arc::default() }
    }

    /// Follows another clock that shows `now_ms` at this moment; returns by how many milliseconds this one jumped.
    pub fn follow(&self, now_ms: i64) -> i64 {
        let offset_ms = now_ms.saturating_sub(self.machine_ms());
        offset_ms.saturating_sub(self.offset_ms.swap(offset_ms, Ordering::SeqCst))
    }

    /// Remembers a jump that is worth telling.
    pub fn remember_jump(&self, by_ms: i64) {
        let jump = ClockJump { by_ms, at_ms: self.now_ms() };
        *self.jump.lock().unwrap_or_else(PoisonError::into_inner) = Some(jump);
    }

    /// The last jump that was remembered.
    #[must_use]
    pub fn last_jump(&self) -> Option<ClockJump> {
        *self.jump.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// By how many milliseconds the time that is followed is ahead of the machine's.
    #[must_use]
    pub fn ahead_of_machine_ms(&self) -> i64 {
        match &self.machine {
            Machine::System(_) => self.now_ms().saturating_sub(system_now_ms()),
            Machine::Manual(_) => self.offset_ms.load(Ordering::SeqCst),
        }
    }

    fn machine_ms(&self) -> i64 {
        match &self.machine {
            Machine::System(started) => i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            Machine::Manual(now_ms) => now_ms.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock by `by_ms` milliseconds (negative = a jump backwards); a system clock ignores it.
    pub fn advance(&self, by_ms: i64) {
        if let Machine::Manual(now_ms) = &self.machine {
            now_ms.fetch_add(by_ms, Ordering::SeqCst);
        }
    }

    /// Unix time in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.offset_ms.load(Ordering::SeqCst).saturating_add(self.machine_ms())
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

    /// 32 bytes that nobody can guess (two UUIDs of version 4: 244 random bits).
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that makes identifiers")]
    pub fn random32(&self) -> B256 {
        let [left, right] = [Uuid::new_v4(), Uuid::new_v4()].map(Uuid::into_bytes);
        B128::from(left).concat_const(B128::from(right))
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
    fn clock_follows_the_databases_and_tells_its_jump() {
        let clock = Clock::system();
        let jump = clock.follow(5_000_000);
        assert!(jump < -1_000_000_000 && (5_000_000..5_001_000).contains(&clock.now_ms()));
        assert!(clock.follow(5_010_000) >= 9_000);
        let manual = Clock::manual(7);
        assert_eq!((manual.follow(99), manual.now_ms(), manual.ahead_of_machine_ms()), (92, 99, 92));
        manual.advance(10);
        assert_eq!((manual.follow(109), manual.now_ms()), (0, 109), "both went on");
        assert_eq!(manual.last_jump(), None);
        manual.remember_jump(-4);
        assert_eq!(manual.last_jump(), Some(ClockJump { by_ms: -4, at_ms: 109 }));
    }

    #[test]
    fn identifiers_are_ordered_by_time() {
        let clock = Clock::system();
        let first = clock.new_id();
        assert!(first < clock.new_id());
    }
}
