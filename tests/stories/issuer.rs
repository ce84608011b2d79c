//! An issuer's life: a consumer is replaced, holders are frozen and seized from, and another basket lives off nobody's
//! reserves. What the timelock does it does after its delay, which the chain itself passes.

use alloy::primitives::{Address, B256, FixedBytes, U256, address, keccak256};
use alloy::sol_types::SolCall;
use cre_backend::chain::{
    BasketFactory, KeystoneForwarder, LiabilityLedger, MintingConsumerWithACE, PolicyEngine, StablecoinERC20,
};
use reqwest::Method;
use serde_json::{Value, json};
use test_support::anvil::ADMIN;
use test_support::timelock::Operation;
use test_support::{Answer, BENEFICIARY, Choice, Stack, tokens, until};

const STRANGER: Address = address!("00000000000000000000000000000000000057a9");
const TREASURY: Address = address!("0000000000000000000000000000000000007e45");
/// Where the story puts the code of the next consumer, and who runs the workflow from then on.
const NEXT_CODE: Address = address!("000000000000000000000000000000000000c0de");
const NEXT_CONSUMER: Address = address!("0000000000000000000000000000000000000c02");
const NEXT_OWNER: Address = address!("000000000000000000000000000000000000a0a2");

alloy::sol! {
    /// What reports come through.
    interface Receiver {
        function onReport(bytes metadata, bytes report) external;
    }
}

