//! Counts the questions to an endpoint, and how long each took.

use std::task::{Context, Poll};
use std::time::Instant;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{RpcError, TransportError, TransportFut};
use metrics::{counter, histogram};
use tower::{Layer, Service};

use crate::base::metrics::{RPC_ERRORS, RPC_REQUEST_SECONDS};

/// Codes with which providers say that they were asked too often.
const LIMITED: [i64; 2] = [-32_005, 429];

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

impl<S> Service<RequestPacket> for Metered<S>
where
    S: Service<
            RequestPacket,
            Response = ResponsePacket,
            Error = TransportError,
            Future = TransportFut<'static>,
        >,
{
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

fn error_of(answer: &Result<ResponsePacket, TransportError>) -> Option<&'static str> {
    match answer {
        Ok(packet) => {
            let error = packet.as_error()?;
            Some(if LIMITED.contains(&error.code) { "limited" } else { "refused" })
        }
        Err(RpcError::Transport(error)) if error.as_http_error().is_some_and(|error| error.status == 429) => {
            Some("limited")
        }
        Err(_) => Some("unreachable"),
    }
}
