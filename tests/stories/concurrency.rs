//! Many mints at once: exact balances, one mint event per reference.

use alloy::primitives::B256;
use futures_util::future::join_all;
use serde_json::json;
use test_support::{BENEFICIARY, Stack, tokens};

#[tokio::test]
async fn mint_concurrency_adds_up_exactly() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let amounts: Vec<String> = (1..=8).map(|count| (count * 100).to_string()).collect();

    let answers = join_all(amounts.iter().map(|amount| stack.mint(amount))).await;

    let mut references: Vec<B256> = Vec::new();
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        references.push(answer.body["reference"].as_str().expect("a reference").parse().expect("a word"));
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(3600));
    for reference in &references {
        assert_eq!(stack.anvil.mints_of(*reference).await, 1);
    }
    for key in stack.anvil.transmitters() {
        let count = async |block: &str| stack.anvil.rpc("eth_getTransactionCount", json!([key, block])).await;
        assert_eq!(count("latest").await, count("pending").await, "a nonce of {key} was burnt");
    }
    references.sort_unstable();
    references.dedup();
    assert_eq!(references.len(), 8);
}
