//! A canary stands in every configured address, key and password, and whoever is asked repeats it; it comes out nowhere,
//! whatever goes wrong, at any level of the log.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;
use test_support::postgres::Postgres;
use test_support::program::{Launch, Program};
use test_support::{Answer, Choice, FaultMode, Stack, folder, until};

const CANARY: &str = "CANARY";
/// The canary as `user:CANARY-password` stands in an Authorization header.
const CANARY_IN_BASE64: &str = "Q0FOQVJZ";
const LOGIN: &str = "CANARY-user:CANARY-password@";

/// The address with a user, a password, a key in the path and one in the query.
fn with_secrets(url: &str) -> String {
    let query = format!("key={CANARY}-query&token={CANARY}-token");
    format!("{}/{CANARY}-key-in-the-path?{query}", url.replace("://", &format!("://{LOGIN}")))
}

/// Lets the workflow ask the reserve source with an API key, at an address full of secrets.
fn arm_workflow(stack: &Stack) {
    let path = stack.path("workflow/config.local.json");
    let mut config: Value = serde_json::from_slice(&std::fs::read(&path).expect("a file")).expect("JSON");
    let members = config.as_object_mut().expect("an object");
    members.remove("porApiUrl");
    let url = stack.reserve.url.replace("://", &format!("://{LOGIN}"));
    let source = json!({
        "name": "bank", "class": "auditor", "dialect": "guide", "unit": "USD", "maxAgeSeconds": 300, "secret": "bankKey",
        "url": format!("{url}/reserves/{{stablecoin}}?token={CANARY}-token"),
    });
    members.insert("reserves".to_owned(), json!({ "rule": { "kind": "sum" }, "sources": [source] }));
    std::fs::write(&path, config.to_string()).expect("a file");
    let secrets =
        json!({ "version": 1, "secrets": [{ "id": "bankKey", "value": format!("{CANARY}-api-key") }] });
    let file = stack.path("keys/secrets.json");
    std::fs::write(&file, secrets.to_string()).expect("a file");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("a file of its owner");
    let don = stack.path("keys/don.json");
    let mut text: Value = serde_json::from_slice(&std::fs::read(&don).expect("keys")).expect("JSON");
    text["chains"][0]["rpcUrl"] = json!(with_secrets(&stack.proxies[0].url));
    std::fs::write(&don, text.to_string()).expect("keys");
}

/// Asks for a mint, and waits until it shows this code.
async fn held_up(program: &Program, stack: &Stack, name: &str, code: &str) -> (String, Answer) {
    let mut body = stack.body("1");
    body["bankReference"] = json!(name);
    let request = program.request(Method::POST, "/mint").header("prefer", "respond-async").json(&body);
    let accepted = Answer::of(request.send().await.expect("an answer")).await;
    let id = accepted.body["mintId"].as_str().unwrap_or_else(|| panic!("{}", accepted.body)).to_owned();
    let mut shown = accepted;
    let is_shown = until(async || {
        shown = program.get(&format!("/mints/{id}")).await;
        shown.body["code"] == code
    });
    assert!(is_shown.await, "{name}: {}\n{}", shown.body, stack.newest_output());
    (id, shown)
}

/// Everything that can be asked for.
async fn walk(program: &Program, stack: &Stack) -> Vec<Answer> {
    let basket = stack.anvil.basket.1;
    let mut answers = Vec::new();
    for path in [
        "/".to_owned(),
        "/ready".to_owned(),
        "/mints".to_owned(),
        "/baskets".to_owned(),
        "/reserves".to_owned(),
        "/metrics".to_owned(),
        format!("/reserves/{basket}"),
        format!("/transparency/{basket}"),
        format!("/compliance/{basket}"),
        format!("/tx/0x{}", "11".repeat(32)),
    ] {
        answers.push(program.get(&path).await);
    }
    answers
}

fn leak(text: &str) -> Option<&str> {
    text.lines().find(|line| line.contains(CANARY) || line.contains(CANARY_IN_BASE64))
}

/// Files below a folder, but for what the test configured itself and what a run is configured with.
fn files_with_leaks(below: &Path) -> Vec<PathBuf> {
    let configured = ["config.json", "config.local.json", "secrets.json", "don.json"];
    let mut found = Vec::new();
    for name in ["output.log", "http_trigger_payload.json", "gateway.db", "gateway.db-wal"] {
        found.extend(folder::files(below, name));
    }
    found.retain(|path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        !configured.iter().any(|name| path.ends_with(name))
            && leak(&String::from_utf8_lossy(&bytes)).is_some()
    });
    found
}

