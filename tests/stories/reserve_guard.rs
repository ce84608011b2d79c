//! Reserves are promised once, and minting stops by itself when they do not cover what is issued.

use alloy::primitives::U256;
use cre_backend::base::secret::SecretUrl;
use cre_backend::chain::LiabilityLedger;
use cre_backend::store::Store;
use cre_backend::store::event_log::LogState;
use futures_util::future::join_all;
use serde_json::{Value, json};
use test_support::{BENEFICIARY, Choice, Stack, tokens, until};

#[tokio::test]
async fn ledger_refuses_an_overdraw_before_a_run_starts() {
    let stack = Stack::start_with(Choice::with([("RESERVE_FRESH_SECONDS", "600")])).await;
    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);

    let before = stack.runs();
    let answer = stack.mint("600.25").await;
    assert_eq!(answer.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", answer.body);
    for (name, amount) in [
        ("reserves", "1500"),
        ("liability", "1000"),
        ("reserved", "0"),
        ("requested", "600.25"),
        ("deficit", "100.25"),
    ] {
        assert_eq!(answer.body[name], amount, "{name}: {}", answer.body);
    }
    assert_eq!(stack.runs(), before, "a run was started");
    let id = answer.body["mintId"].as_str().expect("the refusal is on record");
    let refusal = stack.get(&format!("/mints/{id}")).await;
    assert_eq!((&refusal.body["status"], &refusal.body["attempts"]), (&json!("rejected"), &json!(0)));
}

#[tokio::test]
async fn ledger_refuses_nobody_on_a_figure_that_is_not_fresh() {
    let stack = Stack::start_with(Choice::with([("RESERVE_FRESH_SECONDS", "0")])).await;
    // Of two figures of one second the contract believes the lower one.
    stack.reserve.change(|stated| (stated.total, stated.age_seconds) = ("1500.00".to_owned(), 10));
    assert_eq!(stack.mint("1000").await.status, 200);
    stack.reserve.change(|stated| (stated.total, stated.age_seconds) = ("5000.00".to_owned(), 0));
    assert_eq!(stack.mint("600.25").await.status, 200, "the source is asked anew");
}

#[tokio::test]
async fn breaker_holds_back_what_was_accepted_before_it_opened() {
    let stack = Stack::start_with(Choice::with([("WORKFLOW_CONCURRENCY", "1")])).await;
    let accept = async |amount: &str| {
        let answer = stack.mint_async(amount).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        answer.body["mintId"].as_str().expect("an id").to_owned()
    };
    // The source does not answer yet, so that the first mint occupies the only run.
    stack.reserve.open(false);
    let first = accept("1").await;
    assert!(until(async || stack.runs() == 1).await, "the first run never began");
    let second = accept("2").await;
    stack.act_as_operator("pause", json!({ "reason": "drill" })).await;
    stack.reserve.open(true);

    // The second one has all the time that a block needs to be final.
    stack.mint_becomes(&first, "finalized").await;
    let waiting = stack.get(&format!("/mints/{second}")).await.body;
    assert_eq!(waiting["status"], "queued", "it was started all the same: {waiting}");
    stack.act_as_operator("resume", json!({ "reason": "drill is over" })).await;
    stack.mint_becomes(&second, "finalized").await;
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn ledger_shares_the_reserves_among_eight_mints_at_once() {
    let stack = Stack::start_with(Choice::with([("RESERVE_FRESH_SECONDS", "600")])).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("500").await.status, 200);

    let payments: Vec<Value> = (0..8)
        .map(|at| {
            let mut payment = stack.body("250");
            payment["bankReference"] = json!(format!("share {at}"));
            payment
        })
        .collect();
    let answers = join_all(payments.iter().map(|payment| stack.post(payment))).await;
    let minted = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.problem() == (422, "POR_INSUFFICIENT_RESERVES"));
    assert_eq!((minted, refused.count()), (4, 4), "{answers:?}");
    assert_eq!(stack.runs(), 5, "a run was started for a mint that had no room");
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1500));

    let now = stack.reserves().await;
    assert_eq!((&now["reserved"], &now["headroom"]), (&json!("0"), &json!("0")), "{now}");
    assert_eq!(now["collateralRatio"], "1.0000");
}

