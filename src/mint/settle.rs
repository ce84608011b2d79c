//! Mints whose fate is open: a report may have been signed, and the chain is asked for the reference until it tells.
//!
//! 1. what was being executed when its process vanished counts as lost;
//! 2. ask the chain what became of the reference: minted, refused, taken by another order, or unused;
//! 3. if unused: begin another attempt where the budget allows it, else wait until every report that may exist has
//!    lapsed in a final block.

use super::batch::{ATTEMPTS_MAX, attempts_spent, backoff};
use super::state::{Event, State};
use super::worker::{Claim, Hold, LOOK_PAUSE_MS, Note, Stop, WAIT_PAUSE_MS, Worker};
use super::{Code, Failure, judgement};
use crate::chain::{ChainError, Look, Place};
use crate::fault;
use crate::observe;

/// How long a delivered report may stay invisible before its outcome counts as uncertain.
const SETTLE_MS: i64 = 20_000;

/// The claim, for another step at once; nothing when it was given back.
type Next = Option<Claim>;

impl Worker {
    /// Settles what was claimed.
    pub(super) async fn settle_all(&self, claims: Vec<Claim>, hold: &Hold) -> Result<(), Stop> {
        for claim in claims {
            self.settle(claim, hold).await?;
        }
        Ok(())
    }

    /// Asks and acts until there is nothing more to do for now.
    pub(super) async fn settle(&self, mut claim: Claim, hold: &Hold) -> Result<(), Stop> {
        if claim.mint.progress.state == State::Executing {
            let why = Failure::new(Code::WorkflowFailed, "the gateway stopped while the workflow ran");
            claim = self.note(Note::new(claim, vec![Event::Lost(why)])).await?;
        }
        while claim.held && !hold.lost.is_cancelled() {
            if self.soft_stop.is_cancelled() {
                return self.rest(&claim, 0).await;
            }
            match self.step(claim, hold).await? {
                Some(next) => claim = next,
                None => return Ok(()),
            }
        }
        Ok(())
    }

    /// Asks the chain, and acts on the answer.
    async fn step(&self, claim: Claim, hold: &Hold) -> Result<Next, Stop> {
        let progress = &claim.mint.progress;
        let (state, wanted) = (progress.state, claim.mint.order.wanted());
        fault::point("look.before").await;
        let look = self.chain.look(&wanted, progress.claim, progress.attempt_from_block).await;
        fault::point("look.after").await;
        match look {
            Ok(Look::Minted(proof)) => self.went(claim, Event::Minted(proof)).await,
            Ok(Look::Conflict) => {
                let why = Failure::new(
                    Code::DuplicateReference,
                    "this bank reference was minted before for another beneficiary or amount",
                );
                self.went(claim, Event::Conflict(why)).await
            }
            Ok(Look::Refused { place, verdict }) if state != State::Queued => {
                self.refused_on_chain(claim, place, judgement::of_verdict(verdict)).await
            }
            Ok(Look::Reverted) if state == State::Submitted => {
                let why =
                    Failure::new(Code::WorkflowFailed, "the consumer did not accept the delivered report");
                let pause = backoff(&claim);
                let claim = self.note(Note::new(claim, vec![Event::Lost(why)])).await?;
                self.pause(&claim, pause).await
            }
            Ok(Look::Absent | Look::Reverted | Look::Refused { .. }) => self.absent(claim, hold).await,
            Err(error) => self.blind(&claim, &error).await,
        }
    }

    async fn went(&self, claim: Claim, event: Event) -> Result<Next, Stop> {
        self.note(Note::new(claim, vec![event])).await.map(Some)
    }

    async fn pause(&self, claim: &Claim, pause_ms: i64) -> Result<Next, Stop> {
        self.rest(claim, pause_ms).await.map(|()| None)
    }

    async fn blind(&self, claim: &Claim, error: &ChainError) -> Result<Next, Stop> {
        observe::stuck(&claim.mint, error);
        self.pause(claim, WAIT_PAUSE_MS).await
    }

