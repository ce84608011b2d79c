//! One question, asked again where its answer was lost or the endpoint wants it a moment later: nothing that is asked here
//! changes anything.

use std::task::{Context, Poll};
use std::time::Duration;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{RpcError, Transport, TransportError, TransportErrorKind, TransportFut};
use tower::{Layer, Service};

use super::answer::{Meaning, meaning_of};

/// Pauses before a question is asked again; after the last one the failure counts.
const PAUSES: [Duration; 2] = [Duration::from_millis(100), Duration::from_millis(400)];
/// Whoever wants to be left alone for longer than this is left alone by everybody.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// Wraps a transport.
#[derive(Clone, Copy, Debug)]
pub(super) struct AskAgain;

/// The wrapped transport.
#[derive(Clone, Debug)]
pub(super) struct AskingAgain<S>(S);

impl<S> Layer<S> for AskAgain {
    type Service = AskingAgain<S>;

    fn layer(&self, inner: S) -> AskingAgain<S> {
        AskingAgain(inner)
    }
}

impl<S: Transport + Clone> Service<RequestPacket> for AskingAgain<S> {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, question: RequestPacket) -> TransportFut<'static> {
        let mut inner = self.0.clone();
        Box::pin(async move {
            for pause in PAUSES {
                let answer = inner.call(question.clone()).await;
                let Some(pause) = pause_after(&answer, pause) else { return answer };
                tokio::time::sleep(pause).await;
            }
            inner.call(question).await
        })
    }
}

/// How long to wait before the question is asked again; nothing where it is not.
fn pause_after(answer: &Result<ResponsePacket, TransportError>, pause: Duration) -> Option<Duration> {
    if answer.as_ref().is_err_and(is_timeout) {
        return None;
    }
    match meaning_of(answer)? {
        Meaning::Unavailable => Some(pause),
        Meaning::Busy(wait) => Some(wait.unwrap_or(pause).max(pause)).filter(|wait| *wait <= WAIT_MAX),
        Meaning::Refused | Meaning::Behind => None,
    }
}

/// Whether it was waited for long enough.
fn is_timeout(error: &TransportError) -> bool {
    let RpcError::Transport(TransportErrorKind::Custom(error)) = error else { return false };
    error.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout)
}
