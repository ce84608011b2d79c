//! `GET /health` and `GET /ready`.

use serde::Serialize;
use utoipa::ToSchema;

/// The process lives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Health)]
pub struct HealthAnswer<'a> {
    /// Always `ok`.
    pub status: &'static str,
    /// The newest event that it knows.
    pub event_head: EventHead<'a>,
}

/// The end of the event log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventHead)]
pub struct EventHead<'a> {
    /// Number of its newest entry; 0 = the log is empty.
    pub seq: i64,
    /// Hash of that entry, in which those of all entries before it are contained.
    pub hash: &'a str,
}

/// Whether everything that a mint needs is there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Readiness)]
pub struct ReadyAnswer {
    /// Whether all checks are `ok`.
    pub ready: bool,
    /// Each part.
    pub checks: Checks,
}

/// Each part that a mint needs: `ok`, or what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checks {
    /// The database answers.
    pub database: Check,
    /// An RPC endpoint answers with the expected chain id.
    pub chain_id: Check,
    /// There is code at the forwarder's address.
    pub forwarder: Check,
    /// There is code at the factory's address.
    pub basket_factory: Check,
    /// Bun runs.
    pub bun: Check,
    /// The CRE project folder has a workflow.
    pub workflow: Check,
    /// The reserve API answers.
    pub reserve_api: Check,
}

/// `ok`, or what is wrong, in one sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples("ok", "the reserve API does not answer"))]
pub struct Check(&'static str);

impl Check {
    /// A part that works, or this sentence.
    #[must_use]
    pub const fn new(works: bool, problem: &'static str) -> Self {
        Self(if works { "ok" } else { problem })
    }

    fn is_ok(self) -> bool {
        self.0 == "ok"
    }
}

impl From<Checks> for ReadyAnswer {
    fn from(checks: Checks) -> Self {
        let Checks { database, chain_id, forwarder, basket_factory, bun, workflow, reserve_api } = &checks;
        let all = [database, chain_id, forwarder, basket_factory, bun, workflow, reserve_api];
        let ready = all.into_iter().all(|check| check.is_ok());
        Self { ready, checks }
    }
}
