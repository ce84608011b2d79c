//! A workflow that hangs, floods, lies or cannot start: nothing is claimed, nothing is orphaned.

use std::path::Path;

use alloy::primitives::U256;
use serde_json::json;
use test_support::{BENEFICIARY, Choice, Stack, folder, settings, until};

fn faulty(script: &str) -> Choice {
    // A script that is to be cut off must have begun by then.
    let settings = settings([("WORKFLOW_TIMEOUT_SECONDS", "4"), ("MINT_WAIT_SECONDS", "3")]);
    Choice { settings, fake_bun: Some(script.to_owned()), ..Choice::default() }
}

/// Pids that the runs of a stack noted, by the gateway and by the script.
fn pids(stack: &Stack) -> Vec<u32> {
    let notes =
        ["process", "grandchild"].into_iter().flat_map(|name| folder::files(&stack.path("runs"), name));
    let read = |path| std::fs::read_to_string(path).expect("a pid").trim().parse().expect("a number");
    notes.map(read).collect()
}

/// Waits until the last automatic attempt is over, so that no run is under way any more.
async fn attempts_are_spent(stack: &Stack, id: &str) {
    let mut last = json!(null);
    let spent = until(async || {
        last = stack.get(&format!("/mints/{id}")).await.body;
        last["attempts"] == 3 && last["status"] == "uncertain"
    });
    assert!(spent.await, "{last}");
}

fn lives(pid: u32) -> bool {
    // A zombie has no command line: it waits for its parent, and does nothing.
    std::fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline")).is_ok_and(|line| !line.is_empty())
}

#[tokio::test]
async fn workflow_that_hangs_is_killed_and_fails_after_its_lapse() {
    let stack = Stack::start_with(faulty("sleep 600 & echo $! > \"$CRE_RUN_DIR/grandchild\"; wait")).await;

    let answer = stack.mint("1000").await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let id = answer.body["mintId"].as_str().expect("an id");
    attempts_are_spent(&stack, id).await;
    let pids = pids(&stack);
    assert!(pids.len() >= 6, "three runs with a grandchild each: {pids:?}");
    assert!(pids.iter().all(|pid| !lives(*pid)), "something was orphaned");

    stack.anvil.rpc("evm_increaseTime", json!([1000])).await;
    let end = stack.mint_becomes(id, "failed").await;
    assert_eq!(end["code"], "WORKFLOW_FAILED");
    assert_eq!(end["success"], false);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, U256::ZERO);
}

#[tokio::test]
async fn workflow_flood_is_cut_off() {
    let stack =
        Stack::start_with(faulty("exec yes \"Mint report delivered: 0x$(printf '1%.0s' $(seq 64))\"")).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert!(answer.body.get("mintTx").is_none());
    attempts_are_spent(&stack, answer.body["mintId"].as_str().expect("an id")).await;
    let log = pids(&stack);
    assert!(!log.is_empty() && log.iter().all(|pid| !lives(*pid)), "the flood goes on");
}

#[tokio::test]
async fn workflow_hash_is_only_a_claim() {
    let script = "ref=$(sed 's/.*\"bankRef\":\"\\(0x[0-9a-f]*\\)\".*/\\1/' \"$CRE_RUN_DIR/http_trigger_payload.json\")\n\
        echo \"Mint report delivered: 0x$(printf '2%.0s' $(seq 64))\"\n\
        echo '{\"version\":1,\"orders\":[{\"bankRef\":\"'$ref'\",\"outcome\":\"delivered\"}]}'";
    let stack = Stack::start_with(faulty(script)).await;
    let answer = stack.mint("1000").await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    stack.mint_becomes(answer.body["mintId"].as_str().expect("an id"), "submitted").await;
    assert!(answer.body.get("mintTx").is_none(), "a claim was passed on");
    assert!(!answer.body.to_string().contains(&"2".repeat(64)));
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, U256::ZERO);
}

#[tokio::test]
async fn workflow_that_cannot_start_holds_mints_up_without_internals() {
    let stack = Stack::start_with(faulty("exit 9")).await;
    std::fs::remove_file(stack.path("fake-bun")).expect("the program goes away");

    let id = stack.mint_held_up("nobody carries it out", "WORKFLOW_FAILED").await;
    let answer = stack.get(&format!("/mints/{id}")).await;
    let text = answer.body.to_string();
    let folder = stack.folder.path().display().to_string();
    assert!(!text.contains(&folder) && !text.contains("fake-bun") && !text.contains("os error"), "{text}");
    assert_eq!(stack.get("/ready").await.body["checks"]["bun"], "BUN_PATH does not run");
}
