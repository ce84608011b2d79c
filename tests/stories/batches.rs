//! Batches: mints that wait for one basket travel in one report; each keeps its own verdict, state and answer.

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256};
use futures_util::future::join_all;
use serde_json::{Value, json};
use test_support::rpc_proxy::Calls;
use test_support::{Answer, BENEFICIARY, Choice, FaultMode, Stack, tokens, until};

/// A gateway with one run at a time, for a basket that everybody may hold.
async fn stack(batch_max: &str) -> Stack {
    stack_with_gas(batch_max, "5000000").await
}

async fn stack_with_gas(batch_max: &str, gas_limit: &str) -> Stack {
    let choice = Choice {
        proxies: vec![FaultMode::Honest],
        ..Choice::with([("WORKFLOW_CONCURRENCY", "1"), ("BATCH_MAX", batch_max)])
    };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    stack.anvil.open_to_everybody().await;
    let config = stack.path("workflow/config.local.json");
    let mut base: Value = serde_json::from_slice(&std::fs::read(&config).expect("a file")).expect("JSON");
    base["gasLimit"] = json!(gas_limit);
    std::fs::write(&config, base.to_string()).expect("it is written");
    stack.run_gateway().await;
    stack
}

fn account(at: u8) -> Address {
    Address::repeat_byte(0x40 + at)
}

async fn ask(stack: &Stack, beneficiary: Address, amount: u64) -> Answer {
    let mut body = stack.body(&amount.to_string());
    body["beneficiary"] = json!(beneficiary);
    stack.post(&body).await
}

/// Lets a first mint occupy the only run until `others` are waiting; returns the answers of the others.
async fn behind_a_busy_run(stack: &Stack, others: Vec<(Address, u64)>) -> Vec<Answer> {
    behind_the_run(stack, 1, others).await
}

/// The same, where the busy run is the `number`-th.
async fn behind_the_run(stack: &Stack, number: usize, others: Vec<(Address, u64)>) -> Vec<Answer> {
    stack.reserve.open(false);
    let waiting = async {
        let begun = until(async || stack.payloads().len() == number);
        assert!(begun.await, "the first run never began");
        let count = others.len();
        let asked = join_all(others.into_iter().map(|(account, amount)| ask(stack, account, amount)));
        let open = async {
            let queued = until(async || {
                let list = stack.get("/mints?status=queued&limit=100").await.body;
                list["mints"].as_array().is_some_and(|mints| mints.len() == count)
            });
            assert!(queued.await, "the others never waited");
            stack.reserve.open(true);
        };
        tokio::join!(asked, open).0
    };
    let (first, answers) = tokio::join!(stack.mint("1"), waiting);
    assert_eq!(first.status, 200, "{}", first.body);
    answers
}

fn orders(payload: &Value) -> usize {
    payload["orders"].as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn batch_travels_in_one_report_and_a_refusal_stops_no_other() {
    let stack = stack("30").await;
    stack.anvil.blacklist(account(5)).await;
    // What is asked once of a basket.
    assert_eq!(stack.mint("1").await.status, 200);
    drop(stack.proxies[0].take_calls());

    let others = (0..20).map(|at| (account(at), 10 + u64::from(at))).collect();
    let answers = behind_the_run(&stack, 2, others).await;
    assert_within_the_bill(&stack.proxies[0].take_calls());

    let mut transactions = BTreeSet::new();
    for (at, answer) in (0_u8..).zip(&answers) {
        if at == 5 {
            assert_eq!(answer.problem(), (422, "ACE_REJECTED"), "{}", answer.body);
            assert_eq!(answer.body["reason"], "BLACKLISTED");
            assert_eq!(stack.anvil.balance(account(at)).await, U256::ZERO);
            continue;
        }
        assert_eq!(answer.status, 200, "{at}: {}", answer.body);
        let reference: B256 =
            answer.body["reference"].as_str().expect("a reference").parse().expect("a word");
        assert_eq!(stack.anvil.mints_of(reference).await, 1, "{at}");
        assert_eq!(stack.anvil.balance(account(at)).await, tokens(10 + u64::from(at)), "{at}");
        transactions.insert(answer.body["mintTx"].to_string());
    }
    assert_eq!(transactions.len(), 1, "they travelled together");
    let mut sizes: Vec<usize> = stack.payloads().iter().map(orders).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 19]);
}

