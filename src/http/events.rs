//! Server-sent events: the event log, live, with replay after `Last-Event-ID`.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::App;
use super::extract::MintId;
use super::problem::Problem;
use crate::clock::rfc3339;
use crate::mint::service::Service;
use crate::store::{LoggedEvent, Signal};

/// Events read from the log at once.
const PAGE: i64 = 100;
/// Pause between two keep-alive comments.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// `GET /events`: everything that happens.
///
/// # Errors
/// 400 for a malformed `Last-Event-ID`, 503 when too many streams are open.
pub async fn all(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    // Without Last-Event-ID a stream of everything starts now, not at the beginning of time.
    let after = match last_event_id(&headers)? {
        Some(seq) => seq,
        None => app.service.store().head().borrow().seq,
    };
    stream(&app, after, None)
}

/// `GET /mints/{id}/events`: everything that happened and happens to one mint.
///
/// # Errors
/// 404 for an unknown id; otherwise as [`all`].
pub async fn of_mint(
    State(app): State<App>,
    headers: HeaderMap,
    MintId(id): MintId,
) -> Result<Response, Problem> {
    if app.service.get(id).await?.is_none() {
        return Err(Problem::not_found("mint"));
    }
    stream(&app, last_event_id(&headers)?.unwrap_or(0), Some(id))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let seq = value.to_str().ok().and_then(|text| text.trim().parse::<i64>().ok()).filter(|seq| *seq >= 0);
    match seq {
        Some(seq) => Ok(Some(seq)),
        None => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "INVALID_REQUEST",
            "Last-Event-ID must be the number of an event",
        )),
    }
}

fn stream(app: &App, after: i64, mint: Option<Uuid>) -> Result<Response, Problem> {
    let Ok(room) = Arc::clone(&app.streams).try_acquire_owned() else {
        return Err(Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "TOO_MANY_STREAMS",
            "too many streams are open",
        ));
    };
    let tail = Tail {
        signals: app.service.store().events(),
        service: app.service.clone(),
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
    service: Service,
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
        Some((Ok(written(&entry)), tail))
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
            self.pending = self.service.events(self.after, self.mint, PAGE).await.ok()?.into();
            while self.pending.is_empty() {
                let signal = tokio::select! {
                    () = self.stop.cancelled() => return None,
                    signal = self.signals.recv() => signal,
                };
                match signal {
                    Ok(signal) if signal.seq <= self.after => {}
                    Ok(signal) if self.mint.is_some_and(|mint| mint != signal.mint) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => {
                        self.pending = self.service.events(self.after, self.mint, PAGE).await.ok()?.into();
                    }
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }
}

fn written(entry: &LoggedEvent) -> Event {
    let data = serde_json::from_str::<Value>(&entry.data).unwrap_or(Value::Null);
    let body = json!({
        "seq": entry.seq,
        "mintId": entry.mint_id,
        "kind": entry.kind,
        "at": rfc3339(entry.at),
        "data": data,
        "hash": entry.hash,
    });
    Event::default().id(entry.seq.to_string()).event(&entry.kind).data(body.to_string())
}
