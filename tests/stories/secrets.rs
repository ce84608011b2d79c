//! What stands in the configured addresses comes out nowhere, whatever goes wrong in a run.

use axum::http::StatusCode;
use serde_json::Value;

use test_support::{Choice, FaultMode, Stack, folder};

const CANARY: &str = "CANARY";

#[tokio::test]
async fn secrets_of_addresses_survive_failing_runs() {
    let choice = Choice { proxies: vec![FaultMode::Honest], ..Choice::default() };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    stack.set("RPC_URL", &format!("{}/v2/{CANARY}-0123456789?key={CANARY}", stack.proxies[0].url));
    let path = stack.path("workflow/config.json");
    let text = std::fs::read_to_string(&path).expect("a file");
    let mut config: Value = serde_json::from_str(&text).expect("JSON");
    let url = config["porApiUrl"].as_str().expect("an address").to_owned();
    config["porApiUrl"] = Value::from(format!("{url}?token={CANARY}"));
    std::fs::write(&path, config.to_string()).expect("the file is written");
    stack.run_gateway().await;

    let mut answers = vec![stack.mint("100").await.body];
    stack.reserve.change(|stated| stated.status = StatusCode::INTERNAL_SERVER_ERROR);
    let id = stack.mint_held_up("while the source fails", "POR_UNAVAILABLE").await;
    answers.push(stack.get(&format!("/mints/{id}")).await.body);
    stack.reserve.change(|stated| stated.status = StatusCode::OK);
    stack.reserve.open(false);
    answers.push(stack.mint_becomes(&id, "executing").await);
    stack.proxies[0].set(FaultMode::Down);
    stack.reserve.open(true);
    answers.push(stack.get("/ready").await.body);
    answers.push(stack.mint_async("7").await.body);
    stack.proxies[0].set(FaultMode::Honest);
    answers.push(stack.mint_becomes(&id, "finalized").await);
    answers.push(stack.get("/mints").await.body);
    for answer in answers {
        assert!(!answer.to_string().contains(CANARY), "{answer}");
    }
    stack.stop_gateway().await;
    let logged = folder::files(stack.folder.path(), "gateway.db")
        .into_iter()
        .chain(folder::files(stack.folder.path(), "gateway.db-wal"));
    for file in logged {
        let bytes = std::fs::read(&file).expect("a file");
        let found = bytes.windows(CANARY.len()).position(|window| window == CANARY.as_bytes());
        let around = found.map(|at| {
            String::from_utf8_lossy(&bytes[at.saturating_sub(300)..(at + 100).min(bytes.len())]).into_owned()
        });
        assert_eq!(around, None, "{}", file.display());
    }
}
