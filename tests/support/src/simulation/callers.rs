//! What callers do: ask for payments, again, twice at once, under other keys, corrected, and around a restored backup.

use std::time::Duration;

use alloy::primitives::{Address, U256};
use cre_backend::base::clock::{Clock, rfc3339};
use cre_backend::base::secret::SecretUrl;
use cre_backend::domain::access::Rights;
use cre_backend::domain::mint::DEFAULT_ACCOUNT;
use cre_backend::domain::request::Draft;
use cre_backend::domain::{Failure, FailureCode, Mint, State};
use cre_backend::mint::{Acceptance, Requester};
use cre_backend::store::lease::Work;
use cre_backend::store::{Store, StoreError};
use futures_util::future::join_all;

use super::chain::EndpointFault;
use super::contracts::TOKEN;
use super::kind::Kind;
use super::world::World;
use crate::fault_kind::FaultKind;
use crate::tokens;

/// Payments in one world, of 10, 11, 12 … tokens.
pub(super) const PAYMENTS: u64 = 8;
/// Whom the policies always refuse.
pub(super) const BLACKLISTED: Address = Address::repeat_byte(0xbd);
/// Work that a correction waits for.
const WORK_MAX: u32 = 6;

/// How a payment is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Both,
    ReferenceOnly,
    KeyOnly,
}

impl Style {
    const fn of(payment: u64) -> Self {
        match payment % 3 {
            0 => Self::Both,
            1 => Self::ReferenceOnly,
            _ => Self::KeyOnly,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Both => "key and reference",
            Self::ReferenceOnly => "reference",
            Self::KeyOnly => "key",
        }
    }
}

/// Beneficiary and base units of a payment; no other order has the same.
pub(super) fn payment_of(payment: u64) -> (Address, U256) {
    (Address::repeat_byte(u8::try_from(payment + 1).unwrap_or(u8::MAX)), tokens(payment + 10))
}

/// A payment: each has a beneficiary, an amount, and a name of its own; some have a deadline.
pub(super) fn draft(payment: u64) -> Draft {
    let has_reference = Style::of(payment) != Style::KeyOnly;
    Draft {
        beneficiary: payment_of(payment).0.to_string(),
        amount: format!("{}", payment + 10),
        bank_reference: has_reference.then(|| format!("payment {payment}")),
        // The times of a world begin where they begin.
        expires_at: (payment % 4 == 3).then(|| rfc3339(super::world::START_MS + 900_000)),
        ..Draft::default()
    }
}

/// Who asks for a payment.
pub(super) fn caller(payment: u64) -> Requester {
    let has_key = Style::of(payment) != Style::ReferenceOnly;
    named(has_key.then(|| format!("key {payment}")))
}

fn named(key: Option<String>) -> Requester {
    Requester {
        account: DEFAULT_ACCOUNT.to_owned(),
        key_id: String::new(),
        rights: Rights::unlimited(),
        idempotency_key: key,
        only_order: None,
    }
}

/// Why a request was refused at admission, if it was.
pub(super) fn refusal(accepted: &Acceptance) -> Option<Failure> {
    let mint = &accepted.pending.mint;
    mint.progress.failure.clone().filter(|_| !mint.is_accepted)
}

impl World {
    /// Whether the process that acts may be asked for something. Where what it promises is compared with the reserves, it must
    /// have read supply and proof: before that it refuses nobody, and leaves it to the run.
    pub(super) async fn may_ask(&mut self) -> bool {
        if self.kind == Kind::Tight && !self.instances[self.here].knows_figures {
            self.look().await;
        }
        self.kind != Kind::Tight || self.instances[self.here].knows_figures
    }

    /// A caller asks for a payment, new or once more.
    pub(super) async fn ask(&mut self) {
        let payment = self.some_payment();
        self.ask_for(payment).await;
    }

    /// A payment, new or known.
    fn some_payment(&mut self) -> u64 {
        let is_new = self.asked == 0 || (self.asked < PAYMENTS && !self.dice.chance(30));
        let payment = if is_new { self.asked } else { self.dice.below(self.asked) };
        self.asked += u64::from(is_new);
        payment
    }

    async fn ask_for(&mut self, payment: u64) -> Option<Mint> {
        let is_exact = self.kind == Kind::Tight;
        let accepted = self.accept(draft(payment), caller(payment)).await?.ok()?;
        if !accepted.replayed {
            match refusal(&accepted) {
                Some(refused) => self.check_refusal(payment, &refused, is_exact).await,
                None if is_exact => self.check_promises().await,
                None => {}
            }
        }
        Some(accepted.pending.mint)
    }

