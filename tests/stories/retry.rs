//! Cancel and retry: only where it is safe.

use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Choice, Stack, settings, tokens};

async fn act(stack: &Stack, mint: &Value, action: &str) -> Answer {
    let id = mint["mintId"].as_str().expect("an id");
    let request = stack.request(Method::POST, &format!("/mints/{id}/{action}"));
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn mint_retry_after_a_refusal_keeps_its_reference() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("second try");

    stack.anvil.blacklist(BENEFICIARY).await;
    let refused = stack.post(&body).await;
    assert_eq!(refused.problem(), (422, "ACE_REJECTED"), "{}", refused.body);
    stack.anvil.unblacklist(BENEFICIARY).await;

    let tried = act(&stack, &refused.body, "retry").await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));

    assert_eq!(act(&stack, &refused.body, "retry").await.problem(), (409, "NOT_ALLOWED"));
    assert_eq!(act(&stack, &refused.body, "cancel").await.problem(), (409, "NOT_ALLOWED"));
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));
}

#[tokio::test]
async fn mint_retry_is_judged_like_a_new_request() {
    let stack = Stack::start().await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("stopped meanwhile");
    stack.anvil.blacklist(BENEFICIARY).await;
    let refused = stack.post(&body).await;
    assert_eq!(refused.problem(), (422, "ACE_REJECTED"), "{}", refused.body);
    stack.anvil.unblacklist(BENEFICIARY).await;

    stack.act_as_operator("pause", json!({ "reason": "drill" })).await;
    assert_eq!(act(&stack, &refused.body, "retry").await.problem(), (503, "CIRCUIT_OPEN"));
    let bulk = json!({ "code": "ACE_REJECTED", "basket": stack.anvil.basket.0 });
    let request = stack.request(Method::POST, "/mints/retry").json(&bulk);
    let answer = Answer::of(request.send().await.expect("an answer")).await;
    assert_eq!(answer.body, json!({ "retried": 0, "skipped": 0, "refused": 1 }));
    let id = refused.body["mintId"].as_str().expect("an id");
    let shown = stack.get(&format!("/mints/{id}")).await.body;
    assert_eq!((&shown["status"], &shown["code"]), (&json!("rejected"), &json!("ACE_REJECTED")), "{shown}");

    stack.act_as_operator("resume", json!({ "reason": "the drill is over" })).await;
    let tried = act(&stack, &refused.body, "retry").await;
    assert_eq!(tried.status, 200, "{}", tried.body);
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn mint_cancel_is_for_what_was_not_started() {
    let fake_bun = Some("exec sleep 600".to_owned());
    let settings = settings([("WORKFLOW_CONCURRENCY", "1"), ("MINT_WAIT_SECONDS", "1")]);
    let stack = Stack::start_with(Choice { settings, fake_bun, ..Choice::default() }).await;
    let mut body = stack.body("1000");
    body["bankReference"] = json!("hangs");
    let started = stack.post(&body).await;
    assert_eq!(started.status, 202, "{}", started.body);
    stack.mint_becomes(started.body["mintId"].as_str().expect("an id"), "executing").await;
    let waiting = stack.mint("5").await;
    assert_eq!(waiting.body["status"], "queued", "{}", waiting.body);

    assert_eq!(act(&stack, &started.body, "cancel").await.problem(), (409, "NOT_ALLOWED"));
    assert_eq!(act(&stack, &started.body, "retry").await.problem(), (409, "NOT_ALLOWED"));
    assert_eq!(act(&stack, &waiting.body, "cancel").await.body["status"], "cancelled");
    assert_eq!(act(&stack, &waiting.body, "retry").await.problem(), (409, "NOT_ALLOWED"));

    let again = stack.request(Method::POST, "/mint").header("prefer", "respond-async").json(&body);
    let again = Answer::of(again.send().await.expect("an answer")).await;
    assert_eq!(again.status, 202, "{}", again.body);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.body["mintId"], started.body["mintId"]);
}

#[tokio::test]
async fn mint_lists_are_filtered_and_paged() {
    let stack = Stack::start().await;
    stack.anvil.blacklist(BENEFICIARY).await;
    for amount in ["1", "2", "3"] {
        assert_eq!(stack.mint(amount).await.status, 422);
    }

    let page = stack.get("/mints?status=rejected&limit=2").await.body;
    let amounts = |page: &Value| -> Vec<Value> {
        page["mints"].as_array().expect("mints").iter().map(|mint| mint["amount"].clone()).collect()
    };
    assert_eq!(amounts(&page), ["3", "2"]);
    let cursor = page["nextCursor"].as_str().expect("a cursor");
    let next = stack.get(&format!("/mints?status=rejected&limit=2&cursor={cursor}")).await.body;
    assert_eq!(amounts(&next), ["1"]);
    assert_eq!(next["nextCursor"], Value::Null);

    assert_eq!(amounts(&stack.get("/mints?status=minted").await.body), Vec::<Value>::new());
    let mine = format!("/mints?beneficiary={BENEFICIARY}&basket={}", stack.anvil.basket.0);
    assert_eq!(amounts(&stack.get(&mine).await.body).len(), 3);
    assert_eq!(stack.get("/mints?basket=0x12").await.problem(), (400, "INVALID_REQUEST"));
}
