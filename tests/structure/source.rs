//! The parsed source: which file defines a name, and which names a file uses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{File, Item, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// A module path from the crate's root; the root itself is empty.
type ModulePath = Vec<String>;

/// A module: where it is written, and what it passes on under which name.
#[derive(Debug, Default)]
struct Module {
    file: String,
    passes_on: BTreeMap<String, Vec<String>>,
}

/// All files below a root.
pub(crate) struct Sources {
    files: BTreeMap<String, File>,
    texts: BTreeMap<String, String>,
    modules: BTreeMap<ModulePath, Module>,
}

impl Sources {
    /// Reads and parses every Rust file below a folder.
    pub(crate) fn read(root: &Path) -> Self {
        let mut sources = Self { files: BTreeMap::new(), texts: BTreeMap::new(), modules: BTreeMap::new() };
        for path in rust_files(root) {
            let name = path.strip_prefix(root).expect("a file below the root").display().to_string();
            let text = fs::read_to_string(&path).expect("a readable file");
            let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            sources.add_module(&name, &module_path(&name), &parsed.items);
            sources.files.insert(name.clone(), parsed);
            sources.texts.insert(name, text);
        }
        sources
    }

    /// The text of a file.
    pub(crate) fn text(&self, name: &str) -> String {
        self.texts[name].clone()
    }

    /// Files that are doors: `lib.rs` and every `mod.rs`.
    pub(crate) fn doors(&self) -> impl Iterator<Item = &String> {
        self.files.keys().filter(|name| is_door(name))
    }

    /// What a door holds besides modules and re-exports, if anything.
    pub(crate) fn furniture(&self, door: &str) -> Option<String> {
        let mut items = self.files[door].items.iter();
        let found =
            items.find(|item| !matches!(item, Item::Mod(ItemMod { content: None, .. }) | Item::Use(_)));
        found.map(|_| format!("src/{door} defines something itself"))
    }

    /// Every arrow from a file to a file that defines what it uses.
    pub(crate) fn arrows(&self) -> BTreeSet<(String, String)> {
        let mut arrows = BTreeSet::new();
        for (name, file) in &self.files {
            let mut uses = Uses { module: module_path(name), found: BTreeSet::new() };
            uses.visit_file(file);
            let targets = uses.found.iter().filter_map(|path| self.defining_file(path, 0));
            arrows.extend(targets.filter(|target| target != name).map(|target| (name.clone(), target)));
        }
        arrows
    }

    /// The file that defines what a path from the crate's root leads to.
    fn defining_file(&self, path: &[String], depth: usize) -> Option<String> {
        assert!(depth < 16, "re-exports without an end: {path:?}");
        let (module_path, rest) = (0..=path.len())
            .rev()
            .map(|length| path.split_at(length))
            .find(|(module, _)| self.modules.contains_key(*module))?;
        let module = &self.modules[module_path];
        match rest.first().and_then(|name| module.passes_on.get(name)) {
            Some(target) => {
                let onwards: Vec<String> = target.iter().chain(&rest[1..]).cloned().collect();
                self.defining_file(&onwards, depth + 1).or_else(|| Some(module.file.clone()))
            }
            // Names that a macro makes cannot be seen; they belong to the file all the same.
            None => Some(module.file.clone()),
        }
    }

    fn add_module(&mut self, file: &str, path: &ModulePath, items: &[Item]) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items.iter().filter(|item| !is_test(item)) {
            match item {
                Item::Use(item) if !matches!(item.vis, Visibility::Inherited) => {
                    // A macro is passed on from where it stands.
                    let own = |target: &[String]| target.split_last().is_some_and(|(_, from)| from == path);
                    let passed_on = used_paths(item, path).into_iter().filter(|(_, target)| !own(target));
                    module.passes_on.extend(passed_on);
                }
                Item::Mod(ItemMod { ident, content: Some((_, items)), .. }) => {
                    let inner: ModulePath = path.iter().cloned().chain([ident.to_string()]).collect();
                    self.add_module(file, &inner, items);
                }
                _ => {}
            }
        }
        self.modules.insert(path.clone(), module);
    }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn is_door(name: &str) -> bool {
    name == "lib.rs" || name.ends_with("/mod.rs")
}

