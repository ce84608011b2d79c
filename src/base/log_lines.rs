//! The way of log lines to where they are written: never waited for, so that a full pipe or disk stops nobody.
//!
//! Lines wait in memory up to a bound and a thread of their own writes them. What finds no room, or cannot be written, is
//! lost and counted.

use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Most that waits to be written, bytes.
const WAITING_MAX: usize = 4 << 20;

/// The way for lines; a copy leads to the same place.
#[derive(Clone, Debug)]
pub(super) struct LogLines {
    queue: Sender<Vec<u8>>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    lost: AtomicU64,
    /// Held by nobody; for the end, who waits until nothing waits.
    written: (Mutex<()>, Condvar),
}

impl LogLines {
    /// Lines that a new thread writes to `place`. After lines were lost and another could be written, `told` hears how many
    /// there were since it was told last.
    pub(super) fn to(place: impl io::Write + Send + 'static, told: impl Fn(u64) + Send + 'static) -> Self {
        let (queue, lines) = channel();
        let counts = Arc::<Counts>::default();
        let of_writer = Arc::clone(&counts);
        // Where no thread can be had, nobody receives, and every line is counted as lost.
        let _ = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(place, &lines, &of_writer, told));
        Self { queue, counts }
    }

    /// Sends a line on its way, or counts it as lost.
    pub(super) fn send(&self, line: Vec<u8>) {
        let length = line.len();
        let waiting = self.counts.waiting.fetch_add(length, Ordering::Relaxed);
        if waiting.saturating_add(length) > WAITING_MAX || self.queue.send(line).is_err() {
            self.counts.waiting.fetch_sub(length, Ordering::Relaxed);
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many lines were lost.
    pub(super) fn lost(&self) -> u64 {
        self.counts.lost.load(Ordering::Relaxed)
    }

    /// Waits until nothing waits any more, no longer than `limit`.
    pub(super) fn flush(&self, limit: Duration) {
        let (lock, written) = &self.counts.written;
        let held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let is_waiting = |_: &mut ()| self.counts.waiting.load(Ordering::Relaxed) > 0;
        let _ = written.wait_timeout_while(held, limit, is_waiting);
    }
}

fn write_all(mut place: impl io::Write, lines: &Receiver<Vec<u8>>, counts: &Counts, told: impl Fn(u64)) {
    let mut known = 0;
    while let Ok(line) = lines.recv() {
        let is_written = place.write_all(&line).is_ok();
        if !is_written {
            counts.lost.fetch_add(1, Ordering::Relaxed);
        }
        let lost = counts.lost.load(Ordering::Relaxed);
        if is_written && lost > known {
            told(lost - known);
            known = lost;
        }
        counts.waiting.fetch_sub(line.len(), Ordering::Relaxed);
        let _held = counts.written.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.written.1.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind, Read, Write};
    use std::sync::mpsc::sync_channel;

    use super::*;

    /// Longest wait of a test.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// A disk that is full until it is not.
    struct Disk {
        is_full: Arc<Mutex<bool>>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if *self.is_full.lock().unwrap() {
                return Err(Error::from(ErrorKind::StorageFull));
            }
            self.written.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn log_lines_wait_for_no_reader_and_count_what_is_lost() {
        let (mut reader, writer) = io::pipe().unwrap();
        let (tell, heard) = sync_channel(8);
        let lines = LogLines::to(writer, move |lost| {
            let _ = tell.send(lost);
        });
        let line = vec![b'.'; 1 << 20];
        // Nobody reads: a little fits the pipe, four megabytes wait, and the rest is lost.
        for _ in 0..12 {
            lines.send(line.clone());
        }
        assert_eq!(lines.lost(), 8);
        lines.flush(Duration::from_millis(1));
        let mut read = vec![0; 1 << 20];
        reader.read_exact(&mut read).unwrap();
        assert_eq!(heard.recv_timeout(PATIENCE), Ok(8), "told as soon as somebody reads again");
    }

    #[test]
    fn log_lines_that_a_full_disk_refuses_are_counted() {
        let (is_full, written) = (Arc::new(Mutex::new(true)), Arc::<Mutex<Vec<u8>>>::default());
        let disk = Disk { is_full: Arc::clone(&is_full), written: Arc::clone(&written) };
        let lines = LogLines::to(disk, |_| {});
        lines.send(b"one\n".to_vec());
        lines.flush(PATIENCE);
        assert_eq!(lines.lost(), 1);
        *is_full.lock().unwrap() = false;
        lines.send(b"two\n".to_vec());
        lines.flush(PATIENCE);
        assert_eq!((lines.lost(), written.lock().unwrap().as_slice()), (1, &b"two\n"[..]));
    }
}
