//! Fills a database with copies of a sample, as if a gateway had minted them one after the other.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use alloy::hex;
use alloy::primitives::U256;
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::store::Store;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Connection, Row};

use crate::row::{Inserter, Table, Value, leaked};
use crate::sample::{Sample, accounts, number};

const DAY_MS: i64 = 86_400_000;
/// Over how long the copies are spread: somewhat more than a year.
const SPREAD_MS: i64 = 400 * DAY_MS;
/// Copies between two commits.
const COPIES_AT_ONCE: u64 = 50;

/// What was written.
pub(crate) struct Filled {
    pub(crate) mints: u64,
    pub(crate) events: i64,
    pub(crate) took: Duration,
}

/// Makes a database with at least so many mints beside those of the sample.
pub(crate) async fn fill(url: &str, sample: &Sample, mints: u64) -> Filled {
    let began = Instant::now();
    let (store, writer) = Store::open(&SecretUrl::new(url), Clock::system()).await.expect("a new database");
    store.close().await;
    drop((store, writer));
    let mut to = AnyConnection::connect(url).await.expect("the new database");
    let is_sqlite = to.backend_name() == "SQLite";
    let settings: &[&str] = match is_sqlite {
        true => &["PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA cache_size = -262144"],
        false => &["SET session_replication_role = replica", "SET synchronous_commit = off"],
    };
    run(&mut to, settings).await;
    // Indexes are built faster at the end.
    let indexes = indexes(&mut to, is_sqlite).await;
    for (name, _) in &indexes {
        run(&mut to, &[leaked(format!("DROP INDEX {name}"))]).await;
    }
    let mut filling = Filling::new(sample);
    filling.copies(&mut to, mints.div_ceil(sample.mints)).await;
    filling.originals(&mut to).await;
    for (_, sql) in indexes {
        run(&mut to, &[leaked(sql)]).await;
    }
    if !is_sqlite {
        // What autovacuum does meanwhile; the server needs the connection's own transaction to be over.
        run(&mut to, &["VACUUM ANALYZE"]).await;
    }
    to.close().await.expect("the database is closed");
    let mints = mints.div_ceil(sample.mints) * sample.mints + sample.mints;
    Filled { mints, events: filling.log.seq, took: began.elapsed() }
}

