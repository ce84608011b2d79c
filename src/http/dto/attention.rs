//! `GET /attention`.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::event::EventBody;
use crate::base::wire::{AddressText, Timestamp};
use crate::domain::{Mint, State};
use crate::mint::view::MintStatus;

/// What somebody should look at.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attention)]
pub struct AttentionAnswer<'a> {
    /// Mints that are uncertain, or held up, by basket, state and code.
    pub mints: Vec<HeldUpMints>,
    /// Whether these are all of them; `false` where more mints live than one answer counts.
    pub complete: bool,
    /// The newest alarms of the chain, newest first.
    pub alarms: Vec<EventBody<'a>>,
}

/// Mints that wait for the same.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HeldUpMints {
    /// Token of their basket.
    pub stablecoin_address: AddressText,
    /// Their state.
    #[schema(value_type = MintStatus)]
    pub status: &'static str,
    /// What holds them up; null where the chain is being asked.
    #[schema(required = true)]
    pub code: Option<&'static str>,
    /// The same as a sentence, for the one that has waited longest.
    #[schema(required = true)]
    pub reason: Option<String>,
    /// How many there are.
    pub mints: u64,
    /// The one that has waited longest.
    pub oldest_mint_id: Uuid,
    /// Since when.
    pub since: Timestamp,
}

/// Sorts out what is uncertain or held up among mints that live.
#[must_use]
pub fn held_up(living: &[Mint]) -> Vec<HeldUpMints> {
    let mut groups = BTreeMap::new();
    for mint in living {
        let failure = mint.progress.failure.as_ref();
        if mint.progress.state != State::Uncertain && failure.is_none() {
            continue;
        }
        let code = failure.map(|failure| failure.code.name());
        let key = (mint.order.stablecoin, mint.progress.state.word(), code);
        let group: &mut (u64, &Mint) = groups.entry(key).or_insert((0, mint));
        group.0 += 1;
        if mint.created_at < group.1.created_at {
            group.1 = mint;
        }
    }
    let shown = |((stablecoin, status, code), (mints, oldest)): (_, (u64, &Mint))| HeldUpMints {
        stablecoin_address: AddressText(stablecoin),
        status,
        code,
        reason: oldest.progress.failure.as_ref().map(|failure| failure.detail.clone()),
        mints,
        oldest_mint_id: oldest.id,
        since: Timestamp::of_ms(oldest.created_at),
    };
    groups.into_iter().map(shown).collect()
}
