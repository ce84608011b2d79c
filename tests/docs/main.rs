//! What the documents say about the program: every route, problem code, setting, state and metric has its place, links
//! lead somewhere, and the README stays short.

mod markdown;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use cre_backend::config::Settings;
use cre_backend::domain::State;
use cre_backend::http::problem_code::{ProblemCode, Retry};
use serde_json::Value;

use markdown::Page;

/// Most lines of the README.
const README_LINES_MAX: usize = 200;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every page that people read, generated and installed ones left out.
fn pages() -> Vec<Page> {
    let mut files = Vec::new();
    for folder in ["", "client", "docs", "docs/adr", ".github", ".github/ISSUE_TEMPLATE"] {
        files.extend(markdown_files(&root().join(folder)));
    }
    for folder in ["", "host", "workflow", "workflow/reserves", "contracts"] {
        files.extend(markdown_files(&root().join("bank-stablecoin-por-ace-ccip-workflow").join(folder)));
    }
    files.iter().map(|file| Page::read(file)).collect()
}

fn markdown_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = entries.map(|entry| entry.expect("an entry").path());
    files.filter(|file| file.extension().is_some_and(|extension| extension == "md")).collect()
}

/// Method and path of every route.
fn routes() -> Vec<String> {
    let document: Value = serde_json::from_str(&text("openapi.json")).expect("JSON");
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        let methods = item.as_object().expect("methods").keys();
        routes.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    assert!(routes.len() > 15, "openapi.json has only {routes:?}");
    routes
}

/// Settings of the gateway with the default that `--help` names, if it names a value.
fn settings() -> Vec<(String, Option<String>)> {
    let command = Settings::command();
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    let setting = |arg: &clap::Arg| {
        let name = arg.get_env()?.to_str()?.to_owned();
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let default = help.rsplit_once("[default: ").and_then(|(_, rest)| rest.strip_suffix(']'));
        // "from the deployment record" is a rule, not a value.
        Some((name, default.filter(|value| !value.contains(' ')).map(str::to_owned)))
    };
    let settings: Vec<_> = shown.filter_map(setting).collect();
    assert!(settings.len() > 30, "the command line has only {settings:?}");
    settings
}

#[track_caller]
fn assert_none(missing: &[String], what: &str) {
    assert!(missing.is_empty(), "{what}:\n  {}", missing.join("\n  "));
}

#[test]
fn docs_name_every_route() {
    for page in ["docs/api.md", "README.md"] {
        let page_text = text(page);
        let missing: Vec<_> =
            routes().into_iter().filter(|route| !page_text.contains(&format!("`{route}`"))).collect();
        assert_none(&missing, &format!("{page} does not name"));
    }
}

#[test]
fn docs_explain_every_problem_code() {
    let api = text("docs/api.md");
    let has_row = |code: &ProblemCode| {
        let again = if code.retry() == Retry::Later { "yes" } else { "no" };
        let (slug, name, status) = (code.slug(), code.code(), code.status().as_u16());
        let start = format!("| <a id=\"{slug}\"></a>`{name}` | {status} | {again} | ");
        api.lines().any(|line| line.starts_with(&start) && line.len() > start.len() + 20)
    };
    let missing: Vec<_> = ProblemCode::ALL.iter().filter(|code| !has_row(code)).collect();
    let missing: Vec<_> = missing
        .iter()
        .map(|code| format!("{} ({}, {:?})", code.code(), code.status(), code.retry()))
        .collect();
    assert_none(&missing, "docs/api.md has no row with anchor, code, status and \"again\" for");
}

#[test]
fn docs_explain_every_setting() {
    let page = text("docs/configuration.md");
    let mut missing = Vec::new();
    for (name, default) in settings() {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        match (row, default) {
            (None, _) => missing.push(name),
            (Some(row), Some(value)) if !row.starts_with(&format!("| `{name}` | `{value}` |")) => {
                missing.push(format!("{name} with its default, {value}"));
            }
            _ => {}
        }
    }
    assert_none(&missing, "docs/configuration.md has no row for");
}

