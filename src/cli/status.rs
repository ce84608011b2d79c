//! `cre-backend status`.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use super::arguments::StatusArguments;
use super::client::Client;
use super::exit::Failure;
use super::{mint, show};

/// Shows a mint, or whether the gateway is ready.
pub(super) async fn status(client: &Client, arguments: &StatusArguments) -> Result<(), Failure> {
    let mint = match (&arguments.id, &arguments.reference) {
        (Some(id), _) if is_id(id) => client.get(&format!("/mints/{id}")).await?,
        (Some(_), _) => return Err(Failure::refused("there is no such mint")),
        (None, Some(reference)) => newest(client, reference).await?,
        (None, None) => return readiness(client).await,
    };
    show::answer(&mint, client.json, &mint::FIELDS)?;
    mint::outcome(&mint)
}

/// Whether a text can be an id, and so be put into a path.
fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// The newest mint under a bank reference.
async fn newest(client: &Client, reference: &str) -> Result<Value, Failure> {
    let request =
        client.request(Method::GET, "/mints").query(&[("bankReference", reference), ("limit", "1")]);
    let mut page = client.ask(request, Duration::ZERO).await?.success(client)?;
    let found = page["mints"].get_mut(0).map(Value::take);
    found.ok_or_else(|| Failure::refused("there is no mint with this reference"))
}

/// Each part that a mint needs.
async fn readiness(client: &Client) -> Result<(), Failure> {
    let answer = client.ask(client.request(Method::GET, "/ready"), Duration::ZERO).await?;
    let Some(checks) = answer.body["checks"].as_object() else {
        return Err(client.failure(answer.status, &answer.body));
    };
    if client.json {
        show::line(&answer.body.to_string())?;
    } else {
        for (part, found) in checks {
            show::line(&format!("{part:<15} {}", show::plain(found)))?;
        }
    }
    match answer.status {
        StatusCode::OK => Ok(()),
        _ => Err(Failure::refused("the gateway is not ready")),
    }
}
