//! Mints inside a transaction of the writer: accepted, refused, changed.

use alloy::primitives::{Address, B256, U256};
use uuid::Uuid;

use super::admission::{Admission, LedgerSnapshot, Ruling};
use super::commit::Commit;
use super::error::StoreError;
use super::rows::{
    Accepted, JSON_VERSION, MINT_COLUMNS, MintRow, MintUpdate, NEVER_MS, NewMint, StoredMint, UpdateOutcome,
    minted_in, text, tx_of, write_json,
};
use crate::base::money::parse_base_units;
use crate::domain::admission::AdmissionRefusal;
use crate::domain::{BasketId, Mint, Order, Progress, State};

/// Equal refusals within this time are one row with a count.
const REPEAT_MS: i64 = 60_000;

/// Whose place in the queue is made.
struct Place<'a> {
    id: Uuid,
    account: &'a str,
    /// When the mint was accepted.
    created_at: i64,
    version: i64,
}

/// Where an update finds a mint.
struct Present {
    state: State,
    block: i64,
    block_hash: String,
    fence: i64,
    is_claimed: bool,
    version: i64,
}

impl Present {
    /// Whether a claim with this number still holds the mint. One that has lapsed does not, though nobody has claimed the
    /// mint since.
    fn is_held(&self, fence: i64) -> bool {
        self.is_claimed && self.fence == fence
    }

    /// The block that holds the mint, and its hash.
    fn minted_in(&self) -> Option<(i64, String)> {
        (self.state == State::Minted).then(|| (self.block, self.block_hash.clone()))
    }
}

