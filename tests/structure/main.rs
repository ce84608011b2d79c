//! The floor plan of `src/`, checked on the parsed source: no circle of files or folders at any level, only the arrows
//! that the crate's documentation draws, and doors (`mod.rs`, `lib.rs`) that hold nothing but modules and re-exports.
//!
//! Files and subfolders of one folder are the nodes of that folder's graph; an import of something that a door passes on
//! counts as an import of the file that defines it. Test modules do not count.

mod graph;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use graph::{circles, levels};
use source::Sources;

fn sources() -> Sources {
    Sources::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

#[test]
fn structure_has_no_circle_of_files_or_folders() {
    let mut found = Vec::new();
    for (folder, arrows) in levels(&sources().arrows()) {
        for circle in circles(&arrows) {
            let why = arrows.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
            let why: Vec<String> = why
                .map(|((from, to), uses)| {
                    format!("  {from} -> {to}, for example {} uses {}", uses[0].0, uses[0].1)
                })
                .collect();
            found.push(format!("in src/{folder}: {circle:?} form a circle\n{}", why.join("\n")));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn structure_is_the_floor_plan_of_the_crate_documentation() {
    let sources = sources();
    let drawn = floor_plan(&sources.text("lib.rs"));
    let all = levels(&sources.arrows());
    let used = &all[""];
    let is_door = |name: &str| name == "lib";
    let used: BTreeMap<_, _> = used.iter().filter(|((from, _), _)| !is_door(from)).collect();
    let undrawn = used
        .iter()
        .filter(|(arrow, _)| !drawn.contains(arrow))
        .map(|((from, to), uses)| format!("{from} -> {to} is not drawn: {} uses {}", uses[0].0, uses[0].1));
    let unused = drawn.iter().filter(|arrow| !used.contains_key(arrow));
    let unused = unused.map(|(from, to)| format!("{from} -> {to} is drawn, but nothing uses it"));
    let problems: Vec<String> = undrawn.chain(unused).collect();
    assert!(problems.is_empty(), "the floor plan in src/lib.rs is not the house:\n{}", problems.join("\n"));
}

#[test]
fn structure_doors_hold_no_furniture() {
    let sources = sources();
    let furnished: Vec<String> = sources.doors().filter_map(|door| sources.furniture(door)).collect();
    assert!(furnished.is_empty(), "a door holds only mod and pub use:\n{}", furnished.join("\n"));
}

/// The arrows that the crate's documentation draws: lines `from -> to to to`.
fn floor_plan(crate_root: &str) -> BTreeSet<(String, String)> {
    let lines = crate_root.lines().filter_map(|line| line.strip_prefix("//! "));
    let drawn: BTreeSet<_> = lines
        .filter_map(|line| line.split_once(" -> "))
        .flat_map(|(from, to)| to.split_whitespace().map(move |to| (from.to_owned(), to.to_owned())))
        .collect();
    assert!(!drawn.is_empty(), "src/lib.rs draws no floor plan");
    drawn
}
