//! Several gateways on one PostgreSQL: any of them may die, nothing is lost.

use alloy::primitives::B256;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use test_support::postgres::Postgres;
use test_support::program::Program;
use test_support::{Answer, BENEFICIARY, Choice, Stack, tokens};

#[tokio::test]
async fn instances_take_over_from_a_killed_one() {
    let Some(server) = Postgres::start().await else { return };
    let choice = Choice::with([("DATABASE_URL", server.url.as_str()), ("LEASE_SECONDS", "2")]);
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut doomed = Program::start(&stack, Some("step.heard:12")).await.expect("it listens");
    let survivor = Program::start(&stack, None).await.expect("it listens");

    let asked = join_all((0..20).map(|at| {
        let mut body = stack.body("10");
        body["bankReference"] = json!(format!("payment {at}"));
        let url = if at % 2 == 0 { &doomed.url } else { &survivor.url };
        let request = test_support::client().post(format!("{url}/mint"));
        request.header("prefer", "wait=0").json(&body).send()
    }));
    asked.await;
    assert!(doomed.dies().await, "the first instance never got that far");

    stack.url.clone_from(&survivor.url);
    let answers = join_all((0..20).map(|at| {
        let mut body = stack.body("10");
        body["bankReference"] = json!(format!("payment {at}"));
        stack.request(Method::POST, "/mint").json(&body).send()
    }));
    for (at, answer) in answers.await.into_iter().enumerate() {
        let answer = Answer::of(answer.expect("an answer")).await;
        assert_eq!(answer.status, 200, "payment {at}: {}", answer.body);
        let reference: B256 =
            answer.body["reference"].as_str().expect("a reference").parse().expect("a word");
        assert_eq!(stack.anvil.mints_of(reference).await, 1, "payment {at}");
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(200));
}
