//! Ledger and breaker at work: what is stored, what the chain says and what runs report, put together.
//!
//! The guard remembers the last figures of each basket, so that an acceptance costs no call to the chain. What it
//! remembers may be lost at any time: it only decides whether a request that cannot succeed is refused early.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::{Address, B256, U256};
use serde_json::json;
use uuid::Uuid;

use super::breaker_update::{breaker_update, probe_fate};
use super::event_data::{OperatorData, logged};
use super::policy::ReservePolicy;
use super::snapshot::{BasketReserves, KnownReserves, Proof, Remembered, SourceReport};
use super::telemetry;
use crate::base::clock::Clock;
use crate::base::logging::with_causes;
use crate::base::money::parse_base_units;
use crate::base::text::is_unprintable;
use crate::base::wire::AddressText;
use crate::chain::{Chain, ChainError, ReserveFigures};
use crate::domain::admission::AdmissionRefusal;
use crate::domain::breaker::{Breaker, BreakerState, Event, Gate, OpenBreaker, Reason, apply, gate};
use crate::domain::coverage::Coverage;
use crate::domain::{BasketContracts, BasketId, EventKind, RefusalCode};
use crate::store::admission::{Admission, LedgerSnapshot, Ruling};
use crate::store::{BasketEvent, BasketUpdate};
use crate::store::{Reading, Store, StoreError};
use crate::workflow::{RunReserves, RunResult};

/// Unfinished mints whose references are looked up on chain before a refusal.
const LOOKUPS_MAX: i64 = 64;

/// How often the promises of a basket are counted anew.
const RECOUNT_MS: i64 = 60_000;

/// Why the guard gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Watches over the reserves of all baskets. Its methods fail when chain or database do not answer.
#[derive(Clone, Debug)]
pub struct ReserveGuard {
    pub(super) store: Store,
    pub(super) chain: Chain,
    pub(super) clock: Clock,
    pub(super) policy: ReservePolicy,
    baskets: Arc<Mutex<HashMap<Address, Remembered>>>,
}

impl ReserveGuard {
    /// Puts the guard together.
    #[must_use]
    pub fn new(store: Store, chain: Chain, clock: Clock, policy: ReservePolicy) -> Self {
        Self { store, chain, clock, policy, baskets: Arc::default() }
    }

    fn remembered<T>(&self, stablecoin: Address, use_it: impl FnOnce(&mut Remembered) -> T) -> T {
        let mut all = self.baskets.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(all.entry(stablecoin).or_default())
    }

    /// The baskets that are followed: the default one (even before its first mint), those with a name here, those minted
    /// from here.
    pub async fn followed(&self) -> Result<Vec<BasketId>, StoreError> {
        let stored = self.store.followed_baskets().await?;
        let all = stored.into_iter().chain(self.chain.default_basket());
        let present = all.map(|basket| self.chain.with_present_consumer(basket));
        let by_token: BTreeMap<Address, BasketId> =
            present.map(|basket| (basket.stablecoin, basket)).collect();
        Ok(by_token.into_values().collect())
    }

    /// The contracts of a stablecoin's basket, if it has one, with its present consumer.
    pub async fn contracts(&self, stablecoin: Address) -> Result<Option<BasketContracts>, ChainError> {
        if let Some(contracts) = self.known_contracts(stablecoin) {
            return Ok(Some(contracts));
        }
        let Some(contracts) = self.chain.basket_contracts(stablecoin).await? else { return Ok(None) };
        self.remembered(stablecoin, |basket| basket.contracts = Some(contracts));
        Ok(Some(contracts))
    }

    /// The same, where it is known.
    fn known_contracts(&self, stablecoin: Address) -> Option<BasketContracts> {
        let contracts = self.remembered(stablecoin, |basket| basket.contracts)?;
        let BasketId { consumer, .. } = self.chain.with_present_consumer(contracts.id());
        Some(BasketContracts { consumer, ..contracts })
    }

    /// Reads supply and proof of baskets in a block, and remembers them.
    pub async fn read_figures(
        &self,
        baskets: &[BasketContracts],
        block: u64,
    ) -> Result<Vec<ReserveFigures>, GuardError> {
        let figures = self.chain.reserve_figures(baskets, block).await?;
        for (basket, figures) in baskets.iter().zip(&figures) {
            if self.remember_figures(basket.stablecoin, *figures) && !self.store.is_exclusive() {
                self.store.share_figures(basket.stablecoin, block, &json!(figures).to_string()).await?;
            }
        }
        Ok(figures)
    }

