//! A gateway that starts while the chain is silent: what it knows it takes, what it has it ends in time.

use alloy::primitives::{Address, B256};
use cre_backend::domain::request::derived_reference;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Connection;
use test_support::postgres::Postgres;
use test_support::{Answer, Choice, FaultMode, Stack, settings, until};

use crate::happy_mint::waits_seconds;

/// A gateway that has minted once, and was started again after the chain had gone away; with the URL of its database.
async fn started_in_silence(database: Option<&str>) -> (Stack, String) {
    let mut choice = Choice { proxies: vec![FaultMode::Honest], ..Choice::default() };
    if let Some(url) = database {
        choice.settings.extend(settings([("DATABASE_URL", url)]));
    }
    let mut stack = Stack::start_with(choice).await;
    let first = stack.mint("1").await;
    assert_eq!(first.status, 200, "{}", first.body);
    stack.mint_becomes(first.body["mintId"].as_str().expect("an id"), "finalized").await;
    let (stablecoin, consumer) = stack.anvil.basket;
    let name =
        json!({ "name": "house", "stablecoinAddress": stablecoin, "mintingConsumerAddress": consumer });
    let named = stack.request(Method::POST, "/baskets").json(&name).send().await.expect("an answer");
    assert_eq!(named.status(), 201);
    stack.stop_gateway().await;
    stack.proxies[0].set(FaultMode::Down);
    stack.run_gateway().await;
    let url =
        database.map_or_else(|| format!("sqlite:{}", stack.path("gateway.db").display()), str::to_owned);
    (stack, url)
}

async fn ask(stack: &Stack, key: &str, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("prefer", "respond-async");
    let request = request.header("idempotency-key", key).json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

/// What a mint waits for becomes visible, whatever the basket was called by.
async fn known_baskets_are_taken(database: Option<&str>) {
    let (stack, _) = started_in_silence(database).await;
    let (stablecoin, consumer) = stack.anvil.basket;
    let beneficiary = stack.body("1")["beneficiary"].clone();
    let called = |basket: Value| {
        let mut body = json!({ "beneficiary": beneficiary, "amount": "2" });
        if !basket.is_null() {
            body["basket"] = basket;
        }
        body
    };
    let mut ids = Vec::new();
    for (key, body) in [
        ("pair", stack.body("2")),
        ("default", called(Value::Null)),
        ("token", called(json!(stablecoin))),
        ("consumer", called(json!(consumer))),
        ("name", called(json!("house"))),
    ] {
        let answer = ask(&stack, key, &body).await;
        assert_eq!(
            (answer.status.as_u16(), &answer.body["status"]),
            (202, &json!("queued")),
            "{key}: {}",
            answer.body
        );
        let expected: B256 = derived_reference(31_337, stablecoin, "default", key);
        assert_eq!(answer.body["reference"], json!(expected), "{key}: the reference is of the tied chain");
        assert_eq!(answer.body["amount"], "2", "{key}");
        let day = waits_seconds(&answer.body);
        assert!((86_395..=86_405).contains(&day), "{key} can be asked for again: {}", answer.body);
        ids.push(answer.body["mintId"].as_str().expect("an id").to_owned());
    }
    let mut stranger = stack.body("2");
    stranger["mintingConsumerAddress"] = json!(Address::repeat_byte(0x77));
    for body in [stranger, called(json!(Address::repeat_byte(0x77)))] {
        let refused = ask(&stack, "unknown", &body).await;
        assert_eq!(refused.problem(), (503, "CHAIN_UNAVAILABLE"), "{}", refused.body);
    }
    let mut last = Value::Null;
    let told = until(async || {
        last = stack.get(&format!("/mints/{}", ids[0])).await.body;
        last["code"] == "CHAIN_UNAVAILABLE" && last["status"] == "queued"
    });
    assert!(told.await, "nobody says why it waits: {last}");

    stack.proxies[0].set(FaultMode::Honest);
    for id in ids {
        stack.mint_becomes(&id, "finalized").await;
    }
}

#[tokio::test]
async fn silent_chain_does_not_keep_known_baskets_from_being_taken() {
    known_baskets_are_taken(None).await;
}

#[tokio::test]
async fn silent_chain_does_not_keep_known_baskets_from_being_taken_on_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    known_baskets_are_taken(Some(&server.url)).await;
}

/// What is due ends, also what a process had claimed that is no more.
async fn deadlines_are_kept(database: Option<&str>) {
    let (mut stack, url) = started_in_silence(database).await;
    let answer = ask(&stack, "late", &stack.body("2")).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let id = answer.body["mintId"].as_str().expect("an id").to_owned();
    let told = until(async || stack.get(&format!("/mints/{id}")).await.body["code"] == "CHAIN_UNAVAILABLE");
    assert!(told.await, "nobody says why it waits");
    stack.stop_gateway().await;
    sqlx::any::install_default_drivers();
    let mut connection = sqlx::AnyConnection::connect(&url).await.expect("the database");
    for statement in [
        "UPDATE queue SET expires_at = 1, lease_owner = 'gone', ready_at = 9223372036854775807",
        "INSERT INTO claims (owner, instance, stablecoin, until_at) SELECT 'gone', '', stablecoin, 1 FROM queue",
    ] {
        sqlx::query(statement).execute(&mut connection).await.expect("the statement");
    }
    connection.close().await.expect("it closes");

    stack.run_gateway().await;
    let ended = stack.mint_becomes(&id, "failed").await;
    assert_eq!(ended["code"], "EXPIRED");
    assert_eq!(ended["reason"], "CHAIN_UNAVAILABLE", "it says what it waited for: {ended}");
    assert_eq!(stack.get("/ready").await.status, 503, "the chain is silent still");
}

#[tokio::test]
async fn silent_chain_does_not_keep_mints_beyond_their_deadline() {
    deadlines_are_kept(None).await;
}

#[tokio::test]
async fn silent_chain_does_not_keep_mints_beyond_their_deadline_on_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    deadlines_are_kept(Some(&server.url)).await;
}
