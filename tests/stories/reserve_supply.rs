//! Where the tokens are, counted once, and how the reserves went.

use alloy::primitives::keccak256;
use cre_backend::chain::{MintingConsumerWithACE, StablecoinERC20};
use serde_json::{Value, json};
use test_support::{BENEFICIARY, Choice, Stack, tokens, until};

#[tokio::test]
async fn reserves_count_bridged_tokens_once() {
    let stack = Stack::start().await;
    let (token, consumer) = stack.anvil.basket;
    let timelock = stack.anvil.call(consumer, &MintingConsumerWithACE::ownerCall {}).await;
    assert_eq!(stack.mint("100").await.status, 200);
    let places = |here: &str, elsewhere: &str| {
        json!([
            { "chain": "eip155:31337", "amount": here },
            { "chain": "elsewhere", "amount": elsewhere },
        ])
    };
    assert_eq!(stack.reserves().await["supply"], places("100", "0"));

    let (role, account) = (keccak256("BURNER_ROLE"), BENEFICIARY);
    stack.anvil.send_as(timelock, token, &StablecoinERC20::grantRoleCall { role, account }).await;
    let burn = StablecoinERC20::burnCall { amount: tokens(40) };
    stack.anvil.send_as(BENEFICIARY, token, &burn).await;

    let mut now = Value::Null;
    let is_seen = until(async || {
        now = stack.reserves().await;
        now["supply"] == places("60", "40")
    });
    assert!(is_seen.await, "{now}");
    assert_eq!((&now["liability"], &now["unexplainedSupply"]), (&json!("100"), &json!("0")), "{now}");
    assert_eq!(now["headroom"], "999900", "what is elsewhere is still owed: {now}");
    assert!(now["blockNumber"].as_u64().is_some_and(|block| block > 0), "{now}");
    let public = stack.get(&format!("/transparency/{consumer}")).await.body;
    let symbol = stack.anvil.call(token, &StablecoinERC20::symbolCall {}).await;
    let listed: Vec<Value> = public["supply"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|entry| {
            assert_eq!(entry["currency"], json!(symbol), "{public}");
            json!({ "chain": entry["chain"], "amount": entry["amount"] })
        })
        .collect();
    assert_eq!(json!(listed), now["supply"], "both say the same");
    let page = stack.get_as_operator("/metrics").await.body;
    let page = page.as_str().expect("text");
    for (name, amount) in [("cre_supply_tokens{", " 100"), ("cre_token_supply_tokens{", " 60")] {
        assert!(page.lines().any(|line| line.starts_with(name) && line.ends_with(amount)), "{name}:\n{page}");
    }
}

#[tokio::test]
async fn reserves_history_is_newest_first() {
    let stack = Stack::start_with(Choice::with([("ATTEST_INTERVAL_SECONDS", "1")])).await;
    for (round, total) in [(1, "1000.50"), (2, "2000.00"), (3, "1500.25")] {
        stack.reserve.change(|stated| stated.total = total.to_owned());
        let reserves = total.trim_end_matches('0').trim_end_matches('.');
        let is_it = |now: &Value| {
            now["history"]
                .as_array()
                .is_some_and(|rounds| rounds.len() >= round && rounds[0]["reserves"] == reserves)
        };
        let seen = until(async || is_it(&stack.reserves().await));
        assert!(seen.await, "{total} never became a round: {}", stack.reserves().await);
    }

    let now = stack.reserves().await;
    let history = now["history"].as_array().expect("rounds");
    let numbers: Vec<u64> = history.iter().map(|round| round["round"].as_u64().expect("a number")).collect();
    assert_eq!(numbers[0], now["feed"]["latestRound"]["round"], "{now}");
    assert!(numbers.windows(2).all(|pair| pair[0] == pair[1] + 1), "{numbers:?}");
    assert_eq!(numbers.last(), Some(&1));
    for round in history {
        assert!(round["blockNumber"].as_u64().is_some(), "{round}");
        let receipt = stack.get(&format!("/tx/{}", round["tx"].as_str().expect("a hash"))).await;
        assert_eq!(receipt.status, 200, "{round}");
        assert!(round["observedAt"].as_str().is_some_and(|time| time.ends_with('Z')), "{round}");
    }
}
