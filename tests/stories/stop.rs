//! The program is asked to stop, as a supervisor does it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use test_support::program::Program;
use test_support::{Choice, Stack, until};

/// What the server gives to connections that do not end by themselves.
const DRAIN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn stop_ends_streams_and_program() {
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    let mut program = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&program.url);
    let mut streams = Vec::new();
    for _ in 0..8 {
        let stream = stack.request(Method::GET, "/events").send().await.expect("a stream");
        assert_eq!(stream.status(), 200);
        streams.push(stream);
    }

    let asked = Instant::now();
    let status = program.terminate().await;

    assert!(asked.elapsed() < DRAIN, "the stop took {:?}", asked.elapsed());
    assert_eq!(status.code(), Some(0));
    for mut stream in streams {
        while let Ok(Some(_)) = stream.chunk().await {}
    }
}

#[tokio::test]
async fn stop_lets_a_mint_under_way_finish() {
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    let mut program = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&program.url);
    let accepted = stack.mint_async("5").await;
    assert_eq!(accepted.status, 202, "{}", accepted.body);
    let id = accepted.body["mintId"].as_str().expect("an id").to_owned();
    let begun = until(async || stack.get(&format!("/mints/{id}")).await.body["status"] != "queued");
    assert!(begun.await, "the mint never began");

    assert_eq!(program.terminate().await.code(), Some(0));

    let again = Program::start(&stack, None).await.expect("it listens again");
    stack.url.clone_from(&again.url);
    let end: Value = stack.mint_becomes(&id, "finalized").await;
    assert_eq!(end["attempts"], 1, "the run was not cut off: {end}");
    again.kill().await;
}
