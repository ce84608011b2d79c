//! A mint request, from the caller's text to types that cannot hold a bad value. Each text is parsed once:
//! [`Draft::parse`] reads what can be read without the chain, [`ParsedDraft::for_basket`] checks the rest.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use super::basket::Basket;
use super::order::Order;
use crate::base::address::parse_address;
use crate::base::money::{Decimal, base_units_of_whole};
use crate::base::text::is_unprintable;

/// Most characters of a bank reference.
const REFERENCE_CHARS_MAX: usize = 128;

/// What a caller asked for, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// Account that receives the tokens.
    pub beneficiary: String,
    /// Decimal number of whole tokens.
    pub amount: String,
    /// Token of the basket; with `consumer`, or neither.
    pub stablecoin: Option<String>,
    /// Minting consumer of the basket; with `stablecoin`, or neither.
    pub consumer: Option<String>,
    /// A registered basket name, or the address of the basket's token or consumer, instead of the pair.
    pub basket: Option<String>,
    /// The bank's own reference of the payment.
    pub bank_reference: Option<String>,
    /// RFC 3339 instant after which nothing may be minted.
    pub expires_at: Option<String>,
}

impl Draft {
    /// Reads what can be read without the chain, so that a malformed request never costs a chain call.
    ///
    /// # Errors
    /// Names the first field that is wrong.
    pub fn parse(&self) -> Result<ParsedDraft, ParseError> {
        Ok(ParsedDraft {
            beneficiary: address("beneficiary", &self.beneficiary)?,
            amount: decimal(&self.amount)?,
            bank_reference: self.bank_reference.as_deref().map(BankReference::parse).transpose()?,
            expires_at: self.expires_at.as_deref().map(instant).transpose()?,
            basket: BasketChoice::parse(self)?,
        })
    }
}

/// A draft whose every field is well formed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedDraft {
    /// The basket it means.
    pub basket: BasketChoice,
    beneficiary: Address,
    amount: Decimal,
    bank_reference: Option<BankReference>,
    expires_at: Option<i64>,
}

impl ParsedDraft {
    /// Checks the draft against the basket it means; `max_tokens` is the largest single mint in whole tokens.
    ///
    /// # Errors
    /// Names the first field that is wrong.
    pub fn for_basket(self, basket: Basket, max_tokens: &str) -> Result<MintRequest, ParseError> {
        Ok(MintRequest {
            beneficiary: Beneficiary::of(self.beneficiary, &basket)?,
            amount: Amount::of(&self.amount, basket.decimals, max_tokens)?,
            bank_reference: self.bank_reference,
            expires_at: self.expires_at,
            basket,
        })
    }
}

/// Why a request is refused before anything is looked up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {problem}")]
pub struct ParseError {
    /// The field of the request body.
    pub field: &'static str,
    problem: String,
}

impl ParseError {
    /// What is wrong with a field.
    pub fn new(field: &'static str, problem: impl Into<String>) -> Self {
        Self { field, problem: problem.into() }
    }
}

/// Which basket a request means, before the factory was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BasketChoice {
    /// None named: the configured default.
    Default,
    /// Token and consumer, named as a pair.
    Pair {
        /// The token.
        stablecoin: Address,
        /// The consumer.
        consumer: Address,
    },
    /// The token or the consumer alone.
    Member(Address),
    /// A name registered with `POST /baskets`.
    Name(String),
}

impl BasketChoice {
    /// Reads the basket of a request.
    ///
    /// # Errors
    /// Names the field that is malformed or lacks its counterpart.
    pub fn parse(draft: &Draft) -> Result<Self, ParseError> {
        match (&draft.basket, &draft.stablecoin, &draft.consumer) {
            (None, None, None) => Ok(Self::Default),
            (None, Some(stablecoin), Some(consumer)) => Ok(Self::Pair {
                stablecoin: address("stablecoinAddress", stablecoin)?,
                consumer: address("mintingConsumerAddress", consumer)?,
            }),
            (None, Some(_), None) => {
                Err(ParseError::new("mintingConsumerAddress", "is missing; it goes with stablecoinAddress"))
            }
            (None, None, Some(_)) => {
                Err(ParseError::new("stablecoinAddress", "is missing; it goes with mintingConsumerAddress"))
            }
            (Some(basket), None, None) if basket.starts_with("0x") => {
                Ok(Self::Member(address("basket", basket)?))
            }
            (Some(basket), None, None) => Ok(Self::Name(basket_name(basket)?)),
            (Some(_), _, _) => Err(ParseError::new(
                "basket",
                "cannot be combined with stablecoinAddress or mintingConsumerAddress",
            )),
        }
    }
}

