//! Why a workflow run refused an order before anything was signed.

use serde::Deserialize;

/// The codes of the workflow's result line (`workflow/result.ts`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    /// A compliance policy refused the order.
    AceRejected,
    /// The reference was minted before.
    DuplicateReference,
    /// The contracts refuse the order whatever the policies say.
    InvalidOrder,
    /// The cap of the present time window is used up.
    MintCapExceeded,
    /// A compliance policy failed instead of deciding.
    PolicyFailed,
    /// The reserves do not cover the order.
    PorInsufficientReserves,
    /// The source's figure is too old.
    PorStale,
    /// The source does not answer as it should.
    PorUnavailable,
    /// The source pulled its emergency stop.
    PorRipcord,
    /// The source's answer must not be believed.
    PorInvalid,
    /// No reserve account backs the basket.
    NoReserveAssigned,
    /// The payload's `validUntil` has passed.
    Expired,
    /// A code that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

impl RefusalCode {
    /// Whether nobody said no to the order: something is late, broken, or does not answer.
    #[must_use]
    pub const fn is_weather(self) -> bool {
        matches!(
            self,
            Self::PolicyFailed
                | Self::PorStale
                | Self::PorUnavailable
                | Self::PorRipcord
                | Self::PorInvalid
                | Self::Expired
                | Self::Unknown
        )
    }

    /// The code word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AceRejected => "ACE_REJECTED",
            Self::DuplicateReference => "DUPLICATE_REFERENCE",
            Self::InvalidOrder => "INVALID_ORDER",
            Self::MintCapExceeded => "MINT_CAP_EXCEEDED",
            Self::PolicyFailed => "POLICY_FAILED",
            Self::PorInsufficientReserves => "POR_INSUFFICIENT_RESERVES",
            Self::PorStale => "POR_STALE",
            Self::PorUnavailable => "POR_UNAVAILABLE",
            Self::PorRipcord => "POR_RIPCORD",
            Self::PorInvalid => "POR_INVALID",
            Self::NoReserveAssigned => "NO_RESERVE_ASSIGNED",
            Self::Expired => "EXPIRED",
            Self::Unknown => "UNKNOWN",
        }
    }
}
