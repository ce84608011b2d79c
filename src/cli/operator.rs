//! `cre-backend pause` and `cre-backend resume`.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::arguments::OperatorArguments;
use super::client::Client;
use super::exit::Failure;
use super::show;

/// Stops a basket, or lets it try again: `act` is the last part of the path.
pub(super) async fn operate(
    client: &Client,
    arguments: &OperatorArguments,
    act: &str,
) -> Result<(), Failure> {
    let basket = &arguments.basket;
    if !basket.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Failure::refused(
            "the basket is named by the address of its token or consumer, 0x and 40 hex digits",
        ));
    }
    let body = json!({ "reason": arguments.reason });
    let request = client.request_with(Method::POST, &format!("/baskets/{basket}/{act}"), &body);
    let answer = client.ask(request, Duration::ZERO).await?.success(client)?;
    let fields = [
        ("basket", "/mintingConsumerAddress"),
        ("breaker", "/breaker/state"),
        ("reasons", "/breaker/reasons"),
        ("on chain: to", "/onChain/to"),
        ("data", "/onChain/data"),
        ("by", "/onChain/signer"),
    ];
    show::answer(&answer, client.json, &fields)
}
