//! Lists of mints, newest first: which index serves which filter.
//!
//! Of the filters that are given, the one that leaves the fewest mints is a list's *driver*: an index in the order of the
//! list serves it, and nothing else does, because the list is ordered by time and id, which the primary key cannot serve,
//! and "all" is asked for by an expression that one index alone has. The other filters are applied to a window of the
//! driver's rows, so that no list ever reads more than [`WINDOW`] rows at once, whatever the planner knows of them.

use std::sync::LazyLock;

use alloy::primitives::{Address, B256};
use sqlx::any::AnyRow;
use sqlx::query::QueryAs;
use sqlx::{Any, Database, FromRow};

use super::database::Store;
use super::error::StoreError;
use super::rows::{MINT_COLUMNS, MintRow, StoredMint, readable, text};
use crate::domain::State;

/// Rows of a driver to which the other filters are applied at once.
const WINDOW: usize = 2_000;
/// Windows that are looked at for one page.
const WINDOWS_MAX: usize = 10;
/// Most rows of a page.
const PAGE_MAX: usize = 1_000;
/// What changes later than this after it was accepted is late: two days. The index that has it says the same.
const LATE_MS: i64 = 172_800_000;

/// Which mints a list shows.
#[derive(Clone, Debug, Default)]
pub struct MintFilter {
    /// Only those of this account; none = of all accounts.
    pub account: Option<String>,
    /// Only those in one of these states; none = in any.
    pub states: Vec<State>,
    /// Only those of the basket with this token.
    pub stablecoin: Option<Address>,
    /// Only those for this beneficiary.
    pub beneficiary: Option<Address>,
    /// Only those that came with this bank reference.
    pub bank_reference: Option<String>,
    /// Only those that ended with this code.
    pub code: Option<&'static str>,
    /// Only those whose mint event is in this transaction.
    pub tx: Option<B256>,
    /// Only those accepted at this time or later, unix ms.
    pub created_from: Option<i64>,
    /// Only those accepted before this time, unix ms.
    pub created_to: Option<i64>,
    /// Only those that changed at this time or later, unix ms.
    pub updated_from: Option<i64>,
    /// Only those after this place in the list.
    pub after: Option<MintPosition>,
    /// Most rows, up to 1 000; 0 = as many.
    pub limit: usize,
}

/// A place in a list: the mint that was accepted at this time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MintPosition {
    /// When, unix ms.
    pub created_at: i64,
    /// Its id; nothing comes after all mints of that time.
    pub id: String,
}

impl MintPosition {
    /// After everything that was accepted at this time or later.
    const fn before(created_at: i64) -> Self {
        Self { created_at, id: String::new() }
    }
}

/// One page of a list.
#[derive(Clone, Debug, Default)]
pub struct StoredPage {
    /// The mints; those that cannot be read are set aside.
    pub mints: Vec<StoredMint>,
    /// Where the next page begins; none = this is the last one.
    pub next: Option<MintPosition>,
}

/// The filter that an index serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    BankReference,
    Tx,
    Code,
    Beneficiary,
    Stablecoin,
    States,
    All,
    /// All mints of all accounts.
    Everybody,
    /// What still changed long after it was accepted, or may.
    Late,
}

/// The statements of a driver.
pub(super) struct Statements {
    /// A page where nothing but the driver filters.
    pub(super) plain: &'static str,
    /// A page out of a window.
    pub(super) windowed: &'static str,
    /// The last row of a window and the one after it.
    pub(super) end: &'static str,
}

// $1 account, $2 and $3 the place after which, $4 the time from which; the others are those of a page, and then the
// driver's own.
const MINTS: &str = "SELECT id, created_at FROM mints WHERE {driver} AND (created_at, id) < ($2, $3) \
    AND created_at >= $4 ORDER BY created_at DESC, id DESC LIMIT {window}";
const QUEUE: &str = "SELECT mint_id AS id, created_at FROM queue WHERE {driver} AND (created_at, mint_id) < ($2, $3) \
    AND created_at >= $4 ORDER BY created_at DESC, mint_id DESC LIMIT {window}";
