//! The edge of the server: hosts, origins, methods, health, readiness.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::json;

use crate::support::{Answer, Stack};

#[tokio::test]
async fn foreign_hosts_and_origins_get_nothing() {
    let stack = Stack::start().await;

    let rebound = stack.request(Method::GET, "/health").header("host", "evil.example");
    let answer = Answer::of(rebound.send().await.expect("an answer")).await;
    assert_eq!(answer.verdict(), (421, "HOST_NOT_ALLOWED"));

    for (origin, allowed) in
        [("http://localhost:3000", "http://localhost:3000"), ("https://evil.example", "")]
    {
        let asked = stack
            .request(Method::OPTIONS, "/mint")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type,idempotency-key");
        let answer = Answer::of(asked.send().await.expect("an answer")).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
    }

    let answer = stack.get("/nowhere").await;
    assert_eq!(answer.verdict(), (404, "NOT_FOUND"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(stack.get("/mint").await.verdict(), (405, "METHOD_NOT_ALLOWED"));
    for path in ["/mints/x", "/mints/0192d1f0-0000-7000-8000-000000000000", "/tx/0x12", "/tx/zz"] {
        assert_eq!(stack.get(path).await.verdict(), (404, "NOT_FOUND"), "{path}");
    }
    let nothing = format!("/tx/0x{}", "11".repeat(32));
    assert_eq!(stack.get(&nothing).await.verdict(), (404, "NOT_FOUND"));
    assert_eq!(stack.get("/mints?limit=0").await.verdict(), (400, "INVALID_REQUEST"));
    assert_eq!(stack.get("/mints?statu=minted").await.verdict(), (400, "INVALID_REQUEST"));
}

#[tokio::test]
async fn readiness_names_each_part() {
    let stack = Stack::start().await;
    let card = stack.get("/").await;
    assert_eq!(card.body["chainId"], 31337);
    assert_eq!(card.body["defaultConsumer"], json!(stack.anvil.basket.1.to_string()));
    assert_eq!(stack.get("/health").await.body["status"], "ok");

    let ready = stack.get("/ready").await;
    assert_eq!(ready.status, 200, "{}", ready.body);
    for part in ["database", "chainId", "forwarder", "basketFactory", "bun", "workflow", "reserveApi"] {
        assert_eq!(ready.body["checks"][part], "ok", "{}", ready.body);
    }

    stack.reserve.change(|books| books.status = StatusCode::INTERNAL_SERVER_ERROR);
    std::fs::rename(stack.path("workflow"), stack.path("elsewhere")).expect("the folder moves");
    let ready = stack.get("/ready").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.body["checks"]["chainId"], "ok");
    for part in ["workflow", "reserveApi"] {
        assert_ne!(ready.body["checks"][part], "ok", "{}", ready.body);
    }
}
