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

use crate::http::app::App;
use crate::http::dto::event::EventBody;
use crate::http::extract::{LastEventId, MintId};
use crate::http::problem::{Problem, problems};
use crate::http::problem_code::ProblemCode;
use crate::store::{LoggedEvent, Signal, Store};

/// Events read from the log at once.
const PAGE: i64 = 100;
/// Pause between two keep-alive comments.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

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
    params(LastEventId),
    responses(
        (status = 200, description = "The stream; `data` of each event is this.", body = EventBody,
            content_type = "text/event-stream"),
        AllProblems,
    ),
)]
pub async fn all(State(app): State<App>, LastEventId(after): LastEventId) -> Result<Response, Problem> {
    // Without Last-Event-ID a stream of everything starts now, not at the beginning of time.
    let after = after.unwrap_or_else(|| app.store.head().borrow().seq);
    stream(&app, after, None)
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
    params(MintId, LastEventId),
    responses(
        (status = 200, description = "The stream; `data` of each event is this.", body = EventBody,
            content_type = "text/event-stream"),
        OfMintProblems,
    ),
)]
pub async fn of_mint(
    State(app): State<App>,
    LastEventId(after): LastEventId,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    if app.service.get(id).await?.is_none() {
        return Err(Problem::not_found("mint"));
    }
    stream(&app, after.unwrap_or(0), Some(id))
}

fn stream(app: &App, after: i64, mint: Option<Uuid>) -> Result<Response, Problem> {
    let Ok(room) = Arc::clone(&app.streams).try_acquire_owned() else {
        return Err(Problem::new(ProblemCode::TooManyStreams, "too many streams are open"));
    };
    let tail = Tail {
        signals: app.store.events(),
        store: app.store.clone(),
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
    /// The next event; `None` ends the stream (shutdown, or the store does not answer: the client comes back).
    async fn next(&mut self) -> Option<LoggedEvent> {
        loop {
            if let Some(entry) = self.pending.pop_front() {
                self.after = entry.seq;
                return Some(entry);
            }
            self.pending = self.read().await?;
            while self.pending.is_empty() {
                let signal = tokio::select! {
                    () = self.stop.cancelled() => return None,
                    signal = self.signals.recv() => signal,
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

fn sent(entry: &LoggedEvent) -> Option<Event> {
    let event = Event::default().id(entry.seq.to_string()).event(&entry.kind);
    event.json_data(EventBody::of(entry)).ok()
}