/// What the driver leaves to be filtered: $5 beneficiary, $6 token, $7 code, $8 states, $9 time of the last change.
const REST: &str = "($5 = '' OR m.beneficiary = $5) AND ($6 = '' OR m.stablecoin = $6) AND ($7 = '' OR m.code = $7) \
    AND ($8 = '' OR $8 LIKE '%,' || COALESCE(q.state, m.outcome) || ',%') \
    AND COALESCE(q.updated_at, m.updated_at) >= $9";
/// Parameters of a page before those of its driver; the last one is the number of rows.
const PAGE_PARAMETERS: usize = 10;

static STATEMENTS: LazyLock<[Statements; 9]> = LazyLock::new(|| Driver::ALL.map(Statements::of));

impl Driver {
    pub(super) const ALL: [Self; 9] = [
        Self::BankReference,
        Self::Tx,
        Self::Code,
        Self::Beneficiary,
        Self::Stablecoin,
        Self::States,
        Self::All,
        Self::Everybody,
        Self::Late,
    ];

    const fn of(filter: &MintFilter) -> Self {
        match filter {
            MintFilter { bank_reference: Some(_), .. } => Self::BankReference,
            MintFilter { tx: Some(_), .. } => Self::Tx,
            MintFilter { code: Some(_), .. } => Self::Code,
            MintFilter { beneficiary: Some(_), .. } => Self::Beneficiary,
            MintFilter { stablecoin: Some(_), .. } => Self::Stablecoin,
            _ if !filter.states.is_empty() => Self::States,
            _ => Self::All,
        }
    }

    /// The selections that together are the driver's rows, each in the order of the list.
    fn branches(self, first: usize) -> Vec<String> {
        let mints = |driver: String| MINTS.replace("{driver}", &driver);
        let queue = |driver: String| QUEUE.replace("{driver}", &driver);
        let by = |column: &str| mints(format!("account_id = $1 AND {column} = ${first}"));
        let partial =
            |column: &str| mints(format!("account_id = $1 AND {column} = ${first} AND {column} <> ''"));
        match self {
            Self::All => vec![mints("(account_id || '') = $1".to_owned())],
            Self::Everybody => vec![mints("$1 = '' AND (accepted - accepted) = 0".to_owned())],
            Self::BankReference => vec![partial("bank_reference")],
            Self::Code => vec![partial("code")],
            Self::Beneficiary => vec![by("beneficiary")],
            Self::Stablecoin => vec![by("stablecoin")],
            Self::Tx => {
                let living = format!("account_id = $1 AND tx = ${first} AND tx <> ''");
                vec![partial("tx"), queue(living)]
            }
            Self::Late => {
                let ended = mints(format!("account_id = $1 AND updated_at > created_at + {LATE_MS}"));
                let living = State::ALL.into_iter().filter(|state| !state.is_terminal());
                let living =
                    living.map(|state| queue(format!("account_id = $1 AND state = '{}'", state.word())));
                std::iter::once(ended).chain(living).collect()
            }
            Self::States => {
                let one = |(at, state): (usize, State)| match (state.is_terminal(), first + at) {
                    (true, wanted) => mints(format!("account_id = $1 AND outcome = ${wanted}")),
                    (false, wanted) => queue(format!("account_id = $1 AND state = ${wanted}")),
                };
                State::ALL.into_iter().enumerate().map(one).collect()
            }
        }
    }

    /// The driver's rows in the order of the list, up to a number of them.
    fn rows(self, first: usize, window: usize) -> String {
        let window = window.to_string();
        let mut branches: Vec<String> =
            self.branches(first).iter().map(|branch| branch.replace("{window}", &window)).collect();
        if branches.len() == 1 {
            return branches.remove(0);
        }
        let numbered = branches.iter().enumerate();
        let selections =
            numbered.map(|(at, branch)| format!("SELECT id, created_at FROM ({branch}) AS b{at}"));
        // A mint that lives again may be found twice.
        let union = selections.collect::<Vec<_>>().join(" UNION ");
        format!("{union} ORDER BY created_at DESC, id DESC LIMIT {window}")
    }

    /// Its own parameters.
    fn words(self, filter: &MintFilter) -> Vec<String> {
        let one = |value: Option<String>| value.into_iter().collect();
        match self {
            Self::BankReference => one(filter.bank_reference.clone()),
            Self::Tx => one(filter.tx.map(|tx| tx.to_string())),
            Self::Code => one(filter.code.map(str::to_owned)),
            Self::Beneficiary => one(filter.beneficiary.map(text)),
            Self::Stablecoin => one(filter.stablecoin.map(text)),
            Self::States => {
                let wanted = |state: State| if filter.states.contains(&state) { state.word() } else { "" };
                State::ALL.map(wanted).map(str::to_owned).to_vec()
            }
            Self::All | Self::Everybody | Self::Late => Vec::new(),
        }
    }

