//! Every statement of lists, summaries, statements and claims is served by the index that is meant for it, on both databases,
//! whatever the planner knows of the parameters.

use alloy::primitives::{Address, B256, U256, keccak256};
use sqlx::{AnyConnection, Connection, Row};
use test_support::postgres::Postgres;

use super::Store;
use super::commit_claims::{CLAIMED, CLAIMED_LANES};
use super::mint_list::Driver;
use super::rows::{NEVER_MS, text, write_json};
use super::spent_counts::{COUNTS_AT_ONCE, SPENT};
use super::statement::{ANY_OF_BASKET, BOOKED, BOOKED_BEFORE};
use super::summary::SUMMARY;
use super::totals::DAY_MS;
use crate::base::clock::Clock;
use crate::base::secret::SecretUrl;
use crate::domain::{Failure, FailureCode, MintProof, Order, Progress, State, TxLocation};

/// Mints in the database, one a minute: of a hundred ten live, and ten ended unminted.
const MINTS: i64 = 60_000;
const START_MS: i64 = 20_000 * DAY_MS;
const TOKEN: Address = Address::repeat_byte(0x70);

/// A statement, what an execution gives it, and the indexes that serve it (SQLite's names of the keys stand for both).
struct Shape {
    name: String,
    sql: &'static str,
    parameters: Vec<String>,
    indexes: Vec<&'static str>,
}

fn quoted(text: impl ToString) -> String {
    format!("'{}'", text.to_string())
}

fn shapes() -> Vec<Shape> {
    let place = [quoted("default"), (START_MS + 40_000 * 60_000).to_string(), quoted("zz"), "0".to_owned()];
    let rest = ["''", "''", "''", "''", "0", "101"].map(str::to_owned);
    let mut shapes = Vec::new();
    for driver in Driver::ALL {
        let (own, indexes) = match driver {
            Driver::BankReference => (vec![quoted("reference 1")], vec!["mints_bank_reference"]),
            Driver::Tx => (vec![quoted(B256::repeat_byte(0x1a))], vec!["mints_tx", "queue_tx"]),
            Driver::Code => (vec![quoted("EXPIRED")], vec!["mints_code"]),
            Driver::Beneficiary => (vec![quoted(text(beneficiary(3)))], vec!["mints_beneficiary"]),
            Driver::Stablecoin => (vec![quoted(text(TOKEN))], vec!["mints_stablecoin"]),
            Driver::States => {
                (State::ALL.map(|state| quoted(state.word())).to_vec(), vec!["mints_outcome", "queue_state"])
            }
            Driver::All => (Vec::new(), vec!["mints_all"]),
            Driver::Everybody => (Vec::new(), vec!["mints_of_all"]),
            Driver::Late => (Vec::new(), vec!["mints_late", "queue_state"]),
        };
        let statements = driver.statements();
        let mut place = place.clone();
        if driver == Driver::Everybody {
            place[0] = quoted("");
        }
        let page: Vec<String> = place.iter().chain(&rest).chain(&own).cloned().collect();
        let end: Vec<String> = place.iter().chain(&own).cloned().collect();
        for (part, sql, parameters) in [
            ("plain", statements.plain, page.clone()),
            ("windowed", statements.windowed, page),
            ("end", statements.end, end),
        ] {
            let name = format!("{driver:?}, {part}");
            shapes.push(Shape { name, sql, parameters, indexes: indexes.clone() });
        }
    }
    let basket = || vec![quoted("default"), quoted(text(TOKEN))];
    let numbers = |more: &[i64]| more.iter().map(i64::to_string).collect::<Vec<_>>();
    let (from, to) = (START_MS + 5, START_MS + 3 * DAY_MS + 7);
    let days = numbers(&[20_001, 20_003, from, to, from, START_MS + DAY_MS, START_MS + 3 * DAY_MS, to]);
    shapes.push(Shape {
        name: "summary".to_owned(),
        sql: *SUMMARY,
        parameters: [vec![quoted("default"), quoted("")], days].concat(),
        indexes: vec!["totals", "queue_state", "mints_all"],
    });
    shapes.push(Shape {
        name: "booked before".to_owned(),
        sql: BOOKED_BEFORE,
        parameters: [basket(), numbers(&[20_003, START_MS + 3 * DAY_MS, to])].concat(),
        indexes: vec!["booked_days", "mints_booked"],
    });
    shapes.push(Shape {
        name: "booked".to_owned(),
        sql: *BOOKED,
        parameters: [basket(), vec![from.to_string(), quoted(""), to.to_string(), "101".to_owned()]].concat(),
        indexes: vec!["mints_booked"],
    });
    shapes.push(Shape {
        name: "any of a basket".to_owned(),
        sql: *ANY_OF_BASKET,
        parameters: basket(),
        indexes: vec!["mints_stablecoin"],
    });
    shapes.push(Shape {
        name: "claimed".to_owned(),
        sql: *CLAIMED,
        parameters: vec![quoted("owner 7")],
        indexes: vec!["queue_lease"],
    });
    shapes.push(Shape {
        name: "lanes of a claim".to_owned(),
        sql: CLAIMED_LANES,
        parameters: vec![quoted(text(TOKEN)), quoted("owner 7")],
        indexes: vec!["queue_lease", "queue_waiting"],
    });
    let buckets = (0..COUNTS_AT_ONCE).map(|at| quoted(format!("account/{at}")));
    shapes.push(Shape {
        name: "spent".to_owned(),
        sql: *SPENT,
        parameters: [vec!["20700".to_owned()], buckets.collect()].concat(),
        // Not the one of days, which it is forgotten by.
        indexes: vec!["(bucket"],
    });
    shapes
}

