//! Server-sent events: the event log, live, with replay after `Last-Event-ID`.

use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::seen::visible;
use crate::access::{Caller, Directory};
use crate::domain::EventKind;
use crate::domain::access::Scope;
use crate::http::app::App;
use crate::http::dto::event::{EventBody, FollowQuery};
use crate::http::extract::{Asking, LastEventId, MintId, Params};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::store::{LoggedEvent, Signal, Store, StoreError};

/// Events read from the log at once.
const PAGE: i64 = 100;
/// Pause between two keep-alive comments.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it is asked whether the reader's key still counts.
const LOOK_AT_KEY: Duration = Duration::from_millis(500);

problems! { AllProblems: InvalidRequest TooManyStreams StoreUnavailable }

/// Follow everything
///
/// A stream of server-sent events: what happens from now on, or after `Last-Event-ID`. It ends when the server stops;
/// come back with the last id.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "followEvents",
    tag = "events",
    security(("key" = ["event:read"]), ("key" = ["audit:read"])),
    params(LastEventId),
    responses(
        (status = 200, description = "The stream; `data` of each event is this.", body = EventBody,
            content_type = "text/event-stream"),
        AllProblems,
    ),
)]
pub async fn all(
    State(app): State<App>,
    Asking(asking): Asking,
    LastEventId(after): LastEventId,
) -> Result<Response, Problem> {
    // Without Last-Event-ID a stream of everything starts now, not at the beginning of time.
    let after = after.unwrap_or_else(|| app.store.head().borrow().seq);
    Ok(Tail::open(&app, asking, after, None)?.answer())
}

problems! { OfMintProblems: InvalidRequest NotFound TooManyStreams StoreUnavailable }

/// Follow a mint
///
/// A stream of server-sent events: everything that happened to the mint, or after `Last-Event-ID`, and what happens. It
/// ends with the mint; 204 where it has ended and there is nothing more to say, which ends a browser's `EventSource`.
#[utoipa::path(
    get,
    path = "/mints/{id}/events",
    operation_id = "followMint",
    tag = "events",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"]), ("orderToken" = [])),
    params(MintId, LastEventId),
    responses(
        (status = 200, description = "The stream; `data` of each event is this.", body = EventBody,
            content_type = "text/event-stream"),
        (status = 204, description = "The mint has ended, and everything that happened to it was sent."),
        OfMintProblems,
    ),
)]
pub async fn of_mint(
    State(app): State<App>,
    Asking(asking): Asking,
    LastEventId(after): LastEventId,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    visible(&app, &asking, id).await?;
    Tail::open(&app, asking, after.unwrap_or(0), Some([id].into()))?.answer_if_any().await
}

/// Follow several mints
///
/// One stream of server-sent events: everything that happened to up to 100 mints, or after `Last-Event-ID`, and what
/// happens. It ends with the last of them; 204 where all have ended and there is nothing more to say.
#[utoipa::path(
    get,
    path = "/mints/events",
    operation_id = "followMints",
    tag = "events",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"]), ("orderToken" = [])),
    params(FollowQuery, LastEventId),
    responses(
        (status = 200, description = "The stream; `data` of each event is this.", body = EventBody,
            content_type = "text/event-stream"),
        (status = 204, description = "All of the mints have ended, and everything that happened to them was sent."),
        OfMintProblems,
    ),
)]
pub async fn of_mints(
    State(app): State<App>,
    Asking(asking): Asking,
    LastEventId(after): LastEventId,
    Params(query): Params<FollowQuery>,
) -> Result<Response, Problem> {
    let mints = query.mints()?;
    for mint in &mints {
        visible(&app, &asking, *mint).await?;
    }
    Tail::open(&app, asking, after.unwrap_or(0), Some(mints))?.answer_if_any().await
}

/// A reader of the log that waits at its end.
struct Tail {
    store: Store,
    directory: Directory,
    /// Who follows it.
    reader: Arc<Caller>,
    signals: Receiver<Signal>,
    stop: CancellationToken,
    pending: VecDeque<LoggedEvent>,
    after: i64,
    /// Those whose end is awaited; `None` = everything is followed, for ever.
    open: Option<BTreeSet<Uuid>>,
    /// Those of them that may have ended: at first all, later those that an event says it of.
    unsure: BTreeSet<Uuid>,
    _room: OwnedSemaphorePermit,
}

fn events(tail: Tail) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(tail, |mut tail| async move {
        let entry = tail.next().await?;
        Some((Ok(sent(&entry)?), tail))
    })
}