    async fn accept(&mut self, draft: Draft, caller: Requester) -> Option<Result<Acceptance, Failure>> {
        if !self.may_ask().await {
            return None;
        }
        let service = self.gateway().service.clone();
        self.survive(async move { service.accept(&draft, &caller).await }).await
    }

    /// A small order that is no payment of the world's list.
    fn extra(&mut self, reference: Option<&str>) -> Draft {
        self.extras += 1;
        let byte = 0x80 + u8::try_from(self.extras % 0x30).unwrap_or_default();
        Draft {
            beneficiary: Address::repeat_byte(byte).to_string(),
            amount: "0.001".to_owned(),
            bank_reference: reference.map(|name| format!("{name} {}", self.extras)),
            ..Draft::default()
        }
    }

    /// Two equal requests without key and reference at once are one mint.
    pub(super) async fn click_twice(&mut self) {
        if !self.may_ask().await {
            return;
        }
        self.report.count_fault(FaultKind::DoubleClick, "two at once");
        let (draft, service) = (self.extra(None), self.gateway().service.clone());
        let clicking = async move {
            let caller = named(None);
            join_all([service.accept(&draft, &caller), service.accept(&draft, &caller)]).await
        };
        let Some(clicks) = self.survive(clicking).await else { return };
        if let [Ok(one), Ok(two)] = clicks.as_slice() {
            // Where both are refused nothing is promised to either: a refusal is told of the request that it refuses.
            let is_refused = refusal(one).is_some() && refusal(two).is_some();
            let (one, two) = (one.pending.mint.id, two.pending.mint.id);
            let wrong = (one != two && !is_refused).then(|| format!("{one} and {two}"));
            self.check_that("a double click is one mint", wrong);
        }
    }

    /// The answer to a request under a key is lost, at whatever moment; the repetition finds its mint, or makes it.
    pub(super) async fn lose_answer(&mut self) {
        if !self.may_ask().await {
            return;
        }
        let draft = self.extra(None);
        let key = named(Some(format!("lost {}", self.extras)));
        let (first, by, service) = (draft.clone(), key.clone(), self.gateway().service.clone());
        let patience = Duration::from_micros(self.dice.below(4_000));
        let asking = async move { tokio::time::timeout(patience, service.accept(&first, &by)).await.is_ok() };
        let is_answered = self.survive(asking).await.unwrap_or(false);
        let detail = if is_answered { "on its way" } else { "before it was given" };
        self.report.count_fault(FaultKind::LostAnswer, detail);
        let Some(Ok(again)) = self.accept(draft, key).await else { return };
        let reference = again.pending.mint.order.reference;
        let of_it = self.mints().await.into_iter().filter(|mint| mint.order.reference == reference);
        let accepted: Vec<_> = of_it.filter(|mint| mint.is_accepted).map(|mint| mint.id).collect();
        self.check_that("a key makes one mint", (accepted.len() > 1).then(|| format!("{accepted:?}")));
    }

    /// A known bank reference under another key is the mint that holds it, and the key belongs to that order from then on.
    pub(super) async fn use_second_key(&mut self) {
        let payment = self.some_payment();
        if Style::of(payment) == Style::KeyOnly || !self.may_ask().await {
            return;
        }
        self.extras += 1;
        let key = named(Some(format!("second key {}", self.extras)));
        let draft = draft(payment);
        let holder = match self.ask_for(payment).await {
            Some(mint) => self.gateway().store.mint_of(TOKEN, mint.order.reference).await.ok().flatten(),
            None => None,
        };
        self.report.count_fault(FaultKind::SecondKey, if holder.is_some() { "held" } else { "not held" });
        let Some(answer) = self.accept(draft.clone(), key.clone()).await else { return };
        if let (Some(holder), Ok(answer)) = (&holder, &answer) {
            let (held_by, given) = (holder.mint.id, answer.pending.mint.id);
            let wrong = (held_by != given).then(|| format!("{held_by} holds it, {given} was given"));
            self.check_that("a known reference is its holder's under every key", wrong);
        }
        let is_taken = answer.is_ok_and(|answer| answer.pending.mint.is_accepted);
        let other = Draft { amount: "0.5".to_owned(), ..draft };
        if is_taken && let Some(other) = self.accept(other, key).await {
            let wrong = match other {
                Ok(accepted) => Some(format!("{:?}", accepted.pending.mint)),
                Err(failure) if failure.code == FailureCode::DuplicateReference => Some(failure.to_string()),
                Err(_) => None,
            };
            self.check_that("a second key is bound to its order", wrong);
        }
    }

