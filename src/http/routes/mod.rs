//! The handlers, one file for each thing that they are about.

pub mod accounts;
pub mod baskets;
pub mod compliance;
pub mod events;
pub mod health;
pub mod keys;
pub mod metrics;
pub mod mints;
pub mod operator;
pub mod reserves;
pub mod service;
pub mod tokens;
pub mod transactions;
