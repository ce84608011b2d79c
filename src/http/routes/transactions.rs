//! `GET /tx/{hash}`: a transaction, decoded; where explorer links point when there is no explorer.

use std::collections::BTreeSet;

use alloy::primitives::Address;
use alloy::sol_types::SolEvent;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::console::{by_accept, instead};
use crate::access::Caller;
use crate::base::wire::AddressText;
use crate::chain::LiabilityLedger::MintExecuted;
use crate::chain::MintingConsumerWithACE::MintRejected;
use crate::chain::transaction::Transaction;
use crate::domain::{BasketContracts, OrderKey};
use crate::http::app::App;
use crate::http::dto::transaction::{Surroundings, TransactionAnswer, TransactionBasket, TransactionMint};
use crate::http::extract::{MaybeAsking, TxHash};
use crate::http::problem::{Problem, problems};

problems! { ShowProblems: NotFound ChainUnavailable StoreUnavailable }

/// Show a transaction
///
/// Its call and its logs, decoded as far as functions and events are known: those of our contracts, of ACE and of the
/// forwarder; with the report that it delivered, and the baskets that it concerns. The mints are named to their own account.
#[utoipa::path(
    get,
    path = "/tx/{hash}",
    operation_id = "getTransaction",
    tag = "chain",
    security(()),
    params(TxHash),
    responses(
        (status = 200, description = "The transaction.", body = TransactionAnswer),
        (status = 303, description = "A browser, to the console's page of it.",
            headers(("Location" = String, description = "Address of the page."))),
        ShowProblems,
    ),
)]
pub async fn show(
    State(app): State<App>,
    MaybeAsking(asking): MaybeAsking,
    TxHash(hash): TxHash,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(page) = instead(&app, &headers, &format!("console/tx/{hash}"), "../") {
        return Ok(page);
    }
    let found = app.chain.transaction(hash).await?.ok_or_else(|| Problem::not_found("transaction"))?;
    let is_final = match (app.chain.final_head().await, found.block) {
        (Ok(head), Some((number, _))) => number <= head.number,
        _ => false,
    };
    let (contracts, baskets) =
        concerned(&app, asking.as_deref(), &found).await?.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    let mints = decided(&app, asking.as_deref(), &found, &contracts).await?;
    let around = Surroundings { identity: app.chain.identity()?, baskets: &contracts };
    Ok(by_accept(axum::Json(TransactionAnswer::of(&found, is_final, &around, baskets, mints))))
}

/// The baskets of the factory that a transaction concerns: a contract of theirs is called or logs something.
async fn concerned(
    app: &App,
    asking: Option<&Caller>,
    transaction: &Transaction,
) -> Result<Vec<(BasketContracts, TransactionBasket)>, Problem> {
    let logged = transaction.logs.iter().map(|log| log.address);
    let touched: BTreeSet<Address> = logged.chain(transaction.to).collect();
    let followed = app.guard.followed().await?;
    let mut found = Vec::new();
    for listed in app.baskets.list().await? {
        // The contracts of a followed basket are remembered; of another one its two addresses tell enough.
        let is_named = touched.contains(&listed.stablecoin) || touched.contains(&listed.consumer);
        if !is_named && !followed.iter().any(|basket| basket.stablecoin == listed.stablecoin) {
            continue;
        }
        let Some(contracts) = app.guard.contracts(listed.stablecoin).await? else { continue };
        let others = [contracts.ledger, contracts.engine, contracts.pause_policy, contracts.allow_policy];
        let others = others.into_iter().chain([contracts.identity_policy, contracts.policy_switch]);
        if is_named || others.into_iter().any(|address| touched.contains(&address)) {
            let basket = TransactionBasket {
                stablecoin_address: AddressText(listed.stablecoin),
                minting_consumer_address: AddressText(listed.consumer),
                // Names are the gateway's, not the chain's.
                name: listed
                    .name
                    .filter(|_| asking.is_some_and(|caller| caller.sees_basket(listed.stablecoin))),
            };
            found.push((contracts, basket));
        }
    }
    Ok(found)
}

/// The orders that baskets decided in a transaction, each with its mint.
async fn decided(
    app: &App,
    asking: Option<&Caller>,
    transaction: &Transaction,
    baskets: &[BasketContracts],
) -> Result<Vec<TransactionMint>, Problem> {
    // A token for one order reads its mint by id, and nothing else.
    let reader = asking.filter(|caller| caller.order.is_none()).map(Caller::reader);
    let mut mints = Vec::new();
    for log in &transaction.logs {
        let is_of = |basket: &&BasketContracts| [basket.ledger, basket.consumer].contains(&log.address);
        let Some(basket) = baskets.iter().find(is_of) else { continue };
        if log.address == basket.ledger {
            let Ok(event) = MintExecuted::decode_log(log) else { continue };
            let mint_id = match reader {
                Some(reader) => app.store.mint_of_for(basket.stablecoin, event.bankRef, reader).await?,
                None => None,
            };
            mints.push(TransactionMint::new(basket.consumer, event.bankRef, "MintExecuted", mint_id));
        } else if let Ok(event) = MintRejected::decode_log(log) {
            // A mint that was refused has let go of its reference.
            let order = OrderKey {
                stablecoin: basket.stablecoin,
                consumer: basket.consumer,
                reference: event.bankRef,
                account: event.account,
                amount: event.amount,
            };
            let mint_id = match reader {
                Some(reader) => app.store.only_mint_of(&order, reader).await?,
                None => None,
            };
            mints.push(TransactionMint::new(basket.consumer, event.bankRef, "MintRejected", mint_id));
        }
    }
    Ok(mints)
}
