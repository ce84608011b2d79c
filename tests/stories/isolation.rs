//! Nobody sees another's: every route of the OpenAPI document, asked by somebody else.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use test_support::Stack;

use crate::access::{admin_key, client, hanging, mint, new_key, read, send, telling};

/// Every scope of an account's own; the other two reach across accounts.
const OWN_SCOPES: [&str; 6] =
    ["mint:write", "mint:read", "reserve:read", "event:read", "basket:pause", "basket:resume"];
const STRANGER: &str = "0x976EA74026E726554dB657fA54763abd0C3a0aa9";

/// A route of the document.
struct Route {
    method: Method,
    path: String,
    /// The ways in, by scheme, with their scopes; one without a scheme is open to everybody.
    ways: Vec<BTreeMap<String, Vec<String>>>,
}

impl Route {
    fn is_public(&self) -> bool {
        self.ways.iter().any(BTreeMap::is_empty)
    }

    fn takes_tokens(&self) -> bool {
        self.ways.iter().any(|way| way.contains_key("orderToken"))
    }

    /// The scopes of its first way in.
    fn scopes(&self) -> Vec<String> {
        self.ways.iter().find_map(|way| way.get("bearer").cloned()).unwrap_or_default()
    }

    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn routes() -> Vec<Route> {
    let text = std::fs::read_to_string(test_support::root().join("openapi.json")).expect("the document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let ways = serde_json::from_value(operation["security"].clone()).expect("ways in");
            let method = method.to_uppercase().parse().expect("a method");
            routes.push(Route { method, path: path.clone(), ways });
        }
    }
    assert!(routes.len() > 30, "only {} routes", routes.len());
    routes
}

/// A path with its parameters filled in.
fn filled(path: &str, ids: &BTreeMap<&str, String>) -> String {
    let mut filled = path.to_owned();
    for (name, value) in ids {
        filled = filled.replace(name, value);
    }
    assert!(!filled.contains('{'), "this test knows no value for {filled}");
    filled
}

/// What belongs to somebody, by its place in a path.
fn ids(
    path: &str,
    mint: &str,
    key: &str,
    account: &str,
    basket: (&str, &str),
) -> BTreeMap<&'static str, String> {
    let id = match path {
        path if path.starts_with("/keys") => key,
        path if path.starts_with("/accounts") => account,
        _ => mint,
    };
    BTreeMap::from([
        ("{id}", id.to_owned()),
        ("{stablecoin}", basket.0.to_owned()),
        ("{basket}", basket.1.to_owned()),
        ("{slug}", "por-stale".to_owned()),
        ("{address}", format!("{STRANGER}?basket={}", basket.0)),
        ("{hash}", format!("0x{}", "11".repeat(32))),
    ])
}

/// A body that the route takes.
fn body(route: &Route, basket: (&str, &str)) -> Value {
    match (route.method.as_str(), route.path.as_str()) {
        ("GET" | "DELETE", _) | ("POST", "/mints/{id}/cancel" | "/mints/{id}/retry" | "/console/session") => {
            Value::Null
        }
        ("POST", "/mint") => json!({ "beneficiary": STRANGER, "amount": "1", "basket": basket.0 }),
        ("POST", "/tokens") => {
            json!({ "order": { "beneficiary": STRANGER, "amount": "1",
                "stablecoinAddress": basket.0, "mintingConsumerAddress": basket.1 } })
        }
        ("POST", "/mints/retry") => json!({ "code": "EXPIRED", "basket": basket.1 }),
        (_, "/baskets/{basket}/pause" | "/baskets/{basket}/resume") => json!({ "reason": "drill" }),
        _ => json!({}),
    }
}

/// All of an answer that could tell two apart.
async fn answer(
    stack: &Stack,
    key: &str,
    route: &Route,
    path: &str,
    body: &Value,
) -> (u16, Vec<String>, String) {
    let request = stack.request(route.method.clone(), path).header("authorization", format!("Bearer {key}"));
    let request = request.header("idempotency-key", "one").header("prefer", "respond-async");
    let request = if body.is_null() { request } else { request.json(body) };
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), telling(response.headers()));
    let is_stream = response.headers().get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let text = if is_stream { "a stream".to_owned() } else { response.text().await.expect("a body") };
    (status, headers, text)
}

