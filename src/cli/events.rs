//! `cre-backend events`.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use super::arguments::EventArguments;
use super::client::Client;
use super::exit::{Exit, Failure};
use super::show;

/// Longest event.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// Pause before a stream is opened again.
const RETURN_PAUSE: Duration = Duration::from_secs(1);
/// A stream that was not to be followed is over when it says nothing for so long.
const END_PAUSE: Duration = Duration::from_secs(1);

/// Prints events, up to the newest or on and on.
pub(super) async fn events(client: &Client, arguments: &EventArguments) -> Result<(), Failure> {
    let newest = newest(client).await?;
    let mut after = arguments.after.unwrap_or(if arguments.follow { newest } else { 0 });
    if !arguments.follow {
        return if after < newest { read(client, &mut after, Some(newest)).await } else { Ok(()) };
    }
    loop {
        match read(client, &mut after, None).await {
            Err(failure) if failure.exit != Exit::Unreachable => return Err(failure),
            Err(failure) => eprintln!("{}; trying again after event {after}", failure.sentence),
            Ok(()) => eprintln!("the stream ended; coming back after event {after}"),
        }
        tokio::time::sleep(RETURN_PAUSE).await;
    }
}

/// Number of the newest event that the gateway knows.
async fn newest(client: &Client) -> Result<u64, Failure> {
    let health = client.get("/health").await?;
    let seq = health["eventHead"]["seq"].as_u64();
    seq.ok_or_else(|| Failure::unreachable("the answer of /health names no newest event: is it the gateway?"))
}

/// Prints one stream's events after `after`, which follows; to its end, or to the event with the number `last`. Events
/// of others are left out of it, so that its last one may be an earlier one.
async fn read(client: &Client, after: &mut u64, last: Option<u64>) -> Result<(), Failure> {
    let request = client.request(Method::GET, "/events").header("last-event-id", after.to_string());
    let mut stream = client.stream(request).await?;
    let mut lines = Lines::default();
    loop {
        let chunk = match last {
            None => stream.chunk().await,
            Some(_) => match tokio::time::timeout(END_PAUSE, stream.chunk()).await {
                Ok(chunk) => chunk,
                Err(_) => return Ok(()),
            },
        };
        let Some(chunk) = chunk.map_err(|error| client.unreachable(&error))? else { return Ok(()) };
        for event in lines.push(&chunk)? {
            let seq = event["seq"].as_u64().unwrap_or(*after);
            if last.is_some_and(|last| seq > last) {
                return Ok(());
            }
            print(&event, client.json)?;
            *after = seq;
        }
        if last.is_some_and(|last| *after >= last) {
            return Ok(());
        }
    }
}

fn print(event: &Value, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return show::line(&event.to_string());
    }
    let about = event.get("mintId").or_else(|| event.get("basket")).map(show::plain).unwrap_or_default();
    let [seq, at, kind] = ["seq", "at", "kind"].map(|field| show::plain(&event[field]));
    show::line(&format!("{seq:>8}  {at}  {kind:<28}  {about}"))
}

/// Puts the lines of a stream of server-sent events together.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    /// The events that are whole with these bytes.
    fn push(&mut self, bytes: &[u8]) -> Result<Vec<Value>, Failure> {
        self.0.extend_from_slice(bytes);
        let whole = self.0.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let lines: Vec<u8> = self.0.drain(..whole).collect();
        if self.0.len() > EVENT_BYTES_MAX {
            return Err(Failure::unreachable("the gateway sends too long an event"));
        }
        let data = lines.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"data:"));
        Ok(data.filter_map(|data| serde_json::from_slice(data.trim_ascii()).ok()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_lines_are_put_together() {
        let mut lines = Lines::default();
        assert_eq!(lines.push(b": keep-alive\n\nid: 1\nevent: mint.").unwrap().len(), 0);
        assert_eq!(lines.push(b"accepted\ndata: {\"seq\":1").unwrap().len(), 0);
        let events = lines.push(b"}\n\nid: 2\ndata: {\"seq\":2}\n\n").unwrap();
        let numbers: Vec<_> = events.iter().filter_map(|event| event["seq"].as_u64()).collect();
        assert_eq!(numbers, [1, 2]);
        assert!(lines.push(&vec![b'x'; EVENT_BYTES_MAX + 1]).is_err());
    }
}
