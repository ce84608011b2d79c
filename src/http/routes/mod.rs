//! The handlers, one file for each thing that they are about.

pub mod accounts;
pub mod attention;
pub mod baskets;
pub mod compliance;
pub mod console;
pub mod docs;
pub mod events;
pub mod health;
pub mod keys;
pub mod metrics;
pub mod mints;
pub mod operator;
pub mod problems;
pub mod reserves;
pub mod seen;
pub mod service;
pub mod statement;
pub mod summary;
pub mod tokens;
pub mod transactions;
