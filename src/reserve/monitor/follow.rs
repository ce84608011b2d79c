//! Follows the chain and compares what it says with what is known here.
//!
//! One question a look, for the newest block, and no more while nothing of ours happened: see [`super::watch`]. What
//! happened is read by the block's hash where every block was seen; where some were not, every block above the cursor is
//! read again, so that nothing is missed and nothing waits for finality; the cursor moves only over final blocks. What was
//! judged above it is remembered by block hash and log index: a log is judged once, and one that comes back in another
//! block after a re-organisation is judged as new. Alarms, breakers and the cursor are stored in one transaction.
//!
//! Of several instances one looks, and the others hear what it has read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use alloy::primitives::Address;
use alloy::rpc::types::Log;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::alarms::{
    ChainAlert, ScheduledCall, alert_of, creations, explained_by_switch, followed_events, mark,
};
use super::readings::keep_reading;
use super::watch::{FINAL_PAUSE, News, Watch};
use crate::base::logging::with_causes;
use crate::base::task;
use crate::base::wire::{AddressText, HashText, Timestamp};
use crate::chain::{BasketLogs, ChainError, ReserveFigures, Sight};
use crate::domain::breaker::{Event, Reason};
use crate::domain::order::order_digest;
use crate::domain::{Basket, BasketContracts, BasketId, EventKind};
use crate::reserve::event_data::{AlarmData, ScheduledData, logged};
use crate::reserve::guard::{GuardError, ReserveGuard, compare};
use crate::reserve::telemetry;
use crate::store::{BasketEvent, BasketUpdate};
use crate::store::{ChainCursor, WatchName};

/// How much longer than two pauses an instance that looks may be silent before another one looks.
const LEASE_MARGIN: Duration = Duration::from_secs(2);

/// Judged logs above the cursor: mark → block.
pub(super) type Seen = BTreeMap<String, u64>;

