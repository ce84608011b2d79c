//! The consumer's verdict about an order.

use alloy::primitives::Address;

/// The codes of a verdict; `contracts/verdict-codes.json` of the workflow folder is their table, and Solidity,
/// TypeScript and this enumeration are checked against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictCode {
    /// The order may be minted.
    Accepted,
    /// The beneficiary is the zero address.
    ZeroAccount,
    /// The amount is zero or absurd.
    BadAmount,
    /// The reference was minted before.
    ReferenceUsed,
    /// The beneficiary occurs twice in one report.
    AccountRepeated,
    /// The reserve proof is too old.
    ReserveStale,
    /// The reserves do not cover the order.
    ReserveInsufficient,
    /// The cap of the present time window is used up.
    WindowCapExceeded,
    /// The beneficiary is a contract of the basket.
    ForbiddenAccount,
    /// The order is for another chain.
    DeliveryRefused,
    /// The beneficiary's account is frozen.
    AccountFrozen,
    /// A policy refused without one of the reasons below.
    PolicyRejected,
    /// Minting is paused.
    Paused,
    /// The beneficiary is on the deny list.
    Blacklisted,
    /// The beneficiary is not on the allow list.
    NotWhitelisted,
    /// The beneficiary lacks a credential.
    IdentityRejected,
    /// The amount is outside the limits for one mint.
    VolumeOutOfRange,
    /// The beneficiary's limit for the present time window is used up.
    RateExceeded,
    /// A policy failed instead of deciding.
    PolicyFailed,
    /// The policies took more gas than an order may.
    TooDear,
    /// A code that this version does not know.
    Unknown(u8),
}

impl VerdictCode {
    /// Every known code with its number on chain and its name.
    pub const TABLE: [(Self, u8, &'static str); 20] = [
        (Self::Accepted, 0, "ACCEPTED"),
        (Self::ZeroAccount, 1, "ZERO_ACCOUNT"),
        (Self::BadAmount, 2, "BAD_AMOUNT"),
        (Self::ReferenceUsed, 3, "REFERENCE_USED"),
        (Self::AccountRepeated, 4, "ACCOUNT_REPEATED"),
        (Self::ReserveStale, 5, "RESERVE_STALE"),
        (Self::ReserveInsufficient, 6, "RESERVE_INSUFFICIENT"),
        (Self::WindowCapExceeded, 7, "WINDOW_CAP_EXCEEDED"),
        (Self::ForbiddenAccount, 8, "FORBIDDEN_ACCOUNT"),
        (Self::DeliveryRefused, 9, "DELIVERY_REFUSED"),
        (Self::AccountFrozen, 10, "ACCOUNT_FROZEN"),
        (Self::PolicyRejected, 16, "POLICY_REJECTED"),
        (Self::Paused, 17, "PAUSED"),
        (Self::Blacklisted, 18, "BLACKLISTED"),
        (Self::NotWhitelisted, 19, "NOT_WHITELISTED"),
        (Self::IdentityRejected, 20, "IDENTITY_REJECTED"),
        (Self::VolumeOutOfRange, 21, "VOLUME_OUT_OF_RANGE"),
        (Self::RateExceeded, 22, "RATE_EXCEEDED"),
        (Self::PolicyFailed, 23, "POLICY_FAILED"),
        (Self::TooDear, 24, "TOO_DEAR"),
    ];

    /// The code of a number on chain.
    #[must_use]
    pub fn of_number(number: u8) -> Self {
        let row = Self::TABLE.iter().find(|(_, known, _)| *known == number);
        row.map_or(Self::Unknown(number), |(code, ..)| *code)
    }

    /// The code of a name, as the workflow writes it.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|(_, _, known)| *known == name).map(|(code, ..)| *code)
    }

    /// Its number on chain.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Unknown(number) => number,
            known => Self::TABLE.iter().find(|(code, ..)| *code == known).map_or(u8::MAX, |row| row.1),
        }
    }

    /// Its name; the same word as in the workflow's result.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::TABLE.iter().find(|(code, ..)| *code == self).map_or("UNKNOWN", |row| row.2)
    }

    /// Whether a compliance policy gave the verdict; an unknown code from 16 on is one of a policy, too.
    #[must_use]
    pub fn is_of_policy(self) -> bool {
        self.number() >= 16
    }
}

/// The consumer's opinion of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it says.
    pub code: VerdictCode,
    /// The refusing policy, or zero.
    pub policy: Address,
}

impl Verdict {
    /// A verdict as the contract returned it.
    #[must_use]
    pub fn new(number: u8, policy: Address) -> Self {
        Self { code: VerdictCode::of_number(number), policy }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    struct Row {
        code: u8,
        name: String,
    }

    #[test]
    fn verdict_codes_are_those_of_the_contracts() {
        const TABLE: &str =
            include_str!("../../bank-stablecoin-por-ace-ccip-workflow/contracts/verdict-codes.json");
        let rows: Vec<Row> = serde_json::from_str(TABLE).unwrap();
        let table: Vec<(u8, &str)> = rows.iter().map(|row| (row.code, row.name.as_str())).collect();
        let known: Vec<(u8, &str)> =
            VerdictCode::TABLE.iter().map(|(_, number, name)| (*number, *name)).collect();
        assert_eq!(known, table);
    }

    #[test]
    fn verdict_codes_survive_the_round_trip() {
        for (code, number, name) in VerdictCode::TABLE {
            assert_eq!(VerdictCode::of_number(number), code);
            assert_eq!(VerdictCode::of_name(name), Some(code));
            assert_eq!((code.number(), code.name()), (number, name));
        }
        let unknown = VerdictCode::of_number(200);
        assert_eq!((unknown, unknown.number(), unknown.name()), (VerdictCode::Unknown(200), 200, "UNKNOWN"));
        assert!(unknown.is_of_policy() && !VerdictCode::of_number(11).is_of_policy());
    }
}
