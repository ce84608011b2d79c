//! Whether an endpoint has answered lately.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an endpoint that has not answered once is left alone; twice as long each further time.
const PAUSE_MIN: Duration = Duration::from_secs(2);
/// Longest that it is left alone.
const PAUSE_MAX: Duration = Duration::from_secs(60);

/// What is known of one endpoint.
#[derive(Debug, Default)]
pub(super) struct Health {
    illness: Mutex<Option<Illness>>,
    /// Until when it asked not to be asked.
    busy_until: Mutex<Option<Instant>>,
}

#[derive(Clone, Copy, Debug)]
struct Illness {
    until: Instant,
    pause: Duration,
}

impl Health {
    /// Whether it answered when it was asked last, or it is time to try it again.
    pub(super) fn is_well(&self, now: Instant) -> bool {
        let illness = *self.illness.lock().unwrap_or_else(PoisonError::into_inner);
        illness.is_none_or(|illness| illness.until <= now)
    }

    /// Whether it answered when it was asked last.
    pub(super) fn has_answered(&self) -> bool {
        self.illness.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    /// How long it still wants to be left alone, if it does.
    pub(super) fn wait_left(&self, now: Instant) -> Option<Duration> {
        let until = *self.busy_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
    }

    /// Notes that it asked to be left alone.
    pub(super) fn leave_alone(&self, wait: Duration, now: Instant) {
        *self.busy_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(now + wait);
    }

    /// Notes whether it has answered; returns whether that is news.
    pub(super) fn note(&self, has_answered: bool, now: Instant) -> bool {
        let mut illness = self.illness.lock().unwrap_or_else(PoisonError::into_inner);
        let was_ill = illness.is_some();
        let again = illness.map_or(PAUSE_MIN, |illness| (illness.pause * 2).min(PAUSE_MAX));
        *illness = (!has_answered).then(|| Illness { until: now + again, pause: again });
        was_ill == has_answered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_leaves_alone_for_longer_each_time() {
        let (health, mut now) = (Health::default(), Instant::now());
        assert!(health.is_well(now) && !health.note(true, now));
        for (at, seconds) in [2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
            assert_eq!(health.note(false, now), at == 0, "told once");
            now += Duration::from_millis(seconds * 1_000 - 1);
            assert!(!health.is_well(now), "{seconds} s");
            now += Duration::from_millis(1);
            assert!(health.is_well(now), "{seconds} s");
        }
        assert!(!health.has_answered());
        assert!(health.note(true, now) && health.is_well(now) && health.has_answered());
    }

    #[test]
    fn health_leaves_alone_for_as_long_as_it_is_asked_to() {
        let (health, now) = (Health::default(), Instant::now());
        assert_eq!(health.wait_left(now), None);
        health.leave_alone(Duration::from_secs(7), now);
        assert_eq!(health.wait_left(now + Duration::from_secs(2)), Some(Duration::from_secs(5)));
        assert_eq!(health.wait_left(now + Duration::from_secs(7)), None);
    }
}
