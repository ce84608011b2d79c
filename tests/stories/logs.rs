//! Nobody takes the log: nothing waits for it.

use test_support::log_place::{full_disk, full_pipe};
use test_support::program::Launch;
use test_support::{Choice, Stack};

#[tokio::test]
async fn log_that_nobody_takes_stops_nothing() {
    let choice = Choice { fake_bun: Some("exit 9".to_owned()), ..Choice::default() };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    let (_reader, pipe) = full_pipe();
    let mut places = vec![("a full pipe", pipe)];
    places.extend(full_disk().map(|disk| ("a full disk", disk)));
    for (name, place) in places {
        let mut program = Launch::of_stack(&stack).logs_to(place).starts().await.expect(name);
        stack.url.clone_from(&program.url);
        assert_eq!(stack.mint_async("1").await.status, 202, "{name}");
        assert_eq!(stack.get("/health").await.status, 200, "{name}");
        assert_eq!(program.terminate().await.code(), Some(0), "{name}");
    }
}
