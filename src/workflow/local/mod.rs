//! The local DON: `bun run main.ts` on this machine, with transmitter keys of its own.

pub mod bun;
pub mod don;
mod pool;
mod process;
pub mod transmitters;
pub mod workspace;

pub use bun::{Bun, BunSettings, Engine, Mode};
pub use don::LocalDon;
#[cfg(feature = "faults")]
pub use don::Simulated;
pub use transmitters::Transmitters;
