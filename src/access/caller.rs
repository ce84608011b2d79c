//! Who asks, and what they may do.

use std::sync::Arc;

use alloy::primitives::Address;

use crate::domain::access::{Reader, Rights, Scope, Scopes};
use crate::domain::mint::DEFAULT_ACCOUNT;
use crate::store::Token;

/// Who acts for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody without a key, on the machine itself.
    Anonymous,
    /// The holder of a key.
    Key {
        /// Id of the key.
        id: Arc<str>,
        /// Who holds it, as the administrator wrote it.
        holder: Arc<str>,
    },
}

/// Who asks, and what they may do.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account they ask for.
    pub account: Arc<str>,
    /// Who acts for it.
    pub actor: Actor,
    /// What they may do.
    pub scopes: Scopes,
    /// The baskets that they may mint, and how much.
    pub rights: Rights,
    /// The token they came with, if it is for one order: they may ask for that, read its mint, and nothing else.
    pub order: Option<Token>,
}

impl Caller {
    /// Somebody without a key where that is allowed: the default account, with every scope and every basket.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            account: Arc::from(DEFAULT_ACCOUNT),
            actor: Actor::Anonymous,
            scopes: Scopes::all(),
            rights: Rights::unlimited(),
            order: None,
        }
    }

    /// Whether they came without a key.
    #[must_use]
    pub fn is_anonymous(&self) -> bool {
        self.actor == Actor::Anonymous
    }

    /// The id of their key; empty where they have none.
    #[must_use]
    pub fn key_id(&self) -> &str {
        match &self.actor {
            Actor::Anonymous => "",
            Actor::Key { id, .. } => id,
        }
    }

    /// How events name them.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.is_anonymous() { "anonymous" } else { self.key_id() }
    }

    /// Whether they may do this.
    #[must_use]
    pub const fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// Whose mints they may see; with a token for one order, only the mint of that among them.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        if self.may(Scope::AuditRead) { Reader::Everybody } else { Reader::Account(&self.account) }
    }

    /// Whether they may see this basket.
    #[must_use]
    pub fn sees_basket(&self, stablecoin: Address) -> bool {
        self.rights.reach(stablecoin) || self.may(Scope::AuditRead)
    }
}
