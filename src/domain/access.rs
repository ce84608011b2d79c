//! What a caller may do: scopes, and grants on baskets.

use std::fmt;

use alloy::primitives::{Address, U256};

/// Expands the table of scopes into the enum, its list and its words.
macro_rules! scopes {
    ($($name:ident $word:literal $meaning:literal)+) => {
        /// Something that a caller may be allowed to do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Scope {
            $(#[doc = $meaning] $name,)+
        }

        impl Scope {
            /// Every scope.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The word in requests, answers and the OpenAPI document.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// What it allows, in a few words.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning),+ }
            }
        }
    };
}

scopes! {
    MintWrite "mint:write" "Ask for mints, withdraw them, try them again; make browser tokens."
    MintRead "mint:read" "Read the account's mints."
    ReserveRead "reserve:read" "Read baskets, reserves and compliance."
    EventRead "event:read" "Follow the events of the account and its baskets."
    BasketPause "basket:pause" "Stop a basket."
    BasketResume "basket:resume" "Let a basket try again."
    AuditRead "audit:read" "Read everything of every account."
    Admin "admin" "Manage accounts, grants, keys and names of baskets."
}

impl Scope {
    /// The scope of a word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.word() == word)
    }
}

/// A set of scopes.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Scopes(u16);

impl Scopes {
    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        Scope::ALL.iter().copied().collect()
    }

    /// Whether a scope is among them.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u16) != 0
    }

    /// The scopes, in the order of [`Scope::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.contains(*scope))
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u16))
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Scope::word)).finish()
    }
}

/// The right to mint a basket, with its limits; base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The token of the basket; `None` = every basket.
    pub stablecoin: Option<Address>,
    /// Most of one mint.
    pub per_mint: Option<U256>,
    /// Most of one day (UTC).
    pub per_day: Option<U256>,
    /// Most of one day (UTC) for one beneficiary.
    pub per_beneficiary: Option<U256>,
}

impl Grant {
    /// Every basket, without a limit.
    pub const UNLIMITED: Self =
        Self { stablecoin: None, per_mint: None, per_day: None, per_beneficiary: None };
}

/// Grants of an account or a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(Vec<Grant>);

impl Grants {
    /// Every basket, without a limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self(vec![Grant::UNLIMITED])
    }

    /// The grant that counts for a basket: its own, or else the one for every basket.
    #[must_use]
    pub fn of(&self, stablecoin: Address) -> Option<&Grant> {
        let own = self.0.iter().find(|grant| grant.stablecoin == Some(stablecoin));
        own.or_else(|| self.0.iter().find(|grant| grant.stablecoin.is_none()))
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        Self(grants.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_a_set_with_words() {
        assert_eq!(Scopes::all().iter().count(), Scope::ALL.len());
        for scope in Scope::ALL {
            assert_eq!(Scope::of_word(scope.word()), Some(*scope));
            let only = Scopes::from_iter([*scope]);
            assert!(only.contains(*scope) && only.iter().count() == 1);
        }
        assert_eq!(Scope::of_word("mint:everything"), None);
    }

    #[test]
    fn grants_of_a_basket_come_before_those_for_all() {
        let (one, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let narrow = Grant { stablecoin: Some(one), per_mint: Some(U256::from(5)), ..Grant::UNLIMITED };
        let grants: Grants = [Grant::UNLIMITED, narrow.clone()].into_iter().collect();
        assert_eq!(grants.of(one), Some(&narrow));
        assert_eq!(grants.of(other), Some(&Grant::UNLIMITED));
        assert_eq!([narrow].into_iter().collect::<Grants>().of(other), None);
    }
}