/// What two runs may ask, of which one carries twenty orders: nothing is asked for each order. The newest block and the
/// receipts are asked for until there is something to be seen.
fn assert_within_the_bill(calls: &Calls) {
    for (method, count) in calls {
        let most = match method.as_str() {
            "eth_call" => 14,
            "eth_getLogs" => 8,
            "eth_getTransactionCount" => 4,
            "eth_getBalance" | "eth_maxPriorityFeePerGas" | "eth_sendRawTransaction" => 2,
            "eth_getBlockByNumber" | "eth_getTransactionReceipt" => continue,
            _ => 0,
        };
        assert!(*count <= most, "{count} calls of {method}, at most {most} are allowed: {calls:?}");
    }
}

#[tokio::test]
async fn batch_keeps_its_limit_and_takes_each_beneficiary_once() {
    let stack = stack("4").await;
    let mut others: Vec<(Address, u64)> = (0..6).map(|at| (account(at), 1)).collect();
    others.extend([(BENEFICIARY, 2), (BENEFICIARY, 3)]);

    let answers = behind_a_busy_run(&stack, others).await;

    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(1 + 2 + 3));
    let payloads = stack.payloads();
    assert!(payloads.iter().all(|payload| orders(payload) <= 4), "{payloads:?}");
    assert_eq!(payloads.iter().map(orders).sum::<usize>(), 9);
    for payload in &payloads {
        let orders = payload["orders"].as_array().expect("orders");
        let accounts: BTreeSet<String> = orders.iter().map(|order| order["account"].to_string()).collect();
        assert_eq!(accounts.len(), orders.len(), "a beneficiary twice in one report");
    }
}

#[tokio::test]
async fn batch_beyond_the_reserves_mints_what_they_cover() {
    let stack = stack("30").await;
    // Nothing is known of the reserves before the first run, so all of them are accepted.
    stack.reserve.change(|stated| stated.total = "250.00".to_owned());

    let answers = behind_a_busy_run(&stack, (0..4).map(|at| (account(at), 100)).collect()).await;

    let minted = answers.iter().filter(|answer| answer.status == 200).count();
    let refused =
        answers.iter().filter(|answer| answer.problem() == (422, "POR_INSUFFICIENT_RESERVES")).count();
    assert_eq!((minted, refused), (2, 2), "{answers:?}");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        let told = (&answer.body["requested"], &answer.body["deficit"]);
        assert_eq!(told, (&json!("100"), &Value::Null), "figures of others: {}", answer.body);
    }
    let mut issued = U256::ZERO;
    for at in 0..4 {
        issued += stack.anvil.balance(account(at)).await;
    }
    assert_eq!(issued, tokens(200));
}

#[tokio::test]
async fn batch_without_gas_is_split_and_the_next_one_is_smaller() {
    let stack = stack_with_gas("30", "1500000").await;

    let answers = behind_a_busy_run(&stack, (0..10).map(|at| (account(at), 5)).collect()).await;

    for (at, answer) in (0_u8..).zip(&answers) {
        assert_eq!(answer.status, 200, "{at}: {}", answer.body);
        let reference: B256 =
            answer.body["reference"].as_str().expect("a reference").parse().expect("a word");
        assert_eq!(stack.anvil.mints_of(reference).await, 1, "{at}");
        assert_eq!(stack.anvil.balance(account(at)).await, tokens(5), "{at}");
    }
    let mut sizes: Vec<usize> = stack.payloads().iter().map(orders).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    assert_eq!(sizes[..2], [10, 1], "all of them at once, then each alone: {sizes:?}");

    let again = (0..10).map(|at| (account(at), 5)).collect();
    // The first run is over, so that the next to occupy the worker is the twelfth.
    let before = stack.payloads().len();
    let answers = behind_the_run(&stack, before + 1, again).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let sizes: Vec<usize> = stack.payloads().iter().map(orders).filter(|orders| *orders > 1).collect();
    assert!(sizes.iter().all(|orders| *orders <= 10) && sizes.len() >= 3, "{sizes:?}");
    assert_eq!(sizes.iter().filter(|orders| **orders == 10).count(), 1, "it does not ask for so much again");
}
