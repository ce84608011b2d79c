//! Rows of any table: the database's columns are text or numbers.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Column, Row};

/// From this length on a statement is made; SQLite takes no longer ones than a million bytes.
const STATEMENT_BYTES: usize = 250_000;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// A number.
    Number(i64),
}

/// A table's name and its columns.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// Its name.
    pub(crate) name: &'static str,
    /// Names of its columns.
    pub(crate) columns: Vec<String>,
}

/// The rows that a query finds, and their columns.
pub(crate) async fn rows_of(
    connection: &mut AnyConnection,
    name: &'static str,
    sql: String,
) -> (Table, Vec<Vec<Value>>) {
    let found = sqlx::raw_sql(leaked(sql)).fetch_all(connection).await.expect("rows of the sample");
    let columns =
        found.first().map(|row| row.columns().iter().map(|column| column.name().to_owned()).collect());
    let table = Table { name, columns: columns.unwrap_or_default() };
    (table, found.iter().map(values).collect())
}

fn values(row: &AnyRow) -> Vec<Value> {
    let value = |at: usize| match row.try_get::<String, _>(at) {
        Ok(text) => Value::Text(text),
        Err(_) => Value::Number(row.get(at)),
    };
    (0..row.len()).map(value).collect()
}

/// SQL that was put together at run time; a program that ends soon may keep it.
pub(crate) fn leaked(sql: String) -> &'static str {
    sql.leak()
}

/// Rows on their way into a table, many in one statement.
pub(crate) struct Inserter {
    table: &'static str,
    head: String,
    waiting: String,
}

impl Inserter {
    /// For rows with these columns.
    pub(crate) fn new(table: &Table) -> Self {
        let head = format!("INSERT INTO {} ({}) VALUES ", table.name, table.columns.join(", "));
        Self { table: table.name, head, waiting: String::new() }
    }

    /// Inserts a row, now or with those that follow.
    pub(crate) async fn add(&mut self, to: &mut AnyConnection, row: &[Value]) {
        self.waiting.push_str(if self.waiting.is_empty() { &self.head } else { ", " });
        for (at, value) in row.iter().enumerate() {
            self.waiting.push(if at == 0 { '(' } else { ',' });
            match value {
                Value::Text(text) => {
                    self.waiting.push('\'');
                    self.waiting.push_str(&text.replace('\'', "''"));
                    self.waiting.push('\'');
                }
                Value::Number(number) => self.waiting.push_str(&number.to_string()),
            }
        }
        self.waiting.push(')');
        if self.waiting.len() >= STATEMENT_BYTES {
            self.finish(to).await;
        }
    }

    /// Inserts what waits.
    pub(crate) async fn finish(&mut self, to: &mut AnyConnection) {
        if !self.waiting.is_empty() {
            let sql = sqlx::AssertSqlSafe(std::mem::take(&mut self.waiting));
            let done = sqlx::raw_sql(sql).execute(to).await;
            done.unwrap_or_else(|error| panic!("rows of {}: {error}", self.table));
        }
    }
}
