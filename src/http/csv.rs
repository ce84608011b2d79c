//! Lists as CSV (RFC 4180), sent page by page as they are read: however long a list is, one page of it is in memory.

use std::future::{Future, ready};
use std::io;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use futures_util::stream::{once, unfold};

use super::app::App;
use super::problem::Problem;
use super::problem_code::ProblemCode;

/// The media type.
pub const CSV: &str = "text/csv";

/// The cells of one line.
pub type Line = Vec<String>;

/// Some lines, and where the next ones begin, if there are more.
pub type Lines<S> = (Vec<Line>, Option<S>);

/// Answers with a file of lines that `read` gives from `start` on. What fails at once is a problem; what fails later, or
/// a server that stops, breaks the answer off, so that half a file is not taken for a whole one.
///
/// # Errors
/// When too many streams are open, or the first lines cannot be read.
pub async fn respond<S, F, N>(
    app: &App,
    file: &str,
    columns: &[&str],
    start: S,
    read: F,
) -> Result<Response, Problem>
where
    S: Send + 'static,
    F: Fn(S) -> N + Send + 'static,
    N: Future<Output = Result<Lines<S>, Problem>> + Send,
{
    let Ok(room) = Arc::clone(&app.streams).try_acquire_owned() else {
        return Err(Problem::new(ProblemCode::TooManyStreams, "too many streams are open"));
    };
    let columns = columns.iter().map(|column| (*column).to_owned()).collect();
    let (first, next) = read(start).await?;
    let head = text(std::iter::once(columns).chain(first));
    let rest = unfold((next, read, app.stop.clone(), room), |(place, read, stop, room)| async move {
        let lines = tokio::select! {
            lines = read(place?) => lines.map_err(|_| "the database does not answer"),
            () = stop.cancelled() => Err("the server stops"),
        };
        let (part, next) = match lines {
            Ok((lines, next)) => (text(lines), next),
            Err(why) => (Err(io::Error::other(why)), None),
        };
        Some((part, (next, read, stop, room)))
    });
    let disposition = format!("attachment; filename=\"{file}\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present"),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::VARY, "accept"),
    ];
    Ok((headers, Body::from_stream(once(ready(head)).chain(rest))).into_response())
}

fn text(lines: impl IntoIterator<Item = Line>) -> Result<Bytes, io::Error> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in lines {
        writer.write_record(line.into_iter().map(harmless))?;
    }
    writer.into_inner().map(Bytes::from).map_err(csv::IntoInnerError::into_error)
}

/// A cell that a spreadsheet would take for a formula, as text.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_cells_are_quoted_and_never_formulas() {
        let cells = ["=1+1", "+4", "-4", "@x", "a,b", "say \"no\"", "a=b", ""];
        let line = text([cells.map(str::to_owned).to_vec()]).unwrap();
        assert_eq!(line, "'=1+1,'+4,'-4,'@x,\"a,b\",\"say \"\"no\"\"\",a=b,\r\n");
    }
}
