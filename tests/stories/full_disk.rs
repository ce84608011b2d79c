//! The disk is full: requests are refused, nothing that was promised is lost, and space heals everything.

use reqwest::Method;
use serde_json::json;
use sqlx::{AnyConnection, Connection, Executor};
use test_support::postgres::Postgres;
use test_support::program::{Launch, Program};
use test_support::{Answer, BENEFICIARY, Choice, Stack};

#[tokio::test]
async fn store_on_a_full_disk_refuses_and_forgets_nothing() {
    let choice = Choice { fake_bun: Some("exit 9".to_owned()), ..Choice::default() };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    stack.anvil.blacklist(BENEFICIARY).await;
    let program = Launch::on_small_disk(&stack, 1_200).starts().await.expect("it listens");
    stack.url.clone_from(&program.url);

    let mut promised = Vec::new();
    let mut refused = None;
    for payment in 0..200 {
        let mut body = stack.body("10");
        body["bankReference"] = json!(format!("payment {payment}"));
        let asked = stack.request(Method::POST, "/mint").header("prefer", "wait=2").json(&body);
        let answer = Answer::of(asked.send().await.expect("an answer")).await;
        // 422 = refused by the policies; 202 = accepted with the last space there was. Both are promises.
        if !matches!(answer.status.as_u16(), 202 | 422) {
            refused = Some(answer);
            break;
        }
        promised.push(answer.body["mintId"].as_str().expect("an id").to_owned());
    }
    let refused = refused.expect("the disk is never full");
    assert_eq!(refused.problem(), (503, "STORE_UNAVAILABLE"), "{}", refused.body);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(stack.get("/health").await.status, 200, "it lives on");
    program.kill().await;

    let program = Program::start(&stack, None).await.expect("it listens");
    stack.url.clone_from(&program.url);
    for id in &promised {
        stack.mint_becomes(id, "rejected").await;
    }
    assert_eq!(stack.mint("10").await.status, 422, "there is room again");
}

#[tokio::test]
async fn store_on_a_server_with_a_full_disk_refuses_and_goes_on_with_the_space() {
    let Some(server) = Postgres::start_on_small_disk().await else { return };
    let choice = Choice { fake_bun: Some("exit 9".to_owned()), ..Choice::default() };
    let mut stack = Stack::start_with(choice.without_gateway()).await;
    stack.anvil.blacklist(BENEFICIARY).await;
    let url = server.database("small").await;
    let program = Launch::of_stack(&stack).set("DATABASE_URL", &url).starts().await.expect("it listens");
    stack.url.clone_from(&program.url);
    let ask = async |payment: usize| {
        let mut body = stack.body("10");
        body["bankReference"] = json!(format!("payment {payment}"));
        let key = format!("key {payment}");
        let asked = stack.request(Method::POST, "/mint").header("idempotency-key", key);
        Answer::of(asked.header("prefer", "wait=2").json(&body).send().await.expect("an answer")).await
    };
    let promised = ask(0).await.body["mintId"].as_str().expect("an id").to_owned();

    let mut crowd = AnyConnection::connect(&url).await.expect("the server answers");
    for statement in [
        "ALTER TABLE idempotency_keys SET (autovacuum_enabled = false)",
        "SET session_replication_role = replica",
    ] {
        crowd.execute(statement).await.expect("it is set");
    }
    let filled = crowd.execute(
        "INSERT INTO idempotency_keys SELECT 'crowd', CAST(i AS TEXT), '', '', 0 FROM generate_series(1, 1000000) i",
    );
    let error = filled.await.expect_err("the disk is never full");
    assert!(error.to_string().contains("could not extend"), "{error}");

    let mut refused = None;
    for payment in 1..400 {
        let answer = ask(payment).await;
        if !matches!(answer.status.as_u16(), 202 | 422) {
            refused = Some((payment, answer));
            break;
        }
    }
    let (payment, refused) = refused.expect("all were promised");
    assert_eq!(refused.problem(), (503, "STORE_UNAVAILABLE"), "{}", refused.body);
    assert!(!refused.header("retry-after").is_empty());
    assert_eq!(stack.get("/health").await.status, 200, "it lives on");
    stack.mint_becomes(&promised, "rejected").await;

    crowd.execute("VACUUM idempotency_keys").await.expect("what was not committed gives its space back");
    let answer = ask(payment).await;
    assert_eq!(answer.status, 422, "there is room again: {}", answer.body);
}
