//! End-to-end stories: the real gateway on a free port, a real Anvil, real contracts, a real workflow under Bun.

mod baskets;
mod compliance;
mod concurrency;
mod disconnect;
mod events;
mod happy_mint;
mod http_edge;
mod idempotency;
mod reference;
mod reserves;
mod retry;
mod store;
mod support;
mod validation;
mod workflow_faults;