    /// A refusal event counts once its block is final: until then a re-organisation could bring the report back.
    async fn refused_on_chain(&self, mut claim: Claim, place: Place, why: Failure) -> Result<Next, Stop> {
        if claim.mint.progress.refusal.as_ref() != Some(&place) {
            let seen = Event::RefusalSeen { place: place.clone(), failure: why.clone() };
            claim = self.note(Note::new(claim, vec![seen])).await?;
        }
        let is_final = match self.chain.final_head().await {
            Ok(head) => head.number >= place.block_number,
            Err(error) => return self.blind(&claim, &error).await,
        };
        if is_final && claim.mint.progress.exposed_attempts <= 1 {
            return self.went(claim, Event::RefusalFinal).await;
        }
        if is_final && claim.mint.progress.state == State::Submitted {
            // This report is spent, but an earlier attempt may have left another one: only time ends that.
            claim = self.note(Note::new(claim, vec![Event::Lost(why)])).await?;
        }
        self.lapse(claim).await
    }

    /// The reference is unused.
    async fn absent(&self, claim: Claim, hold: &Hold) -> Result<Next, Stop> {
        let progress = &claim.mint.progress;
        if progress.refusal.is_some() {
            return self.went(claim, Event::RefusalGone).await;
        }
        if progress.state == State::Submitted {
            return self.unseen(claim).await;
        }
        if attempts_spent(&claim) >= ATTEMPTS_MAX {
            return self.lapse(claim).await;
        }
        if self.may_start(&[&claim]).await?.is_empty() {
            // The breaker is open: nothing is started, but what was signed may still lapse.
            return self.lapse(claim).await;
        }
        self.again(claim, hold).await
    }

    /// Another attempt, if the consumer has nothing against it.
    async fn again(&self, claim: Claim, hold: &Hold) -> Result<Next, Stop> {
        let (consumer, wanted) = (claim.mint.order.consumer, [claim.mint.order.wanted()]);
        let asked = tokio::join!(self.chain.preview(consumer, &wanted), self.chain.head());
        let (verdict, head) = match asked {
            (Ok(verdicts), Ok(head)) => (verdicts[0], head),
            (Err(error), _) | (_, Err(error)) => return self.blind(&claim, &error).await,
        };
        match verdict.code {
            0 => Ok(self.attempt(vec![claim], head, hold).await?.pop()),
            // Used between the two questions: the next look says by whom.
            3 => self.pause(&claim, LOOK_PAUSE_MS).await,
            _ => {
                let why = judgement::of_verdict(verdict);
                let told = claim.mint.progress.state != State::Queued
                    && claim.mint.progress.failure.as_ref() == Some(&why);
                let claim = match told {
                    true => claim,
                    false => self.note(Note::new(claim, vec![Event::Refused(why)])).await?,
                };
                if claim.held { self.lapse(claim).await } else { Ok(None) }
            }
        }
    }

    /// A report was delivered, says the workflow; the chain does not show it (yet).
    async fn unseen(&self, claim: Claim) -> Result<Next, Stop> {
        if self.clock.now_ms() - claim.mint.updated_at < SETTLE_MS {
            return self.pause(&claim, LOOK_PAUSE_MS).await;
        }
        let words = "the workflow reported a delivery that the chain does not show";
        self.went(claim, Event::Lost(Failure::new(Code::WorkflowFailed, words))).await
    }

    /// Ends an uncertain mint once every report that may exist has lapsed in a final block without using the reference.
    async fn lapse(&self, claim: Claim) -> Result<Next, Stop> {
        let wanted = claim.mint.order.wanted();
        let lapsed = async {
            let head = self.chain.final_head().await?;
            if claim.mint.progress.state != State::Uncertain
                || head.timestamp <= claim.mint.progress.exposed_until
            {
                return Ok(false);
            }
            self.chain.is_unused_at(&wanted, head.number).await
        };
        match lapsed.await {
            Ok(true) => self.went(claim, Event::Expired).await,
            Ok(false) => self.pause(&claim, WAIT_PAUSE_MS).await,
            Err(error) => self.blind(&claim, &error).await,
        }
    }
}