#[tokio::test]
async fn isolation_every_route_answers_a_stranger_as_if_nothing_were_there() {
    let stack = hanging([("CALLER_REQUESTS_PER_MINUTE", "0"), ("ADDRESS_REQUESTS_PER_MINUTE", "0")]).await;
    let admin = admin_key(&stack).await;
    let own = client(&stack, &admin, "owner", &OWN_SCOPES).await;
    let made = mint(&stack, &own, "one", &stack.body("1")).await;
    assert_eq!(made.status, 202, "{}", made.body);
    let id = made.body["mintId"].as_str().expect("an id").to_owned();
    let own_key_id = own.split('_').nth(2).expect("an id").to_owned();
    let account = json!({ "id": "other", "name": "Other" });
    assert_eq!(send(&stack, &admin, Method::POST, "/accounts", &account).await.status, 201);
    let scopes = json!({ "account": "other", "name": "n", "scopes": OWN_SCOPES });
    let (other, _) = new_key(&stack, &admin, &scopes).await;
    let (stablecoin, consumer) = (stack.anvil.basket.0.to_string(), stack.anvil.basket.1.to_string());
    let (there, nowhere) = ((stablecoin.as_str(), consumer.as_str()), (STRANGER, STRANGER));

    let mut compared = 0;
    for route in routes().iter().filter(|route| !route.is_public()) {
        let theirs = filled(&route.path, &ids(&route.path, &id, &own_key_id, "owner", there));
        let unknown =
            ids(&route.path, "0192d1f0-0000-7000-8000-000000000000", "0123456789ab", "nobody", nowhere);
        let unknown = filled(&route.path, &unknown);
        if theirs == unknown && body(route, there) == body(route, nowhere) {
            continue;
        }
        let seen = answer(&stack, &other, route, &theirs, &body(route, there)).await;
        let not_there = answer(&stack, &other, route, &unknown, &body(route, nowhere)).await;
        assert_eq!(seen, not_there, "{}", route.name());
        assert!((400..500).contains(&seen.0), "{}: {seen:?}", route.name());
        compared += 1;
    }
    assert!(compared >= 15, "only {compared} routes tell things apart");

    for (path, list) in [("/mints", "mints"), ("/baskets", "baskets"), ("/reserves", "reserves")] {
        assert_eq!(read(&stack, &other, path).await.body[list], json!([]), "{path}");
        assert_eq!(read(&stack, &own, path).await.body[list].as_array().map(Vec::len), Some(1), "{path}");
    }
    let auditor = new_key(&stack, &admin, &json!({ "name": "n", "scopes": ["audit:read"] })).await.0;
    assert_eq!(read(&stack, &auditor, "/mints").await.body["mints"].as_array().map(Vec::len), Some(1));
    assert_eq!(read(&stack, &auditor, &format!("/mints/{id}")).await.status, 200);
    let write = mint(&stack, &auditor, "two", &stack.body("1")).await;
    assert_eq!(write.problem(), (403, "SCOPE_MISSING"), "who reads everything changes nothing");
    reports_are_of_one_account(&stack, [&own, &other, &auditor], &id).await;
}