async fn keyed(stack: &Stack, key: &str, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("Idempotency-Key", key).json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

async fn reserves(stack: &Stack) -> Value {
    stack.get(&format!("/reserves/{}", stack.anvil.basket.0)).await.body
}

/// Puts a consumer on chain that belongs to the first basket's ledger and to another owner's workflow: the present one,
/// byte for byte, but for the owner.
async fn next_consumer(stack: &Stack) {
    let (anvil, (_, present)) = (&stack.anvil, stack.anvil.basket);
    let code = anvil.call(anvil.factory, &BasketFactory::codeCall {}).await;
    let owner = anvil.call(present, &MintingConsumerWithACE::workflowOwnerCall {}).await;
    for (from, to, old, new) in [
        (code.consumerImplementation, NEXT_CODE, owner, NEXT_OWNER),
        (present, NEXT_CONSUMER, code.consumerImplementation, NEXT_CODE),
    ] {
        let code = anvil.rpc("eth_getCode", json!([from, "latest"])).await;
        let code = code.as_str().expect("code").to_ascii_lowercase();
        let digits = |address: Address| format!("{address:x}");
        assert!(code.contains(&digits(old)), "{from} does not carry {old}");
        anvil.rpc("anvil_setCode", json!([to, code.replace(&digits(old), &digits(new))])).await;
    }
    anvil.send_as(STRANGER, NEXT_CONSUMER, &MintingConsumerWithACE::initializeCall {}).await;
}

/// Everything that the exchange of the consumer needs, in one transaction.
async fn exchange(stack: &Stack) -> Operation {
    let basket = stack.anvil.basket_contracts().await;
    let (engine, target) = (basket.policyEngine, NEXT_CONSUMER);
    let (account, amount) = (keccak256("account"), keccak256("amount"));
    let mint = FixedBytes(MintingConsumerWithACE::executeMintCall::SELECTOR);
    let report = FixedBytes(Receiver::onReportCall::SELECTOR);
    let policies: [(FixedBytes<4>, Address, &[B256]); 5] = [
        (report, basket.pausePolicy, &[]),
        (mint, basket.rejectPolicy, &[account]),
        (mint, basket.identityPolicy, &[account]),
        (mint, basket.volumePolicy, &[amount]),
        (mint, basket.volumeRatePolicy, &[amount, account]),
    ];
    let mut operation = Operation::default();
    for (selector, policy, names) in policies {
        let add =
            PolicyEngine::addPolicyCall { target, selector, policy, policyParameterNames: names.to_vec() };
        operation = operation.and(engine, &add);
    }
    for (target, allow) in [(target, true), (basket.mintingConsumer, false)] {
        let allow = PolicyEngine::setTargetDefaultPolicyAllowCall { target, defaultAllow: allow };
        operation = operation.and(engine, &allow);
    }
    operation.and(basket.ledger, &LiabilityLedger::setWriterCall { writer_: NEXT_CONSUMER })
}

#[tokio::test]
async fn issuer_replaces_the_consumer_and_no_reference_mints_twice() {
    let mut stack = Stack::start().await;
    let (token, old) = stack.anvil.basket;
    let body = stack.body("100");
    let first = keyed(&stack, "K", &body).await;
    assert_eq!(first.status, 200, "{}", first.body);

    next_consumer(&stack).await;
    let operation = exchange(&stack).await;
    let id = stack.anvil.schedule(&operation).await;
    let will = |call: &str| {
        let call = call.to_owned();
        move |alarm: &Value| alarm["scheduled"]["call"] == call
    };
    let alarm = stack.logged_event("chain.alarm", will("setWriter(address)")).await;
    let basket = stack.anvil.basket_contracts().await;
    assert_eq!(alarm["scheduled"]["target"], basket.ledger.to_string(), "{alarm}");
    assert_eq!(alarm["scheduled"]["operation"], json!(id), "{alarm}");
    assert_eq!((&alarm["stops"], &alarm["reason"]), (&json!(false), &Value::Null), "{alarm}");
    assert!(alarm["scheduled"]["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{alarm}");
    assert_eq!(stack.mint("1").await.status, 200, "what is only scheduled stops nobody");

    stack.anvil.execute(&operation, id).await;
    // Without a restart: reasons to stop, the new consumer by its token, and nobody under the old address.
    let mut now = Value::Null;
    let followed = until(async || {
        now = reserves(&stack).await;
        now["mintingConsumerAddress"] == NEXT_CONSUMER.to_string()
            && now["breaker"]["reasons"]["ROLES_CHANGED"].is_string()
    });
    assert!(followed.await, "the new consumer was never followed: {now}");
    assert_eq!(stack.post(&body).await.problem(), (422, "UNKNOWN_BASKET"));
    let gone = until(async || stack.get(&format!("/reserves/{old}")).await.status == 404);
    assert!(gone.await, "{}", stack.get(&format!("/reserves/{old}")).await.body);

    // Another database, and the new owner's workflow; the deployment record still names the old consumer.
    stack.stop_gateway().await;
    stack.set("DATABASE_URL", "sqlite:empty.db");
    let keys = stack.path("keys/don.json");
    let mut don: Value = serde_json::from_slice(&std::fs::read(&keys).expect("keys")).expect("JSON");
    don["workflowOwner"] = json!(NEXT_OWNER);
    std::fs::write(&keys, don.to_string()).expect("keys");
    stack.run_gateway().await;

    let body = json!({ "beneficiary": BENEFICIARY, "amount": "100" });
    let again = keyed(&stack, "K", &body).await;
    assert_eq!(again.status, 200, "{}\n{}", again.body, stack.newest_output());
    assert_eq!(again.body["mintTx"], first.body["mintTx"], "{}", again.body);
    let next = keyed(&stack, "L", &body).await;
    assert_eq!(next.status, 200, "{}\n{}", next.body, stack.newest_output());
    let body = json!({
        "beneficiary": BENEFICIARY, "amount": "1",
        "stablecoinAddress": token, "mintingConsumerAddress": NEXT_CONSUMER,
    });
    assert_eq!(stack.post(&body).await.status, 200);

    let topics = json!([keccak256("Transfer(address,address,uint256)"), B256::ZERO]);
    let filter = json!([{ "fromBlock": "0x0", "toBlock": "latest", "address": token, "topics": topics }]);
    let transfers = stack.anvil.rpc("eth_getLogs", filter).await;
    assert_eq!(transfers.as_array().map(Vec::len), Some(4), "K, one before, L and one after: {transfers}");
    let now = reserves(&stack).await;
    assert_eq!((&now["liability"], &now["supply"][1]["amount"]), (&json!("202"), &json!("0")), "{now}");
}

#[tokio::test]
async fn issuer_freezes_and_seizes_by_order() {
    let stack = Stack::start().await;
    let (anvil, (token, _)) = (&stack.anvil, stack.anvil.basket);
    let before = anvil.balance(BENEFICIARY).await;
    assert_eq!(stack.mint("100").await.status, 200);

    anvil.send_as(ADMIN, token, &StablecoinERC20::freezeCall { account: BENEFICIARY }).await;
    let refused = stack.mint("5").await;
    assert_eq!(refused.problem(), (422, "ACE_REJECTED"), "{}", refused.body);
    assert!(refused.body.to_string().contains("ACCOUNT_FROZEN"), "{}", refused.body);
    let spend = StablecoinERC20::transferCall { to: STRANGER, value: tokens(1) };
    assert!(anvil.refuses(BENEFICIARY, token, &spend).await, "a frozen holder spends");

    // The order reaches what the holder has, through the timelock alone, and changes no sum.
    let (from, to) = (BENEFICIARY, TREASURY);
    let seize =
        StablecoinERC20::seizeCall { from, to, amount: tokens(60), orderRef: keccak256("court order 4711") };
    assert!(anvil.refuses(ADMIN, token, &seize).await, "the admin seizes");
    let operation = Operation::default().and(token, &seize);
    let id = anvil.schedule(&operation).await;
    anvil.execute(&operation, id).await;
    assert_eq!(anvil.balance(BENEFICIARY).await - before, tokens(40));
    assert_eq!(anvil.balance(TREASURY).await, tokens(60));
    let mut now = Value::Null;
    let seen = until(async || {
        now = reserves(&stack).await;
        now["supply"]
            == json!([
                { "chain": "eip155:31337", "amount": "100" },
                { "chain": "elsewhere", "amount": "0" },
            ])
    });
    assert!(seen.await, "a seizure moves and mints nothing: {now}");
    assert_eq!((&now["liability"], &now["unexplainedSupply"]), (&json!("100"), &json!("0")), "{now}");
    assert_eq!(now["breaker"]["state"], "closed", "{now}");

    let refused = stack.mint("5").await;
    assert_eq!(refused.problem(), (422, "ACE_REJECTED"), "still frozen: {}", refused.body);
    anvil.send_as(ADMIN, token, &StablecoinERC20::unfreezeCall { account: BENEFICIARY }).await;
    let minted = stack.mint("5").await;
    assert_eq!(minted.status, 200, "{}\n{}", minted.body, stack.newest_output());
    assert!(!anvil.refuses(BENEFICIARY, token, &spend).await);
}

/// A basket of a stranger's making, on the same factory, with everybody welcome.
async fn basket_of_a_stranger(stack: &Stack) -> BasketFactory::Basket {
    let (anvil, admin) = (&stack.anvil, STRANGER);
    let create = BasketFactory::createBasketCall { name: "Copy".into(), symbol: "OTHER".into(), admin };
    anvil.send_as(admin, anvil.factory, &create).await;
    let ask = BasketFactory::basketsCall { offset: U256::from(1), limit: U256::from(1) };
    anvil.call(anvil.factory, &ask).await.remove(0)
}

#[tokio::test]
async fn issuer_has_one_basket_for_one_reserve() {
    // By the way, all of it in the engine of a DON.
    let mut stack = Stack::start_with(Choice::with([("WORKFLOW_ENGINE", "quickjs")]).without_gateway()).await;
    let (token, consumer) = stack.anvil.basket;
    let copy = basket_of_a_stranger(&stack).await;
    // The bank's account is that of one stablecoin.
    let file = stack.path("workflow/config.local.json");
    let mut config: Value = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
    config.as_object_mut().expect("an object").remove("porApiUrl");
    config["reserves"] = json!({ "rule": { "kind": "sum" }, "sources": [{
        "name": "bank", "class": "custodian", "dialect": "guide", "unit": "USD", "maxAgeSeconds": 300,
        "url": format!("{}/reserves/the-bank", stack.reserve.url), "stablecoin": token,
    }] });
    std::fs::write(&file, config.to_string()).expect("a file");
    stack.run_gateway().await;

    let mut body = stack.body("100");
    assert_eq!(stack.post(&body).await.status, 200, "{}", stack.newest_output());
    body["stablecoinAddress"] = json!(copy.stablecoin);
    body["mintingConsumerAddress"] = json!(copy.mintingConsumer);
    let unbacked = stack.post(&body).await;
    assert_eq!(unbacked.problem(), (422, "NO_RESERVE_ASSIGNED"), "{}", unbacked.body);

    stack.stop_gateway().await;
    stack.set("ALLOWED_BASKETS", &token.to_string());
    stack.run_gateway().await;
    let unknown = stack.post(&body).await;
    assert_eq!(unknown.problem(), (422, "UNKNOWN_BASKET"), "{}", unknown.body);
    for path in ["reserves", "transparency"] {
        assert_eq!(stack.get(&format!("/{path}/{}", copy.stablecoin)).await.status, 404, "{path}");
    }
    let listed = stack.get("/baskets").await.body;
    assert_eq!(listed["baskets"].as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed["baskets"][0]["mintingConsumerAddress"], consumer.to_string(), "{listed}");
    assert_eq!(stack.mint("1").await.status, 200, "{}", stack.newest_output());

    // Where creation is restricted, there is no such basket in the first place.
    let close = BasketFactory::setCreationOpenCall { open: false };
    let forwarder = stack.anvil.forwarder;
    let deployer = stack.anvil.call(forwarder, &KeystoneForwarder::ownerCall {}).await;
    stack.anvil.send_as(deployer, stack.anvil.factory, &close).await;
    let create =
        BasketFactory::createBasketCall { name: "Copy".into(), symbol: "OTHER".into(), admin: STRANGER };
    assert!(stack.anvil.refuses(STRANGER, stack.anvil.factory, &create).await, "a stranger creates a basket");
    let minted = stack.anvil.call(copy.stablecoin, &StablecoinERC20::totalSupplyCall {}).await;
    assert_eq!(minted, U256::ZERO);
}
