//! A bank reference that looks like a transaction hash never comes back as one.

use alloy::primitives::B256;
use serde_json::json;
use test_support::Stack;

#[tokio::test]
async fn reference_of_64_hex_digits_is_not_taken_for_the_hash() {
    let stack = Stack::start().await;
    let reference = B256::repeat_byte(0xab);
    let mut body = stack.body("1000");
    body["bankReference"] = json!(reference);

    let answer = stack.post(&body).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["reference"], json!(reference), "on chain it is itself");
    assert_ne!(answer.body["mintTx"], json!(reference));
    let tx = answer.body["mintTx"].as_str().expect("a hash");
    assert_eq!(stack.get(&format!("/tx/{tx}")).await.status, 200);
    assert_eq!(stack.anvil.mints_of(reference).await, 1);
}
