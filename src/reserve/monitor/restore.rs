//! Whether the database was put back to an earlier state: then the chain has a mint of ours, newer than all that is
//! logged, that no row explains.

use super::alarms::{ChainAlert, alert_of, mark};
use super::follow::{Seen, wanted_logs};
use crate::domain::order::order_digest;
use crate::reserve::guard::{GuardError, ReserveGuard};

/// Asks the chain, once at the start and before anything is followed; `newest_ms` is the time of the newest event.
///
/// # Errors
/// When chain or database do not answer.
pub async fn is_restored(guard: &ReserveGuard, newest_ms: i64) -> Result<bool, GuardError> {
    // What was never followed cannot have been put back.
    let Some(cursor) = guard.store.chain_cursor().await? else { return Ok(false) };
    let mut baskets = Vec::new();
    for basket in guard.followed().await? {
        baskets.extend(guard.contracts(basket.stablecoin).await?);
    }
    let first = u64::try_from(cursor.cursor_block).unwrap_or_default() + 1;
    let last = guard.chain.head().await?.number.min(guard.chain.reach(first));
    if baskets.is_empty() || last < first {
        return Ok(false);
    }
    let forwarder = guard.chain.identity()?.contracts.forwarder;
    let seen: Seen = serde_json::from_str(&cursor.seen_json).unwrap_or_default();
    let wanted = wanted_logs(guard, &baskets)?;
    let logs = guard.chain.basket_logs(&wanted, (first, last)).await?;
    // What was judged before was recorded as foreign, if it was.
    let is_new =
        |at: Option<u64>| at.is_none_or(|at| i64::try_from(at).unwrap_or(i64::MAX) >= newest_ms / 1000);
    for log in logs.iter().filter(|log| is_new(log.block_timestamp) && !seen.contains_key(&mark(log))) {
        for basket in &baskets {
            let Some(ChainAlert::Minted { reference, account, amount }) = alert_of(log, basket, forwarder)
            else {
                continue;
            };
            let stored = guard.store.mint_of(basket.stablecoin, reference).await?;
            let digest = stored.map(|stored| stored.mint.order.key().digest());
            if digest != Some(order_digest(account, amount)) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
