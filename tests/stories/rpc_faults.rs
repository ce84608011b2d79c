//! Endpoints that are down, slow, behind, or lie.

use cre_backend::chain::{MintingConsumerWithACE, StablecoinERC20};
use reqwest::Method;
use serde_json::json;
use test_support::{
    Answer, BENEFICIARY, Choice, FaultMode, Mining, Stack, TooMany, exposition, tokens, until,
};

#[tokio::test]
async fn rpc_endpoint_that_fails_is_outvoted_by_two() {
    let proxies = vec![FaultMode::Honest, FaultMode::Lying, FaultMode::SlowAndDouble];
    let stack = Stack::start_with(Choice { proxies, ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    for mode in [FaultMode::Lying, FaultMode::Stale, FaultMode::Down] {
        stack.proxies[1].set(mode);
        let answer = stack.mint("100").await;
        assert_eq!(answer.status, 200, "{mode:?}: {}", answer.body);
        stack.mint_becomes(answer.body["mintId"].as_str().expect("an id"), "finalized").await;
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(300));
}

#[tokio::test]
async fn rpc_endpoints_that_disagree_prove_nothing() {
    let proxies = vec![FaultMode::Honest, FaultMode::Honest];
    let stack = Stack::start_with(Choice { proxies, ..Choice::default() }).await;
    assert_eq!(stack.mint("1").await.status, 200, "the basket is known from now on");
    stack.proxies[1].set(FaultMode::Lying);
    let asked = stack.request(Method::POST, "/mint").header("prefer", "wait=2").json(&stack.body("100"));
    let answer = Answer::of(asked.send().await.expect("an answer")).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    assert_eq!(answer.body["status"], "queued", "nothing was started on contradicting answers");
    stack.proxies[1].set(FaultMode::Honest);
    stack.mint_becomes(answer.body["mintId"].as_str().expect("an id"), "finalized").await;
}

#[tokio::test]
async fn rpc_outage_during_a_run_is_survived() {
    let stack = Stack::start_with(Choice { proxies: vec![FaultMode::Honest], ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    // The source does not answer yet, so that the run cannot be over before the chain goes away.
    stack.reserve.open(false);
    let answer = stack.mint_async("100").await;
    let id = answer.body["mintId"].as_str().expect("an id");
    stack.mint_becomes(id, "executing").await;
    stack.proxies[0].set(FaultMode::Down);
    assert!(until(async || stack.get("/ready").await.status == 503).await, "it asks nobody, and knows");
    stack.reserve.open(true);
    stack.proxies[0].set(FaultMode::Honest);
    stack.mint_becomes(id, "finalized").await;
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(100));

    stack.proxies[0].set(FaultMode::Down);
    let answer = stack.get(&format!("/tx/0x{}", "11".repeat(32))).await;
    assert_eq!(answer.problem(), (503, "CHAIN_UNAVAILABLE"), "{}", answer.body);
    assert!(!answer.body.to_string().contains("127.0.0.1"), "the endpoint's address is internal");

    // What was counted and read before is there, and the chain is not asked.
    let page = async || stack.get_as_operator("/metrics").await.body.as_str().expect("text").to_owned();
    let mut shown = String::new();
    let told = until(async || {
        shown = page().await;
        shown.contains("\ncre_chain_answers 0") && shown.contains("kind=\"unreachable\"")
    });
    assert!(told.await, "{shown}");
    for start in [
        "cre_supply_tokens{",
        "cre_reading_age_seconds{",
        "cre_breaker{",
        "cre_queue_age_seconds 0",
        "cre_database_answers 1",
        "cre_database_connections{state=\"used\"}",
        "cre_rpc_endpoint_answers{endpoint=\"0\"",
        "cre_rpc_request_seconds_bucket{endpoint=\"0\",method=\"eth_call\"",
        "cre_mint_stage_seconds_count{stage=\"started\"} 1",
        "cre_mint_stage_seconds_count{stage=\"minted\"} 1",
        "cre_mint_stage_seconds_count{stage=\"finalized\"} 1",
        "cre_mints_ended_total{outcome=\"minted\"",
        "cre_mints{state=\"finalized\"} 1",
        "cre_run_step_seconds_bucket{step=\"consensus\"",
        "cre_transmitter_balance_coins{",
        "cre_transmitter_mints_left{",
        "cre_task_still_seconds{task=\"writer\"}",
        "cre_log_lines_lost_total 0",
    ] {
        assert!(shown.lines().any(|line| line.starts_with(start)), "{start}\n{shown}");
    }
    assert_eq!(exposition::faults(&shown), Vec::<String>::new(), "{shown}");
}

/// What providers really answer, one mint through each: whatever it is, it is minted, once.
#[tokio::test]
async fn rpc_answers_of_lean_providers_do_not_stop_a_mint() {
    let stack = Stack::start_with(Choice { proxies: vec![FaultMode::Honest], ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let modes = [
        FaultMode::LosingAnswers,
        FaultMode::TooMany(TooMany::Status),
        FaultMode::TooMany(TooMany::StatusAndTime),
        FaultMode::TooMany(TooMany::StatusAndError),
        FaultMode::TooMany(TooMany::Error(-32_005)),
        FaultMode::TooMany(TooMany::Error(-32_097)),
        FaultMode::NarrowLogs(2),
        FaultMode::WithoutOptional,
        FaultMode::LateReceipts,
        FaultMode::Pages,
    ];
    let mut ids = Vec::new();
    for mode in modes {
        stack.proxies[0].set(mode);
        let answer = stack.mint("1").await;
        assert_eq!(answer.status, 200, "{mode:?}: {}\n{}", answer.body, stack.newest_output());
        ids.push(answer.body["mintId"].as_str().expect("an id").to_owned());
    }
    stack.proxies[0].set(FaultMode::NarrowLogs(2));
    for id in ids {
        stack.mint_becomes(&id, "finalized").await;
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(modes.len() as u64));
}

/// What an endpoint need not have is told, and the chain is watched without it.
#[tokio::test]
async fn rpc_endpoint_that_lacks_what_is_optional_is_told_and_watched() {
    // No block follows that of the alarm, after which all of them would be read by their numbers.
    let (proxies, mining) = (vec![FaultMode::WithoutOptional], Mining::OnDemand);
    let stack = Stack::start_with(Choice { proxies, mining, ..Choice::default() }).await;
    let ready = stack.get("/ready").await;
    assert_eq!((ready.status.as_u16(), &ready.body["ready"]), (200, &json!(true)), "{}", ready.body);
    let told = ready.body["substitutes"].as_array().expect("a list").iter();
    let told: Vec<_> = told.map(|one| (one["endpoint"].as_u64(), one["sentence"].as_str())).collect();
    let begins =
        ["it lacks eth_maxPriorityFeePerGas", "it runs no code", "it gives no logs by a block's hash"];
    assert_eq!(told.len(), begins.len(), "{told:?}");
    for (one, begin) in told.iter().zip(begins) {
        assert!(one.0 == Some(0) && one.1.is_some_and(|sentence| sentence.starts_with(begin)), "{told:?}");
    }
    assert_eq!(stack.mint("1").await.status, 200);
    // The first looks read all blocks by their numbers, whatever the endpoint can do.
    let mut looks = 0;
    let is_quiet = until(async || {
        let calls = stack.proxies[0].take_calls();
        looks += usize::from(calls.contains_key("eth_getBlockByNumber"));
        if calls.contains_key("eth_getLogs") {
            looks = 0;
        }
        looks >= 3
    });
    assert!(is_quiet.await, "everything before is read");
    let (token, consumer) = stack.anvil.basket;
    let timelock = stack.anvil.call(consumer, &MintingConsumerWithACE::ownerCall {}).await;
    let allowance = StablecoinERC20::setMintAllowanceCall { minter: BENEFICIARY, amount: tokens(5) };
    stack.anvil.send_as(timelock, token, &allowance).await;
    stack.breaker_opens_for("ROLES_CHANGED").await;
}

#[tokio::test]
async fn rpc_endpoint_without_the_tag_finalized_is_told_at_the_start() {
    let proxies = vec![FaultMode::WithoutTags];
    let choice = Choice { proxies, ..Choice::default() };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    let refusal = stack.try_gateway().await.expect_err("nobody could say when a mint is final");
    assert!(refusal.contains("FINALITY_CONFIRMATIONS"), "{refusal}");
    stack.set("FINALITY_CONFIRMATIONS", "1");
    stack.run_gateway().await;
    let answer = stack.mint("1").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    stack.mint_becomes(answer.body["mintId"].as_str().expect("an id"), "finalized").await;
}

#[tokio::test]
async fn rpc_endpoint_that_becomes_another_chain_stops_everything_until_it_is_back() {
    let stack = Stack::start_with(Choice { proxies: vec![FaultMode::Honest], ..Choice::default() }).await;
    assert_eq!(stack.mint("1").await.status, 200);
    stack.proxies[0].set(FaultMode::OtherChain);
    let mut ready = String::new();
    let is_told = until(async || {
        ready = stack.get("/ready").await.body["checks"]["chain"].to_string();
        ready.contains("leads to chain 1")
    });
    assert!(is_told.await, "{ready}");
    stack.proxies[0].set(FaultMode::Honest);
    assert!(until(async || stack.get("/ready").await.status == 200).await, "it is believed again by itself");
    assert_eq!(stack.mint("1").await.status, 200);
}
