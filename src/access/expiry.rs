//! Keys, tokens, sessions and instances end by the database's clock, however wrong the process's own is.

use std::net::{IpAddr, Ipv4Addr};

use sqlx::{AnyConnection, Connection};
use test_support::database_clock::DatabaseClock;
use test_support::postgres::Postgres;

use super::directory::{Directory, NotLetIn};
use super::issue::{KeySpec, ORDER_MS_MAX, SESSIONS_MAX, new_key, order_token, session};
use super::secret_text::check_of;
use crate::base::clock::Clock;
use crate::base::secret::SecretUrl;
use crate::domain::access::{AccessChange, ApiKey, ChangeOutcome, Scope, Scopes};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::store::{AccessUpdate, Store};

const START_MS: i64 = 1_790_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// How wrong the process's clock is.
const WRONG_MS: i64 = 30 * DAY_MS;

/// A key that ends after a time, and its text.
async fn stored_key(store: &Store, clock: &Clock, for_ms: Option<i64>) -> (ApiKey, String) {
    let spec = KeySpec {
        account: DEFAULT_ACCOUNT.to_owned(),
        holder: "somebody".to_owned(),
        name: "a key".to_owned(),
        scopes: Scopes::from_iter([Scope::MintRead, Scope::MintWrite]),
        networks: Vec::new(),
        grants: None,
        expires_at: for_ms.map(|for_ms| START_MS + for_ms),
    };
    let (key, text) = new_key(spec, false, clock);
    let change = AccessChange::CreateKey(Box::new(key.clone()));
    let made = store.change_access(AccessUpdate { change, by: "a test".to_owned() }).await;
    assert_eq!(made.unwrap(), ChangeOutcome::Done);
    (key, text)
}

async fn refusal(directory: &Directory, text: &str) -> Option<NotLetIn> {
    directory.caller(text, Some(false), IpAddr::V4(Ipv4Addr::LOCALHOST)).await.err()
}

/// Whether an order's token was found late.
async fn is_late(directory: &Directory, text: &str) -> bool {
    let caller = directory.caller(text, Some(false), IpAddr::V4(Ipv4Addr::LOCALHOST)).await.unwrap();
    caller.order.clone().unwrap().is_late
}

async fn ends_by_the_databases_clock(url: &str) {
    let time = DatabaseClock::of(url, START_MS).await;
    let clock = Clock::manual(0);
    let (store, writer) = Store::open(&SecretUrl::new(url), clock.clone()).await.unwrap();
    tokio_util::task::TaskTracker::new().spawn(writer.run());
    let mut other = AnyConnection::connect(url).await.unwrap();
    let (brief, brief_text) = stored_key(&store, &clock, Some(HOUR_MS)).await;
    let (lasting, _) = stored_key(&store, &clock, None).await;
    let (order, order_text) = order_token(&lasting.id, String::new(), 60_000, false, &clock);
    let (browser, browser_text) = session(&lasting.id, false, &clock);
    assert!(store.store_token(&order, SESSIONS_MAX).await.unwrap());
    assert!(store.store_token(&browser, 1).await.unwrap());
    let neighbour = "INSERT INTO instances (id, until_at) VALUES ('neighbour', $1)";
    sqlx::query(neighbour).bind(START_MS + 15_000).execute(&mut other).await.unwrap();
    let directory = Directory::load(store.clone()).await.unwrap();

    // The process is far ahead: nothing ends early.
    clock.advance(WRONG_MS);
    directory.look().await.unwrap();
    for text in [&brief_text, &browser_text] {
        assert_eq!(refusal(&directory, text).await, None, "{text}");
    }
    assert!(!is_late(&directory, &order_text).await, "it may still ask for its order");
    assert!(store.has_company().await.unwrap(), "the neighbour lives");
    assert!(!store.store_token(&browser, 1).await.unwrap(), "the first session lives, and one is the most");
    store.show_life().await.unwrap();
    let own = sqlx::query_as("SELECT until_at FROM instances WHERE id = $1").bind(store.instance());
    assert_eq!(own.fetch_one(&mut other).await.ok(), Some((START_MS + 15_000,)));
    store.forget_tokens().await.unwrap();
    assert!(store.has_company().await.unwrap(), "the neighbour was not forgotten");
    assert_eq!(refusal(&directory, &browser_text).await, None, "the session was not deleted");

    // The process is far behind: nothing lives on.
    clock.advance(-2 * WRONG_MS);
    time.advance(60_000).await;
    assert!(is_late(&directory, &order_text).await, "its minute is over");
    assert!(!store.has_company().await.unwrap(), "the neighbour's time is over");
    time.advance(HOUR_MS).await;
    directory.look().await.unwrap();
    assert_eq!(refusal(&directory, &brief_text).await, Some(NotLetIn::Expired));
    let living = store.access().await.unwrap().keys;
    assert!(living.iter().any(|key| key.id == lasting.id) && living.iter().all(|key| key.id != brief.id));
    time.advance(12 * HOUR_MS).await;
    assert_eq!(refusal(&directory, &browser_text).await, Some(NotLetIn::Unknown));
    time.advance(DAY_MS).await;
    assert_eq!(refusal(&directory, &order_text).await, Some(NotLetIn::Unknown));
    directory.reload().await.unwrap();
    store.note_key_use(std::slice::from_ref(&lasting.id)).await.unwrap();
    let used = store.key(&lasting.id).await.unwrap().unwrap().last_used_at;
    assert_eq!(used, Some(START_MS + 60_000 + 13 * HOUR_MS + DAY_MS));
}

/// A text that says it is something else, and is well-formed.
fn retold(text: &str, prefix: &str) -> String {
    let (_, rest) = text[..text.len() - 8].split_once('_').unwrap();
    let rest = format!("{prefix}_{rest}");
    format!("{rest}{}", check_of(&rest))
}

#[tokio::test]
async fn access_of_a_token_is_that_of_its_kind() {
    let folder = tempfile::tempdir().unwrap();
    let url = SecretUrl::new(format!("sqlite:{}", folder.path().join("kinds.db").display()));
    let clock = Clock::manual(START_MS);
    let _time = DatabaseClock::of(url.expose(), START_MS).await;
    let (store, writer) = Store::open(&url, clock.clone()).await.unwrap();
    tokio_util::task::TaskTracker::new().spawn(writer.run());
    let (key, key_text) = stored_key(&store, &clock, None).await;
    let (order, order_text) = order_token(&key.id, String::new(), 60_000, false, &clock);
    let (browser, browser_text) = session(&key.id, false, &clock);
    let (long, _) = order_token(&key.id, String::new(), DAY_MS, false, &clock);
    assert_eq!(long.expires_at, START_MS + ORDER_MS_MAX);
    for token in [&order, &browser] {
        assert!(store.store_token(token, SESSIONS_MAX).await.unwrap());
    }
    let directory = Directory::load(store).await.unwrap();
    for (text, own) in [(&key_text, "cre"), (&order_text, "cret"), (&browser_text, "cres")] {
        for prefix in ["cre", "cret", "cres"] {
            let expected = (prefix != own).then_some(NotLetIn::Unknown);
            assert_eq!(refusal(&directory, &retold(text, prefix)).await, expected, "{own} as {prefix}");
        }
    }
}

#[tokio::test]
async fn access_ends_by_the_clock_of_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    ends_by_the_databases_clock(&format!("sqlite:{}", folder.path().join("expiry.db").display())).await;
}

#[tokio::test]
async fn access_ends_by_the_clock_of_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    ends_by_the_databases_clock(&server.url).await;
}
