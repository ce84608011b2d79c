//! What an endpoint's errors mean: each provider has codes and words of its own.

use std::time::Duration;

use alloy::rpc::json_rpc::{ErrorPayload, ResponsePacket};
use alloy::transports::{RpcError, TransportError, TransportErrorKind};
use serde_json::Value;

/// What an error means for whoever asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The endpoint says no to this question.
    Refused,
    /// It wants to be asked later: after this time, if it names one.
    Busy(Option<Duration>),
    /// It does not know a block that others have.
    Behind,
    /// It gave no answer, or one that is none.
    Unavailable,
}

/// The HTTP status of too many calls.
const TOO_MANY_REQUESTS: u16 = 429;
/// The code of a call that reverted.
const REVERTED: i64 = 3;
/// Infura's and Chainstack's code for "too much", be it calls or logs.
const LIMIT_EXCEEDED: i64 = -32_005;
/// Codes that only say that there were too many calls: an HTTP status (Alchemy), and those of other providers.
const TOO_MANY_CALLS: [i64; 3] = [429, -32_097, -32_029];
/// The code of a block that is not known, as the specification has it; Besu and Erigon send it.
const UNKNOWN_BLOCK: i64 = -39_001;
/// Words about the size of one question, not about the number of questions.
const ABOUT_SIZE: [&str; 5] = ["results", "range", "query timeout", "response size", "blocks"];
/// Words about a block that is not there (yet).
const ABOUT_BLOCK: [&str; 3] = ["header not found", "unknown block", "block not found"];
const ABOUT_CALLS: [&str; 7] = [
    "rate limit",
    "rate exceeded",
    "too many requests",
    "request limit",
    "credits limited",
    "capacity",
    "request count exceeded",
];

/// What an error means.
pub(super) fn meaning(error: &RpcError<TransportErrorKind>) -> Meaning {
    match error {
        RpcError::ErrorResp(answer) => of_answer(answer),
        // With one of these the client's own question would be at fault.
        RpcError::SerError(_) | RpcError::LocalUsageError(_) | RpcError::UnsupportedFeature(_) => {
            Meaning::Refused
        }
        RpcError::Transport(kind) => {
            let is_busy = kind.as_http_error().is_some_and(|http| http.status == TOO_MANY_REQUESTS);
            let wait = kind.retry_after();
            if is_busy || wait.is_some() { Meaning::Busy(wait) } else { Meaning::Unavailable }
        }
        _ => Meaning::Unavailable,
    }
}

/// What the error of an answer means, if it is one.
pub(super) fn meaning_of(answer: &Result<ResponsePacket, TransportError>) -> Option<Meaning> {
    match answer {
        Ok(packet) => packet.as_error().map(of_answer),
        Err(error) => Some(meaning(error)),
    }
}

fn of_answer(answer: &ErrorPayload) -> Meaning {
    let says = |words: &[&str]| {
        let message = answer.message.to_lowercase();
        words.iter().any(|word| message.contains(word))
    };
    let is_busy = TOO_MANY_CALLS.contains(&answer.code)
        || says(&ABOUT_CALLS)
        || (answer.code == LIMIT_EXCEEDED && !says(&ABOUT_SIZE));
    if answer.code == REVERTED || answer.as_revert_data().is_some() {
        // A contract's own words may be any.
        Meaning::Refused
    } else if answer.code == UNKNOWN_BLOCK || says(&ABOUT_BLOCK) {
        Meaning::Behind
    } else if is_busy {
        Meaning::Busy(wait_of(answer))
    } else {
        Meaning::Refused
    }
}

/// How long it wants to be left alone: in its data (Infura), or in its words.
fn wait_of(answer: &ErrorPayload) -> Option<Duration> {
    let data: Option<Value> = answer.data.as_ref().and_then(|data| serde_json::from_str(data.get()).ok());
    let seconds = data.as_ref().and_then(|data| data["rate"]["backoff_seconds"].as_f64());
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .or_else(|| in_words(&answer.message))
}

