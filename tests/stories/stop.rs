//! The program is asked to stop, as a supervisor does it.

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::Method;
use serde_json::Value;

use crate::support::process::Program;
use crate::support::{Answer, Choice, Stack, until};

#[tokio::test]
async fn a_terminated_program_ends_its_streams_and_itself() {
    let mut stack = Stack::start_with(Choice { without_gateway: true, ..Choice::default() }).await;
    let mut program = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&program.url);
    let mut streams = Vec::new();
    for _ in 0..8 {
        let stream = stack.request(Method::GET, "/events").send().await.expect("a stream");
        assert_eq!(stream.status(), 200);
        streams.push(stream.bytes_stream());
    }

    let asked = Instant::now();
    let status = program.terminate().await;

    assert!(asked.elapsed() < Duration::from_secs(2), "the stop took {:?}", asked.elapsed());
    assert_eq!(status.code(), Some(0));
    for stream in streams {
        let rest: Vec<_> = stream.collect().await;
        assert!(rest.len() <= 1, "the stream ended");
    }
}

#[tokio::test]
async fn a_mint_under_way_is_finished_before_the_program_ends_and_found_again_after() {
    let mut stack = Stack::start_with(Choice { without_gateway: true, ..Choice::default() }).await;
    let mut program = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&program.url);
    let asked = stack.request(Method::POST, "/mint").header("prefer", "respond-async");
    let accepted = Answer::of(asked.json(&stack.body("5")).send().await.expect("an answer")).await;
    assert_eq!(accepted.status, 202, "{}", accepted.body);
    let id = accepted.body["mintId"].as_str().expect("an id").to_owned();
    let begun = until(async || stack.get(&format!("/mints/{id}")).await.body["status"] != "queued");
    assert!(begun.await, "the mint never began");

    assert_eq!(program.terminate().await.code(), Some(0));

    let again = Program::start(&stack, None).await.expect("it listens again");
    stack.url.clone_from(&again.url);
    let end: Value = stack.until(&id, "finalized").await;
    assert_eq!(end["attempts"], 1, "the run was not cut off: {end}");
    again.kill().await;
}
