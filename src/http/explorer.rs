//! Where a transaction can be looked at.

use alloy::primitives::B256;

use super::links::Links;
use crate::chain::Chain;

/// The configured explorer, the chain's well-known one, or this gateway's own `/tx/{hash}`.
#[derive(Clone, Debug)]
pub struct Explorer {
    configured: Option<String>,
    chain: Chain,
    own: Links,
}

impl Explorer {
    /// For transactions of this chain; `own` leads to the gateway's pages.
    #[must_use]
    pub fn new(configured: Option<&str>, chain: Chain, own: Links) -> Self {
        Self { configured: configured.map(str::to_owned), chain, own }
    }

    /// The address of one transaction's page.
    #[must_use]
    pub fn link(&self, tx: B256) -> String {
        link(self.configured.as_deref(), self.chain.chain_id(), &self.own, tx)
    }

    /// The explorer that the links lead to, if it is not this gateway.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        base(self.configured.as_deref(), self.chain.chain_id())
    }
}

fn link(configured: Option<&str>, chain_id: u64, own: &Links, tx: B256) -> String {
    let page = format!("/tx/{tx}");
    base(configured, chain_id).map_or_else(|| own.absolute(&page), |base| format!("{base}{page}"))
}

fn base(configured: Option<&str>, chain_id: u64) -> Option<&str> {
    configured.or(match chain_id {
        1 => Some("https://etherscan.io"),
        11_155_111 => Some("https://sepolia.etherscan.io"),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn explorer_links_follow_the_chain() {
        let own = Links::new(None, "127.0.0.1:3001".parse().unwrap());
        let tx = B256::repeat_byte(0x11);
        let link = |configured, chain_id| link(configured, chain_id, &own, tx);
        assert!(link(None, 11_155_111).starts_with("https://sepolia.etherscan.io/tx/0x11"));
        assert!(link(None, 31_337).starts_with("http://localhost:3001/tx/0x11"));
        assert!(link(Some("https://explorer.example"), 1).starts_with("https://explorer.example/tx/0x11"));
    }
}
