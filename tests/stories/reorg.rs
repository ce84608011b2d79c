//! A re-organisation takes a mint away: the gateway notices, says so, and mints again, once.

use alloy::primitives::B256;
use serde_json::json;

use crate::support::{BENEFICIARY, Choice, Mining, Stack, tokens};

#[tokio::test]
async fn a_mint_that_vanishes_is_minted_again_once() {
    let stack = Stack::start_with(Choice { mining: Mining::OnDemand, ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    for depth in [1_u64, 7, 60] {
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
        stack.until(id, "uncertain").await;
        let again = stack.until(id, "minted").await;

        let reference: B256 =
            answer.body["reference"].as_str().expect("a reference").parse().expect("a word");
        assert_eq!(stack.anvil.mints_of(reference).await, 1);
        assert_eq!(again["attempts"], 2);
        stack.anvil.rpc("anvil_mine", json!(["0x46"])).await;
        let end = stack.until(id, "finalized").await;
        assert_eq!(end["mintTx"], again["mintTx"]);
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(300));
}