#[test]
fn docs_example_has_every_setting() {
    let example = text(".env.example");
    let mut missing = Vec::new();
    for (name, default) in settings() {
        let line = example.lines().find_map(|line| line.strip_prefix(&format!("#{name}=")));
        match (line, default) {
            (None, _) => missing.push(name),
            // RPC_URL shows what an endpoint looks like; without it, a local chain is started.
            (Some(shown), Some(value)) if shown != value && name != "RPC_URL" => {
                missing.push(format!("{name}={value}, but {name}={shown}"));
            }
            _ => {}
        }
    }
    assert_none(&missing, ".env.example does not have");
}

#[test]
fn docs_explain_every_state() {
    let page = text("docs/guarantees.md");
    let has_row = |state: &State| page.contains(&format!("\n| `{}` |", state.word()));
    let missing: Vec<_> = State::ALL.iter().filter(|state| !has_row(state)).collect();
    assert!(missing.is_empty(), "docs/guarantees.md has no row for {missing:?}");
}

/// Texts between quotes in a source file that are words of this kind.
fn words(file: &str, is_word: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let source = text(file);
    let words: BTreeSet<_> = source.split('"').filter(|word| is_word(word)).map(str::to_owned).collect();
    assert!(words.len() > 5, "{file} has only {words:?}");
    words
}

#[test]
fn docs_explain_every_metric() {
    let names = words("src/base/metrics.rs", |word| word.starts_with("cre_"));
    let page = text("docs/operations.md");
    let missing: Vec<_> = names.iter().filter(|name| !page.contains(&format!("\n| `{name}` |"))).collect();
    assert!(missing.is_empty(), "docs/operations.md has no row for {missing:?}");
}

#[test]
fn docs_explain_every_event() {
    let is_kind = |word: &str| {
        word.split_once('.').is_some_and(|(subject, what)| {
            let is_plain = |part: &str| {
                !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
            };
            is_plain(subject) && is_plain(what)
        })
    };
    let kinds = words("src/domain/event.rs", is_kind);
    let page = text("docs/api.md");
    let missing: Vec<_> = kinds.iter().filter(|kind| !page.contains(&format!("`{kind}`"))).collect();
    assert!(missing.is_empty(), "docs/api.md does not name {missing:?}");
}

#[test]
fn docs_explain_every_reason_of_the_breaker() {
    let is_reason = |word: &str| {
        let is_word = word.len() > 4 && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        is_word && word != "SCREAMING_SNAKE_CASE"
    };
    let reasons = words("src/domain/breaker.rs", is_reason);
    let (reserves, operations) = (text("docs/reserves.md"), text("docs/operations.md"));
    let has_rows = |reason: &String| {
        let anchor = reason.to_lowercase();
        reserves.contains(&format!("\n| <a id=\"{anchor}\"></a>`{reason}` |"))
            && operations.contains(&format!("\n| `{reason}` |"))
    };
    let missing: Vec<_> = reasons.iter().filter(|reason| !has_rows(reason)).collect();
    assert!(missing.is_empty(), "docs/reserves.md or the runbook has no row for {missing:?}");
}

#[test]
fn docs_readme_is_short() {
    let lines = text("README.md").lines().count();
    assert!(lines <= README_LINES_MAX, "README.md has {lines} lines; {README_LINES_MAX} are enough");
}

#[test]
fn docs_links_lead_somewhere() {
    let pages = pages();
    assert!(pages.len() > 20, "only {} pages were found", pages.len());
    let mut broken = Vec::new();
    for page in &pages {
        for link in page.relative_links() {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { page.file.clone() } else { page.folder().join(path) };
            let name = page.file.strip_prefix(root()).unwrap_or(&page.file).display();
            if !target.exists() {
                broken.push(format!("{name}: {link}: there is no such file"));
            } else if !anchor.is_empty() && !Page::read(&target).anchors().contains(anchor) {
                broken.push(format!("{name}: {link}: there is no such anchor"));
            }
        }
    }
    assert_none(&broken, "links that lead nowhere");
}
