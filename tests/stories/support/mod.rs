//! A whole system for one test: an Anvil with the contracts, a reserve API, a copy of the CRE folder, and the gateway.

pub(crate) mod anvil;
pub(crate) mod folder;
mod guard;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod reserve;
pub(crate) mod rpc_proxy;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use alloy::primitives::{Address, U256, address};
use cre_backend::config::{Config, Settings};
use cre_backend::{Gateway, Handle};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

pub(crate) use anvil::{Anvil, Mining};
pub(crate) use reserve::Reserve;
pub(crate) use rpc_proxy::{Mood, RpcProxy};

/// The guide's beneficiary.
pub(crate) const BENEFICIARY: Address = address!("60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd");
/// Longest wait for anything in a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// One token in base units.
pub(crate) fn tokens(count: u64) -> U256 {
    U256::from(count) * U256::from(10).pow(U256::from(18))
}

/// What a test may choose.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// Settings that differ from the usual ones.
    pub(crate) settings: Settings,
    /// A program to run instead of Bun: the text of a shell script.
    pub(crate) fake_bun: Option<String>,
    /// How the chain makes blocks.
    pub(crate) mining: Mining,
    /// One proxy in front of the chain for each entry, instead of the chain itself.
    pub(crate) proxies: Vec<Mood>,
    /// Leave the gateway to the test.
    pub(crate) without_gateway: bool,
}

impl Choice {
    /// A gateway that looks at the chain once: what the chain then refuses is refused by the chain.
    pub(crate) fn unwatched() -> Self {
        let monitor_interval_seconds = Some("3600".into());
        Self { settings: Settings { monitor_interval_seconds, ..Settings::default() }, ..Self::default() }
    }
}

/// The running system.
#[derive(Debug)]
pub(crate) struct Stack {
    pub(crate) anvil: Anvil,
    pub(crate) reserve: Reserve,
    pub(crate) folder: TempDir,
    pub(crate) settings: Settings,
    pub(crate) proxies: Vec<RpcProxy>,
    gateway: Option<(Handle, CancellationToken)>,
    pub(crate) url: String,
}

