//! Addresses as people write them.

use alloy::primitives::Address;

/// Why a text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Not 0x and 40 hex digits.
    #[error("must be an address: 0x and 40 hex digits")]
    Form,
    /// Mixed case that is not the EIP-55 checksum.
    #[error("has a wrong checksum (EIP-55): a digit may be mistyped; all lower case is accepted without one")]
    Checksum,
}

/// Reads an address; mixed case must be the EIP-55 checksum.
///
/// # Errors
/// Says whether the form or the checksum is wrong.
pub fn parse_address(text: &str) -> Result<Address, AddressProblem> {
    let digits = text.strip_prefix("0x").ok_or(AddressProblem::Form)?;
    if digits.len() != 40 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(AddressProblem::Form);
    }
    let address = text.parse::<Address>().map_err(|_| AddressProblem::Form)?;
    let mixed =
        digits.bytes().any(|b| b.is_ascii_lowercase()) && digits.bytes().any(|b| b.is_ascii_uppercase());
    if mixed && address.to_checksum(None) != text { Err(AddressProblem::Checksum) } else { Ok(address) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_needs_its_checksum_only_when_mixed() {
        let right = "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd";
        assert!(parse_address(right).is_ok());
        assert!(parse_address(&right.to_lowercase()).is_ok());
        assert!(parse_address(&format!("0x{}", &right[2..].to_uppercase())).is_ok());
        assert_eq!(parse_address(&right.replace("Eb1A", "EB1A")), Err(AddressProblem::Checksum));
        for text in [
            "",
            "0x",
            &right[2..],
            &format!("{right}0"),
            &right.replace('6', "g"),
            &format!("0X{}", &right[2..]),
        ] {
            assert_eq!(parse_address(text), Err(AddressProblem::Form), "{text}");
        }
    }
}