/// Follows the chain until `stop` fires.
pub async fn follow(guard: ReserveGuard, stop: CancellationToken) {
    let (pause, mut watch) = (guard.policy.monitor_interval, Watch::default());
    loop {
        match look_for_all(&guard, &mut watch, pause * 2 + LEASE_MARGIN).await {
            Ok(()) => task::moved(),
            Err(error) => tracing::warn!(error = with_causes(&error), "the monitor cannot look at the chain"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(pause) => {}
        }
    }
    // Who does not hear of it waits for the lease to lapse.
    let _ = guard.store.leave_watch(WatchName::Chain).await;
}

/// Looks, where no other instance does; else hears what that one has read.
async fn look_for_all(guard: &ReserveGuard, watch: &mut Watch, lease: Duration) -> Result<(), GuardError> {
    if !guard.store.take_watch(WatchName::Chain, lease).await? {
        *watch = Watch::default();
        return Ok(guard.hear_figures().await?);
    }
    let looked = look_on(guard, watch).await;
    if looked.is_err() {
        // Another instance may have an endpoint that answers.
        guard.store.leave_watch(WatchName::Chain).await?;
    }
    looked
}

/// Looks once at every basket and at every new block.
///
/// # Errors
/// When chain or database do not answer; the next look starts where this one did.
pub async fn look(guard: &ReserveGuard) -> Result<(), GuardError> {
    look_on(guard, &mut Watch::default()).await
}

async fn look_on(guard: &ReserveGuard, watch: &mut Watch) -> Result<(), GuardError> {
    let mut baskets = Vec::new();
    for basket in guard.followed().await? {
        let Some(contracts) = guard.contracts(basket.stablecoin).await? else { continue };
        guard.settle_probe(contracts.id()).await?;
        check_promises(guard, &contracts).await?;
        baskets.push(contracts);
    }
    if baskets.is_empty() {
        // Somebody has to know whether the chain answers.
        guard.chain.head().await?;
        return Ok(());
    }
    let wanted = wanted_logs(guard, &baskets)?;
    let sight = guard.chain.sight().await?;
    let news = watch.news(&guard.chain, &sight, &wanted.contracts).await?;
    let figures = figures_now(guard, &baskets, &sight, &news).await?;
    for (basket, figures) in baskets.iter().zip(&figures) {
        check_basket(guard, basket, figures).await?;
    }
    scan(guard, watch, (&baskets, &wanted), &sight, &news).await?;
    watch.note(&guard.chain, &sight.head, &news, &wanted.contracts);
    guard.chain.note_seen(sight.head.number);
    Ok(())
}

/// The figures of all baskets in the newest block; read are those that something may have changed since they were.
async fn figures_now(
    guard: &ReserveGuard,
    baskets: &[BasketContracts],
    sight: &Sight,
    news: &News,
) -> Result<Vec<ReserveFigures>, GuardError> {
    let is_known = |basket: &BasketContracts| {
        let Some((_, read_in)) = guard.known_figures_of(basket.stablecoin) else { return false };
        match news {
            News::None => true,
            News::In(blocks) => {
                // After a mint they are read in its block: what follows that one counts.
                let read = blocks.iter().position(|block| Some(block.head.hash) == read_in);
                let mut later = blocks.iter().skip(read.map_or(0, |at| at + 1));
                !later.any(|block| block.may_have_logged(&basket.logging()))
            }
            News::Anywhere => false,
        }
    };
    let block = sight.head.number;
    let (known, changed): (Vec<BasketContracts>, _) = baskets.iter().copied().partition(is_known);
    known.iter().for_each(|basket| guard.confirm_figures(basket.stablecoin, block));
    if !changed.is_empty() {
        guard.read_figures(&changed, block).await?;
    }
    let figures = baskets.iter().map(|basket| guard.known_figures(basket.stablecoin));
    figures.collect::<Option<_>>().ok_or(GuardError::Chain(ChainError::Disagree))
}

/// Compares what a basket is kept to promise with what its queue adds up to; the count is kept from now on. What the
/// chain says of the basket is noted along with it.
async fn check_promises(guard: &ReserveGuard, contracts: &BasketContracts) -> Result<(), GuardError> {
    if !guard.is_recount_due(contracts.id()) {
        return Ok(());
    }
    let BasketContracts { stablecoin, consumer, decimals, .. } = *contracts;
    guard.store.remember_basket(&Basket { stablecoin, consumer, decimals }).await?;
    let recount = guard.store.recount(contracts.id()).await?;
    if recount.kept != recount.counted {
        telemetry::promises_differ(contracts.stablecoin, &recount);
    }
    Ok(())
}

/// Compares a basket's proof with its supply and its age.
async fn check_basket(
    guard: &ReserveGuard,
    contracts: &BasketContracts,
    figures: &ReserveFigures,
) -> Result<(), GuardError> {
    let mut events = vec![Event::Tick, Event::PausedOnChain(figures.is_paused)];
    if let Some(proof) = guard.proof(contracts.stablecoin) {
        events.push(compare(proof.reserves, figures.supply, proof.observed_at));
    }
    // Before the first proof nothing can have been issued, and each mint brings its own.
    if let Some(age_max) = guard.policy.proof_age_max
        && figures.round > 0
    {
        let age = guard.clock.now_seconds().saturating_sub(figures.observed_at);
        let old = age > age_max.as_secs();
        events.push(Event::Aged(old.then(|| "the proof of reserves on chain is too old".to_owned())));
    }
    guard.tell_breaker(contracts.id(), events).await?;
    if let Err(error) = keep_reading(guard, contracts, figures).await {
        // What is looked at later must not keep anybody from looking at the chain now.
        tracing::warn!(error = with_causes(&error), "a reading of the reserves cannot be kept");
    }
    Ok(())
}

/// Judges what happened, and moves the cursor.
async fn scan(
    guard: &ReserveGuard,
    watch: &mut Watch,
    (baskets, wanted): (&[BasketContracts], &BasketLogs),
    sight: &Sight,
    news: &News,
) -> Result<(), GuardError> {
    let head = sight.head.number;
    if *news == News::None && !watch.is_cursor_due(head) {
        return Ok(());
    }
    let stored = guard.store.chain_cursor().await?;
    let is_first = stored.is_none();
    let is_final = match guard.chain.known_final_head(FINAL_PAUSE)? {
        Some(known) => Some(known.number),
        None if is_first || watch.may_ask_final() => Some(guard.chain.final_head().await?.number),
        None => None,
    };
    let cursor = stored.unwrap_or_else(|| ChainCursor {
        cursor_block: i64::try_from(is_final.unwrap_or(head)).unwrap_or(i64::MAX),
        seen_json: "{}".to_owned(),
        version: 0,
    });
    let cursor_block = u64::try_from(cursor.cursor_block).unwrap_or_default();
    let last = head.min(guard.chain.reach(cursor_block));
    let unread = (cursor_block + 1, last);
    let logs = match news {
        News::None => Vec::new(),
        News::In(blocks) => match logs_of(guard, wanted, blocks).await {
            // Not every node finds logs by a block's hash.
            Err(ChainError::Refused(_)) => guard.chain.basket_logs(wanted, unread).await?,
            read => read?,
        },
        News::Anywhere if last > cursor_block => guard.chain.basket_logs(wanted, unread).await?,
        News::Anywhere => Vec::new(),
    };

    let mut seen: Seen = serde_json::from_str(&cursor.seen_json).unwrap_or_default();
    let mut update = BasketUpdate::default();
    if !is_first {
        // What was there before this gateway first looked is taken as given.
        judge_logs(guard, baskets, &logs, &seen, &mut update).await?;
    }
    let next = is_final.unwrap_or(cursor_block).min(last).max(cursor_block);
    watch.note_cursor(next, last < head);
    seen.extend(logs.iter().map(|log| (mark(log), log.block_number.unwrap_or_default())));
    seen.retain(|_, block| *block > next);
    let moved = ChainCursor {
        cursor_block: i64::try_from(next).unwrap_or(i64::MAX),
        seen_json: json!(seen).to_string(),
        version: cursor.version,
    };
    if update.events.is_empty() {
        if is_first || moved != cursor {
            guard.store.move_chain_cursor(&moved).await?;
        }
        return Ok(());
    }
    update.cursor = Some(moved);
    let told: Vec<BasketEvent> = update.events.clone();
    // Somebody else who follows the same chain with the same database was first: they told it.
    if guard.store.update_baskets(update).await? {
        for event in told {
            telemetry::chain_alarm(event.basket.stablecoin, &event.data);
        }
    }
    Ok(())
}

/// What is followed of these baskets.
pub(super) fn wanted_logs(
    guard: &ReserveGuard,
    baskets: &[BasketContracts],
) -> Result<BasketLogs, ChainError> {
    let known = guard.chain.identity()?.contracts;
    let mut contracts = vec![known.forwarder, known.factory];
    for basket in baskets {
        contracts.extend(basket.logging());
    }
    contracts.sort_unstable();
    contracts.dedup();
    let tokens: Vec<Address> = baskets.iter().map(|basket| basket.stablecoin).collect();
    Ok(BasketLogs { contracts, events: followed_events(), tokens })
}

/// What was logged in these blocks.
async fn logs_of(
    guard: &ReserveGuard,
    wanted: &BasketLogs,
    blocks: &[Sight],
) -> Result<Vec<Log>, ChainError> {
    let mut logs = Vec::new();
    for block in blocks {
        logs.extend(guard.chain.basket_logs_of(wanted, block.head.hash).await?);
    }
    Ok(logs)
}

/// Adds what is new in the logs to the update.
async fn judge_logs(
    guard: &ReserveGuard,
    baskets: &[BasketContracts],
    logs: &[Log],
    seen: &Seen,
    update: &mut BasketUpdate,
) -> Result<(), GuardError> {
    let known = guard.chain.identity()?.contracts;
    let made = creations(logs, known.factory);
    for basket in baskets {
        // Units that a mint of the consumer explains, to tell them from those that somebody else created.
        let mut explained = BTreeSet::new();
        for log in logs {
            if let Some(ChainAlert::Minted { account, amount, .. }) = alert_of(log, basket, known.forwarder) {
                explained.insert((log.transaction_hash, account, amount));
            }
        }
        let switched = explained_by_switch(logs, basket);
        for log in logs {
            let mark = mark(log);
            if seen.contains_key(&mark)
                || switched.contains(&mark)
                || log.transaction_hash.is_some_and(|tx| made.contains(&tx))
            {
                continue;
            }
            let mut scheduled = None;
            let found = match alert_of(log, basket, known.forwarder) {
                None => continue,
                Some(ChainAlert::Stop(reason, message)) => (Some(reason), message),
                Some(ChainAlert::Note(message)) => (None, message),
                Some(ChainAlert::Scheduled(call)) => {
                    let is_theirs = |other: &BasketContracts| other.owns(call.target);
                    if !basket.owns(call.target) && baskets.iter().any(is_theirs) {
                        continue;
                    }
                    scheduled = Some(scheduled_data(guard, log, call).await?);
                    (None, "the timelock will make a call")
                }
                Some(ChainAlert::Minted { reference, account, amount }) => {
                    let stored = guard.store.mint_of(basket.stablecoin, reference).await?;
                    let digest = stored.map(|stored| stored.mint.order.key().digest());
                    if digest == Some(order_digest(account, amount)) {
                        continue;
                    }
                    (Some(Reason::ForeignMint), "tokens were minted that no request here explains")
                }
                Some(ChainAlert::Created { account, amount }) => {
                    if explained.contains(&(log.transaction_hash, account, amount)) {
                        continue;
                    }
                    (Some(Reason::UnexpectedSupply), "tokens were created without the minting consumer")
                }
            };
            raise_alarm(guard, update, (basket.id(), log), found, scheduled);
        }
    }
    Ok(())
}

/// A scheduled call with the moment from which on it may be made.
async fn scheduled_data(
    guard: &ReserveGuard,
    log: &Log,
    call: ScheduledCall,
) -> Result<ScheduledData, GuardError> {
    let block_time = match log.block_timestamp {
        Some(time) => time,
        // Not every node sends it along.
        None => guard.chain.block_time(log.block_number.unwrap_or_default()).await?,
    };
    let at = block_time.saturating_add(call.delay);
    Ok(ScheduledData {
        operation: HashText(call.operation),
        target: AddressText(call.target),
        call: call.call,
        at: Timestamp::of_seconds(at),
    })
}

fn raise_alarm(
    guard: &ReserveGuard,
    update: &mut BasketUpdate,
    (basket, log): (BasketId, &Log),
    found: (Option<Reason>, &'static str),
    scheduled: Option<ScheduledData>,
) {
    let (reason, message) = found;
    let place = format!(
        "{message} (contract {}, transaction {})",
        log.address(),
        log.transaction_hash.unwrap_or_default()
    );
    let stops = match reason {
        Some(Reason::ForeignMint) => guard.policy.foreign_mint_opens,
        Some(_) => true,
        None => false,
    };
    update.events.push(BasketEvent {
        basket,
        kind: EventKind::ChainAlarm,
        data: logged(&AlarmData {
            consumer: AddressText(basket.consumer),
            reason,
            message,
            contract: AddressText(log.address()),
            tx: log.transaction_hash.map(HashText),
            block_number: log.block_number,
            stops,
            scheduled,
        }),
    });
    if let Some(reason) = reason.filter(|_| stops) {
        guard.move_breaker(update, basket, vec![Event::Trip(reason, place)]);
    }
}
