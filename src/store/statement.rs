//! Statements: what became final of a basket, and the sums of everything before.

use std::sync::LazyLock;

use alloy::primitives::Address;

use super::database::Store;
use super::error::StoreError;
use super::mints::select;
use super::rows::{MintRow, StoredMint, readable, text};
use super::summary::Sum;
use super::totals::{DAY_MS, day_of};

// $1 account, $2 token, $3 day of the time, $4 its first millisecond, $5 the time.
pub(super) const BOOKED_BEFORE: &str = "SELECT mints, amount FROM booked_days WHERE account_id = $1 AND stablecoin = $2 \
    AND day < $3 UNION ALL SELECT CAST(1 AS BIGINT), amount FROM mints WHERE account_id = $1 AND stablecoin = $2 \
    AND outcome = 'finalized' AND updated_at >= $4 AND updated_at < $5";
pub(super) static BOOKED: LazyLock<&'static str> = LazyLock::new(|| {
    select(
        "m.account_id = $1 AND m.stablecoin = $2 AND m.outcome = 'finalized' AND (m.updated_at, m.id) > ($3, $4) \
         AND m.updated_at < $5 ORDER BY m.updated_at, m.id LIMIT $6",
    )
});
pub(super) static ANY_OF_BASKET: LazyLock<&'static str> = LazyLock::new(|| {
    select("m.account_id = $1 AND m.stablecoin = $2 ORDER BY m.created_at DESC, m.id DESC LIMIT 1")
});

/// Which lines of a statement are read.
#[derive(Clone, Debug)]
pub struct StatementLines {
    /// Those of this account; none = of all accounts.
    pub account: Option<String>,
    /// Those of the basket with this token.
    pub stablecoin: Address,
    /// Those after this place: the time at which a mint became final, and its id.
    pub after: (i64, String),
    /// Those that became final before this time, unix ms.
    pub to: i64,
    /// Most of them.
    pub limit: usize,
}

impl Store {
    /// What the mints of an account, or of all, of a basket add up to that became final before a time, unix ms.
    pub async fn booked_before(
        &self,
        account: Option<&str>,
        stablecoin: Address,
        time: i64,
    ) -> Result<Sum, StoreError> {
        let day = day_of(time);
        let mut sum = Sum::default();
        for account in self.accounts_in(account).await? {
            let rows: Vec<(i64, String)> = sqlx::query_as(BOOKED_BEFORE)
                .bind(account)
                .bind(text(stablecoin))
                .bind(day)
                .bind(day * DAY_MS)
                .bind(time)
                .fetch_all(&self.pool)
                .await?;
            rows.iter().for_each(|(mints, amount)| sum.add(*mints, amount));
        }
        Ok(sum)
    }

    /// Mints in the order in which they became final, and where the next ones begin, if there are more. Their last
    /// change is that they became final.
    pub async fn booked_mints(
        &self,
        lines: &StatementLines,
    ) -> Result<(Vec<StoredMint>, Option<(i64, String)>), StoreError> {
        let limit = lines.limit;
        let mut rows = Vec::new();
        for account in self.accounts_in(lines.account.as_deref()).await? {
            let booked = sqlx::query_as::<_, MintRow>(*BOOKED)
                .bind(account)
                .bind(text(lines.stablecoin))
                .bind(lines.after.0)
                .bind(lines.after.1.clone())
                .bind(lines.to)
                .bind(i64::try_from(limit + 1).unwrap_or(i64::MAX))
                .fetch_all(&self.pool)
                .await?;
            rows.extend(booked);
        }
        rows.sort_by(|one, other| (one.updated_at, &one.id).cmp(&(other.updated_at, &other.id)));
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(|row| (row.updated_at, row.id.clone()));
        Ok((rows.into_iter().filter_map(readable).collect(), next))
    }

