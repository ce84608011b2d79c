//! A repeated request never mints twice.

use cre_backend::base::clock::{Clock, rfc3339};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Stack, tokens};

async fn keyed(stack: &Stack, key: &str, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("Idempotency-Key", key).json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn idempotency_of_a_bank_reference() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("MT103-2026-0042");
    body["expiresAt"] = json!(rfc3339(Clock::system().now_ms() + 3_600_000));

    let first = stack.post(&body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    assert_eq!(first.body["expiresAt"], body["expiresAt"]);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = stack.post(&body).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body["mintTx"], first.body["mintTx"]);
    assert_eq!(again.body["mintId"], first.body["mintId"]);

    body["amount"] = json!("1001");
    let other = stack.post(&body).await;
    assert_eq!(other.problem(), (409, "DUPLICATE_REFERENCE"), "{}", other.body);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}

#[tokio::test]
async fn idempotency_survives_the_loss_of_the_database() {
    let mut stack = Stack::start().await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("kept by the chain");
    let first = stack.post(&body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let after = stack.anvil.balance(BENEFICIARY).await;

    stack.stop_gateway().await;
    stack.set("DATABASE_URL", "sqlite:empty.db");
    stack.run_gateway().await;

    let again = stack.post(&body).await;
    assert_eq!(again.status, 200, "{}", again.body);
    assert_eq!(again.body["mintTx"], first.body["mintTx"]);
    assert_eq!(again.body["attempts"], 0);

    body["bankReference"] = json!("kept by the chain, too");
    assert_eq!(stack.post(&body).await.status, 200);
    stack.stop_gateway().await;
    stack.set("DATABASE_URL", "sqlite:empty-again.db");
    stack.run_gateway().await;
    body["amount"] = json!("5");
    let conflict = stack.post(&body).await;
    assert_eq!(conflict.problem(), (409, "DUPLICATE_REFERENCE"), "{}", conflict.body);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - after, tokens(1000));
}

#[tokio::test]
async fn idempotency_of_a_key_survives_a_restored_backup() {
    let mut stack = Stack::start().await;
    stack.stop_gateway().await;
    std::fs::copy(stack.path("gateway.db"), stack.path("backup.db")).expect("a backup");
    stack.run_gateway().await;
    let body = stack.body("1000");
    let first = keyed(&stack, "payment-1", &body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let after = stack.anvil.balance(BENEFICIARY).await;

    for database in ["sqlite:backup.db", "sqlite:second.db"] {
        stack.stop_gateway().await;
        stack.set("DATABASE_URL", database);
        stack.run_gateway().await;
        let again = keyed(&stack, "payment-1", &body).await;
        assert_eq!(
            (again.status, &again.body["mintTx"]),
            (first.status, &first.body["mintTx"]),
            "{database}"
        );
        assert_eq!(again.body["attempts"], 0, "{database}: {}", again.body);
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, after);
}

#[tokio::test]
async fn idempotency_of_a_reference_under_two_keys_and_after_a_refusal() {
    let stack = Stack::start().await;
    let mut body = stack.body("7");
    body["bankReference"] = json!("known");
    let first = keyed(&stack, "payment-1", &body).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let second = keyed(&stack, "payment-2", &body).await;
    assert_eq!(second.header("idempotency-replayed"), "true");
    assert_eq!(second.body["mintId"], first.body["mintId"]);
    body["amount"] = json!("8");
    let other = keyed(&stack, "payment-2", &body).await;
    assert_eq!(
        other.problem(),
        (422, "IDEMPOTENCY_MISMATCH"),
        "the second key is bound, too: {}",
        other.body
    );

    body["bankReference"] = json!("for the wrong one first");
    body["beneficiary"] = json!("0x976EA74026E726554dB657fA54763abd0C3a0aa9");
    assert_eq!(stack.post(&body).await.problem(), (422, "ACE_REJECTED"));
    body["beneficiary"] = json!(BENEFICIARY);
    let corrected = stack.post(&body).await;
    assert_eq!(corrected.status, 200, "{}", corrected.body);
}

#[tokio::test]
async fn idempotency_of_a_double_click_and_of_a_lost_answer() {
    let stack = Stack::start().await;
    stack.reserve.open(false);
    let clicks = [stack.mint_async("3").await, stack.mint_async("3").await];
    assert_eq!(clicks[0].body["mintId"], clicks[1].body["mintId"], "{}", clicks[1].body);
    stack.reserve.open(true);
    stack.mint_becomes(clicks[0].body["mintId"].as_str().expect("an id"), "finalized").await;
    let later = stack.mint("3").await;
    assert_ne!(later.body["mintId"], clicks[0].body["mintId"], "once it is done, another one is meant");

    let body = stack.body("5");
    let mut ids = Vec::new();
    for _ in 0..2 {
        let request = stack.request(Method::POST, "/mint").header("prefer", "respond-async");
        let request = request.header("Idempotency-Key", "answered to nobody").json(&body);
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        ids.push(answer.body["mintId"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    stack.mint_becomes(ids[0].as_str().expect("an id"), "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(3 + 3 + 5));
}

#[tokio::test]
async fn idempotency_key_makes_one_mint_of_fifty_requests() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let body = stack.body("1000");

    let answers = join_all((0..50).map(|_| keyed(&stack, "payment-7", &body))).await;

    let first = &answers[0].body["mintTx"];
    assert!(first.is_string(), "{}", answers[0].body);
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(&answer.body["mintTx"], first);
    }
    let replayed = answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
    assert_eq!(replayed, 49);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));

    let mut other = body.clone();
    other["amount"] = json!("1");
    let answer = keyed(&stack, "\"payment-7\"", &other).await;
    assert_eq!(answer.problem(), (422, "IDEMPOTENCY_MISMATCH"), "{}", answer.body);
    let mut spelled = body;
    spelled["amount"] = json!("1000.0");
    assert_eq!(keyed(&stack, "payment-7", &spelled).await.status, 200, "the same amount, spelled otherwise");
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}
