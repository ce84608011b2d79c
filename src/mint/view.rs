//! What the outside may see of a mint: the same words in answers, lists and events.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::base::money::whole_tokens;
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::domain::{Evidence, FailureCode, Order, Progress, State};

/// The schema of [`State`]'s words.
#[derive(Debug)]
pub enum MintStatus {}

impl PartialSchema for MintStatus {
    fn schema() -> RefOr<Schema> {
        let words = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some("Where a mint stands."))
            .enum_values(Some(State::ALL.map(State::word)));
        words.into()
    }
}

impl ToSchema for MintStatus {}

/// The codes are listed where they become HTTP: in the component of this name.
fn failure_code() -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name("ProblemCode"))
}

/// An order: what was asked for, in whole tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MintOrder)]
pub struct OrderView {
    /// Token of the basket.
    pub stablecoin_address: AddressText,
    /// Minting consumer of the basket.
    pub minting_consumer_address: AddressText,
    /// Who receives the tokens.
    pub beneficiary: AddressText,
    /// How much.
    pub amount: TokenAmount,
    /// The bank's reference of the payment; the mint's id where the caller gave none.
    pub bank_reference: String,
    /// The reference on chain.
    pub reference: HashText,
}

impl From<&Order> for OrderView {
    fn from(order: &Order) -> Self {
        Self {
            stablecoin_address: AddressText(order.stablecoin),
            minting_consumer_address: AddressText(order.consumer),
            beneficiary: AddressText(order.beneficiary),
            amount: TokenAmount(whole_tokens(order.amount, order.decimals)),
            bank_reference: order.bank_reference.clone(),
            reference: HashText(order.reference),
        }
    }
}

/// How far a mint is.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MintStage)]
pub struct StageView {
    /// Where it stands.
    #[schema(value_type = MintStatus)]
    pub status: State,
    /// Attempts so far, the present one with them; runs of which nothing was signed for a reason that is no refusal do
    /// not count.
    pub attempts: u32,
    /// Block of the mint event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_number: Option<u64>,
    /// While an attempt is under way: when its report lapses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// When the request ends: nothing of it is minted afterwards.
    pub expires_at: Timestamp,
    /// Why it was not minted, or not yet: a sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The same as a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = failure_code)]
    pub code: Option<FailureCode>,
    /// What backs the code.
    #[serde(flatten)]
    pub evidence: EvidenceView,
}

impl From<&Progress> for StageView {
    fn from(progress: &Progress) -> Self {
        let failure = progress.failure.as_ref();
        Self {
            status: progress.state,
            attempts: progress.attempts,
            block_number: progress.proof.as_ref().map(|proof| proof.location.block_number),
            valid_until: (progress.state == State::Executing)
                .then(|| Timestamp::of_seconds(progress.attempt_valid_until)),
            expires_at: Timestamp::of_ms(progress.expires_at),
            error: failure.map(|failure| failure.detail.clone()),
            code: failure.map(|failure| failure.code),
            evidence: failure.map(|failure| EvidenceView::from(&*failure.evidence)).unwrap_or_default(),
        }
    }
}

/// What happened to a mint: the data of its events.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MintProgress)]
pub struct ProgressView {
    /// How far it is.
    #[serde(flatten)]
    pub stage: StageView,
    /// The transaction that holds the mint event, once the chain has proved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mint_tx: Option<HashText>,
}

impl From<&Progress> for ProgressView {
    fn from(progress: &Progress) -> Self {
        Self { stage: progress.into(), mint_tx: mint_tx(progress) }
    }
}

/// The transaction that holds the mint event, once the chain has proved it.
#[must_use]
pub fn mint_tx(progress: &Progress) -> Option<HashText> {
    progress.proof.as_ref().map(|proof| HashText(proof.location.tx))
}