async fn run(on: &mut AnyConnection, statements: &[&'static str]) {
    for statement in statements {
        sqlx::raw_sql(*statement)
            .execute(&mut *on)
            .await
            .unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

/// Indexes that do not serve a constraint, with what makes them.
async fn indexes(of: &mut AnyConnection, is_sqlite: bool) -> Vec<(String, String)> {
    let sql = match is_sqlite {
        true => "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        false => {
            "SELECT CAST(indexname AS TEXT), indexdef FROM pg_indexes WHERE schemaname = 'public' \
             AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1"
        }
    };
    let rows = sqlx::raw_sql(sql).fetch_all(of).await.expect("the indexes");
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// The event log while it is written.
#[derive(Default)]
struct Log {
    seq: i64,
    hash: String,
}

impl Log {
    /// Gives an event its place: number, salt and hashes.
    fn seal(&mut self, columns: &[String], row: &mut [Value]) {
        let at = |name: &str| columns.iter().position(|column| column == name).expect("a column of events");
        let text = |row: &[Value], name: &str| match &row[at(name)] {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        };
        self.seq += 1;
        let salt = hex::encode(&Sha256::digest(self.seq.to_be_bytes())[..16]);
        let data_hash =
            hex::encode(Sha256::new().chain_update(&salt).chain_update(text(row, "data")).finalize());
        let [account, subject, kind, when] =
            ["account_id", "subject", "kind", "at"].map(|name| text(row, name));
        let entry = format!("{}\n{}\n{account}\n{subject}\n{kind}\n{when}\n{data_hash}", self.hash, self.seq);
        self.hash = hex::encode(Sha256::digest(entry.as_bytes()));
        row[at("seq")] = Value::Number(self.seq);
        row[at("salt")] = Value::Text(salt);
        row[at("data_hash")] = Value::Text(data_hash);
        row[at("hash")] = Value::Text(self.hash.clone());
    }
}

/// Account, day, token, outcome and code.
type Ending = (String, i64, String, String, String);

/// Counts of the copies by account, day, token, outcome and code; what became final by account, token and day.
#[derive(Default)]
struct Totals {
    ended: BTreeMap<Ending, (i64, U256)>,
    booked: BTreeMap<(String, String, i64), (i64, U256)>,
}

impl Totals {
    fn count(&mut self, columns: &[String], row: &[Value]) {
        let at =
            |name: &str| &row[columns.iter().position(|column| column == name).expect("a column of mints")];
        let text = |name: &str| match at(name) {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        };
        let day = |name: &str| number(at(name)).unwrap_or_default().div_euclid(DAY_MS);
        let amount: U256 = text("amount").parse().expect("an amount");
        let add = |(mints, sum): &mut (i64, U256)| (*mints, *sum) = (*mints + 1, *sum + amount);
        let key = (text("account_id"), day("created_at"), text("stablecoin"), text("outcome"), text("code"));
        add(self.ended.entry(key).or_default());
        if text("outcome") == "finalized" {
            let key = (text("account_id"), text("stablecoin"), day("updated_at"));
            add(self.booked.entry(key).or_default());
        }
    }
}

struct Filling<'a> {
    sample: &'a Sample,
    log: Log,
    totals: Totals,
}

impl<'a> Filling<'a> {
    fn new(sample: &'a Sample) -> Self {
        Self { sample, log: Log::default(), totals: Totals::default() }
    }

    /// Copies, oldest first.
    async fn copies(&mut self, to: &mut AnyConnection, copies: u64) {
        let mut inserters: Vec<Inserter> = self.sample.tables.iter().map(Inserter::new).collect();
        let step = SPREAD_MS / i64::try_from(copies.max(1)).expect("a number");
        for copy in 0..copies {
            if copy % COPIES_AT_ONCE == 0 {
                run(to, &["BEGIN"]).await;
            }
            let earlier_ms = step * i64::try_from(copies - copy).expect("a number");
            for (table, mut row) in self.sample.copy(copy, earlier_ms) {
                let Table { name, columns } = &self.sample.tables[table];
                match *name {
                    "events" => self.log.seal(columns, &mut row),
                    "mints" => self.totals.count(columns, &row),
                    _ => {}
                }
                inserters[table].add(to, &row).await;
            }
            if (copy + 1) % COPIES_AT_ONCE == 0 || copy + 1 == copies {
                if copy + 1 == copies {
                    for inserter in &mut inserters {
                        inserter.finish(to).await;
                    }
                }
                run(to, &["COMMIT"]).await;
            }
        }
    }

    /// The sample itself, which is the newest, the totals, and the head of the log.
    async fn originals(&mut self, to: &mut AnyConnection) {
        run(to, &["BEGIN"]).await;
        for (table, rows) in &self.sample.original {
            if rows.is_empty() {
                continue;
            }
            let made_by_migrations = ["accounts", "grants", "access_state"].contains(&table.name);
            if made_by_migrations {
                run(to, &[leaked(format!("DELETE FROM {}", table.name))]).await;
            }
            insert_all(to, table, rows.clone()).await;
        }
        let (table, rows) = &self.sample.events;
        let mut rows = rows.clone();
        rows.iter_mut().for_each(|row| self.log.seal(&table.columns, row));
        insert_all(to, table, rows).await;
        for account in accounts() {
            let sql =
                format!("INSERT INTO accounts (id, name, created_at) VALUES ('{account}', '{account}', 0)");
            run(to, &[leaked(sql)]).await;
        }
        self.write_totals(to).await;
        sqlx::query("UPDATE event_head SET seq = $1, hash = $2 WHERE id = 1")
            .bind(self.log.seq)
            .bind(&self.log.hash)
            .execute(&mut *to)
            .await
            .expect("the head of the log");
        run(to, &["COMMIT"]).await;
    }

    async fn write_totals(&mut self, to: &mut AnyConnection) {
        let Totals { ended, booked } = std::mem::take(&mut self.totals);
        for ((account, day, stablecoin, outcome, code), (mints, amount)) in ended {
            sqlx::query(
                "INSERT INTO outcomes (stablecoin, outcome, mints) VALUES ($1, $2, $3) \
                 ON CONFLICT (stablecoin, outcome) DO UPDATE SET mints = outcomes.mints + excluded.mints",
            )
            .bind(&stablecoin)
            .bind(&outcome)
            .bind(mints)
            .execute(&mut *to)
            .await
            .expect("an outcome");
            sqlx::query(
                "INSERT INTO totals (account_id, day, stablecoin, outcome, code, mints, amount) VALUES \
                 ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            )
            .bind(account)
            .bind(day)
            .bind(stablecoin)
            .bind(outcome)
            .bind(code)
            .bind(mints)
            .bind(amount.to_string())
            .execute(&mut *to)
            .await
            .expect("a total");
        }
        for ((account, stablecoin, day), (mints, amount)) in booked {
            sqlx::query(
                "INSERT INTO booked_days (account_id, stablecoin, day, mints, amount) VALUES ($1, $2, $3, $4, $5) \
                 ON CONFLICT DO NOTHING",
            )
            .bind(account)
            .bind(stablecoin)
            .bind(day)
            .bind(mints)
            .bind(amount.to_string())
            .execute(&mut *to)
            .await
            .expect("a booking");
        }
    }
}

async fn insert_all(to: &mut AnyConnection, table: &Table, rows: Vec<Vec<Value>>) {
    let mut inserter = Inserter::new(table);
    for row in rows {
        inserter.add(to, &row).await;
    }
    inserter.finish(to).await;
}
