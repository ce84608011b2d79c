//! What a caller may do: scopes and grants on baskets, and the accounts and keys that have them.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use alloy::primitives::{Address, U256};
use ipnet::IpNet;

use super::basket::BasketId;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

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
    /// Decimals of the token.
    pub decimals: u8,
    /// Most of one mint.
    pub per_mint: Option<U256>,
    /// Most of one day (UTC).
    pub per_day: Option<U256>,
    /// Most of one day (UTC) for one beneficiary.
    pub per_beneficiary: Option<U256>,
}

impl Grant {
    /// Where what was spent of a day's limit is counted, for one basket; `owner` tells the holders of grants apart.
    #[must_use]
    pub fn bucket(owner: &str, stablecoin: Address) -> String {
        format!("{owner}/{stablecoin}")
    }

    /// Every basket, without a limit.
    pub const UNLIMITED: Self =
        Self { stablecoin: None, decimals: 0, per_mint: None, per_day: None, per_beneficiary: None };
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

/// A client of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id: the operator's own short name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// Since when none of its keys counts, unix ms.
    pub disabled_at: Option<i64>,
    /// The baskets that it may mint.
    pub grants: Grants,
}

/// An access key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id, 12 hex digits.
    pub id: String,
    /// The account it acts for.
    pub account: String,
    /// Who holds it.
    pub holder: String,
    /// What it is for.
    pub name: String,
    /// Whether it is for a chain that is no test network.
    pub is_live: bool,
    /// SHA-256 of the secret.
    pub digest: [u8; 32],
    /// What it may do.
    pub scopes: Scopes,
    /// From where it counts; empty = from everywhere.
    pub networks: Vec<IpNet>,
    /// What it may mint of what its account may; `None` = all of it.
    pub grants: Option<Grants>,
    /// Whether the first start made it.
    pub is_bootstrap: bool,
    /// When it was made, unix ms.
    pub created_at: i64,
    /// When it ends, unix ms.
    pub expires_at: Option<i64>,
    /// When it was revoked, unix ms.
    pub revoked_at: Option<i64>,
    /// When it was last used, unix ms, to the minute.
    pub last_used_at: Option<i64>,
    /// The key whose successor it is.
    pub replaces: Option<String>,
}

impl ApiKey {
    /// Whether it counts at a time (unix ms).
    #[must_use]
    pub fn counts_at(&self, now_ms: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now_ms < end)
    }

    /// Whether it counts for a caller with this address.
    #[must_use]
    pub fn counts_from(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.is_empty() || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// A change that an administrator makes.
#[derive(Clone, Debug)]
pub enum AccessChange {
    /// A new account.
    CreateAccount {
        /// Its id.
        id: String,
        /// Its name.
        name: String,
    },
    /// A new name, or whether its keys count.
    ChangeAccount {
        /// The account.
        id: String,
        /// The new name.
        name: Option<String>,
        /// Whether its keys count no more.
        disabled: Option<bool>,
    },
    /// A grant, in place of the one for the same basket.
    SetGrant {
        /// The account.
        account: String,
        /// The grant.
        grant: Grant,
    },
    /// The grant for a basket is taken away.
    RemoveGrant {
        /// The account.
        account: String,
        /// The token of the basket; `None` = the one for every basket.
        stablecoin: Option<Address>,
    },
    /// A new key.
    CreateKey(Box<ApiKey>),
    /// A successor of a key, which ends in a while.
    RotateKey {
        /// The key.
        id: String,
        /// Who takes over.
        successor: Box<ApiKey>,
        /// When the key ends, unless it does earlier; unix ms.
        ends_at: i64,
    },
    /// A name for a basket.
    NameBasket {
        /// The name.
        name: String,
        /// The basket.
        basket: BasketId,
    },
    /// A key counts no more.
    RevokeKey(
        /// The key.
        String,
    ),
    /// The database was found to be older than the chain: keys of administrators only.
    Restored,
    /// These keys count again after a restore, all others are revoked.
    KeepKeys(
        /// The keys.
        Vec<String>,
    ),
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// It is made.
    Done,
    /// What it is about does not exist.
    Missing,
    /// The id or name belongs to another one.
    Taken,
    /// There are as many as there may be.
    TooMany,
}

/// A limit for one day (UTC), and where what was spent of it is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyLimit {
    /// Names the count.
    pub bucket: String,
    /// Base units.
    pub most: U256,
}

/// How much a caller may mint of a basket for a beneficiary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowance {
    /// Most of one mint, base units.
    pub per_mint: Option<U256>,
    /// Limits for a day.
    pub daily: Vec<DailyLimit>,
}

