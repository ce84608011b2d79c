//! The text of keys and tokens: `<prefix>_<test|live>_<id>_<secret><check>`.
//!
//! The id has 12 hex digits, the secret 64, and the check is the first 8 of SHA-256 over all before it: typing errors and
//! scanners for leaked secrets need no database. A secret is 32 random bytes, so its plain SHA-256 is what is stored: a
//! slow hash protects what can be guessed, and would be a gift to whoever floods the gateway with wrong keys.

use alloy::hex;
use alloy::primitives::B256;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Hex digits of an id.
const ID_CHARS: usize = 12;
/// Hex digits of a secret.
const SECRET_CHARS: usize = 64;
/// Hex digits of the check.
const CHECK_CHARS: usize = 8;

/// What such a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A key of an account.
    Key,
    /// A token for one order.
    Order,
    /// A session of a browser.
    Session,
}

impl Purpose {
    const ALL: [Self; 3] = [Self::Key, Self::Order, Self::Session];

    const fn prefix(self) -> &'static str {
        match self {
            Self::Key => "cre",
            Self::Order => "cret",
            Self::Session => "cres",
        }
    }
}

/// A text that somebody presented, taken apart; whether it is a good one only the database knows.
#[derive(Clone, PartialEq, Eq)]
pub struct Presented {
    /// What it is for.
    pub purpose: Purpose,
    /// Whether it is for a chain that is no test network.
    pub is_live: bool,
    /// Its id.
    pub id: String,
    digest: [u8; 32],
}

impl Presented {
    /// Takes a text apart; `None` when it is none, or was mistyped.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, check) = text.split_at_checked(text.len().checked_sub(CHECK_CHARS)?)?;
        if check != check_of(rest) {
            return None;
        }
        let mut parts = rest.split('_');
        let (prefix, network) = (parts.next()?, parts.next()?);
        let (id, secret) = (parts.next()?, parts.next()?);
        let purpose = Purpose::ALL.into_iter().find(|purpose| purpose.prefix() == prefix)?;
        let is_live = match network {
            "live" => true,
            "test" => false,
            _ => return None,
        };
        let is_hex = |text: &str, chars| {
            text.len() == chars && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        if parts.next().is_some() || !is_hex(id, ID_CHARS) || !is_hex(secret, SECRET_CHARS) {
            return None;
        }
        Some(Self { purpose, is_live, id: id.to_owned(), digest: digest(secret) })
    }

    /// Whether its secret is the one of this digest; takes as long for a wrong one.
    #[must_use]
    pub fn has_secret_of(&self, digest: &[u8; 32]) -> bool {
        self.digest.ct_eq(digest).into()
    }
}

/// A new text, shown once, with what is stored of it.
#[derive(Clone)]
pub struct NewSecret {
    /// Its id.
    pub id: String,
    /// The whole text.
    pub text: String,
    /// What is stored of its secret.
    pub digest: [u8; 32],
}

impl NewSecret {
    /// Makes a text out of random bytes.
    #[must_use]
    pub fn new(purpose: Purpose, is_live: bool, [id, secret]: [B256; 2]) -> Self {
        let (id, secret) = (hex::encode(&id[..ID_CHARS / 2]), hex::encode(secret));
        let network = if is_live { "live" } else { "test" };
        let rest = format!("{}_{network}_{id}_{secret}", purpose.prefix());
        Self { text: format!("{rest}{}", check_of(&rest)), digest: digest(&secret), id }
    }
}

fn digest(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// What a text ends with, for all before it.
pub(super) fn check_of(rest: &str) -> String {
    hex::encode(&Sha256::digest(rest.as_bytes())[..CHECK_CHARS / 2])
}

/// Chains on which tokens are worth nothing: local ones, and public test networks.
const TEST_CHAINS: [u64; 15] = [
    31_337, 1_337, // Anvil, Hardhat, Ganache
    11_155_111, 17_000, 560_048, // Sepolia, Holesky, Hoodi
    84_532, 421_614, 11_155_420, // Base, Arbitrum and OP Sepolia
    80_002, 43_113, 97, // Polygon Amoy, Avalanche Fuji, BNB testnet
    534_351, 59_141, 300, 10_200, // Scroll, Linea and zkSync Sepolia, Gnosis Chiado
];

/// Whether keys for a chain are `live`.
#[must_use]
pub fn is_live_chain(chain_id: u64) -> bool {
    !TEST_CHAINS.contains(&chain_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(is_live: bool) -> NewSecret {
        NewSecret::new(Purpose::Key, is_live, [B256::repeat_byte(0xab), B256::repeat_byte(0xcd)])
    }

    #[test]
    fn key_text_is_taken_apart_again() {
        for is_live in [false, true] {
            let new = new(is_live);
            let presented = Presented::parse(&new.text).expect("a key");
            assert_eq!((presented.is_live, presented.id.as_str()), (is_live, "abababababab"));
            assert!(presented.has_secret_of(&new.digest));
            assert!(!presented.has_secret_of(&[0; 32]));
        }
        assert!(new(false).text.starts_with("cre_test_abababababab_cdcdcd"));
        assert_eq!(new(true).text.len(), 3 + 1 + 4 + 1 + 12 + 1 + 64 + 8);
    }

    #[test]
    fn key_text_with_a_typing_error_is_none() {
        let text = new(false).text;
        for place in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[place] = if wrong[place] == b'1' { b'2' } else { b'1' };
            assert!(Presented::parse(std::str::from_utf8(&wrong).unwrap()).is_none(), "{place}");
        }
        for wrong in
            ["", "cre", "Bearer", &text[1..], &text[..text.len() - 1], &format!("{text}0"), "äöüäöüäöü"]
        {
            assert!(Presented::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn chains_are_told_apart() {
        assert!(!is_live_chain(31_337) && !is_live_chain(11_155_111));
        assert!(is_live_chain(1) && is_live_chain(8_453));
    }
}
