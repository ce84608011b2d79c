//! A gateway at work: its tasks, each of them supervised, and its end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OnceCell};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::access::{RestoreLook, make_first_key};
use super::error::Failed;
use super::listeners::Listeners;
use super::upkeep::{OnChain, check_log, follow_events, follow_time};
use crate::base::metrics;
use crate::base::task::{Part, Supervisor, Task};
use crate::config::ChainConfig;
use crate::deployment::watch;
use crate::http::serve::Limits;
use crate::http::{self, App};
use crate::mint::worker::Worker;
use crate::reserve::attest::Scheduler;
use crate::reserve::monitor;
use crate::store::Store;
use crate::store::lease::Work;
use crate::store::writer::Writer;

/// How long running workflows may go on after the stop signal.
const GRACE: Duration = Duration::from_secs(20);
/// Longest wait for each part to end after that.
const END: Duration = Duration::from_secs(30);
/// Longest wait for the database to hear that its connections end.
const FAREWELL: Duration = Duration::from_secs(5);
/// Longest time between two moves of a task that only asks the database.
const QUESTIONS: Duration = Duration::from_secs(30);
/// The same of one that asks the chain, for all baskets.
const LOOKS: Duration = Duration::from_secs(60);

/// Waits for something to end, but not for ever: what was accepted is stored, and the next start goes on from there.
async fn in_time(what: &str, end: impl Future<Output = ()>) -> Result<(), Failed> {
    let ended = tokio::time::timeout(END, end).await;
    ended.map_err(|_| Failed(format!("the gateway stops: {what} did not end within {} s", END.as_secs())))
}

/// All that a gateway needs to be served.
pub(super) struct Running {
    pub(super) listeners: Listeners,
    pub(super) app: App,
    pub(super) worker: Worker,
    pub(super) scheduler: Scheduler,
    pub(super) lease: Duration,
    pub(super) run_timeout: Duration,
    pub(super) monitor_interval: Duration,
    pub(super) chain: ChainConfig,
    pub(super) state_dir: PathBuf,
    /// When the newest event was logged before this start, unix ms; `None` = there was none.
    pub(super) newest_ms: Option<i64>,
}

impl Running {
    /// Serves until the stop signal; then lets running workflows end, then ends them. What follows the chain begins when
    /// it was found to be the right one; who waits to be minted is told why he waits, and ends at his deadline, without it.
    ///
    /// # Errors
    /// Why it stopped without a signal.
    pub(super) async fn serve(self, writer: Writer) -> Result<(), Failed> {
        let (app, supervisor) = (self.app.clone(), self.app.supervisor.clone());
        let (store, shutdown) = (app.store.clone(), app.stop.clone());
        let (tasks, hard_stop) = (self.worker.tasks().clone(), self.worker.hard_stop().clone());
        let writing = TaskTracker::new();
        let writer = Arc::new(Mutex::new(writer));
        supervisor.keep(&writing, asking("writer", Part::Writer), move || {
            let writer = Arc::clone(&writer);
            async move { writer.lock().await.work().await }
        });
        self.keep_what_asks_the_database(&supervisor, &tasks);
        let restore = RestoreLook {
            guard: app.guard.clone(),
            directory: app.directory.clone(),
            newest_ms: self.newest_ms,
        };
        let restore = restore.at_start().await;
        self.keep_what_asks_the_chain(&supervisor, &tasks, restore);
        let Listeners { api, operator } = self.listeners;
        let operators = async {
            if let Some(listener) = operator {
                let routes = http::operator_router(app.clone());
                let serve = http::serve::serve(vec![listener], routes, Limits::OPERATORS, shutdown.clone());
                supervisor.vital("serving operators", serve).await;
            }
        };
        let serve = http::serve::serve(api, http::router(app.clone()), Limits::default(), shutdown.clone());
        tokio::join!(supervisor.vital("serving", serve), operators);
        tasks.close();
        if tokio::time::timeout(GRACE, tasks.wait()).await.is_err() {
            hard_stop.cancel();
            in_time("its tasks", tasks.wait()).await?;
        }
        in_time("the processes of the workflow", app.executor.close()).await?;
        store.close_writes();
        writing.close();
        in_time("the writer", writing.wait()).await?;
        // A connection that answers nothing any more takes nothing with it: all that was to be written is written.
        if tokio::time::timeout(FAREWELL, store.close()).await.is_err() {
            tracing::warn!("connections to the database were left: they do not answer");
        }
        supervisor.failure().map_or(Ok(()), |why| Err(Failed(why.to_owned())))
    }

