//! Money: decimal numbers of whole tokens outside, integers of base units inside, never a float.

use alloy::primitives::U256;

/// Most characters of a decimal number; more digits than any sum of money needs.
const CHARS_MAX: usize = 80;

/// Why a text is no amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyProblem {
    /// Longer than any sum of money.
    #[error("is too long")]
    TooLong,
    /// Not a plain decimal number.
    #[error("must be a decimal number of whole tokens in a string, such as \"1000\" or \"0.5\"")]
    Form,
}

/// A plain decimal number of whole tokens, not yet scaled to a token's base units.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    whole: String,
    fraction: String,
}

impl Decimal {
    /// Reads digits with at most one point between them; no sign, exponent, separator or leading zero.
    ///
    /// # Errors
    /// Says what is wrong with the form.
    pub fn parse(text: &str) -> Result<Self, MoneyProblem> {
        if text.len() > CHARS_MAX {
            return Err(MoneyProblem::TooLong);
        }
        let (whole, fraction) = match text.split_once('.') {
            Some((_, "")) => return Err(MoneyProblem::Form),
            Some((whole, fraction)) => (whole, fraction),
            None => (text, ""),
        };
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading_zero || !digits(whole) || !digits(fraction) {
            return Err(MoneyProblem::Form);
        }
        Ok(Self { whole: whole.to_owned(), fraction: fraction.to_owned() })
    }

    /// Digits after the point.
    #[must_use]
    pub const fn decimals(&self) -> usize {
        self.fraction.len()
    }

    /// The number in base units of a token; `None` when it does not fit into 256 bits.
    #[must_use]
    pub fn base_units(&self, decimals: u8) -> Option<U256> {
        scale(&self.whole, &self.fraction, decimals)
    }
}

/// A whole number of tokens (decimal digits) in base units; `None` when it does not fit into 256 bits.
#[must_use]
pub fn base_units_of_whole(tokens: &str, decimals: u8) -> Option<U256> {
    scale(tokens, "", decimals)
}

fn scale(whole: &str, fraction: &str, decimals: u8) -> Option<U256> {
    let width = usize::from(decimals);
    U256::from_str_radix(&format!("{whole}{fraction:0<width$}"), 10).ok()
}

/// Reads base units in decimal digits; an empty text is no number.
#[must_use]
pub fn parse_base_units(text: &str) -> Option<U256> {
    // No digits at all would read as zero.
    U256::from_str_radix(text, 10).ok().filter(|_| !text.is_empty())
}

/// Writes base units as a decimal number of whole tokens, without trailing zeros.
#[must_use]
pub fn whole_tokens(base_units: U256, decimals: u8) -> String {
    let width = usize::from(decimals);
    let digits = format!("{base_units:0>width$}", width = width + 1);
    let (whole, fraction) = digits.split_at(digits.len() - width);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_base_units_need_digits() {
        assert_eq!(parse_base_units("1000"), Some(U256::from(1_000)));
        assert_eq!(
            (parse_base_units(""), parse_base_units("0x1"), parse_base_units("-1")),
            (None, None, None)
        );
        assert_eq!(whole_tokens(U256::from(1_500), 3), "1.5");
        assert_eq!(whole_tokens(U256::from(5), 0), "5");
    }
}
