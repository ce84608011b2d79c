//! Mints that are asked about.

use alloy::primitives::{Address, B256, U256};
use cre_backend::domain::OrderKey;
use sqlx::{AnyConnection, Connection, FromRow};
use uuid::{Builder, Uuid};

const MOST: usize = 200;
const A_DAY_MS: i64 = 86_400_000;

/// A final mint, as its row says.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) account: String,
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) bank_reference: String,
    pub(crate) order: OrderKey,
    pub(crate) tx: B256,
    pub(crate) created_at: i64,
    pub(crate) execution: B256,
}

#[derive(FromRow)]
struct Row {
    id: String,
    account_id: String,
    name: String,
    fingerprint: String,
    bank_reference: String,
    stablecoin: String,
    consumer: String,
    beneficiary: String,
    reference: String,
    amount: String,
    tx: String,
    created_at: i64,
    execution_id: String,
}

impl Row {
    fn read(self) -> Option<Known> {
        Some(Known {
            id: self.id.parse().ok()?,
            account: self.account_id,
            key: self.name,
            fingerprint: self.fingerprint,
            bank_reference: self.bank_reference,
            order: OrderKey {
                stablecoin: self.stablecoin.parse().ok()?,
                consumer: self.consumer.parse().ok()?,
                reference: self.reference.parse().ok()?,
                account: self.beneficiary.parse::<Address>().ok()?,
                amount: self.amount.parse::<U256>().ok()?,
            },
            tx: self.tx.parse().ok()?,
            created_at: self.created_at,
            execution: self.execution_id.parse().ok()?,
        })
    }
}

/// Some final mints from all over a database's time.
pub(crate) async fn known(url: &str, now_ms: i64) -> Vec<Known> {
    let mut connection = AnyConnection::connect(url).await.expect("the database");
    let mut found = Vec::new();
    for at in 0..MOST {
        // Ids begin with the time; most of the places lie within history, and some within the sample.
        let days_ago = i64::try_from(at * 399 / MOST).expect("a small number");
        let at_ms = (now_ms - days_ago * A_DAY_MS).unsigned_abs();
        let before = Builder::from_unix_timestamp_millis(at_ms, &[0xff; 10]).into_uuid();
        let row: Option<Row> = sqlx::query_as(
            "SELECT m.id, m.account_id, k.name, m.fingerprint, m.bank_reference, m.stablecoin, m.consumer, \
             m.beneficiary, m.reference, m.amount, m.tx, m.created_at, r.execution_id FROM mints m \
             JOIN idempotency_keys k ON k.mint_id = m.id JOIN run_mints r ON r.mint_id = m.id WHERE m.id = \
             (SELECT id FROM mints WHERE id < $1 AND outcome = 'finalized' ORDER BY id DESC LIMIT 1) LIMIT 1",
        )
        .bind(before.to_string())
        .fetch_optional(&mut connection)
        .await
        .expect("a mint");
        found.extend(row.and_then(Row::read));
        if found.is_empty() && at > MOST / 2 {
            break;
        }
    }
    connection.close().await.expect("the connection closes");
    assert!(!found.is_empty(), "the database holds no final mint");
    found
}
