//! Reading single settings, and collecting what is wrong with them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use alloy::primitives::Address;

use crate::base::address::parse_address;

/// A wrong setting, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {problem}")]
pub struct WrongSetting {
    name: &'static str,
    problem: String,
}

/// All wrong settings at once, one sentence a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(Vec<WrongSetting>);

/// Reads settings; a wrong one is noted and replaced by something usable.
pub(super) struct Reader<'a> {
    base: &'a Path,
    wrong: Vec<WrongSetting>,
}

impl<'a> Reader<'a> {
    /// A reader for which relative paths start at `base`.
    pub(super) const fn new(base: &'a Path) -> Self {
        Self { base, wrong: Vec::new() }
    }

    /// What was read, unless something was wrong.
    pub(super) fn finish<T>(self, read: T) -> Result<T, ConfigError> {
        if self.wrong.is_empty() { Ok(read) } else { Err(ConfigError(self.wrong)) }
    }

    /// Notes what is wrong with a setting; of several things the first.
    pub(super) fn refuse(&mut self, name: &'static str, problem: impl Into<String>) {
        if self.wrong.iter().all(|wrong| wrong.name != name) {
            self.wrong.push(WrongSetting { name, problem: problem.into() });
        }
    }

    /// A number from `min` to `max`.
    pub(super) fn number<T>(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        default: T,
        (min, max): (T, T),
    ) -> T
    where
        T: FromStr + PartialOrd + Copy + fmt::Display,
    {
        let Some(text) = given(value) else { return default };
        match text.parse::<T>() {
            Ok(number) if number >= min && number <= max => number,
            _ => {
                self.refuse(name, format!("must be a whole number from {min} to {max}, not \"{text}\""));
                default
            }
        }
    }

    /// A number of seconds from `min` to `max`.
    pub(super) fn seconds(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        default: u64,
        range: (u64, u64),
    ) -> Duration {
        Duration::from_secs(self.number(name, value, default, range))
    }

    /// A number of seconds up to `max`; zero (the default) means none.
    pub(super) fn seconds_or_none(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        max: u64,
    ) -> Option<Duration> {
        Some(self.seconds(name, value, 0, (0, max))).filter(|seconds| !seconds.is_zero())
    }

    /// One of a few words; the first is the default.
    pub(super) fn word<T: Copy>(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        words: &[(&str, T)],
    ) -> T {
        let Some(text) = given(value) else { return words[0].1 };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return *meaning;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.refuse(name, format!("must be {}, not \"{text}\"", known.join(" or ")));
        words[0].1
    }

    /// A path.
    pub(super) fn path(&self, value: &Option<String>, default: &str) -> PathBuf {
        self.base.join(given(value).unwrap_or(default))
    }

    /// A program: a bare name is looked up on the PATH; anything with a slash is a file.
    pub(super) fn program(&self, value: &Option<String>, default: &str) -> PathBuf {
        let text = given(value).unwrap_or(default);
        if text.contains('/') { self.base.join(text) } else { PathBuf::from(text) }
    }

    /// An address, if one is given.
    pub(super) fn address(&mut self, name: &'static str, value: &Option<String>) -> Option<Address> {
        parse_address(given(value)?).map_err(|problem| self.refuse(name, problem.to_string())).ok()
    }
}

/// The value of a setting; an empty one counts as not set.
pub(super) fn given(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// The items of a comma list.
pub(super) fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty())
}
