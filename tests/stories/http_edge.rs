//! The edge of the server: hosts, origins, methods, health, readiness.

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::json;
use test_support::{Answer, Stack};

#[tokio::test]
async fn http_refuses_foreign_hosts_origins_and_bad_queries() {
    let stack = Stack::start().await;

    let rebound = async |path: &str| {
        let request = stack.request(Method::GET, path).header("host", "evil.example");
        Answer::of(request.send().await.expect("an answer")).await
    };
    assert_eq!(rebound("/mints").await.problem(), (421, "HOST_NOT_ALLOWED"));
    assert_eq!(rebound("/health").await.status, 200, "probes ask by whatever name they know");

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
    assert_eq!(answer.body["type"], "/problems/not-found");
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
        ("limit=1&limit=2", "limit"),
        ("status=queued&status=foo", "status"),
        ("code=NOPE", "code"),
        ("tx=0x12", "tx"),
        ("bankReference=", "bankReference"),
        ("createdFrom=yesterday", "createdFrom"),
        ("createdFrom=2026-01-02T00:00:00Z&createdTo=2026-01-01T00:00:00Z", "createdFrom"),
        ("updatedFrom=2026-01-01", "updatedFrom"),
    ] {
        let answer = stack.get(&format!("/mints?{query}")).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}: {}", answer.body);
    }
    for (path, field) in [("/events?after=7", "after"), ("/attention?colour", "colour")] {
        let answer = stack.get(path).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{path}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{path}: {}", answer.body);
    }
    assert_eq!(stack.get("/health?colour=red").await.status, 200);
    for (query, listed) in [
        ("status=foo", "queued, executing, submitted"),
        ("code=foo", "ACE_REJECTED, INVALID_ORDER"),
        ("colour=red", "`bankReference`"),
    ] {
        let unknown = stack.get(&format!("/mints?{query}")).await;
        assert!(unknown.body["error"].as_str().is_some_and(|text| text.contains(listed)), "{}", unknown.body);
    }
    assert_eq!(stack.get("/mints?status=finalized").await.body["mints"], json!([]));
}

