//! Asks a chain that was silent whether it is the right one: at the start, and whenever it was away, because other endpoints may
//! have taken over.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::identify::{DeploymentError, verify};
use crate::base::logging::with_causes;
use crate::base::task;
use crate::chain::{Chain, Standing};
use crate::config::ChainConfig;
use crate::store::Store;

/// First pause between two questions; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// Longest pause between two questions.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// How often it is looked at whether the chain still answers, which asks nobody.
const GLANCE: Duration = Duration::from_millis(500);

/// Watches until `stop` fires. A chain that is not the right one is told once, and asked further: somebody may mend it.
pub async fn watch(chain: Chain, config: ChainConfig, store: Store, stop: CancellationToken) {
    let watch = async {
        loop {
            until_verified(&chain, &config, &store).await;
            until_back(&chain).await;
            // Whoever is silent again is asked when he is back; until then what was found before counts.
            if let Err(error) = verify(&chain, &config, &store).await
                && let Some(standing) = bad_standing(&error)
            {
                chain.set_standing(standing);
                tracing::error!("nothing is minted: {}", with_causes(&error));
            }
        }
    };
    stop.run_until_cancelled(watch).await;
}

/// Asks until the chain is found to be the right one.
async fn until_verified(chain: &Chain, config: &ChainConfig, store: &Store) {
    let (mut pause, mut told) = (PAUSE, String::new());
    while chain.standing() != Standing::Verified {
        tokio::time::sleep(pause).await;
        task::moved();
        pause = (pause * 2).min(PAUSE_MAX);
        let Err(error) = verify(chain, config, store).await else {
            tracing::info!(
                chain_id = chain.chain_id(),
                "the chain answers and is the right one; minting begins"
            );
            return;
        };
        let sentence = with_causes(&error);
        let bad = bad_standing(&error);
        let is_silent = bad.is_none();
        chain.set_standing(bad.unwrap_or(Standing::Silent));
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

/// Waits until the chain was away and answers again, or is doubted by whoever follows it.
async fn until_back(chain: &Chain) {
    for answers in [false, true] {
        while chain.answers() != answers && chain.standing() == Standing::Verified {
            tokio::time::sleep(GLANCE).await;
            task::moved();
        }
    }
}

/// What a chain is that was found not to be the right one; nothing where it, or the database, says nothing.
fn bad_standing(error: &DeploymentError) -> Option<Standing> {
    let is_silent = matches!(error, DeploymentError::Silent(_) | DeploymentError::Store(_));
    (!is_silent).then(|| Standing::Foreign(error.to_string().into()))
}
