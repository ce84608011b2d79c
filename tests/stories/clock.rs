//! The database's clock decides, and whoever asks is told when it jumps.

use serde_json::json;
use test_support::{Choice, Stack, until};

/// The database is so far ahead.
const AHEAD_MS: i64 = 60_000;

#[tokio::test]
async fn clock_of_the_database_jumps_and_is_told() {
    let stack = Stack::start_with(Choice::with([("LEASE_SECONDS", "4")])).await;
    let before = stack.get("/ready").await.body["clock"].clone();
    assert_eq!(before["lastJump"], json!(null), "{before}");
    assert!(before["aheadOfMachineMs"].as_i64().is_some_and(|ahead| ahead.abs() < 1_000), "{before}");

    stack.shift_database_clock(AHEAD_MS).await;
    let mut now = before;
    let told = until(async || {
        now = stack.get("/ready").await.body;
        now["clock"]["lastJump"]["byMs"].as_i64().is_some_and(|by| (by - AHEAD_MS).abs() < 20_000)
    });
    assert!(told.await, "{now}");
    assert_eq!(now["ready"], true, "{now}");
    let ahead = now["clock"]["aheadOfMachineMs"].as_i64();
    assert!(ahead.is_some_and(|ahead| (ahead - AHEAD_MS).abs() < 1_000), "{now}");
    let mint = stack.mint("1").await;
    assert_eq!((mint.status.as_u16(), &mint.body["attempts"]), (200, &json!(1)), "{}", mint.body);
}
