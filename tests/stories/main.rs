//! End-to-end stories: the real gateway on a free port, a real Anvil, real contracts, a real workflow under Bun.

mod baskets;
mod batches;
mod compliance;
mod concurrency;
mod crash;
mod disconnect;
mod events;
mod full_disk;
mod happy_mint;
mod http_edge;
mod http_limits;
mod idempotency;
mod instances;
mod reference;
mod reorg;
mod reserve_guard;
mod reserves;
mod retry;
mod rpc_faults;
mod stop;
mod store;
mod support;
mod validation;
mod warm;
mod workflow_faults;