fn beneficiary(at: u8) -> Address {
    Address::repeat_byte(at)
}

/// How far a mint is that reached a state.
fn progress(state: State) -> String {
    let location =
        TxLocation { tx: B256::repeat_byte(0x1a), block_number: 7, block_hash: B256::repeat_byte(7) };
    let proof = (state == State::Finalized).then_some(MintProof { location, log_index: 0 });
    let failure = (state == State::Failed).then(|| Failure::new(FailureCode::Expired, "too late"));
    write_json(&Progress { state, proof, failure, ..Progress::default() }).unwrap()
}

/// Fills a database with mints in the forms in which the gateway leaves them.
async fn fill(connection: &mut AnyConnection) {
    let order = Order {
        stablecoin: TOKEN,
        consumer: Address::repeat_byte(0xc0),
        beneficiary: beneficiary(1),
        amount: U256::from(10).pow(U256::from(18)),
        decimals: 18,
        bank_reference: "reference".to_owned(),
        reference: keccak256("reference"),
    };
    let id = "'00000000-0000-7000-8000-' || substr(CAST(1000000000000 + i AS TEXT), 2, 12)";
    let series = format!(
        "WITH RECURSIVE series (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM series WHERE i < {})",
        MINTS - 1
    );
    let at = format!("{START_MS} + i * CAST(60000 AS BIGINT)");
    let (order, finalized, failed) =
        (write_json(&order).unwrap(), progress(State::Finalized), progress(State::Failed));
    let beneficiaries = (0..10).map(|at| format!("WHEN {at} THEN '{}' ", text(beneficiary(at))));
    let beneficiaries: String = beneficiaries.collect();
    let token = text(TOKEN);
    let mints = format!(
        "{series} INSERT INTO mints (id, account_id, stablecoin, consumer, beneficiary, amount, bank_reference, \
         reference, fingerprint, order_version, order_json, outcome, code, holds, accepted, keyless, version, \
         end_version, end_json, created_at, updated_at, tx) SELECT {id}, 'default', '{token}', '{token}', \
         CASE i % 10 {beneficiaries} ELSE '' END, '1000000000000000000', \
         CASE WHEN i % 3 = 0 THEN 'reference ' || CAST(i AS TEXT) ELSE '' END, 'r' || CAST(i AS TEXT), 'f', 1, \
         '{order}', CASE WHEN i % 100 < 10 THEN 'open' WHEN i % 100 < 20 THEN 'failed' ELSE 'finalized' END, \
         CASE WHEN i % 100 < 10 OR i % 100 >= 20 THEN '' ELSE 'EXPIRED' END, \
         CASE WHEN i % 100 < 10 OR i % 100 >= 20 THEN 1 ELSE 0 END, 1, 0, 1, \
         CASE WHEN i % 100 < 10 THEN 0 ELSE 1 END, CASE WHEN i % 100 < 10 THEN '' WHEN i % 100 < 20 THEN '{failed}' \
         ELSE '{finalized}' END, {at}, {at} + CASE WHEN i % 500 = 77 THEN 200000000 ELSE 30000 END, CASE WHEN i % 100 >= 20 THEN 't' || CAST(i AS TEXT) ELSE '' END \
         FROM series"
    );
    let states = "CASE i % 5 WHEN 0 THEN 'queued' WHEN 1 THEN 'executing' WHEN 2 THEN 'submitted' \
        WHEN 3 THEN 'uncertain' ELSE 'minted' END";
    let queue = format!(
        "{series} INSERT INTO queue (mint_id, account_id, stablecoin, beneficiary, amount, state, ready_at, \
         expires_at, lease_owner, version, block, block_hash, progress_version, progress_json, created_at, updated_at, \
         tx) SELECT {id}, 'default', '{token}', CAST(i AS TEXT), '1', {states}, {NEVER_MS}, {NEVER_MS}, \
         CASE WHEN i % 50 = 5 THEN 'owner ' || CAST(i % 900 AS TEXT) ELSE '' END, 1, \
         CASE WHEN i % 5 = 4 THEN 7 ELSE 0 END, '', 1, '{}', {at}, {at} + 1000, \
         CASE WHEN i % 5 = 4 THEN 't' || CAST(i AS TEXT) ELSE '' END FROM series WHERE i % 100 < 10",
        progress(State::Queued)
    );
    let totals = format!(
        "{series} INSERT INTO totals (account_id, day, stablecoin, outcome, code, mints, amount) \
         SELECT 'account ' || CAST(i % 9 AS TEXT), i, '{token}', 'finalized', '', 1440, '1' FROM series"
    );
    let days = format!(
        "{series} INSERT INTO booked_days (account_id, stablecoin, day, mints, amount) \
         SELECT 'account ' || CAST(i % 9 AS TEXT), '{token}', i, 1440, '1' FROM series"
    );
    let lanes = format!(
        "{series} INSERT INTO lanes (stablecoin, beneficiary, ready_at) SELECT '{token}', CAST(i AS TEXT), {at} FROM series"
    );
    let spent = format!(
        "{series} INSERT INTO spent (bucket, day, amount) SELECT 'account/' || CAST(i / 2 AS TEXT), 20700 + i % 2, '1' \
         FROM series"
    );
    for sql in [mints, queue, totals, days, lanes, spent, "ANALYZE".to_owned()] {
        sqlx::query(sql.leak() as &'static str).execute(&mut *connection).await.unwrap();
    }
}

async fn opened(url: &str) -> AnyConnection {
    let (store, _writer) = Store::open(&SecretUrl::new(url), Clock::manual(START_MS)).await.unwrap();
    store.close().await;
    drop(store);
    let mut connection = AnyConnection::connect(url).await.unwrap();
    fill(&mut connection).await;
    connection
}

async fn lines(connection: &mut AnyConnection, sql: String, column: usize) -> Vec<String> {
    let rows = sqlx::raw_sql(sql.leak() as &'static str).fetch_all(connection).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(column)).collect()
}

/// What a plan reads row by row, and which of the expected indexes it does not use.
fn faults(plan: &[String], shape: &Shape) -> Vec<String> {
    let is_scan = |line: &&String| {
        let line = line.trim_start().trim_start_matches("-> ").trim_start();
        let tables = ["mints", "queue", "totals", "booked_days", "lanes", "spent", "m", "q"];
        let sqlite = line.strip_prefix("SCAN ").and_then(|rest| rest.split_whitespace().next());
        sqlite.is_some_and(|table| tables.contains(&table)) || line.contains("Seq Scan")
    };
    let scans = plan.iter().filter(is_scan).cloned();
    let unused = shape.indexes.iter().filter(|index| !plan.iter().any(|line| line.contains(*index)));
    scans.chain(unused.map(|index| format!("{index} is not used"))).collect()
}

#[track_caller]
fn assert_served(faults: &[String], plan: &[String], shape: &Shape, by: &str) {
    assert!(faults.is_empty(), "{by}: {}: {faults:?}\n{}\n{}", shape.name, shape.sql, plan.join("\n"));
}

#[tokio::test]
async fn query_plans_use_their_indexes_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = opened(&format!("sqlite:{}", folder.path().join("plans.db").display())).await;
    for shape in shapes() {
        let plan = lines(&mut connection, format!("EXPLAIN QUERY PLAN {}", shape.sql), 3).await;
        assert_served(&faults(&plan, &shape), &plan, &shape, "SQLite");
    }
}

#[tokio::test]
async fn query_plans_use_their_indexes_on_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    let mut connection = opened(&server.url).await;
    for mode in ["force_generic_plan", "force_custom_plan"] {
        lines(&mut connection, format!("SET plan_cache_mode = {mode}"), 0).await;
        for (at, shape) in shapes().iter().enumerate() {
            let name = format!("{mode}_{at}");
            lines(&mut connection, format!("PREPARE {name} AS {}", shape.sql), 0).await;
            let parameters = shape.parameters.join(", ");
            let plan = lines(&mut connection, format!("EXPLAIN EXECUTE {name} ({parameters})"), 0).await;
            assert_served(&faults(&plan, shape), &plan, shape, mode);
        }
    }
}
