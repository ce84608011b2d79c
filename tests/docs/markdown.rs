//! Just enough Markdown: the links and the anchors of a page.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

/// A page.
pub(crate) struct Page {
    pub(crate) file: PathBuf,
    /// Without fenced blocks: what stands there is no link.
    text: String,
}

impl Page {
    pub(crate) fn read(file: &Path) -> Self {
        let whole =
            std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut is_fenced = false;
        let is_text = |line: &&str| {
            let is_fence = line.trim_start().starts_with("```");
            is_fenced ^= is_fence;
            !is_fenced && !is_fence
        };
        let text = whole.lines().filter(is_text).collect::<Vec<_>>().join("\n");
        Self { file: file.to_owned(), text }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().expect("a folder")
    }

    /// Targets of links and images that lead into this repository.
    pub(crate) fn relative_links(&self) -> Vec<String> {
        let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
        let targets = link.captures_iter(&self.text).map(|found| found[1].to_owned());
        targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
    }

    /// Anchors as GitHub makes them of headings, and those written by hand.
    pub(crate) fn anchors(&self) -> BTreeSet<String> {
        let by_hand = Regex::new(r#"<a id="([^"]+)">"#).expect("a pattern");
        let mut anchors: BTreeSet<String> =
            by_hand.captures_iter(&self.text).map(|found| found[1].to_owned()).collect();
        for line in self.text.lines().filter(|line| line.starts_with('#')) {
            anchors.insert(slug(line.trim_start_matches('#').trim()));
        }
        anchors
    }
}

/// A heading's anchor: lower case, without punctuation, dashes for spaces.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