    pub(super) fn statements(self) -> &'static Statements {
        let at = Self::ALL.iter().position(|driver| *driver == self).unwrap_or_default();
        &STATEMENTS[at]
    }
}

impl Statements {
    fn of(driver: Driver) -> Self {
        let page = |window: usize| -> &'static str {
            let rows = driver.rows(PAGE_PARAMETERS + 1, window);
            format!(
                "SELECT {MINT_COLUMNS} FROM ({rows}) AS w JOIN mints m ON m.id = w.id \
                 LEFT JOIN queue q ON q.mint_id = m.id WHERE {REST} \
                 ORDER BY w.created_at DESC, w.id DESC LIMIT $10"
            )
            .leak()
        };
        let (rows, last) = (driver.rows(5, WINDOW + 1), WINDOW - 1);
        let end = format!(
            "SELECT created_at, id FROM ({rows}) AS w ORDER BY created_at DESC, id DESC LIMIT 2 OFFSET {last}"
        );
        Self { plain: page(PAGE_MAX + 1), windowed: page(WINDOW), end: end.leak() }
    }
}

/// The filters that are applied to a driver's rows; empty = any.
#[derive(Default, PartialEq, Eq)]
struct Rest {
    beneficiary: String,
    stablecoin: String,
    code: &'static str,
    states: String,
    updated_from: i64,
}

impl Rest {
    fn of(filter: &MintFilter, driver: Driver) -> Self {
        let unless = |own: Driver, value: Option<String>| match driver == own {
            true => String::new(),
            false => value.unwrap_or_default(),
        };
        let states = (!filter.states.is_empty()).then(|| {
            let words = filter.states.iter().map(|state| format!("{},", state.word()));
            format!(",{}", words.collect::<String>())
        });
        Self {
            beneficiary: unless(Driver::Beneficiary, filter.beneficiary.map(text)),
            stablecoin: unless(Driver::Stablecoin, filter.stablecoin.map(text)),
            code: if driver == Driver::Code { "" } else { filter.code.unwrap_or_default() },
            states: unless(Driver::States, states),
            updated_from: filter.updated_from.unwrap_or_default(),
        }
    }
}

/// What a walk found.
#[derive(Default)]
struct Found {
    rows: Vec<MintRow>,
    /// Where it stopped, if it did not come to the end.
    stopped: Option<MintPosition>,
}

/// A walk through the rows of a driver.
struct Walk<'a> {
    store: &'a Store,
    account: &'a str,
    filter: &'a MintFilter,
    driver: Driver,
    rest: Rest,
}

impl<'a> Walk<'a> {
    fn of(store: &'a Store, account: &'a str, filter: &'a MintFilter, driver: Driver) -> Self {
        Self { store, account, filter, driver, rest: Rest::of(filter, driver) }
    }

    /// Up to `wanted` mints.
    async fn find(&self, wanted: usize) -> Result<Found, StoreError> {
        let end = MintPosition::before(self.filter.created_to.unwrap_or(i64::MAX));
        let mut after = self.filter.after.clone().map_or(end.clone(), |after| after.min(end));
        let mut found = Found::default();
        let is_plain = self.rest == Rest::default();
        for _ in 0..WINDOWS_MAX {
            found.rows.extend(self.window(&after, is_plain, wanted - found.rows.len()).await?);
            if is_plain || found.rows.len() == wanted {
                return Ok(found);
            }
            match self.end_of_window(&after).await? {
                Some(end) => after = end,
                None => return Ok(found),
            }
        }
        found.stopped = Some(after);
        Ok(found)
    }

    async fn window(
        &self,
        after: &MintPosition,
        is_plain: bool,
        wanted: usize,
    ) -> Result<Vec<MintRow>, StoreError> {
        let statements = self.driver.statements();
        let page = self.place(if is_plain { statements.plain } else { statements.windowed }, after);
        let page = page
            .bind(&self.rest.beneficiary)
            .bind(&self.rest.stablecoin)
            .bind(self.rest.code)
            .bind(&self.rest.states)
            .bind(self.rest.updated_from)
            .bind(i64::try_from(wanted).unwrap_or(i64::MAX));
        Ok(self.own(page).fetch_all(&self.store.pool).await?)
    }

