//! `GET /tx/{hash}`.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::base::money::{parse_base_units, whole_tokens};
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::chain::abi::{self, Argument, Decoded};
use crate::chain::report::{DeliveredReport, ReportBody, ReportHeader, delivered_report};
use crate::chain::transaction::Transaction;
use crate::chain::{Contracts, Identity};
use crate::domain::{BasketContracts, Verdict};

/// A transaction, decoded.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transaction)]
pub struct TransactionAnswer {
    /// The chain.
    pub chain_id: u64,
    /// Whether its block can no longer vanish.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// The time of its block.
    #[schema(required = true)]
    pub time: Option<Timestamp>,
    /// The function that it called; null when that is unknown.
    #[schema(required = true)]
    pub call: Option<CallAnswer>,
    /// The report that it delivered to the forwarder, if it did.
    #[schema(required = true)]
    pub report: Option<ReportAnswer>,
    /// The baskets that it concerns.
    pub baskets: Vec<TransactionBasket>,
    /// The orders that it decided.
    pub mints: Vec<TransactionMint>,
    /// Its receipt.
    pub receipt: ReceiptAnswer,
}

/// A function that was called.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Call)]
pub struct CallAnswer {
    /// Its name.
    #[schema(examples("report", "createBasket"))]
    pub function: String,
    /// Its signature.
    #[schema(examples("createBasket(string,string,address)"))]
    pub signature: String,
    /// Its arguments by name: integers beyond 32 bits as decimal digits, amounts in base units.
    #[schema(value_type = Object)]
    pub values: Value,
    /// Those of them that are amounts of the basket's token, in whole tokens.
    pub tokens: BTreeMap<String, TokenAmount>,
}

/// A report that was delivered to the forwarder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Report)]
pub struct ReportAnswer {
    /// The consumer that it was delivered to.
    pub receiver: AddressText,
    /// What the DON says about the report itself.
    #[schema(required = true)]
    pub header: Option<ReportHeaderAnswer>,
    /// What it tells the consumer; null when its layout is unknown.
    #[schema(required = true)]
    pub body: Option<ReportBodyAnswer>,
    /// How many signatures came with it.
    pub signatures: usize,
}

/// What a DON says about a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportHeader)]
pub struct ReportHeaderAnswer {
    /// Layout of the header.
    pub version: u8,
    /// The run.
    pub workflow_execution_id: HashText,
    /// The time of the run.
    pub time: Timestamp,
    /// The DON.
    pub don_id: u32,
    /// The version of its list of signers.
    pub don_config_version: u32,
    /// The workflow: its code and configuration.
    pub workflow_id: HashText,
    /// The workflow's name as it is hashed on chain.
    #[schema(pattern = "^0x[0-9a-f]{20}$")]
    pub workflow_name: String,
    /// The workflow's owner.
    pub workflow_owner: AddressText,
    /// Which report of the run it is.
    #[schema(pattern = "^0x[0-9a-f]{4}$")]
    pub report_id: String,
}

/// What a report tells the consumer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReportBody)]
pub struct ReportBodyAnswer {
    /// Layout of the body.
    pub version: u8,
    /// What to do.
    #[schema(examples("mint", "attest"))]
    pub instruction: &'static str,
    /// The only chain on which it is valid.
    #[schema(pattern = "^[0-9]+$")]
    pub chain_id: String,
    /// The only consumer for which it is valid.
    pub consumer: AddressText,
    /// Last second at which it is valid.
    pub valid_until: Timestamp,
    /// What the DON observed at the reserve source.
    pub reserves: ReportedFigure,
    /// The source's time of that figure.
    pub observed_at: Timestamp,
    /// The mints to make.
    pub orders: Vec<ReportedOrderAnswer>,
}

/// An amount in base units and, where the token is known, in whole tokens.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportedFigure {
    /// In base units.
    #[schema(pattern = "^[0-9]+$")]
    pub amount: String,
    /// In whole tokens.
    #[schema(required = true)]
    pub tokens: Option<TokenAmount>,
}

/// An order of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportedOrderAnswer {
    /// The reference on chain.
    pub reference: HashText,
    /// The beneficiary.
    pub account: AddressText,
    /// How much.
    #[serde(flatten)]
    pub amount: ReportedFigure,
}

/// A basket that a transaction concerns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionBasket {
    /// Its token.
    pub stablecoin_address: AddressText,
    /// Its minting consumer.
    pub minting_consumer_address: AddressText,
    /// The name it is registered under.
    #[schema(required = true)]
    pub name: Option<String>,
}

/// An order that a transaction decided.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TransactionMint {
    /// The reference on chain.
    pub reference: HashText,
    /// The mint of this gateway; null when no request here explains it.
    #[schema(required = true)]
    pub mint_id: Option<Uuid>,
    /// The consumer that decided it.
    pub minting_consumer_address: AddressText,
    /// `MintExecuted` or `MintRejected`.
    pub event: &'static str,
}