/// An answer of the gateway.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, headers, body }
    }

    /// Status and code, the two words by which a client tells failures apart.
    pub(crate) fn verdict(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["code"].as_str().unwrap_or_default())
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Stack {
    /// Everything real.
    pub(crate) async fn start() -> Self {
        Self::start_with(Choice::default()).await
    }

    /// Everything real but what the test chose.
    pub(crate) async fn start_with(choice: Choice) -> Self {
        let anvil = Anvil::start(choice.mining).await;
        let reserve = Reserve::start().await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut proxies = Vec::new();
        for mood in &choice.proxies {
            proxies.push(RpcProxy::start(&anvil.url, *mood).await);
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
        let usual = Settings {
            port: Some("0".into()),
            workflow_dir: Some("workflow".into()),
            rpc_url: Some(rpc_urls),
            deployments_dir: Some("keys".into()),
            cre_don_file: Some("keys/don.json".into()),
            cre_run_dir: Some("runs".into()),
            database_url: Some("sqlite:gateway.db".into()),
            bun_path: Some(bun.display().to_string()),
            mint_wait_seconds: Some("60".into()),
            workflow_concurrency: Some("2".into()),
            monitor_interval_seconds: Some("1".into()),
            workflow_mode: choice.fake_bun.as_ref().map(|_| "cold".into()),
            path: Some("/usr/bin:/bin".into()),
            ..Settings::default()
        };
        let settings = overlay(usual, choice.settings);
        let mut stack = Self { anvil, reserve, folder, settings, proxies, gateway: None, url: String::new() };
        if !choice.without_gateway {
            stack.run_gateway().await;
        }
        stack
    }

    /// Starts the gateway, or starts it again after [`Stack::stop_gateway`].
    pub(crate) async fn run_gateway(&mut self) {
        let config = Config::understand(&self.settings, self.folder.path()).expect("usable settings");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let shutdown = CancellationToken::new();
        let handle = Gateway::start(config, listener, shutdown.clone()).await.expect("the gateway starts");
        self.url = format!("http://{}", handle.addr);
        self.gateway = Some((handle, shutdown));
    }

    /// Stops the gateway as a signal would, and waits until nothing of it is left.
    pub(crate) async fn stop_gateway(&mut self) {
        if let Some((handle, shutdown)) = self.gateway.take() {
            shutdown.cancel();
            handle.stopped().await;
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::of(self.request(Method::GET, path).send().await.expect("an answer")).await
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        client().request(method, format!("{}{path}", self.url))
    }

    /// `POST /mint` with any JSON.
    pub(crate) async fn post(&self, body: &Value) -> Answer {
        Answer::of(self.request(Method::POST, "/mint").json(body).send().await.expect("an answer")).await
    }

    /// `POST /mint` of an amount for the guide's beneficiary.
    pub(crate) async fn mint(&self, amount: &str) -> Answer {
        self.post(&self.body(amount)).await
    }

    /// The guide's body.
    pub(crate) fn body(&self, amount: &str) -> Value {
        let basket = self.anvil.basket;
        json!({
            "beneficiary": BENEFICIARY,
            "amount": amount,
            "stablecoinAddress": basket.0,
            "mintingConsumerAddress": basket.1,
        })
    }

    /// Asks for a mint until it is in the wanted state.
    pub(crate) async fn until(&self, id: &str, state: &str) -> Value {
        let mut last = Value::Null;
        let reached = until(async || {
            last = self.get(&format!("/mints/{id}")).await.body;
            last["status"] == state
        });
        assert!(reached.await, "mint {id} never became {state}: {last}\n{}", self.newest_output());
        last
    }

    /// The trigger payloads of all runs so far.
    pub(crate) fn payloads(&self) -> Vec<Value> {
        let files = folder::files(&self.path("runs"), "http_trigger_payload.json");
        let read = |path| serde_json::from_slice(&std::fs::read(path).ok()?).ok();
        files.into_iter().filter_map(read).collect()
    }

    /// What the newest workflow run printed; for the message of a test that fails.
    pub(crate) fn newest_output(&self) -> String {
        let mut outputs = folder::files(&self.path("runs"), "output.log");
        outputs.sort();
        outputs.last().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    }
}

/// Repeats a question until it is answered with yes; false after [`PATIENCE`].
pub(crate) async fn until(mut question: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.is_ok()
}

/// A port for a program that is told where to listen. It lies below those that the system gives to outgoing connections,
/// and each test process has ports of its own, so that nobody takes it before the program does.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let place = std::process::id().wrapping_mul(31).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + place % 20_000).expect("a port");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) fn client() -> reqwest::Client {
    // Installed already by an earlier call or by the gateway.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(PATIENCE * 2).build().expect("an HTTP client")
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn overlay(usual: Settings, chosen: Settings) -> Settings {
    Settings {
        cors_origin: chosen.cors_origin.or(usual.cors_origin),
        rpc_url: chosen.rpc_url.or(usual.rpc_url),
        database_url: chosen.database_url.or(usual.database_url),
        mint_wait_seconds: chosen.mint_wait_seconds.or(usual.mint_wait_seconds),
        workflow_timeout_seconds: chosen.workflow_timeout_seconds.or(usual.workflow_timeout_seconds),
        workflow_mode: chosen.workflow_mode.or(usual.workflow_mode),
        batch_max: chosen.batch_max.or(usual.batch_max),
        workflow_concurrency: chosen.workflow_concurrency.or(usual.workflow_concurrency),
        bun_path: chosen.bun_path.or(usual.bun_path),
        lease_seconds: chosen.lease_seconds.or(usual.lease_seconds),
        monitor_interval_seconds: chosen.monitor_interval_seconds.or(usual.monitor_interval_seconds),
        breaker_cooldown_seconds: chosen.breaker_cooldown_seconds,
        breaker_bad_answers: chosen.breaker_bad_answers,
        reserve_fresh_seconds: chosen.reserve_fresh_seconds,
        reserve_proof_max_age_seconds: chosen.reserve_proof_max_age_seconds,
        attest_interval_seconds: chosen.attest_interval_seconds,
        unexpected_supply: chosen.unexpected_supply,
        ..usual
    }
}