    /// Decimals of a basket's token, if the account, or any of all, has a mint of it.
    pub async fn decimals_of(
        &self,
        account: Option<&str>,
        stablecoin: Address,
    ) -> Result<Option<u8>, StoreError> {
        for account in self.accounts_in(account).await? {
            let row = sqlx::query_as::<_, MintRow>(*ANY_OF_BASKET).bind(account).bind(text(stablecoin));
            if let Some(stored) = row.fetch_optional(&self.pool).await?.and_then(readable) {
                return Ok(Some(stored.mint.order.decimals));
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{B256, U256, keccak256};

    use super::*;
    use crate::base::clock::Clock;
    use crate::base::secret::SecretUrl;
    use crate::domain::{MintProof, Order, Progress, State, TxLocation};
    use crate::store::rows::write_json;

    const TOKEN: Address = Address::repeat_byte(0x70);

    /// A final mint of an account, of as many base units as its number.
    async fn add(store: &Store, account: &str, number: u8) {
        let location = TxLocation { tx: B256::ZERO, block_number: 7, block_hash: B256::ZERO };
        let proof = Some(MintProof { location, log_index: 0 });
        let progress = Progress { state: State::Finalized, proof, ..Progress::default() };
        let order = Order {
            stablecoin: TOKEN,
            consumer: TOKEN,
            beneficiary: TOKEN,
            amount: U256::from(number),
            decimals: 2,
            bank_reference: String::new(),
            reference: keccak256([number]),
        };
        sqlx::query(
            "INSERT INTO mints (id, account_id, stablecoin, consumer, beneficiary, amount, bank_reference, reference, \
             fingerprint, order_version, order_json, outcome, holds, accepted, keyless, version, end_version, end_json, \
             created_at, updated_at) VALUES ($1, $2, $3, $3, $3, $4, '', $5, '', 1, $6, 'finalized', 1, 1, 0, 1, 1, $7, \
             $8, $8)",
        )
        .bind(format!("00000000-0000-7000-8000-{number:012}"))
        .bind(account.to_owned())
        .bind(text(TOKEN))
        .bind(number.to_string())
        .bind(order.reference.to_string())
        .bind(write_json(&order).unwrap())
        .bind(write_json(&progress).unwrap())
        .bind(i64::from(number))
        .execute(&store.pool)
        .await
        .unwrap();
    }

    #[tokio::test]
    async fn statement_of_all_accounts_is_one_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let url = SecretUrl::new(format!("sqlite:{}", folder.path().join("books.db").display()));
        let (store, _writer) = Store::open(&url, Clock::manual(1_000)).await.unwrap();
        for account in ["one", "two"] {
            sqlx::query("INSERT INTO accounts (id, name, created_at) VALUES ($1, $1, 0)")
                .bind(account)
                .execute(&store.pool)
                .await
                .unwrap();
        }
        for (account, number) in [("one", 1), ("two", 2), ("two", 3), ("one", 4), ("two", 5)] {
            add(&store, account, number).await;
        }
        for (account, numbers) in
            [(None, vec![1, 2, 3, 4, 5]), (Some("one"), vec![1, 4]), (Some("none"), vec![])]
        {
            let (mut seen, mut place) = (Vec::new(), Some((0, String::new())));
            while let Some(after) = place {
                let lines = StatementLines {
                    account: account.map(str::to_owned),
                    stablecoin: TOKEN,
                    after,
                    to: 100,
                    limit: 2,
                };
                let (mints, next) = store.booked_mints(&lines).await.unwrap();
                assert!(mints.len() <= 2);
                seen.extend(mints.into_iter().map(|stored| stored.mint.updated_at));
                place = next;
            }
            assert_eq!(seen, numbers, "{account:?}");
            let sum = store.booked_before(account, TOKEN, 100).await.unwrap();
            let expected = (numbers.len() as u64, U256::from(numbers.iter().sum::<i64>()));
            assert_eq!((sum.mints, sum.amount), expected, "{account:?}");
            let decimals = store.decimals_of(account, TOKEN).await.unwrap();
            assert_eq!(decimals, (!numbers.is_empty()).then_some(2), "{account:?}");
            let summed = store.summary(account, None, 0..100).await.unwrap();
            assert_eq!(summed.values().map(|sum| sum.mints).sum::<u64>(), expected.0, "{account:?}");
        }
    }
}
