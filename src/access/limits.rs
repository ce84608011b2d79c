//! How many requests a minute: of each key, and of each address without a good key. Counted in this process alone: n
//! instances let n times as many through.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio_util::sync::CancellationToken;

use crate::base::task;

/// Length of the window, seconds.
pub const WINDOW_SECONDS: u32 = 60;
/// Addresses that are told apart; beyond, new ones share one count.
const ADDRESSES_MAX: usize = 50_000;
/// What stands for all addresses beyond those.
const OTHERS: u128 = u128::MAX;
/// How often counts that have recovered are forgotten.
const TIDY: Duration = Duration::from_secs(30);

/// Requests a minute, as set; zero = as many as come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestLimits {
    /// Of each key.
    pub per_key: u32,
    /// Of each address, counting those without a good key.
    pub per_address: u32,
}

/// How much of a limit is left after a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateStanding {
    /// Name of the policy.
    pub policy: &'static str,
    /// Requests that it allows in a window.
    pub quota: u32,
    /// Requests that are left.
    pub remaining: u32,
    /// Seconds until more are: until one is, where none is left; until all are, else.
    pub reset_seconds: u64,
    /// Whether this request was one too many.
    pub is_spent: bool,
}

#[derive(Debug)]
struct Limiter {
    policy: &'static str,
    quota: NonZeroU32,
    counts: RateLimiter<u128, DashMapStateStore<u128>, DefaultClock, StateInformationMiddleware>,
}

impl Limiter {
    fn new(policy: &'static str, per_minute: u32) -> Option<Self> {
        let quota = NonZeroU32::new(per_minute)?;
        let counts = RateLimiter::dashmap(Quota::per_minute(quota));
        Some(Self { policy, quota, counts: counts.with_middleware::<StateInformationMiddleware>() })
    }

    fn count(&self, whose: u128) -> RateStanding {
        let standing = |remaining, reset: Duration, is_spent| RateStanding {
            policy: self.policy,
            quota: self.quota.get(),
            remaining,
            reset_seconds: reset.as_secs() + u64::from(reset.subsec_nanos() > 0),
            is_spent,
        };
        match self.counts.check_key(&whose) {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let missing = self.quota.get().saturating_sub(remaining);
                standing(remaining, state.quota().replenish_interval() * missing, false)
            }
            Err(not_until) => standing(0, not_until.wait_time_from(DefaultClock::default().now()), true),
        }
    }
}

/// The counts of this process.
#[derive(Debug)]
pub struct RequestCounts {
    keys: Option<Limiter>,
    addresses: Option<Limiter>,
}

impl RequestCounts {
    /// Counts against these limits.
    #[must_use]
    pub fn new(limits: RequestLimits) -> Self {
        Self {
            keys: Limiter::new("key", limits.per_key),
            addresses: Limiter::new("address", limits.per_address),
        }
    }

    /// Counts a request with a good key; `None` where there is no limit.
    #[must_use]
    pub fn count_key(&self, id: &str) -> Option<RateStanding> {
        let whose = u128::from_str_radix(id, 16).unwrap_or(OTHERS);
        self.keys.as_ref().map(|keys| keys.count(whose))
    }

    /// Counts a request without a good key.
    #[must_use]
    pub fn count_address(&self, address: IpAddr) -> Option<RateStanding> {
        let addresses = self.addresses.as_ref()?;
        let is_full = addresses.counts.len() >= ADDRESSES_MAX;
        Some(addresses.count(if is_full { OTHERS } else { neighbourhood(address) }))
    }

    /// Forgets counts that have recovered, until `stop` fires.
    pub async fn tidy(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(TIDY) => {}
            }
            task::moved();
            for limiter in [&self.keys, &self.addresses].into_iter().flatten() {
                limiter.counts.retain_recent();
                limiter.counts.shrink_to_fit();
            }
        }
    }
}

/// An IPv4 address, or the /64 of an IPv6 one: as many addresses as one customer gets.
fn neighbourhood(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_counted_for_each_by_itself() {
        let limits = RequestCounts::new(RequestLimits { per_key: 2, per_address: 1 });
        let first = limits.count_key("ab").unwrap();
        assert_eq!((first.policy, first.quota, first.remaining, first.is_spent), ("key", 2, 1, false));
        assert_eq!(limits.count_key("ab").unwrap().remaining, 0);
        let spent = limits.count_key("ab").unwrap();
        assert!(spent.is_spent && (29..=30).contains(&spent.reset_seconds), "{spent:?}");
        assert!(!limits.count_key("cd").unwrap().is_spent);
        let address = |text: &str| limits.count_address(text.parse().unwrap()).unwrap().is_spent;
        assert!(!address("192.0.2.1") && address("::ffff:192.0.2.1") && !address("192.0.2.2"));
        assert!(!address("2001:db8::1") && address("2001:db8::2") && !address("2001:db8:0:1::1"));
        assert_eq!(RequestCounts::new(RequestLimits::default()).count_key("ab"), None);
    }

    #[test]
    fn limits_of_very_many_addresses_have_a_bound() {
        let limits = RequestCounts::new(RequestLimits { per_key: 0, per_address: 1 });
        let count = |number: u32| limits.count_address(IpAddr::from(number.to_be_bytes())).unwrap();
        let most = u32::try_from(ADDRESSES_MAX).unwrap();
        assert!((0..most).all(|number| !count(number).is_spent));
        assert!(!count(most).is_spent && count(most + 1).is_spent, "they share one count");
        assert_eq!(limits.addresses.unwrap().counts.len(), ADDRESSES_MAX + 1);
    }
}
