//! What a key is exchanged for: tokens for one order, and browser sessions.

use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, Stack};

use crate::access::{admin_key, client, hanging, mint, new_key, read, send};

async fn token(stack: &Stack, key: &str, body: &Value) -> String {
    let made = send(stack, key, Method::POST, "/tokens", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["token"].as_str().expect("a token").to_owned()
}

/// `POST /mint` as a browser sends it.
async fn ask(stack: &Stack, token: &str, body: &Value) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("authorization", format!("Bearer {token}"));
    let request = request.header("prefer", "respond-async").json(body);
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn token_is_for_one_order_whoever_has_it() {
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let key = client(&stack, &admin, "acme", &["mint:write", "mint:read"]).await;
    let body = stack.body("7");
    let stolen = token(&stack, &key, &json!({ "order": body })).await;

    let mut other = body.clone();
    for (field, value) in [
        ("amount", json!("8")),
        ("beneficiary", json!("0x976EA74026E726554dB657fA54763abd0C3a0aa9")),
        ("bankReference", json!("x")),
    ] {
        other[field] = value;
        assert_eq!(ask(&stack, &stolen, &other).await.problem(), (422, "IDEMPOTENCY_MISMATCH"), "{field}");
        other = body.clone();
    }
    assert_eq!(read(&stack, &key, "/mints").await.body["mints"], json!([]), "nothing was ordered yet");

    let first = ask(&stack, &stolen, &body).await;
    assert_eq!(first.status, 202, "{}", first.body);
    let id = first.body["mintId"].as_str().expect("an id");
    for _ in 0..2 {
        let again = ask(&stack, &stolen, &body).await;
        assert_eq!((again.header("idempotency-replayed"), &again.body["mintId"]), ("true", &json!(id)));
    }
    assert_eq!(ask(&stack, &stolen, &stack.body("8")).await.problem(), (422, "IDEMPOTENCY_MISMATCH"));
    assert_eq!(read(&stack, &key, "/mints").await.body["mints"].as_array().map(Vec::len), Some(1));
    assert_eq!(read(&stack, &stolen, &format!("/mints/{id}")).await.body["mintId"], id);

    let another = mint(&stack, &key, "another", &body).await;
    let another = another.body["mintId"].as_str().expect("an id");
    let foreign = read(&stack, &stolen, &format!("/mints/{another}")).await;
    assert_eq!(foreign.problem(), (404, "NOT_FOUND"), "another mint of the same account");
    assert_eq!(
        read(&stack, &stolen, &format!("/mints/{another}/events")).await.problem(),
        (404, "NOT_FOUND")
    );
    for path in ["/mints", "/whoami", "/events", "/reserves"] {
        assert_eq!(read(&stack, &stolen, path).await.problem(), (403, "SCOPE_MISSING"), "{path}");
    }
    let cancel = send(&stack, &stolen, Method::POST, &format!("/mints/{id}/cancel"), &Value::Null).await;
    assert_eq!(cancel.problem(), (403, "SCOPE_MISSING"));

    let late = token(&stack, &key, &json!({ "order": stack.body("9"), "expiresInSeconds": 10 })).await;
    let used = token(&stack, &key, &json!({ "order": stack.body("9.5"), "expiresInSeconds": 10 })).await;
    assert_eq!(ask(&stack, &used, &stack.body("9.5")).await.status, 202);
    tokio::time::sleep(std::time::Duration::from_secs(11)).await;
    assert_eq!(ask(&stack, &late, &stack.body("9")).await.problem(), (401, "UNAUTHORIZED"), "it has expired");
    assert_eq!(
        ask(&stack, &used, &stack.body("9.5")).await.status,
        202,
        "it was used in time: the same mint"
    );

    let revoke = format!("/keys/{}", key.split('_').nth(2).expect("an id"));
    assert_eq!(send(&stack, &admin, Method::DELETE, &revoke, &Value::Null).await.status, 200);
    assert_eq!(ask(&stack, &stolen, &body).await.problem(), (401, "UNAUTHORIZED"));
    assert_eq!(read(&stack, &stolen, &format!("/mints/{id}")).await.problem(), (401, "UNAUTHORIZED"));
}

#[tokio::test]
async fn token_is_not_made_for_what_is_no_order() {
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let key = client(&stack, &admin, "acme", &["mint:write"]).await;
    let made = async |body: &Value| send(&stack, &key, Method::POST, "/tokens", body).await;
    for (body, field) in [
        (json!({ "order": stack.body("0") }), "amount"),
        (json!({ "order": stack.body("1"), "expiresInSeconds": 901 }), "expiresInSeconds"),
        (json!({ "order": stack.body("1"), "expiresInSeconds": "60" }), "expiresInSeconds"),
        (json!({}), "order"),
    ] {
        let answer = made(&body).await;
        assert_eq!(
            (answer.problem(), &answer.body["field"]),
            ((400, "INVALID_REQUEST"), &json!(field)),
            "{body}"
        );
    }
    let narrow = json!({ "account": "acme", "name": "n", "scopes": ["mint:read"] });
    let (reader, _) = new_key(&stack, &admin, &narrow).await;
    let refused = send(&stack, &reader, Method::POST, "/tokens", &json!({ "order": stack.body("1") })).await;
    assert_eq!(refused.problem(), (403, "SCOPE_MISSING"));
}

#[tokio::test]
async fn session_is_a_cookie_that_ends_with_its_key() {
    let stack = hanging([]).await;
    let admin = admin_key(&stack).await;
    let (key, id) = new_key(&stack, &admin, &json!({ "name": "console", "scopes": ["mint:read"] })).await;
    let begin = async || send(&stack, &key, Method::POST, "/console/session", &Value::Null).await;
    let begun = begin().await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let set = begun.header("set-cookie").to_owned();
    assert!(
        set.contains("; HttpOnly") && set.contains("; SameSite=Strict") && set.contains("; Path=/"),
        "{set}"
    );
    let cookie = set.split(';').next().expect("a cookie").to_owned();
    assert!(!cookie.contains(&key));
    let with = async |method: Method, path: &str, headers: &[(&str, &str)]| {
        let mut request = stack.request(method, path).header("cookie", &cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(with(Method::GET, "/mints", &[]).await, 200);
    assert_eq!(
        with(Method::GET, "/mints", &[("sec-fetch-site", "same-origin"), ("origin", &stack.url)]).await,
        200
    );
    for foreign in [("origin", "http://localhost:3000"), ("sec-fetch-site", "same-site")] {
        assert_eq!(with(Method::GET, "/mints", &[foreign]).await, 401, "{foreign:?}");
    }
    assert_eq!(with(Method::DELETE, "/console/session", &[]).await, 200);
    assert_eq!(with(Method::GET, "/mints", &[]).await, 401, "it was ended");

    for _ in 0..50 {
        assert_eq!(begin().await.status, 201);
    }
    assert_eq!(begin().await.problem(), (429, "TOO_MANY_TOKENS"));
    let (other, other_id) = new_key(&stack, &admin, &json!({ "name": "c", "scopes": ["mint:read"] })).await;
    let set = send(&stack, &other, Method::POST, "/console/session", &Value::Null).await;
    let cookie = set.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let mints = async || {
        let request = stack.request(Method::GET, "/mints").header("cookie", &cookie);
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(mints().await, 200);
    for id in [&id, &other_id] {
        send(&stack, &admin, Method::DELETE, &format!("/keys/{id}"), &Value::Null).await;
    }
    assert_eq!(mints().await, 401, "its key was revoked");
}
