//! `GET /mints/{id}/evidence`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::base::money::{parse_base_units, whole_tokens};
use crate::base::wire::{AddressText, HashText, Timestamp, TokenAmount};
use crate::domain::{Mint, State};
use crate::http::problem::Problem;
use crate::mint::evidence::{MintRun, Sight};
use crate::mint::view::{MintStatus, OrderView, mint_tx};
use crate::store::{OrderOutcome, RunOrder, RunVerdict};
use crate::workflow::evidence::{NodeEvidence, NodeObservation, OperatorEvidence, OperatorNode};

/// How much is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EvidenceQuery {
    /// `operator` shows all of a run, on the machine that the gateway runs on.
    #[param(pattern = "^(caller|operator)$", default = "caller")]
    view: Option<String>,
}

impl EvidenceQuery {
    /// Whose eyes it is for.
    ///
    /// # Errors
    /// 400 for any other word.
    pub fn sight(&self) -> Result<Sight, Problem> {
        match self.view.as_deref() {
            None | Some("caller") => Ok(Sight::Caller),
            Some("operator") => Ok(Sight::Operator),
            Some(_) => Err(Problem::field("view", "view must be caller or operator")),
        }
    }
}

/// A mint, and what the workflow's runs for it can show for themselves.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MintEvidence)]
pub struct EvidenceAnswer {
    /// Its id.
    pub mint_id: Uuid,
    /// What was asked for.
    #[serde(flatten)]
    pub order: OrderView,
    /// Where it stands.
    #[schema(value_type = MintStatus)]
    pub status: State,
    /// The transaction that holds the mint event, once the chain has proved it.
    #[schema(required = true)]
    pub mint_tx: Option<HashText>,
    /// Its runs, newest last: at most the newest 50. A run that ended without a word is not among them.
    #[schema(max_items = 50)]
    pub runs: Vec<RunAnswer>,
}

/// What a run can show for itself: the claim of those who run the DON, which signatures and the chain back where there
/// is a report.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Run)]
pub struct RunAnswer {
    /// The execution.
    pub execution_id: HashText,
    /// When its outcome was stored.
    pub ended_at: Timestamp,
    /// The workflow: its code and configuration. `local:` stands before the id of code that was not built for a DON; reports
    /// carry the id without it.
    #[schema(pattern = "^(local:)?0x[0-9a-f]{64}$")]
    pub workflow_id: String,
    /// Names the DON and its signers, as the context of every report does.
    pub config_digest: HashText,
    /// How many nodes may be faulty; a report carries the signatures of one more.
    pub faulty_max: u32,
    /// The last block at which the nodes read.
    #[schema(required = true)]
    pub block_number: Option<u64>,
    /// What it said of the order.
    pub verdict: OrderVerdict,
    /// What it compared; null when it did not get so far.
    #[schema(required = true)]
    pub figures: Option<FiguresAnswer>,
    /// The report, if one was signed.
    #[schema(required = true)]
    pub report: Option<SignedReportAnswer>,
    /// The nodes.
    pub nodes: Vec<NodeAnswer>,
    /// Milliseconds of each step that was reached: compliance, reserves, consensus, sign, deliver, confirm.
    pub steps_millis: BTreeMap<String, u64>,
    /// The delivery in which the order travelled.
    #[schema(required = true)]
    pub delivery: Option<DeliveryAnswer>,
    /// Whether something was left out for its size.
    pub truncated: bool,
    /// What only operators see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorView>,
}

/// What a run said of an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrderVerdict {
    /// In one word.
    pub outcome: OutcomeWord,
    /// Why.
    #[schema(required = true, pattern = "^[A-Z0-9_]+$")]
    pub code: Option<String>,
    /// The policy that refused.
    #[schema(required = true)]
    pub policy: Option<String>,
    /// Name of the consumer's verdict, or what the reserve source said.
    #[schema(required = true)]
    pub reason: Option<String>,
}

/// What became of an order in a run, as far as the run can tell.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = RunOutcome)]
pub enum OutcomeWord {
    /// It travelled in a delivered report.
    Delivered,
    /// It was refused before anything of it was signed.
    Refused,
    /// Nothing was signed.
    Unsigned,
    /// Nobody knows; a report may have been signed.
    Lost,
}

