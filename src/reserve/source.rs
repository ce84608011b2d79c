//! The reserve source, as far as the gateway itself looks at it: only whether it answers. Its figures are read by the
//! DON nodes, never by the gateway.

use std::path::Path;
use std::time::Duration;

use alloy::primitives::Address;
use reqwest::Client;

/// Longest wait for the reserve API.
const TIMEOUT: Duration = Duration::from_secs(4);

/// The reserve API that the workflow's base configuration names.
#[derive(Clone, Debug)]
pub struct ReserveApi {
    client: Client,
    url: String,
}

impl ReserveApi {
    /// Reads the address from the base configuration; `consumer` stands in for `{consumer}`.
    ///
    /// # Errors
    /// When the HTTP client cannot be made.
    pub fn new(config_file: &Path, consumer: Option<Address>) -> Result<Self, reqwest::Error> {
        let client =
            Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none()).build()?;
        let config = std::fs::read(config_file).unwrap_or_default();
        let config: serde_json::Value = serde_json::from_slice(&config).unwrap_or_default();
        let url = config["porApiUrl"].as_str().unwrap_or_default();
        let url = url.replace("{consumer}", &consumer.unwrap_or_default().to_string());
        Ok(Self { client, url })
    }

    /// Whether it answers at all; "not assigned" is an answer.
    pub async fn is_reachable(&self) -> bool {
        match self.client.get(&self.url).send().await {
            Ok(answer) => !answer.status().is_server_error(),
            Err(_) => false,
        }
    }
}
