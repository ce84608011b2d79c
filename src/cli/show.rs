//! What commands print.

use std::io::{self, Write};

use serde_json::Value;

use super::exit::Failure;
use crate::base::text::is_unprintable;

/// Prints a text as it is. Whoever stopped reading has heard enough.
pub(super) fn text(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::refused(format!("nothing can be printed: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line.
pub(super) fn line(line: &str) -> Result<(), Failure> {
    text(&format!("{line}\n"))
}

/// Prints an answer: as JSON where that was asked for, else as one line for each of these of its fields that it has.
pub(super) fn answer(answer: &Value, as_json: bool, fields: &[(&str, &str)]) -> Result<(), Failure> {
    if as_json {
        return line(&answer.to_string());
    }
    for (name, pointer) in fields {
        match answer.pointer(pointer) {
            None | Some(Value::Null) => {}
            Some(value) => line(&format!("{name:<13} {}", plain(value)))?,
        }
    }
    Ok(())
}

/// A value as people read it: a string without quotes, control characters as spaces.
pub(super) fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect()
}
