//! What the gateway says when something is wrong from the start: all of it, in time, once, and never a secret. The real
//! program, with endpoints and databases that only say what a test wants to hear.

mod chain;
mod database;
mod place;

use std::time::Duration;

use chain::{FakeChain, Mood};
use database::FakeDatabase;
use place::Place;
use serde_json::{Value, json};
use sqlx::Connection;
use test_support::program::Program;
use test_support::{Answer, until};

/// What must be found nowhere.
const CANARY: &str = "CANARY";

fn mint() -> Value {
    json!({ "beneficiary": "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd", "amount": "1", "bankReference": "told-1" })
}

#[tokio::test]
async fn told_settings_are_all_named_before_anything_is_opened() {
    let place = Place::new();
    let lines = [
        "PORT=99999",
        "BUN_PATH=KEY KEY",
        "MINT_WAIT_SECOND=5",
        "LOG_FORMAT=xml",
        "RPC_URL=ftp://KEY",
        "PUBLIC_URL=https://user:KEY@bank.example",
        "ALLOWED_HOSTS=https://KEY",
        "TRUSTED_PROXIES=10.0.0.0/64",
    ];
    std::fs::write(place.path(".env"), lines.join("\n")).expect("a file");
    let end = place.program().ends().await;
    let named = [
        ".env line 2 is malformed",
        ".env line 3: there is no setting MINT_WAIT_SECOND; MINT_WAIT_SECONDS is one",
        "PORT must be",
        "LOG_FORMAT must be",
        "RPC_URL must be",
        "PUBLIC_URL must be",
        "ALLOWED_HOSTS must list",
        "TRUSTED_PROXIES must list",
    ];
    for sentence in named {
        let told = end.stderr.lines().filter(|line| line.starts_with(sentence)).count();
        assert_eq!(told, 1, "{sentence}\n{}", end.stderr);
    }
    assert_eq!((end.code, end.stdout.as_str()), (Some(1), ""));
    assert!(!end.stderr.contains("KEY"), "{}", end.stderr);
    assert!(!place.path("gateway.db").exists(), "the database was opened");
}

