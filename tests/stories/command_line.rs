//! The command line: what it prints, and with which code it ends.

use serde_json::Value;
use test_support::program::{End, run};
use test_support::{BENEFICIARY, Stack};

use crate::access::admin_key;

/// Code, standard output and standard error of a command.
async fn ran(stack: &Stack, arguments: &[&str]) -> (i32, String, String) {
    let End { code, stdout, stderr } = run(stack, arguments).await;
    (code.expect("it ended by itself"), stdout, stderr)
}

#[tokio::test]
async fn command_line_mints_and_follows_with_exit_codes() {
    let stack = Stack::start().await;
    let beneficiary = BENEFICIARY.to_string();
    let order = ["mint", "--beneficiary", &beneficiary, "--amount", "2", "--reference", "cli-1", "--json"];

    let (code, out, err) = ran(&stack, &[&order[..], &["--wait"]].concat()).await;
    assert_eq!(code, 0, "{out}{err}");
    let mint: Value = serde_json::from_str(&out).expect("JSON");
    assert!(mint["mintTx"].is_string() && mint["bankReference"] == "cli-1", "{mint}");
    let (code, out, _) = ran(&stack, &order).await;
    let again: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &again["mintId"]), (0, &mint["mintId"]), "the same reference is the same mint");

    let id = mint["mintId"].as_str().expect("an id");
    let (code, out, _) = ran(&stack, &["status", id]).await;
    assert!(code == 0 && out.contains("transaction   0x"), "{out}");
    let (code, out, err) = ran(&stack, &["status", "--reference", "cli-1", "--json"]).await;
    let found: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &found["mintId"]), (0, &mint["mintId"]), "{err}");
    let (code, out, err) = ran(&stack, &["status", "--reference", "cli-2"]).await;
    assert!(code == 1 && out.is_empty() && err.contains("no mint with this reference"), "{out}{err}");
    let (code, out, _) = ran(&stack, &["status"]).await;
    assert!(code == 0 && out.lines().any(|line| line.ends_with(" ok")), "{out}");

    let (code, out, err) = ran(&stack, &["mint", "--beneficiary", &beneficiary, "--amount", "1"]).await;
    assert_eq!(code, 4, "{out}{err}");
    assert!(err.contains("not decided yet"), "{err}");

    let (code, out, err) = ran(&stack, &["events", "--json"]).await;
    assert_eq!(code, 0, "{err}");
    let events: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events[0]["seq"], 1, "{out}");
    for kind in ["mint.accepted", "mint.minted"] {
        assert!(events.iter().any(|event| event["kind"] == kind), "{kind}: {out}");
    }
    let newest = events.last().expect("an event")["seq"].to_string();
    let (code, later, _) = ran(&stack, &["events", "--after", &newest]).await;
    assert!(code == 0 && later.lines().count() < events.len(), "{later}");
}

#[tokio::test]
async fn command_line_refusals_have_their_exit_codes() {
    let mut stack = Stack::start().await;
    let stranger = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";
    let (code, _, err) = ran(&stack, &["mint", "--beneficiary", stranger, "--amount", "1", "--wait"]).await;
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("ACE_REJECTED"), "{err}");
    let (code, _, err) = ran(&stack, &["mint", "--beneficiary", "0x12", "--amount", "1"]).await;
    assert!(code == 1 && err.contains("beneficiary"), "{err}");
    assert_eq!(ran(&stack, &["mint", "--amount", "1"]).await.0, 2);
    assert_eq!(ran(&stack, &["mind"]).await.0, 2);
    assert_eq!(ran(&stack, &["status", "../keys"]).await.0, 1);

    let consumer = stack.anvil.basket.1.to_string();
    let (code, out, err) = ran(&stack, &["pause", &consumer, "--reason", "drill"]).await;
    assert!(code == 0 && out.contains("open"), "{out}{err}");
    let beneficiary = BENEFICIARY.to_string();
    let (code, _, err) = ran(&stack, &["mint", "--beneficiary", &beneficiary, "--amount", "1"]).await;
    assert!(code == 1 && err.contains("CIRCUIT_OPEN"), "{err}");
    assert_eq!(ran(&stack, &["resume", &consumer, "--reason", "drill"]).await.0, 0);

    stack.stop_gateway().await;
    let (code, _, err) = ran(&stack, &["mint", "--beneficiary", &beneficiary, "--amount", "1"]).await;
    assert!(code == 3 && err.contains("cannot be reached") && err.contains("--idempotency-key"), "{err}");
    let (code, _, err) = ran(&stack, &["status", "--url", "http://bank.example"]).await;
    assert!(code == 1 && err.contains("https://"), "{err}");
}