    /// The last row of the window after a place, if there are rows after it.
    async fn end_of_window(&self, after: &MintPosition) -> Result<Option<MintPosition>, StoreError> {
        let query = self.own(self.place::<(i64, String)>(self.driver.statements().end, after));
        let rows = query.fetch_all(&self.store.pool).await?;
        let end = |(created_at, id): (i64, String)| MintPosition { created_at, id };
        Ok(if rows.len() == 2 { rows.into_iter().next().map(end) } else { None })
    }

    /// A statement with the parameters that all have.
    fn place<O: for<'r> FromRow<'r, AnyRow>>(&self, sql: &'static str, after: &MintPosition) -> Query<'_, O> {
        let query = sqlx::query_as(sql).bind(self.account.to_owned()).bind(after.created_at);
        query.bind(after.id.clone()).bind(self.filter.created_from.unwrap_or(0))
    }

    /// The statement with the driver's own parameters.
    fn own<'q, O: for<'r> FromRow<'r, AnyRow>>(&self, query: Query<'q, O>) -> Query<'q, O> {
        self.driver.words(self.filter).into_iter().fold(query, QueryAs::bind)
    }
}

type Query<'q, O> = QueryAs<'q, Any, O, <Any as Database>::Arguments>;

impl Store {
    /// One page of a list, newest first. A page may be short although more follow, where two filters rarely meet.
    pub async fn mints(&self, filter: &MintFilter) -> Result<StoredPage, StoreError> {
        let limit = if filter.limit == 0 { PAGE_MAX } else { filter.limit.min(PAGE_MAX) };
        let Found { mut rows, stopped } = match &filter.account {
            Some(account) => self.find(account, filter, limit + 1).await?,
            None => self.find_in_all(filter, limit + 1).await?,
        };
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = if has_more { rows.last().map(position) } else { stopped };
        Ok(StoredPage { mints: rows.into_iter().filter_map(readable).collect(), next })
    }

    /// The list of all accounts: one index has it where nothing is filtered, else their lists are merged.
    async fn find_in_all(&self, filter: &MintFilter, wanted: usize) -> Result<Found, StoreError> {
        if Driver::of(filter) == Driver::All && filter.updated_from.is_none() {
            return Walk::of(self, "", filter, Driver::Everybody).find(wanted).await;
        }
        let mut all = Found::default();
        for account in self.accounts_in(None).await? {
            let found = self.find(&account, filter, wanted).await?;
            all.rows.extend(found.rows);
            // Where one of them stopped, nothing is known of what comes after.
            all.stopped = all.stopped.max(found.stopped);
        }
        all.rows.sort_by_key(|row| std::cmp::Reverse(position(row)));
        if let Some(stopped) = &all.stopped {
            all.rows.retain(|row| position(row) >= *stopped);
        }
        Ok(all)
    }

    async fn find(&self, account: &str, filter: &MintFilter, wanted: usize) -> Result<Found, StoreError> {
        let driver = Driver::of(filter);
        let since = filter.updated_from.filter(|_| !matches!(driver, Driver::BankReference | Driver::Tx));
        let Some(since) = since else { return Walk::of(self, account, filter, driver).find(wanted).await };
        // What changed since then was accepted not long before, or is late.
        let begin = since.saturating_sub(LATE_MS);
        let created_from = Some(filter.created_from.unwrap_or(0).max(begin));
        let recent = MintFilter { created_from, ..filter.clone() };
        let mut found = Walk::of(self, account, &recent, driver).find(wanted).await?;
        if found.stopped.is_none() && found.rows.len() < wanted {
            let created_to = Some(filter.created_to.unwrap_or(i64::MAX).min(begin));
            let older = MintFilter { created_to, ..filter.clone() };
            let missing = wanted - found.rows.len();
            let late = Walk::of(self, account, &older, Driver::Late).find(missing).await?;
            found.rows.extend(late.rows);
            found.stopped = late.stopped;
        }
        Ok(found)
    }
}

/// Where a mint is in a list.
fn position(row: &MintRow) -> MintPosition {
    MintPosition { created_at: row.created_at, id: row.id.clone() }
}
