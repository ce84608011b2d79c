//! The guide's request mints, and everything about it is read from the chain.

use serde_json::Value;
use test_support::{BENEFICIARY, Stack, tokens};

#[tokio::test]
async fn mint_of_the_guide_creates_1000_tokens() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;

    let answer = stack.mint("1000").await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.body["success"], true);
    assert_eq!(answer.body["status"], "minted");
    let tx = answer.body["mintTx"].as_str().expect("a transaction hash");
    assert_eq!(answer.body["etherscan"], format!("http://localhost:{}/tx/{tx}", port(&stack.url)));
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1000));

    let id = answer.body["mintId"].as_str().expect("an id");
    assert_eq!(answer.body["bankReference"], id);
    assert_eq!(answer.header("location"), format!("/mints/{id}"));

    let receipt = stack.get(&format!("/tx/{tx}")).await;
    assert_eq!(receipt.status, 200);
    let logs = receipt.body["receipt"]["logs"].as_array().expect("logs");
    let minted = logs.iter().find(|log| log["event"] == "MintExecuted").expect("the mint event");
    assert_eq!(minted["values"]["amount"], "1000000000000000000000");
    assert_eq!(minted["values"]["bankRef"], answer.body["reference"]);

    let end = stack.mint_becomes(id, "finalized").await;
    assert_eq!(end["mintTx"], tx);
    // Nobody can ask for it again: it waits as long as its caller, who waits for 150 s here.
    assert!((145..=155).contains(&waits_seconds(&end)), "{end}");
}

/// How long a mint may wait.
pub(crate) fn waits_seconds(mint: &Value) -> i64 {
    let at = |name: &str| mint[name].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    let (until, from) = at("expiresAt").zip(at("createdAt")).expect("times");
    until.as_second() - from.as_second()
}

fn port(url: &str) -> &str {
    url.rsplit(':').next().expect("a port")
}
