//! Places for a log that take nothing.

use std::fs::File;
use std::io::{PipeReader, Write};
use std::process::Stdio;

use rustix::fs::{OFlags, fcntl_setfl};

/// A full pipe, and its other end, from which nobody reads.
#[must_use]
pub fn full_pipe() -> (PipeReader, Stdio) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    fcntl_setfl(&writer, OFlags::NONBLOCK).expect("it is a pipe");
    for chunk in [4_096, 1] {
        while writer.write(&vec![b'.'; chunk]).is_ok() {}
    }
    fcntl_setfl(&writer, OFlags::empty()).expect("it is a pipe");
    (reader, writer.into())
}

/// A file on a full disk, where the system has one for tests.
#[must_use]
pub fn full_disk() -> Option<Stdio> {
    File::options().write(true).open("/dev/full").ok().map(Stdio::from)
}
