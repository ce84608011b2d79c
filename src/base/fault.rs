//! Named points at which a test lets the gateway die.
//!
//! Without the cargo feature `faults` (that is: in every released build) [`point`] does nothing and nothing reads the
//! environment. With it, `CRE_FAULT_POINT=<name>:<n>` kills the process the n-th time it passes that point,
//! `<name>:<n>:stop` lets it stand still there until somebody continues it, `<name>:<n>:panic` ends the task that passes with
//! a panic, and a simulation can stop all work there.

#[cfg(feature = "faults")]
pub use armed::{Plan, Strike, arm, has_struck, passed, point, struck};

/// Does nothing.
#[cfg(not(feature = "faults"))]
#[inline]
pub async fn point(_name: &'static str) {}

/// Every point, in the order in which a mint passes them.
pub const POINTS: [&str; 14] = [
    "commit.before",
    "commit.after",
    "claim.after",
    "look.before",
    "look.after",
    "note.before",
    "note.after",
    "slot.after",
    "spawn.before",
    "spawn.after",
    "step.heard",
    "run.ended",
    "rest.before",
    "finality.before",
];

#[cfg(feature = "faults")]
mod armed {
    use std::collections::BTreeMap;
    use std::sync::{Mutex, PoisonError};

    use rustix::process::{Signal, getpid, kill_process};

    /// What happens at the point.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Strike {
        /// The process is killed.
        #[default]
        Kill,
        /// The process stands still until it is continued, and then goes on as if nothing had been.
        Stop,
        /// The task that passes panics.
        Panic,
        /// All work stops, the process lives.
        Simulated,
    }

    /// What happens where.
    #[derive(Clone, Debug, Default)]
    pub struct Plan {
        /// Name of the point.
        pub name: String,
        /// How many passes are survived.
        pub spare: u32,
        /// What happens then.
        pub strike: Strike,
    }

    #[derive(Default)]
    struct State {
        read_environment: bool,
        plan: Option<Plan>,
        has_struck: bool,
        passed: BTreeMap<&'static str, u64>,
    }

    static STRUCK: tokio::sync::Notify = tokio::sync::Notify::const_new();
    static STATE: Mutex<Option<State>> = Mutex::new(None);

    /// Makes a plan for this process; `None` lets it live.
    pub fn arm(plan: Option<Plan>) {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = state.take().map(|state| state.passed).unwrap_or_default();
        *state = Some(State { read_environment: true, plan, has_struck: false, passed });
    }

    /// Whether the planned point was reached.
    #[must_use]
    pub fn has_struck() -> bool {
        STATE.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|state| state.has_struck)
    }

    /// Waits until the planned point is reached.
    pub async fn struck() {
        loop {
            let notified = STRUCK.notified();
            if has_struck() {
                return;
            }
            notified.await;
        }
    }

    /// How often each point was passed.
    #[must_use]
    pub fn passed() -> BTreeMap<&'static str, u64> {
        let state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        state.as_ref().map(|state| state.passed.clone()).unwrap_or_default()
    }

    /// Passes a point, or dies there.
    pub async fn point(name: &'static str) {
        let signal = match strikes(name) {
            Some(Strike::Simulated) => std::future::pending().await,
            // The kernel ends us before the call returns: no destructor, no flush, as in a power cut.
            Some(Strike::Kill) => Signal::KILL,
            Some(Strike::Stop) => Signal::STOP,
            Some(Strike::Panic) => panic!("a test wanted a panic at {name}"),
            None => return,
        };
        let _ = kill_process(getpid(), signal);
    }

    /// What happens at this pass.
    fn strikes(name: &'static str) -> Option<Strike> {
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        let state = state.get_or_insert_with(State::default);
        if !state.read_environment {
            state.read_environment = true;
            state.plan = from_environment();
        }
        if state.has_struck {
            // The process is dead; whatever still runs in it stands still.
            return Some(Strike::Simulated);
        }
        *state.passed.entry(name).or_default() += 1;
        let plan = state.plan.as_mut().filter(|plan| plan.name == name)?;
        if plan.spare > 0 {
            plan.spare -= 1;
            return None;
        }
        let strike = plan.strike;
        state.plan = None;
        state.has_struck = matches!(strike, Strike::Kill | Strike::Simulated);
        STRUCK.notify_waiters();
        Some(strike)
    }

    #[expect(clippy::disallowed_methods, reason = "a test's order to die is no setting of the gateway")]
    fn from_environment() -> Option<Plan> {
        let order = std::env::var("CRE_FAULT_POINT").ok()?;
        let mut parts = order.split(':');
        let (name, count) = (parts.next()?, parts.next()?);
        let spare = count.parse::<u32>().ok()?.checked_sub(1)?;
        let strike = match parts.next() {
            Some("stop") => Strike::Stop,
            Some("panic") => Strike::Panic,
            _ => Strike::Kill,
        };
        Some(Plan { name: name.to_owned(), spare, strike })
    }
}