#[tokio::test]
async fn breaker_opens_for_a_drained_reserve_until_its_top_up() {
    let choice = Choice::with([("BREAKER_COOLDOWN_SECONDS", "3600"), ("ATTEST_INTERVAL_SECONDS", "2")]);
    let mut stack = Stack::start_with(choice).await;
    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);

    stack.reserve.change(|stated| stated.total = "900.00".to_owned());
    stack.breaker_becomes("open").await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let started = stack.runs();
    let answer = stack.mint("1").await;
    assert_eq!(answer.problem(), (503, "CIRCUIT_OPEN"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "UNDERCOLLATERALISED");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!(wait > 3000, "{wait}");

    stack.stop_gateway().await;
    stack.run_gateway().await;
    let answer = stack.mint("1").await;
    assert_eq!(answer.problem(), (503, "CIRCUIT_OPEN"), "a restart closed it: {}", answer.body);
    assert!(stack.runs() <= started, "a run was started");
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, before);

    stack.reserve.change(|stated| stated.total = "5000.00".to_owned());
    stack.breaker_becomes("half-open").await;
    assert_eq!(stack.mint("100").await.status, 200);
    stack.breaker_becomes("closed").await;
    assert_eq!(stack.mint("100").await.status, 200);

    let rounds = stack.reserves().await["history"].as_array().map_or(0, Vec::len);
    assert!(rounds >= 3, "the feed advanced only {rounds} times");
}

