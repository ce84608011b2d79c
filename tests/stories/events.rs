//! Watching a mint: server-sent events with replay, and a stop that open streams do not hold up.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::Value;
use test_support::{EventStream, PATIENCE, Stack};

/// What the server gives to connections that do not end by themselves.
const DRAIN: Duration = Duration::from_secs(10);

/// Reads a stream until an event of this kind; returns (id, kind, data) of each event.
async fn read_until(stack: &Stack, path: &str, after: Option<i64>, last: &str) -> Vec<(i64, String, Value)> {
    let mut request = stack.request(Method::GET, path);
    if let Some(after) = after {
        request = request.header("last-event-id", after);
    }
    let mut stream = EventStream::of(request.send().await.expect("a stream"));
    let mut events = Vec::new();
    let reading = async {
        while let Some(event) = stream.next().await {
            let is_last = event.kind == last;
            events.push((event.id, event.kind, event.data));
            if is_last {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("the stream goes on");
    events
}

#[tokio::test]
async fn events_of_a_mint_are_streamed_and_replayed() {
    let stack = Stack::start().await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.body["mintId"].as_str().expect("an id");
    let path = format!("/mints/{id}/events");

    let all = read_until(&stack, &path, None, "mint.finalized").await;

    let kinds: Vec<&str> =
        all.iter().map(|event| event.1.as_str()).filter(|kind| *kind != "mint.steps").collect();
    let expected = ["mint.accepted", "mint.executing", "mint.submitted", "mint.minted", "mint.finalized"];
    assert_eq!(kinds, expected);
    let told = all.iter().filter(|event| event.1 == "mint.steps");
    let steps: Vec<&Value> = told.flat_map(|event| event.2["data"]["steps"].as_array()).flatten().collect();
    assert_eq!(steps.len(), 7, "the workflow's steps are told: {all:?}");
    let minted = all.iter().find(|event| event.1 == "mint.minted").expect("minted");
    assert_eq!(minted.2["data"]["mintTx"], answer.body["mintTx"]);
    assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0));
    let head = stack.get("/health").await.body["eventHead"].clone();
    let newest = all.last().expect("events");
    assert_eq!((&head["seq"], &head["hash"]), (&newest.2["seq"], &newest.2["hash"]), "the log's end is told");
    let finalized = stack.get(&format!("/mints/{id}")).await;
    assert_eq!(finalized.body["mintTx"], answer.body["mintTx"], "{}", finalized.body);
    assert_eq!(stack.get(&format!("/mints/{id}")).await.body, finalized.body, "kept as it is");

    let third = all[2].0;
    let rest = read_until(&stack, &path, Some(third), "mint.finalized").await;
    assert_eq!(rest.len(), all.len() - 3, "Last-Event-ID continues behind that event");
    let of_all = read_until(&stack, "/events", Some(0), "mint.finalized").await;
    let of_mints = of_all.iter().filter(|event| event.1.starts_with("mint."));
    assert_eq!(of_mints.count(), all.len());

    // A stream ends with its mints, and one that has nothing to say is none: browsers would ask for it again and again.
    let newest = newest.0.to_string();
    let over =
        stack.request(Method::GET, &path).header("last-event-id", &newest).send().await.expect("an answer");
    assert_eq!(over.status(), 204);
    let second = stack.mint_async("1").await;
    let second = second.body["mintId"].as_str().expect("an id").to_owned();
    let both = format!("/mints/events?id={id}&id={second}");
    let text = tokio::time::timeout(PATIENCE, async {
        let stream =
            stack.request(Method::GET, &both).header("last-event-id", third).send().await.expect("a stream");
        stream.text().await.expect("the stream ends with the last of its mints")
    });
    let text = text.await.expect("the stream ends");
    let kinds: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "mint.finalized").count(), 2, "{text}");
    assert_eq!(kinds.last(), Some(&"mint.finalized"), "{text}");
    assert!(text.contains(&second) && kinds.contains(&"mint.accepted"), "{text}");
    let ids = |count: usize| vec![format!("id={id}"); count].join("&");
    for (query, problem) in [
        (String::new(), (400, "INVALID_REQUEST")),
        (ids(101), (400, "INVALID_REQUEST")),
        ("id=x".to_owned(), (404, "NOT_FOUND")),
        (format!("{}&id=0192d1f0-0000-7000-8000-000000000000", ids(1)), (404, "NOT_FOUND")),
    ] {
        assert_eq!(stack.get(&format!("/mints/events?{query}")).await.problem(), problem, "{query}");
    }

    let wrong =
        stack.request(Method::GET, "/events").header("last-event-id", "x").send().await.expect("an answer");
    assert_eq!(wrong.status(), 400);
}

#[tokio::test]
async fn events_streams_do_not_hold_up_the_stop() {
    let mut stack = Stack::start().await;
    let mut stream = stack.request(Method::GET, "/events").send().await.expect("a stream");
    assert_eq!(stream.status(), 200);

    let started = Instant::now();
    stack.stop_gateway().await;

    assert!(started.elapsed() < DRAIN, "the stop took {:?}", started.elapsed());
    while let Ok(Some(_)) = stream.chunk().await {}
}
