//! A day's limit: however many ask at once, no more than it is accepted, and what ends unminted is given back.

use alloy::primitives::U256;
use cre_backend::base::clock::Clock;
use cre_backend::domain::State;
use cre_backend::domain::access::{Allowance, DailyLimit, OverLimit, end_of};
use cre_backend::domain::admission::AdmissionRefusal;
use cre_backend::store::{Accepted, MintUpdate, Store, StoredMint, UpdateOutcome};
use futures_util::future::join_all;
use test_support::database_clock::DatabaseClock;
use test_support::postgres::Postgres;
use tokio::task::JoinSet;

use crate::store::{new, open, update};

/// Noon of a day.
const NOON_MS: i64 = 20_700 * 86_400_000 + 43_200_000;
const MOST: u64 = 10;

fn allowance() -> Allowance {
    let limit = |bucket: &str, most| DailyLimit { bucket: bucket.to_owned(), most: U256::from(most) };
    Allowance {
        per_mint: None,
        daily: vec![limit("account/a/token/to", MOST), limit("account/a/token", 100)],
    }
}

/// Asks so often at once, each for one unit; returns what was accepted and how often it was refused.
async fn ask(stores: &[Store], clock: &Clock, round: &str, times: u64) -> (Vec<StoredMint>, u64) {
    let asked = (0..times).map(|at| {
        let mut mint = new(clock, None, &format!("{round} {at}"));
        mint.allowance = allowance();
        stores[usize::try_from(at).expect("an index") % stores.len()].accept(mint)
    });
    let (mut accepted, mut refused) = (Vec::new(), 0);
    for answer in join_all(asked).await {
        match answer.expect("an answer") {
            Accepted::Inserted(stored) => accepted.push(*stored),
            Accepted::Refused(AdmissionRefusal::OverLimit(over)) => {
                let all = U256::from(MOST);
                let resets_at = Some(end_of(20_700));
                assert_eq!(over, OverLimit { limit: all, spent: all, requested: U256::from(1), resets_at });
                refused += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    (accepted, refused)
}

fn ended(stored: &StoredMint) -> MintUpdate {
    update(stored.mint.id, stored.mint.version, None, State::Cancelled, 0)
}

async fn story(stores: &[Store], clock: &Clock, time: &DatabaseClock) {
    let (accepted, refused) = ask(stores, clock, "rush", 40).await;
    assert_eq!((u64::try_from(accepted.len()), refused), (Ok(MOST), 30));

    for stored in &accepted[..3] {
        let outcome = stores[0].update(ended(stored)).await.expect("an answer");
        assert!(matches!(outcome, UpdateOutcome::Stored(_)), "{outcome:?}");
    }
    let (again, refused) = ask(stores, clock, "given back", 5).await;
    assert_eq!((again.len(), refused), (3, 2));
    assert_eq!(stores[0].spent("account/a/token", 20_700).await.expect("an answer"), U256::from(MOST));

    // What ended lives again only within the limit.
    let mut revival = update(accepted[0].mint.id, accepted[0].mint.version + 1, None, State::Queued, 0);
    revival.allowance = allowance();
    let outcome = stores[0].update(revival.clone()).await.expect("an answer");
    assert!(matches!(outcome, UpdateOutcome::Refused(AdmissionRefusal::OverLimit(_))), "{outcome:?}");
    stores[0].update(ended(&accepted[4])).await.expect("an answer");
    let outcome = stores[0].update(revival).await.expect("an answer");
    assert!(matches!(outcome, UpdateOutcome::Stored(_)), "{outcome:?}");
    assert_eq!(ask(stores, clock, "full", 2).await.1, 2);

    // A new day begins with nothing; what ends now was spent before.
    time.advance(86_400_000).await;
    let (fresh, refused) = ask_tomorrow(stores, clock).await;
    assert_eq!((fresh, refused), (MOST, 1));
    stores[0].update(ended(&accepted[5])).await.expect("an answer");
    assert_eq!(stores[0].spent("account/a/token", 20_701).await.expect("an answer"), U256::from(MOST));
    assert_eq!(stores[0].spent("account/a/token", 20_700).await.expect("an answer"), U256::from(MOST - 1));
}

async fn ask_tomorrow(stores: &[Store], clock: &Clock) -> (u64, u64) {
    let (mut accepted, mut refused) = (0, 0);
    for at in 0..=MOST {
        let mut mint = new(clock, None, &format!("tomorrow {at}"));
        mint.allowance = allowance();
        match stores[0].accept(mint).await.expect("an answer") {
            Accepted::Inserted(_) => accepted += 1,
            Accepted::Refused(_) => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    (accepted, refused)
}

#[tokio::test]
async fn spent_is_never_more_than_the_limit() {
    let clock = Clock::system();
    let mut tasks = JoinSet::new();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    let time = DatabaseClock::of(&url, NOON_MS).await;
    story(&[open(&url, &clock, &mut tasks).await], &clock, &time).await;

    let Some(server) = Postgres::start().await else { return };
    let time = DatabaseClock::of(&server.url, NOON_MS).await;
    let stores = [open(&server.url, &clock, &mut tasks).await, open(&server.url, &clock, &mut tasks).await];
    story(&stores, &clock, &time).await;
}
