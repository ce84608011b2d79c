//! A database whose clock a test moves: the view `clock`, which the gateway otherwise makes itself, over a table of the
//! test's own.

use sqlx::{AnyConnection, Connection, Executor};
use tokio::sync::Mutex;

/// The clock of one database.
#[derive(Debug)]
pub struct DatabaseClock(Mutex<AnyConnection>);

impl DatabaseClock {
    /// Makes the clock, or takes the one that is there, and sets it; before the gateway opens the database.
    pub async fn of(url: &str, now_ms: i64) -> Self {
        sqlx::any::install_default_drivers();
        let is_file = url.starts_with("sqlite:");
        let url = if is_file { format!("{url}?mode=rwc") } else { url.to_owned() };
        let mut connection = AnyConnection::connect(&url).await.expect("the database answers");
        if is_file {
            // It only tells the time: what a power cut would take from it is of no account.
            for pragma in
                ["PRAGMA busy_timeout = 5000", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF"]
            {
                connection.execute(pragma).await.expect("a connection that waits");
            }
        }
        if connection.execute("SELECT now_ms FROM test_clock").await.is_err() {
            for statement in [
                "CREATE TABLE test_clock (now_ms BIGINT NOT NULL)",
                "INSERT INTO test_clock (now_ms) VALUES (0)",
                "CREATE VIEW clock AS SELECT now_ms FROM test_clock",
            ] {
                connection.execute(statement).await.expect("a clock of the test's own");
            }
        }
        let clock = Self(Mutex::new(connection));
        clock.set(now_ms).await;
        clock
    }

    /// Sets it.
    pub async fn set(&self, now_ms: i64) {
        let set = sqlx::query("UPDATE test_clock SET now_ms = $1").bind(now_ms);
        set.execute(&mut *self.0.lock().await).await.expect("the clock is set");
    }

    /// Moves it; negative = backwards.
    pub async fn advance(&self, by_ms: i64) {
        let moved = sqlx::query("UPDATE test_clock SET now_ms = now_ms + $1").bind(by_ms);
        moved.execute(&mut *self.0.lock().await).await.expect("the clock is moved");
    }

    /// Ends the connection, so that the file can be replaced.
    pub async fn close(self) {
        // A connection that breaks is closed as well.
        let _ = self.0.into_inner().close().await;
    }
}
