//! ACE policies refuse: nothing is minted, and the answer names the policy and the reason.

use serde_json::json;

use crate::support::{BENEFICIARY, Stack};

#[tokio::test]
async fn policies_refuse_and_are_named() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let contracts = stack.anvil.basket_contracts().await;

    for amount in ["0.5", "100001"] {
        let answer = stack.mint(amount).await;
        assert_eq!(answer.verdict(), (422, "ACE_REJECTED"), "{amount}: {}", answer.body);
        assert_eq!(answer.body["reason"], "VOLUME_OUT_OF_RANGE");
        assert_eq!(answer.body["policy"], json!(contracts.volumePolicy.to_checksum(None)));
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.body["success"], false);
        assert_eq!(answer.body["mintStatus"], "rejected");
    }

    let mut stranger = stack.body("1000");
    stranger["beneficiary"] = json!("0x00000000000000000000000000000000000c0de1");
    let answer = stack.post(&stranger).await;
    assert_eq!(answer.verdict(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "IDENTITY_REJECTED");
    assert_eq!(answer.body["policy"], json!(contracts.identityPolicy.to_checksum(None)));

    let policy = stack.anvil.blacklist(BENEFICIARY).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.verdict(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "BLACKLISTED");
    assert_eq!(answer.body["policy"], json!(policy.to_checksum(None)));

    stack.anvil.pause(true).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.verdict(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "PAUSED");

    assert_eq!(stack.anvil.balance(BENEFICIARY).await, before);
}