/// Figures that a run compared.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunFigures)]
pub struct FiguresAnswer {
    /// What backs the basket.
    pub reserves: TokenAmount,
    /// The source's time of that figure.
    pub observed_at: Timestamp,
    /// What was issued.
    pub liability: TokenAmount,
}

/// A report with its signatures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SignedReport)]
pub struct SignedReportAnswer {
    /// What was signed: the digest of report and context.
    pub digest: HashText,
    /// Ids of the nodes whose signatures it carries.
    pub signers: Vec<u32>,
}

/// A node's part in a run.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunNode)]
pub struct NodeAnswer {
    /// Its place in the DON.
    pub id: u32,
    /// The address that its signatures recover to.
    pub signer: AddressText,
    /// AGREED, LATE, SILENT, DISSENTED or FAULTY.
    #[schema(pattern = "^[A-Z0-9_]+$")]
    pub conduct: String,
    /// What it saw, source by source.
    pub observations: Vec<ObservationAnswer>,
}

/// What a node saw of a reserve source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunObservation)]
pub struct ObservationAnswer {
    /// How much.
    #[schema(required = true)]
    pub amount: Option<TokenAmount>,
    /// The source's time.
    #[schema(required = true)]
    pub observed_at: Option<Timestamp>,
    /// AGREED, DIFFERS, NO_ANSWER, OPEN, or the word for what was wrong with the answer.
    #[schema(pattern = "^[A-Z0-9_]+$")]
    pub code: String,
}

/// A delivery, and the order's part of what it cost: all orders of a report share it equally, rounded down.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunDelivery)]
pub struct DeliveryAnswer {
    /// The transaction.
    pub tx_hash: HashText,
    /// The order's part of the gas; null when somebody else paid.
    #[schema(required = true)]
    pub gas_share: Option<u64>,
    /// What a unit of gas cost, in wei.
    #[schema(required = true, pattern = "^[0-9]+$")]
    pub gas_price_wei: Option<String>,
    /// The order's part of the fee, in wei.
    #[schema(required = true, pattern = "^[0-9]+$")]
    pub fee_share_wei: Option<String>,
}

/// What only operators see of a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunOperatorView)]
pub struct OperatorView {
    /// All orders of the run.
    pub orders: Vec<RunOrderAnswer>,
    /// Gas of the whole delivery.
    #[schema(required = true)]
    pub gas_used: Option<u64>,
    /// Who paid for it.
    #[schema(required = true)]
    pub transmitter: Option<AddressText>,
    /// Names of the nodes, and what was noted about them.
    pub nodes: Vec<OperatorNodeAnswer>,
    /// Reserve accounts that the nodes heard of.
    pub accounts: Vec<String>,
}

/// An order of a run.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RunOrder)]
pub struct RunOrderAnswer {
    /// Its mint.
    pub mint_id: Uuid,
    /// Who receives the tokens.
    pub beneficiary: AddressText,
    /// How much.
    pub amount: TokenAmount,
    /// What the run said of it.
    pub verdict: OrderVerdict,
}

/// A node as its operator knows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RunOperatorNode)]
pub struct OperatorNodeAnswer {
    /// Its place in the DON.
    pub id: u32,
    /// Its name in the key file.
    pub name: String,
    /// What it did that others did not.
    pub notes: Vec<String>,
}

impl EvidenceAnswer {
    /// Shows a mint's runs.
    #[must_use]
    pub fn of(mint: &Mint, runs: Vec<MintRun>, sight: Sight) -> Self {
        let decimals = mint.order.decimals;
        Self {
            mint_id: mint.id,
            order: (&mint.order).into(),
            status: mint.progress.state,
            mint_tx: mint_tx(&mint.progress),
            runs: runs.into_iter().map(|run| RunAnswer::of(run, decimals, sight)).collect(),
        }
    }
}

