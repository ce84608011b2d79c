//! A block by its header, and whether anything of ours can have happened in it.

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256, Bloom, BloomInput};
use alloy::providers::{Provider, RootProvider};

use super::calls::Head;
use super::rpc::ChainError;

/// A block by its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The block.
    pub head: Head,
    /// The block before it.
    pub parent: B256,
    /// Who may have logged something in it, where the header proves it.
    pub(super) bloom: Option<Bloom>,
}

impl Sight {
    /// Whether this is the same block, or the one after it: then nothing happened between the two.
    #[must_use]
    pub fn follows(&self, earlier: &Head) -> bool {
        self.head.hash == earlier.hash || self.parent == earlier.hash
    }

    /// Whether the header's fields hash to its hash.
    pub(super) const fn is_proven(&self) -> bool {
        self.bloom.is_some()
    }

    /// Whether one of these contracts can have logged something in it.
    #[must_use]
    pub fn may_have_logged<'a>(&self, contracts: impl IntoIterator<Item = &'a Address>) -> bool {
        let Some(bloom) = &self.bloom else { return true };
        contracts.into_iter().any(|contract| bloom.contains_input(BloomInput::Raw(contract.as_slice())))
    }
}

/// A header whose hash is that of its fields proves them; chains that hash otherwise prove nothing by it.
pub(super) async fn sight(provider: &RootProvider, tag: BlockNumberOrTag) -> Result<Sight, ChainError> {
    let block = provider.get_block_by_number(tag).await?.ok_or(ChainError::Behind)?;
    let header = block.header;
    let head = Head::from(&header);
    let is_proven = header.inner.hash_slow() == header.hash;
    Ok(Sight { head, parent: header.parent_hash, bloom: is_proven.then_some(header.logs_bloom) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sight_without_a_proven_bloom_may_hold_anything() {
        let (ours, other) = (Address::repeat_byte(1), Address::repeat_byte(2));
        let mut bloom = Bloom::ZERO;
        bloom.accrue(BloomInput::Raw(ours.as_slice()));
        let head = Head { number: 7, timestamp: 1, hash: B256::repeat_byte(7) };
        let sight = |bloom| Sight { head, parent: B256::repeat_byte(6), bloom };
        assert!(sight(Some(bloom)).may_have_logged(&[other, ours]));
        assert!(!sight(Some(bloom)).may_have_logged(&[other]));
        assert!(!sight(Some(Bloom::ZERO)).may_have_logged(&[ours]));
        assert!(sight(None).may_have_logged(&[other]));
    }

    #[test]
    fn sight_follows_its_parent_and_itself_only() {
        let at = |number: u8| Head { number: number.into(), timestamp: 1, hash: B256::repeat_byte(number) };
        let seven = Sight { head: at(7), parent: at(6).hash, bloom: None };
        assert!(seven.follows(&at(7)) && seven.follows(&at(6)));
        assert!(!seven.follows(&at(5)) && !seven.follows(&at(8)));
        assert!(
            !seven.follows(&Head { hash: B256::repeat_byte(9), ..at(6) }),
            "another block of that height"
        );
    }
}
