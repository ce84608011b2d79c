//! What the outside may see of a mint: the same words in answers, lists and events.

use serde_json::{Map, Value, json};

use super::{Mint, Order, Progress, State, whole_tokens};
use crate::clock::rfc3339;

/// A mint as JSON.
#[must_use]
pub fn mint(mint: &Mint) -> Map<String, Value> {
    let mut view = object(json!({ "mintId": mint.id }));
    view.extend(progress(&mint.progress));
    view.extend(order(&mint.order));
    view.insert("createdAt".to_owned(), json!(rfc3339(mint.created_at)));
    view.insert("updatedAt".to_owned(), json!(rfc3339(mint.updated_at)));
    view
}

/// An order as JSON; the amount in whole tokens, as it was asked for.
#[must_use]
pub fn order(order: &Order) -> Map<String, Value> {
    let view = json!({
        "stablecoinAddress": order.stablecoin.to_string(),
        "mintingConsumerAddress": order.consumer.to_string(),
        "beneficiary": order.beneficiary.to_string(),
        "amount": whole_tokens(order.amount, order.decimals),
        "bankReference": order.bank_reference,
        "reference": order.reference,
    });
    object(view)
}

/// The changing part as JSON. `mintTx` is there only when the chain proved it.
#[must_use]
pub fn progress(progress: &Progress) -> Map<String, Value> {
    let mut view = object(json!({ "status": progress.state.word(), "attempts": progress.attempts }));
    if let Some(proof) = &progress.proof {
        view.insert("mintTx".to_owned(), json!(proof.place.tx));
        view.insert("blockNumber".to_owned(), json!(proof.place.block_number));
    }
    if progress.state == State::Executing {
        view.insert("validUntil".to_owned(), json!(progress.attempt_valid_until));
    }
    if let Some(failure) = &progress.failure {
        view.insert("error".to_owned(), json!(failure.detail));
        view.insert("code".to_owned(), json!(failure.code));
        if let Ok(Value::Object(evidence)) = serde_json::to_value(&failure.evidence) {
            view.extend(evidence);
        }
    }
    view
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
