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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::Value;

    use super::*;
    use crate::base::secret::SecretUrl;
    use crate::chain::answer::{Meaning, meaning_of};
    use crate::chain::rpc::{ChainError, Endpoints};

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

    /// One reply of an endpoint: its status, when it wants to be asked again, and its body.
    type Reply = (u16, Option<&'static str>, &'static str);

    const CHAIN_ID: Reply = (200, None, r#"{"jsonrpc":"2.0","id":0,"result":"0x7"}"#);

    /// An endpoint that gives these replies, the last one again and again, and how often it was asked; none = silence.
    async fn endpoint(replies: &'static [Reply]) -> (Endpoints, Arc<AtomicUsize>) {
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        let answer = async move |body: String| {
            let at = counted.fetch_add(1, Ordering::Relaxed);
            let Some((status, wait, text)) = replies.get(at).or(replies.last()) else {
                return std::future::pending().await;
            };
            let id = serde_json::from_str::<Value>(&body).unwrap()["id"].to_string();
            let answer = axum::http::Response::builder().status(*status);
            let answer = wait.iter().fold(answer, |answer, wait| answer.header(RETRY_AFTER, *wait));
            answer.body(text.replace("\"id\":0", &format!("\"id\":{id}"))).unwrap()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = SecretUrl::new(format!("http://{}", listener.local_addr().unwrap()));
        let server = axum::serve(listener, axum::Router::new().fallback(answer));
        tokio_util::task::TaskTracker::new().spawn(async move { server.await });
        let timeout = if replies.is_empty() { Duration::from_millis(100) } else { PATIENCE };
        (Endpoints::within(timeout, &[url]).unwrap(), asked)
    }

    /// Longest wait of a test.
    const PATIENCE: Duration = Duration::from_secs(30);

    async fn asked(endpoints: &Endpoints) -> Result<u64, ChainError> {
        tokio::time::timeout(PATIENCE, endpoints.chain_id()).await.expect("an end")
    }

    #[tokio::test]
    async fn http_endpoint_is_asked_again_where_its_answer_is_a_page_or_too_soon() {
        let error = (200, None, r#"{"jsonrpc":"2.0","id":0,"error":{"code":-32005,"message":"slow"}}"#);
        for (first, second) in [
            ((200, None, "<html>"), (502, None, "<html>")),
            ((429, None, "<html>"), (429, Some("0"), "<html>")),
            (error, error),
        ] {
            let (endpoints, count) = endpoint(vec![first, second, CHAIN_ID].leak()).await;
            assert_eq!(asked(&endpoints).await, Ok(7), "{first:?}, {second:?}");
            assert_eq!(count.load(Ordering::Relaxed), 3);
        }
        let (endpoints, count) = endpoint(&[(200, None, "<html>")]).await;
        assert!(matches!(asked(&endpoints).await, Err(ChainError::Unreachable(_))));
        assert_eq!(count.load(Ordering::Relaxed), 3, "but not for ever");
    }

    #[tokio::test]
    async fn http_endpoint_that_asks_for_time_is_left_alone() {
        let body = r#"{"jsonrpc":"2.0","id":0,"error":{"code":-32005,"message":"slow","data":{"rate":{"backoff_seconds":7}}}}"#;
        for reply in [(429, Some("7"), "<html>"), (503, Some("7"), ""), (200, None, body), (429, None, body)]
        {
            let (endpoints, count) = endpoint(vec![reply, CHAIN_ID].leak()).await;
            let Err(ChainError::Unreachable(failure)) = asked(&endpoints).await else { panic!("{reply:?}") };
            assert_eq!(failure.wait, Some(Duration::from_secs(7)), "{reply:?}");
            let Err(ChainError::Unreachable(failure)) = asked(&endpoints).await else { panic!("{reply:?}") };
            assert!(failure.message.starts_with("it asked to be left alone for"), "{}", failure.message);
            assert_eq!(count.load(Ordering::Relaxed), 1, "{reply:?}");
        }
    }

    #[tokio::test]
    async fn http_endpoint_that_never_answers_is_given_up_and_not_asked_again() {
        let (endpoints, count) = endpoint(&[]).await;
        assert!(matches!(asked(&endpoints).await, Err(ChainError::Unreachable(_))));
        assert_eq!(count.load(Ordering::Relaxed), 1);
    }
}
