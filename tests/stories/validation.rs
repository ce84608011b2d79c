//! What is not a proper request is refused before anything happens, and the answer names the field.

use cre_backend::base::clock::{Clock, rfc3339};
use reqwest::Method;
use serde_json::{Value, json};
use test_support::{Answer, BENEFICIARY, Stack};

async fn raw(stack: &Stack, content_type: &str, body: &str) -> Answer {
    let request = stack.request(Method::POST, "/mint").header("content-type", content_type);
    Answer::of(request.body(body.to_owned()).send().await.expect("an answer")).await
}

#[tokio::test]
async fn validation_names_the_malformed_field() {
    let stack = Stack::start().await;
    let good = stack.body("1000");
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };

    for amount in [
        json!("0"),
        json!("0.0"),
        json!("-1"),
        json!("+1"),
        json!("1e3"),
        json!(".5"),
        json!("5."),
        json!("1,000"),
        json!(" 1"),
        json!("0x10"),
        json!("01"),
        json!("NaN"),
        json!(""),
        json!("1.0000000000000000001"),
        json!("1000000001"),
        json!("9".repeat(79)),
        json!("9".repeat(500)),
        json!(1000),
        json!(1000.5),
        json!(true),
        json!(["1"]),
        Value::Null,
    ] {
        let answer = stack.post(&with("amount", amount.clone())).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{amount}: {}", answer.body);
        assert_eq!(answer.body["field"], "amount", "{amount}: {}", answer.body);
    }

    let text = BENEFICIARY.to_checksum(None);
    let swapped = text.replace("Eb1A", "eB1A");
    for beneficiary in [
        json!(swapped),
        json!("0x0000000000000000000000000000000000000000"),
        json!(stack.anvil.basket.0),
        json!(stack.anvil.basket.1),
        json!("0x12"),
        json!(text.trim_start_matches("0x")),
        json!("vitalik.eth"),
        json!(7),
    ] {
        let answer = stack.post(&with("beneficiary", beneficiary.clone())).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{beneficiary}: {}", answer.body);
        assert_eq!(answer.body["field"], "beneficiary", "{beneficiary}: {}", answer.body);
    }

    for reference in [json!(""), json!("a\nb"), json!("x".repeat(129)), json!(42)] {
        let answer = stack.post(&with("bankReference", reference.clone())).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{reference}: {}", answer.body);
        assert_eq!(answer.body["field"], "bankReference");
    }

    let now_ms = Clock::system().now_ms();
    let ahead = |seconds: i64| json!(rfc3339(now_ms + seconds * 1_000));
    let too_late = ahead(24 * 3_600 + 60);
    for deadline in [ahead(-1), ahead(50), too_late, json!("tomorrow"), json!("2030-01-01"), json!(7)] {
        let answer = stack.post(&with("expiresAt", deadline.clone())).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{deadline}: {}", answer.body);
        assert_eq!(answer.body["field"], "expiresAt", "{deadline}: {}", answer.body);
    }

    let listed = stack.get("/mints").await;
    assert_eq!(listed.body["mints"], json!([]), "something was accepted");
}

#[tokio::test]
async fn validation_refuses_bodies_that_are_not_the_json() {
    let stack = Stack::start().await;
    let good = stack.body("1000");
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let answer = stack.post(&with("beneficary", json!("typo"))).await;
    assert_eq!(answer.problem(), (400, "INVALID_REQUEST"));
    assert_eq!(answer.body["field"], "beneficary", "{}", answer.body);
    let answer = stack.post(&with("crossChain", json!({ "enabled": true }))).await;
    assert_eq!(answer.problem(), (422, "CROSS_CHAIN_UNAVAILABLE"));

    for body in ["", "{", "[]", "null", "\"x\"", r#"{"amount":"1","amount":"2"}"#, "{\"amount\":\"1\"} x"] {
        let answer = raw(&stack, "application/json", body).await;
        assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{body}: {}", answer.body);
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let answer = raw(&stack, kind, &good.to_string()).await;
        assert_eq!(answer.problem(), (415, "UNSUPPORTED_MEDIA_TYPE"), "{kind}");
    }
    let answer = raw(&stack, "application/json", &format!("{{\"amount\":\"{}\"}}", "1".repeat(20_000))).await;
    assert_eq!(answer.problem(), (413, "BODY_TOO_LARGE"));

    let listed = stack.get("/mints").await;
    assert_eq!(listed.body["mints"], json!([]), "something was accepted");
}

#[tokio::test]
async fn validation_refuses_foreign_contracts() {
    let stack = Stack::start().await;
    let mut body = stack.body("1000");
    body["mintingConsumerAddress"] = json!("0xf07ed51bc946bf21bf0f366f9e12cf3b2931166a");
    body["stablecoinAddress"] = json!("0xd7b6f62a6a01bd7626c8cf6252ed717243c8f2f8");
    let answer = stack.post(&body).await;
    assert_eq!(answer.problem(), (422, "UNKNOWN_BASKET"), "{}", answer.body);

    let mut body = stack.body("1000");
    body["stablecoinAddress"] = json!("0xd7b6f62a6a01bd7626c8cf6252ed717243c8f2f8");
    let answer = stack.post(&body).await;
    assert_eq!(answer.problem(), (422, "BASKET_MISMATCH"), "{}", answer.body);

    let mut body = stack.body("1000");
    body["stablecoinAddress"] = Value::Null;
    let answer = stack.post(&body).await;
    assert_eq!(answer.problem(), (400, "INVALID_REQUEST"), "{}", answer.body);
    assert_eq!(answer.body["field"], "stablecoinAddress");
}
