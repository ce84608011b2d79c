//! A part that stands still holds nobody up for longer than a deadline says, and everything goes on when it is back.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use test_support::postgres::Postgres;
use test_support::program::Program;
use test_support::{Answer, Choice, PATIENCE, Stack, until};

/// Longest that a request may take while the database stands still: far beyond every deadline of the gateway, and no
/// measure of its speed.
const HELD_UP: Duration = Duration::from_secs(60);

/// What a request was answered, however long a wait it asked for; `None` where it was held up.
async fn answer(request: reqwest::RequestBuilder) -> Option<Answer> {
    let answer = request.timeout(HELD_UP).send().await.ok()?;
    Some(Answer::of(answer).await)
}

/// Status and problem of a mint that is not waited for.
async fn accept(stack: &Stack, url: &str) -> Option<(u16, String)> {
    let request = test_support::client().post(format!("{url}/mint")).header("prefer", "respond-async");
    let answer = answer(request.json(&stack.body("1"))).await?;
    Some((answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default().to_owned()))
}

#[tokio::test]
async fn deadlines_hold_while_an_instance_or_the_database_stands_still() {
    let Some(mut server) = Postgres::start().await else { return };
    let choice = Choice::with([("DATABASE_URL", server.url.as_str())]);
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    let frozen = Program::start(&stack, Some("commit.before:8:stop")).await.expect("it listens");
    let healthy = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&healthy.url);

    // The frozen one holds the row of its basket and the head of the event log.
    let asking = async {
        let url = format!("{}/mint", frozen.url);
        loop {
            let request = test_support::client().post(&url).header("prefer", "respond-async");
            let _ = request.timeout(Duration::from_secs(1)).json(&stack.body("1")).send().await;
            if frozen.is_stopped() {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it stands still");
    assert!(
        until(async || accept(&stack, &healthy.url).await.is_some_and(|(status, _)| status == 202)).await,
        "the database ends the session of an instance that stands still"
    );
    let mut body = stack.body("3");
    body["bankReference"] = json!("while another stands still");
    assert_eq!(stack.post(&body).await.status, 200);

    frozen.resume();
    assert!(
        until(async || accept(&stack, &frozen.url).await.is_some_and(|(status, _)| status == 202)).await,
        "it goes on with new connections"
    );
    frozen.kill().await;

    server.pause();
    for _ in 0..3 {
        let refused =
            accept(&stack, &healthy.url).await.expect("the deadline passes, not the caller's patience");
        assert_eq!(refused, (503, "STORE_UNAVAILABLE".to_owned()));
    }
    let page = answer(stack.request(Method::GET, "/mints")).await.expect("an answer");
    assert_eq!(page.problem(), (503, "STORE_UNAVAILABLE"));
    assert_eq!(answer(stack.request(Method::GET, "/health")).await.expect("an answer").status, 200);
    server.resume();
    assert!(
        until(async || accept(&stack, &healthy.url).await.is_some_and(|(status, _)| status == 202)).await,
        "it is served again"
    );
    let mut healthy = healthy;
    assert_eq!(healthy.terminate().await.code(), Some(0));
}
