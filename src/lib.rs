//! A gateway that issues a reserve-backed stablecoin with the Chainlink Runtime Environment.
//!
//! ```text
//!  dApp / curl / bank ──POST /mint──▶ http ▶ mint ▶ store
//!                                            │ claim
//!                                            ▼
//!                                    worker ▶ workflow ──run directory + `bun run main.ts`──▶ ACE, reserves, DON-signed
//!                                            │                                                report ▶ forwarder ▶ consumer
//!                                            ▼                                                                 │
//!                                    chain ◀──────────────── receipt and logs: the proof ─────────────────────┘
//! ```
//!
//! The chain is the judge. The gateway may crash, retry, be wrong or be stolen; the contracts mint a bank reference at
//! most once, only against a fresh reserve proof, only for a beneficiary that the policies accept, only from a report
//! that enough DON nodes signed. The gateway says "minted" only when it has read the mint event for that reference
//! from the consumer. [`Gateway::start`] puts it all together.
//!
//! The floor plan: who may use whom. `tests/structure` reads it and fails on an arrow that is not drawn here, on one
//! that is drawn and not used, and on every circle of folders or files.
//!
//! ```text
//! main -> cli
//! cli -> base config gateway http store
//! gateway -> access base basket chain config deployment domain http mint reserve store workflow
//! deployment -> base chain config store
//! config -> access base domain reserve workflow
//! http -> access base basket chain domain mint reserve store workflow
//! access -> base domain store
//! mint -> base basket chain domain reserve store workflow
//! reserve -> base chain domain store workflow
//! basket -> chain domain store
//! workflow -> base domain store
//! store -> base domain
//! chain -> base domain
//! domain -> base
//! ```

pub mod access;
pub mod base;
pub mod basket;
pub mod chain;
pub mod cli;
pub mod config;
pub mod deployment;
pub mod domain;
pub mod gateway;
pub mod http;
pub mod mint;
pub mod reserve;
pub mod store;
pub mod workflow;

pub use gateway::{Gateway, Handle, Keys, StartError};
