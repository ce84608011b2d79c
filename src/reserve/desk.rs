//! Ledger and breaker at work: what is stored, what the chain says and what runs report, put together.
//!
//! The desk remembers the last figures of each basket, so that an acceptance costs no call to the chain. What it
//! remembers may be lost at any time: it only decides whether a request that cannot succeed is refused early.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::{Address, B256, U256};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Rules;
use super::breaker::{Breaker, Event, Gate, Reason, Shut, apply, gate};
use super::ledger::{Claim, Figures, reserved};
use super::record::{breaking, fate, stored_breaker};
use crate::chain::{Chain, ChainError, Parts, Position};
use crate::clock::Clock;
use crate::observe;
use crate::store::books::{Admission, BasketEvent, Books, Ruling, Turn};
use crate::store::{Store, StoreError};
use crate::workflow::{Ended, Reserves};

/// Unfinished mints whose references are looked up on chain before a refusal.
const LOOKUPS_MAX: usize = 64;

/// Why the desk gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a mint may not join.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// The breaker is open.
    Shut(Shut),
    /// The reserves are owned or promised already.
    Overdrawn {
        /// What is owned and owed.
        figures: Figures,
        /// What was asked for.
        requested: U256,
    },
}

/// A figure for the reserves of a basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Base units.
    pub reserves: U256,
    /// The source's time, unix seconds.
    pub observed_at: u64,
    /// When the DON is known to have seen it, unix ms.
    pub seen_ms: i64,
}

/// What a run was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// To mint an order.
    Order,
    /// To attest the reserves, because it was time.
    Schedule,
}

/// What the last run said about the sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Sources with class, time and code, as the run named them.
    pub sources: Vec<Value>,
    /// Sentences that belong into every answer.
    pub warnings: Vec<String>,
    /// Why they prove nothing, if they do not: code and sentence.
    pub refusal: Option<(String, String)>,
    /// When the run ended, unix ms.
    pub at_ms: i64,
}

#[derive(Clone, Debug, Default)]
struct Memory {
    parts: Option<Parts>,
    /// The chain's figures.
    position: Option<Position>,
    run: Option<Proof>,
    report: Option<Report>,
    attestations: BTreeMap<String, u64>,
}

impl Memory {
    /// The newest figure; of two with one time, the lower.
    fn proof(&self) -> Option<Proof> {
        let feed = self.position.filter(|position| position.observed_at > 0).map(|position| Proof {
            reserves: position.reserves,
            observed_at: position.observed_at,
            seen_ms: i64::try_from(position.observed_at).unwrap_or(i64::MAX).saturating_mul(1000),
        });
        match (feed, self.run) {
            (Some(feed), Some(run)) if feed.observed_at == run.observed_at => {
                Some(Proof { reserves: feed.reserves.min(run.reserves), ..run })
            }
            (Some(feed), Some(run)) => Some(if feed.observed_at > run.observed_at { feed } else { run }),
            (feed, run) => feed.or(run),
        }
    }
}

/// Everything about a basket's reserves at one moment.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its contracts.
    pub parts: Parts,
    /// Supply and last round.
    pub position: Position,
    /// The newest figure, if there ever was one.
    pub proof: Option<Proof>,
    /// What is owned and owed.
    pub figures: Figures,
    /// Its breaker.
    pub breaker: Breaker,
    /// What the last run said about the sources.
    pub report: Option<Report>,
    /// Scheduled attestations since the start of this process, by how they ended.
    pub attestations: BTreeMap<String, u64>,
}

/// Watches over the reserves of all baskets.
#[derive(Clone, Debug)]
pub struct Desk {
    pub(super) store: Store,
    pub(super) chain: Chain,
    pub(super) clock: Clock,
    pub(super) rules: Rules,
    default_consumer: Option<Address>,
    memory: Arc<Mutex<HashMap<Address, Memory>>>,
}

