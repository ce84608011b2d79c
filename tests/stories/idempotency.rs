//! A repeated request never mints twice.

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

    let first = stack.post(&body).await;
    assert_eq!(first.status, 200, "{}", first.body);
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
