//! How a command ends: a code for scripts, and a sentence for people where something went wrong.

use std::process::ExitCode;

/// The code with which a command ends; 0 is success, 2 (from the parser) a wrong command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Refused: the sentence says why.
    Refused = 1,
    /// The gateway cannot be reached.
    Unreachable = 3,
    /// Not known yet: the mint is still under way.
    Pending = 4,
}

/// Why a command did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// One sentence.
    pub sentence: String,
}

impl Failure {
    /// A refusal.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Refused, sentence: sentence.into() }
    }

    /// Nobody who answers.
    pub fn unreachable(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Unreachable, sentence: sentence.into() }
    }

    /// Not known yet.
    pub fn pending(sentence: impl Into<String>) -> Self {
        Self { exit: Exit::Pending, sentence: sentence.into() }
    }
}

/// Ends a command: its failure goes to standard error.
pub(super) fn end(outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { exit, sentence }) => {
            eprintln!("{sentence}");
            ExitCode::from(exit as u8)
        }
    }
}