#[tokio::test]
async fn breaker_opens_after_a_run_and_closes_by_a_probe() {
    // Long enough for the refusals that are asked for while it lasts.
    let stack = Stack::start_with(Choice::with([("BREAKER_COOLDOWN_SECONDS", "10")])).await;
    stack.reserve.change(|stated| stated.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);
    stack.reserve.change(|stated| stated.total = "900.00".to_owned());
    assert_eq!(stack.mint("1").await.problem(), (422, "POR_INSUFFICIENT_RESERVES"));
    assert_eq!(stack.mint("1").await.problem(), (503, "CIRCUIT_OPEN"));

    stack.breaker_becomes("half-open").await;
    let probe = stack.mint("1").await;
    assert_eq!(probe.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", probe.body);
    assert_eq!(stack.mint("1").await.problem(), (503, "CIRCUIT_OPEN"), "a failed probe shuts it again");

    stack.reserve.change(|stated| stated.total = "2000.00".to_owned());
    stack.breaker_becomes("half-open").await;
    assert_eq!(stack.mint("1").await.status, 200);
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;
}

/// Mints with another database what this one does not know; `known` is a reference that it knows for another amount.
async fn mint_elsewhere(stack: &mut Stack, known: &Value) {
    stack.stop_gateway().await;
    let own = stack.settings.insert("DATABASE_URL", "sqlite:stranger.db".to_owned()).expect("a database");
    stack.run_gateway().await;
    let answer = stack.post(known).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    stack.stop_gateway().await;
    stack.set("DATABASE_URL", &own);
}

#[tokio::test]
async fn breaker_opens_for_foreign_mints_only_where_it_was_chosen() {
    let mut stack = Stack::start().await;
    assert_eq!(stack.mint("100").await.status, 200);
    let mut known = stack.body("0.5");
    known["bankReference"] = json!("known, but for another amount");
    assert_eq!(stack.post(&known).await.problem(), (422, "ACE_REJECTED"));
    known["amount"] = json!("50");
    mint_elsewhere(&mut stack, &known).await;
    stack.run_gateway().await;
    let alarm = stack.logged_event("chain.alarm", |alarm| alarm["reason"] == "FOREIGN_MINT").await;
    assert_eq!(alarm["message"], "tokens were minted that no request here explains", "{alarm}");
    assert_eq!(alarm["stops"], false, "{alarm}");
    let now = stack.reserves().await;
    assert_eq!(now["breaker"]["state"], "closed", "it is only told: {now}");
    assert_eq!(now["unexplainedSupply"], "0", "it was issued by a report");
    assert_eq!(stack.mint("1").await.status, 200);

    known["bankReference"] = json!("unknown");
    mint_elsewhere(&mut stack, &known).await;
    stack.set("UNEXPECTED_SUPPLY", "open");
    stack.run_gateway().await;
    stack.breaker_opens_for("FOREIGN_MINT").await;
    let refused = stack.act_as_operator("resume", json!({})).await;
    assert_eq!(refused.problem(), (400, "INVALID_REQUEST"), "{}", refused.body);
    let resumed = stack.act_as_operator("resume", json!({ "reason": "minted by hand" })).await;
    assert_eq!(resumed.body["breaker"]["state"], "half-open", "{}", resumed.body);
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn breaker_and_operator_moves_are_on_record() {
    let mut stack = Stack::start().await;
    assert_eq!(stack.mint("100").await.status, 200);

    let paused = stack.act_as_operator("pause", json!({ "reason": "drill" })).await;
    assert_eq!(paused.body["breaker"]["state"], "open", "{}", paused.body);
    let answer = stack.mint("1").await;
    assert_eq!((answer.problem(), &answer.body["reason"]), ((503, "CIRCUIT_OPEN"), &json!("OPERATOR_PAUSE")));
    stack.act_as_operator("resume", json!({ "reason": "drill is over" })).await;
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;

    let (token, consumer) = stack.anvil.basket;
    let ledger = stack.anvil.basket_contracts().await.ledger;
    let owner = stack.anvil.call(ledger, &LiabilityLedger::ownerCall {}).await;
    let change = LiabilityLedger::setReserveMaxAgeCall { maxAgeSeconds: 1_800 };
    stack.anvil.send_as(owner, ledger, &change).await;
    stack.breaker_opens_for("POLICIES_CHANGED").await;

    let metrics = stack.get_as_operator("/metrics").await;
    let page = metrics.body.as_str().expect("text");
    for line in ["cre_supply_tokens{", "cre_headroom_tokens{", "cre_collateral_ratio{", "state=\"open\"} 1"] {
        assert!(page.contains(line), "{line} is missing in:\n{page}");
    }
    assert!(page.contains("cre_mints{state="), "{page}");

    let open = stack.get(&format!("/transparency/{consumer}")).await.body;
    let supply = stack.anvil.call(ledger, &LiabilityLedger::liabilityCall {}).await;
    assert_eq!(open["supply"][0]["amount"], json!((supply / tokens(1)).to_string()), "{open}");
    assert_eq!(open["accounts"][0]["amount"], "1000000", "{open}");
    assert!(supply > U256::ZERO);
    let all = stack.get("/reserves").await.body;
    assert_eq!(all["reserves"][0]["liability"], open["supply"][0]["amount"], "{all}");
    assert_eq!(stack.get("/reserves/0x12").await.problem(), (400, "INVALID_REQUEST"));
    assert_eq!(stack.get(&format!("/reserves/{BENEFICIARY}")).await.problem(), (404, "NOT_FOUND"));

    stack.stop_gateway().await;
    let url = format!("sqlite:{}", stack.path("gateway.db").display());
    let clock = cre_backend::base::clock::Clock::system();
    let (store, _writer) = Store::open(&SecretUrl::new(url), clock).await.expect("the store opens");
    assert!(matches!(store.verify_log().await, Ok(LogState::Intact(_))), "the log is intact");
    let kinds: Vec<String> = store
        .events_after(0, 1_000)
        .await
        .expect("events")
        .into_iter()
        .filter(|event| event.subject == token.to_string())
        .map(|event| event.kind)
        .collect();
    for kind in [
        "operator.paused",
        "breaker.opened",
        "operator.resumed",
        "breaker.half-open",
        "breaker.closed",
        "chain.alarm",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "{kind} is missing in {kinds:?}");
    }
}
