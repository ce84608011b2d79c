//! Where a transaction can be looked at.

use std::net::SocketAddr;

use alloy::primitives::B256;

/// Where a transaction can be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explorer(String);

impl Explorer {
    /// The configured explorer, the chain's well-known one, or this gateway's own `/tx/{hash}`.
    #[must_use]
    pub fn new(configured: Option<&str>, chain_id: u64, own: SocketAddr) -> Self {
        Self(match (configured, chain_id) {
            (Some(base), _) => base.to_owned(),
            (None, 1) => "https://etherscan.io".to_owned(),
            (None, 11_155_111) => "https://sepolia.etherscan.io".to_owned(),
            (None, _) => format!("http://localhost:{}", own.port()),
        })
    }

    /// The address of one transaction's page.
    #[must_use]
    pub fn link(&self, tx: B256) -> String {
        format!("{}/tx/{tx}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_follow_the_chain() {
        let own: SocketAddr = "127.0.0.1:3001".parse().unwrap();
        let tx = B256::repeat_byte(0x11);
        let link = |configured, chain_id| Explorer::new(configured, chain_id, own).link(tx);
        assert!(link(None, 11_155_111).starts_with("https://sepolia.etherscan.io/tx/0x11"));
        assert!(link(None, 31_337).starts_with("http://localhost:3001/tx/0x11"));
        assert!(link(Some("https://explorer.example"), 1).starts_with("https://explorer.example/tx/0x11"));
    }
}
