//! A real Anvil that starts from the fixture's state.

use std::process::Stdio;

use alloy::primitives::{Address, B256, Bytes, U256, address};
use alloy::sol;
use alloy::sol_types::SolCall;
use cre_backend::chain::{BasketFactory, PolicySwitch, StablecoinERC20};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::{client, folder, free_port, until};

sol! {
    /// The switches of a basket admin that the stories need.
    interface Policies {
        function setPausedState(bool paused) external;
        function rejectAddress(address account) external;
        function unrejectAddress(address account) external;
    }
}

/// Admin of the first basket: Anvil's account 1.
pub const ADMIN: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

/// A chain of the test's own.
#[derive(Debug)]
pub struct Anvil {
    /// Where it listens.
    pub url: String,
    /// Token and consumer of the first basket.
    pub basket: (Address, Address),
    /// The basket factory.
    pub factory: Address,
    /// The forwarder of reports.
    pub forwarder: Address,
    process: Child,
}

/// How blocks are made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mining {
    /// One a second and one per transaction; final two blocks later.
    #[default]
    Steady,
    /// Only per transaction; final 64 blocks later.
    OnDemand,
}

impl Anvil {
    /// Lets the chain stand still with every connection open, until [`Anvil::thaw`].
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets the chain go on.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = self.process.id().and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
        kill_process(pid.expect("it runs"), signal).expect("the signal is sent");
    }

    /// Starts it with the contracts deployed.
    pub async fn start(mining: Mining) -> Self {
        let fixture = folder::fixture();
        let record: Value = serde_json::from_slice(
            &std::fs::read(fixture.join("31337.json")).expect("the fixture has a deployment record"),
        )
        .expect("the deployment record is JSON");
        let address = |value: &Value| value.as_str().expect("an address").parse().expect("an address");
        let port = free_port();
        let process = spawn(port, mining);
        let anvil = Self {
            url: format!("http://127.0.0.1:{port}"),
            basket: (
                address(&record["firstBasket"]["stablecoin"]),
                address(&record["firstBasket"]["mintingConsumer"]),
            ),
            factory: address(&record["basketFactory"]),
            forwarder: address(&record["forwarder"]),
            process,
        };
        assert!(
            until(async || anvil.try_rpc("eth_chainId", json!([])).await.is_some()).await,
            "anvil does not start"
        );
        anvil
    }

    async fn try_rpc(&self, method: &str, params: Value) -> Option<Value> {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let answer: Value = client().post(&self.url).json(&body).send().await.ok()?.json().await.ok()?;
        answer.get("result").cloned()
    }

    /// Asks it something that it must answer.
    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let result = self.try_rpc(method, params).await;
        result.unwrap_or_else(|| panic!("anvil refuses {method}"))
    }

    /// Calls a contract without changing anything.
    pub async fn call<C: SolCall>(&self, to: Address, call: &C) -> C::Return {
        let data = Bytes::from(call.abi_encode());
        let answer = self.rpc("eth_call", json!([{ "to": to, "data": data }, "latest"])).await;
        let bytes: Bytes = serde_json::from_value(answer).expect("bytes");
        C::abi_decode_returns(&bytes).expect("an answer of the contract")
    }

    /// Whether a contract refuses somebody's call.
    pub async fn refuses<C: SolCall>(&self, from: Address, to: Address, call: &C) -> bool {
        let data = Bytes::from(call.abi_encode());
        self.try_rpc("eth_call", json!([{ "from": from, "to": to, "data": data }, "latest"])).await.is_none()
    }

    /// Sends a transaction of the basket's admin and waits for its block.
    pub async fn admin<C: SolCall>(&self, to: Address, call: &C) {
        self.transact(json!({ "from": ADMIN, "to": to, "data": Bytes::from(call.abi_encode()) })).await;
    }

    /// Sends a transaction of anybody, whose key nobody here has, and waits for its block.
    pub async fn send_as<C: SolCall>(&self, from: Address, to: Address, call: &C) {
        self.rpc("anvil_impersonateAccount", json!([from])).await;
        self.rpc("anvil_setBalance", json!([from, "0xde0b6b3a7640000"])).await;
        self.transact(json!({ "from": from, "to": to, "data": Bytes::from(call.abi_encode()) })).await;
    }

    /// Sends a transaction and waits for its block.
    pub async fn transact(&self, transaction: Value) {
        let hash = self.rpc("eth_sendTransaction", json!([transaction])).await;
        let mut receipt = Value::Null;
        let mined = until(async || {
            receipt = self.rpc("eth_getTransactionReceipt", json!([hash])).await;
            !receipt.is_null()
        });
        assert!(mined.await, "the transaction was not mined");
        assert_eq!(receipt["status"], "0x1", "the transaction reverted");
    }

    /// What an account holds of the first basket's token.
    pub async fn balance(&self, account: Address) -> U256 {
        self.call(self.basket.0, &StablecoinERC20::balanceOfCall { account }).await
    }

    /// Addresses of the keys that send reports.
    #[must_use]
    pub fn transmitters(&self) -> Vec<Address> {
        let file = std::fs::read(folder::fixture().join("transmitters.json")).expect("the fixture has keys");
        let file: Value = serde_json::from_slice(&file).expect("the keys are JSON");
        let keys = file["transmitters"].as_array().expect("keys").iter();
        keys.map(|key| key["address"].as_str().expect("an address").parse().expect("an address")).collect()
    }

    /// Pauses or resumes minting.
    pub async fn pause(&self, paused: bool) {
        let policy = self.basket_contracts().await.pausePolicy;
        self.admin(policy, &Policies::setPausedStateCall { paused }).await;
    }

    /// Lets everybody be a beneficiary, registered or not.
    pub async fn open_to_everybody(&self) {
        let switch = self.basket_contracts().await.policySwitch;
        self.admin(switch, &PolicySwitch::setIdentityRequiredCall { required: false }).await;
    }

    /// Puts an account on the deny list; returns the policy's address.
    pub async fn blacklist(&self, account: Address) -> Address {
        let policy = self.basket_contracts().await.rejectPolicy;
        self.admin(policy, &Policies::rejectAddressCall { account }).await;
        policy
    }

    /// Takes an account off the deny list.
    pub async fn unblacklist(&self, account: Address) {
        let policy = self.basket_contracts().await.rejectPolicy;
        self.admin(policy, &Policies::unrejectAddressCall { account }).await;
    }

    /// The contracts of the first basket.
    pub async fn basket_contracts(&self) -> BasketFactory::Basket {
        self.call(self.factory, &BasketFactory::basketOfCall { stablecoinOrConsumer: self.basket.0 }).await
    }

    /// How often the ledger has logged a mint of this reference.
    pub async fn mints_of(&self, reference: B256) -> usize {
        self.events("MintExecuted(bytes32,address,uint256)", Some(reference)).await.len()
    }

    /// Logs of consumer and ledger by event, and by reference if one is given.
    pub async fn events(&self, signature: &str, reference: Option<B256>) -> Vec<Value> {
        let ledger = self.basket_contracts().await.ledger;
        let topic = alloy::primitives::keccak256(signature);
        let filter = json!([{
            "fromBlock": "0x0", "toBlock": "latest", "address": [self.basket.1, ledger], "topics": [topic, reference],
        }]);
        self.rpc("eth_getLogs", filter).await.as_array().cloned().expect("logs")
    }
}

#[expect(clippy::disallowed_methods, reason = "the chain of a test is a process")]
fn spawn(port: u16, mining: Mining) -> Child {
    let blocks: &[&str] = match mining {
        Mining::Steady => &["--slots-in-an-epoch", "1", "--block-time", "1", "--mixed-mining"],
        Mining::OnDemand => &["--slots-in-an-epoch", "32"],
    };
    Command::new(folder::tool("anvil"))
        .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--silent"])
        .args(blocks)
        .arg("--load-state")
        .arg(folder::fixture().join("state.json"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("anvil starts")
}