/// Lists, summaries and statements of an account that has one mint, of one that has none, and for an auditor.
async fn reports_are_of_one_account(stack: &Stack, [own, other, auditor]: [&str; 3], mint: &str) {
    let made = read(stack, own, &format!("/mints/{mint}")).await.body;
    let day = &made["createdAt"].as_str().expect("a time")[..10];
    let summary = format!("/mints/summary?createdFrom={day}T00:00:00Z&createdTo={day}T23:59:59.999Z");
    let statement =
        format!("/baskets/{}/statement?from={day}T00:00:00Z&to={day}T23:59:59Z", stack.anvil.basket.1);
    let counted = async |key: &str, account: &str| {
        let [list, sums] = [format!("/mints?limit=9{account}"), format!("{summary}{account}")];
        let (list, sums) = (read(stack, key, &list).await, read(stack, key, &sums).await);
        assert_eq!(read(stack, key, &format!("{statement}{account}")).await.status, list.status);
        let listed = list.body["mints"].as_array().map_or(0, Vec::len);
        (listed, sums.body["baskets"][0]["mints"].as_u64().unwrap_or(0))
    };
    assert_eq!(counted(own, "").await, (1, 1));
    assert_eq!(counted(own, "&account=owner").await, (1, 1));
    assert_eq!(counted(auditor, "").await, (1, 1));
    assert_eq!(counted(auditor, "&account=owner").await, (1, 1));
    assert_eq!(counted(auditor, "&account=other").await, (0, 0));
    let empty = read(stack, other, &summary).await;
    assert_eq!((empty.status.as_u16(), &empty.body["baskets"]), (200, &json!([])));
    for path in ["/mints?limit=9", &summary, &statement] {
        let foreign = read(stack, own, &format!("{path}&account=other")).await;
        assert_eq!((foreign.problem(), &foreign.body["field"]), ((403, "SCOPE_MISSING"), &json!("account")));
        assert_eq!(read(stack, own, &format!("{path}&account=nobody")).await.body, foreign.body, "{path}");
        let unknown = read(stack, auditor, &format!("{path}&account=nobody")).await;
        assert_eq!(
            (unknown.problem(), &unknown.body["field"]),
            ((400, "INVALID_REQUEST"), &json!("account"))
        );
    }
}

#[tokio::test]
async fn isolation_every_route_takes_a_key_with_its_scope() {
    let stack = hanging([("CALLER_REQUESTS_PER_MINUTE", "0"), ("ADDRESS_REQUESTS_PER_MINUTE", "0")]).await;
    let admin = admin_key(&stack).await;
    let own = client(&stack, &admin, "owner", &["mint:write"]).await;
    let order = json!({ "order": stack.body("1") });
    let token = send(&stack, &own, Method::POST, "/tokens", &order).await;
    assert_eq!(token.status, 201, "{}", token.body);
    let token = token.body["token"].as_str().expect("a token").to_owned();
    let nowhere = (STRANGER, STRANGER);
    let mut public = Vec::new();
    for route in routes() {
        let path =
            ids(&route.path, "0192d1f0-0000-7000-8000-000000000000", "0123456789ab", "nobody", nowhere);
        let path = filled(&route.path, &path);
        if route.is_public() {
            public.push(route.name());
            continue;
        }
        let body = body(&route, nowhere);
        let without = stack.request(route.method.clone(), &path).json(&body).send().await.expect("an answer");
        assert_eq!(without.status(), 401, "{}", route.name());
        assert_eq!(without.headers()["www-authenticate"], "Bearer", "{}", route.name());
        assert_eq!(answer(&stack, "nonsense", &route, &path, &body).await.0, 401, "{}", route.name());
        if !route.takes_tokens() {
            assert_eq!(answer(&stack, &token, &route, &path, &body).await.0, 403, "{}", route.name());
        }
        for missing in route.scopes() {
            // Every scope but this one and the auditor's, which opens some routes by itself.
            let others: Vec<&str> =
                OWN_SCOPES.into_iter().chain(["admin"]).filter(|scope| *scope != missing).collect();
            let (key, id) = new_key(&stack, &admin, &json!({ "name": "n", "scopes": others })).await;
            let (status, _, text) = answer(&stack, &key, &route, &path, &body).await;
            assert_eq!(status, 403, "{}: {text}", route.name());
            assert!(text.contains("SCOPE_MISSING") && text.contains(&missing), "{}: {text}", route.name());
            send(&stack, &admin, Method::DELETE, &format!("/keys/{id}"), &Value::Null).await;
        }
    }
    public.sort();
    let expected = [
        "GET /",
        "GET /health",
        "GET /openapi.json",
        "GET /ready",
        "GET /transparency/{basket}",
        "GET /tx/{hash}",
    ];
    let beyond: Vec<_> = public.iter().filter(|name| !expected.contains(&name.as_str())).collect();
    let documents = ["GET /docs", "GET /problems"];
    assert!(beyond.iter().all(|name| documents.iter().any(|start| name.starts_with(start))), "{beyond:?}");
    assert!(expected.iter().all(|name| public.iter().any(|public| public == name)), "{public:?}");
}

