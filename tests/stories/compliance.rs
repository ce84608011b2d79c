//! ACE policies refuse: nothing is minted, and the answer names the policy and the reason.

use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Choice, Stack};

#[tokio::test]
async fn compliance_refusal_names_policy_and_reason() {
    // The gateway has looked at the chain long before the pause, and does not look again.
    let stack = Stack::start_with(Choice::unwatched()).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let contracts = stack.anvil.basket_contracts().await;

    for amount in ["0.5", "100001"] {
        let answer = stack.mint(amount).await;
        assert_eq!(answer.problem(), (422, "ACE_REJECTED"), "{amount}: {}", answer.body);
        assert_eq!(answer.body["reason"], "VOLUME_OUT_OF_RANGE");
        assert_eq!(answer.body["policy"], json!(contracts.volumePolicy.to_checksum(None)));
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.body["success"], false);
        assert_eq!(answer.body["mintStatus"], "rejected");
    }

    let mut stranger = stack.body("1000");
    stranger["beneficiary"] = json!("0x00000000000000000000000000000000000c0de1");
    let answer = stack.post(&stranger).await;
    assert_eq!(answer.problem(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "IDENTITY_REJECTED");
    assert_eq!(answer.body["policy"], json!(contracts.identityPolicy.to_checksum(None)));

    let policy = stack.anvil.blacklist(BENEFICIARY).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.problem(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "BLACKLISTED");
    assert_eq!(answer.body["policy"], json!(policy.to_checksum(None)));

    stack.anvil.pause(true).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.problem(), (422, "ACE_REJECTED"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "PAUSED");

    assert_eq!(stack.anvil.balance(BENEFICIARY).await, before);
}

#[tokio::test]
async fn compliance_can_be_asked_before_a_mint() {
    let stack = Stack::start().await;
    let known = format!("/compliance/{BENEFICIARY}");
    let answer = stack.get(&known).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["wouldMint"], true, "{}", answer.body);
    assert_eq!(answer.body["identity"]["registered"], true);
    assert_eq!(answer.body["identity"]["unmet"], json!([]));
    let check = |answer: &Answer, name: &str| {
        let mut checks = answer.body["checks"].as_array().expect("checks").iter();
        checks.find(|check| check["name"] == name).cloned().unwrap_or_else(|| panic!("no check {name}"))
    };
    assert_eq!(check(&answer, "reserves")["state"], "unknown", "nothing was proven yet");
    assert_eq!(stack.reserves().await["headroom"], Value::Null);
    assert_eq!(answer.body["limits"]["maxPerMint"], "100000");
    assert_eq!(answer.body["mintingConsumerAddress"], json!(stack.anvil.basket.1.to_string()));

    let answer = stack.get(&format!("{known}?amount=100001&basket={}", stack.anvil.basket.1)).await;
    assert_eq!(answer.body["wouldMint"], false);
    assert_eq!(answer.body["verdict"]["name"], "VOLUME_OUT_OF_RANGE");

    let answer = stack.get("/compliance/0x00000000000000000000000000000000000c0de1").await;
    assert_eq!(answer.body["wouldMint"], false);
    assert_eq!(answer.body["verdict"]["name"], "IDENTITY_REJECTED");
    assert_eq!(answer.body["identity"]["registered"], false);
    let unmet = answer.body["identity"]["unmet"].as_array().expect("requirements");
    let aml = unmet.iter().find(|unmet| unmet["requirement"] == "no-aml-flag").expect("the requirement");
    assert_eq!(aml["needs"], "an identity of the account that carries no flag for money laundering");

    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);
    let answer = stack.get(&format!("{known}?amount=600.25")).await;
    assert_eq!(
        (&answer.body["wouldMint"], &answer.body["verdict"]["name"]),
        (&json!(false), &json!("ACCEPTED"))
    );
    let reserves = check(&answer, "reserves");
    assert_eq!(reserves["state"], "failed");
    assert!(reserves["meaning"].as_str().is_some_and(|text| text.contains("100.25 more")), "{reserves}");

    stack.act_as_operator("pause", json!({ "reason": "drill" })).await;
    let answer = stack.get(&format!("{known}?amount=1")).await;
    assert_eq!(answer.body["wouldMint"], false, "{}", answer.body);
    let call = format!("POST /baskets/{}/resume", stack.anvil.basket.1);
    let breaker = check(&answer, "breaker");
    assert_eq!((&breaker["state"], &breaker["changedBy"]), (&json!("failed"), &json!(call)));

    stack.anvil.pause(true).await;
    let answer = stack.get(&known).await;
    assert_eq!(answer.body["paused"], true);
    assert_eq!(check(&answer, "pause")["state"], "failed");
    assert_eq!(stack.get("/compliance/0x12").await.problem(), (400, "INVALID_REQUEST"));
    let elsewhere = format!("{known}?basket={BENEFICIARY}");
    assert_eq!(stack.get(&elsewhere).await.problem(), (422, "UNKNOWN_BASKET"));
}
