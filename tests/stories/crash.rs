//! The program is killed in the middle of a mint, at one fault point after the other: each payment is minted once all the
//! same.

use alloy::primitives::B256;
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::store::Store;
use cre_backend::store::event_log::LogState;
use reqwest::Method;
use serde_json::json;
use test_support::fault_points::NOT_SIMULATED;
use test_support::program::Program;
use test_support::{Answer, BENEFICIARY, Choice, Stack, tokens};

/// Named points, and how often each is passed before the end.
const ENDS: [&str; 9] = [
    "commit.before:1",
    "commit.after:1",
    "note.before:1",
    "note.after:1",
    "spawn.after:1",
    "step.heard:5",
    "run.ended:1",
    "look.after:2",
    "note.after:3",
];

#[tokio::test]
async fn crash_of_the_program_mints_each_payment_once() {
    for (point, reason) in NOT_SIMULATED {
        let is_here = ENDS.iter().any(|end| end.starts_with(&format!("{point}:")));
        assert!(is_here, "the simulation leaves {point} out ({reason}), and so does this story");
    }
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let mut references = Vec::new();
    for (at, end) in ENDS.iter().enumerate() {
        let mut program = Program::start(&stack, Some(end)).await.expect("it listens");
        stack.url.clone_from(&program.url);
        let mut body = stack.body("100");
        body["bankReference"] = json!(format!("payment {at}"));
        // The answer may be lost with the program.
        let asked = stack.request(Method::POST, "/mint").header("prefer", "wait=0").json(&body).send().await;
        assert!(program.dies().await, "{end} was never reached");

        let program = Program::start(&stack, None).await.expect("it listens again");
        stack.url.clone_from(&program.url);
        let again = stack.request(Method::POST, "/mint").header("prefer", "wait=150").json(&body);
        let again = Answer::of(again.send().await.expect("an answer")).await;
        assert_eq!(again.status, 200, "{end}: {}", again.body);
        if let Ok(first) = asked {
            assert_eq!(Answer::of(first).await.body["mintId"], again.body["mintId"], "{end}");
        }
        references.push((
            end,
            again.body["reference"].as_str().expect("a reference").parse::<B256>().expect("a word"),
        ));
        // Nothing of it is left to do for the next one, which would otherwise die of that before it listens.
        stack.anvil.rpc("anvil_mine", json!(["0x3"])).await;
        stack.mint_becomes(again.body["mintId"].as_str().expect("an id"), "finalized").await;
        program.kill().await;
    }
    for (end, reference) in &references {
        assert_eq!(stack.anvil.mints_of(*reference).await, 1, "{end}");
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(100 * ENDS.len() as u64));

    let url = format!("sqlite:{}", stack.path("gateway.db").display());
    let (store, _writer) = Store::open(&SecretUrl::new(url), Clock::system()).await.expect("the store opens");
    assert!(matches!(store.verify_log().await, Ok(LogState::Intact(_))), "the log is intact");
}
