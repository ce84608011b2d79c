//! `GET /baskets/{basket}/statement`.

use std::ops::Range;

use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};

use super::seen::shown_account;
use crate::base::clock::rfc3339;
use crate::domain::{BasketId, Mint};
use crate::http::accept::prefers;
use crate::http::app::App;
use crate::http::csv::{self, CSV, Line, Lines};
use crate::http::dto::page::Cursor;
use crate::http::dto::statement::{COLUMNS, StatementAnswer, StatementQuery, StatementSums, line};
use crate::http::extract::{Asking, BasketPath, Params};
use crate::http::page_link::add_next;
use crate::http::problem::{Problem, problems};
use crate::store::{StatementLines, Store};

/// How long the books stay open: what becomes final is written within this time of the time that it bears.
const OPEN_MS: i64 = 5_000;
/// Lines of a CSV file that are read at once.
const FILE_PAGE: usize = 100;

problems! { StatementProblems: InvalidRequest NotFound TooManyStreams ChainUnavailable StoreUnavailable }

/// Show a statement of a basket
///
/// What became final in a range of time, with transactions and references, and what it adds up to: `opening` + `minted` −
/// `redeemed` = `closing`. The books are those of the caller's account, with `audit:read` those of the account that is named
/// or of all. A line never changes, and none is added to a range that was shown: `to` is the end of what is
/// shown. As CSV: all lines, with the sums as the first and the last ones.
#[utoipa::path(
    get,
    path = "/baskets/{basket}/statement",
    operation_id = "getStatement",
    tag = "baskets",
    security(("key" = ["mint:read"]), ("key" = ["audit:read"])),
    params(BasketPath, StatementQuery),
    responses(
        (status = 200, description = "The sums, and one page of lines.",
            content((StatementAnswer = "application/json"), (String = "text/csv")),
            headers(("Link" = String, description = "The next page, if there is one."))),
        StatementProblems,
    ),
)]
pub async fn show(
    State(app): State<App>,
    Asking(asking): Asking,
    BasketPath(basket): BasketPath,
    uri: Uri,
    headers: HeaderMap,
    Params(query): Params<StatementQuery>,
) -> Result<Response, Problem> {
    let (range, cursor, limit) = query.selection()?;
    let account = shown_account(&app, &asking, query.account).await?;
    let sums = sums(&app, account.as_deref(), basket, range).await?;
    let range = sums.range.clone();
    let after = cursor.map_or((range.start, String::new()), |Cursor { at, id }| (at, id));
    let lines = StatementLines {
        account,
        stablecoin: basket.stablecoin,
        after: after.max((range.start, String::new())),
        to: range.end,
        limit,
    };
    if prefers(&headers, CSV) {
        return file(&app, sums, lines).await;
    }
    let (mints, next) = booked(&app.store, &lines).await?;
    let next = next.map(|(at, id)| Cursor { at, id });
    let (cursor, to) = (next.as_ref().map(Cursor::to_string), rfc3339(range.end));
    let mut response = axum::Json(StatementAnswer::of(&sums, &mints, next)).into_response();
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("accept"));
    if let Some(cursor) = cursor {
        add_next(response.headers_mut(), &app.settings.links, &uri, &[("to", &to), ("cursor", &cursor)]);
    }
    Ok(response)
}

/// The sums of a range, which ends no later than the books are closed.
async fn sums(
    app: &App,
    account: Option<&str>,
    basket: BasketId,
    range: Range<i64>,
) -> Result<StatementSums, Problem> {
    let closed = app.clock.now_ms() - OPEN_MS;
    let range = range.start..range.end.min(closed).max(range.start);
    let store = &app.store;
    let opening = store.booked_before(account, basket.stablecoin, range.start.min(closed)).await?.amount;
    let closing = store.booked_before(account, basket.stablecoin, range.end.min(closed)).await?.amount;
    // Where nothing was minted, every sum is zero.
    let decimals = store.decimals_of(account, basket.stablecoin).await?.unwrap_or_default();
    Ok(StatementSums { basket, decimals, range, opening, closing })
}

async fn booked(
    store: &Store,
    lines: &StatementLines,
) -> Result<(Vec<Mint>, Option<(i64, String)>), Problem> {
    let (stored, next) = store.booked_mints(lines).await?;
    Ok((stored.into_iter().map(|stored| stored.mint).collect(), next))
}

/// The whole statement as a file.
async fn file(app: &App, sums: StatementSums, lines: StatementLines) -> Result<Response, Problem> {
    let (store, after) = (app.store.clone(), lines.after.clone());
    let read = move |after: (i64, String)| {
        let (store, sums) = (store.clone(), sums.clone());
        let lines = StatementLines { after, limit: FILE_PAGE, ..lines.clone() };
        async move {
            let is_first = lines.after.1.is_empty();
            let (mints, next) = booked(&store, &lines).await?;
            let opening = is_first.then(|| sums.opening_line());
            let closing = next.is_none().then(|| sums.closing_lines()).into_iter().flatten();
            let all = opening.into_iter().chain(mints.iter().map(line)).chain(closing);
            Ok::<Lines<_>, Problem>((all.collect::<Vec<Line>>(), next))
        }
    };
    csv::respond(app, "statement.csv", &COLUMNS, after, read).await
}