/// A receipt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt)]
pub struct ReceiptAnswer {
    /// The transaction.
    pub transaction_hash: HashText,
    /// Whether the transaction itself succeeded; says nothing about a mint.
    #[schema(examples("success", "reverted"))]
    pub status: &'static str,
    /// Number of its block.
    #[schema(required = true)]
    pub block_number: Option<u64>,
    /// Hash of its block.
    #[schema(required = true)]
    pub block_hash: Option<HashText>,
    /// Who sent it.
    pub from: AddressText,
    /// The contract it called.
    #[schema(required = true)]
    pub to: Option<AddressText>,
    /// Gas it used.
    #[schema(pattern = "^[0-9]+$")]
    pub gas_used: String,
    /// Its logs.
    pub logs: Vec<LogAnswer>,
}

/// A log, decoded where the event is known: those of our contracts, of ACE and of the forwarder.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Log)]
pub struct LogAnswer {
    /// The contract that wrote it.
    pub address: AddressText,
    /// What that contract is; null when it belongs to no basket that the transaction names.
    #[schema(required = true, examples("StablecoinERC20", "MintingConsumerWithACE"))]
    pub contract: Option<&'static str>,
    /// The event's name; null when it is unknown.
    #[schema(required = true, examples("MintExecuted", "MintRejected", "Transfer", "ReportProcessed"))]
    pub event: Option<String>,
    /// The event's signature; null when it is unknown.
    #[schema(required = true, examples("Transfer(address,address,uint256)"))]
    pub signature: Option<String>,
    /// The event's arguments by name: integers beyond 32 bits as decimal digits, amounts in base units. `topics` and
    /// `data` when the event is unknown.
    #[schema(value_type = Object)]
    pub values: Value,
    /// Those of them that are amounts of the basket's token, in whole tokens.
    pub tokens: BTreeMap<String, TokenAmount>,
}

/// What is known about the contracts that a transaction touches.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The chain's own contracts.
    pub identity: Identity,
    /// The baskets that the transaction concerns.
    pub baskets: &'a [BasketContracts],
}

impl Surroundings<'_> {
    /// What a contract is.
    fn contract(&self, address: Address) -> Option<&'static str> {
        let Contracts { factory, forwarder, lens, since: _ } = self.identity.contracts;
        let own = [
            (Some(factory), "BasketFactory"),
            (Some(forwarder), "KeystoneForwarder"),
            (lens, "ComplianceLens"),
        ];
        let of_baskets = self.baskets.iter().flat_map(|basket| {
            [
                (basket.stablecoin, "StablecoinERC20"),
                (basket.consumer, "MintingConsumerWithACE"),
                (basket.ledger, "LiabilityLedger"),
                (basket.engine, "PolicyEngine"),
                (basket.pause_policy, "PausePolicy"),
                (basket.allow_policy, "AllowPolicy"),
                (basket.identity_policy, "CredentialRegistryIdentityValidatorPolicy"),
                (basket.policy_switch, "PolicySwitch"),
            ]
        });
        let own = own.into_iter().filter_map(|(known, name)| Some((known?, name)));
        own.chain(of_baskets).find(|(known, _)| *known == address).map(|(_, name)| name)
    }

    /// Decimals of the token that amounts at a contract are counted in: of its basket, or of the only one there is.
    fn decimals(&self, address: Address) -> Option<u8> {
        let of = |basket: &&BasketContracts| {
            [basket.stablecoin, basket.consumer, basket.ledger].contains(&address)
        };
        let basket = self.baskets.iter().find(of);
        let only = self.baskets.first().filter(|_| self.baskets.len() == 1);
        basket.or(only).map(|basket| basket.decimals)
    }
}

impl TransactionAnswer {
    /// Shows a transaction; `mint_id` names the mint of a consumer and a reference.
    #[must_use]
    pub fn of(
        transaction: &Transaction,
        is_final: bool,
        around: &Surroundings<'_>,
        baskets: Vec<TransactionBasket>,
        mints: Vec<TransactionMint>,
    ) -> Self {
        let to = transaction.to;
        let to_forwarder = to == Some(around.identity.contracts.forwarder);
        let report = to_forwarder.then(|| delivered_report(&transaction.input)).flatten();
        Self {
            chain_id: around.identity.chain_id,
            is_final,
            time: transaction.timestamp.map(Timestamp::of_seconds),
            call: to.and_then(|to| CallAnswer::of(&transaction.input, to, around)),
            report: report.map(|report| ReportAnswer::of(report, around)),
            baskets,
            mints,
            receipt: ReceiptAnswer::of(transaction, around),
        }
    }
}

