//! What the store keeps of reserves and liability over time: thinned out, and told in as many points as are wanted.

use alloy::primitives::{Address, U256};
use cre_backend::store::{Reading, Store};

/// Keeps readings of one token and looks at them; its times are its own, the database's clock plays no part.
pub(crate) async fn readings(store: &Store) {
    const MINUTE_MS: i64 = 60_000;
    const SOME_HOUR_MS: i64 = 1_789_999_200_000;
    let token = Address::repeat_byte(0x77);
    let keep = async |at_ms: i64, reserves: Option<u64>, liability: u64| {
        let (reserves, liability) = (reserves.map(U256::from), U256::from(liability));
        store.keep_reading(token, &Reading { at_ms, reserves, liability }).await.expect("it is kept");
    };
    let shown = async |from: i64, to: i64, points: u16| {
        let found = store.readings(token, from..to, points).await.expect("readings");
        found.into_iter().map(|one| (one.at_ms, one.liability.to::<u64>())).collect::<Vec<_>>()
    };
    // A week of one reading every ten minutes, and two in the last minute.
    const COUNT: i64 = 7 * 144;
    let start = SOME_HOUR_MS;
    for at in 0..COUNT {
        keep(start + at * 10 * MINUTE_MS, Some(7), at.unsigned_abs()).await;
    }
    let end = start + COUNT * 10 * MINUTE_MS;
    keep(end + 2, None, 5_000).await;
    keep(end + 1, None, 4_000).await;
    assert_eq!(
        shown(end, end + 10, 9).await.last(),
        Some(&(end + 2, 5_000)),
        "of a minute the latest counts"
    );
    let before = shown(start + 5, start + 20 * MINUTE_MS, 1_000).await;
    assert_eq!(
        before,
        [(start, 0), (start + 10 * MINUTE_MS, 1)],
        "what held when the range began comes first"
    );
    let days = shown(start, end, 7).await;
    let last_of_day = |day: i64| (start + (day * 144 - 1) * 10 * MINUTE_MS, (day * 144 - 1).unsigned_abs());
    assert_eq!(days, (1..=7).map(last_of_day).collect::<Vec<_>>(), "the last of each part");
    assert_eq!(shown(start, start, 5).await, []);

    store.thin_readings(token, end).await.expect("they are thinned out");
    let hourly = shown(start, end - 2 * 86_400_000, 1_000).await;
    assert_eq!(hourly.len(), 5 * 24, "one an hour stays of what is older than two days");
    assert!(
        hourly.iter().all(|(at_ms, _)| at_ms % 3_600_000 == 50 * MINUTE_MS),
        "the last of each hour: {hourly:?}"
    );
    assert_eq!(
        shown(end - 2 * 86_400_000, end, 1_000).await.len(),
        2 * 144 + 1,
        "two days and what held before"
    );
    store.thin_readings(token, end + 401 * 86_400_000).await.expect("they are thinned out");
    assert_eq!(shown(0, end + 10, 1_000).await, [], "after 400 days nothing stays");
}
