//! Counts the questions to an endpoint, and how long each took.

use std::task::{Context, Poll};
use std::time::Instant;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{Transport, TransportError, TransportFut};
use metrics::{counter, histogram};
use tower::{Layer, Service};

use super::answer::{Meaning, meaning_of};
use crate::base::metrics::{RPC_ERRORS, RPC_REQUEST_SECONDS};

/// Puts a meter before the transport to an endpoint.
#[derive(Clone, Debug)]
pub(super) struct Meter {
    /// Place of the endpoint in the settings, from 0: its URL may carry a key.
    pub(super) endpoint: usize,
}

impl<S> Layer<S> for Meter {
    type Service = Metered<S>;

    fn layer(&self, inner: S) -> Metered<S> {
        Metered { inner, endpoint: self.endpoint.to_string() }
    }
}

/// A transport with a meter.
#[derive(Clone, Debug)]
pub(super) struct Metered<S> {
    inner: S,
    endpoint: String,
}

impl<S: Transport> Service<RequestPacket> for Metered<S> {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: RequestPacket) -> TransportFut<'static> {
        let method = match &request {
            RequestPacket::Single(request) => request.method().to_owned(),
            RequestPacket::Batch(_) => "batch".to_owned(),
        };
        let mut question = Question { endpoint: self.endpoint.clone(), method, error: Some("abandoned") };
        let (asked, answer) = (Instant::now(), self.inner.call(request));
        Box::pin(async move {
            let answer = answer.await;
            question.error = error_of(&answer);
            histogram!(RPC_REQUEST_SECONDS, "endpoint" => question.endpoint.clone(), "method" => question.method.clone())
                .record(asked.elapsed());
            answer
        })
    }
}

/// A question on its way. Who gives it up, because another endpoint was quicker, drops it.
struct Question {
    endpoint: String,
    method: String,
    error: Option<&'static str>,
}

impl Drop for Question {
    fn drop(&mut self) {
        let Some(kind) = self.error else { return };
        let labels =
            [("endpoint", self.endpoint.clone()), ("method", self.method.clone()), ("kind", kind.to_owned())];
        counter!(RPC_ERRORS, &labels).increment(1);
    }
}

/// What kind of error an answer is, if it is one.
fn error_of(answer: &Result<ResponsePacket, TransportError>) -> Option<&'static str> {
    meaning_of(answer).map(|meant| match meant {
        Meaning::Busy(_) => "limited",
        Meaning::Refused | Meaning::Behind => "refused",
        Meaning::Unavailable => "unreachable",
    })
}
