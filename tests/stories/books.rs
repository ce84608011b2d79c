//! The books that the writer keeps open show at any time what the database has, whoever wrote it.

use std::sync::{Arc, Mutex};

use cre_backend::clock::Clock;
use cre_backend::store::books::{Admission, Books, Breaking, Promise, Ruling, Turn};
use cre_backend::store::{Accepted, Change, Changed, MintedBlock, NEVER_MS, NewMint, Store};
use tokio::task::JoinSet;

use crate::store::{START_MS, new, open};
use crate::support::postgres::Postgres;

const CONSUMERS: [&str; 3] = ["0xOne", "0xTwo", "0xThree"];
const STEPS: u32 = 400;

/// A row of numbers that looks random and is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a small number") % limit
    }
}

struct Known {
    id: String,
    consumer: &'static str,
    version: i64,
}

/// Asks for a mint and returns what the rule was shown.
async fn shown(store: &Store, mint: NewMint, minted_above: u64) -> (Option<String>, Vec<Promise>) {
    let seen = Arc::new(Mutex::new(Books::default()));
    let seen_by_rule = Arc::clone(&seen);
    let rule = move |books: &Books| {
        seen_by_rule.lock().expect("the books").clone_from(books);
        Ruling::Admit(None)
    };
    let asked = NewMint { admission: Some(Admission::new(minted_above, rule)), ..mint };
    assert!(matches!(store.accept(asked).await.expect("an answer"), Accepted::Inserted(_)));
    let books = seen.lock().expect("the books").clone();
    (books.breaker, sorted(books.promises.into_values().collect()))
}

fn sorted(mut promises: Vec<Promise>) -> Vec<Promise> {
    promises.sort_by(|one, other| one.id.cmp(&other.id));
    promises
}

async fn change(store: &Store, known: &mut Known, dice: &mut Dice, height: i64) {
    let word =
        ["queued", "executing", "submitted", "uncertain", "minted", "finalized", "failed"][dice.below(7)];
    let block = MintedBlock {
        minted_block: height - i64::try_from(dice.below(4)).expect("a small number"),
        minted_hash: "0x07".into(),
    };
    let change = Change {
        id: known.id.clone(),
        consumer: known.consumer.into(),
        version: known.version,
        fence: None,
        state: word,
        progress_json: "{}".into(),
        minted_in: matches!(word, "minted" | "finalized").then_some(block),
        due_at: NEVER_MS,
        release: false,
        events: vec![("mint.changed", "{}".into())],
    };
    let Changed::Done(version) = store.change(change).await.expect("an answer") else { panic!("stale") };
    known.version = version;
}

async fn story(stores: &[Store], clock: &Clock) {
    let mut dice = Dice(7);
    let (mut known, mut height) = (Vec::<Known>::new(), 10_i64);
    for step in 0..STEPS {
        let store = &stores[dice.below(stores.len())];
        let consumer = CONSUMERS[dice.below(CONSUMERS.len())];
        match dice.below(8) {
            0..3 => {
                let mint = NewMint { consumer: consumer.into(), ..new(clock, None, &format!("book {step}")) };
                known.push(Known { id: mint.id.to_string(), consumer, version: 1 });
                let above =
                    u64::try_from(height).expect("a height") - u64::try_from(dice.below(6)).expect("small");
                let stored = store.promises(consumer, above).await.expect("an answer");
                let breaker = store.breaker(consumer).await.expect("an answer");
                assert_eq!(shown(store, mint, above).await, (breaker, sorted(stored)), "step {step}");
            }
            3 => {
                let mut turn = Turn::default();
                let breaker_json = format!("{{\"step\":{step}}}");
                turn.move_breaker(consumer.into(), move |_| {
                    Some(Breaking { state: "open", breaker_json: breaker_json.clone(), events: Vec::new() })
                });
                assert!(store.turn(turn).await.expect("an answer"));
            }
            4 => height += 1,
            _ if known.is_empty() => {}
            _ => {
                let at = dice.below(known.len());
                change(store, &mut known[at], &mut dice, height).await;
            }
        }
    }
}

#[tokio::test]
async fn books_are_kept_up_with() {
    let clock = Clock::manual(START_MS);
    let mut tasks = JoinSet::new();
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    story(&[open(&url, &clock, &mut tasks).await], &clock).await;

    let Some(server) = Postgres::start().await else { return };
    let stores = [open(&server.url, &clock, &mut tasks).await, open(&server.url, &clock, &mut tasks).await];
    story(&stores, &clock).await;
}
