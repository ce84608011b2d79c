//! The rules of the simulated basket's contracts: what a delivered report does, and what calls answer.

use std::cmp::Reverse;

use alloy::primitives::aliases::{U48, U80};
use alloy::primitives::{Address, B256, Bytes, I256, LogData, U256, keccak256};
use alloy::sol_types::{SolCall, SolEvent};
use cre_backend::chain::{
    BasketFactory, KeystoneForwarder, LiabilityLedger, MintingConsumerWithACE, PausePolicy, StablecoinERC20,
};
use cre_backend::domain::order::order_digest;
use cre_backend::domain::{BasketId, OrderKey, VerdictCode};
use serde_json::Value;

use super::chain::{ReserveProof, SignedReport, State, Tx};

pub(super) const FACTORY: Address = Address::repeat_byte(0xfa);
pub(super) const FORWARDER: Address = Address::repeat_byte(0xf0);
pub(super) const TOKEN: Address = Address::repeat_byte(0x70);
pub(super) const CONSUMER: Address = Address::repeat_byte(0xc0);
pub(super) const BASKET: BasketId = BasketId { stablecoin: TOKEN, consumer: CONSUMER };
const LEDGER: Address = Address::repeat_byte(0xfe);
const ENGINE: Address = Address::repeat_byte(0xe0);
const TIMELOCK: Address = Address::repeat_byte(0x71);
const PAUSE_POLICY: Address = Address::repeat_byte(0xb0);
const REJECT_POLICY: Address = Address::repeat_byte(0x09);

/// The consumer refuses reports that are valid for longer.
const VALIDITY_MAX_SECONDS: u64 = 900;
/// The consumer mints against no older proof.
const PROOF_AGE_MAX_SECONDS: u64 = 1_800;

/// What a delivered report did.
#[derive(Clone, Debug, Default)]
pub(super) struct Delivery {
    /// Whether the consumer took it.
    pub(super) succeeded: bool,
    /// The orders that were minted.
    pub(super) minted: Vec<OrderKey>,
    pub(super) logs: Vec<(Address, LogData)>,
}

/// The reserve feed: its last round, and what that proves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Feed {
    round: u64,
    pub(super) proof: ReserveProof,
}

impl Feed {
    /// The feed after a proof was recorded: an older one changes nothing, and of two of one time the lower counts.
    fn record(self, proof: ReserveProof) -> Self {
        let rank = |proof: ReserveProof| (proof.observed_at, Reverse(proof.amount));
        if rank(proof) > rank(self.proof) { Self { round: self.round + 1, proof } } else { self }
    }
}

impl State {
    /// What forwarder and consumer do with a report that is delivered now.
    pub(super) fn judge(&self, report: &SignedReport) -> Delivery {
        let was_attempted = self.txs(self.head()).any(|tx| tx.report == *report && tx.delivery.succeeded);
        let is_for_now = (self.now..=self.now + VALIDITY_MAX_SECONDS).contains(&report.valid_until);
        let mut delivery = Delivery { succeeded: !was_attempted && is_for_now, ..Delivery::default() };
        if delivery.succeeded {
            let before = self.feed(self.head());
            let feed = before.record(report.proof);
            if feed != before {
                let updated = LiabilityLedger::AnswerUpdated {
                    current: I256::try_from(feed.proof.amount).unwrap_or(I256::MAX),
                    roundId: U256::from(feed.round),
                    updatedAt: U256::from(feed.proof.observed_at),
                };
                delivery.logs.push((LEDGER, updated.encode_log_data()));
            }
            for order in &report.orders {
                self.mint(order, feed.proof, &mut delivery);
            }
        }
        let processed = KeystoneForwarder::ReportProcessed {
            receiver: CONSUMER,
            workflowExecutionId: keccak256(report.number.to_be_bytes()),
            reportId: [0, 1].into(),
            result: delivery.succeeded,
        };
        delivery.logs.push((FORWARDER, processed.encode_log_data()));
        delivery
    }

