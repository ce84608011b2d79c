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

/// One run at a time, so that each has the same transmitter.
const ALONE: [(&str, &str); 1] = [("WORKFLOW_CONCURRENCY", "1")];
const ALONE_UNWATCHED: [(&str, &str); 2] = [ALONE[0], ("MONITOR_INTERVAL_SECONDS", "3600")];

/// Membership, survey, earlier delivery, rehearsal; preview, figures afterwards.
const ETH_CALLS: usize = 6;
/// The calls of a mint, but for those of blocks.
const OF_A_MINT: &[(&str, usize)] = &[
    ("eth_call", ETH_CALLS),
    // The workflow asks until there is one.
    ("eth_getTransactionReceipt", usize::MAX),
    ("eth_getTransactionCount", 1),
    ("eth_getBalance", 1),
    ("eth_maxPriorityFeePerGas", 1),
    ("eth_sendRawTransaction", 1),
];

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
    let stack =
        Stack::start_with(Choice { proxies, mining: Mining::OnDemand, ..Choice::with(ALONE_UNWATCHED) })
            .await;
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
    let bounds = [OF_A_MINT, &[("eth_getBlockByNumber", 5)]].concat();
    assert_within(&proxy.take_calls(), &bounds, "a mint");
}

#[tokio::test]
async fn rpc_bill_of_what_follows_a_mint_is_its_logs() {
    let proxies = vec![FaultMode::Honest];
    let stack = Stack::start_with(Choice { proxies, mining: Mining::OnDemand, ..Choice::with(ALONE) }).await;
    let proxy = &stack.proxies[0];
    assert_eq!(stack.mint("1").await.status, 200, "what is asked once of a basket is asked");
    stack.anvil.rpc("anvil_mine", json!(["0x41"])).await;
    let done = until(async || stack.get("/mints?status=minted").await.body["mints"] == json!([]));
    assert!(done.await, "the first mint becomes final");
    let mut looks = 0;
    let is_quiet = until(async || {
        let calls = proxy.take_calls();
        looks += usize::from(calls.contains_key("eth_getBlockByNumber"));
        if calls.contains_key("eth_getLogs") {
            looks = 0;
        }
        looks >= 3
    });
    assert!(is_quiet.await, "everything before is read");

    let mut read = Vec::new();
    for liability in ["2", "3", "4", "5"] {
        let answer = stack.mint("1").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let (mut calls, mut looks) = (Calls::new(), 0);
        let is_read = until(async || {
            for (method, count) in proxy.take_calls() {
                looks += usize::from(method == "eth_getBlockByNumber" && calls.contains_key("eth_getLogs"));
                *calls.entry(method).or_default() += count;
            }
            looks >= 3
        });
        assert!(is_read.await, "its block is read: {calls:?}");
        read.push(["eth_call", "eth_getLogs"].map(|method| calls.remove(method).unwrap_or_default()));
        let bounds = [OF_A_MINT, &[("eth_getBlockByNumber", usize::MAX)]].concat();
        assert_within(&calls, &bounds, "a mint and what follows it");
        let now = stack.reserves().await;
        assert_eq!(now["liability"], liability, "the figures are those after it: {now}");
        if read.contains(&[ETH_CALLS, 1]) {
            return;
        }
    }
    // Who looks at the chain just before they are read after a mint reads them, too, and a look may fail: not every time.
    panic!("figures or logs of a block are read twice: {read:?}");
}
