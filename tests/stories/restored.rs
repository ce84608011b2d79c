//! A database that was put back to an earlier state: its keys wait for an administrator.

use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, Stack};

use crate::access::{admin_key, client, new_key, read, send};

/// Mints with a key and waits for it.
async fn minted(stack: &Stack, key: &str, reference: &str) {
    let mut body = stack.body("10");
    body["bankReference"] = json!(reference);
    let request = stack.request(Method::POST, "/mint").header("authorization", format!("Bearer {key}"));
    let answer = Answer::of(request.json(&body).send().await.expect("an answer")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let id = answer.body["mintId"].as_str().expect("an id").to_owned();
    let finalized = test_support::until(async || {
        read(stack, key, &format!("/mints/{id}")).await.body["status"] == "finalized"
    });
    assert!(finalized.await, "{id} is not final");
}

fn copy_database(stack: &Stack, from: &str, to: &str) {
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (stack.path(&format!("{from}{suffix}")), stack.path(&format!("{to}{suffix}")));
        let _ = std::fs::remove_file(&to);
        if from.is_file() {
            std::fs::copy(&from, &to).expect("a copy");
        }
    }
}

#[tokio::test]
async fn restored_database_keeps_keys_out_until_they_are_named() {
    let mut stack = Stack::start().await;
    let admin = admin_key(&stack).await;
    let scopes = ["mint:write", "mint:read"];
    let key = client(&stack, &admin, "acme", &scopes).await;
    minted(&stack, &key, "before the backup").await;
    stack.stop_gateway().await;
    copy_database(&stack, "gateway.db", "backup.db");

    stack.run_gateway().await;
    assert_eq!(read(&stack, &key, "/mints").await.status, 200, "a restart alone is no restore");
    minted(&stack, &key, "after the backup").await;
    stack.stop_gateway().await;
    copy_database(&stack, "backup.db", "gateway.db");

    stack.run_gateway().await;
    let refused = read(&stack, &key, "/mints").await;
    assert_eq!(refused.problem(), (403, "RESTORED"), "{}", refused.body);
    assert_eq!(read(&stack, &admin, "/keys").await.status, 200);
    stack.stop_gateway().await;
    stack.run_gateway().await;
    assert_eq!(
        read(&stack, &key, "/mints").await.problem(),
        (403, "RESTORED"),
        "another start changes nothing"
    );

    let other = json!({ "account": "acme", "name": "n", "scopes": scopes });
    let (other, _) = new_key(&stack, &admin, &other).await;
    let id = key.split('_').nth(2).expect("an id");
    let unknown =
        send(&stack, &admin, Method::POST, "/keys/keep", &json!({ "keys": ["0123456789ab"] })).await;
    assert_eq!(unknown.problem(), (404, "NOT_FOUND"));
    let kept = send(&stack, &admin, Method::POST, "/keys/keep", &json!({ "keys": [id] })).await;
    assert_eq!(kept.status, 200, "{}", kept.body);
    assert_eq!(read(&stack, &key, "/mints").await.status, 200);
    assert_eq!(read(&stack, &other, "/mints").await.problem(), (401, "UNAUTHORIZED"), "it was not named");
    let again = send(&stack, &admin, Method::POST, "/keys/keep", &json!({ "keys": [id] })).await;
    assert_eq!(again.problem(), (409, "NOT_ALLOWED"));
    stack.stop_gateway().await;
    stack.run_gateway().await;
    assert_eq!(read(&stack, &key, "/mints").await.status, 200, "what was recorded as foreign is no restore");
    assert_eq!(send(&stack, &key, Method::GET, "/keys", &Value::Null).await.status, 403);
}
