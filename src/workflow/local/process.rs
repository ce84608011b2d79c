//! A child process as a source of lines: bounded in output, and never left behind.
//!
//! The child leads a process group of its own; whatever happens (deadline, flood, shutdown, a dropped future) the whole
//! group is killed.

use std::io;
use std::process::ExitStatus;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, ChildStdin, Command};

use crate::workflow::output::Exit;

/// Most output between two resets of the count, both streams together.
const OUTPUT_BYTES_MAX: usize = 4 << 20;
/// Longest line; more is a flood.
const LINE_BYTES_MAX: usize = 64 << 10;

/// Where a line came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Out,
    Err,
}

/// What a process does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ProcessEvent {
    /// It printed a line.
    Line(Stream, String),
    /// It ended, or printed too much; nothing more will be heard.
    Ended(Exit),
}

/// A child and everything it started.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    leader: Option<Pid>,
    out: Lines,
    err: Lines,
    bytes: usize,
    ended: Option<Exit>,
}

impl Process {
    /// Starts a program in a group of its own; its streams must be piped.
    pub(super) fn spawn(mut command: Command) -> io::Result<Self> {
        let mut child = command.process_group(0).kill_on_drop(true).spawn()?;
        let leader = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
        let out = Lines::new(child.stdout.take().map(boxed));
        let err = Lines::new(child.stderr.take().map(boxed));
        Ok(Self { child, leader, out, err, bytes: 0, ended: None })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// The end through which it is told something; once.
    pub(super) fn take_stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Whether it still runs.
    pub(super) fn is_alive(&mut self) -> bool {
        self.ended.is_none() && matches!(self.child.try_wait(), Ok(None))
    }

    /// Forgets how much was printed so far.
    pub(super) const fn reset_count(&mut self) {
        self.bytes = 0;
    }

    /// The next line, or the end. Cancel safe.
    pub(super) async fn next_event(&mut self) -> ProcessEvent {
        loop {
            for (stream, lines) in [(Stream::Out, &mut self.out), (Stream::Err, &mut self.err)] {
                if let Some(line) = lines.next_line() {
                    return ProcessEvent::Line(stream, line);
                }
                if lines.is_overlong() {
                    return ProcessEvent::Ended(Exit::Flood);
                }
            }
            if self.bytes > OUTPUT_BYTES_MAX {
                return ProcessEvent::Ended(Exit::Flood);
            }
            // The process itself decides: a grandchild that keeps the pipes open must not keep us waiting.
            tokio::select! {
                biased;
                read = self.out.fill(), if self.out.is_open() => self.bytes += read,
                read = self.err.fill(), if self.err.is_open() => self.bytes += read,
                status = self.child.wait(), if self.ended.is_none() => {
                    self.ended = Some(exit(status));
                    self.kill();
                }
                else => return ProcessEvent::Ended(self.ended.unwrap_or(Exit::Signal)),
            }
        }
    }

    /// Ends the whole group and waits until the child is gone.
    pub(super) async fn end(&mut self) {
        self.kill();
        // It was killed: the wait is short, and its result says nothing new.
        let _ = self.child.wait().await;
        self.leader = None;
    }

    fn kill(&self) {
        if let Some(leader) = self.leader {
            // No such group = it has ended by itself.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn exit(status: io::Result<ExitStatus>) -> Exit {
    match status.map(|status| status.code()) {
        Ok(Some(code)) => Exit::Code(code),
        _ => Exit::Signal,
    }
}

/// Splits a stream into lines.
struct Lines {
    source: Option<Source>,
    pending: Vec<u8>,
    /// Bytes at the front that were handed out already.
    taken: usize,
    /// Bytes that were searched for a line feed already.
    searched: usize,
}

type Source = Box<dyn AsyncRead + Unpin + Send>;

fn boxed(source: impl AsyncRead + Unpin + Send + 'static) -> Source {
    Box::new(source)
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("pending", &self.pending.len()).finish_non_exhaustive()
    }
}

impl Lines {
    const fn new(source: Option<Source>) -> Self {
        Self { source, pending: Vec::new(), taken: 0, searched: 0 }
    }

    const fn is_open(&self) -> bool {
        self.source.is_some()
    }

    const fn is_overlong(&self) -> bool {
        self.pending.len() - self.taken > LINE_BYTES_MAX
    }

    /// Reads once; returns the number of bytes. Cancel safe.
    async fn fill(&mut self) -> usize {
        let Some(source) = &mut self.source else { return 0 };
        let mut chunk = [0_u8; 8 << 10];
        let read = source.read(&mut chunk).await.unwrap_or(0);
        self.pending.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.pending.extend_from_slice(&chunk[..read]);
        if read == 0 {
            self.source = None;
        }
        read
    }

    /// The next whole line; at the end of the stream also the last one without a line feed.
    fn next_line(&mut self) -> Option<String> {
        let start = self.searched.max(self.taken);
        let found = self.pending[start..].iter().position(|byte| *byte == b'\n').map(|at| start + at);
        let (end, next) = match found {
            Some(end) => (end, end + 1),
            None if self.source.is_none() && self.pending.len() > self.taken => {
                (self.pending.len(), self.pending.len())
            }
            None => {
                self.searched = self.pending.len();
                return None;
            }
        };
        let line = String::from_utf8_lossy(&self.pending[self.taken..end]).trim_end_matches('\r').to_owned();
        (self.taken, self.searched) = (next, next);
        Some(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines_of(text: &'static str) -> Vec<String> {
        let mut lines = Lines::new(Some(boxed(text.as_bytes())));
        let mut found = Vec::new();
        while lines.is_open() {
            lines.fill().await;
            found.extend(std::iter::from_fn(|| lines.next_line()));
        }
        found
    }

    #[tokio::test]
    async fn process_output_is_split_at_line_feeds_and_its_end() {
        assert_eq!(lines_of("").await, Vec::<String>::new());
        assert_eq!(lines_of("a\n\nb\r\nc").await, ["a", "", "b", "c"]);
        assert_eq!(lines_of("a\n").await, ["a"]);
    }
}