#[tokio::test]
async fn http_ready_names_each_part() {
    let stack = Stack::start().await;
    let card = stack.get("/").await;
    assert_eq!(card.body["chainId"], 31337);
    let rpc = stack.settings["RPC_URL"].split(',').next().unwrap_or_default();
    let chain = json!({ "id": 31337, "name": "Local chain", "rpcUrl": rpc, "explorer": null });
    assert_eq!((&card.body["chain"], &card.body["isLocal"]), (&chain, &json!(true)));
    assert!(card.body["creation"]["open"].is_boolean(), "{}", card.body);
    let endpoints = card.body["endpoints"].as_array().expect("a list");
    for endpoint in ["POST /mint", "GET /mints/{id}", "GET /openapi.json", "POST /baskets/{basket}/pause"] {
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
    let parts = ready.body["checks"].as_object().expect("checks");
    assert_eq!(parts.len(), 12, "{}", ready.body);
    for part in parts.keys() {
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

/// What browsers send when a person opens an address.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

#[tokio::test]
async fn http_sends_browsers_to_the_console_and_nobody_else() {
    let stack = Stack::start().await;
    let hash = format!("0x{}", "1a".repeat(32));
    for (path, page) in
        [("/", "/console/"), ("/console", "/console/"), (&format!("/tx/{hash}"), "/console/tx/")]
    {
        let opened = stack.request(Method::GET, path).header("accept", BROWSER);
        let opened = opened.send().await.expect("an answer");
        assert!(opened.url().path().starts_with(page), "{path} led to {}", opened.url());
        assert_eq!(opened.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        assert_eq!(opened.headers()["cache-control"], "no-cache", "{path}");
        assert_eq!(opened.headers()["cross-origin-opener-policy"], "same-origin");
        assert_eq!(opened.headers()["referrer-policy"], "no-referrer");
        let policy = opened.headers()["content-security-policy"].to_str().expect("a policy").to_owned();
        let rpc = stack.settings["RPC_URL"].split(',').next().unwrap_or_default().to_owned();
        assert!(
            policy.contains(&format!("; connect-src 'self' {rpc}; ")),
            "a local chain may be asked: {policy}"
        );
    }
    for accept in ["*/*", "application/json", "application/json, text/html"] {
        let card = stack.request(Method::GET, "/").header("accept", accept);
        let card = Answer::of(card.send().await.expect("an answer")).await;
        assert_eq!(card.body["service"], "cre-backend", "{accept}");
        let vary: Vec<_> = card.headers.get_all("vary").iter().collect();
        assert!(vary.contains(&&"accept".parse().expect("a value")), "{accept}: {vary:?}");
    }
    assert_eq!(stack.get(&format!("/tx/{hash}")).await.problem(), (404, "NOT_FOUND"));
    assert_eq!(stack.get("/console/nothing.js").await.problem(), (404, "NOT_FOUND"));
    let posted = stack.request(Method::POST, "/console/").send().await.expect("an answer");
    assert_eq!(Answer::of(posted).await.problem(), (405, "METHOD_NOT_ALLOWED"));
}

#[tokio::test]
async fn http_explains_itself_without_another_server() {
    let stack = Stack::start().await;

    let refused = stack.get("/mints?limit=0").await;
    let page = stack.get(refused.body["type"].as_str().expect("an address")).await;
    assert_eq!((&page.body["code"], &page.body["retry"]), (&json!("INVALID_REQUEST"), &json!(false)));
    let all = stack.get("/problems").await;
    let all = all.body["problems"].as_array().expect("a list").clone();
    assert!(all.len() > 30 && all.contains(&page.body), "{all:?}");
    for listed in &all {
        let code = listed["code"].as_str().expect("a code");
        let address = match listed["type"].as_str() {
            // Its type is IANA's; there is a page of ours all the same.
            Some(registered) if code == "RATE_LIMITED" => {
                assert!(registered.starts_with("https://iana.org/"), "{registered}");
                "/problems/rate-limited"
            }
            address => address.expect("an address"),
        };
        assert_eq!(&stack.get(address).await.body, listed);
        let html = stack.request(Method::GET, address).header("accept", "text/html,*/*;q=0.8");
        let html = html.send().await.expect("an answer");
        assert_eq!(html.headers()["content-type"], "text/html; charset=utf-8");
        assert!(
            html.headers()["content-security-policy"].to_str().expect("text").contains("default-src 'none'")
        );
        let text = html.text().await.expect("a page");
        assert!(text.contains(code), "{text}");
    }
    assert_eq!(stack.get("/problems/none").await.problem(), (404, "NOT_FOUND"));

    let docs = stack.request(Method::GET, "/docs").send().await.expect("an answer");
    let policy = docs.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    let page = docs.text().await.expect("a page");
    assert!(!page.contains("//") && page.contains("docs/start.js"), "nothing of another server: {page}");
    for (path, kind, encoding) in [
        ("/docs/start.js", "text/javascript; charset=utf-8", ""),
        ("/docs/swagger-ui.css", "text/css; charset=utf-8", "gzip"),
        ("/docs/swagger-ui-bundle.js", "text/javascript; charset=utf-8", "gzip"),
    ] {
        let file = stack.request(Method::GET, path).send().await.expect("an answer");
        assert_eq!(
            (file.status().as_u16(), &file.headers()["content-type"]),
            (200, &kind.parse().expect("a header"))
        );
        let found = file.headers().get("content-encoding").map_or("", |value| value.to_str().expect("text"));
        assert_eq!(found, encoding, "{path}");
        let bytes = file.bytes().await.expect("the file");
        assert!(encoding.is_empty() || bytes.starts_with(&[0x1f, 0x8b]), "{path}");
    }
}
