//! Reading many mints: filters, pages, files, summaries and statements, which add up to what was minted.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Stack, until};

const ALWAYS: &str = "createdFrom=2026-01-01T00:00:00Z";

async fn mint(stack: &Stack, amount: &str, bank_reference: &str) -> Value {
    let mut body = stack.body(amount);
    body["bankReference"] = json!(bank_reference);
    let answer = stack.post(&body).await;
    assert!(answer.body["mintId"].is_string(), "{}", answer.body);
    answer.body
}

async fn csv(stack: &Stack, path: &str) -> (String, Vec<String>) {
    let request = stack.request(Method::GET, path).header("accept", "text/csv");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    let kind = answer.headers()["content-type"].to_str().expect("a text").to_owned();
    let text = answer.text().await.expect("the whole file");
    (kind, text.split("\r\n").filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn ids(page: &Answer) -> Vec<String> {
    let mints = page.body["mints"].as_array().unwrap_or_else(|| panic!("no page: {}", page.body));
    mints.iter().map(|mint| mint["mintId"].as_str().expect("an id").to_owned()).collect()
}

async fn listed(stack: &Stack, query: &str) -> Vec<String> {
    ids(&stack.get(&format!("/mints?{query}")).await)
}

/// The last instant before which everything is; the query's form of it.
async fn later(stack: &Stack) -> String {
    let mint = stack.get("/mints?limit=1").await.body["mints"][0]["updatedAt"].clone();
    let at: jiff::Timestamp = mint.as_str().expect("a time").parse().expect("an instant");
    (at + jiff::SignedDuration::from_millis(1)).to_string()
}

#[tokio::test]
async fn books_are_filtered_paged_and_add_up() {
    let stack = Stack::start().await;
    let (stablecoin, consumer) = stack.anvil.basket;
    stack.reserve.change(|stated| stated.total = "1000.00".to_owned());
    let mut minted = Vec::new();
    for (amount, reference) in [("100", "=payment 1"), ("200.5", "payment 2"), ("1.25", "payment 3")] {
        minted.push(mint(&stack, amount, reference).await);
    }
    let id = |mint: &Value| mint["mintId"].as_str().expect("an id").to_owned();
    let refused = id(&mint(&stack, "5000", "too much").await);
    for one in &minted {
        stack.mint_becomes(&id(one), "finalized").await;
    }
    let newest_first: Vec<String> =
        std::iter::once(refused.clone()).chain(minted.iter().rev().map(id)).collect();

    // Every filter, alone and beside others.
    assert_eq!(listed(&stack, "").await, newest_first);
    for basket in [stablecoin, consumer] {
        assert_eq!(listed(&stack, &format!("basket={basket}")).await, newest_first);
    }
    assert_eq!(listed(&stack, &format!("basket={BENEFICIARY}")).await, [""; 0]);
    assert_eq!(listed(&stack, &format!("beneficiary={BENEFICIARY}")).await, newest_first);
    assert_eq!(listed(&stack, "status=finalized").await, newest_first[1..]);
    assert_eq!(listed(&stack, "status=finalized&status=rejected&status=queued").await, newest_first);
    assert_eq!(listed(&stack, "code=POR_INSUFFICIENT_RESERVES").await, newest_first[..1]);
    assert_eq!(listed(&stack, "code=POR_INSUFFICIENT_RESERVES&status=finalized").await, [""; 0]);
    assert_eq!(listed(&stack, "bankReference=payment%202").await, [id(&minted[1])]);
    assert_eq!(listed(&stack, "bankReference=%20payment%202%20").await, [id(&minted[1])]);
    let tx = minted[2]["mintTx"].as_str().expect("a transaction");
    assert_eq!(listed(&stack, &format!("tx={tx}")).await, [id(&minted[2])]);
    assert_eq!(
        listed(&stack, &format!("tx={}", tx.to_uppercase().replace("0X", "0x"))).await,
        [id(&minted[2])]
    );
    let mut told = Vec::new();
    for one in &newest_first {
        told.push(stack.get(&format!("/mints/{one}")).await.body);
    }
    let at = told[2]["createdAt"].as_str().expect("a time");
    assert_eq!(listed(&stack, &format!("createdFrom={at}")).await, newest_first[..3]);
    assert_eq!(listed(&stack, &format!("createdTo={at}")).await, newest_first[3..]);
    assert_eq!(listed(&stack, &format!("createdFrom={at}&createdTo={at}")).await, [""; 0]);
    // Which of the others changed after this one is the machine's business; times of one format compare as text.
    let since = told[2]["updatedAt"].as_str().expect("a time");
    let changed: Vec<String> =
        told.iter().filter(|mint| mint["updatedAt"].as_str() >= Some(since)).map(id).collect();
    assert_eq!(listed(&stack, &format!("updatedFrom={since}")).await, changed);
    let after_all = later(&stack).await;
    let since = listed(&stack, &format!("updatedFrom={after_all}&status=rejected")).await;
    assert_eq!(since, [""; 0]);

    // Pages, the last of which says so although it is full.
    let (mut seen, mut path) = (Vec::new(), "/mints?limit=2&status=finalized&status=rejected".to_owned());
    loop {
        let page = stack.get(&path).await;
        seen.extend(ids(&page));
        if page.body["nextCursor"].is_null() {
            assert_eq!(page.header("link"), "");
            break;
        }
        let link = page.header("link").strip_suffix("; rel=\"next\"").expect("a next page").to_owned();
        assert!(link.contains(page.body["nextCursor"].as_str().expect("a cursor")), "{link}");
        path = link.trim_matches(['<', '>']).to_owned();
    }
    assert_eq!(seen, newest_first, "two full pages, and no third one");

    // The same as a file.
    let (kind, lines) = csv(&stack, "/mints").await;
    assert!(kind.starts_with("text/csv"), "{kind}");
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert!(lines[0].starts_with("mintId,status,createdAt,"), "{}", lines[0]);
    assert!(lines[4].contains(",'=payment 1,"), "no formula for a spreadsheet: {}", lines[4]);
    assert_eq!(csv(&stack, "/mints?limit=3").await.1.len(), 4);

    summary_adds_up(&stack).await;
    statement_adds_up(&stack, &minted).await;
}

async fn summary_adds_up(stack: &Stack) {
    let to = later(stack).await;
    let month_ago: jiff::Timestamp = to.parse().expect("an instant");
    let from = month_ago - jiff::SignedDuration::from_hours(24 * 30);
    let answer = stack.get(&format!("/mints/summary?createdFrom={from}&createdTo={to}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let basket = &answer.body["baskets"][0];
    assert_eq!(basket["stablecoinAddress"], json!(stack.anvil.basket.0.to_string()));
    assert_eq!(basket["mintingConsumerAddress"], json!(stack.anvil.basket.1.to_string()));
    assert_eq!((&basket["mints"], &basket["amount"]), (&json!(4), &json!("5301.75")), "{}", answer.body);
    let totals = json!([
        { "status": "finalized", "code": null, "mints": 3, "amount": "301.75" },
        { "status": "rejected", "code": "POR_INSUFFICIENT_RESERVES", "mints": 1, "amount": "5000" },
    ]);
    assert_eq!(basket["totals"], totals, "{}", answer.body);
    for (query, field) in [
        (ALWAYS.to_owned(), "createdTo"),
        (format!("{ALWAYS}&createdTo=2025-12-31T00:00:00Z"), "createdFrom"),
        (format!("{ALWAYS}&createdTo=2026-04-03T00:00:00.001Z"), "createdTo"),
    ] {
        let answer = stack.get(&format!("/mints/summary?{query}")).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{query}: {}", answer.body);
        assert_eq!(answer.body["field"], field, "{query}: {}", answer.body);
    }
}

async fn statement_adds_up(stack: &Stack, minted: &[Value]) {
    let last = stack.get("/mints?status=finalized&limit=1").await.body["mints"][0]["createdAt"].clone();
    let day = last.as_str().expect("a time").parse::<jiff::Timestamp>().expect("an instant");
    let day_of = |hours: i64| (day + jiff::SignedDuration::from_hours(hours)).to_string();
    let (from, to) = (day_of(-48), day_of(24));
    let of = |basket: String, more: &str| format!("/baskets/{basket}/statement?from={from}&to={to}{more}");
    let (stablecoin, consumer) = (stack.anvil.basket.0.to_string(), stack.anvil.basket.1.to_string());
    let mut page = stack.get(&of(stablecoin.clone(), "&limit=2")).await;
    // What became final a moment ago is in the books a moment later.
    let is_booked = until(async || {
        page = stack.get(&of(stablecoin.clone(), "&limit=2")).await;
        page.body["closing"] == "301.75"
    });
    assert!(is_booked.await, "{}", page.body);
    for (sum, amount) in [("opening", "0"), ("minted", "301.75"), ("redeemed", "0"), ("closing", "301.75")] {
        assert_eq!(page.body[sum], amount, "{sum}: {}", page.body);
    }
    let next = page.header("link").split(['<', '>']).nth(1).expect("a next page").to_owned();
    let rest = stack.get(&next).await;
    assert!(rest.body["nextCursor"].is_null(), "{}", rest.body);
    assert_eq!(rest.body["to"], page.body["to"], "the same statement");
    let lines = [page.body["lines"].as_array(), rest.body["lines"].as_array()];
    let lines: Vec<&Value> = lines.into_iter().flatten().flatten().collect();
    let known: BTreeSet<_> =
        lines.iter().map(|line| (line["mintId"].as_str(), line["mintTx"].as_str())).collect();
    let expected: BTreeSet<_> =
        minted.iter().map(|mint| (mint["mintId"].as_str(), mint["mintTx"].as_str())).collect();
    assert_eq!(known, expected);
    assert_eq!(lines.iter().filter(|line| line["bankReference"] == "payment 2").count(), 1, "{lines:?}");

    // Two statements that adjoin: one closes with what the other opens with.
    let middle = lines[1]["bookedAt"].as_str().expect("a time");
    let before = stack.get(&format!("/baskets/{consumer}/statement?from={from}&to={middle}")).await.body;
    let after = stack.get(&format!("/baskets/{consumer}/statement?from={middle}&to={to}")).await.body;
    assert_eq!(before["closing"], after["opening"]);
    assert_eq!((&after["closing"], after["lines"].as_array().map(Vec::len)), (&json!("301.75"), Some(2)));

    let (_, file) = csv(stack, &of(consumer, "")).await;
    assert_eq!(file.len(), 8, "{file:?}");
    assert!(file[1].starts_with("opening,") && file[7].starts_with("closing,"), "{file:?}");
    assert!(file[7].contains(",301.75,"), "{file:?}");
    for (path, problem) in [
        (of(BENEFICIARY.to_string(), ""), (404, "NOT_FOUND")),
        (of("usd".to_owned(), ""), (400, "INVALID_REQUEST")),
        (of(stablecoin.clone(), "&limit=0"), (400, "INVALID_REQUEST")),
        (format!("/baskets/{stablecoin}/statement?from={from}"), (400, "INVALID_REQUEST")),
    ] {
        assert_eq!(stack.get(&path).await.problem(), problem, "{path}");
    }
}
