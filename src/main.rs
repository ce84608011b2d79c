//! The gateway as a program.

use std::process::ExitCode;

fn main() -> ExitCode {
    cre_backend::cli::run()
}
