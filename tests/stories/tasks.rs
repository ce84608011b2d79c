//! Tasks of the gateway move, also when there is nothing to do; one that panics is begun again, and what it was to do is
//! done.

use std::collections::BTreeMap;

use test_support::program::{Launch, Program};
use test_support::{Choice, Stack, until};

/// It moves twice a minute.
const SLOW: &str = "forgetting counts";

async fn metrics(program: &Program) -> String {
    program.get_as_operator("/metrics").await.body.as_str().expect("text").to_owned()
}

/// How long ago each task has moved, seconds.
async fn still(program: &Program) -> BTreeMap<String, f64> {
    let of_task = |line: &str| {
        let (name, seconds) = line.strip_prefix("cre_task_still_seconds{task=\"")?.split_once("\"} ")?;
        Some((name.to_owned(), seconds.parse().ok()?))
    };
    metrics(program).await.lines().filter_map(of_task).collect()
}

#[tokio::test]
async fn tasks_with_nothing_to_do_move() {
    let stack = Stack::start_with(Choice::default().without_gateway()).await;
    let program = Launch::of_stack(&stack).starts().await.expect("it listens");
    let mut before = BTreeMap::new();
    let mut waits: Option<Vec<String>> = None;
    let all_move = until(async || {
        let now = still(&program).await;
        let waits = waits.get_or_insert_with(|| now.keys().filter(|task| *task != SLOW).cloned().collect());
        waits.retain(|task| before.get(task).is_none_or(|seconds| *seconds <= now[task]));
        before = now;
        waits.is_empty()
    });
    assert!(all_move.await, "these stand still: {waits:?}");
    assert!(before.contains_key("following finality"), "{before:?}");
    program.stop().await;
}

#[tokio::test]
async fn task_that_panics_is_begun_again() {
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    let mut id = String::new();
    for (order, task) in
        [("commit.before:3:panic", "writer"), ("finality.before:1:panic", "following finality")]
    {
        let program = Launch::of_stack(&stack).dies_at(order).starts().await.expect("it listens");
        stack.url.clone_from(&program.url);
        if id.is_empty() {
            let accepted = until(async || {
                let accepted = stack.mint_async("1").await;
                id = accepted.body["mintId"].as_str().unwrap_or_default().to_owned();
                accepted.status == 202
            });
            assert!(accepted.await, "nothing is written any more");
        }
        stack.mint_becomes(&id, "finalized").await;
        let restarted = format!("cre_task_restarts_total{{task=\"{task}\"}} 1");
        let told = until(async || {
            // Whoever writes or looks first may do so after the mint has ended.
            stack.mint_async("1").await;
            metrics(&program).await.contains(&restarted)
        });
        assert!(told.await, "{task} was not begun again");
        let end = program.stop().await;
        assert_eq!(end.code, Some(0), "{}", end.stderr);
    }
}
