//! What the program is asked to do.

use clap::Subcommand;

/// What the program is asked to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Subcommand)]
pub enum Command {
    /// Run the gateway; so it does without a command
    #[default]
    Serve,
    /// Work on access keys while the gateway is stopped
    #[command(subcommand)]
    Keys(KeysCommand),
}

/// What is to be done about keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
pub enum KeysCommand {
    /// Make a new admin.key in place of a lost one, which counts no more
    Recover,
}
