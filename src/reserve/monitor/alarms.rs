//! Which logs of a basket's contracts somebody must know about, and which of them stop minting.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256, hex};
use alloy::rpc::types::Log;
use alloy::sol_types::{SolCall, SolEvent};

use crate::chain::{
    BasketFactory, KeystoneForwarder, LiabilityLedger, MintingConsumerWithACE, PausePolicy, PolicyEngine,
    PolicySwitch, StablecoinERC20, TimelockController, abi,
};
use crate::domain::BasketContracts;
use crate::domain::breaker::Reason;

/// What a log means for one basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ChainAlert {
    /// A change that only a person can judge: minting stops.
    Stop(Reason, &'static str),
    /// Worth an entry in the log, no more.
    Note(&'static str),
    /// The consumer minted this order.
    Minted {
        /// The reference on chain.
        reference: B256,
        /// The beneficiary.
        account: Address,
        /// Base units.
        amount: U256,
    },
    /// The token created units for this account.
    Created {
        /// The receiver.
        account: Address,
        /// Base units.
        amount: U256,
    },
    /// The timelock was told to make a call.
    Scheduled(ScheduledCall),
}

/// A call that the timelock will make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ScheduledCall {
    /// The operation that it belongs to.
    pub(super) operation: B256,
    /// The contract that will be called.
    pub(super) target: Address,
    /// The function, by signature where it is known.
    pub(super) call: String,
    /// How long after its block it may be made, seconds.
    pub(super) delay: u64,
}

/// Events that are followed, besides the tokens' transfers from nowhere.
pub(super) fn followed_events() -> Vec<B256> {
    let mut events = vec![
        LiabilityLedger::MintExecuted::SIGNATURE_HASH,
        LiabilityLedger::ReserveMaxAgeSet::SIGNATURE_HASH,
        LiabilityLedger::MintWindowSet::SIGNATURE_HASH,
        PausePolicy::PauseStateChanged::SIGNATURE_HASH,
        PolicySwitch::IdentityRequiredSet::SIGNATURE_HASH,
        PolicySwitch::WhitelistRequiredSet::SIGNATURE_HASH,
        BasketFactory::BasketCreated::SIGNATURE_HASH,
        TimelockController::CallScheduled::SIGNATURE_HASH,
        TimelockController::Cancelled::SIGNATURE_HASH,
    ];
    events.extend(ROLES.iter().chain(RULES).chain(SIGNERS).map(|(topic, _)| *topic));
    events
}

const ROLES: &[(B256, &str)] = &[
    (StablecoinERC20::RoleGranted::SIGNATURE_HASH, "a role was granted"),
    (StablecoinERC20::RoleRevoked::SIGNATURE_HASH, "a role was revoked"),
    (StablecoinERC20::RoleAdminChanged::SIGNATURE_HASH, "a role's admin was changed"),
    (MintingConsumerWithACE::OwnershipTransferred::SIGNATURE_HASH, "the owner was changed"),
    (LiabilityLedger::OwnershipTransferStarted::SIGNATURE_HASH, "the ledger's owner is about to change"),
    (LiabilityLedger::WriterSet::SIGNATURE_HASH, "the minting consumer was replaced"),
    (StablecoinERC20::MintAllowanceSet::SIGNATURE_HASH, "a mint allowance was set"),
    (StablecoinERC20::SystemAccountSet::SIGNATURE_HASH, "a system account was set"),
    (MintingConsumerWithACE::WorkflowAllowed::SIGNATURE_HASH, "the allowed workflows were changed"),
    (TimelockController::MinDelayChange::SIGNATURE_HASH, "the timelock's delay was changed"),
];

const RULES: &[(B256, &str)] = &[
    (PolicyEngine::PolicyAdded::SIGNATURE_HASH, "a policy was added"),
    (PolicyEngine::PolicyAddedAt::SIGNATURE_HASH, "a policy was added"),
    (PolicyEngine::PolicyRemoved::SIGNATURE_HASH, "a policy was removed"),
    (PolicyEngine::PolicyConfigured::SIGNATURE_HASH, "a policy was configured anew"),
    (PolicyEngine::PolicyParametersSet::SIGNATURE_HASH, "a policy's parameters were changed"),
    (PolicyEngine::PolicyMapperSet::SIGNATURE_HASH, "a policy's mapper was changed"),
    (PolicyEngine::ExtractorSet::SIGNATURE_HASH, "the extractor was changed"),
    (PolicyEngine::DefaultPolicyAllowSet::SIGNATURE_HASH, "what is allowed by default was changed"),
    (PolicyEngine::TargetDefaultPolicyAllowSet::SIGNATURE_HASH, "what is allowed by default was changed"),
    (PolicyEngine::TargetDetached::SIGNATURE_HASH, "the consumer was detached from its policies"),
];