    /// Mints an order, or leaves the event that says why not.
    fn mint(&self, order: &OrderKey, proof: ReserveProof, delivery: &mut Delivery) {
        let OrderKey { reference, account, amount, .. } = *order;
        let code = match self.verdict(order, &delivery.minted, self.head()) {
            VerdictCode::Accepted => self.reserve_verdict(order, proof, &delivery.minted),
            refused => refused,
        };
        if code != VerdictCode::Accepted {
            let refused = MintingConsumerWithACE::MintRejected {
                bankRef: reference,
                account,
                amount,
                policy: REJECT_POLICY,
                code: code.number(),
            };
            delivery.logs.push((CONSUMER, refused.encode_log_data()));
            return;
        }
        let transfer = StablecoinERC20::Transfer { from: Address::ZERO, to: account, value: amount };
        delivery.logs.push((TOKEN, transfer.encode_log_data()));
        let executed = LiabilityLedger::MintExecuted { bankRef: reference, account, amount };
        delivery.logs.push((LEDGER, executed.encode_log_data()));
        delivery.minted.push(*order);
    }

    /// What everything but the reserves says to an order, after others of the same report were minted.
    fn verdict(&self, order: &OrderKey, minted: &[OrderKey], at: u64) -> VerdictCode {
        let is_used = self.digest_of(&order.reference, at).is_some()
            || minted.iter().any(|earlier| earlier.reference == order.reference);
        if is_used {
            VerdictCode::ReferenceUsed
        } else if self.is_paused {
            VerdictCode::Paused
        } else if self.refused.contains(&order.account) {
            VerdictCode::Blacklisted
        } else {
            VerdictCode::Accepted
        }
    }

    fn reserve_verdict(&self, order: &OrderKey, proof: ReserveProof, minted: &[OrderKey]) -> VerdictCode {
        let issued = self.supply(self.head()) + sum(minted) + order.amount;
        if !self.checks_reserves {
            VerdictCode::Accepted
        } else if self.now > proof.observed_at + PROOF_AGE_MAX_SECONDS {
            VerdictCode::ReserveStale
        } else if issued > proof.amount {
            VerdictCode::ReserveInsufficient
        } else {
            VerdictCode::Accepted
        }
    }

    fn minted(&self, at: u64) -> impl Iterator<Item = &OrderKey> {
        self.txs(at).flat_map(|tx| &tx.delivery.minted)
    }

    /// Base units issued up to a block.
    pub(super) fn supply(&self, at: u64) -> U256 {
        sum(self.minted(at))
    }

    /// The feed in a block.
    pub(super) fn feed(&self, at: u64) -> Feed {
        let proofs = self.txs(at).filter(|tx| tx.delivery.succeeded).map(|tx| tx.report.proof);
        proofs.fold(Feed::default(), Feed::record)
    }

    fn digest_of(&self, reference: &B256, at: u64) -> Option<B256> {
        let order = self.minted(at).find(|order| order.reference == *reference)?;
        Some(order_digest(order.account, order.amount))
    }

    /// The block that a reference was minted in; 0 where it was not.
    fn block_of(&self, reference: &B256, at: u64) -> U48 {
        let blocks = self.located((0, at));
        let mints = |tx: &Tx| tx.delivery.minted.iter().any(|order| order.reference == *reference);
        blocks.filter(|(_, _, tx)| mints(tx)).map(|(number, ..)| U48::from(number)).next().unwrap_or_default()
    }

    /// How often a reference was minted.
    pub(super) fn mints_of(&self, reference: &B256) -> usize {
        self.minted(self.head()).filter(|order| order.reference == *reference).count()
    }

    /// The references that were minted, each as often as it was.
    pub(super) fn minted_references(&self) -> Vec<B256> {
        self.minted(self.head()).map(|order| order.reference).collect()
    }

    /// How often an account was given exactly this amount.
    pub(super) fn transfers_of(&self, (account, amount): (Address, U256)) -> usize {
        self.minted(self.head()).filter(|order| (order.account, order.amount) == (account, amount)).count()
    }

    /// Whether a report for the reference exists that could still mint.
    pub(super) fn is_live(&self, reference: &B256) -> bool {
        let names = |report: &&SignedReport| report.orders.iter().any(|order| order.reference == *reference);
        self.held.iter().filter(names).any(|report| report.valid_until > self.now)
    }

