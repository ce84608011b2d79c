//! Reading single settings, and collecting what is wrong with them.

use std::collections::BTreeMap;
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

impl WrongSetting {
    /// What is wrong with a setting; the sentence goes on after its name and repeats nothing that may be secret.
    pub(super) fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self { name, problem: problem.into() }
    }
}

/// Where a setting's value came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody set it.
    #[default]
    Default,
    /// The `.env` file.
    File,
    /// The process environment.
    Environment,
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => ".env",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// A setting as it is in force; of URLs only scheme and host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveSetting {
    /// Its name in the environment.
    pub name: &'static str,
    /// Its value.
    pub value: String,
    /// Where that came from.
    pub origin: Origin,
}

/// All wrong settings at once, one sentence a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(Vec<WrongSetting>);

/// What to say where nothing is set and nothing stands in for it.
const NOT_SET: &str = "not set";
/// Longest wrong value that is repeated.
const REPEATED_CHARS_MAX: usize = 24;

/// Reads settings; a wrong one is noted and replaced by something usable.
pub(super) struct Reader<'a> {
    base: &'a Path,
    origins: &'a BTreeMap<String, Origin>,
    wrong: Vec<WrongSetting>,
    effective: Vec<EffectiveSetting>,
}

impl<'a> Reader<'a> {
    /// A reader for which relative paths start at `base`; `wrong` was found before.
    pub(super) const fn new(
        base: &'a Path,
        origins: &'a BTreeMap<String, Origin>,
        wrong: Vec<WrongSetting>,
    ) -> Self {
        Self { base, origins, wrong, effective: Vec::new() }
    }

    /// What is in force, unless something was wrong.
    pub(super) fn finish(self) -> Result<Vec<EffectiveSetting>, ConfigError> {
        if self.wrong.is_empty() { Ok(self.effective) } else { Err(ConfigError(self.wrong)) }
    }

    /// Notes the value of a setting that is in force.
    pub(super) fn show(&mut self, name: &'static str, value: impl fmt::Display) {
        let origin = self.origins.get(name).copied().unwrap_or_default();
        self.effective.push(EffectiveSetting { name, value: value.to_string(), origin });
    }

    /// The same for one that may have no value.
    pub(super) fn show_if_set(&mut self, name: &'static str, value: Option<impl fmt::Display>) {
        match value {
            Some(value) => self.show(name, value),
            None => self.show(name, NOT_SET),
        }
    }

    /// Notes what is wrong with a setting; of several things the first.
    pub(super) fn refuse(&mut self, name: &'static str, problem: impl Into<String>) {
        if self.wrong.iter().all(|wrong| wrong.name != name) {
            self.wrong.push(WrongSetting::new(name, problem));
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
        let number = match given(value).map(|text| (text, text.parse::<T>())) {
            None => default,
            Some((_, Ok(number))) if number >= min && number <= max => number,
            Some((text, _)) => {
                self.refuse(name, format!("must be a whole number from {min} to {max}{}", not(text)));
                default
            }
        };
        self.show(name, number);
        number
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
        let text = given(value).unwrap_or(words[0].0);
        let (word, meaning) = words.iter().find(|(word, _)| *word == text).unwrap_or_else(|| {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.refuse(name, format!("must be {}{}", known.join(" or "), not(text)));
            &words[0]
        });
        self.show(name, word);
        *meaning
    }

    /// A path below the folder that relative paths start at.
    pub(super) fn below(&self, path: &str) -> PathBuf {
        self.base.join(path)
    }

    /// A path.
    pub(super) fn path(&mut self, name: &'static str, value: &Option<String>, default: &str) -> PathBuf {
        let path = self.below(given(value).unwrap_or(default));
        self.show(name, path.display());
        path
    }

    /// A program: a bare name is looked up in these folders (a list as in `PATH`); anything with a slash is a file.
    pub(super) fn program(
        &mut self,
        name: &'static str,
        value: &Option<String>,
        default: &str,
        folders: Option<&str>,
    ) -> PathBuf {
        let text = given(value).unwrap_or(default);
        let is_file = text.contains('/');
        let program = if is_file { self.below(text) } else { PathBuf::from(text) };
        let is_there = match folders {
            _ if is_file => program.is_file(),
            Some(folders) => folders.split(':').any(|folder| Path::new(folder).join(text).is_file()),
            None => true,
        };
        if !is_there {
            self.refuse(name, "names no program: there is no such file, or none in the folders of PATH");
        }
        self.show(name, program.display());
        program
    }

    /// An address, if one is given.
    pub(super) fn address(&mut self, name: &'static str, value: &Option<String>) -> Option<Address> {
        let address = given(value).and_then(|text| {
            parse_address(text).map_err(|problem| self.refuse(name, problem.to_string())).ok()
        });
        self.show_if_set(name, address);
        address
    }
}

/// ", not …" with a wrong value, as long as it can be no secret.
pub(super) fn not(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._- ".contains(c);
    if text.len() <= REPEATED_CHARS_MAX && text.chars().all(is_plain) {
        format!(", not \"{text}\"")
    } else {
        String::new()
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
