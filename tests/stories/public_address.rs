//! The gateway as others than this machine meet it: host names, pages, operators, and who needs a key.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use test_support::{Answer, Choice, Stack, client};

/// Headers that monitoring adds to every request of a page, and those that callers send themselves.
const SENT_BY_PAGES: &str = "authorization,baggage,content-type,idempotency-key,last-event-id,newrelic,prefer,\
     sentry-trace,traceparent,tracestate,x-api-key,x-datadog-origin,x-datadog-parent-id,x-datadog-sampling-priority,\
     x-datadog-tags,x-datadog-trace-id,x-request-id";

async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

/// A mint that is answered at once.
fn order(stack: &Stack) -> RequestBuilder {
    stack.request(Method::POST, "/mint").header("prefer", "respond-async").json(&stack.body("1"))
}

/// Why a caller needs a key, as the service card says it.
fn needed(card: &Answer) -> &str {
    card.body["keyNeeded"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn public_address_ends_access_without_a_key() {
    let settings = [
        ("HOST", "0.0.0.0", "the gateway listens beyond this machine"),
        ("PUBLIC_URL", "https://bank.example/gateway", "PUBLIC_URL is set"),
        ("ALLOWED_HOSTS", "bank.example", "ALLOWED_HOSTS is set"),
        ("TRUSTED_PROXIES", "127.0.0.1", "TRUSTED_PROXIES is set"),
    ];
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    for (name, value, why) in settings {
        stack.set(name, value);
        stack.run_gateway().await;
        stack.url = stack.url.replace("0.0.0.0", "127.0.0.1");
        assert!(needed(&stack.get("/").await).contains(why), "{name}");
        let refused = answer(order(&stack)).await;
        assert_eq!(refused.problem(), (401, "UNAUTHORIZED"), "{name}: {}", refused.body);
        stack.stop_gateway().await;
        stack.settings.remove(name);
    }
    stack.run_gateway().await;
    assert_eq!(stack.get("/").await.body["keyNeeded"], Value::Null);
    for (header, value) in
        [("x-forwarded-for", "127.0.0.1"), ("forwarded", "for=127.0.0.1"), ("via", "1.1 proxy")]
    {
        let passed_on = answer(order(&stack).header(header, value)).await;
        assert_eq!(passed_on.problem(), (401, "UNAUTHORIZED"), "{header}");
        let card = answer(stack.request(Method::GET, "/").header(header, value)).await;
        assert!(needed(&card).contains("the request was passed on by a proxy"), "{header}");
    }
    assert_eq!(answer(order(&stack)).await.status, 202);
}

#[tokio::test]
async fn public_address_has_its_names_and_no_others() {
    let stack = Stack::start_with(Choice::with([
        ("PUBLIC_URL", "https://Bank.Example:8443/gateway/"),
        ("ALLOWED_HOSTS", "cre_backend, 10.9.8.7"),
    ]))
    .await;
    let ask = async |path: &str, host: &str| {
        answer(stack.request(Method::GET, path).header("host", host)).await.status.as_u16()
    };
    for host in ["bank.example", "bank.example:8443", "cre_backend", "10.9.8.7:80", "localhost", "[::1]:3001"]
    {
        assert_eq!(ask("/", host).await, 200, "{host}");
    }
    for host in ["evil.example", "bank.example.evil.example", "10.9.8.6"] {
        assert_eq!(ask("/", host).await, 421, "{host}");
        assert_eq!(ask("/health", host).await, 200, "{host}");
        assert_eq!(ask("/ready", host).await, 200, "{host}");
    }
    let forged = stack.request(Method::GET, "/").header("host", "evil.example");
    let forged = answer(forged.header("x-forwarded-host", "bank.example")).await;
    assert_eq!(forged.problem(), (421, "HOST_NOT_ALLOWED"));
    let document = stack.get("/openapi.json").await.body;
    assert_eq!(document["servers"][0]["url"], "https://bank.example:8443/gateway");
}

#[tokio::test]
async fn pages_of_strangers_change_nothing() {
    let stack = Stack::start().await;
    let own = stack.url.clone();
    let pause = format!("/baskets/{}/pause", stack.anvil.basket.1);
    let resume = format!("/baskets/{}/resume", stack.anvil.basket.1);
    let operate = |path: &str| stack.request(Method::POST, path).json(&json!({ "reason": "drill" }));
    for origin in ["https://evil.example", "null", "http://localhost:3002", "http://localhost"] {
        for request in [order(&stack), operate(&pause)] {
            let refused = answer(request.header("origin", origin)).await;
            assert_eq!(refused.problem(), (403, "ORIGIN_NOT_ALLOWED"), "{origin}");
            assert_eq!(refused.header("access-control-allow-origin"), "", "{origin}");
        }
        let read = answer(stack.request(Method::GET, "/mints").header("origin", origin)).await;
        assert_eq!((read.status.as_u16(), read.header("access-control-allow-origin")), (200, ""), "{origin}");
    }
    assert_eq!(stack.get("/mints").await.body["mints"], json!([]), "nothing became a mint");

    for origin in ["http://localhost:3000", "http://127.0.0.1:3000"] {
        let accepted = answer(order(&stack).header("origin", origin)).await;
        assert_eq!(accepted.status, 202, "{origin}: {}", accepted.body);
        assert_eq!(accepted.header("access-control-allow-origin"), origin);
        assert_eq!(accepted.header("access-control-allow-credentials"), "true");
        let exposed = accepted.header("access-control-expose-headers");
        for name in ["location", "retry-after", "etag", "ratelimit", "ratelimit-policy", "x-request-id"] {
            assert!(exposed.split(',').any(|shown| shown.trim() == name), "{name}: {exposed}");
        }
        let refused = answer(operate(&pause).header("origin", origin)).await;
        assert_eq!(refused.problem(), (403, "ORIGIN_NOT_ALLOWED"), "operators' routes are not for {origin}");
    }
    assert_eq!(answer(operate(&pause).header("origin", &own)).await.status, 200, "the gateway's own page");
    assert_eq!(answer(operate(&resume).header("origin", &own)).await.status, 200, "the gateway's own page");
}

#[tokio::test]
async fn pages_that_are_allowed_may_send_what_they_have() {
    let stack = Stack::start().await;
    let preflight = async |path: &str, method: &str| {
        let asked = stack.request(Method::OPTIONS, path).header("origin", "http://localhost:3000");
        let asked = asked.header("access-control-request-method", method);
        answer(asked.header("access-control-request-headers", SENT_BY_PAGES)).await
    };
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
        let allowed = preflight("/mint", method).await;
        assert_eq!(allowed.header("access-control-allow-origin"), "http://localhost:3000", "{method}");
        assert_eq!(allowed.header("access-control-allow-credentials"), "true", "{method}");
        let (methods, headers) =
            (allowed.header("access-control-allow-methods"), allowed.header("access-control-allow-headers"));
        assert!(methods.split(',').any(|shown| shown == method), "{method}: {methods}");
        for header in SENT_BY_PAGES.split(',') {
            assert!(headers.split(',').any(|shown| shown == header), "{header}: {headers}");
        }
    }
    let outside = preflight(&format!("/baskets/{}/pause", stack.anvil.basket.1), "POST").await;
    assert_eq!(outside.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn operators_have_a_listener_of_their_own() {
    let stack = Stack::start().await;
    let operator_url = stack.operator_url.clone();
    let at_operators = |method: Method, path: &str| client().request(method, format!("{operator_url}{path}"));
    assert_eq!(stack.get("/metrics").await.problem(), (404, "NOT_FOUND"));
    let page = stack.get_as_operator("/metrics").await;
    assert!(page.body.as_str().is_some_and(|page| page.contains("cre_chain_answers 1")), "{}", page.body);
    assert_eq!(stack.get_as_operator("/health").await.status, 200);
    assert_eq!(stack.get_as_operator("/ready").await.status, 200);
    for path in ["/", "/mints", "/openapi.json", "/events"] {
        assert_eq!(stack.get_as_operator(path).await.problem(), (404, "NOT_FOUND"), "{path}");
    }
    let consumer = stack.anvil.basket.1;
    for act in ["pause", "resume"] {
        let body = json!({ "reason": "drill" });
        let done = at_operators(Method::POST, &format!("/baskets/{consumer}/{act}")).json(&body);
        let done = answer(done).await;
        assert_eq!(done.status, 200, "{}", done.body);
    }
    let rebound = answer(at_operators(Method::GET, "/metrics").header("host", "evil.example")).await;
    assert_eq!(rebound.problem(), (421, "HOST_NOT_ALLOWED"));
    for origin in ["http://localhost:3000", "null"] {
        let path = format!("/baskets/{consumer}/pause");
        let page = at_operators(Method::POST, &path).json(&json!({ "reason": "drill" }));
        let page = answer(page.header("origin", origin)).await;
        assert_eq!(page.problem(), (403, "ORIGIN_NOT_ALLOWED"));
        let read = answer(at_operators(Method::GET, "/metrics").header("origin", origin)).await;
        assert_eq!(read.header("access-control-allow-origin"), "");
    }
}

#[tokio::test]
async fn loopback_is_listened_on_as_either_address() {
    let stack = Stack::start().await;
    let port = stack.url.rsplit(':').next().expect("a port");
    assert_eq!(answer(client().get(format!("http://127.0.0.1:{port}/health"))).await.status, 200);
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let accepted = client().post(format!("http://[::1]:{port}/mint")).header("prefer", "respond-async");
        assert_eq!(answer(accepted.json(&stack.body("1"))).await.status, 202);
    }
}

#[tokio::test]
async fn bodies_with_a_mark_are_read_and_packed_ones_are_refused() {
    let stack = Stack::start().await;
    let body = stack.body("1").to_string();
    let post = |body: Vec<u8>| {
        let request = stack.request(Method::POST, "/mint").header("prefer", "respond-async");
        request.header("content-type", "application/json").body(body)
    };
    let marked = answer(post([b"\xef\xbb\xbf", body.as_bytes()].concat())).await;
    assert_eq!(marked.status, 202, "{}", marked.body);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff_u16).chain(body.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let wide = answer(post(utf16)).await;
    assert_eq!(wide.problem(), (400, "INVALID_REQUEST"));
    assert!(wide.body["detail"].to_string().contains("UTF-8"), "{}", wide.body);
    for coding in ["gzip", "br", "identity, gzip"] {
        let packed = answer(post(body.clone().into_bytes()).header("content-encoding", coding)).await;
        assert_eq!(packed.problem(), (415, "UNSUPPORTED_MEDIA_TYPE"), "{coding}");
        assert!(packed.body["detail"].to_string().contains("Content-Encoding"), "{}", packed.body);
    }
    assert_eq!(answer(post(body.into_bytes()).header("content-encoding", "identity")).await.status, 202);
}
