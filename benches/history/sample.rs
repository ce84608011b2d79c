//! Mints that a gateway really made, with every row that they left, and copies of them as others would have left them.
//!
//! A copy has ids, references, keys, transactions and beneficiaries of its own, wherever they stand, also inside JSON, and
//! other times; everything else is as it was.

use std::collections::BTreeMap;

use alloy::hex;
use alloy::primitives::Address;
use regex::Regex;
use sha2::{Digest, Sha256};
use sqlx::{AnyConnection, Connection};
use uuid::Builder;

use crate::row::{Table, Value, rows_of};

/// Whoever is minted to most is one of so many.
const BENEFICIARIES: u64 = 5_000;
/// Numbers from here on are times, unix ms; below a time that never comes.
const TIMES: std::ops::Range<i64> = 1_500_000_000_000..9_000_000_000_000;
/// Of ten copies so many are the default account's; the others are shared by as many other accounts as there are left.
const OWN_COPIES: u64 = 6;

/// Tables whose rows belong to a mint, in the order in which they are written, and what finds those of finished mints.
const OF_MINTS: [(&str, &str); 5] = [
    ("mints", "SELECT * FROM mints ORDER BY id"),
    ("runs", "SELECT * FROM runs ORDER BY execution_id"),
    ("run_mints", "SELECT * FROM run_mints ORDER BY mint_id, execution_id"),
    ("idempotency_keys", "SELECT * FROM idempotency_keys ORDER BY mint_id, name"),
    ("events", "SELECT * FROM events WHERE subject IN (SELECT id FROM mints) ORDER BY seq"),
];
/// Tables that are taken over as they are.
const AS_THEY_ARE: [&str; 9] = [
    "accounts",
    "grants",
    "api_keys",
    "access_state",
    "baskets",
    "basket_names",
    "facts",
    "chain_cursors",
    "basket_figures",
];

/// What a copy replaces.
#[derive(Clone, Copy, Debug)]
enum Kind {
    MintId,
    /// 32 bytes in hex, with the prefix or without.
    Digest,
    Name,
    Beneficiary,
}

#[derive(Debug)]
enum Cell {
    /// Text between tokens, and the tokens.
    Text(Vec<String>, Vec<usize>),
    Number(i64),
    Time(i64),
    Account,
}

#[derive(Debug)]
struct Template {
    table: usize,
    cells: Vec<Cell>,
}

/// The mints of a sample.
pub(crate) struct Sample {
    /// The tables of their rows.
    pub(crate) tables: Vec<Table>,
    /// Every row of the sample as it is: those of the mints, and then the others.
    pub(crate) original: Vec<(Table, Vec<Vec<Value>>)>,
    /// All events, in their order.
    pub(crate) events: (Table, Vec<Vec<Value>>),
    /// When the first of them was accepted.
    pub(crate) began_at: i64,
    /// How many mints there are.
    pub(crate) mints: u64,
    templates: Vec<Template>,
    tokens: Vec<(String, Kind)>,
}

/// One copy's rows, by table.
pub(crate) type Copied = Vec<(usize, Vec<Value>)>;

/// The account of a copy.
pub(crate) fn account_of(copy: u64) -> String {
    match copy % 10 {
        part if part < OWN_COPIES => "default".to_owned(),
        part => format!("bank-{part}"),
    }
}

/// The accounts of all copies.
pub(crate) fn accounts() -> Vec<String> {
    (OWN_COPIES..10).map(account_of).collect()
}

impl Sample {
    /// Reads one from a gateway's SQLite file.
    pub(crate) async fn read(path: &str) -> Self {
        sqlx::any::install_default_drivers();
        let mut from =
            AnyConnection::connect(&format!("sqlite:{path}?mode=ro")).await.expect("the sample opens");
        let mut found = Vec::new();
        for (name, sql) in OF_MINTS {
            found.push(rows_of(&mut from, name, sql.to_owned()).await);
        }
        let events = rows_of(&mut from, "events", "SELECT * FROM events ORDER BY seq".to_owned()).await;
        let mut original: Vec<_> = found[..4].to_vec();
        for name in AS_THEY_ARE {
            original.push(rows_of(&mut from, name, format!("SELECT * FROM {name}")).await);
        }
        for name in ["totals", "outcomes", "booked_days"] {
            original.push(rows_of(&mut from, name, format!("SELECT * FROM {name}")).await);
        }
        let tokens = tokens(&found);
        let words: Vec<String> = tokens.iter().map(|(word, _)| regex::escape(word)).collect();
        let splitter = Regex::new(&words.join("|")).expect("words between bars");
        let index: BTreeMap<&str, usize> =
            tokens.iter().enumerate().map(|(at, (word, _))| (word.as_str(), at)).collect();
        let mut templates = Vec::new();
        for (table, (Table { columns, .. }, rows)) in found.iter().enumerate() {
            for row in rows {
                let cells = columns.iter().zip(row).map(|(column, value)| match value {
                    Value::Text(_) if column == "account_id" => Cell::Account,
                    Value::Text(text) => {
                        let literals = splitter.split(text).map(str::to_owned).collect();
                        let tokens = splitter.find_iter(text).map(|found| index[found.as_str()]).collect();
                        Cell::Text(literals, tokens)
                    }
                    Value::Number(number) if TIMES.contains(number) => Cell::Time(*number),
                    Value::Number(number) => Cell::Number(*number),
                });
                templates.push(Template { table, cells: cells.collect() });
            }
        }
        let (mints, rows) = &found[0];
        let column = mints.columns.iter().position(|column| column == "created_at").expect("a time");
        let began_at = rows.iter().filter_map(|row| number(&row[column])).min().expect("a sample with mints");
        let (mints, tables) = (rows.len() as u64, found.into_iter().map(|(table, _)| table).collect());
        Self { tables, original, events, began_at, mints, templates, tokens }
    }

