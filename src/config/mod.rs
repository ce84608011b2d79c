//! The settings: the only reader of the environment. Each owner's file holds its settings, their defaults, and one
//! sentence for each wrong one; all wrong settings are told at once.
//!
//! Settings come from the command line, then the process environment, then a `.env` file found in the working
//! directory or above it. Relative paths are relative to the folder of that file (else to the working directory).
//! An empty value counts as not set.

mod access;
mod chain;
mod env_file;
mod load;
mod mint;
mod network;
mod reader;
mod reserve;
mod server;
mod workflow;

pub use access::AccessConfig;
pub use chain::{Addresses, ChainConfig};
pub use load::{Config, Settings, Surroundings};
pub use mint::MintConfig;
pub use network::NetworkConfig;
pub use reader::{ConfigError, EffectiveSetting, Origin, WrongSetting};
pub use server::ServerConfig;
pub use workflow::WorkflowConfig;
