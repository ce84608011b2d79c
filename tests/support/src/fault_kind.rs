//! The kinds of faults that the simulation and the campaigns put in the gateway's way.

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// The process dies at one of the named points.
    Crash,
    /// The process is killed with nothing under way.
    CrashAtRest,
    /// An endpoint drops calls, is behind, lies, or is slow.
    Endpoint,
    /// No endpoint answers for a while.
    ChainOutage,
    /// The reserve source proves nothing for a while.
    SourceOutage,
    /// The transmitters cannot pay for a while.
    FundsOutage,
    /// For a while no run can begin, or end well: the configuration is away, the disk is full, Bun is killed.
    WorkflowOutage,
    /// A run fails, lies, or leaves a report in a stranger's hands.
    BadRun,
    /// A stranger delivers a report late.
    LateDelivery,
    /// Blocks are taken back.
    Reorganisation,
    /// The reserves or their age change.
    Reserves,
    /// The basket is paused or resumed, on chain or by an operator.
    Pause,
    /// A caller cancels or retries.
    Meddling,
    /// The database's clock jumps.
    ClockJump,
    /// Two instances on one database, whose machines' clocks differ from it and from each other.
    ClockSkew,
    /// A backup is taken before a request and restored before its repetition.
    Restore,
    /// The same request reaches two gateways that have a database each.
    TwoDatabases,
    /// A known bank reference comes under another key.
    SecondKey,
    /// A refused order comes again, corrected, under the same reference.
    Correction,
    /// Two equal requests without key and reference at once.
    DoubleClick,
    /// The answer to `Prefer: respond-async` is lost, and the request repeated.
    LostAnswer,
    /// Another process opens the database's file by another path.
    OtherPath,
    /// A program stands still with its connections open: the gateway, the chain, the workflow, the reserve API.
    StandsStill,
    /// Connections swallow everything: to the database, to endpoints, to the reserve API.
    BlackHole,
    /// The database server starts anew under open connections.
    DatabaseRestart,
    /// Nobody reads the log, and its pipe is full.
    FullLog,
    /// The disk of the database is full.
    FullDisk,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 27] = [
        Self::Crash,
        Self::CrashAtRest,
        Self::Endpoint,
        Self::ChainOutage,
        Self::SourceOutage,
        Self::FundsOutage,
        Self::WorkflowOutage,
        Self::BadRun,
        Self::LateDelivery,
        Self::Reorganisation,
        Self::Reserves,
        Self::Pause,
        Self::Meddling,
        Self::ClockJump,
        Self::ClockSkew,
        Self::Restore,
        Self::TwoDatabases,
        Self::SecondKey,
        Self::Correction,
        Self::DoubleClick,
        Self::LostAnswer,
        Self::OtherPath,
        Self::StandsStill,
        Self::BlackHole,
        Self::DatabaseRestart,
        Self::FullLog,
        Self::FullDisk,
    ];

    /// Kinds that the simulation leaves out, each with the reason.
    pub const NOT_SIMULATED: &'static [(Self, &'static str)] = &[
        (Self::CrashAtRest, "a simulated process that rests leaves nothing to lose"),
        (Self::StandsStill, "there is no program that could"),
        (Self::BlackHole, "there are no connections"),
        (Self::DatabaseRestart, "there is no server"),
        (Self::FullLog, "nothing is logged"),
        (Self::FullDisk, "there is no disk of its own"),
    ];

    /// Kinds that the campaign on the real stack leaves out, each with the reason.
    pub const NOT_REAL: &'static [(Self, &'static str)] = &[
        (Self::BadRun, "the workflow is the real one"),
        (Self::LateDelivery, "strangers hold no report of the real workflow"),
        (Self::Reserves, "the reserves stay plentiful, so that every payment can be minted"),
        (Self::Pause, "nobody pauses, so that every payment can be minted"),
        (Self::Meddling, "callers only repeat, so that every payment can be minted"),
    ];

    /// How it is called in a table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "killed at a named point",
            Self::CrashAtRest => "killed at rest",
            Self::Endpoint => "bad endpoint",
            Self::ChainOutage => "outage of the chain",
            Self::SourceOutage => "outage of the reserve source",
            Self::FundsOutage => "outage of the transmitters' funds",
            Self::WorkflowOutage => "outage of the workflow",
            Self::BadRun => "bad run of the workflow",
            Self::LateDelivery => "late delivery by a stranger",
            Self::Reorganisation => "re-organisation",
            Self::Reserves => "reserves change",
            Self::Pause => "pause or resumption",
            Self::Meddling => "cancel or retry by a caller",
            Self::ClockJump => "jump of the database's clock",
            Self::ClockSkew => "clock skew between two instances",
            Self::Restore => "backup restored between equal requests",
            Self::TwoDatabases => "two gateways with two databases",
            Self::SecondKey => "second key on a known reference",
            Self::Correction => "refused order corrected",
            Self::DoubleClick => "double click",
            Self::LostAnswer => "lost answer to respond-async",
            Self::OtherPath => "database opened by another path",
            Self::StandsStill => "a program stands still",
            Self::BlackHole => "connections swallow everything",
            Self::DatabaseRestart => "restart of PostgreSQL",
            Self::FullLog => "full log pipe",
            Self::FullDisk => "full disk",
        }
    }
}

/// Every kind but the exceptions.
pub fn all_kinds_but(exceptions: &[(FaultKind, &str)]) -> impl Iterator<Item = FaultKind> {
    FaultKind::ALL.into_iter().filter(|kind| exceptions.iter().all(|(left_out, _)| left_out != kind))
}
