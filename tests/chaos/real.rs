//! The real program on the real chain with the real workflow, killed at named points again and again.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::B256;
use cre_backend::base::clock::Clock;
use cre_backend::base::secret::SecretUrl;
use cre_backend::domain::BasketId;
use cre_backend::store::Store;
use cre_backend::store::event_log::LogState;
use reqwest::Method;
use serde_json::{Value, json};
use test_support::dice::Dice;
use test_support::fault_kind::FaultKind;
use test_support::fault_points::{NOT_IN_CAMPAIGN, all_but};
use test_support::postgres::Postgres;
use test_support::program::Program;
use test_support::report::Report;
use test_support::{BENEFICIARY, Choice, FaultMode, Stack, tokens, until};

use crate::acts::{self, acts};

/// Longest life of a program that does not reach its point.
const LIFE: Duration = Duration::from_secs(12);
/// Longest round; one that hangs is a violation.
const ROUND: Duration = Duration::from_secs(3_600);
/// Waits of a minute for one payment: a lost report needs two minutes to lapse.
const ASKED_MAX: u32 = 6;
/// States in which nothing is left to do.
const AT_REST: [&str; 4] = ["finalized", "failed", "rejected", "cancelled"];

/// A stack and what was asked of it.
pub(crate) struct Round<'a> {
    pub(crate) stack: Stack,
    pub(crate) dice: Dice,
    pub(crate) report: Report,
    pub(crate) server: Option<&'a Postgres>,
    /// Requests whose outcome is inspected: key, if any, and body.
    pub(crate) payments: Vec<(Option<String>, Value)>,
    /// Numbers what must not be equal.
    pub(crate) named: u64,
    pub(crate) seed: u64,
}

/// Lives through one round: a fresh stack, a program for each act and one without, and an inspection.
pub(crate) async fn live(seed: u64, server: Option<&Postgres>) -> Report {
    let living = Box::pin(async {
        let proxies = vec![FaultMode::Honest, FaultMode::Honest, FaultMode::Honest];
        let choice = Choice { proxies, ..Choice::with([("WORKFLOW_TIMEOUT_SECONDS", "20")]) };
        let stack = Stack::start_with(choice.without_gateway()).await;
        let (dice, report) = (Dice::new(seed), Report::default());
        let mut round = Round { stack, dice, report, server, payments: Vec::new(), named: 0, seed };
        round.live_once(None).await;
        for act in acts() {
            round.live_once(Some(act)).await;
        }
        round.inspect().await;
        round.report
    });
    tokio::time::timeout(ROUND, living).await.unwrap_or_else(|_| {
        let mut report = Report::default();
        let wrong = Some(format!("seed {seed} lives for more than {} s", ROUND.as_secs()));
        report.check("everything ends in time", wrong);
        report
    })
}

/// The library that gives a process another clock, where it is installed.
pub(crate) fn faketime() -> Option<PathBuf> {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|entry| entry.path());
    folders.map(|folder| folder.join("faketime/libfaketime.so.1")).find(|library| library.is_file())
}