#[tokio::test]
async fn command_line_makes_replaces_recovers_and_revokes_keys() {
    let mut stack = Stack::start().await;
    let lost = admin_key(&stack).await;
    let scopes = "mint:write,mint:read";
    let (code, out, err) =
        ran(&stack, &["keys", "create", "--name", "settlement", "--scopes", scopes, "--json"]).await;
    assert_eq!(code, 0, "{out}{err}");
    let made: Value = serde_json::from_str(&out).expect("JSON");
    let (key, id) = (made["key"].as_str().expect("a key"), made["id"].as_str().expect("an id"));
    let beneficiary = BENEFICIARY.to_string();
    let order = ["mint", "--beneficiary", &beneficiary, "--amount", "1", "--reference", "cli-key", "--wait"];
    let (code, _, err) = ran(&stack, &order).await;
    assert!(code == 1 && err.contains("UNAUTHORIZED"), "the first key ends access without one: {err}");
    let (code, out, err) = ran(&stack, &[&order[..], &["--key", key]].concat()).await;
    assert_eq!(code, 0, "{out}{err}");

    let (code, out, err) = ran(&stack, &["keys", "rotate", id, "--overlap", "0s", "--json"]).await;
    assert_eq!(code, 0, "{err}");
    let next: Value = serde_json::from_str(&out).expect("JSON");
    let next_id = next["id"].as_str().expect("an id");
    let (code, out, _) = ran(&stack, &["keys", "list"]).await;
    assert!(code == 0 && out.contains(next_id) && out.contains(scopes) && !out.contains(key), "{out}");
    let (code, _, err) = ran(&stack, &[&order[..], &["--key", key]].concat()).await;
    assert!(code == 1 && err.contains("UNAUTHORIZED"), "{err}");
    assert_eq!(ran(&stack, &["keys", "revoke", next_id]).await.0, 0);
    let next_key = next["key"].as_str().expect("a key");
    let (code, _, err) = ran(&stack, &[&order[..], &["--key", next_key]].concat()).await;
    assert!(code == 1 && err.contains("UNAUTHORIZED"), "{err}");
    assert_eq!(ran(&stack, &["keys", "revoke", "../accounts"]).await.0, 1);
    let (code, _, err) = ran(&stack, &["keys", "create", "--name", "x", "--scopes", "mint:everything"]).await;
    assert!(code == 1 && err.contains("scopes"), "{err}");

    let (code, out, err) = ran(&stack, &["keys", "recover"]).await;
    assert!(
        code == 1 && out.is_empty() && err.contains("another process uses"),
        "the gateway runs: {out}{err}"
    );
    assert_eq!(ran(&stack, &["keys", "list", "--key", &lost]).await.0, 0, "nothing was changed");
    stack.stop_gateway().await;
    let (code, out, err) = ran(&stack, &["keys", "recover"]).await;
    assert!(code == 0 && out.contains("admin.key") && !out.contains("cre_test_"), "{out}{err}");
    stack.run_gateway().await;
    assert_ne!(admin_key(&stack).await, lost);
    assert_eq!(ran(&stack, &["keys", "list"]).await.0, 0);
    let (code, _, err) = ran(&stack, &["keys", "list", "--key", &lost]).await;
    assert!(code == 1 && err.contains("UNAUTHORIZED"), "{err}");
}

#[tokio::test]
async fn command_line_copies_the_database_of_a_running_gateway() {
    let mut stack = Stack::start().await;
    let accepted = stack.mint_async("3").await;
    let id = accepted.body["mintId"].as_str().expect("an id").to_owned();
    stack.mint_becomes(&id, "finalized").await;

    let (code, out, err) = ran(&stack, &["backup", "copy.db"]).await;
    assert_eq!(code, 0, "{out}{err}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stack.path("copy.db")).expect("the copy").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let (code, _, err) = ran(&stack, &["backup", "copy.db"]).await;
    assert!(code == 1 && err.contains("there already"), "{err}");
    let (code, _, err) = ran(&stack, &["backup", "other.db", "--database-url", "sqlite:nowhere.db"]).await;
    assert!(code == 1 && err.contains("no database") && !stack.path("nowhere.db").exists(), "{err}");
    let postgres = ["backup", "other.db", "--database-url", "postgres://user:KEY@127.0.0.1/ledger"];
    let (code, _, err) = ran(&stack, &postgres).await;
    assert!(code == 1 && err.contains("pg_dump") && !err.contains("KEY"), "{err}");

    stack.stop_gateway().await;
    stack.set("DATABASE_URL", "sqlite:copy.db");
    stack.run_gateway().await;
    assert_eq!(stack.get(&format!("/mints/{id}")).await.body["status"], "finalized");
}

#[tokio::test]
async fn command_line_knows_its_contract_and_itself() {
    let mut stack = Stack::start().await;
    stack.stop_gateway().await;
    let (code, document, _) = ran(&stack, &["openapi"]).await;
    let committed = std::fs::read_to_string(test_support::root().join("openapi.json")).expect("openapi.json");
    assert!(code == 0 && document == committed, "openapi.json is not what the program says");
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = ran(&stack, &["completions", shell]).await;
        assert!(code == 0 && script.contains("idempotency-key") && script.contains("serve"), "{shell}");
    }
}
