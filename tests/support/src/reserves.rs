//! What stories about reserves and breakers ask of a stack.

use alloy::primitives::Address;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{Answer, EventStream, PATIENCE, Stack, until};

impl Stack {
    /// `GET /reserves/{consumer}` of the first basket.
    pub async fn reserves(&self) -> Value {
        self.reserves_of(self.anvil.basket.1).await
    }

    /// `GET /reserves/{consumer}` of any basket.
    pub async fn reserves_of(&self, consumer: Address) -> Value {
        self.get(&format!("/reserves/{consumer}")).await.body
    }

    /// Waits until the first basket's breaker is in a state; returns its reasons.
    pub async fn breaker_becomes(&self, state: &str) -> Value {
        let mut last = Value::Null;
        let reached = until(async || {
            last = self.reserves().await["breaker"].clone();
            last["state"] == state
        });
        assert!(reached.await, "the breaker never became {state}: {last}\n{}", self.newest_output());
        last["reasons"].clone()
    }

    /// Waits until the first basket's breaker is open for exactly this reason; a mint then hears it, and starts
    /// nothing.
    pub async fn breaker_opens_for(&self, reason: &str) {
        let mut last = Value::Null;
        let reached = until(async || {
            last = self.reserves().await["breaker"].clone();
            last["state"] == "open" && last["reasons"].as_object().is_some_and(|all| all.contains_key(reason))
        });
        assert!(reached.await, "the breaker never opened for {reason}: {last}\n{}", self.newest_output());
        assert_eq!(last["reasons"].as_object().map(serde_json::Map::len), Some(1), "{last}");
        let runs = self.runs();
        let answer = self.mint("1").await;
        assert_eq!(answer.problem(), (503, "CIRCUIT_OPEN"), "{}", answer.body);
        assert_eq!(answer.body["reason"], reason, "{}", answer.body);
        assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
        assert!(self.runs() <= runs, "a run was started");
    }

    /// `POST /baskets/{consumer}/pause` or `/resume` of the first basket.
    pub async fn act_as_operator(&self, act: &str, body: Value) -> Answer {
        let path = format!("/baskets/{}/{act}", self.anvil.basket.1);
        Answer::of(self.request(Method::POST, &path).json(&body).send().await.expect("an answer")).await
    }

    /// An operator lets the first basket go on, and a mint closes its breaker.
    pub async fn resume_basket(&self) {
        let resumed = self.act_as_operator("resume", json!({ "reason": "looked at" })).await;
        assert_eq!(resumed.body["breaker"]["state"], "half-open", "{}", resumed.body);
        self.probe_closes_breaker().await;
    }

    /// A mint passes as the probe and closes the first basket's breaker.
    pub async fn probe_closes_breaker(&self) {
        let probe = self.mint("1").await;
        assert_eq!(probe.status, 200, "{}\n{}", probe.body, self.newest_output());
        self.breaker_becomes("closed").await;
    }

    /// Workflow runs for mints that were started so far; the oldest may be gone.
    #[must_use]
    pub fn runs(&self) -> usize {
        let has_orders =
            |payload: &&Value| payload["orders"].as_array().is_some_and(|orders| !orders.is_empty());
        self.payloads().iter().filter(has_orders).count()
    }

    /// Waits for an event of the log, from its beginning on; returns its data.
    pub async fn logged_event(&self, kind: &str, matches: impl Fn(&Value) -> bool) -> Value {
        let request = self.request(Method::GET, "/events").header("last-event-id", 0);
        let mut stream = EventStream::of(request.send().await.expect("a stream"));
        let mut others = Vec::new();
        let reading = async {
            while let Some(event) = stream.next().await {
                if event.kind != kind {
                    continue;
                }
                if matches(&event.data["data"]) {
                    return Some(event.data["data"].clone());
                }
                others.push(event.data);
            }
            None
        };
        let found = tokio::time::timeout(PATIENCE, reading).await.ok().flatten();
        found.unwrap_or_else(|| panic!("no such {kind} was told; others: {others:?}"))
    }
}
