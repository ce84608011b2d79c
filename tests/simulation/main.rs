//! The short, seeded version of the fault campaign on a simulated chain: the same worker and store, no sleeps.

mod chain;
mod dice;
mod world;

#[tokio::test]
async fn every_payment_ends_as_the_chain_says_whatever_happens() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut toll = world::live_through_a_vanished_refusal(folder.path()).await;
    assert_eq!(toll.ends.get("finalized"), Some(&1), "{:?} {:?}", toll.ends, toll.violations);
    for seed in 1..=12 {
        toll.add(world::live(seed, folder.path()).await);
    }
    assert!(toll.violations.is_empty(), "{:#?}", toll.violations);
    assert!(toll.points() >= 300, "too little happened: {:?}", toll.faults);
    assert!(toll.ends.contains_key("finalized") && toll.ends.contains_key("rejected"), "{:?}", toll.ends);
}