#[tokio::test]
async fn isolation_of_references_and_streams() {
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let scopes = ["mint:write", "mint:read", "event:read", "reserve:read", "basket:pause", "basket:resume"];
    let one = client(&stack, &admin, "one", &scopes).await;
    let two = client(&stack, &admin, "two", &scopes).await;
    let mut body = stack.body("1");
    body["bankReference"] = json!("PAYMENT 1");
    let first = mint(&stack, &one, "k", &body).await;
    assert_eq!(first.status, 202, "{}", first.body);
    let taken = mint(&stack, &two, "k", &body).await;
    assert_eq!(taken.problem(), (409, "DUPLICATE_REFERENCE"), "{}", taken.body);
    let id = first.body["mintId"].as_str().expect("an id");
    assert!(!taken.body.to_string().contains(id) && taken.body["mintId"].is_null(), "{}", taken.body);
    assert!(taken.header("location").is_empty());
    body["bankReference"] = json!("PAYMENT 2");
    let second = mint(&stack, &two, "k", &body).await;
    assert_eq!(second.status, 202, "the same key of two accounts is two: {}", second.body);
    assert_ne!(second.body["mintId"], first.body["mintId"]);

    let own = second.body["mintId"].as_str().expect("an id");
    for other in [id, "0192d1f0-0000-7000-8000-000000000000"] {
        let followed = format!("/mints/events?id={own}&id={other}");
        let refused = stack.request(Method::GET, &followed).header("authorization", format!("Bearer {two}"));
        let refused = test_support::Answer::of(refused.send().await.expect("an answer")).await;
        assert_eq!(refused.problem(), (404, "NOT_FOUND"), "{other}");
        assert_eq!(refused.body["detail"], "there is no such mint", "{other}");
    }
    let basket = stack.anvil.basket.1;
    for act in ["pause", "resume"] {
        let (path, reason) = (format!("/baskets/{basket}/{act}"), json!({ "reason": "drill" }));
        assert_eq!(send(&stack, &two, Method::POST, &path, &reason).await.status, 200);
    }
    body["bankReference"] = json!("PAYMENT 3");
    let probe = mint(&stack, &one, "p", &body).await;
    assert_eq!(probe.status, 202, "{}", probe.body);
    let probe = probe.body["mintId"].as_str().expect("an id");
    let reserves = format!("/reserves/{basket}");
    for (key, seen) in [(&one, json!(probe)), (&two, Value::Null), (&admin, json!(probe))] {
        let breaker = &read(&stack, key, &reserves).await.body["breaker"];
        assert_eq!((&breaker["state"], &breaker["probe"]), (&json!("half-open"), &seen));
    }

    let stream = stack.request(Method::GET, "/events").header("last-event-id", "0");
    let stream = stream.header("authorization", format!("Bearer {two}")).send().await.expect("a stream");
    let text = until_revoked(&stack, &admin, &two, stream).await;
    assert!(text.contains(own) && text.contains("\"probing\":true"), "{text}");
    assert!(
        !text.contains(id)
            && !text.contains(probe)
            && !text.contains("account.created")
            && !text.contains("mint.steps"),
        "{text}"
    );
}

/// Everything that a stream sends until its key is revoked, which ends it.
async fn until_revoked(stack: &Stack, admin: &str, key: &str, stream: reqwest::Response) -> String {
    let id = key.split('_').nth(2).expect("an id").to_owned();
    let reading = stream.text();
    let revoking = async {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        send(stack, admin, Method::DELETE, &format!("/keys/{id}"), &Value::Null).await;
        std::time::Instant::now()
    };
    let (text, revoked) = tokio::join!(reading, revoking);
    assert!(revoked.elapsed() < std::time::Duration::from_secs(1), "the stream went on");
    text.expect("it ends as a stream does")
}
