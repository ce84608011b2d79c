//! Reading mints.

use std::sync::LazyLock;

use alloy::primitives::{Address, B256, U256};
use sqlx::{Any, FromRow, Transaction};
use uuid::Uuid;

use super::database::Store;
use super::error::StoreError;
use super::rows::{MintRow, StoredMint, sql_list};
use crate::base::money::parse_base_units;
use crate::domain::State;
use crate::domain::coverage::Reservation;

/// What unfinished mints promise, and what was minted above a block.
static RESERVATIONS: LazyLock<&'static str> = LazyLock::new(|| {
    let unfinished = sql_list(State::is_unfinished);
    let columns = "SELECT id, reference, amount, minted_block FROM mints WHERE consumer = $1 AND";
    format!("{columns} state IN ({unfinished}) UNION ALL {columns} minted_block > $2").leak()
});

/// Which mints a list shows.
#[derive(Clone, Debug, Default)]
pub struct MintFilter {
    /// Only those in this state.
    pub state: Option<State>,
    /// Only those of the basket with this token or consumer.
    pub basket: Option<Address>,
    /// Only those for this beneficiary.
    pub beneficiary: Option<Address>,
    /// Only those older than this one.
    pub before: Option<Uuid>,
    /// Most rows.
    pub limit: i64,
}

#[derive(FromRow)]
struct ReservationRow {
    id: String,
    reference: String,
    amount: String,
    minted_block: i64,
}

impl ReservationRow {
    fn read(self) -> Option<(Uuid, Reservation)> {
        let minted_in = u64::try_from(self.minted_block).ok().filter(|block| *block > 0);
        let (amount, reference): (U256, B256) =
            (parse_base_units(&self.amount)?, self.reference.parse().ok()?);
        Some((self.id.parse().ok()?, Reservation { amount, reference, minted_in }))
    }
}

impl Store {
    /// One mint.
    pub async fn mint(&self, id: Uuid) -> Result<Option<StoredMint>, StoreError> {
        let found = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE id = $1").bind(id.to_string());
        found.fetch_optional(&self.pool).await?.map(StoredMint::try_from).transpose()
    }

    /// The mint of a reference, if it was asked for here.
    pub async fn mint_of(
        &self,
        consumer: Address,
        reference: B256,
    ) -> Result<Option<StoredMint>, StoreError> {
        let row = sqlx::query_as::<_, MintRow>("SELECT * FROM mints WHERE consumer = $1 AND reference = $2");
        let row =
            row.bind(consumer.to_string()).bind(reference.to_string()).fetch_optional(&self.pool).await?;
        row.map(StoredMint::try_from).transpose()
    }

    /// Mints, newest first.
    pub async fn mints(&self, filter: &MintFilter) -> Result<Vec<StoredMint>, StoreError> {
        let text = |address: Option<Address>| address.map(|address| address.to_string()).unwrap_or_default();
        let rows = sqlx::query_as::<_, MintRow>(
            "SELECT * FROM mints WHERE ($1 = '' OR state = $1) AND ($2 = '' OR consumer = $2 OR stablecoin = $2) \
             AND ($3 = '' OR beneficiary = $3) AND ($4 = '' OR id < $4) ORDER BY id DESC LIMIT $5",
        )
        .bind(filter.state.map_or("", State::word))
        .bind(text(filter.basket))
        .bind(text(filter.beneficiary))
        .bind(filter.before.map(|id| id.to_string()).unwrap_or_default())
        .bind(filter.limit);
        rows.fetch_all(&self.pool).await?.into_iter().map(StoredMint::try_from).collect()
    }

    /// What the unfinished mints of a basket promise, and those minted above a block.
    pub async fn reservations(
        &self,
        consumer: Address,
        minted_above: u64,
    ) -> Result<Vec<(Uuid, Reservation)>, StoreError> {
        let rows = reservations_of(consumer, minted_above).fetch_all(&self.pool).await?;
        Ok(rows.into_iter().filter_map(ReservationRow::read).collect())
    }
}

fn reservations_of(
    consumer: Address,
    minted_above: u64,
) -> sqlx::query::QueryAs<'static, Any, ReservationRow, sqlx::any::AnyArguments> {
    let above = i64::try_from(minted_above).unwrap_or(i64::MAX);
    sqlx::query_as(*RESERVATIONS).bind(consumer.to_string()).bind(above)
}

/// The same inside a transaction.
pub(super) async fn stored_reservations(
    tx: &mut Transaction<'_, Any>,
    consumer: Address,
    minted_above: u64,
) -> Result<Vec<(Uuid, Reservation)>, StoreError> {
    let rows = reservations_of(consumer, minted_above).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().filter_map(ReservationRow::read).collect())
}
