//! `cre-backend keys recover`.

use clap::ArgMatches;

use super::exit::Failure;
use super::show;
use crate::base::logging::with_causes;
use crate::config::Surroundings;
use crate::gateway::Keys;

/// Makes a new key for administrators, while no gateway uses the database.
pub(super) fn recover(surroundings: &Surroundings, matches: &ArgMatches) -> Result<(), Failure> {
    let config = surroundings.understand(matches).map_err(|error| Failure::refused(error.to_string()))?;
    let secrets = config.secrets();
    let refused = |error: &dyn std::error::Error| Failure::refused(secrets.hide(&with_causes(error)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let path = runtime.map_err(|error| refused(&error))?.block_on(Keys::recover(&config));
    let path = path.map_err(|error| refused(&error))?;
    show::line(&format!("a new key for administrators is in {}; the old one counts no more", path.display()))
}
