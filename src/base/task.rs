//! Tasks that live as long as the gateway: one that panics or ends is begun again, and each says when it moved last.
//!
//! A task calls [`moved`] whenever it has done its work, or found that there is none. One that stands still is not helped:
//! whoever asks [`Supervisor::stalled`] is told.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Pause before a task is begun again; twice as long each further time.
const PAUSE: Duration = Duration::from_millis(200);
/// Longest such pause of what is begun again for ever.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// Ends in a row after which the gateway stops; a task that has moved in between begins a new row.
const ENDS_MAX: u32 = 5;
/// How often a task that waits for work says that it lives.
const TICK: Duration = Duration::from_secs(1);

tokio::task_local! {
    static CURRENT: Arc<Watched>;
}

/// The task has done its work, or found that there is none. Outside of a supervised task this does nothing.
pub fn moved() {
    // Tests run parts of the gateway without a supervisor.
    let _ = CURRENT.try_with(|watched| watched.move_now());
}

/// Waits for something that may take for ever, as a task that lives.
pub async fn waiting<T>(wait: impl Future<Output = T>) -> T {
    let mut wait = std::pin::pin!(wait);
    loop {
        match tokio::time::timeout(TICK, &mut wait).await {
            Ok(done) => return done,
            Err(_) => moved(),
        }
    }
}

/// Does work until it ends by itself; whenever it panics it is begun again, after ever longer pauses. For what lives as long
/// as something else does, a lease or a process, not as long as the gateway.
pub async fn restarting<F: Future<Output = ()>>(name: &'static str, mut begin: impl FnMut() -> F) {
    let mut pause = PAUSE;
    loop {
        let end = AssertUnwindSafe(async { begin().await }).catch_unwind().await;
        if end.is_ok() {
            return;
        }
        tracing::error!(task = name, why = why(end), "a task is begun again");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

/// What stands still when a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What writes to the database.
    Writer,
    /// What carries out mints and settles them.
    Worker,
    /// What follows the chain.
    Monitor,
    /// What attests reserves on schedule.
    Scheduler,
    /// Anything else.
    Upkeep,
}

/// A task about to begin.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Its name, for people.
    pub name: &'static str,
    /// What it belongs to.
    pub part: Part,
    /// Longest time between two moves.
    pub bound: Duration,
}

/// A task as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskState {
    /// Its name.
    pub name: &'static str,
    /// How long ago it moved.
    pub still_for: Duration,
    /// How often it was begun again.
    pub restarts: u64,
}

#[derive(Debug)]
struct Watched {
    task: Task,
    moved_at: Mutex<Instant>,
    moves: AtomicU64,
    restarts: AtomicU64,
}

impl Watched {
    fn move_now(&self) {
        *self.moved_at.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.moves.fetch_add(1, Ordering::Relaxed);
    }

    fn still_for(&self, now: Instant) -> Duration {
        let moved_at = *self.moved_at.lock().unwrap_or_else(PoisonError::into_inner);
        now.saturating_duration_since(moved_at)
    }

    fn state(&self, now: Instant) -> TaskState {
        let restarts = self.restarts.load(Ordering::Relaxed);
        TaskState { name: self.task.name, still_for: self.still_for(now), restarts }
    }
}

/// Watches over the tasks of one gateway.
#[derive(Clone, Debug)]
pub struct Supervisor {
    stop: CancellationToken,
    all: Arc<Mutex<Vec<Arc<Watched>>>>,
    failure: Arc<OnceLock<String>>,
}

impl Supervisor {
    /// Tasks that may end once `stop` fires. It fires by itself when one of them cannot be kept alive.
    #[must_use]
    pub fn new(stop: CancellationToken) -> Self {
        Self { stop, all: Arc::default(), failure: Arc::default() }
    }

    /// Begins a task on `tracker`, and begins it again whenever it panics, or ends before the stop signal.
    pub fn keep<F>(&self, tracker: &TaskTracker, task: Task, begin: impl FnMut() -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (supervisor, watched) = (self.clone(), self.watch(task));
        tracker.spawn(CURRENT.scope(Arc::clone(&watched), async move {
            supervisor.run(&watched, begin).await;
        }));
    }

    /// Does work that cannot be begun again; if it panics, or ends before the stop signal, the gateway stops.
    pub async fn vital(&self, name: &'static str, work: impl Future<Output = ()>) {
        let end = AssertUnwindSafe(work).catch_unwind().await;
        if end.is_err() || !self.stop.is_cancelled() {
            self.give_up(name, &why(end));
        }
    }

    /// Why the gateway stopped by itself, if it did.
    #[must_use]
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// A sentence about a task of this part that has not moved for too long, if there is one.
    #[must_use]
    pub fn stalled(&self, part: Part, now: Instant) -> Option<String> {
        self.all().iter().filter(|watched| watched.task.part == part).find_map(|watched| {
            let (still, bound) = (watched.still_for(now), watched.task.bound);
            (still > bound).then(|| {
                let (name, still, bound) = (watched.task.name, still.as_secs(), bound.as_secs());
                format!(
                    "the task {name} has not moved for {still} s; {bound} s are the most that it should take"
                )
            })
        })
    }

