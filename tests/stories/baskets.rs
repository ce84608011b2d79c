//! Baskets come from the factory; a name makes one easier to ask for.

use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Stack, tokens};

async fn register(stack: &Stack, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/baskets").json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn basket_is_minted_by_name_address_or_default() {
    let stack = Stack::start().await;
    let before = stack.anvil.balance(BENEFICIARY).await;
    let (stablecoin, consumer) = stack.anvil.basket;
    let basket =
        json!({ "name": "usd", "stablecoinAddress": stablecoin, "mintingConsumerAddress": consumer });

    let answer = register(&stack, &basket).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["decimals"], 18);
    assert_eq!(register(&stack, &basket).await.status, 201, "the same again is the same");
    let foreign =
        json!({ "name": "x", "stablecoinAddress": BENEFICIARY, "mintingConsumerAddress": BENEFICIARY });
    assert_eq!(register(&stack, &foreign).await.problem(), (422, "UNKNOWN_BASKET"));

    let listed = stack.get("/baskets").await.body["baskets"][0].clone();
    assert_eq!(listed["name"], "usd");
    assert_eq!(listed["default"], true);
    assert_eq!(listed["token"]["decimals"], 18);
    assert!(listed["token"]["symbol"].as_str().is_some_and(|symbol| !symbol.is_empty()), "{listed}");
    assert!(listed["token"]["supply"].is_string(), "{listed}");
    let created = &listed["created"];
    let tx =
        stack.get(&format!("/tx/{}", created["tx"].as_str().expect("a transaction"))).await.body.to_string();
    let admin = created["admin"].as_str().expect("an administrator");
    assert!(tx.contains("BasketCreated") && tx.contains(admin), "{admin}: {tx}");
    assert!(created["at"].is_string(), "{listed}");

    for body in [
        json!({ "basket": "usd", "beneficiary": BENEFICIARY, "amount": "10" }),
        json!({ "basket": stablecoin, "beneficiary": BENEFICIARY, "amount": "10" }),
        json!({ "beneficiary": BENEFICIARY, "amount": "10" }),
    ] {
        let answer = stack.post(&body).await;
        assert_eq!(answer.status, 200, "{body}: {}", answer.body);
    }
    let unknown = json!({ "basket": "eur", "beneficiary": BENEFICIARY, "amount": "10" });
    assert_eq!(stack.post(&unknown).await.problem(), (422, "UNKNOWN_BASKET"));
    assert_eq!(stack.anvil.balance(BENEFICIARY).await - before, tokens(30));
    let balance = stack.get(&format!("/baskets/{stablecoin}/balances/{BENEFICIARY}")).await.body;
    let supply = stack.reserves().await;
    assert_eq!(balance["balance"], "30", "{balance}");
    assert_eq!(balance["totalSupply"], supply["liability"], "{balance}");
    assert!(balance["blockNumber"].as_u64().is_some_and(|block| block > 0), "{balance}");
    for (path, problem) in [
        (format!("/baskets/{stablecoin}/balances/0x12"), (400, "INVALID_REQUEST")),
        (format!("/baskets/{BENEFICIARY}/balances/{BENEFICIARY}"), (404, "NOT_FOUND")),
    ] {
        assert_eq!(stack.get(&path).await.problem(), problem, "{path}");
    }
}
