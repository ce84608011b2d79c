//! Reserves are promised once, and minting stops by itself when they do not cover what is issued.

use alloy::primitives::U256;
use cre_backend::chain::MintingConsumerWithACE;
use cre_backend::config::{SecretUrl, Settings};
use cre_backend::store::Store;
use cre_backend::store::log::LogState;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, BENEFICIARY, Choice, Stack, tokens, until};

#[tokio::test]
async fn an_overdraw_is_refused_before_anything_is_started() {
    let stack = Stack::start().await;
    stack.reserve.change(|books| books.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);

    let before = stack.runs();
    let answer = stack.mint("600.25").await;
    assert_eq!(answer.verdict(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", answer.body);
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
    assert_eq!(answer.body["mintId"], Value::Null, "nothing was accepted");
}

#[tokio::test]
async fn a_figure_that_is_no_longer_fresh_refuses_nobody() {
    let settings = Settings { reserve_fresh_seconds: Some("0".into()), ..Settings::default() };
    let stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    // Of two figures of one second the contract believes the lower one.
    stack.reserve.change(|books| (books.total, books.age_seconds) = ("1500.00".to_owned(), 10));
    assert_eq!(stack.mint("1000").await.status, 200);
    stack.reserve.change(|books| (books.total, books.age_seconds) = ("5000.00".to_owned(), 0));
    assert_eq!(stack.mint("600.25").await.status, 200, "the source is asked anew");
}

#[tokio::test]
async fn what_was_accepted_before_the_breaker_opened_waits_until_it_closes() {
    let settings = Settings { workflow_concurrency: Some("1".into()), ..Settings::default() };
    let stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    let mut ids = Vec::new();
    for amount in ["1", "2"] {
        let request = stack.request(Method::POST, "/mint").header("prefer", "respond-async");
        let answer = Answer::of(request.json(&stack.body(amount)).send().await.expect("an answer")).await;
        assert_eq!(answer.status, 202, "{}", answer.body);
        ids.push(answer.body["mintId"].as_str().expect("an id").to_owned());
    }
    stack.operate("pause", json!({ "reason": "drill" })).await;

    // The one worker may have begun with either of them; the other has all the time that a block needs to be final.
    let mut others = Vec::new();
    let one_is_final = until(async || {
        others.clear();
        for id in &ids {
            let mint = stack.get(&format!("/mints/{id}")).await.body;
            if mint["status"] != "finalized" {
                others.push((id.clone(), mint["status"].clone()));
            }
        }
        others.len() == 1
    });
    assert!(one_is_final.await, "{others:?}");
    assert_eq!(others[0].1, "queued", "it was started all the same");
    stack.operate("resume", json!({ "reason": "drill is over" })).await;
    stack.until(&others[0].0, "finalized").await;
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn eight_mints_at_once_share_the_reserves() {
    let settings = Settings { reserve_fresh_seconds: Some("600".into()), ..Settings::default() };
    let stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    stack.reserve.change(|books| books.total = "1500.00".to_owned());
    assert_eq!(stack.mint("500").await.status, 200);

    let answers = join_all((0..8).map(|_| stack.mint("250"))).await;
    let minted = answers.iter().filter(|answer| answer.status == 200).count();
    let refused = answers.iter().filter(|answer| answer.verdict() == (422, "POR_INSUFFICIENT_RESERVES"));
    assert_eq!((minted, refused.count()), (4, 4), "{answers:?}");
    assert_eq!(stack.runs(), 5, "a run was started for a mint that had no room");
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(1500));

    let now = stack.reserves().await;
    assert_eq!((&now["reserved"], &now["headroom"]), (&json!("0"), &json!("0")), "{now}");
    assert_eq!(now["collateralRatio"], "1.0000");
}

#[tokio::test]
async fn a_drained_reserve_opens_the_breaker_until_it_is_topped_up() {
    let settings = Settings {
        breaker_cooldown_seconds: Some("3600".into()),
        attest_interval_seconds: Some("2".into()),
        ..Settings::default()
    };
    let mut stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    stack.reserve.change(|books| books.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);

    stack.reserve.change(|books| books.total = "900.00".to_owned());
    stack.breaker_becomes("open").await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let started = stack.runs();
    let answer = stack.mint("1").await;
    assert_eq!(answer.verdict(), (503, "CIRCUIT_OPEN"), "{}", answer.body);
    assert_eq!(answer.body["reason"], "UNDERCOLLATERALISED");
    let wait: u64 = answer.header("retry-after").parse().expect("seconds");
    assert!(wait > 3000, "{wait}");

    stack.stop_gateway().await;
    stack.run_gateway().await;
    let answer = stack.mint("1").await;
    assert_eq!(answer.verdict(), (503, "CIRCUIT_OPEN"), "a restart closed it: {}", answer.body);
    assert!(stack.runs() <= started, "a run was started");
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, before);

    stack.reserve.change(|books| books.total = "5000.00".to_owned());
    stack.breaker_becomes("half-open").await;
    assert_eq!(stack.mint("100").await.status, 200);
    stack.breaker_becomes("closed").await;
    assert_eq!(stack.mint("100").await.status, 200);

    let rounds = stack.reserves().await["history"].as_array().map_or(0, Vec::len);
    assert!(rounds >= 3, "the feed advanced only {rounds} times");
}

#[tokio::test]
async fn a_run_that_finds_the_reserve_drained_opens_the_breaker_and_a_probe_closes_it() {
    let settings = Settings { breaker_cooldown_seconds: Some("2".into()), ..Settings::default() };
    let stack = Stack::start_with(Choice { settings, ..Choice::default() }).await;
    stack.reserve.change(|books| books.total = "1500.00".to_owned());
    assert_eq!(stack.mint("1000").await.status, 200);
    stack.reserve.change(|books| books.total = "900.00".to_owned());
    assert_eq!(stack.mint("1").await.verdict(), (422, "POR_INSUFFICIENT_RESERVES"));
    assert_eq!(stack.mint("1").await.verdict(), (503, "CIRCUIT_OPEN"));

    stack.breaker_becomes("half-open").await;
    let probe = stack.mint("1").await;
    assert_eq!(probe.verdict(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", probe.body);
    assert_eq!(stack.mint("1").await.verdict(), (503, "CIRCUIT_OPEN"), "a failed probe shuts it again");

    stack.reserve.change(|books| books.total = "2000.00".to_owned());
    stack.breaker_becomes("half-open").await;
    assert_eq!(stack.mint("1").await.status, 200);
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn supply_that_no_request_explains_stops_minting_until_an_operator_resumes() {
    let mut stack = Stack::start().await;
    assert_eq!(stack.mint("100").await.status, 200);
    let mut known = stack.body("0.5");
    known["bankReference"] = json!("known, but for another amount");
    assert_eq!(stack.post(&known).await.verdict(), (422, "ACE_REJECTED"));
    stack.stop_gateway().await;
    let own = stack.settings.database_url.replace("sqlite:stranger.db".to_owned());
    stack.run_gateway().await;
    known["amount"] = json!("50");
    assert_eq!(stack.post(&known).await.status, 200);
    stack.stop_gateway().await;
    stack.settings.database_url = own;
    stack.run_gateway().await;

    stack.opens_for("UNEXPECTED_SUPPLY").await;
    let alarm = stack.told("chain.alarm", |alarm| alarm["reason"] == "UNEXPECTED_SUPPLY").await;
    assert_eq!(alarm["words"], "tokens were minted that no request here explains", "{alarm}");
    assert_eq!(stack.reserves().await["unexplainedSupply"], "0", "it was issued by a report");

    let refused = stack.operate("resume", json!({})).await;
    assert_eq!(refused.verdict(), (400, "INVALID_REQUEST"), "{}", refused.body);
    let resumed = stack.operate("resume", json!({ "reason": "minted by hand" })).await;
    assert_eq!(resumed.body["breaker"]["state"], "half-open", "{}", resumed.body);
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;
}

#[tokio::test]
async fn changed_rules_and_operators_stop_minting_and_everything_is_on_record() {
    let mut stack = Stack::start().await;
    assert_eq!(stack.mint("100").await.status, 200);

    let paused = stack.operate("pause", json!({ "reason": "drill" })).await;
    assert_eq!(paused.body["breaker"]["state"], "open", "{}", paused.body);
    let answer = stack.mint("1").await;
    assert_eq!((answer.verdict(), &answer.body["reason"]), ((503, "CIRCUIT_OPEN"), &json!("OPERATOR_PAUSE")));
    stack.operate("resume", json!({ "reason": "drill is over" })).await;
    assert_eq!(stack.mint("1").await.status, 200);
    stack.breaker_becomes("closed").await;

    let consumer = stack.anvil.basket.1;
    let owner = stack.anvil.call(consumer, &MintingConsumerWithACE::ownerCall {}).await;
    let change = MintingConsumerWithACE::setReserveMaxAgeCall { maxAgeSeconds: 1_800 };
    stack.anvil.send_as(owner, consumer, &change).await;
    stack.opens_for("POLICIES_CHANGED").await;

    let metrics = stack.get("/metrics").await;
    let page = metrics.body.as_str().expect("text");
    for line in ["cre_supply_tokens{", "cre_headroom_tokens{", "cre_collateral_ratio{", "state=\"open\"} 1"] {
        assert!(page.contains(line), "{line} is missing in:\n{page}");
    }
    assert!(page.contains("cre_mints{state="), "{page}");

    let open = stack.get(&format!("/transparency/{consumer}")).await.body;
    let supply = stack.anvil.call(consumer, &MintingConsumerWithACE::totalSupplyCall {}).await;
    assert_eq!(open["supply"][0]["amount"], json!((supply / tokens(1)).to_string()), "{open}");
    assert_eq!(open["accounts"][0]["amount"], "1000000", "{open}");
    assert!(supply > U256::ZERO);
    let all = stack.get("/reserves").await.body;
    assert_eq!(all["reserves"][0]["liability"], open["supply"][0]["amount"], "{all}");
    assert_eq!(stack.get("/reserves/0x12").await.verdict(), (400, "INVALID_REQUEST"));
    assert_eq!(stack.get(&format!("/reserves/{BENEFICIARY}")).await.verdict(), (404, "NOT_FOUND"));

    stack.stop_gateway().await;
    let url = format!("sqlite:{}", stack.path("gateway.db").display());
    let clock = cre_backend::clock::Clock::system();
    let (store, _writer) = Store::open(&SecretUrl::new(url), clock).await.expect("the store opens");
    assert!(matches!(store.verify_log().await, Ok(LogState::Intact(_))), "the log is intact");
    let kinds: Vec<String> = store
        .events_after(0, None, 1_000)
        .await
        .expect("events")
        .into_iter()
        .filter(|event| event.mint_id == consumer.to_string())
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