impl Desk {
    /// Puts the desk together; `default_consumer` is followed even before its first mint.
    #[must_use]
    pub fn new(
        store: Store,
        chain: Chain,
        clock: Clock,
        rules: Rules,
        default_consumer: Option<Address>,
    ) -> Self {
        Self { store, chain, clock, rules, default_consumer, memory: Arc::default() }
    }

    fn memory<T>(&self, consumer: Address, change: impl FnOnce(&mut Memory) -> T) -> T {
        let mut all = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        change(all.entry(consumer).or_default())
    }

    /// The baskets that are followed: the default one, those with a name here, those minted from here.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn followed(&self) -> Result<BTreeSet<Address>, StoreError> {
        let stored = self.store.followed_baskets().await?;
        let stored = stored.iter().filter_map(|text| text.parse().ok());
        Ok(stored.chain(self.default_consumer).collect())
    }

    /// The contracts of a basket, if it is one.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn parts(&self, consumer: Address) -> Result<Option<Parts>, ChainError> {
        if let Some(parts) = self.memory(consumer, |memory| memory.parts) {
            return Ok(Some(parts));
        }
        let Some(parts) = self.chain.parts(consumer).await? else { return Ok(None) };
        self.memory(consumer, |memory| memory.parts = Some(parts));
        Ok(Some(parts))
    }

    /// Reads supply and proof from the chain, and remembers them.
    ///
    /// # Errors
    /// When the chain does not answer.
    pub async fn read(&self, parts: &Parts) -> Result<Position, ChainError> {
        let position = self.chain.position(parts).await?;
        self.memory(parts.consumer, |memory| {
            if memory.position.is_none_or(|known| known.block <= position.block) {
                memory.position = Some(position);
            }
        });
        Ok(position)
    }

    /// Reads supply and proof again after a run, so that what it minted does not count as promised any more.
    pub async fn refresh(&self, consumer: Address) {
        let read = async {
            if let Some(parts) = self.parts(consumer).await? {
                self.read(&parts).await?;
            }
            Ok::<_, ChainError>(())
        };
        if let Err(error) = read.await {
            // The monitor tries again, and what is counted twice until then only errs on the safe side.
            tracing::debug!(%error, "the figures of a basket could not be read again");
        }
    }

    /// The newest figure for a basket's reserves.
    #[must_use]
    pub fn proof(&self, consumer: Address) -> Option<Proof> {
        self.memory(consumer, |memory| memory.proof())
    }

    /// A basket's breaker as it is stored, with what time alone has done to it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn breaker(&self, consumer: Address) -> Result<Breaker, StoreError> {
        let stored = self.store.breaker(&consumer.to_string()).await?;
        let now = self.clock.now_ms();
        Ok(apply(&self.rules.patience(), &stored_breaker(stored.as_deref()), now, &Event::Tick))
    }

    /// Everything about a basket now, read from the chain; `None` when it is none.
    ///
    /// # Errors
    /// When chain or database do not answer.
    pub async fn standing(&self, consumer: Address) -> Result<Option<Standing>, DeskError> {
        let Some(parts) = self.parts(consumer).await? else { return Ok(None) };
        let position = self.read(&parts).await?;
        let rows = self.store.promises(&consumer.to_string(), position.block).await?;
        let claims: Vec<Claim> = rows.iter().filter_map(Claim::of).collect();
        let (proof, report, attestations) = self
            .memory(consumer, |memory| (memory.proof(), memory.report.clone(), memory.attestations.clone()));
        let figures = Figures {
            reserves: proof.map_or(U256::ZERO, |proof| proof.reserves),
            supply: position.supply,
            reserved: reserved(&claims, position.block, &BTreeSet::new()),
            margin_bps: self.rules.margin_bps,
        };
        let breaker = self.breaker(consumer).await?;
        Ok(Some(Standing { parts, position, proof, figures, breaker, report, attestations }))
    }

    /// The rule for a new mint; references in `settled` are known to be minted in the remembered supply.
    #[must_use]
    pub fn admission(
        &self,
        consumer: Address,
        id: Uuid,
        requested: U256,
        settled: BTreeSet<B256>,
    ) -> Admission {
        let now = self.clock.now_ms();
        let (proof, position) = self.memory(consumer, |memory| (memory.proof(), memory.position));
        let fresh_ms = i64::try_from(self.rules.fresh.as_millis()).unwrap_or(i64::MAX);
        let proof = proof.filter(|proof| now.saturating_sub(proof.seen_ms) <= fresh_ms);
        let known = proof.zip(position);
        let (patience, margin_bps) = (self.rules.patience(), self.rules.margin_bps);
        let minted_above = position.map_or(u64::MAX, |position| position.block);
        Admission::new(minted_above, move |books: &Books| {
            let before = stored_breaker(books.breaker.as_deref());
            match gate(&patience, &before, now, id) {
                Gate::Shut(shut) => return refuse(&Refusal::Shut(shut)),
                // The probe asks the source anew: what was known before must not decide.
                Gate::PassAsProbe(next) => return Ruling::Admit(breaking(&before, &next)),
                Gate::Pass => {}
            }
            let Some((proof, position)) = known else { return Ruling::Admit(None) };
            let claims: Vec<Claim> = books.promises.values().filter_map(Claim::of).collect();
            let figures = Figures {
                reserves: proof.reserves,
                supply: position.supply,
                reserved: reserved(&claims, position.block, &settled),
                margin_bps,
            };
            if figures.deficit(requested).is_zero() {
                Ruling::Admit(None)
            } else {
                refuse(&Refusal::Overdrawn { figures, requested })
            }
        })
    }

    /// Reads the chain again and returns the references of unfinished mints that its supply contains already.
    ///
    /// # Errors
    /// When chain or database do not answer.
    pub async fn settled(&self, consumer: Address) -> Result<BTreeSet<B256>, DeskError> {
        let Some(parts) = self.parts(consumer).await? else { return Ok(BTreeSet::new()) };
        let block = self.read(&parts).await?.block;
        let rows = self.store.promises(&consumer.to_string(), block).await?;
        let mut settled = BTreeSet::new();
        for claim in rows.iter().filter_map(Claim::of).take(LOOKUPS_MAX) {
            if self.chain.is_used_at(consumer, claim.reference, block).await? {
                settled.insert(claim.reference);
            }
        }
        Ok(settled)
    }

    /// Those of these mints for which a run may begin; where the breaker is half-open the first becomes the probe.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn may_start(&self, consumer: Address, mints: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
        self.settle_probe(consumer).await?;
        let (patience, now) = (self.rules.patience(), self.clock.now_ms());
        let mut breaker = self.breaker(consumer).await?;
        if let Some(first) = mints.first()
            && matches!(gate(&patience, &breaker, now, *first), Gate::PassAsProbe(_))
        {
            self.tell(consumer, vec![Event::Tick, Event::Probe(*first)]).await?;
            breaker = self.breaker(consumer).await?;
        }
        let passes = |mint: &Uuid| matches!(gate(&patience, &breaker, now, *mint), Gate::Pass);
        Ok(mints.iter().copied().filter(passes).collect())
    }

    /// Lets the fate of the probe decide, if there is a probe and it has met its fate; `false` = there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn settle_probe(&self, consumer: Address) -> Result<bool, StoreError> {
        let Some(probe) = self.breaker(consumer).await?.probe else { return Ok(false) };
        match fate(probe, self.store.mint(probe).await?.as_ref()) {
            Some(event) => self.tell(consumer, vec![event]).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Takes note of what a run for an order said about the reserves.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn weigh(&self, consumer: Address, ended: &Ended) -> Result<(), StoreError> {
        match &ended.reserves {
            Some(said) => self.heard(consumer, said, Occasion::Order).await,
            None => Ok(()),
        }
    }

    /// Takes note of what a run said about the reserves, be it for an order or on schedule.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn heard(
        &self,
        consumer: Address,
        said: &Reserves,
        occasion: Occasion,
    ) -> Result<(), StoreError> {
        let now = self.clock.now_ms();
        let amount = U256::from_str_radix(&said.amount, 10).ok().filter(|_| !said.amount.is_empty());
        let liability = U256::from_str_radix(&said.liability, 10).ok().filter(|_| !said.liability.is_empty());
        self.memory(consumer, |memory| {
            if let Some(reserves) = amount {
                let newer = memory.run.is_none_or(|run| run.observed_at <= said.observed_at);
                if newer {
                    memory.run = Some(Proof { reserves, observed_at: said.observed_at, seen_ms: now });
                }
            }
            if amount.is_some() || !said.code.is_empty() {
                memory.report = Some(Report {
                    sources: said.sources.clone(),
                    warnings: said.warnings.clone(),
                    refusal: (!said.code.is_empty()).then(|| (said.code.clone(), said.reason.clone())),
                    at_ms: now,
                });
            }
        });
        let mut events = Vec::new();
        if is_bad_answer(&said.code, occasion) {
            let words: String = said.reason.chars().filter(|c| !c.is_control()).take(200).collect();
            let words = format!("the reserve source proves nothing ({}: {words})", said.code);
            events.push(Event::Answered(Some(words)));
        } else if amount.is_some() {
            events.push(Event::Answered(None));
        }
        if let (Some(reserves), Some(supply)) = (amount, liability) {
            events.push(compared(reserves, supply, said.observed_at));
        }
        self.tell(consumer, events).await
    }

    /// Counts a scheduled attestation by how it ended.
    pub(super) fn count_attestation(&self, consumer: Address, end: &str) {
        self.memory(consumer, |memory| *memory.attestations.entry(end.to_owned()).or_default() += 1);
    }

    /// Tells a basket's breaker what happened; nothing is written when it does not care.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell(&self, consumer: Address, events: Vec<Event>) -> Result<(), StoreError> {
        let before = stored_breaker(self.store.breaker(&consumer.to_string()).await?.as_deref());
        if breaking(&before, &self.after(&before, &events)).is_none() {
            return Ok(());
        }
        let mut turn = Turn::default();
        self.add(&mut turn, consumer, events);
        self.store.turn(turn).await.map(|_| ())
    }

    /// An operator stops or resumes a basket; `words` is why.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operate(&self, consumer: Address, pause: bool, words: &str) -> Result<(), StoreError> {
        let (kind, event) = if pause {
            let words = format!("an operator paused it: {words}");
            ("operator.paused", Event::Trip(Reason::OperatorPause, words))
        } else {
            ("operator.resumed", Event::Resume)
        };
        let data = json!({ "consumer": consumer, "reason": words }).to_string();
        let mut turn = Turn::default();
        turn.events.push(BasketEvent { consumer: consumer.to_string(), kind, data });
        self.add(&mut turn, consumer, vec![event]);
        self.store.turn(turn).await?;
        observe::operated(consumer, kind, words);
        Ok(())
    }

    fn after(&self, before: &Breaker, events: &[Event]) -> Breaker {
        let (patience, now) = (self.rules.patience(), self.clock.now_ms());
        events.iter().fold(before.clone(), |breaker, event| apply(&patience, &breaker, now, event))
    }

    /// Adds what happened to a basket's breaker to a turn.
    pub(super) fn add(&self, turn: &mut Turn, consumer: Address, events: Vec<Event>) {
        let desk = self.clone();
        turn.move_breaker(consumer.to_string(), move |stored| {
            let before = stored_breaker(stored);
            let next = desk.after(&before, &events);
            let breaking = breaking(&before, &next);
            if breaking.is_some() {
                observe::breaker_moved(consumer, &before, &next);
            }
            breaking
        });
    }
}

