//! The reserve sources, as far as the gateway itself looks at them: only whether they answer. Their figures are read by
//! the DON nodes, never by the gateway.

use std::path::Path;
use std::time::Duration;

use alloy::primitives::Address;
use futures_util::future::join_all;
use reqwest::Client;
use serde::Deserialize;

/// Longest wait for a source.
const TIMEOUT: Duration = Duration::from_secs(4);

/// The sources that the workflow's base configuration names.
#[derive(Clone, Debug)]
pub struct ReserveApi {
    client: Client,
    urls: Vec<String>,
    /// How many of them must answer for a figure.
    required: usize,
}

/// What the base configuration says of them; `workflow/config/reserve-sources.ts` is its schema.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct BaseConfig {
    por_api_url: Option<String>,
    reserves: Option<Reserves>,
}

#[derive(Debug, Deserialize)]
struct Reserves {
    rule: Rule,
    sources: Vec<Source>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Rule {
    Sum,
    Agreement { required: usize },
}

/// A source; those on chain have no address of their own, and answer as the chain does.
#[derive(Debug, Deserialize)]
struct Source {
    url: Option<String>,
}

impl BaseConfig {
    /// The addresses, and how many of them must answer.
    fn sources(self) -> (Vec<String>, usize) {
        let Some(Reserves { rule, sources }) = self.reserves else {
            return (self.por_api_url.into_iter().collect(), 1);
        };
        let on_chain = sources.iter().filter(|source| source.url.is_none()).count();
        let urls: Vec<String> = sources.into_iter().filter_map(|source| source.url).collect();
        let required = match rule {
            Rule::Sum => urls.len(),
            Rule::Agreement { required } => required.saturating_sub(on_chain),
        };
        (urls, required)
    }
}

impl ReserveApi {
    /// Reads the addresses from the base configuration.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config_file: &Path) -> Result<Self, reqwest::Error> {
        let client =
            Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let config = std::fs::read(config_file).unwrap_or_default();
        let config: BaseConfig = serde_json::from_slice(&config).unwrap_or_default();
        let (urls, required) = config.sources();
        Ok(Self { client, urls, required })
    }

    /// Whether as many sources as the rule requires answer at all when they are asked for a basket; "not assigned" is
    /// an answer.
    pub async fn is_reachable(&self, stablecoin: Option<Address>) -> bool {
        let stablecoin = stablecoin.unwrap_or_default().to_string();
        let asked = self.urls.iter().map(|url| self.answers(url.replace("{stablecoin}", &stablecoin)));
        join_all(asked).await.into_iter().filter(|answers| *answers).count() >= self.required
    }

    async fn answers(&self, url: String) -> bool {
        self.client.get(url).send().await.is_ok_and(|answer| !answer.status().is_server_error())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn sources(config: serde_json::Value) -> (usize, usize) {
        let (urls, required) = from_value::<BaseConfig>(config).unwrap().sources();
        (urls.len(), required)
    }

    #[test]
    fn reserve_sources_are_required_as_the_rule_says() {
        assert_eq!(sources(json!({ "porApiUrl": "http://a" })), (1, 1));
        assert_eq!(sources(json!({})), (0, 1), "who names no source is never ready");
        let three = json!([{ "url": "http://a" }, { "url": "http://b" }, { "dialect": "wallets" }]);
        let of_rule = |rule: serde_json::Value| {
            sources(json!({ "reserves": { "currency": "USD", "rule": rule, "sources": three } }))
        };
        assert_eq!(of_rule(json!({ "kind": "sum" })), (2, 2));
        assert_eq!(of_rule(json!({ "kind": "agreement", "required": 2, "toleranceBps": 5 })), (2, 1));
    }
}
