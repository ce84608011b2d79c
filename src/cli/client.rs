//! The HTTP client of the commands.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::arguments::ConnectionArguments;
use super::exit::Failure;
use crate::config::Surroundings;

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for an answer besides what was asked to be waited for.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// Longest pause in a stream; the gateway says something every 15 seconds.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(45);
/// Largest answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;
/// Name of the administrator's key, which the first start leaves in the state directory.
const ADMIN_KEY: &str = "admin.key";

/// Calls one gateway with one key.
#[derive(Debug)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
    key: Option<HeaderValue>,
    /// Whether answers are printed as JSON.
    pub(super) json: bool,
}

/// Which key a command uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The one that was given, else none: the administrator's cannot mint.
    Given,
    /// The one that was given, else the administrator's, if it lies on this machine.
    OrAdmin,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Value,
}

impl Client {
    /// The client of a command. `Key::OrAdmin` takes the administrator's key where none was given.
    pub(super) fn new(
        surroundings: &Surroundings,
        arguments: &ConnectionArguments,
        key: Key,
    ) -> Result<Self, Failure> {
        let url = arguments.url.clone().unwrap_or_else(|| format!("http://localhost:{}", arguments.port));
        let parsed = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let parsed = parsed.ok_or_else(|| Failure::refused("--url must be an http or https URL"))?;
        let is_here = is_loopback(&parsed);
        if !is_here && parsed.scheme() == "http" {
            return Err(Failure::refused("--url must begin with https://: the key would travel readable"));
        }
        // The administrator's key goes to no other machine unless somebody says so.
        let file = (is_here && key == Key::OrAdmin)
            .then(|| {
                std::fs::read_to_string(surroundings.folder().join(&arguments.state_dir).join(ADMIN_KEY)).ok()
            })
            .flatten();
        let key = arguments.key.as_deref().or(file.as_deref()).map(bearer).transpose()?;
        // Installed already by an earlier call.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(SILENCE_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none());
        let builder = if is_here { builder.no_proxy() } else { builder };
        let http = builder.build().map_err(|_| Failure::refused("the HTTP client cannot be made"))?;
        Ok(Self { http, url: url.trim_end_matches('/').to_owned(), key, json: arguments.json })
    }

    /// A request for a path.
    pub(super) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.key {
            Some(key) => request.header(AUTHORIZATION, key.clone()),
            None => request,
        }
    }

    /// A request for a path with a JSON body.
    pub(super) fn request_with(&self, method: Method, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.request(method, path).header(CONTENT_TYPE, "application/json").body(body.to_string())
    }

    /// The answer to a request that may be waited for so long on top of the usual time.
    pub(super) async fn ask(
        &self,
        request: reqwest::RequestBuilder,
        wait: Duration,
    ) -> Result<Answer, Failure> {
        let request = request.header(ACCEPT, "application/json").timeout(ANSWER_TIMEOUT + wait);
        let mut response = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = response.status();
        let mut text = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if text.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Failure::unreachable(format!("{} sends too long an answer", self.url)));
            }
            text.extend_from_slice(&chunk);
        }
        let body = serde_json::from_slice(&text).unwrap_or(Value::Null);
        Ok(Answer { status, body })
    }

    /// The answer to a `GET` that succeeds.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.ask(self.request(Method::GET, path), Duration::ZERO).await?.success(self)
    }

    /// Opens a stream of events.
    pub(super) async fn stream(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, Failure> {
        let request = request.header(ACCEPT, "text/event-stream");
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.bytes().await.ok().and_then(|text| serde_json::from_slice(&text).ok());
        let failure = self.failure(status, &body.unwrap_or(Value::Null));
        Err(if status.is_server_error() { Failure::unreachable(failure.sentence) } else { failure })
    }

    /// Why nobody answered; without the causes, which name inner workings of the client.
    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let why = match error {
            error if error.is_connect() => "cannot be reached",
            error if error.is_timeout() => "does not answer in time",
            _ => "broke off",
        };
        Failure::unreachable(format!("{} {why}", self.url))
    }

    /// What an answer means that is no success.
    pub(super) fn failure(&self, status: StatusCode, body: &Value) -> Failure {
        match (body["error"].as_str(), body["code"].as_str()) {
            (Some(sentence), Some(code)) => Failure::refused(format!("{sentence} ({code})")),
            _ => Failure::unreachable(format!("{} answers {status}: is it the gateway?", self.url)),
        }
    }
}

impl Answer {
    /// The body of an answer that is a success.
    pub(super) fn success(self, client: &Client) -> Result<Value, Failure> {
        if self.status.is_success() { Ok(self.body) } else { Err(client.failure(self.status, &self.body)) }
    }
}

fn bearer(key: &str) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::try_from(format!("Bearer {}", key.trim()));
    let mut value = value.map_err(|_| Failure::refused("--key must be printable ASCII characters"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}