impl Allowance {
    /// Adds the limits of one grant; `owner` tells the holders of grants apart.
    fn add(&mut self, owner: &str, grant: &Grant, stablecoin: Address, beneficiary: Address) {
        self.per_mint = self.per_mint.into_iter().chain(grant.per_mint).min();
        if grant.per_day.is_none() && grant.per_beneficiary.is_none() {
            return;
        }
        // A grant for every basket counts each by itself: amounts of two tokens have no sum.
        let of_basket = Grant::bucket(owner, stablecoin);
        if let Some(most) = grant.per_beneficiary {
            self.daily.push(DailyLimit { bucket: format!("{of_basket}/{beneficiary}"), most });
        }
        if let Some(most) = grant.per_day {
            self.daily.push(DailyLimit { bucket: of_basket, most });
        }
    }
}

/// Which baskets a caller may mint: those of the account, and of them those of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    grants: Vec<(String, Arc<Grants>)>,
}

impl Rights {
    /// The rights of an account.
    #[must_use]
    pub fn of_account(id: &str, grants: Arc<Grants>) -> Self {
        Self { grants: vec![(format!("account/{id}"), grants)] }
    }

    /// Every basket, without a limit.
    #[must_use]
    pub fn unlimited() -> Self {
        Self { grants: Vec::new() }
    }

    /// The same rights, as far as a key has them.
    #[must_use]
    pub fn with_key(mut self, id: &str, grants: Arc<Grants>) -> Self {
        self.grants.push((format!("key/{id}"), grants));
        self
    }

    /// The grants that count together, each with whose they are.
    pub fn sets(&self) -> impl Iterator<Item = (&str, &Grants)> {
        self.grants.iter().map(|(owner, grants)| (owner.as_str(), &**grants))
    }

    /// Whether they reach a basket.
    #[must_use]
    pub fn reach(&self, stablecoin: Address) -> bool {
        self.grants.iter().all(|(_, grants)| grants.of(stablecoin).is_some())
    }

    /// How much may be minted of a basket for a beneficiary; `None` where they do not reach it.
    #[must_use]
    pub fn allowance(&self, stablecoin: Address, beneficiary: Address) -> Option<Allowance> {
        let mut allowance = Allowance::default();
        for (owner, grants) in &self.grants {
            allowance.add(owner, grants.of(stablecoin)?, stablecoin, beneficiary);
        }
        Some(allowance)
    }
}

/// Whose mints somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader<'a> {
    /// Those of one account.
    Account(&'a str),
    /// All of them.
    Everybody,
}

impl Reader<'_> {
    /// Whether they may see those of this account.
    #[must_use]
    pub fn sees(self, account: &str) -> bool {
        match self {
            Self::Account(own) => own == account,
            Self::Everybody => true,
        }
    }
}

/// An amount that is over a limit; base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverLimit {
    /// The limit.
    pub limit: U256,
    /// What was spent of it.
    pub spent: U256,
    /// What was asked for.
    pub requested: U256,
    /// When the count starts anew, unix ms; never for a limit of one mint.
    pub resets_at: Option<i64>,
}

/// The day of a time (unix ms), in days since 1970, UTC.
#[must_use]
pub const fn day_of(now_ms: i64) -> i64 {
    now_ms.div_euclid(DAY_MS)
}

/// When a day ends, unix ms.
#[must_use]
pub const fn end_of(day: i64) -> i64 {
    (day + 1) * DAY_MS
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
    fn rights_of_a_key_are_those_that_its_account_has_too() {
        let (one, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let grant = |stablecoin, most: u64| {
            let per_day = Some(U256::from(most));
            Grants::from_iter([Grant { stablecoin, per_mint: per_day, per_day, ..Grant::UNLIMITED }])
        };
        let account = Rights::of_account("acme", Arc::new(grant(Some(one), 10)));
        let both = account.clone().with_key("k", Arc::new(grant(None, 7)));
        assert!(both.reach(one) && !both.reach(other));
        let allowance = both.allowance(one, other).unwrap();
        assert_eq!(allowance.per_mint, Some(U256::from(7)));
        let buckets: Vec<_> = allowance.daily.iter().map(|limit| limit.bucket.clone()).collect();
        assert_eq!(buckets, [format!("account/acme/{one}"), format!("key/k/{one}")]);
        assert_eq!(both.allowance(other, one), None);
        assert!(!account.with_key("k", Arc::new(grant(Some(other), 7))).reach(one));
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
