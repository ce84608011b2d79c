//! `GET /tx/{hash}` tells all of a transaction: who called what, every log by name, amounts in tokens, and what they are
//! about here.

use alloy::primitives::Address;
use alloy::sol_types::SolEvent;
use cre_backend::chain::BasketFactory;
use serde_json::{Value, json};

use test_support::{BENEFICIARY, Stack};

fn logs(answer: &Value) -> &Vec<Value> {
    answer["receipt"]["logs"].as_array().expect("logs")
}

fn log<'a>(answer: &'a Value, event: &str) -> &'a Value {
    logs(answer).iter().find(|log| log["event"] == event).unwrap_or_else(|| panic!("no {event}: {answer}"))
}

fn all_are_decoded(answer: &Value) {
    let unknown: Vec<_> = logs(answer).iter().filter(|log| log["event"].is_null()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[tokio::test]
async fn transaction_of_a_mint_is_decoded_whole() {
    let stack = Stack::start().await;
    let mut body = stack.body("1000.5");
    body["bankReference"] = json!("told in full");
    let mint = stack.post(&body).await.body;
    let tx = mint["mintTx"].as_str().unwrap_or_else(|| panic!("no transaction: {mint}"));
    let told = stack.get(&format!("/tx/{tx}")).await.body;
    all_are_decoded(&told);
    assert!(logs(&told).len() >= 5, "{told}");
    let (stablecoin, consumer) = stack.anvil.basket;
    let units = "1000500000000000000000";

    let minted = log(&told, "MintExecuted");
    assert_eq!(minted["contract"], "LiabilityLedger");
    assert_eq!((&minted["values"]["amount"], &minted["tokens"]["amount"]), (&json!(units), &json!("1000.5")));
    let moved = log(&told, "Transfer");
    assert_eq!(
        (&moved["values"]["to"], &moved["tokens"]["value"]),
        (&json!(BENEFICIARY.to_string()), &json!("1000.5"))
    );
    assert_eq!(log(&told, "AnswerUpdated")["tokens"]["current"], "1000000");
    assert_eq!(log(&told, "ReportProcessed")["values"]["result"], true);

    assert_eq!((&told["call"]["function"], &told["chainId"]), (&json!("report"), &json!(31_337)));
    let report = &told["report"];
    assert_eq!(report["receiver"], json!(consumer.to_string()));
    assert_eq!(
        (&report["body"]["instruction"], &report["body"]["chainId"]),
        (&json!("mint"), &json!("31337"))
    );
    let order = &report["body"]["orders"][0];
    assert_eq!(order["reference"], mint["reference"]);
    assert_eq!((&order["amount"], &order["tokens"]), (&json!(units), &json!("1000.5")));
    assert_eq!(
        report["header"]["workflowExecutionId"],
        log(&told, "ReportProcessed")["values"]["workflowExecutionId"]
    );
    assert!(report["signatures"].as_u64().is_some_and(|count| count >= 2), "{report}");
    assert!(told["time"].as_str().is_some_and(|time| time.ends_with('Z')), "{told}");

    assert_eq!(told["mints"][0]["mintId"], mint["mintId"]);
    assert_eq!(told["mints"][0]["event"], "MintExecuted");
    let basket = &told["baskets"][0];
    assert_eq!(basket["stablecoinAddress"], json!(stablecoin.to_string()));
    assert_eq!(basket["mintingConsumerAddress"], json!(consumer.to_string()));
}

#[tokio::test]
async fn transaction_that_creates_a_basket_is_decoded_whole() {
    let stack = Stack::start().await;
    let (anvil, admin) = (&stack.anvil, Address::repeat_byte(0x57));
    let create = BasketFactory::createBasketCall { name: "Other".into(), symbol: "OTH".into(), admin };
    anvil.send_as(admin, anvil.factory, &create).await;
    let topic = BasketFactory::BasketCreated::SIGNATURE_HASH;
    let filter =
        json!([{ "fromBlock": "0x0", "toBlock": "latest", "address": anvil.factory, "topics": [topic] }]);
    let created = anvil.rpc("eth_getLogs", filter).await;
    let tx = created.as_array().and_then(|all| all.last()).expect("a log")["transactionHash"].clone();
    let told = stack.get(&format!("/tx/{}", tx.as_str().expect("a hash"))).await.body;
    assert!(logs(&told).len() >= 50, "{} logs", logs(&told).len());
    all_are_decoded(&told);
    let made = log(&told, "BasketCreated");
    assert_eq!((&made["contract"], &made["values"]["symbol"]), (&json!("BasketFactory"), &json!("OTH")));
    assert_eq!(told["call"]["signature"], "createBasket(string,string,address)");
    assert_eq!(told["call"]["values"]["name"], "Other");
    assert_eq!(told["baskets"].as_array().map(Vec::len), Some(1), "{}", told["baskets"]);
    assert_eq!(told["baskets"][0]["stablecoinAddress"], made["values"]["stablecoin"]);
    assert_eq!((&told["report"], &told["mints"]), (&Value::Null, &json!([])));
}
