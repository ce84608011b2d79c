//! Server-sent events: the event log, live, with replay after `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::mints::visible;
use crate::access::{Caller, Directory};
use crate::domain::EventKind;
use crate::domain::access::Scope;
use crate::http::app::App;
use crate::http::dto::event::EventBody;
use crate::http::extract::{Asking, LastEventId, MintId};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::store::{LoggedEvent, Signal, Store};

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
    stream(&app, asking, after, None)
}

problems! { OfMintProblems: InvalidRequest NotFound TooManyStreams StoreUnavailable }

/// Follow a mint
///
/// A stream of server-sent events: everything that happened to the mint, or after `Last-Event-ID`, and what happens.
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
    stream(&app, asking, after.unwrap_or(0), Some(id))
}

fn stream(app: &App, reader: Arc<Caller>, after: i64, mint: Option<Uuid>) -> Result<Response, Problem> {
    let Ok(room) = Arc::clone(&app.streams).try_acquire_owned() else {
        return Err(Problem::new(ProblemCode::TooManyStreams, "too many streams are open"));
    };
    let tail = Tail {
        signals: app.store.events(),
        store: app.store.clone(),
        directory: app.directory.clone(),
        reader,
        stop: app.stop.clone(),
        pending: VecDeque::new(),
        after,
        mint,
        _room: room,
    };
    Ok(Sse::new(events(tail)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response())
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
    mint: Option<Uuid>,
    _room: OwnedSemaphorePermit,
}

fn events(tail: Tail) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(tail, |mut tail| async move {
        let entry = tail.next().await?;
        Some((Ok(sent(&entry)?), tail))
    })
}

impl Tail {
    /// The next event that the reader may see; `None` ends the stream (shutdown, a key that counts no more, or the store
    /// does not answer: the client comes back).
    async fn next(&mut self) -> Option<LoggedEvent> {
        loop {
            while let Some(entry) = self.pending.pop_front() {
                self.after = entry.seq;
                if shows(&self.reader, &entry) {
                    return self.directory.still_counts(&self.reader).then_some(entry);
                }
            }
            self.pending = self.read().await?;
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
                    Ok(signal) if self.mint.is_some_and(|mint| mint != signal.mint) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => self.pending = self.read().await?,
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }

    async fn read(&self) -> Option<VecDeque<LoggedEvent>> {
        match self.store.events_after(self.after, self.mint, PAGE).await {
            Ok(entries) => Some(entries.into()),
            Err(error) => {
                tracing::error!(error = ?error, "the event log cannot be read for a stream");
                None
            }
        }
    }
}

/// Whether somebody may see an event: those of mints belong to an account, those of baskets to whoever may mint them. The
/// steps of a run name the orders and reserve accounts of others too.
fn shows(reader: &Caller, entry: &LoggedEvent) -> bool {
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
