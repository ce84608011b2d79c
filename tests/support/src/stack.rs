//! A whole system for one test: an Anvil with the contracts, a reserve API, a copy of the CRE folder, and the gateway.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cre_backend::config::{Config, Settings};
use cre_backend::gateway::Listeners;
use cre_backend::{Gateway, Handle};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::{Anvil, BENEFICIARY, FaultMode, Mining, ReserveApi, RpcProxy, client, folder, until};

/// Settings by the names that they have in the environment.
pub type SettingMap = BTreeMap<&'static str, String>;

/// Settings of a test, for example `[("MINT_WAIT_SECONDS", "1")]`.
#[must_use]
pub fn settings<const N: usize>(values: [(&'static str, &str); N]) -> SettingMap {
    values.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

/// What a test may choose.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Settings that differ from the usual ones.
    pub settings: SettingMap,
    /// A program to run instead of Bun: the text of a shell script.
    pub fake_bun: Option<String>,
    /// How the chain makes blocks.
    pub mining: Mining,
    /// One proxy in front of the chain for each entry, instead of the chain itself.
    pub proxies: Vec<FaultMode>,
    /// Leave the gateway to the test.
    pub without_gateway: bool,
}

impl Choice {
    /// Everything as usual but these settings.
    #[must_use]
    pub fn with<const N: usize>(values: [(&'static str, &str); N]) -> Self {
        Self { settings: settings(values), ..Self::default() }
    }

    /// A gateway that looks at the chain once: what the chain then refuses is refused by the chain.
    #[must_use]
    pub fn unwatched() -> Self {
        Self::with([("MONITOR_INTERVAL_SECONDS", "3600")])
    }

    /// The same choice, with the gateway left to the test.
    #[must_use]
    pub fn without_gateway(self) -> Self {
        Self { without_gateway: true, ..self }
    }
}

/// The running system.
#[derive(Debug)]
pub struct Stack {
    /// The chain.
    pub anvil: Anvil,
    /// The reserve source.
    pub reserve: ReserveApi,
    /// Everything that the gateway reads and writes.
    pub folder: TempDir,
    /// The settings of the next gateway that is started; it is the whole environment of a program.
    pub settings: SettingMap,
    /// Endpoints in front of the chain.
    pub proxies: Vec<RpcProxy>,
    gateway: Option<(Handle, CancellationToken)>,
    /// Where the gateway listens.
    pub url: String,
    /// Where it serves operators; empty when it does not.
    pub operator_url: String,
}

/// An answer of the gateway.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body; a string when it is not JSON.
    pub body: Value,
}

impl Answer {
    /// Reads a response to its end.
    pub async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// Status and code, by which a client tells failures apart.
    #[must_use]
    pub fn problem(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    /// All that it says: headers and body as one text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{:?}\n{}", self.headers, self.body)
    }

    /// A header; empty when it is missing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Stack {
    /// Everything real.
    pub async fn start() -> Self {
        Self::start_with(Choice::default()).await
    }

    /// Everything real but what the test chose.
    pub async fn start_with(choice: Choice) -> Self {
        let anvil = Anvil::start(choice.mining).await;
        let reserve = ReserveApi::start().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut proxies = Vec::new();
        for mode in &choice.proxies {
            proxies.push(RpcProxy::start(&anvil.url, *mode).await);
        }
        let rpc_urls = match proxies.as_slice() {
            [] => anvil.url.clone(),
            proxies => proxies.iter().map(|proxy| proxy.url.as_str()).collect::<Vec<_>>().join(","),
        };
        folder::lay_out(folder.path(), &anvil.url, &reserve.url);
        let bun = match &choice.fake_bun {
            Some(script) => folder::fake_bun(folder.path(), script),
            None => folder::bun(),
        };
        let mut settings = settings([
            ("PORT", "0"),
            ("ADMIN_ADDR", "127.0.0.1:0"),
            ("WORKFLOW_DIR", "workflow"),
            ("RPC_URL", &rpc_urls),
            ("DEPLOYMENTS_DIR", "keys"),
            ("CRE_DON_FILE", "keys/don.json"),
            ("CRE_RUN_DIR", "runs"),
            ("DATABASE_URL", "sqlite:gateway.db"),
            ("BUN_PATH", &bun.display().to_string()),
            ("MINT_WAIT_SECONDS", "150"),
            ("WORKFLOW_CONCURRENCY", "2"),
            ("WORKFLOW_MODE", if choice.fake_bun.is_some() { "cold" } else { "warm" }),
            ("MONITOR_INTERVAL_SECONDS", "1"),
            ("PATH", "/usr/bin:/bin"),
        ]);
        settings.extend(choice.settings);
        let mut stack = Self {
            anvil,
            reserve,
            folder,
            settings,
            proxies,
            gateway: None,
            url: String::new(),
            operator_url: String::new(),
        };
        if !choice.without_gateway {
            stack.run_gateway().await;
        }
        stack
    }

    /// Starts the gateway, or starts it again after [`Stack::stop_gateway`].
    pub async fn run_gateway(&mut self) {
        self.try_gateway().await.expect("the gateway starts");
    }

    /// The same, where it may refuse; says why it did.
    pub async fn try_gateway(&mut self) -> Result<(), String> {
        let config = Config::understand(&self.known_settings(), self.folder.path()).expect("usable settings");
        let listeners = Listeners::bind(&config.network).await.expect("free ports");
        let shutdown = CancellationToken::new();
        let handle = Gateway::start(config, listeners, shutdown.clone()).await;
        let handle = handle.map_err(|error| cre_backend::base::logging::with_causes(&error))?;
        self.url = format!("http://{}", handle.addr);
        self.operator_url = handle.operator_addr.map(|addr| format!("http://{addr}")).unwrap_or_default();
        self.gateway = Some((handle, shutdown));
        Ok(())
    }

    /// Changes a setting of the next gateway that is started.
    pub fn set(&mut self, name: &'static str, value: &str) {
        self.settings.insert(name, value.to_owned());
    }

    /// The settings of the next gateway that is started, each of which the gateway knows.
    #[must_use]
    pub fn known_settings(&self) -> Settings {
        Settings::of(&self.settings)
            .unwrap_or_else(|error| panic!("a story sets what does not exist: {error}"))
    }

    /// Stops the gateway as a signal would, and waits until nothing of it is left.
    pub async fn stop_gateway(&mut self) {
        if let Some((handle, shutdown)) = self.gateway.take() {
            shutdown.cancel();
            handle.stopped().await.expect("it stops because it was told to");
        }
    }

    /// A file or folder of the test.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `GET` of a path.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    /// `GET` of a path where operators are served.
    pub async fn get_as_operator(&self, path: &str) -> Answer {
        Answer::of(client().get(format!("{}{path}", self.operator_url)).send().await.expect("an answer"))
            .await
    }

    /// A request to the gateway.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        client().request(method, format!("{}{path}", self.url))
    }

    /// `POST /mint` with any JSON.
    pub async fn post(&self, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, "/mint").json(body).send().await.expect("an answer")).await
    }

    /// `POST /mint` of an amount for the guide's beneficiary.
    pub async fn mint(&self, amount: &str) -> Answer {
        self.post(&self.body(amount)).await
    }

    /// `POST /mint` of an amount that is answered as soon as it is stored.
    pub async fn mint_async(&self, amount: &str) -> Answer {
        let request = self.request(Method::POST, "/mint").header("prefer", "respond-async");
        Answer::of(request.json(&self.body(amount)).send().await.expect("an answer")).await
    }

    /// Asks for a mint under a bank reference, and waits until it is seen queued with `code` as what holds it up;
    /// returns its id.
    pub async fn mint_held_up(&self, bank_reference: &str, code: &str) -> String {
        let mut body = self.body("1");
        body["bankReference"] = json!(bank_reference);
        let request = self.request(Method::POST, "/mint").header("prefer", "respond-async");
        let answer = Answer::of(request.json(&body).send().await.expect("an answer")).await;
        let id =
            answer.body["mintId"].as_str().unwrap_or_else(|| panic!("no id: {}", answer.body)).to_owned();
        let mut shown = Value::Null;
        let is_held_up = until(async || {
            shown = self.get(&format!("/mints/{id}")).await.body;
            shown["status"] == "queued" && shown["code"] == code
        });
        assert!(is_held_up.await, "{code} does not hold it up: {shown}\n{}", self.newest_output());
        id
    }

    /// Lets the clock of the gateway's SQLite database show another time than the machine's.
    pub async fn shift_database_clock(&self, ahead_ms: i64) {
        sqlx::any::install_default_drivers();
        let url = format!("sqlite:{}", self.path("gateway.db").display());
        let mut connection = AnyConnection::connect(&url).await.expect("a connection");
        let view: &'static str = format!(
            "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE; DROP VIEW clock; CREATE VIEW clock AS \
             SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS BIGINT) + ({ahead_ms}) AS now_ms; COMMIT"
        )
        .leak();
        connection.execute(view).await.expect("another clock");
        connection.close().await.expect("a connection");
    }

    /// The guide's body.
    #[must_use]
    pub fn body(&self, amount: &str) -> Value {
        let basket = self.anvil.basket;
        json!({
            "beneficiary": BENEFICIARY,
            "amount": amount,
            "stablecoinAddress": basket.0,
            "mintingConsumerAddress": basket.1,
        })
    }

    /// Asks for a mint until it is in the wanted state.
    pub async fn mint_becomes(&self, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let reached = until(async || {
            last = self.get(&format!("/mints/{id}")).await.body;
            last["status"] == state
        });
        assert!(reached.await, "mint {id} never became {state}: {last}\n{}", self.newest_output());
        last
    }

    /// The trigger payloads of all runs so far.
    #[must_use]
    pub fn payloads(&self) -> Vec<Value> {
        let files = folder::files(&self.path("runs"), "http_trigger_payload.json");
        let read = |path| serde_json::from_slice(&std::fs::read(path).ok()?).ok();
        files.into_iter().filter_map(read).collect()
    }

    /// What the newest workflow run printed; for the message of a test that fails.
    #[must_use]
    pub fn newest_output(&self) -> String {
        let mut outputs = folder::files(&self.path("runs"), "output.log");
        outputs.sort();
        outputs.last().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    }
}