/// The time in "try again in 4s" or "retry in 250ms".
fn in_words(message: &str) -> Option<Duration> {
    let words = message.split_whitespace().collect::<Vec<_>>();
    let after = words.windows(2).find(|pair| pair[0] == "in")?[1];
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let count = digits.parse().ok()?;
    match after[digits.len()..].trim_end_matches(['.', ',']) {
        "ms" => Some(Duration::from_millis(count)),
        "s" | "sec" => Some(Duration::from_secs(count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: i64, message: &'static str) -> Meaning {
        let answer: ErrorPayload = ErrorPayload { code, message: message.into(), data: None };
        meaning(&RpcError::ErrorResp(answer))
    }

    #[test]
    fn meaning_of_a_providers_error_is_not_its_code_alone() {
        let busy = Meaning::Busy(None);
        for (code, message, expected) in [
            // Logs: the question was too large.
            (
                -32_005,
                "query returned more than 10000 results. Try with this block range [0x1, 0x2].",
                Meaning::Refused,
            ),
            (-32_005, "query timeout exceeded", Meaning::Refused),
            (-32_602, "range 1000000 exceeds limit of 10000", Meaning::Refused),
            (-32_600, "You can make eth_getLogs requests with up to a 10 block range.", Meaning::Refused),
            (-32_614, "eth_getLogs is limited to a 10,000 range", Meaning::Refused),
            (-32_000, "block range is larger than max block range", Meaning::Refused),
            // Too many questions.
            (-32_005, "daily request count exceeded, request rate limited", busy),
            (-32_005, "project ID request rate exceeded", busy),
            (-32_005, "limit exceeded", busy),
            (429, "Your app has exceeded its compute units per second capacity.", busy),
            (-32_007, "100/second request limit reached - reduce calls per second", busy),
            (-32_012, "credits limited to 6000/sec", busy),
            (-32_016, "over rate limit", busy),
            (-32_097, "Call rate limit exhausted", busy),
            // Blocks that it has not seen, or has no notion of.
            (-32_000, "header not found", Meaning::Behind),
            (-32_000, "finalized block not found", Meaning::Behind),
            (-39_001, "Unknown block", Meaning::Behind),
            // No.
            (3, "execution reverted: rate limit", Meaning::Refused),
            (-32_601, "the method eth_feeHistory does not exist/is not available", Meaning::Refused),
        ] {
            assert_eq!(of(code, message), expected, "{code} {message}");
        }
        for (message, millis) in
            [("rate limited, try again in 4s", 4_000), ("rate limit, retry in 250ms.", 250)]
        {
            assert_eq!(of(-32_005, message), Meaning::Busy(Some(Duration::from_millis(millis))));
        }
        let data = serde_json::value::to_raw_value(&serde_json::json!({ "rate": { "backoff_seconds": 30 } }));
        let message = "daily request count exceeded, request rate limited".into();
        let answer = ErrorPayload { code: -32_005, message, data: data.ok() };
        assert_eq!(of_answer(&answer), Meaning::Busy(Some(Duration::from_secs(30))));
    }

    #[test]
    fn meaning_of_what_is_no_answer_is_an_unavailable_endpoint() {
        let page = serde_json::from_str::<u64>("<html>").expect_err("a page");
        assert_eq!(meaning(&RpcError::deser_err(page, "<html>")), Meaning::Unavailable);
        assert_eq!(meaning(&RpcError::NullResp), Meaning::Unavailable);
        let http = |status| TransportErrorKind::http_error(status, "<html>".to_owned());
        assert_eq!(meaning(&http(502)), Meaning::Unavailable);
        assert_eq!(meaning(&http(429)), Meaning::Busy(None));
        let later =
            TransportErrorKind::http_error_with_retry_after(429, String::new(), Some(Duration::from_secs(7)));
        assert_eq!(meaning(&later), Meaning::Busy(Some(Duration::from_secs(7))));
    }
}
