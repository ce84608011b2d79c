//! Whether a page is what Prometheus wants: by rules of our own, and by its own tool where that is installed.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};

use crate::root;

/// What is wrong with a page of metrics, one line each.
#[must_use]
pub fn faults(page: &str) -> Vec<String> {
    let (mut help, mut kinds, mut faults) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for line in page.lines().filter(|line| !line.is_empty()) {
        if let Some(about) = line.strip_prefix("# HELP ") {
            let (name, sentence) = about.split_once(' ').unwrap_or((about, ""));
            help.insert(name.to_owned(), sentence.to_owned());
        } else if let Some(about) = line.strip_prefix("# TYPE ") {
            let (name, kind) = about.split_once(' ').unwrap_or((about, ""));
            if kinds.insert(name.to_owned(), kind.to_owned()).is_some() {
                faults.push(format!("{name} is there twice"));
            }
        } else {
            let sample = line.split(['{', ' ']).next().unwrap_or_default();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| sample.strip_suffix(suffix));
            let family = family.filter(|family| kinds.contains_key(*family)).unwrap_or(sample);
            if help.get(family).is_none_or(String::is_empty) {
                faults.push(format!("{family} has no sentence"));
            }
            let is_counter = kinds.get(family).is_some_and(|kind| kind == "counter");
            if is_counter != family.ends_with("_total") {
                faults.push(format!("{family} is {:?}", kinds.get(family)));
            }
        }
    }
    faults.extend(promtool(page));
    faults
}

/// What `promtool check metrics` finds; nothing where it is not installed. `scripts/test.sh` installs it.
fn promtool(page: &str) -> Vec<String> {
    let path = format!(
        "{}:/usr/bin:/usr/local/bin:/opt/homebrew/bin",
        root().join(".local/tools/prometheus").display()
    );
    #[expect(clippy::disallowed_methods, reason = "the tool is a program of its own")]
    let started = Command::new("promtool")
        .env("PATH", path)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut tool) = started else {
        println!("skipped: promtool is not installed on this machine");
        return Vec::new();
    };
    tool.stdin.take().expect("its input").write_all(page.as_bytes()).expect("it reads");
    let said = tool.wait_with_output().expect("it ends");
    let text = [said.stdout, said.stderr].concat();
    String::from_utf8_lossy(&text).lines().map(|line| format!("promtool: {line}")).collect()
}
