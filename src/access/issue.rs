//! New keys and tokens: what is stored, and the text that is shown once.

use super::secret_text::{NewSecret, Purpose};
use crate::base::clock::Clock;
use crate::domain::access::{ApiKey, Grants, Scopes};
use crate::store::{Token, TokenKind};
use ipnet::IpNet;

/// How long a token may be for its order, ms.
pub const ORDER_MS_MAX: i64 = 15 * 60_000;
/// How long a token reads the mint of its order, ms.
const ORDER_READS_MS: i64 = 24 * 3_600_000;
/// How long a browser session lasts, ms.
const SESSION_MS: i64 = 12 * 3_600_000;
/// Tokens for orders that one key may have at a time.
pub const ORDERS_MAX: i64 = 1_000;
/// Sessions that one key may have at a time.
pub const SESSIONS_MAX: i64 = 50;

/// What a key is to be.
#[derive(Clone, Debug)]
pub struct KeySpec {
    /// The account it acts for.
    pub account: String,
    /// Who holds it.
    pub holder: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// From where it counts; empty = from everywhere.
    pub networks: Vec<IpNet>,
    /// What it may mint of what its account may; `None` = all of it.
    pub grants: Option<Grants>,
    /// When it ends, unix ms.
    pub expires_at: Option<i64>,
}

/// Makes a key.
#[must_use]
pub fn new_key(spec: KeySpec, is_live: bool, clock: &Clock) -> (ApiKey, String) {
    let KeySpec { account, holder, name, scopes, networks, grants, expires_at } = spec;
    let secret = new_secret(Purpose::Key, is_live, clock);
    let key = ApiKey {
        id: secret.id,
        account,
        holder,
        name,
        is_live,
        digest: secret.digest,
        scopes,
        networks,
        grants,
        is_bootstrap: false,
        created_at: clock.now_ms(),
        expires_at,
        revoked_at: None,
        last_used_at: None,
        replaces: None,
    };
    (key, secret.text)
}

/// Makes the successor of a key: the same rights, another secret.
#[must_use]
pub fn successor(old: &ApiKey, clock: &Clock) -> (ApiKey, String) {
    let secret = new_secret(Purpose::Key, old.is_live, clock);
    let key = ApiKey {
        id: secret.id,
        digest: secret.digest,
        is_bootstrap: false,
        created_at: clock.now_ms(),
        last_used_at: None,
        replaces: Some(old.id.clone()),
        ..old.clone()
    };
    (key, secret.text)
}

/// Makes a token for one order, which asks for it for at most `for_ms`.
#[must_use]
pub fn order_token(
    key: &str,
    fingerprint: String,
    for_ms: i64,
    is_live: bool,
    clock: &Clock,
) -> (Token, String) {
    let secret = new_secret(Purpose::Order, is_live, clock);
    let now = clock.now_ms();
    let token = Token {
        id: secret.id,
        key: key.to_owned(),
        kind: TokenKind::Order,
        digest: secret.digest,
        fingerprint,
        expires_at: now + for_ms.min(ORDER_MS_MAX),
        reads_until: now + ORDER_READS_MS,
        is_late: false,
    };
    (token, secret.text)
}

/// Makes a browser session.
#[must_use]
pub fn session(key: &str, is_live: bool, clock: &Clock) -> (Token, String) {
    let secret = new_secret(Purpose::Session, is_live, clock);
    let ends_at = clock.now_ms() + SESSION_MS;
    let token = Token {
        id: secret.id,
        key: key.to_owned(),
        kind: TokenKind::Session,
        digest: secret.digest,
        fingerprint: String::new(),
        expires_at: ends_at,
        reads_until: ends_at,
        is_late: false,
    };
    (token, secret.text)
}

fn new_secret(purpose: Purpose, is_live: bool, clock: &Clock) -> NewSecret {
    NewSecret::new(purpose, is_live, [clock.random32(), clock.random32()])
}