    /// An order that was refused comes again, corrected, under the same reference.
    pub(super) async fn correct_refused(&mut self) {
        let corrected = self.extra(Some("corrected"));
        let wrong = Draft { beneficiary: BLACKLISTED.to_string(), ..corrected.clone() };
        let Some(Ok(first)) = self.accept(wrong, named(None)).await else { return };
        let id = first.pending.mint.id;
        let mut is_refused = !first.pending.mint.is_accepted;
        for _ in 0..WORK_MAX {
            if is_refused {
                break;
            }
            self.work(Some(Work::Mint)).await;
            let now = self.gateway().store.mint(id).await.ok().flatten();
            is_refused = now.is_some_and(|stored| stored.mint.progress.state == State::Rejected);
        }
        if !is_refused {
            return;
        }
        self.report.count_fault(FaultKind::Correction, "another beneficiary under the same reference");
        let Some(answer) = self.accept(corrected, named(None)).await else { return };
        let wrong = match answer {
            Ok(accepted) if accepted.pending.mint.id == id => {
                Some("it is answered as it was refused".to_owned())
            }
            Err(failure) if failure.code == FailureCode::DuplicateReference => Some(failure.to_string()),
            _ => None,
        };
        self.check_that("a refused order lets go of its reference", wrong);
    }

    /// Another process opens the file of the database under another name, and is refused.
    pub(super) async fn open_by_another_path(&mut self) {
        let Some((file, link)) = self.beside("link") else { return };
        let is_symbolic = self.dice.chance(50);
        let (detail, made) = match is_symbolic {
            true => ("symbolic link", std::os::unix::fs::symlink(&file, &link)),
            false => ("hard link", std::fs::hard_link(&file, &link)),
        };
        made.expect("another name");
        self.report.count_fault(FaultKind::OtherPath, detail);
        let url = SecretUrl::new(format!("sqlite:{}", link.display()));
        let opened = Store::open(&url, Clock::manual(self.now_ms)).await;
        let is_refused = matches!(opened, Err(StoreError::Locked | StoreError::SeveralNames));
        std::fs::remove_file(&link).expect("the name goes");
        self.check_that("a file is opened once", (!is_refused).then_some(detail));
    }

    /// A backup is taken, a payment asked for, the backup restored, and the same payment asked for.
    pub(super) async fn ask_around_a_restore(&mut self) {
        let payment = self.some_payment();
        let Some(backup) = self.back_up().await else { return };
        self.ask_for(payment).await;
        for _ in 0..self.dice.below(4) {
            self.work(Some(Work::Mint)).await;
        }
        self.restore(backup).await;
        self.report.count_fault(FaultKind::Restore, Style::of(payment).word());
        if self.dice.chance(50) {
            self.ask_for(payment).await;
        } else {
            self.ask_while_paused(payment).await;
        }
    }

    /// A payment is asked for while an operator has stopped the basket: only what the chain has already is taken, and that is
    /// promised like everything else that is not final.
    async fn ask_while_paused(&mut self, payment: u64) {
        self.report.count_fault(FaultKind::Pause, "operator pauses after a restore");
        self.operate(true).await;
        let mint = self.ask_for(payment).await;
        let is_certain = self.outages.now().is_none() && self.chain.state().endpoint == EndpointFault::None;
        if let Some(mint) = mint.filter(|_| is_certain) {
            let is_minted = self.chain.state().mints_of(&mint.order.reference) == 1;
            let wrong = (is_minted && !mint.is_accepted).then(|| format!("payment {payment}: {mint:?}"));
            self.check_that("what the chain has is answered as minted", wrong);
        }
        self.recount().await;
        self.operate(false).await;
    }

    /// The same payment is asked for at every gateway, and each works for it.
    pub(super) async fn ask_everywhere(&mut self) {
        let payment = self.some_payment();
        self.report.count_fault(FaultKind::TwoDatabases, Style::of(payment).word());
        let (draft, caller) = (draft(payment), caller(payment));
        let services: Vec<_> = self
            .instances
            .iter()
            .filter_map(|instance| Some(instance.gateway.as_ref()?.service.clone()))
            .collect();
        let everywhere: Vec<usize> = (0..self.instances.len()).collect();
        let asking = async move {
            join_all(services.iter().map(|service| service.accept(&draft, &caller))).await;
        };
        self.survive_all(&everywhere, asking).await;
        for at in everywhere {
            self.here = at;
            self.work(Some(Work::Mint)).await;
        }
    }
}
