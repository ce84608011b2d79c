//! Server-sent events, read as they come.

use serde_json::Value;

/// An event of a stream.
#[derive(Debug)]
pub struct StreamedEvent {
    /// Its number in the log.
    pub id: i64,
    /// Its kind.
    pub kind: String,
    /// The whole event.
    pub data: Value,
}

/// A stream of events.
#[derive(Debug)]
pub struct EventStream {
    response: reqwest::Response,
    /// What has come and belongs to no whole event yet.
    text: String,
}

impl EventStream {
    /// Reads an answer that is a stream of events.
    #[must_use]
    pub const fn of(response: reqwest::Response) -> Self {
        Self { response, text: String::new() }
    }

    /// The next event; `None` where the stream ends.
    pub async fn next(&mut self) -> Option<StreamedEvent> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = read(block);
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
            }
            let chunk = self.response.chunk().await.expect("a chunk")?;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

/// The event of a block, if it is not only a comment.
fn read(block: &str) -> Option<StreamedEvent> {
    let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(StreamedEvent {
        id: field("id:")?.parse().expect("a number"),
        kind: field("event:")?.to_owned(),
        data: serde_json::from_str(field("data:")?).expect("JSON"),
    })
}
