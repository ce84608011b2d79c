//! Accounts, keys and what they may: scopes, grants, limits, revocation.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use test_support::postgres::Postgres;
use test_support::program::Program;
use test_support::{Answer, Choice, EventStream, Stack, settings, until};

/// A run that never ends: mints are accepted and wait.
const HANGS: &str = "exec sleep 600";

/// A gateway whose runs never end.
pub(crate) async fn hanging<const N: usize>(values: [(&'static str, &str); N]) -> Stack {
    let choice = Choice { settings: settings(values), fake_bun: Some(HANGS.to_owned()), ..Choice::default() };
    Stack::start_with(choice).await
}

/// The administrator's key of a stack.
pub(crate) async fn admin_key(stack: &Stack) -> String {
    let path = stack.path(".local/admin.key");
    assert!(until(async || path.is_file()).await, "no admin.key was made");
    let key = std::fs::read_to_string(path).expect("a file").trim().to_owned();
    // The file is there a moment before the key counts.
    assert!(
        until(async || read(stack, &key, "/whoami").await.status == 200).await,
        "admin.key does not count"
    );
    key
}

/// A request with a key.
pub(crate) async fn send(stack: &Stack, key: &str, method: Method, path: &str, body: &Value) -> Answer {
    let mut request = stack.request(method, path).header("authorization", format!("Bearer {key}"));
    if !body.is_null() {
        request = request.json(body);
    }
    Answer::of(request.send().await.expect("an answer")).await
}

/// `GET` with a key.
pub(crate) async fn read(stack: &Stack, key: &str, path: &str) -> Answer {
    send(stack, key, Method::GET, path, &Value::Null).await
}

/// Makes an account with a grant for the stack's basket, and a key of it; returns the key.
pub(crate) async fn client(stack: &Stack, admin: &str, account: &str, scopes: &[&str]) -> String {
    let made =
        send(stack, admin, Method::POST, "/accounts", &json!({ "id": account, "name": account })).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let grant = format!("/accounts/{account}/grants/{}", stack.anvil.basket.0);
    assert_eq!(send(stack, admin, Method::PUT, &grant, &json!({})).await.status, 200);
    new_key(stack, admin, &json!({ "account": account, "name": "test", "scopes": scopes })).await.0
}

/// Makes a key; returns it and its id.
pub(crate) async fn new_key(stack: &Stack, admin: &str, body: &Value) -> (String, String) {
    let made = send(stack, admin, Method::POST, "/keys", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let text = |name: &str| made.body[name].as_str().expect("a text").to_owned();
    (text("key"), text("id"))
}

/// Asks for a mint that is answered as soon as it is stored.
pub(crate) async fn mint(stack: &Stack, key: &str, name: &str, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("authorization", format!("Bearer {key}"));
    let request = request.header("prefer", "respond-async").header("idempotency-key", name).json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn access_ends_for_the_anonymous_with_the_first_key() {
    let stack = hanging([]).await;
    assert_eq!(stack.get("/").await.body["keyNeeded"], Value::Null);
    assert_eq!(stack.mint_async("1").await.status, 202, "the guide's curl");
    let who = stack.get("/whoami").await.body;
    assert_eq!((&who["account"], &who["key"]), (&json!("default"), &Value::Null));
    let forwarded = stack.request(Method::GET, "/mints").header("x-forwarded-for", "192.0.2.1");
    assert_eq!(Answer::of(forwarded.send().await.expect("an answer")).await.status, 401);

    let admin = admin_key(&stack).await;
    assert!(admin.starts_with("cre_test_"), "{admin}");
    let mode =
        std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(stack.path(".local/admin.key")).expect("it"));
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(read(&stack, &admin, "/whoami").await.body["scopes"][0], "basket:pause");
    assert_eq!(stack.get("/mints").await.status, 200, "admin.key does not end it");
    let cannot = mint(&stack, &admin, "1", &stack.body("1")).await;
    assert_eq!(cannot.problem(), (403, "SCOPE_MISSING"));
    assert!(cannot.body["detail"].as_str().is_some_and(|it| it.contains("mint:write")), "{}", cannot.body);

    let (key, id) = new_key(&stack, &admin, &json!({ "name": "first", "scopes": ["mint:read"] })).await;
    let refused = stack.get("/mints").await;
    assert_eq!(refused.problem(), (401, "UNAUTHORIZED"));
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    assert!(stack.get("/").await.body["keyNeeded"].as_str().is_some_and(|it| it.contains("there are keys")));
    for path in ["/health", "/ready", "/openapi.json"] {
        assert_eq!(stack.get(path).await.status, 200, "{path}");
    }
    assert_eq!(read(&stack, &key, "/mints").await.status, 200);
    assert_eq!(send(&stack, &admin, Method::DELETE, &format!("/keys/{id}"), &Value::Null).await.status, 200);
    assert_eq!(stack.get("/mints").await.status, 401, "it stays ended");
}

#[tokio::test]
async fn access_keys_count_as_they_were_made_and_no_longer() {
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let body = json!({ "name": "reader", "scopes": ["mint:read", "reserve:read"] });
    let (key, id) = new_key(&stack, &admin, &body).await;

    for (header, value) in [("x-api-key", key.clone()), ("authorization", format!("bearer {key}"))] {
        let request = stack.request(Method::GET, "/mints").header(header, value);
        assert_eq!(request.send().await.expect("an answer").status(), 200, "{header}");
    }
    let both = |other: &str| {
        let request = stack.request(Method::GET, "/mints").header("x-api-key", other);
        request.header("authorization", format!("Bearer {key}")).send()
    };
    assert_eq!(both(&key).await.expect("an answer").status(), 200);
    assert_eq!(both(&admin).await.expect("an answer").status(), 401, "both are good, and differ");
    assert_eq!(both("nonsense").await.expect("an answer").status(), 401, "a good one beside a bad one");
    let live = key.replace("cre_test_", "cre_live_");
    assert_eq!(read(&stack, &live, "/mints").await.problem(), (401, "UNAUTHORIZED"));
    let mut wrong = key.clone();
    wrong.replace_range(20..21, if &wrong[20..21] == "0" { "1" } else { "0" });
    assert_eq!(read(&stack, &wrong, "/mints").await.problem(), (401, "UNAUTHORIZED"));

    let elsewhere = json!({ "name": "n", "scopes": ["mint:read"], "networks": ["192.0.2.0/24"] });
    let (narrow, _) = new_key(&stack, &admin, &elsewhere).await;
    assert_eq!(read(&stack, &narrow, "/mints").await.problem(), (401, "UNAUTHORIZED"));
    let past = json!({ "name": "n", "scopes": ["mint:read"], "expiresAt": "2020-01-01T00:00:00Z" });
    let refused = send(&stack, &admin, Method::POST, "/keys", &past).await;
    assert_eq!((refused.problem(), &refused.body["field"]), ((400, "INVALID_REQUEST"), &json!("expiresAt")));
    let unknown = json!({ "name": "n", "scopes": ["mint:all"] });
    assert_eq!(send(&stack, &admin, Method::POST, "/keys", &unknown).await.body["field"], "scopes");

    let rotate = format!("/keys/{id}/rotate");
    let next = send(&stack, &admin, Method::POST, &rotate, &json!({ "overlapSeconds": 1 })).await;
    assert_eq!(next.status, 201, "{}", next.body);
    assert_eq!(
        (&next.body["replaces"], &next.body["scopes"]),
        (&json!(id), &json!(["mint:read", "reserve:read"]))
    );
    let next = next.body["key"].as_str().expect("a key");
    assert_eq!(read(&stack, next, "/mints").await.status, 200);
    assert!(until(async || read(&stack, &key, "/mints").await.status == 401).await, "the overlap ends");
    assert_eq!(read(&stack, next, "/mints").await.status, 200);

    let (brief, brief_id) = new_key(&stack, &admin, &body).await;
    let stream = stack.request(Method::GET, "/reserves").header("authorization", format!("Bearer {brief}"));
    assert_eq!(stream.send().await.expect("an answer").status(), 200);
    assert_eq!(
        send(&stack, &admin, Method::DELETE, &format!("/keys/{brief_id}"), &Value::Null).await.status,
        200
    );
    assert_eq!(read(&stack, &brief, "/mints").await.status, 401, "at once");
    let listed = read(&stack, &admin, "/keys?limit=100").await.body;
    let shown = listed["keys"].as_array().expect("keys").iter().find(|key| key["id"] == brief_id.as_str());
    assert!(shown.expect("it is listed")["revokedAt"].is_string());
    assert!(!listed.to_string().contains(&brief[18..60]), "no secret is listed");

    let (of_account, _) = (client(&stack, &admin, "acme", &["mint:read"]).await, ());
    let patch = send(&stack, &admin, Method::PATCH, "/accounts/acme", &json!({ "disabled": true })).await;
    assert_eq!(patch.status, 200, "{}", patch.body);
    assert_eq!(read(&stack, &of_account, "/mints").await.problem(), (401, "UNAUTHORIZED"));
    let events = stack.request(Method::GET, "/events").header("last-event-id", "0");
    let events = events.header("authorization", format!("Bearer {admin}")).send().await.expect("a stream");
    let told = first_events(events, "account.changed").await;
    let by = admin.split('_').nth(2).expect("an id");
    for kind in
        ["key.created", "key.rotated", "key.revoked", "account.created", "grant.set", "account.changed"]
    {
        let event = told.iter().find(|event| event["kind"] == kind && event["data"]["by"] == by);
        assert!(event.is_some(), "{kind} by {by}: {told:?}");
    }
}

/// The events of a stream up to the first of a kind.
async fn first_events(stream: reqwest::Response, last: &str) -> Vec<Value> {
    let (mut stream, mut events) = (EventStream::of(stream), Vec::new());
    while let Some(event) = stream.next().await {
        let is_last = event.kind == last;
        events.push(event.data);
        if is_last {
            return events;
        }
    }
    events
}

#[tokio::test]
async fn access_grants_limit_what_is_minted_of_what() {
    let stack = hanging([("WORKFLOW_CONCURRENCY", "1")]).await;
    let admin = admin_key(&stack).await;
    let key = client(&stack, &admin, "acme", &["mint:write", "mint:read"]).await;
    let grant = format!("/accounts/acme/grants/{}", stack.anvil.basket.0);
    let limits = json!({ "perMint": "10", "perDay": "15", "perBeneficiary": "12.5" });
    let set = send(&stack, &admin, Method::PUT, &grant, &limits).await;
    assert_eq!(set.body["grants"][0]["perBeneficiary"], "12.5", "{}", set.body);

    let over = mint(&stack, &key, "a", &stack.body("10.01")).await;
    assert_eq!(over.problem(), (422, "AMOUNT_LIMIT_EXCEEDED"), "{}", over.body);
    assert_eq!((&over.body["limit"], &over.body["requested"]), (&json!("10"), &json!("10.01")));
    assert_eq!(over.body["resetsAt"], Value::Null);
    assert_eq!(over.body["mintStatus"], "rejected", "a refusal is a row");

    let first = mint(&stack, &key, "b", &stack.body("10")).await;
    assert_eq!(first.status, 202, "{}", first.body);
    assert_eq!(mint(&stack, &key, "b", &stack.body("10")).await.status, 202, "a replay costs nothing");
    let second = mint(&stack, &key, "c", &stack.body("3")).await;
    assert_eq!(second.problem(), (422, "AMOUNT_LIMIT_EXCEEDED"), "{}", second.body);
    assert_eq!((&second.body["limit"], &second.body["spent"]), (&json!("12.5"), &json!("10")));
    assert!(second.body["resetsAt"].as_str().is_some_and(|at| at.ends_with("T00:00:00.000Z")));
    let mut other = stack.body("6");
    other["beneficiary"] = json!("0x976EA74026E726554dB657fA54763abd0C3a0aa9");
    let third = mint(&stack, &key, "d", &other).await;
    assert_eq!((third.problem(), &third.body["limit"]), ((422, "AMOUNT_LIMIT_EXCEEDED"), &json!("15")));

    let who = read(&stack, &key, "/whoami").await.body;
    assert_eq!(who["grants"][0]["grants"][0]["spentToday"], "10", "{who}");
    // The first is claimed by the run that hangs; one behind it can be cancelled, and gives back.
    let waits = mint(&stack, &key, "e", &stack.body("2.5")).await;
    assert_eq!(waits.status, 202, "{}", waits.body);
    assert_eq!(mint(&stack, &key, "f", &stack.body("1")).await.problem(), (422, "AMOUNT_LIMIT_EXCEEDED"));
    let cancel = format!("/mints/{}/cancel", waits.body["mintId"].as_str().expect("an id"));
    let cancelled = send(&stack, &key, Method::POST, &cancel, &Value::Null).await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.body);
    assert_eq!(
        mint(&stack, &key, "g", &stack.body("2")).await.status,
        202,
        "what was given back is there again"
    );

    assert_eq!(send(&stack, &admin, Method::DELETE, &grant, &Value::Null).await.status, 200);
    let unknown = mint(&stack, &key, "h", &stack.body("1")).await;
    assert_eq!(unknown.problem(), (422, "UNKNOWN_BASKET"), "{}", unknown.body);
}

#[tokio::test]
async fn access_is_limited_by_key_and_by_address() {
    let mut stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let reader = json!({ "name": "n", "scopes": ["mint:read"] });
    let (key, other) = (new_key(&stack, &admin, &reader).await.0, new_key(&stack, &admin, &reader).await.0);
    stack.stop_gateway().await;
    stack.set("CALLER_REQUESTS_PER_MINUTE", "5");
    stack.set("ADDRESS_REQUESTS_PER_MINUTE", "3");
    stack.run_gateway().await;
    for left in (0..5).rev() {
        let answer = read(&stack, &key, "/mints").await;
        assert_eq!((answer.status.as_u16(), answer.header("ratelimit-policy")), (200, "\"key\";q=5;w=60"));
        assert!(
            answer.header("ratelimit").starts_with(&format!("\"key\";r={left};t=")),
            "{:?}",
            answer.headers
        );
    }
    let spent = read(&stack, &key, "/mints").await;
    assert_eq!(spent.problem(), (429, "RATE_LIMITED"));
    assert_eq!(spent.body["violated-policies"], json!(["key"]));
    assert_eq!(spent.body["type"], "https://iana.org/assignments/http-problem-types#quota-exceeded");
    let again: u64 = spent.header("retry-after").parse().expect("seconds");
    assert!((1..=12).contains(&again), "{again}");

    for _ in 0..3 {
        assert_eq!(stack.get("/mints").await.status, 401);
    }
    assert_eq!(stack.get("/mints").await.problem(), (429, "RATE_LIMITED"));
    assert_eq!(stack.get("/openapi.json").await.status, 429, "public routes are limited too");
    assert_eq!(stack.get("/health").await.status, 200, "but not probes");
    assert_eq!(read(&stack, &other, "/mints").await.status, 200, "a good key from the same address");
}

/// Resident memory of this process in bytes, which the gateway is a part of.
fn resident_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    pages * 4_096
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn access_survives_a_flood_of_wrong_keys() {
    const KEYS: u32 = 100_000;
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let (key, _) = new_key(&stack, &admin, &json!({ "name": "n", "scopes": ["mint:read"] })).await;
    flood(&stack, 0, 2_000).await;
    let before = resident_bytes();
    let [unauthorized, limited] = flood(&stack, 2_000, KEYS).await;
    let grown = resident_bytes().saturating_sub(before);
    println!("{unauthorized} times 401, {limited} times 429, {grown} bytes more");
    assert_eq!(unauthorized + limited, KEYS);
    assert!(limited > KEYS / 2, "the address's limit is spent");
    assert!(grown < 5 << 20, "{grown} bytes more");
    assert_eq!(read(&stack, &key, "/mints").await.status, 200, "a right key from the same address");
}

/// Connections over which one client sends its wrong keys, on threads of its own.
const FLOOD_CONNECTIONS: u32 = 2;
/// Requests that are written ahead of the answers.
const FLOOD_AHEAD: u32 = 50;

/// So many requests with wrong keys, as fast as one client sends them: how many were answered 401, and how many 429.
async fn flood(stack: &Stack, from: u32, count: u32) -> [u32; 2] {
    let address = stack.url.strip_prefix("http://").expect("an address");
    let each = count / FLOOD_CONNECTIONS;
    let threads: Vec<_> = (0..FLOOD_CONNECTIONS)
        .map(|connection| {
            let (address, from) = (address.to_owned(), from + connection * each);
            tokio::task::spawn_blocking(move || flood_one(&address, from, each))
        })
        .collect();
    let mut seen = [0; 2];
    for thread in threads {
        let [unauthorized, limited] = thread.await.expect("a flood");
        seen = [seen[0] + unauthorized, seen[1] + limited];
    }
    seen
}

fn flood_one(address: &str, from: u32, count: u32) -> [u32; 2] {
    use std::io::{BufRead, BufReader, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(test_support::PATIENCE)).expect("a socket");
    let mut answers = BufReader::with_capacity(1 << 16, stream.try_clone().expect("the same connection"));
    let (mut requests, mut answer, mut seen) = (String::new(), Vec::new(), [0_u32; 2]);
    for first in (from..from + count).step_by(FLOOD_AHEAD as usize) {
        requests.clear();
        let numbers = first..(from + count).min(first + FLOOD_AHEAD);
        for number in numbers.clone() {
            // Half are mistyped, half have the right form and were never made.
            let wrong = match number % 2 {
                0 => wrong_key(number),
                _ => format!("cre_test_{number:012x}_{number:072x}"),
            };
            let head = "GET /mints HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ";
            requests.extend([head, &wrong, "\r\n\r\n"]);
        }
        stream.write_all(requests.as_bytes()).expect("it is open");
        for _ in numbers {
            answer.clear();
            // A problem is one object with no other in it, and no header has such a bracket.
            answers.read_until(b'}', &mut answer).expect("an answer");
            match answer.get(..12) {
                Some(b"HTTP/1.1 401") => seen[0] += 1,
                Some(b"HTTP/1.1 429") => seen[1] += 1,
                _ => panic!("{}", String::from_utf8_lossy(&answer)),
            }
        }
    }
    seen
}

/// A key with the right form that was never made.
fn wrong_key(number: u32) -> String {
    use cre_backend::access::secret_text::{NewSecret, Purpose};
    let word = |word: u64| alloy::primitives::B256::left_padding_from(&word.to_be_bytes());
    let mut id = word(0);
    id[..4].copy_from_slice(&number.to_be_bytes());
    NewSecret::new(Purpose::Key, false, [id, word(u64::from(number))]).text
}

#[tokio::test]
async fn access_revocation_reaches_every_instance() {
    let Some(mut server) = Postgres::start().await else { return };
    let choice = Choice::with([("DATABASE_URL", server.url.as_str())]);
    let choice = Choice { fake_bun: Some(HANGS.to_owned()), ..choice.without_gateway() };
    let mut stack = Stack::start_with(choice).await;
    stack.run_gateway().await;
    let other = Program::start(&stack, None).await.expect("it listens");
    let admin = admin_key(&stack).await;
    let (key, id) = new_key(&stack, &admin, &json!({ "name": "n", "scopes": ["mint:read"] })).await;
    let elsewhere = async |key: &str| {
        let request = test_support::client().get(format!("{}/whoami", other.url));
        request.header("x-api-key", key).send().await.expect("an answer").status().as_u16()
    };
    assert!(until(async || elsewhere(&key).await == 200).await, "a new key is known there soon");

    assert_eq!(send(&stack, &admin, Method::DELETE, &format!("/keys/{id}"), &Value::Null).await.status, 200);
    assert!(until(async || elsewhere(&key).await == 401).await, "an instance never hears of a revocation");

    server.pause();
    assert!(
        until(async || elsewhere(&admin).await == 503).await,
        "an instance that hears nothing accepts nothing"
    );
    assert_eq!(read(&stack, &admin, "/whoami").await.problem(), (503, "STORE_UNAVAILABLE"));
    server.resume();
    assert!(until(async || read(&stack, &admin, "/whoami").await.status == 200).await, "it hears again");
    other.kill().await;
}

#[tokio::test]
async fn access_keys_are_recovered_with_the_gateway_stopped() {
    let mut stack = hanging([]).await;
    let lost = admin_key(&stack).await;
    let config = cre_backend::config::Config::understand(&stack.known_settings(), stack.folder.path());
    let config = config.expect("usable settings");
    assert!(cre_backend::Keys::recover(&config).await.is_err(), "the gateway runs");

    stack.stop_gateway().await;
    let path = cre_backend::Keys::recover(&config).await.expect("a new key");
    assert_eq!(path, stack.path(".local/admin.key"));
    stack.run_gateway().await;
    let found = admin_key(&stack).await;
    assert_ne!(found, lost);
    assert_eq!(read(&stack, &found, "/keys").await.status, 200);
    assert_eq!(read(&stack, &lost, "/keys").await.problem(), (401, "UNAUTHORIZED"));
}

/// Headers that tell one answer from another; those that differ for each are left out.
pub(crate) fn telling(headers: &HeaderMap) -> Vec<String> {
    let differs = ["date", "x-request-id", "ratelimit", "ratelimit-policy"];
    let mut names: Vec<String> = headers.keys().map(|name| name.as_str().to_owned()).collect();
    names.retain(|name| !differs.contains(&name.as_str()));
    names.sort();
    names
}