    /// All tasks.
    #[must_use]
    pub fn states(&self) -> Vec<TaskState> {
        let now = Instant::now();
        self.all().iter().map(|watched| watched.state(now)).collect()
    }

    fn all(&self) -> Vec<Arc<Watched>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn watch(&self, task: Task) -> Arc<Watched> {
        let watched = Arc::new(Watched {
            task,
            moved_at: Mutex::new(Instant::now()),
            moves: AtomicU64::default(),
            restarts: AtomicU64::default(),
        });
        self.all.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&watched));
        watched
    }

    async fn run<F: Future<Output = ()>>(&self, watched: &Watched, mut begin: impl FnMut() -> F) {
        let (mut ends, mut pause) = (0, PAUSE);
        loop {
            let moves = watched.moves.load(Ordering::Relaxed);
            let end = AssertUnwindSafe(async { begin().await }).catch_unwind().await;
            if end.is_ok() && self.stop.is_cancelled() {
                return;
            }
            if watched.moves.load(Ordering::Relaxed) > moves {
                (ends, pause) = (0, PAUSE);
            }
            ends += 1;
            let (task, why) = (watched.task.name, why(end));
            if ends == ENDS_MAX {
                return self.give_up(task, &why);
            }
            tracing::error!(task, why, "a task is begun again");
            watched.restarts.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    fn give_up(&self, task: &str, why: &str) {
        tracing::error!(task, why, "the gateway stops: a task cannot be kept alive");
        let sentence = format!("the task {task} cannot be kept alive: {why}");
        // Of several the first is told.
        let _ = self.failure.set(sentence);
        self.stop.cancel();
    }
}

/// How a task ended.
fn why(end: Result<(), Box<dyn Any + Send>>) -> String {
    let Err(panic) = end else { return "it ended".to_owned() };
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("it panicked: {}", message.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;

    use super::*;

    const BOUND: Duration = Duration::from_secs(30);

    fn task(part: Part) -> Task {
        Task { name: "counting", part, bound: BOUND }
    }

    /// A supervised task that does `work` with the number of its life.
    fn supervised<F: Future<Output = ()> + Send + 'static>(
        work: impl Fn(u32) -> F + Send + 'static,
    ) -> (Supervisor, TaskTracker, CancellationToken) {
        let (tracker, stop, lives) = (TaskTracker::new(), CancellationToken::new(), AtomicU32::new(0));
        let supervisor = Supervisor::new(stop.clone());
        supervisor.keep(&tracker, task(Part::Worker), move || work(lives.fetch_add(1, Ordering::Relaxed)));
        tracker.close();
        (supervisor, tracker, stop)
    }

    #[tokio::test]
    async fn task_that_panics_or_ends_is_begun_again() {
        let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
        let (supervisor, tracker, stop) = supervised(move |life| {
            let told = told.clone();
            async move {
                moved();
                told.send(life).expect("the test hears");
                match life {
                    0 => panic!("the first life ends so"),
                    1 => {}
                    _ => std::future::pending().await,
                }
            }
        });
        for life in 0..3 {
            assert_eq!(heard.recv().await, Some(life));
        }
        assert_eq!(supervisor.states()[0].restarts, 2);
        assert!(supervisor.failure().is_none() && !stop.is_cancelled());
        drop(tracker);
    }

    #[tokio::test]
    async fn task_of_a_lease_is_begun_again_until_it_ends() {
        let mut lives = 0;
        restarting("counting", || {
            lives += 1;
            let life = lives;
            async move { assert!(life > 2, "life {life} ends so") }
        })
        .await;
        assert_eq!(lives, 3);
    }

    #[tokio::test]
    async fn task_that_cannot_be_kept_alive_stops_the_gateway_with_its_reason() {
        let (supervisor, tracker, stop) = supervised(|life| async move { panic!("life {life} is over") });
        tracker.wait().await;
        assert!(stop.is_cancelled());
        assert_eq!(
            supervisor.failure(),
            Some("the task counting cannot be kept alive: it panicked: life 4 is over")
        );
        let stop = CancellationToken::new();
        let supervisor = Supervisor::new(stop.clone());
        supervisor.vital("listening", async {}).await;
        assert_eq!(supervisor.failure(), Some("the task listening cannot be kept alive: it ended"));
        assert!(stop.is_cancelled());
    }

    #[tokio::test]
    async fn task_that_stands_still_is_named_and_one_that_waits_is_not() {
        let begun = Instant::now();
        let (supervisor, tracker, stop) = supervised(|_| std::future::pending());
        let waits = Task { name: "waiting", part: Part::Monitor, bound: BOUND };
        supervisor.keep(&tracker, waits, move || {
            let until = stop.clone();
            async move { waiting(until.cancelled()).await }
        });
        let late = begun + BOUND + Duration::from_millis(1);
        assert_eq!(supervisor.stalled(Part::Worker, begun + BOUND), None);
        assert_eq!(
            supervisor.stalled(Part::Worker, begun + Duration::from_millis(35_990)).as_deref(),
            Some("the task counting has not moved for 35 s; 30 s are the most that it should take")
        );
        while supervisor.stalled(Part::Monitor, late).is_some() {
            tokio::task::yield_now().await;
        }
        assert_eq!(supervisor.stalled(Part::Writer, late), None, "there is none");
    }
}
