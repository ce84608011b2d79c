//! The chain shows what no request explains: each kind of it stops minting with a reason of its own, and is on record.

use alloy::primitives::{Address, B256, FixedBytes, U256, address};
use alloy::sol_types::SolCall;
use cre_backend::chain::{
    BasketFactory, KeystoneForwarder, MintingConsumerWithACE, PolicyEngine, StablecoinERC20,
};
use reqwest::Method;
use serde_json::json;
use test_support::{BENEFICIARY, Stack, tokens, until};

const STRANGER: Address = address!("00000000000000000000000000000000000057a9");

/// Creates a second basket and names it, so that the gateway follows it.
async fn second_basket(stack: &Stack) -> Address {
    let (anvil, admin) = (&stack.anvil, STRANGER);
    let create = BasketFactory::createBasketCall { name: "Other".into(), symbol: "OTH".into(), admin };
    anvil.send_as(admin, anvil.factory, &create).await;
    let ask = BasketFactory::basketsCall { offset: U256::from(1), limit: U256::from(1) };
    let made = anvil.call(anvil.factory, &ask).await.remove(0);
    let body = json!({
        "name": "other",
        "stablecoinAddress": made.stablecoin,
        "mintingConsumerAddress": made.mintingConsumer,
    });
    let named = stack.request(Method::POST, "/baskets").json(&body).send().await.expect("an answer");
    assert_eq!(named.status(), 201);
    made.mintingConsumer
}

async fn alarmed(stack: &Stack, reason: &str, message: &str) {
    stack.breaker_opens_for(reason).await;
    let alarm = stack.logged_event("chain.alarm", |alarm| alarm["reason"] == reason).await;
    assert_eq!((&alarm["message"], &alarm["stops"]), (&json!(message), &json!(true)), "{alarm}");
    let newest = stack.get("/attention").await.body;
    let mut alarms = newest["alarms"].as_array().expect("alarms").iter();
    assert!(alarms.any(|newer| newer["data"] == alarm && newer["basket"].is_string()), "{newest}");
    let told = stack.reserves().await["breaker"]["reasons"][reason].to_string();
    assert!(told.contains(message) && told.contains(alarm["tx"].as_str().expect("a transaction")), "{told}");
}

#[tokio::test]
async fn alarm_stops_the_basket_that_it_concerns() {
    let stack = Stack::start().await;
    let (token, consumer) = stack.anvil.basket;
    let contracts = stack.anvil.basket_contracts().await;
    let timelock = stack.anvil.call(consumer, &MintingConsumerWithACE::ownerCall {}).await;
    let other = second_basket(&stack).await;
    assert_eq!(stack.mint("100").await.status, 200);
    assert_eq!(stack.reserves().await["breaker"]["state"], "closed", "a new basket alarms nobody");

    let allowance = StablecoinERC20::setMintAllowanceCall { minter: STRANGER, amount: tokens(5) };
    stack.anvil.send_as(timelock, token, &allowance).await;
    alarmed(&stack, "ROLES_CHANGED", "a mint allowance was set").await;
    assert_eq!(stack.reserves_of(other).await["breaker"]["state"], "closed", "it is not the other's token");
    stack.resume_basket().await;

    let forged = StablecoinERC20::mintCall { account: BENEFICIARY, amount: tokens(5) };
    stack.anvil.send_as(STRANGER, token, &forged).await;
    alarmed(&stack, "UNEXPECTED_SUPPLY", "tokens were created without the minting consumer").await;
    assert_eq!(stack.reserves().await["unexplainedSupply"], "5");
    stack.resume_basket().await;

    let weaken = PolicyEngine::removePolicyCall {
        target: consumer,
        selector: FixedBytes(MintingConsumerWithACE::executeMintCall::SELECTOR),
        policy: contracts.volumePolicy,
    };
    stack.anvil.send_as(timelock, contracts.policyEngine, &weaken).await;
    alarmed(&stack, "POLICIES_CHANGED", "a policy was removed").await;
    stack.resume_basket().await;

    let forwarder = stack.anvil.forwarder;
    let owner = stack.anvil.call(forwarder, &KeystoneForwarder::ownerCall {}).await;
    let signers = (1..=4).map(|n| Address::from_word(B256::with_last_byte(n))).collect();
    let other_signers = KeystoneForwarder::setConfigCall { donId: 1, configVersion: 2, f: 1, signers };
    stack.anvil.send_as(owner, forwarder, &other_signers).await;
    alarmed(&stack, "FORWARDER_CHANGED", "the forwarder's signers were changed").await;
    let both =
        until(async || stack.reserves_of(other).await["breaker"]["reasons"]["FORWARDER_CHANGED"].is_string());
    assert!(both.await, "signers concern every basket: {}", stack.reserves_of(other).await);
    stack.resume_basket().await;
    assert_eq!(stack.reserves_of(other).await["breaker"]["state"], "open", "each is judged for itself");
}