const SIGNERS: &[(B256, &str)] = &[
    (KeystoneForwarder::ConfigSet::SIGNATURE_HASH, "the forwarder's signers were changed"),
    (KeystoneForwarder::ForwarderAdded::SIGNATURE_HASH, "a forwarder was added"),
    (KeystoneForwarder::ForwarderRemoved::SIGNATURE_HASH, "a forwarder was removed"),
    (
        KeystoneForwarder::OwnershipTransferRequested::SIGNATURE_HASH,
        "the forwarder's owner is about to change",
    ),
    (KeystoneForwarder::OwnershipTransferred::SIGNATURE_HASH, "the forwarder's owner was changed"),
];

/// Transactions that created a basket: what they set up is no change.
pub(super) fn creations(logs: &[Log], factory: Address) -> BTreeSet<B256> {
    let created = logs.iter().filter(|log| {
        log.address() == factory && log.topic0() == Some(&BasketFactory::BasketCreated::SIGNATURE_HASH)
    });
    created.filter_map(|log| log.transaction_hash).collect()
}

/// What a log means for a basket; `None` = nothing.
pub(super) fn alert_of(log: &Log, basket: &BasketContracts, forwarder: Address) -> Option<ChainAlert> {
    let (from, topic) = (log.address(), log.topic0()?);
    let find = |list: &[(B256, &'static str)]| {
        list.iter().find(|(known, _)| known == topic).map(|(_, message)| *message)
    };
    if from == forwarder {
        return find(SIGNERS).map(|message| ChainAlert::Stop(Reason::ForwarderChanged, message));
    }
    if from == basket.ledger {
        if let Ok(event) = LiabilityLedger::MintExecuted::decode_log(&log.inner) {
            let (reference, account, amount) = (event.bankRef, event.account, event.amount);
            return Some(ChainAlert::Minted { reference, account, amount });
        }
        if *topic == LiabilityLedger::ReserveMaxAgeSet::SIGNATURE_HASH {
            return Some(ChainAlert::Stop(Reason::PoliciesChanged, "the age limit of proofs was changed"));
        }
        if *topic == LiabilityLedger::MintWindowSet::SIGNATURE_HASH {
            return Some(ChainAlert::Stop(Reason::PoliciesChanged, "the cap per time window was changed"));
        }
    }
    if from == basket.stablecoin
        && let Ok(event) = StablecoinERC20::Transfer::decode_log(&log.inner)
        && event.from.is_zero()
    {
        return Some(ChainAlert::Created { account: event.to, amount: event.value });
    }
    if from == basket.timelock
        && let Some(alert) = of_schedule(log)
    {
        return Some(alert);
    }
    if [basket.consumer, basket.stablecoin, basket.ledger, basket.engine, basket.timelock].contains(&from)
        && let Some(message) = find(ROLES)
    {
        return Some(ChainAlert::Stop(Reason::RolesChanged, message));
    }
    if from == basket.engine {
        return find(RULES).map(|message| ChainAlert::Stop(Reason::PoliciesChanged, message));
    }
    if from == basket.pause_policy && *topic == PausePolicy::PauseStateChanged::SIGNATURE_HASH {
        return Some(ChainAlert::Note("the pause policy was switched"));
    }
    let switch = Switch::of(log, basket)?;
    // The stricter rule may come into force unasked; the laxer one needs a second pair of eyes.
    Some(match (switch.policy == basket.allow_policy, switch.required) {
        (true, true) => ChainAlert::Note("the whitelist was put in force"),
        (true, false) => ChainAlert::Stop(Reason::PoliciesChanged, "the whitelist was put out of force"),
        (false, true) => ChainAlert::Note("the identity check was put in force"),
        (false, false) => {
            ChainAlert::Stop(Reason::PoliciesChanged, "the identity check was put out of force")
        }
    })
}

/// What the timelock says about what it will do.
fn of_schedule(log: &Log) -> Option<ChainAlert> {
    if log.topic0() == Some(&TimelockController::Cancelled::SIGNATURE_HASH) {
        return Some(ChainAlert::Note("an operation of the timelock was cancelled"));
    }
    let event = TimelockController::CallScheduled::decode_log(&log.inner).ok()?.data;
    let selector = event.data.get(..4).unwrap_or_default();
    let known = abi::call(&event.data, None).map(|call| call.signature);
    Some(ChainAlert::Scheduled(ScheduledCall {
        operation: event.id,
        target: event.target,
        call: known.unwrap_or_else(|| hex::encode_prefixed(selector)),
        delay: u64::try_from(event.delay).unwrap_or(u64::MAX),
    }))
}

/// What a basket's own switch says that it did: a policy came into force or went out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Switch {
    policy: Address,
    required: bool,
}

