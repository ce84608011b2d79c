//! Puts the console's pages into the program: what is in `console/dist`, or the page of `console/stand-in` that says that
//! nothing is built, so that a clone without them builds too.
//!
//! Each file is copied to `OUT_DIR` with a compressed twin, and `console_files.rs` there lists them for
//! `src/http/console.rs`.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

const BUILT: &str = "console/dist";
const STAND_IN: &str = "console/stand-in";

fn main() -> io::Result<()> {
    let is_built = Path::new(BUILT).join("index.html").is_file();
    // A path that does not exist would make every build a new one; what builds the pages touches the folder above.
    let (root, watched) = if is_built { (BUILT, BUILT) } else { (STAND_IN, "console") };
    println!("cargo::rerun-if-changed={watched}");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let copies = out.join("console");
    match fs::remove_dir_all(&copies) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut list = "&[\n".to_owned();
    for name in names(Path::new(root), "")? {
        let content = fs::read(Path::new(root).join(&name))?;
        let copy = copies.join(&name);
        fs::create_dir_all(copy.parent().ok_or(io::ErrorKind::NotFound)?)?;
        fs::write(&copy, &content)?;
        let twin = File::create(copies.join(format!("{name}.gz")))?;
        let mut twin = GzEncoder::new(twin, Compression::best());
        twin.write_all(&content)?;
        twin.finish()?;
        let included = |suffix| {
            format!("include_bytes!(concat!(env!(\"OUT_DIR\"), {:?}))", format!("/console/{name}{suffix}"))
        };
        list += &format!("    ({name:?}, {}, {}),\n", included(""), included(".gz"));
    }
    fs::write(out.join("console_files.rs"), list + "]\n")
}

/// The files below a folder, in order, each with its path below the first one.
fn names(folder: &Path, below: &str) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Some(name) = entry.file_name().to_str().map(|name| format!("{below}{name}")) else { continue };
        match entry.file_type()?.is_dir() {
            true => found.extend(names(&entry.path(), &format!("{name}/"))?),
            false => found.push(name),
        }
    }
    found.sort();
    Ok(found)
}
