//! `cre-backend keys`.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};

use super::arguments::{CreateKeyArguments, ListKeysArguments, RevokeKeyArguments, RotateKeyArguments};
use super::client::Client;
use super::exit::Failure;
use super::show;

/// Keys in one page of the list.
const PAGE: &str = "100";
/// What people see of one key.
const FIELDS: [(&str, &str); 8] = [
    ("key", "/key"),
    ("id", "/id"),
    ("account", "/account"),
    ("name", "/name"),
    ("holder", "/holder"),
    ("scopes", "/scopes"),
    ("expires", "/expiresAt"),
    ("revoked", "/revokedAt"),
];

/// Makes a key.
pub(super) async fn create(client: &Client, arguments: &CreateKeyArguments) -> Result<(), Failure> {
    send(client, Method::POST, "/keys", &body(arguments)).await
}

/// Makes a successor.
pub(super) async fn rotate(client: &Client, arguments: &RotateKeyArguments) -> Result<(), Failure> {
    let path = format!("/keys/{}/rotate", id(&arguments.id)?);
    send(client, Method::POST, &path, &json!({ "overlapSeconds": arguments.overlap.as_secs() })).await
}

/// Ends a key.
pub(super) async fn revoke(client: &Client, arguments: &RevokeKeyArguments) -> Result<(), Failure> {
    let request = client.request(Method::DELETE, &format!("/keys/{}", id(&arguments.id)?));
    let answer = client.ask(request, Duration::ZERO).await?.success(client)?;
    show::answer(&answer, client.json, &FIELDS)
}

/// Lists all keys, one a line.
pub(super) async fn list(client: &Client, _: &ListKeysArguments) -> Result<(), Failure> {
    let mut cursor: Option<String> = None;
    loop {
        let mut query = vec![("limit", PAGE)];
        query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        let request = client.request(Method::GET, "/keys").query(&query);
        let page = client.ask(request, Duration::ZERO).await?.success(client)?;
        for key in page["keys"].as_array().into_iter().flatten() {
            show::line(&if client.json { key.to_string() } else { line(key) })?;
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return Ok(()),
        }
    }
}

async fn send(client: &Client, method: Method, path: &str, body: &Value) -> Result<(), Failure> {
    let request = client.request_with(method, path, body);
    let answer = client.ask(request, Duration::ZERO).await?.success(client)?;
    show::answer(&answer, client.json, &FIELDS)
}

fn body(arguments: &CreateKeyArguments) -> Value {
    let mut body = Map::new();
    let texts = [
        ("name", Some(&arguments.name)),
        ("holder", arguments.holder.as_ref()),
        ("account", arguments.account.as_ref()),
        ("expiresAt", arguments.expires_at.as_ref()),
    ];
    body.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text?)))));
    body.insert("scopes".to_owned(), json!(arguments.scopes));
    if !arguments.networks.is_empty() {
        body.insert("networks".to_owned(), json!(arguments.networks));
    }
    if !arguments.baskets.is_empty() {
        let grants = arguments.baskets.iter().map(|basket| json!({ "stablecoinAddress": basket }));
        body.insert("grants".to_owned(), grants.collect());
    }
    Value::Object(body)
}

fn line(key: &Value) -> String {
    let state = match (&key["revokedAt"], &key["expiresAt"]) {
        (Value::Null, Value::Null) => "counts".to_owned(),
        (Value::Null, until) => format!("until {}", show::plain(until)),
        (since, _) => format!("revoked {}", show::plain(since)),
    };
    let scopes =
        key["scopes"].as_array().into_iter().flatten().map(show::plain).collect::<Vec<_>>().join(",");
    let [id, account, name] = ["id", "account", "name"].map(|field| show::plain(&key[field]));
    format!("{id}  {account:<16}  {state:<32}  {scopes}  {name}")
}

/// An id that can be put into a path.
fn id(text: &str) -> Result<&str, Failure> {
    let is_id = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_id { Ok(text) } else { Err(Failure::refused("there is no such key")) }
}