/// Checks a basket name: 1–64 letters, digits, dots, dashes, underscores or spaces.
///
/// # Errors
/// Says what a name may contain.
pub fn basket_name(text: &str) -> Result<String, ParseError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    if text.trim() != text || text.is_empty() || text.len() > 64 || !text.chars().all(allowed) {
        return Err(ParseError::new(
            "basket",
            "must be an address or a name of 1 to 64 letters, digits, . - _",
        ));
    }
    Ok(text.to_owned())
}

/// The account that receives the tokens: well-formed, not zero, not a contract of the basket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beneficiary(Address);

impl Beneficiary {
    /// The address.
    #[must_use]
    pub const fn address(self) -> Address {
        self.0
    }

    fn of(account: Address, basket: &Basket) -> Result<Self, ParseError> {
        if account.is_zero() {
            return Err(ParseError::new("beneficiary", "must not be the zero address"));
        }
        if account == basket.stablecoin || account == basket.consumer {
            return Err(ParseError::new("beneficiary", "must not be a contract of the basket"));
        }
        Ok(Self(account))
    }
}

/// An amount of money in the token's base units: more than zero, at most the configured limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount(U256);

impl Amount {
    /// The amount in base units.
    #[must_use]
    pub const fn base_units(self) -> U256 {
        self.0
    }

    /// Reads a decimal number of whole tokens exactly; `max` is the largest accepted number of whole tokens.
    ///
    /// # Errors
    /// Says what is wrong: the form, too many decimals, zero, or too much.
    pub fn parse(text: &str, decimals: u8, max: &str) -> Result<Self, ParseError> {
        Self::of(&decimal(text)?, decimals, max)
    }

    fn of(number: &Decimal, decimals: u8, max: &str) -> Result<Self, ParseError> {
        let wrong = |problem: &str| ParseError::new("amount", problem);
        if number.decimals() > usize::from(decimals) {
            return Err(wrong(&format!("has more than the token's {decimals} decimals")));
        }
        let too_much = || wrong(&format!("is more than {max} tokens, the most that one mint may ask for"));
        let base_units = number.base_units(decimals).ok_or_else(too_much)?;
        if base_units.is_zero() {
            return Err(wrong("must be more than zero"));
        }
        let limit = base_units_of_whole(max, decimals).unwrap_or(U256::MAX).min(U256::from(u128::MAX));
        if base_units > limit { Err(too_much()) } else { Ok(Self(base_units)) }
    }
}

fn decimal(text: &str) -> Result<Decimal, ParseError> {
    Decimal::parse(text).map_err(|problem| ParseError::new("amount", problem.to_string()))
}

/// The bank's reference of a payment: 1–128 printable characters; the same payment always has the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankReference(String);

impl BankReference {
    /// Reads a reference: white space around it is cut off, and it is brought into Unicode's composed form (NFC), so that
    /// what looks alike is alike.
    ///
    /// # Errors
    /// Says what a reference may contain.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let wrong = |problem: &str| Err(ParseError::new("bankReference", problem));
        if text.len() > 8 * REFERENCE_CHARS_MAX {
            return wrong("must be 1 to 128 printable characters");
        }
        let text: String = text.trim().nfc().collect();
        let chars = text.chars().count();
        if chars == 0 || chars > REFERENCE_CHARS_MAX || text.chars().any(is_unprintable) {
            return wrong("must be 1 to 128 printable characters");
        }
        let reference = Self(text);
        if reference.word().is_some_and(|word| word.starts_with(&DERIVED)) {
            return wrong("must not begin with 0x63726531: such references are the gateway's own");
        }
        Ok(reference)
    }

    /// The reference as the bank wrote it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// The reference as the contracts know it: itself if it is 0x and 64 hex digits, else keccak256 of its UTF-8.
    #[must_use]
    pub fn on_chain(&self) -> B256 {
        self.word().unwrap_or_else(|| keccak256(self.0.as_bytes()))
    }

    /// The 32 bytes that it is itself, if it is.
    fn word(&self) -> Option<B256> {
        self.0.strip_prefix("0x").filter(|hex| hex.len() == 64)?.parse().ok()
    }
}

