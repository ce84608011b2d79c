//! `GET /tx/{hash}`: the receipt, decoded; where explorer links point when there is no explorer.

use axum::extract::State;

use crate::http::app::App;
use crate::http::dto::transaction::TransactionAnswer;
use crate::http::extract::TxHash;
use crate::http::problem::{Problem, problems};

problems! { ShowProblems: NotFound ChainUnavailable }

/// Show a transaction
///
/// Its receipt, decoded as far as the events are known.
#[utoipa::path(
    get,
    path = "/tx/{hash}",
    operation_id = "getTransaction",
    tag = "chain",
    params(TxHash),
    responses((status = 200, description = "The receipt.", body = TransactionAnswer), ShowProblems),
)]
pub async fn show(
    State(app): State<App>,
    TxHash(hash): TxHash,
) -> Result<axum::Json<TransactionAnswer>, Problem> {
    let receipt = app.chain.receipt(hash).await?.ok_or_else(|| Problem::not_found("transaction"))?;
    let is_final = match (app.chain.final_head().await, receipt.block_number) {
        (Ok(head), Some(number)) => number <= head.number,
        _ => false,
    };
    let chain_id = app.chain.chain_id();
    Ok(axum::Json(TransactionAnswer { chain_id, is_final, receipt: receipt.into() }))
}