    /// Reads supply and proof of one basket in the newest block.
    pub async fn newest_figures(&self, contracts: &BasketContracts) -> Result<ReserveFigures, GuardError> {
        let block = self.chain.head().await?.number;
        let figures = self.read_figures(std::slice::from_ref(contracts), block).await?;
        figures.first().copied().ok_or(GuardError::Chain(ChainError::Disagree))
    }

    /// What is known of a basket's supply and proof: as of the last look, unless there was none yet.
    pub async fn figures(&self, contracts: &BasketContracts) -> Result<ReserveFigures, GuardError> {
        match self.known_figures(contracts.stablecoin) {
            Some(figures) => Ok(figures),
            None => self.newest_figures(contracts).await,
        }
    }

    /// The same, where it is known.
    #[must_use]
    pub fn known_figures(&self, stablecoin: Address) -> Option<ReserveFigures> {
        self.remembered(stablecoin, |basket| basket.figures)
    }

    /// The same, and the hash of the block that they are of, where that is known.
    pub(super) fn known_figures_of(&self, stablecoin: Address) -> Option<(ReserveFigures, Option<B256>)> {
        self.remembered(stablecoin, |basket| basket.figures.map(|figures| (figures, basket.figures_of)))
    }

    /// Takes over what another instance has read.
    pub(super) async fn hear_figures(&self) -> Result<(), StoreError> {
        for (stablecoin, json) in self.store.shared_figures().await? {
            if let Ok(figures) = serde_json::from_str::<ReserveFigures>(&json) {
                self.chain.hear_consumer(stablecoin, figures.consumer);
                self.remember_figures(stablecoin, figures);
            }
        }
        Ok(())
    }

    /// Notes that nothing has changed the figures of a basket up to this block.
    pub(super) fn confirm_figures(&self, stablecoin: Address, block: u64) {
        if let Some(figures) = self.known_figures(stablecoin) {
            self.remember_figures(stablecoin, ReserveFigures { block: block.max(figures.block), ..figures });
        }
    }

    /// Remembers figures that are no older than those that are known; returns whether they say anything new.
    fn remember_figures(&self, stablecoin: Address, figures: ReserveFigures) -> bool {
        let now = self.clock.now_ms();
        self.remembered(stablecoin, |basket| {
            let known = basket.figures;
            if known.is_some_and(|known| known.block > figures.block) {
                return false;
            }
            (basket.figures, basket.figures_ms, basket.figures_of) = (Some(figures), now, None);
            known.is_none_or(|known| ReserveFigures { block: figures.block, ..known } != figures)
        })
    }

    /// Reads supply and proof again after a run, so that what it minted does not count as promised any more; in the block
    /// that it minted in, number and hash, if it did.
    pub async fn refresh_figures(&self, stablecoin: Address, block: Option<(u64, B256)>) {
        let read = async {
            if let Some(contracts) = self.contracts(stablecoin).await? {
                match block {
                    Some((block, hash)) => {
                        self.read_figures(&[contracts], block).await?;
                        self.remembered(stablecoin, |basket| {
                            if basket.figures.is_some_and(|figures| figures.block == block) {
                                basket.figures_of = Some(hash);
                            }
                        });
                    }
                    None => drop(self.newest_figures(&contracts).await?),
                }
            }
            Ok::<_, GuardError>(())
        };
        if let Err(error) = read.await {
            // The monitor tries again, and what is counted twice until then only errs on the safe side.
            tracing::debug!(error = with_causes(&error), "the figures of a basket could not be read again");
        }
    }

    /// The newest figure for a basket's reserves.
    #[must_use]
    pub fn proof(&self, stablecoin: Address) -> Option<Proof> {
        self.remembered(stablecoin, |basket| basket.proof())
    }

    /// A basket's breaker as it is stored, with what time alone has done to it.
    pub async fn breaker(&self, basket: BasketId) -> Result<Breaker, StoreError> {
        let stored = self.store.breaker(basket.stablecoin).await?;
        Ok(apply(&self.policy.breaker(), &stored, self.clock.now_ms(), &Event::Tick))
    }

    /// Everything about a basket as of the last look; `None` when it is none.
    pub async fn basket_reserves(&self, stablecoin: Address) -> Result<Option<BasketReserves>, GuardError> {
        let Some(contracts) = self.contracts(stablecoin).await? else { return Ok(None) };
        let figures = self.figures(&contracts).await?;
        Ok(Some(self.with_what_is_stored(contracts, figures).await?))
    }

