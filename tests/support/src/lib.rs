//! What the stories, the simulation, the fault campaigns and the benchmarks share.
//!
//! [`stack`] is a whole system for one test, with real programs; [`program`] is the gateway as a process that can be
//! killed; [`simulation`] is the same worker and store on a simulated chain. [`fault_kind`] names the faults,
//! [`fault_points`] says at which points the
//! simulation and the campaigns let the gateway die, [`report`] what came of it.

pub mod anvil;
pub mod database_clock;
pub mod dice;
pub mod event_stream;
pub mod exposition;
pub mod fault_kind;
pub mod fault_points;
pub mod folder;
pub mod log_place;
pub mod nginx;
pub mod postgres;
pub mod program;
pub mod report;
pub mod reserve_api;
mod reserves;
pub mod rpc_proxy;
pub mod simulation;
pub mod stack;
pub mod tcp_proxy;
pub mod timelock;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use alloy::primitives::{Address, U256, address};

pub use anvil::{Anvil, Mining};
pub use event_stream::EventStream;
pub use nginx::Nginx;
pub use reserve_api::ReserveApi;
pub use rpc_proxy::{FaultMode, RpcProxy, TooMany};
pub use stack::{Answer, Choice, Stack, settings};

/// The guide's beneficiary.
pub const BENEFICIARY: Address = address!("60105EC2b4Eb1A8a27F4090d4B05F15F33A7FBFd");
/// Longest wait for anything in a test. A busy machine needs a good part of it; a test that passes never does.
pub const PATIENCE: Duration = Duration::from_secs(180);

/// One token in base units.
#[must_use]
pub fn tokens(count: u64) -> U256 {
    U256::from(count) * U256::from(10).pow(U256::from(18))
}

/// Repeats a question until it is answered with yes; false after [`PATIENCE`].
pub async fn until(mut question: impl AsyncFnMut() -> bool) -> bool {
    let asking = async {
        while !question().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.is_ok()
}

/// Runs a future to its end on a thread with room for it: an unoptimised future with all that it awaits does not fit the
/// stack of a test.
pub fn run_large<T: Send + 'static>(make: impl AsyncFnOnce() -> T + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let thread = std::thread::Builder::new().stack_size(64 << 20);
    let thread = thread.spawn(move || runtime.block_on(make())).expect("a thread");
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A port for a program that is told where to listen. It lies below those that the system gives to outgoing connections,
/// and each test process has ports of its own, so that nobody takes it before the program does.
#[must_use]
pub fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        let place = std::process::id().wrapping_mul(31).wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + place % 20_000).expect("a port");
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// An HTTP client that waits longer than any test does.
#[must_use]
pub fn client() -> reqwest::Client {
    // Installed already by an earlier call or by the gateway.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().timeout(PATIENCE * 2).build().expect("an HTTP client")
}

/// The repository.
#[must_use]
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).expect("the package lies in tests/support")
}
