//! Follows the chain and compares what it says with what is known here.
//!
//! Every block above the cursor is read again at each look, up to the head, so that nothing is missed and nothing
//! waits for finality; the cursor moves only over final blocks. What was judged above it is remembered by block hash
//! and log index: a log is judged once, and one that comes back in another block after a re-organisation is judged as
//! new. Alarms, breakers and the cursor are stored in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::Address;
use alloy::rpc::types::Log;
use serde::Deserialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::alarm::{Meaning, creations, explained_by_switch, followed_events, mark, meaning};
use super::breaker::{Event, Reason};
use super::desk::{Desk, DeskError, compared};
use crate::chain::{Parts, order_digest};
use crate::observe;
use crate::store::books::{BasketEvent, CHAIN_WATCH, Turn, Watch};

/// Blocks read in one look; a longer absence takes several.
const BLOCKS_MAX: u64 = 50_000;

/// Judged logs above the cursor: mark → block.
type Seen = BTreeMap<String, u64>;

#[derive(Deserialize)]
struct StoredOrder {
    beneficiary: Address,
    amount: alloy::primitives::U256,
}

/// Follows the chain until `stop` fires.
pub async fn follow(desk: Desk, stop: CancellationToken) {
    loop {
        if let Err(error) = look(&desk).await {
            tracing::warn!(%error, "the monitor cannot look at the chain");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(desk.rules.monitor_interval) => {}
        }
    }
}

/// Looks once at every basket and at every new block.
///
/// # Errors
/// When chain or database do not answer; the next look starts where this one did.
pub async fn look(desk: &Desk) -> Result<(), DeskError> {
    let mut baskets = Vec::new();
    for consumer in desk.followed().await? {
        let Some(parts) = desk.parts(consumer).await? else { continue };
        desk.settle_probe(consumer).await?;
        compare(desk, &parts).await?;
        baskets.push(parts);
    }
    if baskets.is_empty() { Ok(()) } else { scan(desk, &baskets).await }
}

/// Compares a basket's proof with its supply and its age.
async fn compare(desk: &Desk, parts: &Parts) -> Result<(), DeskError> {
    let position = desk.read(parts).await?;
    let mut events = vec![Event::Tick, Event::PausedOnChain(position.is_paused)];
    if let Some(proof) = desk.proof(parts.consumer) {
        events.push(compared(proof.reserves, position.supply, proof.observed_at));
    }
    // Before the first proof nothing can have been issued, and each mint brings its own.
    if let Some(age_max) = desk.rules.proof_age_max
        && position.round > 0
    {
        let age = desk.clock.now_seconds().saturating_sub(position.observed_at);
        let old = age > age_max.as_secs();
        events.push(Event::Aged(old.then(|| "the proof of reserves on chain is too old".to_owned())));
    }
    Ok(desk.tell(parts.consumer, events).await?)
}

async fn scan(desk: &Desk, baskets: &[Parts]) -> Result<(), DeskError> {
    let (head, is_final) = (desk.chain.head().await?.number, desk.chain.final_head().await?.number);
    let stored = desk.store.watch(CHAIN_WATCH).await?;
    let is_first = stored.is_none();
    let watch = stored.unwrap_or_else(|| Watch {
        cursor_block: i64::try_from(is_final).unwrap_or(i64::MAX),
        seen_json: "{}".to_owned(),
        version: 0,
    });
    let cursor = u64::try_from(watch.cursor_block).unwrap_or_default();
    let last = head.min(cursor.saturating_add(BLOCKS_MAX));
    let logs = if last > cursor { read(desk, baskets, (cursor + 1, last)).await? } else { Vec::new() };

    let mut seen: Seen = serde_json::from_str(&watch.seen_json).unwrap_or_default();
    let mut turn = Turn::default();
    if !is_first {
        // What was there before this gateway first looked is taken as given.
        judge(desk, baskets, &logs, &seen, &mut turn).await?;
    }
    let next = is_final.min(last).max(cursor);
    seen.extend(logs.iter().map(|log| (mark(log), log.block_number.unwrap_or_default())));
    seen.retain(|_, block| *block > next);
    let moved = Watch {
        cursor_block: i64::try_from(next).unwrap_or(i64::MAX),
        seen_json: json!(seen).to_string(),
        version: watch.version,
    };
    if turn.events.is_empty() {
        if is_first || moved != watch {
            desk.store.move_watch(CHAIN_WATCH, &moved).await?;
        }
        return Ok(());
    }
    turn.watch = Some(moved);
    let told: Vec<BasketEvent> = turn.events.clone();
    // Somebody else who follows the same chain with the same database was first: they told it.
    if desk.store.turn(turn).await? {
        for event in told {
            observe::alarmed(&event.consumer, &event.data);
        }
    }
    Ok(())
}