/// First bytes of every reference that the gateway made itself ("cre1").
const DERIVED: [u8; 4] = *b"cre1";

/// The on-chain reference of a request that has an idempotency key but no bank reference: the same for the same key of
/// the same account on the same basket and chain, so that no lost, restored or second database can mint it twice.
#[must_use]
pub fn derived_reference(chain_id: u64, stablecoin: Address, account: &str, key: &str) -> B256 {
    let text = ("cre-backend reference v1", U256::from(chain_id), stablecoin, account, key);
    marked(keccak256(text.abi_encode_params()))
}

/// The on-chain reference of a request that has neither, from 32 random bytes.
#[must_use]
pub fn random_reference(random: B256) -> B256 {
    marked(random)
}

fn marked(mut word: B256) -> B256 {
    word[..4].copy_from_slice(&DERIVED);
    word
}

/// A request that can be carried out, if the chain agrees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MintRequest {
    /// Who receives the tokens.
    pub beneficiary: Beneficiary,
    /// How much, in base units.
    pub amount: Amount,
    /// Of which basket.
    pub basket: Basket,
    /// The bank's reference, when the caller gave one.
    pub bank_reference: Option<BankReference>,
    /// The caller's own deadline, unix ms.
    pub expires_at: Option<i64>,
}

impl MintRequest {
    /// The order that the request makes. Where the caller gave no bank reference, `reference` goes on chain and
    /// `shown` stands in its place.
    #[must_use]
    pub fn order(&self, reference: B256, shown: String) -> Order {
        let (reference, bank_reference) = match &self.bank_reference {
            Some(given) => (given.on_chain(), given.0.clone()),
            None => (reference, shown),
        };
        Order {
            stablecoin: self.basket.stablecoin,
            consumer: self.basket.consumer,
            beneficiary: self.beneficiary.address(),
            amount: self.amount.base_units(),
            decimals: self.basket.decimals,
            reference,
            bank_reference,
        }
    }