#[tokio::test]
async fn told_settings_in_force_are_printed_once_without_secrets() {
    let place = Place::new();
    std::fs::write(place.path(".env"), "BATCH_MAX=7\nPORT=1\n").expect("a file");
    let rpc = format!("http://{CANARY}:{CANARY}@127.0.0.1:1/{CANARY}-key,http://127.0.0.1:2/?key={CANARY}");
    let program =
        place.program().set("RPC_URL", &rpc).set("LOG_FORMAT", "json").starts().await.expect("it listens");
    let end = program.stop().await;
    let shown: Vec<Value> = end.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let setting = |name: &str| {
        let mut found = shown.iter().map(|line| &line["fields"]).filter(|fields| fields["message"] == name);
        let first = found.next().unwrap_or_else(|| panic!("{name} is missing in\n{}", end.stderr));
        assert_eq!(found.count(), 0, "{name} is told twice");
        (
            first["value"].as_str().unwrap_or_default().to_owned(),
            first["from"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let pair = |value: &str, from: &str| (value.to_owned(), from.to_owned());
    assert_eq!(setting("BATCH_MAX"), pair("7", ".env"));
    assert_eq!(setting("PORT"), pair("0", "environment"), "the environment comes before the file");
    assert_eq!(setting("HOST"), pair("127.0.0.1", "default"));
    assert_eq!(setting("RPC_URL"), pair("http://127.0.0.1:1, http://127.0.0.1:2", "environment"));
    assert!(end.stderr.contains("a majority of two is two"), "{}", end.stderr);
}

#[tokio::test]
async fn told_event_log_that_was_changed_is_named_at_the_start() {
    let (place, chain) = (Place::new(), FakeChain::start(Mood::Up(31_337)).await);
    let said = async |sentence: &str| {
        let program = place.program().set("RPC_URL", &chain.url).starts().await.expect("it listens");
        let is_said = until(async || program.has_said(sentence)).await;
        let end = program.stop().await;
        assert!(is_said, "{sentence}: {}", end.stderr);
    };
    // What is logged of the first start is who made the first key.
    said("an administrator's key was made").await;
    said("the event log is intact").await;
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}", place.path("gateway.db").display());
    let mut vandal = sqlx::AnyConnection::connect(&url).await.expect("the database");
    let changed = sqlx::query("UPDATE events SET at = at + 1 WHERE seq = 1").execute(&mut vandal).await;
    assert_eq!(changed.expect("the statement").rows_affected(), 1);
    vandal.close().await.expect("it closes");
    said("the event log is broken: an entry was changed or is missing").await;
}

#[tokio::test]
async fn told_listening_beyond_this_machine_says_how_to_make_a_key() {
    let place = Place::new();
    let end = place.program().set("HOST", "0.0.0.0").starts().await.expect("it listens").stop().await;
    assert!(end.stdout.contains("the gateway listens beyond this machine"), "{}", end.stdout);
    assert!(end.stdout.contains("cre-backend keys create"), "{}", end.stdout);
    let end = place.program().starts().await.expect("it listens").stop().await;
    assert!(!end.stdout.contains("keys create"), "{}", end.stdout);
}

#[tokio::test]
async fn told_taken_addresses_are_named_with_their_settings() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("its address");
    let place = Place::new();
    for (name, value) in [("PORT", address.port().to_string()), ("ADMIN_ADDR", address.to_string())] {
        let end = place.program().set(name, &value).ends().await;
        assert_eq!(end.code, Some(1));
        let told = format!("{name} {value} cannot be used: another program listens on {address}");
        assert!(end.stderr.lines().any(|line| line.starts_with(&told)), "{}", end.stderr);
    }
    assert!(!place.path("gateway.db").exists(), "the database was opened");
}

#[tokio::test]
async fn told_addresses_without_code_are_each_a_sentence() {
    let chain = FakeChain::start(Mood::Up(31_337)).await;
    chain.set_code(false);
    let place = Place::new();
    let end = place.program().set("RPC_URL", &chain.url).ends().await;
    for name in
        ["BASKET_FACTORY", "FORWARDER_ADDRESS", "COMPLIANCE_LENS", "DEFAULT_STABLECOIN", "DEFAULT_CONSUMER"]
    {
        let told = end
            .stderr
            .lines()
            .filter(|line| line.starts_with(name) && line.ends_with("where chain 31337 has no contract"));
        assert_eq!(told.count(), 1, "{name}\n{}", end.stderr);
    }
    assert_eq!((end.code, end.stdout.as_str()), (Some(1), ""));

    let end = place.program().set("RPC_URL", &chain.url).set("DEPLOYMENTS_DIR", "nowhere").ends().await;
    for name in ["BASKET_FACTORY", "FORWARDER_ADDRESS"] {
        assert!(
            end.stderr.contains(&format!("{name} is not set, and DEPLOYMENTS_DIR has no record 31337.json"))
        );
    }

    std::fs::write(place.path("workflow/deployments/31337.json"), "{").expect("a file");
    let end = place.program().set("RPC_URL", &chain.url).ends().await;
    let told = "DEPLOYMENTS_DIR has a record 31337.json, but it is no deployment record";
    assert_eq!(end.stderr.lines().filter(|line| *line == told).count(), 1, "{}", end.stderr);
}

#[tokio::test]
async fn told_start_without_the_chain_goes_on_by_itself() {
    let chain = FakeChain::start(Mood::Down).await;
    let place = Place::new();
    let program = place.program().set("RPC_URL", &chain.url).starts().await.expect("it listens");
    assert_eq!(program.get("/health").await.status, 200);
    assert_eq!(program.get("/mints").await.body, json!({ "mints": [], "nextCursor": null }));
    assert_eq!(program.get("/").await.body["chainId"], Value::Null, "nobody has said it yet");
    let metrics = program.get_as_operator("/metrics").await;
    assert!(metrics.status == 200 && metrics.text().contains("cre_chain_answers 0"), "{}", metrics.body);
    let refused = program.post("/mint", &mint()).await;
    assert_eq!(refused.problem(), (503, "CHAIN_UNAVAILABLE"), "{}", refused.body);
    let ready = program.get("/ready").await;
    assert_eq!(ready.status, 503);
    let said = ready.body["checks"]["chain"].as_str().unwrap_or_default();
    assert!(said.contains("has not answered since the start"), "{}", ready.body);

    chain.set(Mood::Up(31_337));
    let mut ready = Value::Null;
    let goes_on = until(async || {
        ready = program.get("/ready").await.body["checks"].clone();
        ready["chain"] == "ok"
    });
    assert!(goes_on.await, "{ready}");
    assert_eq!((&ready["chainId"], &ready["forwarder"]), (&json!("ok"), &json!("ok")));
    assert_eq!(program.get("/").await.body["chainId"], 31_337);
    let end = program.stop().await;
    assert_eq!(end.stderr.matches("the gateway starts without it").count(), 1, "{}", end.stderr);
}

#[tokio::test]
async fn told_chain_of_another_database_is_worked_on_by_nobody() {
    let chain = FakeChain::start(Mood::Up(31_337)).await;
    let place = Place::new();
    let first = place.program().set("RPC_URL", &chain.url).starts().await.expect("it listens");
    first.stop().await;

    chain.set(Mood::Down);
    let program = place.program().set("RPC_URL", &chain.url).starts().await.expect("it listens");
    assert_eq!(program.get("/").await.body["chainId"], 31_337, "the database remembers");
    chain.set(Mood::Up(1));
    let mut said = String::new();
    let refuses = until(async || {
        said = program.get("/ready").await.body["checks"]["chain"].to_string();
        said.contains("leads to chain 1, but the database belongs to chain 31337")
    });
    assert!(refuses.await, "{said}");
    let pause = format!("/baskets/{}/pause", chain::address(5));
    for (path, body) in [("/mint", mint()), (pause.as_str(), json!({ "reason": "drill" }))] {
        let refused = program.post(path, &body).await;
        assert_eq!(refused.problem(), (503, "CHAIN_UNAVAILABLE"), "{path}");
        assert!(refused.body["detail"].to_string().contains("chain 1,"), "{}", refused.body);
    }
    assert_eq!(program.get("/mints").await.status, 200);
    assert_eq!(program.get("/reserves").await.status, 503, "no figure of another chain is shown");

    chain.set(Mood::Up(31_337));
    assert!(until(async || program.get("/ready").await.body["checks"]["chain"] == "ok").await);
    program.stop().await;

    chain.set(Mood::Up(1));
    let end = place.program().set("RPC_URL", &chain.url).ends().await;
    assert!(
        end.stderr.contains("RPC_URL leads to chain 1, but the database belongs to chain 31337"),
        "{}",
        end.stderr
    );
}

#[tokio::test]
async fn told_database_problems_are_our_own_words() {
    for (refusal, sentence) in [
        (("28P01", "password authentication failed for user"), "does not accept user and password"),
        (("08P01", "unsupported startup parameter: extra_float_digits"), "needs the direct port"),
        (("26000", "prepared statement \"sqlx_s_1\" does not exist"), "needs the direct port"),
        (("3D000", "database does not exist"), "has no database of this name"),
    ] {
        let database = FakeDatabase::start(refusal.0, &format!("{} {CANARY}", refusal.1)).await;
        let end = Place::new().program().set("DATABASE_URL", database.url(CANARY)).ends().await;
        let told: Vec<&str> = end.stderr.lines().filter(|line| line.starts_with("DATABASE_URL")).collect();
        assert!(told.len() == 1 && told[0].contains(sentence), "{}", end.stderr);
        assert!(!end.stderr.contains(CANARY), "{}", end.stderr);
    }
}

/// Asks for everything that an error can come back from.
async fn walk(program: &Program) -> Vec<Answer> {
    let basket = chain::address(5);
    let mut answers = Vec::new();
    for path in [
        "/",
        "/health",
        "/ready",
        "/mints",
        "/baskets",
        "/reserves",
        "/openapi.json",
        &format!("/reserves/{basket}"),
        &format!("/transparency/{basket}"),
        &format!("/compliance/{basket}"),
        &format!("/tx/0x{}", "11".repeat(32)),
    ] {
        answers.push(program.get(path).await);
    }
    answers.push(program.get_as_operator("/metrics").await);
    answers.push(program.post("/mint", &mint()).await);
    let act = json!({ "reason": "drill" });
    answers.push(program.post(&format!("/baskets/{basket}/pause"), &act).await);
    let named =
        json!({ "name": "b", "stablecoinAddress": chain::address(4), "mintingConsumerAddress": basket });
    answers.push(program.post("/baskets", &named).await);
    answers
}

#[tokio::test]
async fn told_secrets_of_endpoints_are_nowhere_at_any_level() {
    let chain = FakeChain::start(Mood::Down).await;
    let secret = format!("{CANARY}-user:{CANARY}%2Fpass@");
    let with_secret = chain.url.replace("http://", &format!("http://{secret}"));
    let url = format!("{with_secret}/v2/{CANARY}-0123456789?token={CANARY}-query");
    chain.echo(&url);
    for format in ["text", "json"] {
        for (mood, later) in [
            (Mood::Down, Mood::Unauthorized),
            (Mood::Up(31_337), Mood::Unauthorized),
            (Mood::Up(31_337), Mood::Nonsense),
            (Mood::Unauthorized, Mood::Up(1)),
        ] {
            chain.set(mood);
            let place = Place::new();
            let starting =
                place.program().set("RPC_URL", &url).set("RUST_LOG", "trace").set("LOG_FORMAT", format);
            let program = starting.starts().await.expect("it listens");
            let mut answers = walk(&program).await;
            chain.set(later);
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            answers.extend(walk(&program).await);
            let end = program.stop().await;
            assert!(end.stderr.lines().count() > 100, "the log is silent: {}", end.stderr);
            for (what, text) in [("standard output", &end.stdout), ("standard error", &end.stderr)] {
                let leak = text.lines().find(|line| line.contains(CANARY));
                assert_eq!(leak, None, "{what}, {format}, {mood:?}");
            }
            for answer in answers {
                assert!(!answer.text().contains(CANARY), "{format}, {mood:?}: {}", answer.text());
            }
            let leak = place.files_with(CANARY);
            assert!(leak.is_empty(), "{leak:?}");
        }
    }
}

#[tokio::test]
async fn told_secrets_of_databases_are_nowhere_at_any_level() {
    for format in ["text", "json"] {
        let refusing = FakeDatabase::start(
            "28P01",
            &format!("password authentication failed for user \"{CANARY}-user\""),
        )
        .await;
        for url in [
            refusing.url(CANARY),
            format!("postgres://{CANARY}-user:{CANARY}-pass@127.0.0.1:1/x?options={CANARY}"),
        ] {
            let place = Place::new();
            let starting =
                place.program().set("DATABASE_URL", &url).set("RUST_LOG", "trace").set("LOG_FORMAT", format);
            let end = starting.ends().await;
            assert_eq!(end.code, Some(1));
            assert!(end.stderr.contains("DATABASE_URL cannot be used: the server does"), "{}", end.stderr);
            let leak = end.stderr.lines().chain(end.stdout.lines()).find(|line| line.contains(CANARY));
            assert_eq!(leak, None, "{format}");
        }
    }
}
