//! The `.env` file: its entries, and what is wrong with it. Nothing of a line is ever repeated, only its number.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::reader::WrongSetting;

/// The name under which the file's own faults are told.
const FILE: &str = ".env";

/// A `.env` file.
#[derive(Clone, Debug, Default)]
pub(super) struct EnvFile {
    /// The folder that holds it, if there is one.
    pub(super) folder: Option<PathBuf>,
    /// Values by name; of a name that stands there twice the first, as every reader of such files has it.
    pub(super) values: BTreeMap<String, String>,
    /// What is wrong with it.
    pub(super) wrong: Vec<WrongSetting>,
}

impl EnvFile {
    /// Reads the file in a folder or the nearest one above it; `known` are the names of the settings.
    pub(super) fn find(below: &Path, known: &[&'static str]) -> Self {
        let Some(folder) = below.ancestors().find(|folder| folder.join(FILE).is_file()) else {
            return Self::default();
        };
        let mut file = match std::fs::read(folder.join(FILE)) {
            Ok(text) => Self::parse(&text, known),
            Err(error) => Self {
                wrong: vec![WrongSetting::new(FILE, format!("cannot be read: {}", error.kind()))],
                ..Self::default()
            },
        };
        file.folder = Some(folder.to_path_buf());
        file
    }

    fn parse(text: &[u8], known: &[&'static str]) -> Self {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let (mut file, mut lines) = (Self::default(), BTreeMap::new());
        let read = Cell::new(0);
        for entry in dotenvy::from_read_iter(LineByLine { rest: text, read: &read }) {
            let line = read.get();
            match entry {
                Ok((name, value)) => {
                    if let Some(first) = lines.insert(name.clone(), line) {
                        lines.insert(name.clone(), first);
                        if known.contains(&name.as_str()) {
                            file.refuse(format!("has {name} twice, in lines {first} and {line}"));
                        }
                        continue;
                    }
                    if let Some(meant) = resembled(&name, known) {
                        file.refuse(format!("line {line}: there is no setting {name}; {meant} is one"));
                    }
                    file.values.insert(name, value);
                }
                Err(dotenvy::Error::LineParse(text, _)) if text.contains('\n') => {
                    let first = line - text.trim_end_matches('\n').matches('\n').count();
                    file.refuse(format!("line {first} opens a quote that nothing closes"));
                }
                Err(_) => file.refuse(format!(
                    "line {line} is malformed: NAME=value is expected, in quotes where the value has spaces"
                )),
            }
        }
        file
    }

    fn refuse(&mut self, problem: String) {
        self.wrong.push(WrongSetting::new(FILE, problem));
    }
}

/// Hands out one line at a time and counts them, so that whoever reads is never ahead of the count.
struct LineByLine<'a> {
    rest: &'a [u8],
    read: &'a Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end.min(buffer.len()));
        buffer[..line.len()].copy_from_slice(line);
        self.rest = rest;
        if line.ends_with(b"\n") || (rest.is_empty() && !line.is_empty()) {
            self.read.set(self.read.get() + 1);
        }
        Ok(line.len())
    }
}

/// The setting that somebody who wrote this name must have meant, if it is none itself: another case, a letter or two
/// more, fewer, other or swapped, or the last word left out.
fn resembled(name: &str, known: &[&'static str]) -> Option<&'static str> {
    if known.contains(&name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let is_shortened = |known: &str| {
        upper.contains('_') && known.strip_prefix(upper.as_str()).is_some_and(|rest| rest.starts_with('_'))
    };
    let nearest = known.iter().map(|known| (distance(&upper, known), *known)).min();
    let letters = if upper.len() < 8 { 1 } else { 2 };
    let near = nearest.filter(|(distance, _)| *distance <= letters).map(|(_, known)| known);
    near.or_else(|| known.iter().copied().find(|known| is_shortened(known)))
}

/// How many letters are added, left out, replaced or swapped between two names (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut rows = vec![(0..=other.len()).collect::<Vec<usize>>()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 6] =
        ["HOST", "PORT", "DATABASE_URL", "MINT_WAIT_SECONDS", "RPC_URL", "WORKFLOW_TIMEOUT_SECONDS"];

    fn told(text: &str) -> Vec<String> {
        EnvFile::parse(text.as_bytes(), &KNOWN).wrong.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn env_file_names_every_malformed_line_and_reads_the_others() {
        let text = "# comment\nPORT=1\n\nRPC_URL=http://x KEY KEY\nthis is KEY\nexport DATABASE_URL='a b'\n";
        let file = EnvFile::parse(text.as_bytes(), &KNOWN);
        assert_eq!(file.values.len(), 2, "{:?}", file.values);
        assert_eq!(file.values["DATABASE_URL"], "a b");
        let told = told(text);
        assert_eq!(told.len(), 2);
        assert!(told[0].starts_with(".env line 4 is malformed") && told[1].starts_with(".env line 5"));
        assert!(told.iter().all(|line| !line.contains("KEY")), "{told:?}");
        assert_eq!(told_of_quotes(), ".env line 2 opens a quote that nothing closes");
    }

    fn told_of_quotes() -> String {
        told("PORT=1\nRPC_URL=\"http://KEY\nDATABASE_URL=x\nHOST=y").join("; ")
    }

    #[test]
    fn env_file_may_begin_with_a_mark_and_hold_what_is_not_ours() {
        let text = "\u{feff}PORT=1\r\nCOMPOSE_PROJECT_NAME=x\nCERT='one\ntwo'\nHOST=y";
        let file = EnvFile::parse(text.as_bytes(), &KNOWN);
        assert_eq!((file.values["PORT"].as_str(), file.values["HOST"].as_str()), ("1", "y"));
        assert!(file.wrong.is_empty(), "{:?}", file.wrong);
        let bytes = EnvFile::parse(b"PORT=1\nRPC_URL=\xff\xfe\nHOST=y\n", &KNOWN);
        assert!(bytes.wrong[0].to_string().starts_with(".env line 2 is malformed"), "{:?}", bytes.wrong);
        assert_eq!(bytes.values.len(), 2);
    }

    #[test]
    fn env_file_names_misspelt_and_repeated_settings() {
        for (name, meant) in [
            ("MINT_WAIT_SECOND", Some("MINT_WAIT_SECONDS")),
            ("MINT_WAITS_SECONDS", Some("MINT_WAIT_SECONDS")),
            ("MINT_WAIT", Some("MINT_WAIT_SECONDS")),
            ("WORKFLOW_TIMEOUT", Some("WORKFLOW_TIMEOUT_SECONDS")),
            ("DATABASES_URL", Some("DATABASE_URL")),
            ("rpc_url", Some("RPC_URL")),
            ("PORTS", Some("PORT")),
            ("RPC_URL", None),
            ("RUST_BACKTRACE", None),
            ("POSTGRES_URL", None),
            ("LOCAL_DIR", None),
            ("MINT", None),
        ] {
            assert_eq!(resembled(name, &KNOWN), meant, "{name}");
        }
        assert_eq!(told("PORT=1\nPROT=KEY"), [".env line 2: there is no setting PROT; PORT is one"]);
        assert_eq!(told("PORT=1\n#\nPORT=2"), [".env has PORT twice, in lines 1 and 3"]);
    }
}
