//! `GET /health` and `GET /ready`.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::clock::Clock;
use crate::base::wire::Timestamp;
use crate::chain::Substitute;

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
    /// The database's clock, which decides about leases and due times.
    pub clock: ClockAnswer,
    /// What RPC endpoints lack. It is done in another way, so it is no reason to send nothing here.
    pub substitutes: Vec<SubstituteAnswer>,
}

/// Something that an RPC endpoint lacks.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EndpointSubstitute)]
pub struct SubstituteAnswer {
    /// Place of the endpoint in `RPC_URL`, from 0.
    pub endpoint: usize,
    /// What it lacks, and what is done instead.
    #[schema(examples("it gives no logs by a block's hash: they are read by block numbers"))]
    pub sentence: &'static str,
}

impl From<Substitute> for SubstituteAnswer {
    fn from(lacking: Substitute) -> Self {
        Self { endpoint: lacking.endpoint, sentence: lacking.sentence }
    }
}

/// The database's clock, as this process sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DatabaseClock)]
pub struct ClockAnswer {
    /// By how many milliseconds it is ahead of this machine's; negative = behind.
    pub ahead_of_machine_ms: i64,
    /// The last time that it jumped by more than a quarter of `LEASE_SECONDS` between two readings; null = never since
    /// the start.
    #[schema(required = true)]
    pub last_jump: Option<ClockJumpAnswer>,
}

/// A jump of the database's clock, which may have cost claims.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ClockJump)]
pub struct ClockJumpAnswer {
    /// By how many milliseconds; negative = backwards.
    pub by_ms: i64,
    /// When it was noticed, by the new time.
    pub at: Timestamp,
}

impl From<&Clock> for ClockAnswer {
    fn from(clock: &Clock) -> Self {
        let jump = clock.last_jump();
        Self {
            ahead_of_machine_ms: clock.ahead_of_machine_ms(),
            last_jump: jump
                .map(|jump| ClockJumpAnswer { by_ms: jump.by_ms, at: Timestamp::of_ms(jump.at_ms) }),
        }
    }
}

/// Each part that a mint needs: `ok`, or what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Checks {
    /// The database answers.
    pub database: Check,
    /// The chain has answered when it was asked last, and is the one of this database with code at every configured
    /// address. Until then nothing is read from it and no run begins; the gateway asks again by itself.
    pub chain: Check,
    /// The endpoints answer with the expected chain id.
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
    /// What writes to the database gets its work done.
    pub writer: Check,
    /// What carries out mints, settles and ends them, looks for work.
    pub worker: Check,
    /// What follows the chain has looked at it.
    pub monitor: Check,
    /// What attests reserves on schedule keeps to it.
    pub scheduler: Check,
}

/// `ok`, or what is wrong, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(value_type = String, examples("ok", "the reserve API does not answer"))]
pub struct Check(Cow<'static, str>);

impl Check {
    /// A part that works.
    pub const OK: Self = Self(Cow::Borrowed("ok"));

    /// A part that works, or this sentence.
    #[must_use]
    pub const fn new(works: bool, problem: &'static str) -> Self {
        if works { Self::OK } else { Self(Cow::Borrowed(problem)) }
    }

    /// A part that does not work.
    #[must_use]
    pub fn failed(problem: impl Into<Cow<'static, str>>) -> Self {
        Self(problem.into())
    }

    fn is_ok(&self) -> bool {
        *self == Self::OK
    }
}

impl Checks {
    /// Each of them; a new one that is forgotten here does not compile.
    const fn all(&self) -> [&Check; 12] {
        let Self {
            database,
            chain,
            chain_id,
            forwarder,
            basket_factory,
            bun,
            workflow,
            reserve_api,
            writer,
            worker,
            monitor,
            scheduler,
        } = self;
        [
            database,
            chain,
            chain_id,
            forwarder,
            basket_factory,
            bun,
            workflow,
            reserve_api,
            writer,
            worker,
            monitor,
            scheduler,
        ]
    }
}

impl ReadyAnswer {
    /// Ready when all checks are `ok`; a clock that jumped is told, and no reason to send nothing here.
    #[must_use]
    pub fn of(checks: Checks, clock: ClockAnswer, substitutes: Vec<Substitute>) -> Self {
        let ready = checks.all().into_iter().all(Check::is_ok);
        let substitutes = substitutes.into_iter().map(SubstituteAnswer::from).collect();
        Self { ready, checks, clock, substitutes }
    }
}