/// Whether a refusal tells against the reserve source. That it knows no account for a basket is a plain answer. A run
/// for an order that gets none is repeated, and its caller hears of the outage; on schedule only the breaker does.
fn is_bad_answer(code: &str, occasion: Occasion) -> bool {
    match code {
        "" | "NO_RESERVE_ASSIGNED" => false,
        "POR_UNAVAILABLE" => occasion == Occasion::Schedule,
        _ => true,
    }
}

/// The comparison of reserves and supply as an event.
#[must_use]
pub fn compared(reserves: U256, supply: U256, observed_at: u64) -> Event {
    let short = reserves < supply;
    let shortfall = short.then(|| "the reserves are worth less than what is issued".to_owned());
    Event::Compared { observed_at, shortfall }
}

fn refuse(refusal: &Refusal) -> Ruling {
    Ruling::Refuse(serde_json::to_string(refusal).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(observed_at: u64, reserves: u64) -> Position {
        Position {
            block: 1,
            supply: U256::ZERO,
            token_supply: U256::ZERO,
            is_paused: false,
            round: 1,
            reserves: U256::from(reserves),
            observed_at,
        }
    }

    fn memory(feed: Option<(u64, u64)>, run: Option<(u64, u64)>) -> Memory {
        Memory {
            position: feed.map(|(observed_at, reserves)| position(observed_at, reserves)),
            run: run.map(|(observed_at, reserves)| Proof {
                reserves: U256::from(reserves),
                observed_at,
                seen_ms: 77,
            }),
            ..Memory::default()
        }
    }

    #[test]
    fn the_newest_figure_counts_and_of_two_with_one_time_the_lower() {
        for (feed, run, expected) in [
            (None, None, None),
            (Some((0, 0)), None, None),
            (Some((5, 50)), None, Some((5, 50))),
            (None, Some((6, 60)), Some((6, 60))),
            (Some((5, 50)), Some((6, 60)), Some((6, 60))),
            (Some((7, 70)), Some((6, 60)), Some((7, 70))),
            (Some((6, 70)), Some((6, 60)), Some((6, 60))),
            (Some((6, 50)), Some((6, 60)), Some((6, 50))),
        ] {
            let proof = memory(feed, run).proof();
            let found = proof.map(|proof| (proof.observed_at, proof.reserves));
            assert_eq!(found, expected.map(|(at, reserves)| (at, U256::from(reserves))), "{feed:?} {run:?}");
        }
        assert_eq!(memory(Some((5, 50)), None).proof().map(|proof| proof.seen_ms), Some(5_000));
        assert_eq!(memory(Some((6, 50)), Some((6, 60))).proof().map(|proof| proof.seen_ms), Some(77));
    }

    #[test]
    fn reserves_that_just_cover_the_supply_cover_it() {
        let short = |reserves: u64| match compared(U256::from(reserves), U256::from(100), 9) {
            Event::Compared { observed_at: 9, shortfall } => shortfall.is_some(),
            other => panic!("{other:?}"),
        };
        assert_eq!([99, 100, 101].map(short), [true, false, false]);
    }

    #[test]
    fn an_outage_tells_against_the_source_on_schedule_only() {
        for (code, order, schedule) in [
            ("", false, false),
            ("NO_RESERVE_ASSIGNED", false, false),
            ("POR_UNAVAILABLE", false, true),
            ("POR_STALE", true, true),
            ("POR_RIPCORD", true, true),
            ("POR_INVALID", true, true),
            ("POR_INSUFFICIENT_RESERVES", true, true),
        ] {
            assert_eq!(is_bad_answer(code, Occasion::Order), order, "{code}");
            assert_eq!(is_bad_answer(code, Occasion::Schedule), schedule, "{code}");
        }
    }
}
