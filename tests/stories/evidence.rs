//! `GET /mints/{id}/evidence`: who observed what, who signed, what it cost and how long it took, to each what is his.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::postgres::Postgres;
use test_support::{Answer, BENEFICIARY, Choice, Stack, settings, until};

async fn evidence(stack: &Stack, id: &Value) -> Value {
    let answer = stack.get(&format!("/mints/{}/evidence", id.as_str().expect("an id"))).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

async fn for_operators(stack: &Stack, id: &Value) -> Value {
    let path = format!("/mints/{}/evidence?view=operator", id.as_str().expect("an id"));
    let answer = stack.get(&path).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn runs(evidence: &Value) -> &Vec<Value> {
    evidence["runs"].as_array().expect("runs")
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no number: {value}"))
}

/// Everything that the workflow's code makes of the base configuration, with one change.
fn configure(stack: &Stack, name: &str, value: &Value) {
    let config = stack.path("workflow/config.local.json");
    let mut base: Value = serde_json::from_slice(&std::fs::read(&config).expect("a file")).expect("JSON");
    base[name] = value.clone();
    std::fs::write(&config, base.to_string()).expect("it is written");
}

/// Nothing that is for operators only.
fn has_no_word_of_operators(text: &str, operator: &Value) {
    for secret in [&operator["transmitter"], &operator["nodes"][0]["name"], &operator["accounts"][0]] {
        let secret = secret.as_str().unwrap_or_else(|| panic!("operators see it: {operator}"));
        assert!(!text.contains(&format!("\"{secret}\"")), "{secret} in {text}");
    }
}

#[tokio::test]
async fn evidence_of_a_mint_tells_who_saw_signed_and_paid() {
    let stack = Stack::start().await;
    let mint = stack.mint("1000").await.body;
    let shown = evidence(&stack, &mint["mintId"]).await;

    assert_eq!((&shown["mintId"], &shown["mintTx"]), (&mint["mintId"], &mint["mintTx"]));
    assert_eq!((&shown["amount"], &shown["reference"]), (&json!("1000"), &mint["reference"]));
    let [run] = runs(&shown).as_slice() else { panic!("not one run: {shown}") };
    assert_eq!(
        run["verdict"],
        json!({ "outcome": "delivered", "code": null, "policy": null, "reason": null })
    );
    assert_eq!((&run["figures"]["reserves"], &run["figures"]["liability"]), (&json!("1000000"), &json!("0")));
    let signers = run["report"]["signers"].as_array().expect("signers");
    assert_eq!(signers.len() as u64, number(&run["faultyMax"]) + 1);
    let nodes = run["nodes"].as_array().expect("nodes");
    for id in signers {
        let node = nodes.iter().find(|node| node["id"] == *id).expect("the signer is a node");
        assert!(node["signer"].as_str().is_some_and(|signer| signer.starts_with("0x")), "{node}");
        let seen = &node["observations"][0];
        assert_eq!((&seen["amount"], &seen["code"]), (&json!("1000000"), &json!("AGREED")));
        assert!(seen["observedAt"].as_str().is_some_and(|time| time.ends_with('Z')), "{seen}");
    }
    for step in ["compliance", "reserves", "consensus", "sign", "deliver", "confirm"] {
        assert!(run["stepsMillis"][step].is_u64(), "{step}: {run}");
    }
    let all = for_operators(&stack, &mint["mintId"]).await;
    let operator = &runs(&all)[0]["operator"];
    let delivery = &run["delivery"];
    assert_eq!(delivery["txHash"], mint["mintTx"]);
    assert_eq!(delivery["gasShare"], operator["gasUsed"], "it travelled alone");
    let told = stack.get(&format!("/tx/{}", mint["mintTx"].as_str().expect("a hash"))).await.body;
    assert_eq!(told["receipt"]["gasUsed"], json!(number(&operator["gasUsed"]).to_string()));
    assert_eq!(
        told["report"]["header"]["workflowExecutionId"], run["executionId"],
        "the report on chain is this run's"
    );

    assert!(run.get("operator").is_none(), "{run}");
    has_no_word_of_operators(&shown.to_string(), operator);
    assert_eq!(operator["accounts"], json!(["test"]));
    assert_eq!(operator["orders"][0]["mintId"], mint["mintId"]);
    let wrong = stack
        .get(&format!("/mints/{}/evidence?view=everything", mint["mintId"].as_str().expect("an id")))
        .await;
    assert_eq!((wrong.problem(), &wrong.body["field"]), ((400, "INVALID_REQUEST"), &json!("view")));
    let unknown = format!("/mints/{}/evidence", uuid::Uuid::nil());
    assert_eq!(stack.get(&unknown).await.problem(), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn evidence_of_a_refused_mint_has_no_report() {
    let stack = Stack::start().await;
    stack.reserve.change(|stated| stated.total = "250.00".to_owned());
    let refused = stack.mint("1000").await;
    assert_eq!(refused.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", refused.body);
    let shown = evidence(&stack, &refused.body["mintId"]).await;
    let [run] = runs(&shown).as_slice() else { panic!("not one run: {shown}") };
    assert_eq!(
        (&run["verdict"]["outcome"], &run["verdict"]["code"]),
        (&json!("refused"), &json!("POR_INSUFFICIENT_RESERVES"))
    );
    assert_eq!((&run["report"], &run["delivery"]), (&Value::Null, &Value::Null), "{run}");
    assert_eq!(run["figures"]["reserves"], "250");
    assert!(run["stepsMillis"]["sign"].is_null(), "{run}");

    stack.anvil.blacklist(BENEFICIARY).await;
    let at_home = stack.mint("1").await;
    assert_eq!(at_home.problem(), (422, "ACE_REJECTED"), "{}", at_home.body);
    assert_eq!(evidence(&stack, &at_home.body["mintId"]).await["runs"], json!([]), "no run began for it");
}

#[tokio::test]
async fn evidence_of_a_refusal_on_chain_leads_from_the_transaction_to_the_mint() {
    let mut stack = Stack::start_with(Choice::default().without_gateway()).await;
    configure(&stack, "refusals", &json!("onchain"));
    stack.run_gateway().await;
    stack.reserve.change(|stated| stated.total = "250.00".to_owned());
    let refused = stack.mint("1000").await;
    assert_eq!(refused.problem(), (422, "POR_INSUFFICIENT_RESERVES"), "{}", refused.body);
    let shown = evidence(&stack, &refused.body["mintId"]).await;
    let tx = shown["runs"][0]["delivery"]["txHash"].as_str().unwrap_or_else(|| panic!("none: {shown}"));
    let told = stack.get(&format!("/tx/{tx}")).await.body;
    assert_eq!(
        (&told["mints"][0]["event"], &told["mints"][0]["mintId"]),
        (&json!("MintRejected"), &refused.body["mintId"]),
        "{}",
        told["mints"]
    );
}

/// Three orders travel together while a fourth, which the reserves cannot cover, stays at home: each sees its own part and nothing of the others.
async fn batch(database: Option<&str>) {
    let mut choice = Choice::with([("WORKFLOW_CONCURRENCY", "1")]);
    if let Some(url) = database {
        choice.settings.extend(settings([("DATABASE_URL", url)]));
    }
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    stack.anvil.open_to_everybody().await;
    configure(&stack, "gasLimit", &json!("5000000"));
    stack.run_gateway().await;
    stack.reserve.change(|stated| stated.total = "8000.00".to_owned());

    stack.reserve.open(false);
    let others = async {
        assert!(until(async || stack.payloads().len() == 1).await, "the first run never began");
        let amounts = [1_111_u64, 1_222, 1_333, 9_999];
        let asked = join_all((0_u8..).zip(amounts).map(|(at, amount)| {
            let mut body = stack.body(&amount.to_string());
            body["beneficiary"] = json!(Address::repeat_byte(0x40 + at));
            let stack = &stack;
            async move { stack.post(&body).await }
        }));
        let open = async {
            let queued = until(async || {
                let list = stack.get("/mints?status=queued").await.body;
                list["mints"].as_array().is_some_and(|mints| mints.len() == amounts.len())
            });
            assert!(queued.await, "the others never waited");
            stack.reserve.open(true);
        };
        tokio::join!(asked, open).0
    };
    let (_, answers): (Answer, Vec<Answer>) = tokio::join!(stack.mint("1"), others);
    let minted: Vec<&Value> =
        answers.iter().filter(|answer| answer.status == 200).map(|answer| &answer.body).collect();
    assert_eq!(minted.len(), 3, "{answers:?}");

    let mut executions = BTreeSet::new();
    for answer in &answers {
        let shown = evidence(&stack, &answer.body["mintId"]).await;
        let all = for_operators(&stack, &answer.body["mintId"]).await;
        // On a slow machine the source may be asked twice before it answers; the last run is the one that counts.
        let (Some(run), Some(whole)) = (runs(&shown).last(), runs(&all).last()) else {
            panic!("no run: {shown}")
        };
        executions.insert(run["executionId"].to_string());
        let text = shown.to_string();
        has_no_word_of_operators(&text, &whole["operator"]);
        let orders = whole["operator"]["orders"].as_array().expect("orders");
        assert!(orders.len() >= 4, "operators see all of them: {whole}");
        let delivered =
            orders.iter().filter(|order| order["verdict"]["outcome"] == "delivered").count() as u64;
        for other in orders.iter().filter(|order| order["mintId"] != answer.body["mintId"]) {
            for word in [&other["mintId"], &other["beneficiary"], &other["amount"]] {
                assert!(!text.contains(&word.to_string()), "{word} of a neighbour in {text}");
            }
        }
        let is_minted = answer.status == 200;
        let share =
            if is_minted { json!(number(&whole["operator"]["gasUsed"]) / delivered) } else { Value::Null };
        assert_eq!(run["delivery"]["gasShare"], share, "{run}");
        assert_eq!(run["verdict"]["outcome"], if is_minted { "delivered" } else { "refused" });
    }
    assert_eq!(executions.len(), 1, "they travelled in one run");
    let events = stack.request(Method::GET, "/events").header("last-event-id", "0").send().await;
    let told = first_bytes(events.expect("a stream")).await;
    assert!(told.contains("[3/7] reserves: 8000\""), "{told}");
    assert!(!told.contains("at test"), "a step names the reserve account: {told}");
    assert!(!told.contains("requested:"), "a step adds up what everybody asks for: {told}");
    stack.stop_gateway().await;
}

/// The beginning of a stream, up to the last event of a batch.
async fn first_bytes(mut response: reqwest::Response) -> String {
    let mut text = String::new();
    while text.matches("event: mint.minted").count() < 4 {
        let chunk = response.chunk().await.expect("a chunk").expect("the stream goes on");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    text
}

#[tokio::test]
async fn evidence_of_a_batch_shows_nobody_his_neighbour() {
    batch(None).await;
}

#[tokio::test]
async fn evidence_of_a_batch_shows_nobody_his_neighbour_on_postgresql() {
    let Some(server) = Postgres::start().await else { return };
    batch(Some(&server.url)).await;
}

#[tokio::test]
async fn evidence_of_runs_that_signed_nothing_stays_with_the_mint() {
    let stack = Stack::start().await;
    let set = async |wei: &str| {
        for transmitter in stack.anvil.transmitters() {
            stack.anvil.rpc("anvil_setBalance", json!([transmitter, wei])).await;
        }
    };
    set("0x0").await;
    let id = json!(stack.mint_held_up("nobody pays", "TRANSMITTER_UNFUNDED").await);
    let mut shown = Value::Null;
    let twice = until(async || {
        shown = evidence(&stack, &id).await;
        runs(&shown).len() >= 2
    });
    assert!(twice.await, "{shown}");
    let run = &runs(&shown)[0];
    assert_eq!(
        (&run["verdict"]["outcome"], &run["verdict"]["code"]),
        (&json!("unsigned"), &json!("TRANSMITTER_UNFUNDED"))
    );
    assert_eq!((&run["report"], &run["delivery"]), (&Value::Null, &Value::Null), "{run}");

    set("0xde0b6b3a7640000").await;
    stack.mint_becomes(id.as_str().expect("an id"), "finalized").await;
    let shown = evidence(&stack, &id).await;
    let last = runs(&shown).last().expect("runs");
    assert_eq!(last["verdict"]["outcome"], "delivered", "newest last: {shown}");
    let times: Vec<&str> = runs(&shown).iter().filter_map(|run| run["endedAt"].as_str()).collect();
    assert!(times.is_sorted() && times.len() == runs(&shown).len(), "{times:?}");
}

/// Evidence with so many nodes, each with ten observations.
fn of_nodes(count: usize) -> Value {
    let word = format!("0x{}", "07".repeat(32));
    let seen = json!({ "amount": "9".repeat(40), "observedAt": 1_790_000_000, "code": "AGREED" });
    let node = |id| json!({ "id": id, "signer": Address::repeat_byte(9), "conduct": "AGREED", "observations": vec![&seen; 10] });
    json!({
        "version": 1, "executionId": word, "workflowId": word, "configDigest": word, "f": 1,
        "nodes": (0..count).map(node).collect::<Vec<_>>(), "stepsMillis": { "reserves": 3 }, "truncated": false,
    })
}

#[tokio::test]
async fn evidence_beyond_eight_kilobytes_is_left_out_and_the_outcome_is_not() {
    for (nodes, kept) in [(4, 1), (12, 0)] {
        let script = format!(
            "ref=$(sed 's/.*\"bankRef\":\"\\(0x[0-9a-f]*\\)\".*/\\1/' \"$CRE_RUN_DIR/http_trigger_payload.json\")\n\
             echo '{{\"version\":1,\"signed\":false,\"orders\":[{{\"bankRef\":\"'$ref'\",\"outcome\":\"refused\",\
             \"code\":\"NO_RESERVE_ASSIGNED\"}}],\"evidence\":{}}}'",
            of_nodes(nodes)
        );
        let choice = Choice { fake_bun: Some(script), ..Choice::default() };
        let stack = Stack::start_with(choice).await;
        let refused = stack.mint("1").await;
        assert_eq!(refused.problem(), (422, "NO_RESERVE_ASSIGNED"), "{}", refused.body);
        let shown = evidence(&stack, &refused.body["mintId"]).await;
        assert_eq!(runs(&shown).len(), kept, "{nodes} nodes: {} bytes", of_nodes(nodes).to_string().len());
    }
}