    /// A copy by its number, as if it had been made so much earlier.
    pub(crate) fn copy(&self, copy: u64, earlier_ms: i64) -> Copied {
        let words: Vec<String> = self
            .tokens
            .iter()
            .map(|(word, kind)| replaced(word, *kind, copy, self.began_at - earlier_ms))
            .collect();
        let account = account_of(copy);
        let row = |template: &Template| {
            let cell = |cell: &Cell| match cell {
                Cell::Text(literals, tokens) => {
                    let mut text = literals[0].clone();
                    for (token, literal) in tokens.iter().zip(&literals[1..]) {
                        text.push_str(&words[*token]);
                        text.push_str(literal);
                    }
                    Value::Text(text)
                }
                Cell::Number(number) => Value::Number(*number),
                Cell::Time(time) => Value::Number(time - earlier_ms),
                Cell::Account => Value::Text(account.clone()),
            };
            (template.table, template.cells.iter().map(cell).collect())
        };
        self.templates.iter().map(row).collect()
    }
}

/// The number in a column.
pub(crate) fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(_) => None,
    }
}

fn tokens(found: &[(Table, Vec<Vec<Value>>)]) -> Vec<(String, Kind)> {
    let columns = [
        ("mints", "id", Kind::MintId),
        ("mints", "reference", Kind::Digest),
        ("mints", "fingerprint", Kind::Digest),
        ("mints", "tx", Kind::Digest),
        ("mints", "bank_reference", Kind::Name),
        ("mints", "beneficiary", Kind::Beneficiary),
        ("runs", "execution_id", Kind::Digest),
        ("idempotency_keys", "name", Kind::Name),
    ];
    let mut tokens = BTreeMap::new();
    for (name, column, kind) in columns {
        for (Table { columns, .. }, rows) in found.iter().filter(|(table, _)| table.name == name) {
            let at = columns.iter().position(|known| known == column).expect("a column");
            let words = rows.iter().filter_map(|row| match &row[at] {
                Value::Text(text) if !text.is_empty() => Some((text.clone(), kind)),
                _ => None,
            });
            tokens.extend(words);
        }
    }
    // Inside JSON an address is written in small letters.
    let small = tokens.iter().filter(|(_, kind)| matches!(kind, Kind::Beneficiary));
    let small: Vec<_> = small.map(|(word, kind)| (word.to_lowercase(), *kind)).collect();
    tokens.extend(small);
    let mut tokens: Vec<_> = tokens.into_iter().collect();
    // A name may begin with another one.
    tokens.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
    tokens
}

/// What stands in a copy for a word of the sample.
fn replaced(word: &str, kind: Kind, copy: u64, at_ms: i64) -> String {
    let digest = Sha256::new().chain_update(word.to_lowercase()).chain_update(copy.to_be_bytes());
    let digest: [u8; 32] = digest.finalize().into();
    match kind {
        Kind::MintId => {
            let random = digest[..10].try_into().expect("ten bytes");
            Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &random).into_uuid().to_string()
        }
        Kind::Digest if word.starts_with("0x") => hex::encode_prefixed(digest),
        Kind::Digest => hex::encode(digest),
        Kind::Name => format!("{word}-{copy}"),
        Kind::Beneficiary => {
            let who = u64::from_be_bytes(digest[..8].try_into().expect("eight bytes")) % BENEFICIARIES;
            let named = Sha256::digest(who.to_be_bytes());
            let address = Address::from_slice(&named[..20]);
            if word == word.to_lowercase() { format!("{address:#x}") } else { address.to_string() }
        }
    }
}