    /// What a call answers in a block.
    pub(super) fn call(&self, request: &Value, at: u64) -> Bytes {
        let data = request["input"].as_str().or(request["data"].as_str()).unwrap_or_default();
        let data: Bytes = data.parse().unwrap_or_default();
        if let Ok(ask) = LiabilityLedger::mintOfCall::abi_decode(&data) {
            let digest = self.digest_of(&ask.bankRef, at).unwrap_or_default();
            let minted =
                LiabilityLedger::mintOfReturn { digest, blockNumber: self.block_of(&ask.bankRef, at) };
            return LiabilityLedger::mintOfCall::abi_encode_returns(&minted).into();
        }
        if let Ok(ask) = MintingConsumerWithACE::previewCall::abi_decode(&data) {
            let verdicts: Vec<_> = ask.orders.iter().map(|order| self.preview(order, at)).collect();
            return MintingConsumerWithACE::previewCall::abi_encode_returns(&verdicts).into();
        }
        let selector = data.get(..4).and_then(|head| <[u8; 4]>::try_from(head).ok()).unwrap_or_default();
        let feed = self.feed(at);
        let answer = match selector {
            BasketFactory::isBasketCall::SELECTOR => BasketFactory::isBasketCall::abi_encode_returns(&true),
            BasketFactory::basketOfCall::SELECTOR => {
                BasketFactory::basketOfCall::abi_encode_returns(&basket())
            }
            BasketFactory::timelockCall::SELECTOR => {
                BasketFactory::timelockCall::abi_encode_returns(&TIMELOCK)
            }
            StablecoinERC20::decimalsCall::SELECTOR => StablecoinERC20::decimalsCall::abi_encode_returns(&18),
            LiabilityLedger::liabilityCall::SELECTOR => {
                LiabilityLedger::liabilityCall::abi_encode_returns(&self.supply(at))
            }
            StablecoinERC20::totalSupplyCall::SELECTOR => {
                StablecoinERC20::totalSupplyCall::abi_encode_returns(&self.supply(at))
            }
            LiabilityLedger::latestProofCall::SELECTOR => {
                let ReserveProof { amount, observed_at } = feed.proof;
                let proof = LiabilityLedger::ReserveProof { amount, observedAt: observed_at };
                LiabilityLedger::latestProofCall::abi_encode_returns(&proof)
            }
            LiabilityLedger::latestRoundDataCall::SELECTOR => {
                let (round, time) = (U80::from(feed.round), U256::from(feed.proof.observed_at));
                LiabilityLedger::latestRoundDataCall::abi_encode_returns(
                    &LiabilityLedger::latestRoundDataReturn {
                        _0: round,
                        _1: I256::try_from(feed.proof.amount).unwrap_or(I256::MAX),
                        _2: time,
                        _3: time,
                        _4: round,
                    },
                )
            }
            LiabilityLedger::writerCall::SELECTOR => {
                LiabilityLedger::writerCall::abi_encode_returns(&CONSUMER)
            }
            PausePolicy::s_pausedCall::SELECTOR => {
                PausePolicy::s_pausedCall::abi_encode_returns(&self.is_paused)
            }
            _ => Vec::new(),
        };
        answer.into()
    }

    fn preview(&self, order: &MintingConsumerWithACE::Order, at: u64) -> MintingConsumerWithACE::Verdict {
        let key = OrderKey {
            stablecoin: TOKEN,
            consumer: CONSUMER,
            reference: order.bankRef,
            account: order.account,
            amount: order.amount,
        };
        let code = self.verdict(&key, &[], at).number();
        MintingConsumerWithACE::Verdict { code, policy: Address::ZERO }
    }
}

fn sum<'a>(orders: impl IntoIterator<Item = &'a OrderKey>) -> U256 {
    orders.into_iter().fold(U256::ZERO, |sum, order| sum + order.amount)
}

const fn basket() -> BasketFactory::Basket {
    BasketFactory::Basket {
        stablecoin: TOKEN,
        mintingConsumer: CONSUMER,
        ledger: LEDGER,
        redemptionDesk: Address::repeat_byte(0xde),
        policyEngine: ENGINE,
        admin: Address::repeat_byte(0xad),
        pausePolicy: PAUSE_POLICY,
        rejectPolicy: REJECT_POLICY,
        allowPolicy: Address::repeat_byte(0xa0),
        identityPolicy: Address::repeat_byte(0x1d),
        jurisdictions: Address::repeat_byte(0x1e),
        volumePolicy: Address::repeat_byte(0x10),
        volumeRatePolicy: Address::repeat_byte(0x11),
        policySwitch: Address::repeat_byte(0x12),
        redemptionVolumePolicy: Address::repeat_byte(0x13),
    }
}
