//! Server-sent events: one entry of the event log each.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::base::wire::Timestamp;
use crate::domain::EventKind;
use crate::http::problem::Problem;
use crate::mint::view::{OrderView, ProgressView, StepsData};
use crate::reserve::event_data::{AlarmData, AttestationData, BreakerData, OperatorData};
use crate::store::LoggedEvent;
use crate::store::event_log::MINTS_AT_ONCE;

/// Which mints are followed.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FollowQuery {
    /// A mint; repeated for up to 100.
    #[param(required, value_type = Vec<Uuid>, style = Form, explode)]
    id: Vec<String>,
}

impl FollowQuery {
    /// The mints.
    ///
    /// # Errors
    /// 400 where there are none or too many, 404 for what is no id of a mint.
    pub fn mints(&self) -> Result<BTreeSet<Uuid>, Problem> {
        if !(1..=MINTS_AT_ONCE).contains(&self.id.len()) {
            return Err(Problem::field("id", format!("id must be given 1 to {MINTS_AT_ONCE} times")));
        }
        self.id.iter().map(|id| id.parse().map_err(|_| Problem::not_found("mint"))).collect()
    }
}

/// One entry of the event log; `id` and `event` of the server-sent event are its `seq` and `kind`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Event)]
pub struct EventBody<'a> {
    /// Its number: 1, 2, 3 … without gaps.
    pub seq: i64,
    /// The mint that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mint_id: Option<&'a str>,
    /// The token of the basket that it is about, if it is about a basket; `data` names accounts and keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basket: Option<&'a str>,
    /// What happened.
    #[schema(examples("mint.accepted", "mint.minted", "breaker.opened"))]
    pub kind: &'a str,
    /// When.
    pub at: Timestamp,
    /// What belongs to it, as it was logged.
    #[schema(value_type = EventData)]
    pub data: &'a RawValue,
    /// Hash over the previous entry's hash and this entry.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub hash: &'a str,
}

impl<'a> EventBody<'a> {
    /// Shows an entry.
    #[must_use]
    pub fn of(entry: &'a LoggedEvent) -> Self {
        let is_of_mint = entry.kind.starts_with("mint.");
        let is_of_basket = !is_of_mint && !EventKind::is_about_access(&entry.kind);
        Self {
            seq: entry.seq,
            mint_id: is_of_mint.then_some(&entry.subject),
            basket: is_of_basket.then_some(&entry.subject),
            kind: &entry.kind,
            at: Timestamp::of_ms(entry.at),
            data: serde_json::from_str(&entry.data).unwrap_or(RawValue::NULL),
            hash: &entry.hash,
        }
    }
}

/// What belongs to an event, by its kind.
#[derive(Debug, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what the log holds as text")]
enum EventData<'a> {
    /// `mint.accepted`.
    Order(OrderView),
    /// `mint.queued`, `mint.executing`, `mint.submitted`, `mint.minted`, `mint.finalized`, `mint.rejected`,
    /// `mint.failed`, `mint.cancelled`, `mint.uncertain`.
    Progress(Box<ProgressView>),
    /// `mint.steps`.
    Steps(StepsData),
    /// `breaker.opened`, `breaker.half-open`, `breaker.closed`, `breaker.changed`.
    Breaker(BreakerData),
    /// `operator.paused`, `operator.resumed`.
    Operator(OperatorData<'a>),
    /// `chain.alarm`.
    Alarm(AlarmData),
    /// `reserve.attested`, `reserve.attestation-failed`.
    Attestation(AttestationData<'a>),
    /// `basket.registered`, `account.created`, `account.changed`, `grant.set`, `grant.removed`, `key.created`, `key.rotated`, `key.revoked`,
    /// `key.restored`, `key.kept`: the account, the key, what changed, and `by` whom.
    Access(BTreeMap<String, Value>),
}