/// The module that a file is.
fn module_path(name: &str) -> ModulePath {
    let parts: Vec<&str> = name.trim_end_matches(".rs").split('/').collect();
    let parts = match parts.as_slice() {
        ["lib"] => &[],
        [folders @ .., "mod"] => folders,
        all => all,
    };
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn is_test(item: &Item) -> bool {
    let Item::Mod(item) = item else { return false };
    item.attrs.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

/// The names that an import brings, with their paths from the crate's root. A path without a prefix may lead into a
/// module below; where it leads into another crate, nothing of ours is found at its end.
fn used_paths(item: &ItemUse, module: &[String]) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    walk_use(&item.tree, &mut Vec::new(), &mut found);
    let below = |path: &[String]| module.iter().chain(path).cloned().collect();
    let own = |(name, path): (String, Vec<String>)| {
        let target = absolute(&path, module).unwrap_or_else(|| below(&path));
        (name, target)
    };
    found.into_iter().map(own).collect()
}

fn walk_use(tree: &UseTree, path: &mut Vec<String>, found: &mut Vec<(String, Vec<String>)>) {
    match tree {
        UseTree::Path(part) => {
            path.push(part.ident.to_string());
            walk_use(&part.tree, path, found);
            path.pop();
        }
        UseTree::Name(name) if name.ident == "self" => {
            found.push((path.last().cloned().unwrap_or_default(), path.clone()));
        }
        UseTree::Name(name) => {
            let name = name.ident.to_string();
            found.push((name.clone(), path.iter().cloned().chain([name]).collect()));
        }
        UseTree::Rename(rename) => {
            let whole = path.iter().cloned().chain([rename.ident.to_string()]).collect();
            found.push((rename.rename.to_string(), whole));
        }
        UseTree::Glob(_) => found.push(("*".to_owned(), path.clone())),
        UseTree::Group(group) => group.items.iter().for_each(|tree| walk_use(tree, path, found)),
    }
}

/// A path from the crate's root; `None` when it leads into another crate.
fn absolute(path: &[String], module: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" | "cre_backend" => Some(rest.to_vec()),
        "self" => Some(module.iter().chain(rest).cloned().collect()),
        "super" => {
            let mut base = module.to_vec();
            base.pop()?;
            let mut rest = rest;
            while let Some(("super", more)) = rest.split_first().map(|(first, more)| (first.as_str(), more)) {
                base.pop()?;
                rest = more;
            }
            Some(base.iter().chain(rest).cloned().collect())
        }
        _ => None,
    }
}

/// Collects the paths that a file uses.
struct Uses {
    module: ModulePath,
    found: BTreeSet<Vec<String>>,
}

impl Uses {
    fn add(&mut self, path: &[String]) {
        // A prefix alone names no item: it is the path in a `pub(super)` inside a macro.
        if path.len() > 1 {
            self.found.extend(absolute(path, &self.module));
        }
    }

    /// Paths inside a macro's tokens: whatever follows `crate` or `super`.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    let ident = ident.to_string();
                    if ident == "crate" || ident == "super" {
                        self.add(&path);
                        path = vec![ident];
                    } else if !path.is_empty() {
                        path.push(ident);
                    }
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => {}
                TokenTree::Group(group) => {
                    self.add(&std::mem::take(&mut path));
                    self.add_tokens(group.stream());
                }
                _ => self.add(&std::mem::take(&mut path)),
            }
        }
        self.add(&path);
    }
}

impl<'ast> Visit<'ast> for Uses {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(item) {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if item.content.is_some() {
            self.module.push(item.ident.to_string());
            visit::visit_item_mod(self, item);
            self.module.pop();
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.found.extend(used_paths(item, &self.module).into_iter().map(|(_, path)| path));
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {
        // The path in `pub(super)` uses nothing.
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let parts: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.add(&parts);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, item: &'ast Macro) {
        self.add_tokens(item.tokens.clone());
        visit::visit_macro(self, item);
    }
}
