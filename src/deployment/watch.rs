//! Asks a chain that was silent at the start again and again.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::identify::{DeploymentError, verify};
use crate::base::logging::with_causes;
use crate::chain::{Chain, Standing};
use crate::config::ChainConfig;
use crate::store::Store;

/// First pause between two questions; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two questions.
const PAUSE_MAX: Duration = Duration::from_secs(15);

/// Asks until the chain is found to be the right one, or `stop` fires. A chain that is not the right one is told once,
/// and asked further: somebody may mend it.
pub async fn watch(chain: Chain, config: ChainConfig, store: Store, stop: CancellationToken) {
    let (mut pause, mut told) = (PAUSE, String::new());
    while chain.standing() != Standing::Verified {
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return;
        }
        pause = (pause * 2).min(PAUSE_MAX);
        let Err(error) = verify(&chain, &config, &store).await else {
            tracing::info!(
                chain_id = chain.chain_id(),
                "the chain answers and is the right one; minting begins"
            );
            return;
        };
        let sentence = with_causes(&error);
        let is_silent = matches!(error, DeploymentError::Silent(_) | DeploymentError::Store(_));
        chain.set_standing(match is_silent {
            true => Standing::Silent,
            false => Standing::Foreign(error.to_string().into()),
        });
        if sentence == told {
            continue;
        }
        if is_silent {
            tracing::warn!("{sentence}; asked again");
        } else {
            tracing::error!("nothing is minted: {sentence}");
        }
        told = sentence;
    }
}