    /// Equal for two requests that ask for the same thing, however they spell it: SHA-256 in hex.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let reference = self.bank_reference.as_ref().map(BankReference::on_chain);
        let text = format!(
            "{}\n{}\n{}\n{reference:?}\n{:?}",
            self.basket.stablecoin,
            self.beneficiary.address(),
            self.amount.base_units(),
            self.expires_at,
        );
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn instant(text: &str) -> Result<i64, ParseError> {
    let wrong = || ParseError::new("expiresAt", "must be an RFC 3339 instant such as 2026-11-30T12:00:00Z");
    text.parse::<jiff::Timestamp>().map(|at| at.as_millisecond()).map_err(|_| wrong())
}

fn address(field: &'static str, text: &str) -> Result<Address, ParseError> {
    parse_address(text).map_err(|problem| ParseError::new(field, problem.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::money::whole_tokens;
    use proptest::prelude::*;

    const MAX: &str = "1000000000";

    fn amount(text: &str) -> Result<U256, String> {
        Amount::parse(text, 18, MAX).map(Amount::base_units).map_err(|problem| problem.to_string())
    }

    #[test]
    fn amount_is_read_exactly() {
        assert_eq!(amount("12345.67").unwrap().to_string(), "12345670000000000000000");
        assert_eq!(amount("0.000000000000000001").unwrap(), U256::from(1));
        assert_eq!(amount("1000000000").unwrap().to_string(), "1000000000000000000000000000");
    }

    #[test]
    fn amount_that_is_no_plain_decimal_is_refused() {
        for text in [
            "",
            "0",
            "0.0",
            "-1",
            "+1",
            "1e3",
            "1E3",
            ".5",
            "5.",
            "1,000",
            " 1",
            "1 ",
            "0x10",
            "01",
            "1.2.3",
            "NaN",
            "Infinity",
            "１",
            "1_000",
            "0.0000000000000000001",
            "1000000000.000000000000000001",
            "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
        ] {
            assert!(amount(text).is_err(), "{text} was accepted");
        }
    }

    #[test]
    fn bank_reference_of_64_hex_digits_is_itself_on_chain() {
        let word = format!("0x{}", "ab".repeat(32));
        assert_eq!(BankReference::parse(&word).unwrap().on_chain().to_string(), word);
        let text = BankReference::parse("MT103-0042").unwrap();
        assert_eq!(text.on_chain(), keccak256("MT103-0042"));
        let odd = BankReference::parse(&format!("0x{}", "zz".repeat(32))).unwrap();
        assert_eq!(odd.on_chain(), keccak256(odd.text()));
    }

    #[test]
    fn bank_reference_with_invisible_characters_is_refused() {
        for text in ["", "a\nb", "a\u{200b}b", "\u{feff}a", &"x".repeat(129)] {
            assert!(BankReference::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn bank_reference_is_trimmed_and_normalised() {
        let reference = |text: &str| BankReference::parse(text).unwrap();
        assert_eq!(reference(" INV 7 ").on_chain(), reference("INV 7").on_chain());
        assert_eq!(reference("\u{e9}").on_chain(), reference("e\u{301}").on_chain());
        assert_ne!(reference("INV 7").on_chain(), reference("INV  7").on_chain());
        let own = format!("0x63726531{}", "ab".repeat(28));
        assert_eq!(BankReference::parse(&own).unwrap_err().field, "bankReference");
    }

    #[test]
    fn derived_reference_is_one_for_each_account_key_basket_and_chain() {
        let token = Address::repeat_byte(1);
        let one = derived_reference(1, token, "default", "k");
        assert!(one.starts_with(b"cre1"));
        let words = (
            "cre-backend reference v1".to_owned(),
            U256::from(1),
            token,
            "default".to_owned(),
            "k".to_owned(),
        );
        assert_eq!(one[4..], keccak256(words.abi_encode_params())[4..]);
        for other in [
            derived_reference(2, token, "default", "k"),
            derived_reference(1, Address::ZERO, "default", "k"),
            derived_reference(1, token, "defaultk", ""),
            derived_reference(1, token, "default", "K"),
        ] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn basket_choice_is_a_pair_a_member_a_name_or_the_default() {
        let token = "0xd7b6f62a6a01bd7626c8cf6252ed717243c8f2f8".to_owned();
        let consumer = "0xf07ed51bc946bf21bf0f366f9e12cf3b2931166a".to_owned();
        let draft = |basket: Option<&str>, token: Option<&String>, consumer: Option<&String>| Draft {
            basket: basket.map(str::to_owned),
            stablecoin: token.cloned(),
            consumer: consumer.cloned(),
            ..Draft::default()
        };
        let parse = |draft: Draft| BasketChoice::parse(&draft);
        assert_eq!(parse(draft(None, None, None)), Ok(BasketChoice::Default));
        assert!(matches!(parse(draft(None, Some(&token), Some(&consumer))), Ok(BasketChoice::Pair { .. })));
        assert!(matches!(parse(draft(Some(&token), None, None)), Ok(BasketChoice::Member(_))));
        assert!(matches!(parse(draft(Some("usd"), None, None)), Ok(BasketChoice::Name(_))));
        assert_eq!(parse(draft(None, Some(&token), None)).unwrap_err().field, "mintingConsumerAddress");
        assert_eq!(parse(draft(None, None, Some(&consumer))).unwrap_err().field, "stablecoinAddress");
        assert_eq!(parse(draft(Some("usd"), Some(&token), None)).unwrap_err().field, "basket");
    }

    proptest! {
        #[test]
        fn amount_survives_the_round_trip(units in 1_u128..=u128::MAX / 1_000_000_000, decimals in 0_u8..=30) {
            let units = U256::from(units);
            let text = whole_tokens(units, decimals);
            let limit = "9".repeat(60);
            prop_assert_eq!(Amount::parse(&text, decimals, &limit).unwrap().base_units(), units);
        }

        #[test]
        fn request_parsing_never_panics(text in ".{0,100}", decimals in 0_u8..=77) {
            let _ = Amount::parse(&text, decimals, MAX);
            let _ = BankReference::parse(&text).map(|reference| reference.on_chain());
            let _ = Draft { beneficiary: text.clone(), amount: text.clone(), ..Draft::default() }.parse();
        }
    }
}