impl CallAnswer {
    fn of(input: &[u8], to: Address, around: &Surroundings<'_>) -> Option<Self> {
        let Decoded { name, signature, arguments } = abi::call(input, around.contract(to))?;
        let tokens = tokens(&arguments, around.decimals(to));
        Some(Self { function: name, signature, values: Value::Object(values(arguments)), tokens })
    }
}

impl ReceiptAnswer {
    fn of(transaction: &Transaction, around: &Surroundings<'_>) -> Self {
        let (block_number, block_hash) = transaction.block.unzip();
        Self {
            transaction_hash: HashText(transaction.hash),
            status: if transaction.succeeded { "success" } else { "reverted" },
            block_number,
            block_hash: block_hash.map(HashText),
            from: AddressText(transaction.from),
            to: transaction.to.map(AddressText),
            gas_used: transaction.gas_used.to_string(),
            logs: transaction.logs.iter().map(|log| LogAnswer::of(log, around)).collect(),
        }
    }
}

impl LogAnswer {
    fn of(log: &alloy::primitives::Log, around: &Surroundings<'_>) -> Self {
        let contract = around.contract(log.address);
        let address = AddressText(log.address);
        let Some(Decoded { name, signature, arguments }) = abi::event(&log.data, contract) else {
            let values = json!({ "topics": log.topics(), "data": log.data.data });
            return Self { address, contract, event: None, signature: None, values, tokens: BTreeMap::new() };
        };
        let tokens = tokens(&arguments, around.decimals(log.address));
        let mut values = values(arguments);
        if let Some(code) = values.get("code").and_then(Value::as_u64).filter(|_| name == "MintRejected") {
            let verdict = Verdict::new(u8::try_from(code).unwrap_or(u8::MAX), Address::ZERO);
            values.insert("reason".to_owned(), json!(verdict.code.name()));
        }
        Self {
            address,
            contract,
            event: Some(name),
            signature: Some(signature),
            values: Value::Object(values),
            tokens,
        }
    }
}

fn values(arguments: Vec<Argument>) -> Map<String, Value> {
    arguments.into_iter().map(|argument| (argument.name, argument.value)).collect()
}

fn tokens(arguments: &[Argument], decimals: Option<u8>) -> BTreeMap<String, TokenAmount> {
    let amounts = arguments.iter().filter(|argument| argument.is_token_amount);
    let shown = amounts.filter_map(|argument| {
        let amount = parse_base_units(argument.value.as_str()?)?;
        Some((argument.name.clone(), TokenAmount(whole_tokens(amount, decimals?))))
    });
    shown.collect()
}

impl ReportAnswer {
    fn of(report: DeliveredReport, around: &Surroundings<'_>) -> Self {
        let decimals = around.decimals(report.receiver);
        Self {
            receiver: AddressText(report.receiver),
            header: report.header.as_ref().map(ReportHeaderAnswer::of),
            body: report.body.as_ref().map(|body| ReportBodyAnswer::of(body, decimals)),
            signatures: report.signatures,
        }
    }
}

impl ReportHeaderAnswer {
    fn of(header: &ReportHeader) -> Self {
        Self {
            version: header.version,
            workflow_execution_id: HashText(header.execution_id),
            time: Timestamp::of_seconds(header.timestamp.into()),
            don_id: header.don_id,
            don_config_version: header.don_config_version,
            workflow_id: HashText(header.workflow_id),
            workflow_name: header.workflow_name.to_string(),
            workflow_owner: AddressText(header.workflow_owner),
            report_id: header.report_id.to_string(),
        }
    }
}

impl ReportBodyAnswer {
    fn of(body: &ReportBody, decimals: Option<u8>) -> Self {
        let order = |order: &crate::chain::report::ReportedOrder| ReportedOrderAnswer {
            reference: HashText(order.reference),
            account: AddressText(order.account),
            amount: ReportedFigure::of(order.amount, decimals),
        };
        Self {
            version: body.version,
            instruction: body.instruction_word(),
            chain_id: body.chainId.to_string(),
            consumer: AddressText(body.consumer),
            valid_until: Timestamp::of_seconds(body.validUntil),
            reserves: ReportedFigure::of(body.reserves.amount, decimals),
            observed_at: Timestamp::of_seconds(body.reserves.observedAt),
            orders: body.orders.iter().map(order).collect(),
        }
    }
}

impl ReportedFigure {
    fn of(amount: U256, decimals: Option<u8>) -> Self {
        Self {
            amount: amount.to_string(),
            tokens: decimals.map(|decimals| TokenAmount(whole_tokens(amount, decimals))),
        }
    }
}

impl TransactionMint {
    /// An order that a consumer decided.
    #[must_use]
    pub const fn new(consumer: Address, reference: B256, event: &'static str, mint_id: Option<Uuid>) -> Self {
        Self {
            reference: HashText(reference),
            mint_id,
            minting_consumer_address: AddressText(consumer),
            event,
        }
    }
}