impl RunAnswer {
    fn of(run: MintRun, decimals: u8, sight: Sight) -> Self {
        let evidence = run.evidence;
        let is_delivered = run.verdict.outcome == OrderOutcome::Delivered;
        let gas_used = evidence.delivery.as_ref().and_then(|delivery| delivery.gas_used);
        let delivery = evidence.delivery.filter(|_| is_delivered).map(|delivery| DeliveryAnswer {
            tx_hash: HashText(delivery.tx_hash),
            gas_share: run.gas.map(|share| share.gas),
            gas_price_wei: delivery.gas_price_wei,
            fee_share_wei: run.gas.and_then(|share| share.fee_wei).map(|fee| fee.to_string()),
        });
        let operator = (sight == Sight::Operator)
            .then(|| OperatorView::of(run.orders, gas_used, evidence.operator, decimals));
        Self {
            execution_id: HashText(evidence.execution_id),
            ended_at: Timestamp::of_ms(run.ended_at),
            workflow_id: evidence.workflow_id,
            config_digest: HashText(evidence.config_digest),
            faulty_max: evidence.f,
            block_number: evidence.block,
            verdict: run.verdict.into(),
            figures: run.figures.map(|figures| FiguresAnswer {
                reserves: TokenAmount(whole_tokens(figures.reserves, decimals)),
                observed_at: Timestamp::of_seconds(figures.observed_at),
                liability: TokenAmount(whole_tokens(figures.liability, decimals)),
            }),
            report: evidence.report.map(|report| SignedReportAnswer {
                digest: HashText(report.digest),
                signers: report.signers,
            }),
            nodes: evidence.nodes.into_iter().map(|node| NodeAnswer::of(node, decimals)).collect(),
            steps_millis: evidence.steps_millis,
            delivery,
            truncated: evidence.truncated,
            operator,
        }
    }
}

impl From<RunVerdict> for OrderVerdict {
    fn from(verdict: RunVerdict) -> Self {
        let text = |text: String| (!text.is_empty()).then_some(text);
        Self {
            outcome: verdict.outcome.into(),
            code: text(verdict.code),
            policy: text(verdict.policy),
            reason: text(verdict.reason),
        }
    }
}

impl From<OrderOutcome> for OutcomeWord {
    fn from(outcome: OrderOutcome) -> Self {
        match outcome {
            OrderOutcome::Delivered => Self::Delivered,
            OrderOutcome::Refused => Self::Refused,
            OrderOutcome::Unsigned => Self::Unsigned,
            OrderOutcome::Lost => Self::Lost,
        }
    }
}

impl NodeAnswer {
    fn of(node: NodeEvidence, decimals: u8) -> Self {
        let seen = |seen: NodeObservation| ObservationAnswer {
            amount: seen
                .amount
                .and_then(|amount| parse_base_units(&amount))
                .map(|amount| TokenAmount(whole_tokens(amount, decimals))),
            observed_at: seen.observed_at.map(Timestamp::of_seconds),
            code: seen.code,
        };
        Self {
            id: node.id,
            signer: AddressText(node.signer),
            conduct: node.conduct,
            observations: node.observations.into_iter().map(seen).collect(),
        }
    }
}

impl OperatorView {
    fn of(
        orders: Vec<RunOrder>,
        gas_used: Option<u64>,
        known: Option<OperatorEvidence>,
        decimals: u8,
    ) -> Self {
        let order = |order: RunOrder| RunOrderAnswer {
            mint_id: order.mint_id,
            beneficiary: AddressText(order.beneficiary),
            amount: TokenAmount(whole_tokens(order.amount, decimals)),
            verdict: order.verdict.into(),
        };
        let orders = orders.into_iter().map(order).collect();
        let Some(known) = known else {
            return Self { orders, gas_used, transmitter: None, nodes: Vec::new(), accounts: Vec::new() };
        };
        let node = |OperatorNode { id, name, notes }| OperatorNodeAnswer { id, name, notes };
        Self {
            orders,
            gas_used,
            transmitter: Some(AddressText(known.transmitter)),
            nodes: known.nodes.into_iter().map(node).collect(),
            accounts: known.accounts,
        }
    }
}
