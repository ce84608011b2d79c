//! Which logs of a basket's contracts somebody must know about, and which of them stop minting.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::Log;
use alloy::sol_types::SolEvent;

use super::breaker::Reason;
use crate::chain::{
    BasketFactory, KeystoneForwarder, MintingConsumerWithACE, Parts, PausePolicy, PolicyEngine, PolicySwitch,
    StablecoinERC20,
};

/// What a log means for one basket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
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
}

/// Events that are followed, besides the tokens' transfers from nowhere.
#[must_use]
pub fn followed_events() -> Vec<B256> {
    let mut events = vec![
        MintingConsumerWithACE::MintExecuted::SIGNATURE_HASH,
        MintingConsumerWithACE::ReserveMaxAgeSet::SIGNATURE_HASH,
        MintingConsumerWithACE::MintWindowSet::SIGNATURE_HASH,
        PausePolicy::PauseStateChanged::SIGNATURE_HASH,
        PolicySwitch::IdentityRequiredSet::SIGNATURE_HASH,
        PolicySwitch::WhitelistRequiredSet::SIGNATURE_HASH,
        BasketFactory::BasketCreated::SIGNATURE_HASH,
    ];
    events.extend(ROLES.iter().chain(RULES).chain(SIGNERS).map(|(topic, _)| *topic));
    events
}

const ROLES: &[(B256, &str)] = &[
    (StablecoinERC20::RoleGranted::SIGNATURE_HASH, "a role was granted"),
    (StablecoinERC20::RoleRevoked::SIGNATURE_HASH, "a role was revoked"),
    (StablecoinERC20::RoleAdminChanged::SIGNATURE_HASH, "a role's admin was changed"),
    (MintingConsumerWithACE::OwnershipTransferred::SIGNATURE_HASH, "the owner was changed"),
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
#[must_use]
pub fn creations(logs: &[Log], factory: Address) -> BTreeSet<B256> {
    let created = logs.iter().filter(|log| {
        log.address() == factory && log.topic0() == Some(&BasketFactory::BasketCreated::SIGNATURE_HASH)
    });
    created.filter_map(|log| log.transaction_hash).collect()
}

/// What a log means for a basket; `None` = nothing.
#[must_use]
pub fn meaning(log: &Log, basket: &Parts, forwarder: Address) -> Option<Meaning> {
    let (from, topic) = (log.address(), log.topic0()?);
    let find = |list: &[(B256, &'static str)]| {
        list.iter().find(|(known, _)| known == topic).map(|(_, words)| *words)
    };
    if from == forwarder {
        return find(SIGNERS).map(|words| Meaning::Stop(Reason::ForwarderChanged, words));
    }
    if from == basket.consumer {
        if let Ok(event) = MintingConsumerWithACE::MintExecuted::decode_log(&log.inner) {
            let (reference, account, amount) = (event.bankRef, event.account, event.amount);
            return Some(Meaning::Minted { reference, account, amount });
        }
        if *topic == MintingConsumerWithACE::ReserveMaxAgeSet::SIGNATURE_HASH {
            return Some(Meaning::Stop(Reason::PoliciesChanged, "the age limit of proofs was changed"));
        }
        if *topic == MintingConsumerWithACE::MintWindowSet::SIGNATURE_HASH {
            return Some(Meaning::Stop(Reason::PoliciesChanged, "the cap per time window was changed"));
        }
    }
    if from == basket.stablecoin
        && let Ok(event) = StablecoinERC20::Transfer::decode_log(&log.inner)
        && event.from.is_zero()
    {
        return Some(Meaning::Created { account: event.to, amount: event.value });
    }
    if [basket.consumer, basket.stablecoin, basket.engine].contains(&from)
        && let Some(words) = find(ROLES)
    {
        return Some(Meaning::Stop(Reason::RolesChanged, words));
    }
    if from == basket.engine {
        return find(RULES).map(|words| Meaning::Stop(Reason::PoliciesChanged, words));
    }
    if from == basket.pause_policy && *topic == PausePolicy::PauseStateChanged::SIGNATURE_HASH {
        return Some(Meaning::Note("the pause policy was switched"));
    }
    let switched = [
        PolicySwitch::IdentityRequiredSet::SIGNATURE_HASH,
        PolicySwitch::WhitelistRequiredSet::SIGNATURE_HASH,
    ];
    (from == basket.policy_switch && switched.contains(topic))
        .then_some(Meaning::Note("a compliance check was switched"))
}

/// Tells one log from every other, also across a re-organisation.
#[must_use]
pub fn mark(log: &Log) -> String {
    format!("{}:{}", log.block_hash.unwrap_or_default(), log.log_index.unwrap_or_default())
}