impl Round<'_> {
    pub(crate) fn check_that(&mut self, invariant: &str, wrong: Option<String>) {
        self.report.check(invariant, wrong.map(|wrong| format!("seed {}: {wrong}", self.seed)));
    }

    /// A request for one token that is inspected later.
    pub(crate) fn payment(&mut self, has_key: bool, has_reference: bool) -> usize {
        self.named += 1;
        let mut body = self.stack.body("1");
        if has_reference {
            body["bankReference"] = json!(format!("payment {}", self.named));
        }
        self.payments.push((has_key.then(|| format!("key-{}", self.named)), body));
        self.payments.len() - 1
    }

    /// Asks for a payment at a gateway; nothing when the answer is lost.
    pub(crate) async fn ask(&self, url: &str, payment: usize, prefer: &str) -> Option<Value> {
        let (key, body) = &self.payments[payment];
        ask(url, key.as_deref(), body, prefer).await
    }

    /// One life of the program: an act, or none; a new payment, an old one repeated, and death at some point.
    async fn live_once(&mut self, act: Option<FaultKind>) {
        let point = *self.dice.pick(&all_but(NOT_IN_CAMPAIGN));
        let order = format!("{point}:{}", 1 + self.dice.below(3));
        self.disturb_endpoint();
        if let Some(act) = act {
            acts::before(act, self).await;
        }
        let Some(mut program) = Program::start(&self.stack, Some(&order)).await else {
            self.report.count_fault(FaultKind::Crash, point);
            return;
        };
        self.stack.url.clone_from(&program.url);
        if let Some(act) = act {
            acts::during(act, self, &program).await;
        }
        let mut ids = Vec::new();
        let new =
            self.payment(self.named.is_multiple_of(2), self.named.is_multiple_of(3) || self.named % 2 == 1);
        let old = usize::try_from(self.dice.below(self.payments.len() as u64)).unwrap_or_default();
        for payment in [new, old] {
            // The answer is lost when the program dies first; the payment is asked for again later.
            if let Some(answer) = self.ask(&program.url, payment, "wait=0").await
                && let Some(id) = answer["mintId"].as_str()
            {
                ids.push(id.to_owned());
            }
        }
        let mut died = false;
        let rested = until(async || {
            died = program.has_died();
            died || self.is_at_rest(&ids).await
        });
        // A mint that waits for a lost report to lapse is left to the inspection.
        let _ = tokio::time::timeout(LIFE, rested).await;
        if died {
            self.report.count_fault(FaultKind::Crash, point);
        } else {
            program.kill().await;
            self.report.count_fault(FaultKind::CrashAtRest, "");
        }
        if let Some(act) = act {
            acts::after(act, self).await;
        }
    }

    fn disturb_endpoint(&mut self) {
        let mode = *self.dice.pick(&[
            FaultMode::Honest,
            FaultMode::Lying,
            FaultMode::Stale,
            FaultMode::Down,
            FaultMode::SlowAndDouble,
        ]);
        self.stack.proxies[1].set(mode);
        if mode != FaultMode::Honest {
            self.report.count_fault(FaultKind::Endpoint, format!("{mode:?}"));
        }
    }

    async fn is_at_rest(&self, ids: &[String]) -> bool {
        for id in ids {
            let Some(body) = get(&self.stack.url, &format!("/mints/{id}")).await else { return false };
            if !AT_REST.contains(&body["status"].as_str().unwrap_or_default()) {
                return false;
            }
        }
        true
    }

    /// Lets everything come to rest, and compares with the chain.
    async fn inspect(&mut self) {
        for proxy in &self.stack.proxies {
            proxy.set(FaultMode::Honest);
        }
        let program = Program::start(&self.stack, None).await.expect("it starts without an order to die");
        self.stack.url.clone_from(&program.url);
        for payment in 0..self.payments.len() {
            self.inspect_payment(payment).await;
        }
        self.inspect_mints().await;
        program.kill().await;
        self.inspect_transfers().await;
        self.inspect_store().await;
    }

    async fn inspect_payment(&mut self, payment: usize) {
        let mut answer = Value::Null;
        for _ in 0..ASKED_MAX {
            answer = self.ask(&self.stack.url, payment, "wait=60").await.unwrap_or_default();
            if has_ended(&answer) {
                break;
            }
        }
        let id = answer["mintId"].as_str().unwrap_or_default().to_owned();
        let shown = get(&self.stack.url, &format!("/mints/{id}")).await.unwrap_or_default();
        let reference = shown["reference"].as_str().and_then(|word| word.parse::<B256>().ok());
        let minted = match reference {
            Some(reference) => self.stack.anvil.mints_of(reference).await,
            None => 0,
        };
        let said = answer["success"] == true;
        let is_true = minted <= 1 && said == (minted == 1) && has_ended(&answer);
        let (key, body) = &self.payments[payment];
        let wrong =
            (!is_true).then(|| format!("{key:?} {body}: minted {minted} times, the gateway says {answer}"));
        self.check_that("an accepted mint is minted once, or ended and cannot mint", wrong);
        self.report.count_end(if said { "minted" } else { "not minted" });
    }

    /// Every mint that the gateway knows: at rest, for a true reason, and in time.
    async fn inspect_mints(&mut self) {
        let url = self.stack.url.clone();
        let mut cursor = String::new();
        loop {
            let mut page = Value::Null;
            let path = format!("/mints?limit=50{cursor}");
            let rested = until(async || {
                page = get(&url, &path).await.unwrap_or_default();
                let mints = page["mints"].as_array().cloned().unwrap_or_default();
                mints.iter().all(|mint| AT_REST.contains(&mint["status"].as_str().unwrap_or_default()))
            });
            let is_at_rest = rested.await;
            self.check_that("everything comes to rest", (!is_at_rest).then(|| page.to_string()));
            for mint in page["mints"].as_array().cloned().unwrap_or_default() {
                self.inspect_end(&mint).await;
            }
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return,
            }
        }
    }

    async fn inspect_end(&mut self, mint: &Value) {
        let (status, code) = (mint["status"].as_str().unwrap_or_default(), mint["code"].as_str());
        let is_true = match status {
            "rejected" => matches!(code, Some("ACE_REJECTED" | "CIRCUIT_OPEN" | "POR_INSUFFICIENT_RESERVES")),
            "failed" => code == Some("EXPIRED") || mint["attempts"].as_u64().unwrap_or_default() > 0,
            _ => true,
        };
        self.check_that("an end has a true reason", (!is_true).then(|| mint.to_string()));
        if let Some(block) = mint["blockNumber"].as_u64() {
            let block =
                self.stack.anvil.rpc("eth_getBlockByNumber", json!([format!("{block:#x}"), false])).await;
            let time = block["timestamp"].as_str().and_then(|hex| u64::from_str_radix(&hex[2..], 16).ok());
            let deadline = mint["expiresAt"].as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            let is_in_time = time.zip(deadline).is_some_and(|(time, deadline)| {
                i64::try_from(time).is_ok_and(|time| time <= deadline.as_second())
            });
            self.check_that("nothing is minted after expiresAt", (!is_in_time).then(|| mint.to_string()));
        }
    }

    /// However many databases there are, and whatever they forgot: one transfer for each reference.
    async fn inspect_transfers(&mut self) {
        let logs = self.stack.anvil.events("MintExecuted(bytes32,address,uint256)", None).await;
        let references: BTreeSet<String> = logs.iter().map(|log| log["topics"][1].to_string()).collect();
        let wrong =
            (references.len() != logs.len()).then(|| format!("{} of {}", logs.len(), references.len()));
        self.check_that("a reference has one transfer", wrong);
        let balance = self.stack.anvil.balance(BENEFICIARY).await;
        let wrong = (balance != tokens(logs.len() as u64)).then(|| format!("{balance} for {}", logs.len()));
        self.check_that("the balance is what was minted", wrong);
        for key in self.stack.anvil.transmitters() {
            let count = async |block: &str| {
                self.stack.anvil.rpc("eth_getTransactionCount", json!([key, block])).await
            };
            let wrong = (count("latest").await != count("pending").await).then(|| key.to_string());
            self.check_that("every transaction of a transmitter is mined", wrong);
        }
    }

    async fn inspect_store(&mut self) {
        let url = SecretUrl::new(format!("sqlite:{}", self.stack.path("gateway.db").display()));
        let (store, writer) = Store::open(&url, Clock::system()).await.expect("the store opens");
        let writing = async {
            let (stablecoin, consumer) = self.stack.anvil.basket;
            let recount = store.recount(BasketId { stablecoin, consumer }).await;
            let log = store.verify_log().await;
            store.close_writes();
            (recount, log)
        };
        let ((), (recount, log)) = tokio::join!(writer.run(), writing);
        store.close().await;
        let is_equal = recount.as_ref().is_ok_and(|recount| recount.kept == recount.counted);
        self.check_that("the promised figure is the recount", (!is_equal).then(|| format!("{recount:?}")));
        let is_intact = matches!(log, Ok(LogState::Intact(_)));
        self.check_that("the event log verifies", (!is_intact).then(|| format!("{log:?}")));
    }
}

/// Whether an answer says what became of the mint: it was minted, or a problem names the state in which it ended.
pub(crate) fn has_ended(answer: &Value) -> bool {
    answer["success"] == true || AT_REST.contains(&answer["mintStatus"].as_str().unwrap_or_default())
}

/// Asks a gateway for a mint; nothing when the answer is lost.
pub(crate) async fn ask(url: &str, key: Option<&str>, body: &Value, prefer: &str) -> Option<Value> {
    let mut request = test_support::client().request(Method::POST, format!("{url}/mint"));
    if let Some(key) = key {
        request = request.header("Idempotency-Key", key);
    }
    request.header("prefer", prefer).json(body).send().await.ok()?.json().await.ok()
}

pub(crate) async fn get(url: &str, path: &str) -> Option<Value> {
    test_support::client().get(format!("{url}{path}")).send().await.ok()?.json().await.ok()
}

/// Copies a database file with what SQLite keeps beside it, while nothing has it open.
pub(crate) fn copy_database(from: &Path, to: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let named = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        // What the copy has and the original lacks would be read with it.
        let _ = std::fs::remove_file(named(to));
        if named(from).exists() {
            std::fs::copy(named(from), named(to)).expect("a copy");
        }
    }
}