impl Commit<'_> {
    /// Stores a mint, unless key or reference are known or the rule refuses it.
    pub(super) async fn accept(&mut self, new: &NewMint) -> Result<Accepted, StoreError> {
        if let Some(known) = self.known(new).await? {
            return Ok(known);
        }
        let basket = new.order.basket();
        if let Some(over) = self.over_limit(&new.allowance, new.order.amount).await? {
            return Ok(Accepted::Refused(AdmissionRefusal::OverLimit(over)));
        }
        if let Some(admission) = &new.admission
            && let Some(why) = self.refusal(basket, admission).await?
        {
            return Ok(Accepted::Refused(why));
        }
        let spent = self.spend(&new.allowance, new.order.amount).await?;
        self.insert_mint(new, "open", 1, spent).await?;
        if let Some(key) = &new.idempotency_key
            && !self.store_key(new, key, new.id).await?
        {
            // Another process took it a moment ago: the whole transaction is made again, and finds it.
            return Err(StoreError::Raced);
        }
        let place = Place { id: new.id, account: &new.account, created_at: self.now_ms, version: 1 };
        self.enqueue(&place, &new.order, &new.progress).await?;
        self.log(&new.account, new.id.to_string(), new.event.0, &new.event.1);
        Ok(Accepted::Inserted(Box::new(self.stored(new.id).await?)))
    }

    /// Writes down a refusal at admission, unless an equal request was taken since it was decided: that answers both. One
    /// of the same request and code within a minute is the same row, which says why it was refused last.
    pub(super) async fn refuse(&mut self, new: &NewMint) -> Result<StoredMint, StoreError> {
        if let Some(Accepted::Replayed(taken)) = self.known(new).await? {
            return Ok(*taken);
        }
        let code = new.progress.failure.as_ref().map_or("", |failure| failure.code.name());
        let repeated: Option<(String,)> = sqlx::query_as(
            "UPDATE mints SET repeats = repeats + 1, updated_at = $4, end_json = $6 WHERE id = (SELECT id FROM mints \
             WHERE accepted = 0 AND account_id = $1 AND fingerprint = $2 AND code = $3 AND created_at > $5 \
             ORDER BY created_at DESC LIMIT 1) RETURNING id",
        )
        .bind(&new.account)
        .bind(&new.fingerprint)
        .bind(code)
        .bind(self.now_ms)
        .bind(self.now_ms - REPEAT_MS)
        .bind(write_json(&new.progress)?)
        .fetch_optional(&mut *self.tx)
        .await?;
        if let Some((id,)) = repeated {
            return self.stored_text(&id).await;
        }
        self.insert_mint(new, new.progress.state.word(), 0, (0, String::new())).await?;
        self.totals.ended(&new.account, &new.order, self.now_ms, &new.progress);
        self.log(&new.account, new.id.to_string(), new.event.0, &new.event.1);
        self.stored(new.id).await
    }

    /// What answers a request that is not new.
    async fn known(&mut self, new: &NewMint) -> Result<Option<Accepted>, StoreError> {
        if let Some(key) = &new.idempotency_key {
            let row: Option<(String, String)> = sqlx::query_as(
                "SELECT mint_id, fingerprint FROM idempotency_keys WHERE account_id = $1 AND name = $2",
            )
            .bind(&new.account)
            .bind(key)
            .fetch_optional(&mut *self.tx)
            .await?;
            if let Some((mint, fingerprint)) = row {
                if fingerprint != new.fingerprint {
                    return Ok(Some(Accepted::KeyMismatch));
                }
                return Ok(Some(Accepted::Replayed(Box::new(self.stored_text(&mint).await?))));
            }
        }
        if let Some(holder) = self.holder(new.order.stablecoin, new.order.reference).await? {
            let holder = self.stored_text(&holder).await?;
            let is_own = holder.mint.account == new.account;
            if !is_own || !holder.mint.order.is_same_payment(&new.order) {
                return Ok(Some(Accepted::ReferenceTaken(is_own.then_some(holder.mint.id))));
            }
            if let Some(key) = &new.idempotency_key
                && !self.store_key(new, key, holder.mint.id).await?
            {
                return Err(StoreError::Raced);
            }
            return Ok(Some(Accepted::Replayed(Box::new(holder))));
        }
        if new.is_keyless() {
            return Ok(self.twin(new).await?.map(|twin| Accepted::Replayed(Box::new(twin))));
        }
        Ok(None)
    }

    /// The equal request without key and reference that is not answered yet, if there is one.
    async fn twin(&mut self, new: &NewMint) -> Result<Option<StoredMint>, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT m.id FROM mints m JOIN queue q ON q.mint_id = m.id WHERE m.account_id = $1 \
             AND m.fingerprint = $2 AND m.outcome = 'open' AND m.keyless = 1 AND q.state <> 'minted' \
             ORDER BY m.created_at LIMIT 1",
        )
        .bind(&new.account)
        .bind(&new.fingerprint)
        .fetch_optional(&mut *self.tx)
        .await?;
        match row {
            Some((id,)) => Ok(Some(self.stored_text(&id).await?)),
            None => Ok(None),
        }
    }

    /// The mint that holds a reference.
    async fn holder(&mut self, stablecoin: Address, reference: B256) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> =
            sqlx::query_as("SELECT id FROM mints WHERE stablecoin = $1 AND reference = $2 AND holds = 1")
                .bind(text(stablecoin))
                .bind(reference.to_string())
                .fetch_optional(&mut *self.tx)
                .await?;
        Ok(row.map(|(id,)| id))
    }

    /// Stores a key; `false` when another process was faster.
    async fn store_key(&mut self, new: &NewMint, key: &str, mint: Uuid) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO idempotency_keys (account_id, name, mint_id, fingerprint, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(&new.account)
        .bind(key)
        .bind(mint.to_string())
        .bind(&new.fingerprint)
        .bind(self.now_ms)
        .execute(&mut *self.tx)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Asks the rule, and moves the breaker with an admission; why it refuses, if it does.
    async fn refusal(
        &mut self,
        basket: BasketId,
        admission: &Admission,
    ) -> Result<Option<AdmissionRefusal>, StoreError> {
        match self.judge(basket, admission).await? {
            Ruling::Refuse(why) => return Ok(Some(why)),
            Ruling::Admit(Some(update)) => self.move_breaker(basket, &update)?,
            Ruling::Admit(None) => {}
        }
        Ok(None)
    }

    /// Shows the basket's figures to the rule.
    async fn judge(&mut self, basket: BasketId, admission: &Admission) -> Result<Ruling, StoreError> {
        let above = i64::try_from(admission.minted_above).unwrap_or(i64::MAX);
        let minted: Vec<(String,)> =
            sqlx::query_as("SELECT amount FROM minted_blocks WHERE stablecoin = $1 AND block > $2")
                .bind(text(basket.stablecoin))
                .bind(above)
                .fetch_all(&mut *self.tx)
                .await?;
        let locked = self.basket(basket.stablecoin)?;
        let (breaker, mut reserved) = (locked.breaker.clone(), locked.promised);
        for (amount,) in minted {
            reserved = reserved.saturating_add(parse_base_units(&amount).unwrap_or(U256::MAX));
        }
        for reference in &admission.settled {
            reserved = reserved.saturating_sub(self.promise_of(basket.stablecoin, *reference).await?);
        }
        Ok(admission.judge(&LedgerSnapshot { now_ms: self.now_ms, breaker, reserved }))
    }

    /// What the mint of a reference promises, if it is unfinished.
    async fn promise_of(&mut self, stablecoin: Address, reference: B256) -> Result<U256, StoreError> {
        let row: Option<(String,)> = sqlx::query_as(
            "SELECT q.amount FROM mints m JOIN queue q ON q.mint_id = m.id \
             WHERE m.stablecoin = $1 AND m.reference = $2 AND m.holds = 1 AND q.state <> 'minted'",
        )
        .bind(text(stablecoin))
        .bind(reference.to_string())
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(row.and_then(|(amount,)| parse_base_units(&amount)).unwrap_or_default())
    }

    async fn insert_mint(
        &mut self,
        new: &NewMint,
        outcome: &str,
        accepted: i64,
        (spent_day, spent_buckets): (i64, String),
    ) -> Result<(), StoreError> {
        let is_open = outcome == "open";
        let end_json = if is_open { String::new() } else { write_json(&new.progress)? };
        let code = new.progress.failure.as_ref().map_or("", |failure| failure.code.name());
        let bank_reference = if new.has_bank_reference { new.order.bank_reference.as_str() } else { "" };
        sqlx::query(
            "INSERT INTO mints (id, account_id, stablecoin, consumer, beneficiary, amount, bank_reference, reference, \
             fingerprint, order_version, order_json, outcome, code, holds, accepted, keyless, version, end_version, \
             end_json, created_at, updated_at, key_id, spent_day, spent_buckets) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1, $17, $18, $19, $19, $20, $21, \
             $22)",
        )
        .bind(new.id.to_string())
        .bind(&new.account)
        .bind(text(new.order.stablecoin))
        .bind(text(new.order.consumer))
        .bind(text(new.order.beneficiary))
        .bind(new.order.amount.to_string())
        .bind(bank_reference)
        .bind(new.order.reference.to_string())
        .bind(&new.fingerprint)
        .bind(JSON_VERSION)
        .bind(write_json(&new.order)?)
        .bind(outcome)
        .bind(if is_open { "" } else { code })
        .bind(i64::from(is_open))
        .bind(accepted)
        .bind(i64::from(new.is_keyless()))
        .bind(if is_open { 0 } else { JSON_VERSION })
        .bind(end_json)
        .bind(self.now_ms)
        .bind(&new.key_id)
        .bind(spent_day)
        .bind(spent_buckets)
        .execute(&mut *self.tx)
        .await?;
        self.change_basket(new.order.stablecoin)?.decimals = i64::from(new.order.decimals);
        Ok(())
    }

    /// Puts a mint into the queue; what it promises counts from now on.
    async fn enqueue(
        &mut self,
        place: &Place<'_>,
        order: &Order,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO queue (mint_id, account_id, stablecoin, beneficiary, amount, state, ready_at, expires_at, \
             version, progress_version, progress_json, created_at, updated_at) VALUES \
             ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $7)",
        )
        .bind(place.id.to_string())
        .bind(place.account)
        .bind(text(order.stablecoin))
        .bind(text(order.beneficiary))
        .bind(order.amount.to_string())
        .bind(progress.state.word())
        .bind(self.now_ms)
        .bind(progress.expires_at)
        .bind(place.version)
        .bind(JSON_VERSION)
        .bind(write_json(progress)?)
        .bind(place.created_at)
        .execute(&mut *self.tx)
        .await?;
        let basket = self.change_basket(order.stablecoin)?;
        basket.promised = basket.promised.saturating_add(order.amount);
        basket.alive += 1;
        if progress.state == State::Queued {
            self.refresh_lane(order.stablecoin, &text(order.beneficiary)).await?;
        }
        Ok(())
    }

    /// Stores a change and its events.
    pub(super) async fn update(&mut self, update: &MintUpdate) -> Result<UpdateOutcome, StoreError> {
        let stored = self.stored(update.id).await?;
        let outcome = match self.present(update.id).await? {
            Some(present)
                if present.version == update.version
                    && update.fence.is_none_or(|fence| present.is_held(fence)) =>
            {
                self.change_living(update, &stored.mint, &present).await?;
                UpdateOutcome::Stored(update.version + 1)
            }
            None if stored.mint.version == update.version && update.progress.state.is_unfinished() => {
                self.revive(update, &stored).await?
            }
            _ => UpdateOutcome::Stale,
        };
        if matches!(outcome, UpdateOutcome::Stored(_)) {
            for (kind, data) in &update.events {
                self.log(&stored.mint.account, update.id.to_string(), *kind, data);
            }
            if let Some(run) = &update.run {
                self.store_run(update.id, stored.mint.order.stablecoin, run).await?;
            }
        }
        Ok(outcome)
    }

    async fn present(&mut self, id: Uuid) -> Result<Option<Present>, StoreError> {
        let row: Option<(String, i64, String, i64, String, i64)> = sqlx::query_as(
            "SELECT state, block, block_hash, fence, lease_owner, version FROM queue WHERE mint_id = $1",
        )
        .bind(id.to_string())
        .fetch_optional(&mut *self.tx)
        .await?;
        let present = |(state, block, block_hash, fence, owner, version): (String, _, _, _, String, _)| {
            let state = State::of_word(&state).ok_or_else(|| StoreError::Unreadable(id.to_string()))?;
            Ok(Present { state, block, block_hash, fence, is_claimed: !owner.is_empty(), version })
        };
        row.map(present).transpose()
    }

    async fn change_living(
        &mut self,
        update: &MintUpdate,
        mint: &Mint,
        present: &Present,
    ) -> Result<(), StoreError> {
        let (order, next) = (&mint.order, &update.progress);
        if next.state.is_terminal() {
            self.end(update, order.amount).await?;
            self.totals.ended(&mint.account, order, mint.created_at, next);
            if next.state == State::Finalized {
                self.totals.booked(&mint.account, order, self.now_ms);
            }
        } else {
            self.move_on(update).await?;
        }
        let amount = order.amount;
        let basket = self.change_basket(order.stablecoin)?;
        match (present.state.is_unfinished(), next.state.is_unfinished()) {
            (true, false) => basket.promised = basket.promised.saturating_sub(amount),
            (false, true) => basket.promised = basket.promised.saturating_add(amount),
            _ => {}
        }
        if next.state.is_terminal() {
            basket.alive = (basket.alive - 1).max(0);
        }
        self.move_in_blocks(order, present.minted_in(), next).await?;
        if present.state == State::Queued || next.state == State::Queued {
            self.refresh_lane(order.stablecoin, &text(order.beneficiary)).await?;
        }
        Ok(())
    }

    /// A change of a mint that goes on living.
    async fn move_on(&mut self, update: &MintUpdate) -> Result<(), StoreError> {
        let is_free = update.release || update.fence.is_none() || update.progress.state == State::Minted;
        // What is minted is watched by its block; what stays claimed is not due for anybody else.
        let ready_at = match (update.progress.state, is_free) {
            (State::Minted, _) | (_, false) => NEVER_MS,
            (_, true) => self.now_ms.saturating_add(update.pause_ms),
        };
        let (block, block_hash) = minted_in(&update.progress).unwrap_or_default();
        sqlx::query(
            "UPDATE queue SET state = $1, progress_version = $2, progress_json = $3, ready_at = $4, expires_at = $5, \
             updated_at = $6, version = version + 1, block = $7, block_hash = $8, \
             lease_owner = CASE WHEN $9 = 1 THEN '' ELSE lease_owner END, tx = $10 WHERE mint_id = $11",
        )
        .bind(update.progress.state.word())
        .bind(JSON_VERSION)
        .bind(write_json(&update.progress)?)
        .bind(ready_at)
        .bind(update.progress.expires_at)
        .bind(self.now_ms)
        .bind(block)
        .bind(block_hash)
        .bind(i64::from(is_free))
        .bind(if update.progress.state == State::Minted { tx_of(&update.progress) } else { String::new() })
        .bind(update.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }

    /// A mint leaves the queue: it is final, or it ended unminted and lets go of its reference.
    async fn end(&mut self, update: &MintUpdate, amount: U256) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM queue WHERE mint_id = $1")
            .bind(update.id.to_string())
            .execute(&mut *self.tx)
            .await?;
        let code = update.progress.failure.as_ref().map_or("", |failure| failure.code.name());
        let (day, buckets): (i64, String) = sqlx::query_as(
            "UPDATE mints SET outcome = $1, code = $2, holds = $3, version = $4, end_version = $5, end_json = $6, \
             updated_at = $7, tx = $8 WHERE id = $9 RETURNING spent_day, spent_buckets",
        )
        .bind(update.progress.state.word())
        .bind(code)
        .bind(i64::from(update.progress.state == State::Finalized))
        .bind(update.version + 1)
        .bind(JSON_VERSION)
        .bind(write_json(&update.progress)?)
        .bind(self.now_ms)
        .bind(if update.progress.state == State::Finalized { tx_of(&update.progress) } else { String::new() })
        .bind(update.id.to_string())
        .fetch_one(&mut *self.tx)
        .await?;
        if update.progress.state != State::Finalized {
            self.give_back(day, &buckets, amount).await?;
        }
        Ok(())
    }

    /// A mint that ended unminted lives again, if nobody else holds its reference.
    async fn revive(
        &mut self,
        update: &MintUpdate,
        stored: &StoredMint,
    ) -> Result<UpdateOutcome, StoreError> {
        let order = &stored.mint.order;
        if let Some(holder) = self.holder(order.stablecoin, order.reference).await? {
            let holder = holder.parse().map_err(|_| StoreError::Unreadable(holder))?;
            return Ok(UpdateOutcome::ReferenceTaken(holder));
        }
        if let Some(over) = self.over_limit(&update.allowance, order.amount).await? {
            return Ok(UpdateOutcome::Refused(AdmissionRefusal::OverLimit(over)));
        }
        if let Some(admission) = &update.admission
            && let Some(why) = self.refusal(order.basket(), admission).await?
        {
            return Ok(UpdateOutcome::Refused(why));
        }
        let (spent_day, spent_buckets) = self.spend(&update.allowance, order.amount).await?;
        sqlx::query(
            "UPDATE mints SET outcome = 'open', code = '', holds = 1, end_version = 0, end_json = '', \
             updated_at = $1, spent_day = $3, spent_buckets = $4 WHERE id = $2",
        )
        .bind(self.now_ms)
        .bind(update.id.to_string())
        .bind(spent_day)
        .bind(spent_buckets)
        .execute(&mut *self.tx)
        .await?;
        let Mint { account, created_at, progress: ended, .. } = &stored.mint;
        self.totals.revived(account, order, *created_at, ended);
        let version = update.version + 1;
        let place = Place { id: update.id, account, created_at: *created_at, version };
        self.enqueue(&place, order, &update.progress).await?;
        Ok(UpdateOutcome::Stored(version))
    }

    /// Lets a lane show when its first queued mint is due.
    pub(super) async fn refresh_lane(
        &mut self,
        stablecoin: Address,
        beneficiary: &str,
    ) -> Result<(), StoreError> {
        let (ready_at,): (Option<i64>,) = sqlx::query_as(
            "SELECT MIN(ready_at) FROM queue WHERE state = 'queued' AND stablecoin = $1 AND beneficiary = $2",
        )
        .bind(text(stablecoin))
        .bind(beneficiary)
        .fetch_one(&mut *self.tx)
        .await?;
        let query = match ready_at {
            Some(ready_at) => sqlx::query(
                "INSERT INTO lanes (stablecoin, beneficiary, ready_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (stablecoin, beneficiary) DO UPDATE SET ready_at = excluded.ready_at",
            )
            .bind(text(stablecoin))
            .bind(beneficiary)
            .bind(ready_at),
            None => sqlx::query("DELETE FROM lanes WHERE stablecoin = $1 AND beneficiary = $2")
                .bind(text(stablecoin))
                .bind(beneficiary),
        };
        query.execute(&mut *self.tx).await?;
        Ok(())
    }

    /// A stored mint.
    pub(super) async fn stored(&mut self, id: Uuid) -> Result<StoredMint, StoreError> {
        self.stored_text(&id.to_string()).await
    }

    pub(super) async fn stored_text(&mut self, id: &str) -> Result<StoredMint, StoreError> {
        static SQL: std::sync::LazyLock<&'static str> = std::sync::LazyLock::new(|| {
            format!(
                "SELECT {MINT_COLUMNS} FROM mints m LEFT JOIN queue q ON q.mint_id = m.id WHERE m.id = $1"
            )
            .leak()
        });
        let row = sqlx::query_as::<_, MintRow>(*SQL).bind(id).fetch_optional(&mut *self.tx).await?;
        row.ok_or(sqlx::Error::RowNotFound)?.try_into()
    }
}