    /// The same as far as it is known without asking the chain; `None` where the chain was not asked yet.
    pub async fn known_reserves(&self, stablecoin: Address) -> Result<Option<KnownReserves>, StoreError> {
        let read =
            self.remembered(stablecoin, |basket| basket.figures.map(|figures| (figures, basket.figures_ms)));
        let Some((contracts, (figures, read_ms))) = self.known_contracts(stablecoin).zip(read) else {
            return Ok(None);
        };
        let now = self.with_what_is_stored(contracts, figures).await?;
        Ok(Some(KnownReserves { now, read_ms }))
    }

    async fn with_what_is_stored(
        &self,
        contracts: BasketContracts,
        figures: ReserveFigures,
    ) -> Result<BasketReserves, StoreError> {
        let stablecoin = contracts.stablecoin;
        let (proof, report, attestations) = self.remembered(stablecoin, |basket| {
            (basket.proof(), basket.report.clone(), basket.attestations.clone())
        });
        let coverage = Coverage {
            reserves: proof.map_or(U256::ZERO, |proof| proof.reserves),
            supply: figures.supply,
            reserved: self.store.promised(contracts.stablecoin, figures.block).await?,
            margin_bps: self.policy.margin_bps,
        };
        let breaker = self.breaker(contracts.id()).await?;
        Ok(BasketReserves { contracts, figures, proof, coverage, breaker, report, attestations })
    }

    /// The rule for a new mint; references in `settled` are known to be minted in the remembered supply.
    #[must_use]
    pub fn admission(
        &self,
        stablecoin: Address,
        id: Uuid,
        requested: U256,
        settled: BTreeSet<B256>,
    ) -> Admission {
        let now = self.clock.now_ms();
        let (proof, figures) = self.remembered(stablecoin, |basket| (basket.proof(), basket.figures));
        let fresh_ms = i64::try_from(self.policy.fresh.as_millis()).unwrap_or(i64::MAX);
        let proof = proof.filter(|proof| now.saturating_sub(proof.seen_ms) <= fresh_ms);
        let known = proof.zip(figures);
        let (policy, margin_bps) = (self.policy.breaker(), self.policy.margin_bps);
        let minted_above = figures.map_or(u64::MAX, |figures| figures.block);
        Admission::new(minted_above, settled, move |ledger: &LedgerSnapshot| {
            match gate(&policy, &ledger.breaker, ledger.now_ms, id) {
                Gate::Refuse(open) => return Ruling::Refuse(AdmissionRefusal::BreakerOpen(open)),
                // The probe asks the source anew: what was known before must not decide.
                Gate::PassAsProbe(next) => return Ruling::Admit(breaker_update(&ledger.breaker, next)),
                Gate::Pass => {}
            }
            let Some((proof, figures)) = known else { return Ruling::Admit(None) };
            let coverage = Coverage {
                reserves: proof.reserves,
                supply: figures.supply,
                reserved: ledger.reserved,
                margin_bps,
            };
            if coverage.deficit(requested).is_zero() {
                Ruling::Admit(None)
            } else {
                Ruling::Refuse(AdmissionRefusal::Overdrawn { coverage, requested })
            }
        })
    }

    /// Reads the chain again and returns the references of unfinished mints that its supply contains already.
    pub async fn settled_references(&self, stablecoin: Address) -> Result<BTreeSet<B256>, GuardError> {
        let Some(contracts) = self.contracts(stablecoin).await? else { return Ok(BTreeSet::new()) };
        let block = self.newest_figures(&contracts).await?.block;
        let mut settled = BTreeSet::new();
        for reference in self.store.unfinished_references(contracts.stablecoin, LOOKUPS_MAX).await? {
            if self.chain.is_used_at(contracts.stablecoin, reference, block).await? {
                settled.insert(reference);
            }
        }
        Ok(settled)
    }

    /// Those of these mints for which a run may begin; where the breaker is half-open the first becomes the probe.
    pub async fn may_start(&self, basket: BasketId, mints: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        self.settle_probe(basket).await?;
        let (policy, now) = (self.policy.breaker(), self.clock.now_ms());
        let mut breaker = self.breaker(basket).await?;
        if let Some(first) = mints.first()
            && matches!(gate(&policy, &breaker, now, *first), Gate::PassAsProbe(_))
        {
            self.tell_breaker(basket, vec![Event::Tick, Event::Probe(*first)]).await?;
            breaker = self.breaker(basket).await?;
        }
        let passes = |mint: &Uuid| matches!(gate(&policy, &breaker, now, *mint), Gate::Pass);
        Ok(mints.iter().copied().filter(passes).collect())
    }