/// What backs a code; amounts are decimal numbers of whole tokens. Which members are there depends on the code.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Evidence)]
pub struct EvidenceView {
    /// The policy that refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AddressText>)]
    pub policy: Option<String>,
    /// Name of the verdict or of the breaker's reason, for example `BLACKLISTED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Reserves that the DON agreed on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub reserves: Option<String>,
    /// Issued minus redeemed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub liability: Option<String>,
    /// What was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub requested: Option<String>,
    /// How much the reserves fall short.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub deficit: Option<String>,
    /// What is promised to other requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub reserved: Option<String>,
    /// The limit that the amount is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub limit: Option<String>,
    /// What was spent of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<TokenAmount>)]
    pub spent: Option<String>,
    /// When it starts anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Timestamp>)]
    pub resets_at: Option<String>,
    /// Seconds after which asking again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// Field of the request that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl From<Evidence> for EvidenceView {
    fn from(evidence: Evidence) -> Self {
        let Evidence {
            policy,
            reason,
            reserves,
            liability,
            requested,
            deficit,
            reserved,
            limit,
            spent,
            resets_at,
            retry_after_seconds,
            field,
        } = evidence;
        Self {
            policy,
            reason,
            reserves,
            liability,
            requested,
            deficit,
            reserved,
            limit,
            spent,
            resets_at,
            retry_after_seconds,
            field,
        }
    }
}

impl From<&Evidence> for EvidenceView {
    fn from(evidence: &Evidence) -> Self {
        evidence.clone().into()
    }
}

/// Steps of a workflow run: the data of their event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepsData {
    /// The lines that the run printed, one for each step.
    pub steps: Vec<String>,
}

/// Steps of a workflow run as the data of their event.
#[must_use]
pub fn steps(steps: &[String]) -> Map<String, Value> {
    members(&StepsData { steps: steps.to_vec() })
}

/// An order as the data of an event.
#[must_use]
pub fn order(order: &Order) -> Map<String, Value> {
    members(&OrderView::from(order))
}

/// What happened to a mint as the data of an event.
#[must_use]
pub fn progress(progress: &Progress) -> Map<String, Value> {
    members(&ProgressView::from(progress))
}

fn members(view: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(view) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, B256, U256};
    use serde_json::json;

    use super::*;
    use crate::base::clock::rfc3339;
    use crate::domain::Failure;

    #[test]
    fn view_of_an_order_is_in_whole_tokens_and_checksummed() {
        let order = order(&Order {
            stablecoin: Address::ZERO,
            consumer: Address::ZERO,
            beneficiary: "0x60105ec2b4eb1a8a27f4090d4b05f15f33a7fbfd".parse().unwrap(),
            amount: U256::from(1_500),
            decimals: 3,
            bank_reference: "MT103".to_owned(),
            reference: B256::ZERO,
        });
        assert_eq!(order["beneficiary"], "0x60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd");
        assert_eq!(order["amount"], "1.5");
        assert_eq!(order["reference"], format!("0x{}", "00".repeat(32)));
    }

    #[test]
    fn view_of_progress_has_what_is_known_and_nothing_else() {
        let expires = rfc3339(1_790_086_400_000);
        let mut now = Progress { state: State::Executing, attempts: 1, ..Progress::default() };
        now.expires_at = 1_790_086_400_000;
        now.attempt_valid_until = 1_790_000_000;
        let shown = Value::Object(progress(&now));
        let lapses = rfc3339(1_790_000_000_000);
        assert_eq!(
            shown,
            json!({ "status": "executing", "attempts": 1, "validUntil": lapses, "expiresAt": expires })
        );

        now.state = State::Rejected;
        let evidence = Evidence { reason: Some("BLACKLISTED".to_owned()), ..Evidence::default() };
        now.failure = Some(Failure::new(FailureCode::AceRejected, "no").with(evidence));
        let refused = json!({
            "status": "rejected", "attempts": 1, "error": "no", "code": "ACE_REJECTED", "reason": "BLACKLISTED",
            "expiresAt": expires,
        });
        assert_eq!(Value::Object(progress(&now)), refused);
    }
}