impl Switch {
    fn of(log: &Log, basket: &BasketContracts) -> Option<Self> {
        if log.address() != basket.policy_switch {
            return None;
        }
        if let Ok(event) = PolicySwitch::WhitelistRequiredSet::decode_log(&log.inner) {
            return Some(Self { policy: basket.allow_policy, required: event.required });
        }
        let event = PolicySwitch::IdentityRequiredSet::decode_log(&log.inner).ok()?;
        Some(Self { policy: basket.identity_policy, required: event.required })
    }

    /// The same change, as the engine logs it when it is asked for it.
    fn at_engine(log: &Log, basket: &BasketContracts) -> Option<Self> {
        if log.address() != basket.engine {
            return None;
        }
        let (target, selector, switch) =
            if let Ok(event) = PolicyEngine::PolicyAddedAt::decode_log(&log.inner) {
                (event.target, event.selector, Self { policy: event.policy, required: true })
            } else {
                let event = PolicyEngine::PolicyRemoved::decode_log(&log.inner).ok()?;
                (event.target, event.selector, Self { policy: event.policy, required: false })
            };
        let mints =
            target == basket.consumer && selector == MintingConsumerWithACE::executeMintCall::SELECTOR;
        mints.then_some(switch)
    }
}

/// Marks of the engine's logs that the basket's own switch explains: each of its events speaks for the last log of that
/// change before it in its transaction, and for no other. What is explained is judged by the switch's event alone.
pub(super) fn explained_by_switch(logs: &[Log], basket: &BasketContracts) -> BTreeSet<String> {
    let place = |log: &Log| (log.block_hash, log.transaction_hash);
    let cause = |switched: &Log| {
        let switch = Switch::of(switched, basket)?;
        logs.iter()
            .filter(|log| place(log) == place(switched) && log.log_index < switched.log_index)
            .filter(|log| Switch::at_engine(log, basket) == Some(switch))
            .max_by_key(|log| log.log_index)
    };
    logs.iter().filter_map(cause).map(mark).collect()
}

