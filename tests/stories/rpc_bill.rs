//! What the gateway asks of an RPC endpoint, counted: each call costs somebody's plan.

use serde_json::json;
use test_support::rpc_proxy::Calls;
use test_support::{Choice, FaultMode, Mining, Stack, until};

/// At most so many calls of each method, and none of any other.
fn assert_within(calls: &Calls, bounds: &[(&str, usize)], what: &str) {
    for (method, count) in calls {
        let most = bounds.iter().find(|(bound, _)| bound == method).map_or(0, |(_, most)| *most);
        assert!(*count <= most, "{what}: {count} calls of {method}, at most {most} are allowed: {calls:?}");
    }
}

#[tokio::test]
async fn rpc_bill_of_an_idle_gateway_is_the_head_once_a_look() {
    let proxies = vec![FaultMode::Honest];
    let stack = Stack::start_with(Choice { proxies, mining: Mining::OnDemand, ..Choice::default() }).await;
    let proxy = &stack.proxies[0];
    // The first two looks read everything, with two questions for logs each.
    let mut logs = 0;
    let is_read = until(async || {
        let calls = proxy.take_calls();
        logs += calls.get("eth_getLogs").copied().unwrap_or_default();
        logs >= 4 && !calls.contains_key("eth_getLogs")
    });
    assert!(is_read.await, "{logs} questions for logs");
    let looked = async |calls: &mut Calls| {
        until(async || {
            for (method, count) in proxy.take_calls() {
                *calls.entry(method).or_default() += count;
            }
            calls.contains_key("eth_getBlockByNumber")
        })
        .await
    };
    let mut all = Calls::new();
    for _ in 0..3 {
        stack.anvil.rpc("anvil_mine", json!(["0x1"])).await;
        let mut calls = Calls::new();
        assert!(looked(&mut calls).await);
        for (method, count) in calls {
            *all.entry(method).or_default() += count;
        }
    }
    assert_within(&all, &[("eth_getBlockByNumber", usize::MAX)], "idle");

    drop(proxy.take_calls());
    for _ in 0..20 {
        assert_eq!(stack.get("/reserves").await.status, 200);
    }
    let calls = proxy.take_calls();
    assert_within(&calls, &[("eth_getBlockByNumber", 19)], "20 times GET /reserves");
}

#[tokio::test]
async fn rpc_bill_of_a_mint_stays_within_its_bounds() {
    let proxies = vec![FaultMode::Honest];
    let stack = Stack::start_with(Choice { proxies, mining: Mining::OnDemand, ..Choice::unwatched() }).await;
    let proxy = &stack.proxies[0];
    assert_eq!(stack.mint("1").await.status, 200, "what is asked once of a basket is asked");
    let mut calls = Calls::new();
    let has_read_again = until(async || {
        for (method, count) in proxy.take_calls() {
            *calls.entry(method).or_default() += count;
        }
        calls.get("eth_call").is_some_and(|count| *count >= 3)
    });
    assert!(has_read_again.await);
    stack.anvil.rpc("anvil_mine", json!(["0x41"])).await;
    let done = until(async || stack.get("/mints?status=minted").await.body["mints"] == json!([]));
    assert!(done.await, "the first mint becomes final");
    drop(proxy.take_calls());

    let answer = stack.mint("1").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let bounds = [
        ("eth_call", 9),
        ("eth_getBlockByNumber", 8),
        // The workflow asks until there is one.
        ("eth_getTransactionReceipt", usize::MAX),
        ("eth_getTransactionCount", 2),
        ("eth_getBalance", 1),
        ("eth_maxPriorityFeePerGas", 1),
        ("eth_sendRawTransaction", 1),
    ];
    assert_within(&proxy.take_calls(), &bounds, "a mint");
}