    fn keep_what_asks_the_database(&self, supervisor: &Supervisor, tasks: &TaskTracker) {
        let Self { app, worker, lease, .. } = self;
        let (store, stop): (Store, CancellationToken) = (app.store.clone(), app.stop.clone());
        tasks.spawn(check_log(store.clone(), stop.clone()));
        let of_worker = worker.clone();
        supervisor.keep(tasks, asking("minting", Part::Worker), move || of_worker.clone().run(Work::Mint));
        let of_worker = worker.clone();
        supervisor.keep(tasks, asking("expiring", Part::Worker), move || of_worker.clone().expire());
        let (of_store, until, clock, lease) = (store.clone(), stop.clone(), app.clock.clone(), *lease);
        supervisor.keep(tasks, asking("reading the time", Part::Upkeep), move || {
            follow_time(of_store.clone(), clock.clone(), lease, until.clone())
        });
        // Where no other process writes, no event is made elsewhere.
        if !store.is_exclusive() {
            let until = stop.clone();
            supervisor.keep(tasks, asking("relaying events", Part::Upkeep), move || {
                follow_events(store.clone(), until.clone())
            });
        }
        let (directory, until) = (app.directory.clone(), stop.clone());
        supervisor.keep(tasks, asking("following keys", Part::Upkeep), move || {
            directory.clone().follow(until.clone())
        });
        let until = stop.clone();
        supervisor.keep(tasks, asking("measuring", Part::Upkeep), move || metrics::keep(until.clone()));
        let limits = Arc::clone(&app.limits);
        let tidying = Task { name: "forgetting counts", part: Part::Upkeep, bound: LOOKS };
        supervisor.keep(tasks, tidying, move || {
            let (limits, until) = (Arc::clone(&limits), stop.clone());
            async move { limits.tidy(until).await }
        });
    }

    fn keep_what_asks_the_chain(
        &self,
        supervisor: &Supervisor,
        tasks: &TaskTracker,
        restore: Option<RestoreLook>,
    ) {
        let Self { app, worker, scheduler, run_timeout, monitor_interval, .. } = self;
        let on_chain = OnChain { chain: app.chain.clone(), stop: app.stop.clone() };
        let watching = Task { name: "watching the chain", part: Part::Upkeep, bound: LOOKS };
        let (chain, config, store, stop) =
            (app.chain.clone(), self.chain.clone(), app.store.clone(), app.stop.clone());
        supervisor
            .keep(tasks, watching, move || watch(chain.clone(), config.clone(), store.clone(), stop.clone()));
        let (begin, of_worker) = (on_chain.clone(), worker.clone());
        supervisor.keep(tasks, asking("settling", Part::Worker), move || {
            begin.clone().run(of_worker.clone().run(Work::Settle))
        });
        let (begin, of_worker) = (on_chain.clone(), worker.clone());
        let finality = Task { name: "following finality", part: Part::Worker, bound: LOOKS };
        supervisor.keep(tasks, finality, move || begin.clone().run(of_worker.clone().follow_finality()));
        let (begin, keys, state_dir) = (on_chain.clone(), app.clone(), self.state_dir.clone());
        let (first_look, restore) = (Arc::new(OnceCell::new()), Arc::new(restore));
        let monitor = Task { name: "monitoring", part: Part::Monitor, bound: *monitor_interval * 3 + LOOKS };
        supervisor.keep(tasks, monitor, move || {
            let (app, state_dir) = (keys.clone(), state_dir.clone());
            let (first_look, restore) = (Arc::clone(&first_look), Arc::clone(&restore));
            begin.clone().run(async move {
                let look = || async {
                    make_first_key(app.clone(), &state_dir).await;
                    if let Some(restore) = &*restore {
                        restore.until_seen(&app.stop).await;
                    }
                };
                first_look.get_or_init(look).await;
                monitor::follow(app.guard.clone(), app.stop.clone()).await;
            })
        });
        if let Some(rhythm) = scheduler.rhythm() {
            let scheduler = scheduler.clone();
            let attesting =
                Task { name: "attesting", part: Part::Scheduler, bound: *run_timeout * 2 + LOOKS };
            supervisor
                .keep(tasks, attesting, move || on_chain.clone().run(scheduler.clone().run(rhythm.clone())));
        }
    }
}

/// A task that only asks the database.
const fn asking(name: &'static str, part: Part) -> Task {
    Task { name, part, bound: QUESTIONS }
}
