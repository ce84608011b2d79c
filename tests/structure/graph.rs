//! Arrows between files, seen level by level, and the circles among them.

use std::collections::{BTreeMap, BTreeSet};

/// An arrow between two names of one level, with the files that cause it.
pub(crate) type Arrows = BTreeMap<(String, String), Vec<(String, String)>>;

/// For each folder the arrows between its files and subfolders; `arrows` are pairs of file paths below the root.
pub(crate) fn levels(arrows: &BTreeSet<(String, String)>) -> BTreeMap<String, Arrows> {
    let mut levels: BTreeMap<String, Arrows> = BTreeMap::new();
    for (from, to) in arrows {
        let (from_parts, to_parts): (Vec<_>, Vec<_>) = (from.split('/').collect(), to.split('/').collect());
        let common = from_parts.iter().zip(&to_parts).take_while(|(one, other)| one == other).count();
        let (Some(one), Some(other)) = (from_parts.get(common), to_parts.get(common)) else { continue };
        let arrow = (name(one), name(other));
        let level = levels.entry(from_parts[..common].join("/")).or_default();
        level.entry(arrow).or_default().push((from.clone(), to.clone()));
    }
    levels
}

fn name(part: &str) -> String {
    part.trim_end_matches(".rs").to_owned()
}

/// Sets of names that reach each other.
pub(crate) fn circles(arrows: &Arrows) -> Vec<BTreeSet<String>> {
    let names: BTreeSet<&String> = arrows.keys().flat_map(|(from, to)| [from, to]).collect();
    let reach: BTreeMap<&String, BTreeSet<String>> =
        names.iter().map(|name| (*name, reachable(arrows, name))).collect();
    let mut found: BTreeSet<BTreeSet<String>> = BTreeSet::new();
    for name in names {
        let circle: BTreeSet<String> =
            reach[name].iter().filter(|other| reach[other].contains(name)).cloned().collect();
        if !circle.is_empty() {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

fn reachable(arrows: &Arrows, from: &str) -> BTreeSet<String> {
    let (mut found, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
    while let Some(name) = open.pop() {
        for (_, to) in arrows.keys().filter(|(from, _)| *from == name) {
            if found.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    found
}

#[test]
fn structure_check_finds_circles_at_every_level() {
    let arrow = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let arrows = BTreeSet::from([
        arrow("a/one.rs", "b/one.rs"),
        arrow("b/two.rs", "c.rs"),
        arrow("c.rs", "a/two.rs"),
        arrow("a/one.rs", "a/two.rs"),
        arrow("d/x.rs", "d/deep/y.rs"),
        arrow("d/deep/z.rs", "d/x.rs"),
    ]);
    let found: BTreeMap<String, Vec<BTreeSet<String>>> =
        levels(&arrows).into_iter().map(|(folder, arrows)| (folder, circles(&arrows))).collect();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(found[""], [names(&["a", "b", "c"])]);
    assert_eq!(found["d"], [names(&["deep", "x"])]);
    assert!(found["a"].is_empty());
}
