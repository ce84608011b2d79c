//! A task of the gateway panics: it is begun again, and what it was to do is done.

use test_support::program::Launch;
use test_support::{Choice, Stack, until};

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
        let metrics = format!("cre_task_restarts_total{{task=\"{task}\"}} 1");
        let told = until(async || {
            // Whoever writes or looks first may do so after the mint has ended.
            stack.mint_async("1").await;
            program
                .get_as_operator("/metrics")
                .await
                .body
                .to_string()
                .replace("\\\"", "\"")
                .contains(&metrics)
        });
        assert!(told.await, "{task} was not begun again");
        let end = program.stop().await;
        assert_eq!(end.code, Some(0), "{}", end.stderr);
    }
}
