//! Workflow processes that stay: replaced when they die or grow, and never believed more than a cold one.

use rustix::process::{Pid, Signal, kill_process};
use test_support::{BENEFICIARY, Choice, Stack, folder, settings, tokens, until};

/// The processes that runs were given to, one for each run.
fn processes(stack: &Stack) -> Vec<i32> {
    let mut notes = folder::files(&stack.path("runs"), "process");
    notes.sort();
    let read = |path| std::fs::read_to_string(path).ok()?.trim().parse().ok();
    notes.into_iter().filter_map(read).collect()
}

fn kill(pid: i32) {
    let pid = Pid::from_raw(pid).expect("a pid");
    kill_process(pid, Signal::KILL).expect("it lives");
}

fn one_process() -> Choice {
    Choice::with([("WORKFLOW_CONCURRENCY", "1")])
}

#[tokio::test]
async fn pool_process_serves_many_runs_and_is_replaced() {
    let stack = Stack::start_with(one_process()).await;
    for _ in 0..3 {
        assert_eq!(stack.mint("10").await.status, 200);
    }
    let first = processes(&stack);
    assert_eq!(first.len(), 3);
    assert!(first.iter().all(|pid| *pid == first[0]), "three runs, one process: {first:?}");

    kill(first[0]);
    let answer = stack.mint("10").await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(40));
    assert!(processes(&stack).iter().any(|pid| *pid != first[0]), "another process took over");
}

#[tokio::test]
async fn pool_process_that_dies_under_a_run_loses_nothing() {
    let stack = Stack::start_with(one_process()).await;
    stack.reserve.open(false);
    let death = async {
        let begun = until(async || !processes(&stack).is_empty());
        assert!(begun.await, "no run began");
        kill(processes(&stack)[0]);
        stack.reserve.open(true);
    };
    let (answer, ()) = tokio::join!(stack.mint("100"), death);

    assert_eq!(answer.status, 200, "{}", answer.body);
    let mint = stack.get(&format!("/mints/{}", answer.body["mintId"].as_str().expect("an id"))).await.body;
    assert_eq!(mint["attempts"], 2, "{mint}");
    let reference = mint["reference"].as_str().expect("a reference").parse().expect("a word");
    assert_eq!(stack.anvil.mints_of(reference).await, 1);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(100));
}

#[tokio::test]
async fn workflow_cold_mode_has_a_process_for_each_run() {
    let choice = Choice::with([("WORKFLOW_CONCURRENCY", "1"), ("WORKFLOW_MODE", "cold")]);
    let stack = Stack::start_with(choice).await;
    for _ in 0..2 {
        assert_eq!(stack.mint("10").await.status, 200);
    }
    let pids = processes(&stack);
    assert_ne!(pids[0], pids[1]);
    assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(20));
}

/// A program that speaks the protocol, notes that it was started, and answers each request as told.
fn impostor(answer: &str, timeout_seconds: &str, wait_seconds: &str) -> Choice {
    let script = format!(
        "echo $$ >> \"$PWD/../started\"\n\
         echo '{{\"frame\":\"ready\"}}'\n\
         while read -r line; do\n\
           id=$(printf '%s' \"$line\" | sed 's/.*\"requestId\":\"\\([^\"]*\\)\".*/\\1/')\n\
           {answer}\n\
         done"
    );
    let settings = settings([
        ("WORKFLOW_CONCURRENCY", "1"),
        ("WORKFLOW_MODE", "warm"),
        ("WORKFLOW_TIMEOUT_SECONDS", timeout_seconds),
        ("MINT_WAIT_SECONDS", wait_seconds),
    ]);
    Choice { settings, fake_bun: Some(script), ..Choice::default() }
}

fn started(stack: &Stack) -> usize {
    std::fs::read_to_string(stack.path("started")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn pool_process_that_has_grown_is_replaced() {
    let refused = r#"{\"error\":\"no\",\"code\":\"CONFIG_REFUSED\",\"signed\":false}"#;
    let answer = format!(
        "printf '{{\"frame\":\"err\",\"requestId\":\"%s\",\"line\":\"{refused}\"}}\\n' \"$id\"; \
         printf '{{\"frame\":\"end\",\"requestId\":\"%s\",\"code\":2,\"rssBytes\":'$rss'}}\\n' \"$id\"",
        refused = refused.replace('\\', "\\\\"),
    );
    for (rss, is_grown) in [("1000000", false), ("9000000000", true)] {
        let stack = Stack::start_with(impostor(&format!("rss={rss}; {answer}"), "60", "1")).await;
        stack.mint_held_up("refused each time", "WORKFLOW_FAILED").await;
        let wanted = if is_grown { 3 } else { 1 };
        let ran = until(async || stack.runs() >= 3 && started(&stack) >= wanted).await;
        let is_replaced = started(&stack) > 1;
        assert!(ran && is_replaced == is_grown, "{} processes, {} runs", started(&stack), stack.runs());
    }
}

#[tokio::test]
async fn pool_process_that_hangs_or_lies_is_not_believed() {
    let hash = "3".repeat(64);
    for answer in [
        "sleep 600".to_owned(),
        format!(
            "printf '{{\"frame\":\"out\",\"requestId\":\"another\",\"line\":\"Mint report delivered: 0x{hash}\"}}\\n'"
        ),
        "exit 0".to_owned(),
    ] {
        let stack = Stack::start_with(impostor(&answer, "1", "3")).await;
        let before = started(&stack);
        let given = stack.mint("1").await;
        assert_eq!(given.status, 202, "{answer}: {}", given.body);
        assert!(given.body.get("mintTx").is_none() && !given.body.to_string().contains(&hash), "{answer}");
        let replaced = until(async || started(&stack) > before);
        assert!(replaced.await, "{answer}: nothing took its place");
        assert_eq!(stack.anvil.balance(BENEFICIARY).await, tokens(0));
    }
}
