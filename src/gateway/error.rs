//! Why the gateway does not start, in sentences of its own: those of a driver repeat addresses and users.

use crate::access::bootstrap::BootstrapError;
use crate::chain::ChainError;
use crate::deployment::DeploymentError;
use crate::store::StoreError;
use crate::workflow::WorkflowError;

/// Why the gateway stopped by itself, in one sentence.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failed(pub(super) String);

/// Why the gateway does not start; the source says more.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The endpoints.
    #[error("RPC_URL cannot be used")]
    Rpc(#[source] ChainError),
    /// The chain is not the right one.
    #[error(transparent)]
    Deployment(DeploymentError),
    /// The database, and in which way.
    #[error("DATABASE_URL cannot be used: {0}")]
    Database(String),
    /// The workflow.
    #[error(transparent)]
    Workflow(WorkflowError),
    /// The key for administrators.
    #[error(transparent)]
    Keys(BootstrapError),
    /// The listener.
    #[error("the address that the server listens on is unknown")]
    Listener(#[source] std::io::Error),
    /// The HTTP client.
    #[error("the HTTP client cannot be made")]
    HttpClient(#[source] reqwest::Error),
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Database(database_problem(&error))
    }
}

impl From<BootstrapError> for StartError {
    fn from(error: BootstrapError) -> Self {
        match error {
            BootstrapError::Store(error) => error.into(),
            error => Self::Keys(error),
        }
    }
}

impl From<WorkflowError> for StartError {
    fn from(error: WorkflowError) -> Self {
        match error {
            WorkflowError::Store(error) => error.into(),
            error => Self::Workflow(error),
        }
    }
}

impl From<DeploymentError> for StartError {
    fn from(error: DeploymentError) -> Self {
        match error {
            DeploymentError::Store(error) => error.into(),
            error => Self::Deployment(error),
        }
    }
}

/// What is wrong with the database, in our words.
fn database_problem(error: &StoreError) -> String {
    let sqlx = match error {
        StoreError::Database(error) => error,
        StoreError::Migrate(error) => match &**error {
            sqlx::migrate::MigrateError::Execute(error) => error,
            sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error,
            _ => return "it was made by another version of this program".to_owned(),
        },
        error => return error.to_string(),
    };
    match sqlx {
        sqlx::Error::Database(refusal) => refusal_problem(refusal.code().as_deref().unwrap_or_default()),
        sqlx::Error::Io(error) => format!("the server does not answer ({})", error.kind()),
        sqlx::Error::PoolTimedOut => "the server does not answer in time".to_owned(),
        sqlx::Error::Tls(_) => "no encrypted connection to the server is possible".to_owned(),
        sqlx::Error::Configuration(_) => "it is malformed".to_owned(),
        _ => "the server answers in a way that is not understood".to_owned(),
    }
}

/// What a server means by its code: the SQLSTATE of PostgreSQL, or SQLite's number.
fn refusal_problem(code: &str) -> String {
    let problem = match code {
        "28P01" | "28000" => "the server does not accept user and password",
        "3D000" => "the server has no database of this name",
        "42501" => "the user may not create tables",
        "53300" => "the server has no connection left",
        "57P03" => "the server is starting or stopping",
        // Parameters at the start, prepared statements and locks of a session do not survive in a pool of transactions.
        "08P01" | "26000" | "42P05" => {
            "it leads to a pooler that shares connections between transactions; the gateway needs the direct port of \
             PostgreSQL, or session pooling"
        }
        "14" => "the file cannot be opened",
        "26" => "the file is no SQLite database",
        "8" => "the file cannot be written",
        _ => return format!("the server refuses (code {code})"),
    };
    problem.to_owned()
}

#[cfg(test)]
mod tests {
    use super::refusal_problem;

    #[test]
    fn start_names_a_pooler_of_transactions() {
        for code in ["08P01", "26000", "42P05"] {
            let problem = refusal_problem(code);
            assert!(problem.contains("pooler") && problem.contains("direct port"), "{code}: {problem}");
        }
        assert_eq!(refusal_problem("XX000"), "the server refuses (code XX000)");
    }
}
