//! What a basket's own admin does on chain: a stricter rule is told, a laxer one waits for an operator, and a pause lasts
//! as long as it lasts.

use std::process::Stdio;

use cre_backend::chain::PolicySwitch;
use serde_json::{Value, json};
use test_support::anvil::ADMIN;
use test_support::{Choice, Stack, folder, root};
use tokio::process::Command;

/// The officer's command line against the stack's chain.
#[expect(clippy::disallowed_methods, reason = "the story is about a command")]
async fn officer(stack: &Stack, command: &str) {
    let output = Command::new(folder::bun())
        .args(["run", "--no-install"])
        .arg(root().join("scripts/compliance/main.ts"))
        .args([command, "--basket", &stack.anvil.basket.1.to_string()])
        .env("RPC_URL", &stack.anvil.url)
        .env("DEPLOYMENT", stack.path("keys/31337.json"))
        .stdin(Stdio::null())
        .output()
        .await
        .expect("bun runs");
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn breaker_opens_when_a_check_goes_out_of_force() {
    let stack = Stack::start().await;
    let switch = stack.anvil.basket_contracts().await.policySwitch;
    assert_eq!(stack.mint("100").await.status, 200);
    let says = |message: &'static str| move |alarm: &Value| alarm["message"] == message;

    stack.anvil.admin(switch, &PolicySwitch::setWhitelistRequiredCall { required: true }).await;
    let told = stack.logged_event("chain.alarm", says("the whitelist was put in force")).await;
    assert_eq!(
        (&told["stops"], &told["contract"]),
        (&json!(false), &json!(switch.to_checksum(None))),
        "{told}"
    );
    assert_eq!(stack.reserves().await["breaker"]["state"], "closed");
    let answer = stack.mint("1").await;
    assert_eq!(
        (answer.problem(), &answer.body["reason"]),
        ((422, "ACE_REJECTED"), &json!("NOT_WHITELISTED"))
    );

    stack.anvil.admin(switch, &PolicySwitch::setWhitelistRequiredCall { required: false }).await;
    stack.breaker_opens_for("POLICIES_CHANGED").await;
    let told = stack.logged_event("chain.alarm", says("the whitelist was put out of force")).await;
    assert_eq!(told["stops"], true, "{told}");
    stack.resume_basket().await;

    stack.anvil.admin(switch, &PolicySwitch::setIdentityRequiredCall { required: false }).await;
    stack.breaker_opens_for("POLICIES_CHANGED").await;
    stack.logged_event("chain.alarm", says("the identity check was put out of force")).await;
    stack.resume_basket().await;
    stack.anvil.admin(switch, &PolicySwitch::setIdentityRequiredCall { required: true }).await;
    stack.logged_event("chain.alarm", says("the identity check was put in force")).await;
    assert_eq!(stack.mint("1").await.status, 200, "the stricter rule stops nobody who meets it");
}

/// The code of a policy that says "continue" to whoever only asks, and fails for whoever pays for gas.
const TWO_FACED: &str = "0x3a156008575f5ffd5b60025f5260205ff3";

#[tokio::test]
async fn breaker_opens_when_deliveries_burn_gas_for_nothing() {
    let stack = Stack::start_with(Choice::with([("WASTED_GAS_MAX", "100000")])).await;
    let policy = stack.anvil.basket_contracts().await.rejectPolicy;
    let code = stack.anvil.rpc("eth_getCode", json!([policy, "latest"])).await;
    stack.anvil.rpc("anvil_setCode", json!([policy, TWO_FACED])).await;

    let burnt = stack.mint_async("2").await;
    stack.breaker_opens_for("GAS_WASTED").await;
    let id = burnt.body["mintId"].as_str().expect("an id");
    let waiting = stack.mint_becomes(id, "queued").await;
    assert_eq!((&waiting["attempts"], &waiting["mintTx"]), (&json!(1), &Value::Null), "{waiting}");
    let page = stack.get_as_operator("/metrics").await.text();
    assert!(page.contains("cre_gas_wasted_total{stablecoin="), "{page}");

    stack.anvil.rpc("anvil_setCode", json!([policy, code])).await;
    stack.resume_basket().await;
    let minted = stack.mint_becomes(id, "minted").await;
    assert_eq!(minted["attempts"], 2, "a policy that failed had decided nothing: {minted}");
}

#[tokio::test]
async fn breaker_is_open_while_the_chain_is_paused() {
    let stack = Stack::start().await;
    assert_eq!(stack.mint("100").await.status, 200);
    let policy = stack.anvil.basket_contracts().await.pausePolicy;

    officer(&stack, "pause").await;
    stack.breaker_opens_for("CHAIN_PAUSE").await;
    let resumed = stack.act_as_operator("resume", json!({ "reason": "it is over for me" })).await;
    assert_eq!(resumed.body["breaker"]["state"], "open", "no operator lifts it: {}", resumed.body);
    stack.breaker_opens_for("CHAIN_PAUSE").await;
    officer(&stack, "resume").await;
    stack.breaker_becomes("half-open").await;
    stack.probe_closes_breaker().await;

    let paused = stack.act_as_operator("pause", json!({ "reason": "drill" })).await;
    let call = &paused.body["onChain"];
    assert_eq!(call["to"], json!(policy.to_checksum(None)), "{}", paused.body);
    assert_eq!(call["signer"], json!(ADMIN.to_checksum(None)), "{}", paused.body);
    stack.breaker_opens_for("OPERATOR_PAUSE").await;
    send(&stack, call).await;
    stack.logged_event("breaker.changed", |moved| moved["reasons"]["CHAIN_PAUSE"].is_string()).await;

    let resumed = stack.act_as_operator("resume", json!({ "reason": "drill is over" })).await;
    assert_eq!(resumed.body["breaker"]["state"], "open", "the chain still says no: {}", resumed.body);
    send(&stack, &resumed.body["onChain"]).await;
    stack.breaker_becomes("half-open").await;
    stack.probe_closes_breaker().await;
}

/// Sends exactly the call that the gateway named, as the signer that it named.
async fn send(stack: &Stack, call: &Value) {
    stack.anvil.transact(json!({ "from": call["signer"], "to": call["to"], "data": call["data"] })).await;
}