async fn read(desk: &Desk, baskets: &[Parts], blocks: (u64, u64)) -> Result<Vec<Log>, DeskError> {
    let known = desk.chain.contracts();
    let mut contracts = vec![known.forwarder, known.factory];
    for basket in baskets {
        contracts.extend([basket.consumer, basket.stablecoin, basket.engine]);
        contracts.extend([basket.pause_policy, basket.policy_switch]);
    }
    let tokens: Vec<Address> = baskets.iter().map(|basket| basket.stablecoin).collect();
    Ok(desk.chain.happenings(&contracts, &followed_events(), &tokens, blocks).await?)
}

/// Adds what is new in the logs to the turn.
async fn judge(
    desk: &Desk,
    baskets: &[Parts],
    logs: &[Log],
    seen: &Seen,
    turn: &mut Turn,
) -> Result<(), DeskError> {
    let known = desk.chain.contracts();
    let made = creations(logs, known.factory);
    for basket in baskets {
        // Units that a mint of the consumer explains, to tell them from those that somebody else created.
        let mut explained = BTreeSet::new();
        for log in logs {
            if let Some(Meaning::Minted { account, amount, .. }) = meaning(log, basket, known.forwarder) {
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
            let found = match meaning(log, basket, known.forwarder) {
                None => continue,
                Some(Meaning::Stop(reason, words)) => (Some(reason), words),
                Some(Meaning::Note(words)) => (None, words),
                Some(Meaning::Minted { reference, account, amount }) => {
                    let row =
                        desk.store.mint_of(&basket.consumer.to_string(), &reference.to_string()).await?;
                    let order = row.and_then(|row| serde_json::from_str::<StoredOrder>(&row.order_json).ok());
                    let digest = order.map(|order| order_digest(order.beneficiary, order.amount));
                    if digest == Some(order_digest(account, amount)) {
                        continue;
                    }
                    (Some(Reason::UnexpectedSupply), "tokens were minted that no request here explains")
                }
                Some(Meaning::Created { account, amount }) => {
                    if explained.contains(&(log.transaction_hash, account, amount)) {
                        continue;
                    }
                    (Some(Reason::UnexpectedSupply), "tokens were created without the minting consumer")
                }
            };
            raise(desk, turn, basket.consumer, log, found);
        }
    }
    Ok(())
}

fn raise(desk: &Desk, turn: &mut Turn, consumer: Address, log: &Log, found: (Option<Reason>, &'static str)) {
    let (reason, words) = found;
    let place = format!(
        "{words} (contract {}, transaction {})",
        log.address(),
        log.transaction_hash.unwrap_or_default()
    );
    let stops = match reason {
        Some(Reason::UnexpectedSupply) => desk.rules.unexpected_supply_opens,
        Some(_) => true,
        None => false,
    };
    turn.events.push(BasketEvent {
        consumer: consumer.to_string(),
        kind: "chain.alarm",
        data: json!({
            "consumer": consumer, "reason": reason, "words": words, "contract": log.address(),
            "tx": log.transaction_hash, "blockNumber": log.block_number, "stops": stops,
        })
        .to_string(),
    });
    if let Some(reason) = reason.filter(|_| stops) {
        desk.add(turn, consumer, vec![Event::Trip(reason, place)]);
    }
}