/// Everything that the tables of a PostgreSQL database contain.
async fn dump(url: &str) -> String {
    let mut reader = sqlx::AnyConnection::connect(url).await.expect("a connection");
    let mut text = String::new();
    for table in ["events", "mints", "queue", "baskets"] {
        let rows: &'static str = format!("SELECT t::text FROM {table} t").leak();
        let rows: Vec<(String,)> = sqlx::query_as(rows).fetch_all(&mut reader).await.expect("rows");
        text.extend(rows.into_iter().map(|(row,)| row + "\n"));
    }
    text
}

/// Walks every way to fail with one log format; `server` is where the database is, else it is a file.
async fn walk_failures(format: &str, mut server: Option<Postgres>) {
    // What fails here is to hold up one mint after the other, not to stop the basket.
    let choice = Choice {
        proxies: vec![FaultMode::Honest],
        ..Choice::with([("BREAKER_BAD_ANSWERS", "1000"), ("MONITOR_INTERVAL_SECONDS", "3600")])
    };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    arm_workflow(&stack);
    stack.set("RPC_URL", &with_secrets(&stack.proxies[0].url));
    let mut launch = Launch::of_stack(&stack).set("RUST_LOG", "trace").set("LOG_FORMAT", format);
    if let Some(server) = &server {
        // The server trusts everybody, whatever the password.
        launch = launch
            .set("DATABASE_URL", server.url.replace("postgres@", &format!("postgres:{CANARY}-password@")));
    }
    let program = launch.starts().await.unwrap_or_else(|end| panic!("{}", end.stderr));
    stack.url.clone_from(&program.url);
    let minted = stack.mint("100").await;
    assert_eq!(minted.status, 200, "{}\n{}", minted.body, stack.newest_output());
    let mut answers = vec![minted];

    stack.reserve.change(|stated| (stated.status, stated.repeats) = (StatusCode::FORBIDDEN, true));
    let (id, shown) = held_up(&program, &stack, "the source repeats its key", "POR_UNAVAILABLE").await;
    answers.push(shown);
    answers.extend(walk(&program, &stack).await);
    stack.reserve.change(|stated| stated.status = StatusCode::OK);
    answers.push(held_up(&program, &stack, "the source gives its key for figures", "POR_INVALID").await.1);
    stack.reserve.change(|stated| stated.repeats = false);

    let config = stack.path("workflow/config.local.json");
    let kept = std::fs::read(&config).expect("a file");
    std::fs::write(&config, format!("{{\"{CANARY}\":")).expect("a file");
    answers.push(held_up(&program, &stack, "the configuration is broken", "WORKFLOW_FAILED").await.1);
    std::fs::write(&config, kept).expect("a file");

    stack.proxies[0].set(FaultMode::Repeating);
    answers.push(held_up(&program, &stack, "the endpoint repeats its key", "CHAIN_UNAVAILABLE").await.1);
    answers.extend(walk(&program, &stack).await);
    stack.proxies[0].set(FaultMode::Honest);
    answers.push(program.get(&format!("/mints/{id}")).await);
    answers.push(program.get(&format!("/mints/{id}/cancel")).await);

    let stored = match &server {
        Some(server) => dump(&server.url).await,
        None => String::new(),
    };
    if let Some(server) = &mut server {
        server.kill().await;
        answers.extend(walk(&program, &stack).await);
        answers.push(program.post("/mint", &stack.body("1")).await);
        assert_eq!(answers[answers.len() - 1].problem(), (503, "STORE_UNAVAILABLE"));
    }
    let end = program.stop().await;
    assert!(end.stderr.lines().count() > 200, "the log is silent: {}", end.stderr);
    for answer in &answers {
        assert_eq!(leak(&answer.text()), None, "{format}");
    }
    for (what, text) in [("standard output", &end.stdout), ("log", &end.stderr), ("database", &stored)] {
        assert_eq!(leak(text), None, "{what}, {format}");
    }
    assert_eq!(files_with_leaks(stack.folder.path()), Vec::<PathBuf>::new(), "{format}");
}

#[tokio::test]
async fn secrets_are_nowhere_whatever_fails() {
    walk_failures("text", None).await;
}

#[tokio::test]
async fn secrets_are_nowhere_whatever_fails_on_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    walk_failures("json", Some(server)).await;
}
