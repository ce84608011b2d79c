//! The edge of the server: hosts, origins, methods, health, readiness.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::json;
use test_support::{Answer, Stack};

#[tokio::test]
async fn http_refuses_foreign_hosts_origins_and_bad_queries() {
    let stack = Stack::start().await;

    let rebound = stack.request(Method::GET, "/health").header("host", "evil.example");
    let answer = Answer::of(rebound.send().await.expect("an answer")).await;
    assert_eq!(answer.problem(), (421, "HOST_NOT_ALLOWED"));

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
    assert_eq!(answer.problem(), (404, "NOT_FOUND"));
    assert_eq!(answer.header("content-type"), "application/problem+json");
    assert_eq!(answer.body["title"], "There is no such thing");
    assert_eq!(answer.body["type"], "urn:cre-backend:problem:not-found");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.header("x-request-id").is_empty());
    assert_eq!(stack.get("/mint").await.problem(), (405, "METHOD_NOT_ALLOWED"));
    for path in ["/mints/x", "/mints/0192d1f0-0000-7000-8000-000000000000", "/tx/0x12", "/tx/zz"] {
        assert_eq!(stack.get(path).await.problem(), (404, "NOT_FOUND"), "{path}");
    }
    let nothing = format!("/tx/0x{}", "11".repeat(32));
    assert_eq!(stack.get(&nothing).await.problem(), (404, "NOT_FOUND"));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("colour=red", "colour"),
        ("status=foo", "status"),
        ("status=", "status"),
        ("basket=usd", "basket"),
        ("cursor=7", "cursor"),
    ] {
        let answer = stack.get(&format!("/mints?{query}")).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}: {}", answer.body);
    }
    let unknown = stack.get("/mints?status=foo").await;
    assert!(unknown.body["error"].as_str().is_some_and(|text| text.contains("queued, executing, submitted")));
    assert_eq!(stack.get("/mints?status=finalized").await.body["mints"], json!([]));
}

#[tokio::test]
async fn http_ready_names_each_part() {
    let stack = Stack::start().await;
    let card = stack.get("/").await;
    assert_eq!(card.body["chainId"], 31337);
    let endpoints = card.body["endpoints"].as_array().expect("a list");
    for endpoint in ["POST /mint", "GET /mints/{id}", "GET /openapi.json", "POST /baskets/{consumer}/pause"] {
        assert!(endpoints.contains(&json!(endpoint)), "{endpoint}: {}", card.body);
    }
    let document = stack.get("/openapi.json").await;
    assert_eq!(document.header("content-type"), "application/json");
    assert_eq!(document.body["openapi"], "3.1.0");
    assert_eq!(document.body["paths"]["/mint"]["post"]["operationId"], "createMint");
    assert_eq!(card.body["defaultConsumer"], json!(stack.anvil.basket.1.to_string()));
    assert_eq!(stack.get("/health").await.body["status"], "ok");

    let ready = stack.get("/ready").await;
    assert_eq!(ready.status, 200, "{}", ready.body);
    for part in
        ["database", "chain", "chainId", "forwarder", "basketFactory", "bun", "workflow", "reserveApi"]
    {
        assert_eq!(ready.body["checks"][part], "ok", "{}", ready.body);
    }

    stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    std::fs::rename(stack.path("workflow"), stack.path("elsewhere")).expect("the folder moves");
    let ready = stack.get("/ready").await;
    assert_eq!(ready.status, 503);
    assert_eq!(ready.body["checks"]["chainId"], "ok");
    for part in ["workflow", "reserveApi"] {
        assert_ne!(ready.body["checks"][part], "ok", "{}", ready.body);
    }
}
