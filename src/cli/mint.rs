//! `cre-backend mint`.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::arguments::MintArguments;
use super::client::Client;
use super::exit::{Exit, Failure};
use super::show;
use crate::base::clock::Clock;

/// Longest that the gateway is asked to wait with one answer.
const ONE_WAIT: Duration = Duration::from_secs(30);
/// Pause between two looks at a mint that goes on.
const LOOK_PAUSE: Duration = Duration::from_secs(1);
/// What people see of a mint.
pub(super) const FIELDS: [(&str, &str); 9] = [
    ("mint", "/mintId"),
    ("status", "/status"),
    ("amount", "/amount"),
    ("beneficiary", "/beneficiary"),
    ("reference", "/bankReference"),
    ("code", "/code"),
    ("error", "/error"),
    ("transaction", "/mintTx"),
    ("link", "/etherscan"),
];

/// Asks for a mint, and waits for the decision if that was asked for.
pub(super) async fn mint(client: &Client, arguments: &MintArguments) -> Result<(), Failure> {
    let generated = || Clock::system().new_id().to_string();
    let needs_key = arguments.reference.is_none() && arguments.idempotency_key.is_none();
    let key = arguments.idempotency_key.clone().or_else(|| needs_key.then(generated));
    let deadline = arguments.wait.map(|wait| Instant::now() + wait);
    let first = arguments.wait.map_or(Duration::ZERO, |wait| wait.min(ONE_WAIT));
    let prefer =
        if first.is_zero() { "respond-async".to_owned() } else { format!("wait={}", first.as_secs()) };
    let mut request = client.request_with(Method::POST, "/mint", &body(arguments)).header("prefer", prefer);
    if let Some(key) = &key {
        request = request.header("idempotency-key", key);
    }
    let asked =
        client.ask(request, first).await.map_err(|failure| with_key(failure, needs_key, key.as_deref()))?;
    if asked.status != StatusCode::ACCEPTED && !asked.status.is_success() {
        if client.json {
            show::line(&asked.body.to_string())?;
        }
        return Err(client.failure(asked.status, &asked.body));
    }
    let mut mint = asked.body;
    while let Some(deadline) = deadline.filter(|deadline| is_open(&mint) && Instant::now() < *deadline) {
        tokio::time::sleep_until(deadline.min(Instant::now() + LOOK_PAUSE)).await;
        mint = client.get(&format!("/mints/{}", mint["mintId"].as_str().unwrap_or_default())).await?;
    }
    show::answer(&mint, client.json, &FIELDS)?;
    outcome(&mint)
}

fn body(arguments: &MintArguments) -> Value {
    let fields = [
        ("beneficiary", Some(&arguments.beneficiary)),
        ("amount", Some(&arguments.amount)),
        ("basket", arguments.basket.as_ref()),
        ("bankReference", arguments.reference.as_ref()),
        ("expiresAt", arguments.expires_at.as_ref()),
    ];
    let given =
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), Value::from(value?.as_str()))));
    Value::Object(Map::from_iter(given))
}

/// A lost answer is no answer: the same request has to be sent with the same key.
fn with_key(failure: Failure, is_generated: bool, key: Option<&str>) -> Failure {
    match key.filter(|_| is_generated && failure.exit == Exit::Unreachable) {
        Some(key) => {
            let sentence = format!("{}; to ask again safely: --idempotency-key {key}", failure.sentence);
            Failure { sentence, ..failure }
        }
        None => failure,
    }
}

fn is_open(mint: &Value) -> bool {
    !matches!(mint["status"].as_str(), Some("minted" | "finalized" | "rejected" | "failed" | "cancelled"))
}

/// What the state of a mint means for whoever asked.
pub(super) fn outcome(mint: &Value) -> Result<(), Failure> {
    let said = |field: &str| mint[field].as_str().map(str::to_owned);
    match mint["status"].as_str() {
        Some("minted" | "finalized") => Ok(()),
        Some("rejected" | "failed") => {
            let sentence = said("error").unwrap_or_else(|| "nothing was minted".to_owned());
            Err(Failure::refused(match said("code") {
                Some(code) => format!("{sentence} ({code})"),
                None => sentence,
            }))
        }
        Some("cancelled") => Err(Failure::refused("this mint was cancelled")),
        status => Err(Failure::pending(format!("not decided yet: {}", status.unwrap_or("unknown")))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mint_states_have_their_exit_codes() {
        let exit = |mint: Value| outcome(&mint).map_err(|failure| failure.exit);
        assert_eq!(exit(json!({ "status": "minted" })), Ok(()));
        assert_eq!(exit(json!({ "status": "finalized" })), Ok(()));
        for status in ["rejected", "failed", "cancelled"] {
            assert_eq!(exit(json!({ "status": status })), Err(Exit::Refused));
        }
        for status in ["queued", "executing", "submitted", "uncertain", "something new"] {
            assert_eq!(exit(json!({ "status": status })), Err(Exit::Pending));
            assert!(is_open(&json!({ "status": status })));
        }
        let refused =
            outcome(&json!({ "status": "rejected", "error": "no", "code": "ACE_REJECTED" })).unwrap_err();
        assert_eq!(refused.sentence, "no (ACE_REJECTED)");
    }
}
