//! JSON-RPC over HTTP.
//!
//! Providers answer too many calls with status 429 and a JSON-RPC error beside a `Retry-After`, which the library's own
//! transport drops then; and it reads answers of any size.

use std::task::{Context, Poll};
use std::time::Duration;

use alloy::rpc::json_rpc::{RequestPacket, ResponsePacket};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use tower::Service;

/// Longest answer that is read: logs of many blocks are the longest.
const ANSWER_MAX: usize = 64 << 20;

/// One endpoint.
#[derive(Clone, Debug)]
pub(super) struct HttpTransport {
    client: Client,
    url: Url,
}

impl HttpTransport {
    pub(super) const fn new(client: Client, url: Url) -> Self {
        Self { client, url }
    }
}

impl Service<RequestPacket> for HttpTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, question: RequestPacket) -> TransportFut<'static> {
        let request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        Box::pin(async move {
            let question = serde_json::to_vec(&question).map_err(TransportError::ser_err)?;
            let answer = request.body(question).send().await.map_err(TransportErrorKind::custom)?;
            let (status, wait) = (answer.status(), wait_of(&answer));
            let body = read(answer).await?;
            understand(status, wait, &body)
        })
    }
}

/// For how long the endpoint wants to be left alone, if it says so in seconds.
fn wait_of(answer: &Response) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

async fn read(mut answer: Response) -> Result<Vec<u8>, TransportError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(TransportErrorKind::custom)? {
        if body.len() + chunk.len() > ANSWER_MAX {
            return Err(TransportErrorKind::custom_str("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn understand(
    status: StatusCode,
    wait: Option<Duration>,
    body: &[u8],
) -> Result<ResponsePacket, TransportError> {
    let text = || String::from_utf8_lossy(body);
    if status.is_success() {
        return serde_json::from_slice(body).map_err(|error| TransportError::deser_err(error, text()));
    }
    let refusal =
        || TransportErrorKind::http_error_with_retry_after(status.as_u16(), text().into_owned(), wait);
    if status == StatusCode::TOO_MANY_REQUESTS && wait.is_some() {
        return Err(refusal());
    }
    // Some send what they have to say about the question with another status.
    let packet = serde_json::from_slice::<ResponsePacket>(body).ok();
    packet.filter(ResponsePacket::is_error).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::answer::{Meaning, meaning_of};

    const ERROR: &str =
        r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"request rate limited"}}"#;

    fn meant(status: u16, wait: Option<u64>, body: &str) -> Option<Meaning> {
        let status = StatusCode::from_u16(status).unwrap();
        meaning_of(&understand(status, wait.map(Duration::from_secs), body.as_bytes()))
    }

    #[test]
    fn http_answer_keeps_the_wait_beside_a_json_rpc_error() {
        let seven = Some(Duration::from_secs(7));
        assert_eq!(meant(429, Some(7), ERROR), Some(Meaning::Busy(seven)));
        assert_eq!(meant(429, Some(7), "<html>"), Some(Meaning::Busy(seven)));
        assert_eq!(meant(503, Some(7), "<html>"), Some(Meaning::Busy(seven)));
        assert_eq!(meant(429, None, ERROR), Some(Meaning::Busy(None)));
        assert_eq!(meant(200, None, ERROR), Some(Meaning::Busy(None)));
    }

    #[test]
    fn http_answer_with_another_status_may_still_be_one() {
        let refused = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}"#;
        assert_eq!(meant(400, None, refused), Some(Meaning::Refused));
        assert_eq!(meant(502, None, "<html>"), Some(Meaning::Unavailable));
        assert_eq!(
            meant(500, None, r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#),
            Some(Meaning::Unavailable)
        );
        assert_eq!(meant(200, None, "<html>"), Some(Meaning::Unavailable));
        assert_eq!(meant(200, None, r#"{"jsonrpc":"2.0","id":1,"result":"0x1"}"#), None);
    }
}