    /// What the breaker says to a mint that may not start now; `None` when it may.
    pub async fn open_breaker(
        &self,
        basket: BasketId,
        mint: Uuid,
    ) -> Result<Option<OpenBreaker>, StoreError> {
        let breaker = self.breaker(basket).await?;
        match gate(&self.policy.breaker(), &breaker, self.clock.now_ms(), mint) {
            Gate::Refuse(open) => Ok(Some(open)),
            Gate::Pass | Gate::PassAsProbe(_) => Ok(None),
        }
    }

    /// Lets the fate of the probe decide, if there is a probe and it has met its fate. Returns whether the breaker may
    /// let through now whom it has just refused: somebody else may have settled it in the meantime.
    pub async fn settle_probe(&self, basket: BasketId) -> Result<bool, StoreError> {
        let breaker = self.breaker(basket).await?;
        let Some(probe) = breaker.probe else { return Ok(breaker.state != BreakerState::Open) };
        let stored = self.store.mint(probe).await?;
        match probe_fate(probe, stored.as_ref().map(|stored| &stored.mint.progress)) {
            Some(event) => self.tell_breaker(basket, vec![event]).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Takes note of what a run for an order said about the reserves.
    pub async fn record_run(&self, basket: BasketId, result: &RunResult) -> Result<(), StoreError> {
        match &result.reserves {
            Some(reserves) => self.record_reserves(basket, reserves).await,
            None => Ok(()),
        }
    }

    /// Takes note of what a run said about the reserves, be it for an order or on schedule.
    pub async fn record_reserves(&self, basket: BasketId, said: &RunReserves) -> Result<(), StoreError> {
        let (amount, liability) = (parse_base_units(&said.amount), parse_base_units(&said.liability));
        self.remember_run(basket.stablecoin, said, amount);
        let mut events = Vec::new();
        match said.code.filter(|code| is_bad_answer(*code)) {
            Some(code) => {
                let reason: String = said.reason.chars().filter(|c| !is_unprintable(*c)).take(200).collect();
                let message = format!("the reserve source proves nothing ({}: {reason})", code.name());
                events.push(Event::Answered(Some(message)));
            }
            None if amount.is_some() => events.push(Event::Answered(None)),
            None => {}
        }
        if let (Some(reserves), Some(supply)) = (amount, liability) {
            events.push(compare(reserves, supply, said.observed_at));
        }
        self.tell_breaker(basket, events).await
    }

    /// Takes note of a delivery that used gas and minted nothing.
    pub async fn record_waste(&self, basket: BasketId, gas: u64) -> Result<(), StoreError> {
        telemetry::gas_wasted(basket.stablecoin, gas);
        self.tell_breaker(basket, vec![Event::GasWasted(gas)]).await
    }

    fn remember_run(&self, stablecoin: Address, said: &RunReserves, amount: Option<U256>) {
        let now = self.clock.now_ms();
        self.remembered(stablecoin, |basket| {
            if let Some(reserves) = amount
                && basket.run.is_none_or(|run| run.observed_at <= said.observed_at)
            {
                basket.run = Some(Proof { reserves, observed_at: said.observed_at, seen_ms: now });
            }
            if amount.is_some() || said.code.is_some() {
                basket.report = Some(SourceReport {
                    sources: said.sources.clone(),
                    warnings: said.warnings.clone(),
                    refusal: said.code.map(|code| (code, said.reason.clone())),
                    at_ms: now,
                });
            }
        });
    }

    /// Whether it is time to compare a basket's promises with its queue; the next time is a minute later, or when it has
    /// another consumer.
    pub(super) fn is_recount_due(&self, basket: BasketId) -> bool {
        let now = self.clock.now_ms();
        self.remembered(basket.stablecoin, |known| {
            let is_due = now.saturating_sub(known.recounted_ms) >= RECOUNT_MS
                || known.recounted_for != Some(basket.consumer);
            if is_due {
                (known.recounted_ms, known.recounted_for) = (now, Some(basket.consumer));
            }
            is_due
        })
    }

    /// What was kept last of what a basket owns and owes.
    pub(super) fn last_reading(&self, stablecoin: Address) -> Option<Reading> {
        self.remembered(stablecoin, |basket| basket.reading)
    }

    /// Notes what was kept.
    pub(super) fn note_reading(&self, stablecoin: Address, reading: Reading) {
        self.remembered(stablecoin, |basket| basket.reading = Some(reading));
    }

    /// Counts a scheduled attestation by how it ended.
    pub(super) fn count_attestation(&self, stablecoin: Address, end: &str) {
        self.remembered(stablecoin, |basket| *basket.attestations.entry(end.to_owned()).or_default() += 1);
    }

    /// Tells a basket's breaker what happened; nothing is written when it does not matter.
    pub async fn tell_breaker(&self, basket: BasketId, events: Vec<Event>) -> Result<(), StoreError> {
        let before = self.store.breaker(basket.stablecoin).await?;
        if breaker_update(&before, self.breaker_after(&before, self.clock.now_ms(), &events)).is_none() {
            return Ok(());
        }
        let mut update = BasketUpdate::default();
        self.move_breaker(&mut update, basket, events);
        self.store.update_baskets(update).await.map(|_| ())
    }

    /// An operator stops a basket, and says why.
    pub async fn pause_by_operator(
        &self,
        basket: BasketId,
        reason: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        let event = Event::Trip(Reason::OperatorPause, format!("an operator paused it: {reason}"));
        self.act_for_operator(basket, EventKind::OperatorPaused, event, (reason, by)).await
    }

    /// An operator lets a basket try again, and says why.
    pub async fn resume_by_operator(
        &self,
        basket: BasketId,
        reason: &str,
        by: &str,
    ) -> Result<(), StoreError> {
        self.act_for_operator(basket, EventKind::OperatorResumed, Event::Resume, (reason, by)).await
    }

    async fn act_for_operator(
        &self,
        basket: BasketId,
        kind: EventKind,
        event: Event,
        (reason, by): (&str, &str),
    ) -> Result<(), StoreError> {
        let data = logged(&OperatorData { consumer: AddressText(basket.consumer), reason, by });
        let mut update = BasketUpdate::default();
        update.events.push(BasketEvent { basket, kind, data });
        self.move_breaker(&mut update, basket, vec![event]);
        self.store.update_baskets(update).await?;
        telemetry::operator_acted(basket.stablecoin, kind.word(), reason);
        Ok(())
    }

    fn breaker_after(&self, before: &Breaker, at_ms: i64, events: &[Event]) -> Breaker {
        let policy = self.policy.breaker();
        events.iter().fold(before.clone(), |breaker, event| apply(&policy, &breaker, at_ms, event))
    }

    /// Adds what happened to a basket's breaker to an update.
    pub(super) fn move_breaker(&self, update: &mut BasketUpdate, basket: BasketId, events: Vec<Event>) {
        let guard = self.clone();
        update.move_breaker(basket, move |before, at_ms| {
            let next = guard.breaker_after(before, at_ms, &events);
            let update = breaker_update(before, next);
            if let Some(update) = &update {
                telemetry::breaker_moved(basket.stablecoin, before, &update.breaker);
            }
            update
        });
    }
}

/// Whether a refusal tells against the reserve source. That it knows no account for a basket is a plain answer, and so
/// is that its figure does not cover an order.
fn is_bad_answer(code: RefusalCode) -> bool {
    matches!(
        code,
        RefusalCode::PorUnavailable
            | RefusalCode::PorStale
            | RefusalCode::PorRipcord
            | RefusalCode::PorInvalid
    )
}

/// The comparison of reserves and supply as an event.
#[must_use]
pub fn compare(reserves: U256, supply: U256, observed_at: u64) -> Event {
    let short = reserves < supply;
    let shortfall = short.then(|| "the reserves are worth less than what is issued".to_owned());
    Event::Compared { observed_at, shortfall }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserves_that_just_cover_the_supply_cover_it() {
        let short = |reserves: u64| match compare(U256::from(reserves), U256::from(100), 9) {
            Event::Compared { observed_at: 9, shortfall } => shortfall.is_some(),
            other => panic!("{other:?}"),
        };
        assert_eq!([99, 100, 101].map(short), [true, false, false]);
    }

    #[test]
    fn reserve_source_outage_is_a_bad_answer_and_a_shortfall_is_none() {
        for (code, bad) in [
            (RefusalCode::NoReserveAssigned, false),
            (RefusalCode::AceRejected, false),
            (RefusalCode::PorInsufficientReserves, false),
            (RefusalCode::PorUnavailable, true),
            (RefusalCode::PorStale, true),
            (RefusalCode::PorRipcord, true),
            (RefusalCode::PorInvalid, true),
        ] {
            assert_eq!(is_bad_answer(code), bad, "{code:?}");
        }
    }
}