impl Tail {
    fn open(
        app: &App,
        reader: Arc<Caller>,
        after: i64,
        mints: Option<BTreeSet<Uuid>>,
    ) -> Result<Self, Problem> {
        let Ok(room) = Arc::clone(&app.streams).try_acquire_owned() else {
            return Err(Problem::new(ProblemCode::TooManyStreams, "too many streams are open"));
        };
        Ok(Self {
            signals: app.store.events(),
            store: app.store.clone(),
            directory: app.directory.clone(),
            reader,
            stop: app.stop.clone(),
            pending: VecDeque::new(),
            after,
            unsure: mints.clone().unwrap_or_default(),
            open: mints,
            _room: room,
        })
    }

    fn answer(self) -> Response {
        Sse::new(events(self)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
    }

    /// Says at once that there is nothing to follow: a stream that only ends would be asked for again and again.
    async fn answer_if_any(mut self) -> Result<Response, Problem> {
        match self.refill().await? {
            true => Ok(self.answer()),
            false => Ok(StatusCode::NO_CONTENT.into_response()),
        }
    }

    /// The next event that the reader may see; `None` ends the stream (shutdown, a key that counts no more, everything
    /// followed has ended, or the store does not answer: the client comes back).
    async fn next(&mut self) -> Option<LoggedEvent> {
        loop {
            if let Some(entry) = self.pending.pop_front() {
                if EventKind::is_end(&entry.kind)
                    && let Ok(mint) = entry.subject.parse()
                {
                    self.unsure.insert(mint);
                }
                return self.directory.still_counts(&self.reader).then_some(entry);
            }
            if !self.refill_or_say().await {
                return None;
            }
            while self.pending.is_empty() {
                let signal = tokio::select! {
                    () = self.stop.cancelled() => return None,
                    signal = self.signals.recv() => signal,
                    () = tokio::time::sleep(LOOK_AT_KEY) => {
                        if self.directory.still_counts(&self.reader) {
                            continue;
                        }
                        return None;
                    }
                };
                match signal {
                    Ok(signal) if signal.seq <= self.after => {}
                    Ok(signal) if self.open.as_ref().is_some_and(|open| !open.contains(&signal.mint)) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => {
                        if !self.refill_or_say().await {
                            return None;
                        }
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }

    async fn refill_or_say(&mut self) -> bool {
        self.refill().await.unwrap_or_else(|error| {
            tracing::error!(error = ?error, "the event log cannot be read for a stream");
            false
        })
    }

    /// Reads what comes next, as far as the reader may see it; `false` when nothing can come any more.
    async fn refill(&mut self) -> Result<bool, StoreError> {
        // The states first: what brought them about is in the log by then.
        let ended = self.ended().await?;
        loop {
            let entries = match &self.open {
                Some(open) => self.store.events_of_mints(self.after, open.iter().copied(), PAGE).await?,
                None => self.store.events_after(self.after, PAGE).await?,
            };
            let Some(last) = entries.last() else { break };
            self.after = last.seq;
            self.pending = entries.into_iter().filter(|entry| shows(&self.reader, entry)).collect();
            if !self.pending.is_empty() {
                return Ok(true);
            }
        }
        let Some(open) = &mut self.open else { return Ok(true) };
        open.retain(|mint| !ended.contains(mint));
        self.unsure.clear();
        Ok(!open.is_empty())
    }

    /// Those that were not sure to go on and do not.
    async fn ended(&mut self) -> Result<BTreeSet<Uuid>, StoreError> {
        let mut ended = BTreeSet::new();
        for mint in &self.unsure {
            let stored = self.store.mint(*mint).await?;
            if stored.is_none_or(|stored| stored.mint.progress.state.is_terminal()) {
                ended.insert(*mint);
            }
        }
        self.unsure.clone_from(&ended);
        Ok(ended)
    }
}

/// Whether somebody may see an event: those of mints belong to an account, those of baskets to whoever may mint them. The
/// steps of a run name the orders and reserve accounts of others too.
pub(super) fn shows(reader: &Caller, entry: &LoggedEvent) -> bool {
    if reader.may(Scope::AuditRead) {
        return true;
    }
    if EventKind::is_about_access(&entry.kind) {
        return reader.may(Scope::Admin);
    }
    if entry.kind == EventKind::MintSteps.word() {
        return false;
    }
    if entry.kind.starts_with("mint.") {
        return *reader.account == *entry.account_id;
    }
    entry.subject.parse().is_ok_and(|stablecoin| reader.rights.reach(stablecoin))
}

fn sent(entry: &LoggedEvent) -> Option<Event> {
    let event = Event::default().id(entry.seq.to_string()).event(&entry.kind);
    event.json_data(EventBody::of(entry)).ok()
}
