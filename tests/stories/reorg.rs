//! A re-organisation takes a mint away: the gateway notices, says so, and mints again, once.

use alloy::primitives::B256;
use serde_json::{Value, json};
use sqlx::Connection;
use test_support::{BENEFICIARY, Choice, Mining, Stack, tokens, until};

/// How often the log says that a mint became uncertain.
async fn uncertain_events(stack: &Stack, id: &str) -> i64 {
    let url = format!("sqlite:{}", stack.path("gateway.db").display());
    let mut reader = sqlx::AnyConnection::connect(&url).await.expect("a connection");
    let count = "SELECT COUNT(*) FROM events WHERE subject = $1 AND kind = 'mint.uncertain'";
    let (count,): (i64,) = sqlx::query_as(count).bind(id).fetch_one(&mut reader).await.expect("a number");
    count
}

#[tokio::test]
async fn reorg_of_a_mint_is_minted_again_once() {
    let stack = Stack::start_with(Choice { mining: Mining::OnDemand, ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    for depth in [1_u64, 7, 64] {
        // The block before the mint must be of now: Anvil's clock goes on from there after the re-organisation.
        stack.anvil.rpc("anvil_mine", json!(["0x1"])).await;
        let answer = stack.mint("100").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let id = answer.body["mintId"].as_str().expect("an id");
        stack.anvil.rpc("anvil_mine", json!([format!("{:#x}", depth - 1)])).await;
        assert_eq!(
            stack.get(&format!("/mints/{id}")).await.body["status"],
            "minted",
            "in a block is not final"
        );

        stack.anvil.rpc("anvil_reorg", json!([depth, []])).await;
        let mut again = Value::Null;
        let twice = until(async || {
            again = stack.get(&format!("/mints/{id}")).await.body;
            again["attempts"] == 2 && again["status"] == "minted"
        });
        assert!(twice.await, "it is not minted again: {again}");
        assert_eq!(uncertain_events(&stack, id).await, 1, "those who watch are told that it vanished");

        let reference: B256 =
            answer.body["reference"].as_str().expect("a reference").parse().expect("a word");
        assert_eq!(stack.anvil.mints_of(reference).await, 1);
        stack.anvil.rpc("anvil_mine", json!(["0x46"])).await;
        let end = stack.mint_becomes(id, "finalized").await;
        assert_eq!(end["mintTx"], again["mintTx"]);
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(300));
}
