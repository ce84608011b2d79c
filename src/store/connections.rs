//! Connections to the database, and how long anything may take on them.
//!
//! A server that is stopped, or a network that swallows everything, never says no: each piece of work on a connection
//! therefore has a deadline of ours, and a connection that missed it is closed and never used again. PostgreSQL is given
//! shorter ones for the session, so that it speaks first and frees the locks of an instance that stands still.

use std::io;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Describe, Either, Execute, Executor, SqlStr};

/// Longest wait for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest that a connection may take to be given back.
const RETURN_TIMEOUT: Duration = Duration::from_secs(5);

/// What a set of connections is for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose {
    connections: u32,
    /// Longest that one piece of work may take.
    deadline: Duration,
    /// The same for one statement of PostgreSQL, and for one lock, ms.
    statement_ms: u32,
    lock_ms: u32,
}

impl Purpose {
    /// Questions, and what a request writes by itself.
    pub(super) const REQUESTS: Self =
        Self { connections: 8, deadline: Duration::from_secs(8), statement_ms: 5_000, lock_ms: 1_000 };
    /// The writer's transactions, claims and their heartbeats among them.
    pub(super) const WRITER: Self =
        Self { connections: 1, deadline: Duration::from_secs(10), statement_ms: 4_000, lock_ms: 1_000 };

    /// Sets up a connection as its engine needs it.
    async fn prepare(self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let settings = if connection.backend_name() == "SQLite" {
            "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL".to_owned()
        } else {
            let Self { statement_ms, lock_ms, .. } = self;
            format!(
                "SET statement_timeout = {statement_ms}; SET lock_timeout = {lock_ms}; \
                 SET idle_in_transaction_session_timeout = {IDLE_IN_TRANSACTION_MS}"
            )
        };
        for setting in settings.split("; ") {
            connection.execute(sqlx::AssertSqlSafe(setting)).await?;
        }
        Ok(())
    }
}

/// After which PostgreSQL ends the session of an instance that stands still inside a transaction, ms.
const IDLE_IN_TRANSACTION_MS: u32 = 2_500;

/// Connections for one purpose.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    pool: AnyPool,
    deadline: Duration,
}

impl Connections {
    /// Prepares them; one is opened.
    pub(super) async fn open(options: AnyConnectOptions, purpose: Purpose) -> Result<Self, sqlx::Error> {
        let is_file = options.database_url.scheme() == "sqlite";
        let pool = AnyPoolOptions::new()
            .max_connections(purpose.connections)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            // A server may have closed a connection meanwhile; a file has not.
            .test_before_acquire(!is_file)
            .after_connect(move |connection, _| Box::pin(purpose.prepare(connection)))
            .connect_with(options)
            .await?;
        Ok(Self { pool, deadline: purpose.deadline })
    }

    /// Does work on a connection. One that misses the deadline is closed, whatever state it is in.
    ///
    /// # Errors
    /// Those of the work; a timed-out I/O error when the deadline passed, after which nobody knows whether a commit under
    /// way was made.
    pub(super) async fn with<T, E: From<sqlx::Error>>(
        &self,
        work: impl AsyncFnOnce(&mut AnyConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lent = Lent { connection: self.pool.acquire().await?, is_late: false };
        match tokio::time::timeout(self.deadline, work(&mut lent.connection)).await {
            Ok(done) => done,
            Err(_) => {
                lent.is_late = true;
                Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into()).into())
            }
        }
    }

    /// Whether the database answers.
    pub(super) async fn ping(&self) -> Result<(), sqlx::Error> {
        self.with(async |connection| connection.ping().await).await
    }

    /// How many are used, and how many are idle.
    pub(super) fn counts(&self) -> (usize, usize) {
        let (open, idle) = (self.pool.size() as usize, self.pool.num_idle());
        (open.saturating_sub(idle), idle)
    }

    /// Closes them all.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// A connection that is used. When it is given back the pool asks the server whether it is still there and waits for the
/// answer without a deadline: were it swallowed, the pool would be short of a connection for ever, and never close.
struct Lent {
    connection: PoolConnection<Any>,
    is_late: bool,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if self.is_late {
            self.connection.close_on_drop();
        } else {
            let returned = tokio::time::timeout(RETURN_TIMEOUT, self.connection.return_to_pool());
            #[expect(
                clippy::disallowed_methods,
                reason = "it ends by its deadline, and nobody waits for it"
            )]
            tokio::spawn(returned);
        }
    }
}

/// Single statements. All rows are read before the first is given out: a statement bounds their number.
impl<'p> Executor<'p> for &'p Connections {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let all = self.with(async move |connection: &mut AnyConnection| {
            connection.fetch_many(query).try_collect::<Vec<_>>().await
        });
        stream::once(all).map_ok(|rows| stream::iter(rows.into_iter().map(Ok))).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Any>,
    {
        Box::pin(
            self.with(async move |connection: &mut AnyConnection| connection.fetch_optional(query).await),
        )
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'p: 'e,
    {
        Box::pin(
            self.with(async move |connection: &mut AnyConnection| {
                connection.prepare_with(sql, parameters).await
            }),
        )
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Any>, sqlx::Error>>
    where
        'p: 'e,
    {
        Box::pin(self.with(async move |connection: &mut AnyConnection| connection.describe(sql).await))
    }
}

#[cfg(test)]
mod tests {
    use test_support::postgres::Postgres;
    use test_support::tcp_proxy::TcpProxy;

    use super::*;

    #[tokio::test]
    async fn a_connection_whose_return_is_swallowed_is_replaced() {
        let Some(server) = Postgres::start().await else { return };
        sqlx::any::install_default_drivers();
        let way = TcpProxy::start(server.addr()).await;
        let url = server.url.replace(&server.addr().to_string(), &way.addr.to_string());
        let options = url.parse().expect("a URL");
        let connections = Connections::open(options, Purpose::WRITER).await.expect("connections");

        let work = async |connection: &mut AnyConnection| {
            connection.execute("SELECT 1").await?;
            way.swallow(true);
            Ok::<_, sqlx::Error>(())
        };
        connections.with(work).await.expect("an answer that came before");
        tokio::time::sleep(Duration::from_millis(200)).await;
        way.swallow(false);

        let free = async { while connections.ping().await.is_err() {} };
        tokio::time::timeout(RETURN_TIMEOUT * 4, free).await.expect("a connection is free again");
        tokio::time::timeout(RETURN_TIMEOUT, connections.close()).await.expect("they end");
    }
}