/// Tells one log from every other, also across a re-organisation.
pub(super) fn mark(log: &Log) -> String {
    format!("{}:{}", log.block_hash.unwrap_or_default(), log.log_index.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::FixedBytes;

    const FORWARDER: Address = Address::repeat_byte(0xf0);
    const FACTORY: Address = Address::repeat_byte(0xfa);
    const STRANGER: Address = Address::repeat_byte(0xee);
    const MINT: FixedBytes<4> = FixedBytes(MintingConsumerWithACE::executeMintCall::SELECTOR);

    fn basket() -> BasketContracts {
        let part = Address::repeat_byte;
        BasketContracts {
            stablecoin: part(1),
            consumer: part(2),
            ledger: part(3),
            engine: part(4),
            pause_policy: part(5),
            allow_policy: part(6),
            identity_policy: part(7),
            policy_switch: part(8),
            timelock: part(9),
            decimals: 18,
        }
    }

    fn log(from: Address, event: &impl SolEvent, index: u64) -> Log {
        Log {
            inner: alloy::primitives::Log { address: from, data: event.encode_log_data() },
            block_hash: Some(B256::repeat_byte(0xb)),
            transaction_hash: Some(B256::repeat_byte(0x7)),
            log_index: Some(index),
            ..Log::default()
        }
    }

    fn added(policy: Address, target: Address, selector: FixedBytes<4>) -> PolicyEngine::PolicyAddedAt {
        PolicyEngine::PolicyAddedAt {
            target,
            selector,
            policy,
            position: U256::ZERO,
            policyParameterNames: Vec::new(),
            policies: Vec::new(),
        }
    }

    fn removed(policy: Address) -> PolicyEngine::PolicyRemoved {
        PolicyEngine::PolicyRemoved { target: basket().consumer, selector: MINT, policy }
    }

    fn stops(log: &Log, basket: &BasketContracts) -> Option<Reason> {
        match alert_of(log, basket, FORWARDER) {
            Some(ChainAlert::Stop(reason, _)) => Some(reason),
            _ => None,
        }
    }

    #[test]
    fn alert_of_a_change_stops_the_basket_it_belongs_to() {
        let own = basket();
        let other = BasketContracts {
            stablecoin: STRANGER,
            consumer: STRANGER,
            ledger: STRANGER,
            engine: STRANGER,
            policy_switch: STRANGER,
            timelock: STRANGER,
            ..own
        };
        let granted = StablecoinERC20::RoleGranted { role: B256::ZERO, account: STRANGER, sender: STRANGER };
        for from in [own.stablecoin, own.ledger, own.engine, own.consumer] {
            let log = log(from, &granted, 0);
            assert_eq!(stops(&log, &own), Some(Reason::RolesChanged), "{from}");
            assert_eq!(alert_of(&log, &other, FORWARDER), None);
        }
        let configured =
            KeystoneForwarder::ConfigSet { donId: 1, configVersion: 2, f: 1, signers: Vec::new() };
        for basket in [own, other] {
            assert_eq!(stops(&log(FORWARDER, &configured, 0), &basket), Some(Reason::ForwarderChanged));
        }
        assert_eq!(
            alert_of(&log(own.consumer, &configured, 0), &own, FORWARDER),
            None,
            "not the forwarder's"
        );
        for log in [
            log(own.engine, &added(STRANGER, own.consumer, MINT), 0),
            log(own.engine, &removed(own.pause_policy), 0),
            log(own.engine, &PolicyEngine::DefaultPolicyAllowSet { defaultAllow: true }, 0),
            log(own.ledger, &LiabilityLedger::ReserveMaxAgeSet { maxAgeSeconds: 1 }, 0),
        ] {
            assert_eq!(stops(&log, &own), Some(Reason::PoliciesChanged), "{log:?}");
            assert_eq!(alert_of(&log, &other, FORWARDER), None);
            assert!(followed_events().contains(log.topic0().unwrap()), "{log:?} is not followed");
        }
        let paused = log(own.pause_policy, &PausePolicy::PauseStateChanged { paused: true }, 0);
        assert!(matches!(alert_of(&paused, &own, FORWARDER), Some(ChainAlert::Note(_))));
    }

    fn scheduled(target: Address, data: Vec<u8>) -> TimelockController::CallScheduled {
        TimelockController::CallScheduled {
            id: B256::repeat_byte(0x1d),
            index: U256::ZERO,
            target,
            value: U256::ZERO,
            data: data.into(),
            predecessor: B256::ZERO,
            delay: U256::from(172_800),
        }
    }

    #[test]
    fn alert_of_the_timelock_says_what_it_will_call() {
        let own = basket();
        let exchange = LiabilityLedger::setWriterCall { writer_: STRANGER }.abi_encode();
        for (data, call) in
            [(exchange, "setWriter(address)"), (vec![1, 2, 3, 4, 5], "0x01020304"), (Vec::new(), "0x")]
        {
            let log = log(own.timelock, &scheduled(own.ledger, data), 0);
            let operation = B256::repeat_byte(0x1d);
            let expected =
                ScheduledCall { operation, target: own.ledger, call: call.to_owned(), delay: 172_800 };
            assert_eq!(alert_of(&log, &own, FORWARDER), Some(ChainAlert::Scheduled(expected)));
            assert!(followed_events().contains(log.topic0().unwrap()));
        }
        let by_another = log(STRANGER, &scheduled(own.ledger, Vec::new()), 0);
        assert_eq!(alert_of(&by_another, &own, FORWARDER), None, "anybody can log so");
        let cancelled = TimelockController::Cancelled { id: B256::ZERO };
        assert!(matches!(
            alert_of(&log(own.timelock, &cancelled, 0), &own, FORWARDER),
            Some(ChainAlert::Note(_))
        ));
        let hastened =
            TimelockController::MinDelayChange { oldDuration: U256::from(9), newDuration: U256::ZERO };
        let granted = StablecoinERC20::RoleGranted { role: B256::ZERO, account: STRANGER, sender: STRANGER };
        assert_eq!(stops(&log(own.timelock, &hastened, 0), &own), Some(Reason::RolesChanged));
        assert_eq!(stops(&log(own.timelock, &granted, 0), &own), Some(Reason::RolesChanged));
    }

    #[test]
    fn alert_of_created_tokens_is_for_mints_only() {
        let own = basket();
        let moved = |from| StablecoinERC20::Transfer { from, to: STRANGER, value: U256::from(5) };
        let created = Some(ChainAlert::Created { account: STRANGER, amount: U256::from(5) });
        assert_eq!(alert_of(&log(own.stablecoin, &moved(Address::ZERO), 0), &own, FORWARDER), created);
        assert_eq!(alert_of(&log(own.stablecoin, &moved(STRANGER), 0), &own, FORWARDER), None);
        assert_eq!(alert_of(&log(STRANGER, &moved(Address::ZERO), 0), &own, FORWARDER), None);
    }

    #[test]
    fn alert_is_not_raised_for_a_basket_s_creation() {
        let created = BasketFactory::BasketCreated {
            creator: STRANGER,
            admin: STRANGER,
            stablecoin: STRANGER,
            mintingConsumer: STRANGER,
            name: String::new(),
            symbol: String::new(),
        };
        assert_eq!(creations(&[log(FACTORY, &created, 0)], FACTORY).len(), 1);
        assert!(creations(&[log(STRANGER, &created, 0)], FACTORY).is_empty(), "anybody can say so");
    }

    #[test]
    fn alert_of_a_switch_stops_only_what_it_weakens() {
        let own = basket();
        for (required, expected) in [(true, None), (false, Some(Reason::PoliciesChanged))] {
            let whitelist = log(own.policy_switch, &PolicySwitch::WhitelistRequiredSet { required }, 0);
            let identity = log(own.policy_switch, &PolicySwitch::IdentityRequiredSet { required }, 0);
            for log in [whitelist, identity] {
                assert_eq!(stops(&log, &own), expected, "{log:?}");
                assert!(alert_of(&log, &own, FORWARDER).is_some(), "it is told either way");
            }
        }
        let foreign = log(STRANGER, &PolicySwitch::WhitelistRequiredSet { required: false }, 0);
        assert_eq!(alert_of(&foreign, &own, FORWARDER), None);
    }

    #[test]
    fn alert_explained_by_a_switch_is_its_own_change_only() {
        let own = basket();
        let on = PolicySwitch::WhitelistRequiredSet { required: true };
        let add = || added(own.allow_policy, own.consumer, MINT);
        let explains = |engine: Log, switch: Log| {
            let logs = [engine.clone(), switch];
            explained_by_switch(&logs, &own).contains(&mark(&engine))
        };
        assert!(explains(log(own.engine, &add(), 0), log(own.policy_switch, &on, 1)));
        let off = PolicySwitch::IdentityRequiredSet { required: false };
        assert!(explains(log(own.engine, &removed(own.identity_policy), 0), log(own.policy_switch, &off, 4)));

        let elsewhere = Log { transaction_hash: Some(B256::repeat_byte(0x8)), ..log(own.engine, &add(), 0) };
        for (engine, switch, why) in [
            (elsewhere, log(own.policy_switch, &on, 1), "another transaction"),
            (log(own.engine, &add(), 2), log(own.policy_switch, &on, 1), "after the switch"),
            (log(own.engine, &add(), 0), log(STRANGER, &on, 1), "a stranger's switch"),
            (log(STRANGER, &add(), 0), log(own.policy_switch, &on, 1), "a stranger's engine"),
            (log(own.engine, &removed(own.allow_policy), 0), log(own.policy_switch, &on, 1), "the opposite"),
            (
                log(own.engine, &added(STRANGER, own.consumer, MINT), 0),
                log(own.policy_switch, &on, 1),
                "another policy",
            ),
            (
                log(own.engine, &added(own.allow_policy, STRANGER, MINT), 0),
                log(own.policy_switch, &on, 1),
                "another target",
            ),
            (
                log(own.engine, &added(own.allow_policy, own.consumer, FixedBytes([1, 2, 3, 4])), 0),
                log(own.policy_switch, &on, 1),
                "another function",
            ),
        ] {
            assert!(!explains(engine, switch), "{why}");
        }

        let twice = [log(own.engine, &add(), 0), log(own.engine, &add(), 1), log(own.policy_switch, &on, 2)];
        assert_eq!(explained_by_switch(&twice, &own), BTreeSet::from([mark(&twice[1])]), "one for one");
    }

    #[test]
    fn a_log_in_another_block_is_another_log() {
        let event = PausePolicy::PauseStateChanged { paused: true };
        let one = log(STRANGER, &event, 3);
        let moved = Log { block_hash: Some(B256::repeat_byte(0xc)), ..one.clone() };
        assert_ne!(mark(&one), mark(&moved));
        assert_ne!(mark(&one), mark(&log(STRANGER, &event, 4)));
    }
}
