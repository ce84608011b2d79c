//! Endpoints that are down, slow, behind, or lie.

use crate::support::{Answer, BENEFICIARY, Choice, Mood, Stack, tokens};
use reqwest::Method;

#[tokio::test]
async fn one_bad_endpoint_of_three_changes_nothing() {
    let proxies = vec![Mood::Honest, Mood::Lying, Mood::SlowAndDouble];
    let stack = Stack::start_with(Choice { proxies, ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    for mood in [Mood::Lying, Mood::Stale, Mood::Down] {
        stack.proxies[1].set(mood);
        let answer = stack.mint("100").await;
        assert_eq!(answer.status, 200, "{mood:?}: {}", answer.body);
        stack.until(answer.body["mintId"].as_str().expect("an id"), "finalized").await;
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(300));
}

#[tokio::test]
async fn two_that_disagree_prove_nothing_until_they_agree() {
    let proxies = vec![Mood::Honest, Mood::Honest];
    let stack = Stack::start_with(Choice { proxies, ..Choice::default() }).await;
    assert_eq!(stack.mint("1").await.status, 200, "the basket is known from now on");
    stack.proxies[1].set(Mood::Lying);
    let asked = stack.request(Method::POST, "/mint").header("prefer", "wait=2").json(&stack.body("100"));
    let answer = Answer::of(asked.send().await.expect("an answer")).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(answer.body["mintStatus"], "queued", "nothing was started on contradicting words");
    stack.proxies[1].set(Mood::Honest);
    stack.until(answer.body["mintId"].as_str().expect("an id"), "finalized").await;
}

#[tokio::test]
async fn a_chain_that_goes_away_during_a_run_is_asked_again_later() {
    let stack = Stack::start_with(Choice { proxies: vec![Mood::Honest], ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let asked =
        stack.request(Method::POST, "/mint").header("prefer", "respond-async").json(&stack.body("100"));
    let answer = Answer::of(asked.send().await.expect("an answer")).await;
    let id = answer.body["mintId"].as_str().expect("an id");
    stack.until(id, "executing").await;
    stack.proxies[0].set(Mood::Down);
    assert_eq!(stack.get("/ready").await.status, 503);
    stack.proxies[0].set(Mood::Honest);
    stack.until(id, "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(100));

    stack.proxies[0].set(Mood::Down);
    let answer = stack.get(&format!("/tx/0x{}", "11".repeat(32))).await;
    assert_eq!(answer.verdict(), (503, "CHAIN_UNAVAILABLE"), "{}", answer.body);
    assert!(!answer.body.to_string().contains("127.0.0.1"), "the endpoint's address is internal");
}
