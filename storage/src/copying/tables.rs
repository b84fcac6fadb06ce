//! What changes from day to day, row by row: ads, landings, sweeps, rounds, the frontier, decisions, what users did and said
//! after the click, what is on its way to other systems, and accounts with their tokens and what was done with them. Sessions
//! and remembered answers are of a day only.
//!
//! The store that is copied is right: what a copy that was cut off has left, or an earlier one, is replaced.

use sqlx::{Postgres, QueryBuilder, Row as _, Sqlite};

use crate::postgres::PostgresStore;
use crate::sqlite::SqliteStore;
use crate::store::StoreError;

/// Rows copied at once: of the widest table thirty times as many values, of which a statement takes 65,535.
const ROWS: i64 = 1_000;

/// A table, with those of its columns that hold texts, and those that hold whole numbers.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// How many of the first columns name a row, which are texts all or one number.
    key: usize,
    pub(super) columns: &'static [Column],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Column {
    Text(&'static str),
    Whole(&'static str),
}

use Column::{Text, Whole};

impl Column {
    pub(super) fn name(self) -> &'static str {
        match self {
            Text(name) | Whole(name) => name,
        }
    }
}

/// A value of a row.
#[derive(Clone, Debug)]
enum Value {
    Text(Option<String>),
    Whole(Option<i64>),
}

/// All of them; what rows of others name comes first.
pub(super) const ALL: [Table; 35] = [
    Table {
        name: "ads",
        key: 1,
        columns: &[
            Text("ad_id"),
            Text("platform"),
            Text("advertiser"),
            Text("trade"),
            Whole("approved_at"),
            Whole("ends_at"),
            Text("landing"),
            Text("ad"),
            Text("folder"),
            Whole("imported_at"),
            Whole("updated_at"),
        ],
    },
    Table { name: "ad_tags", key: 2, columns: &[Text("tag"), Text("ad_id")] },
    Table {
        name: "ad_files",
        key: 2,
        columns: &[
            Text("ad_id"),
            Text("path"),
            Text("evidence_id"),
            Text("lay_at"),
            Whole("bytes"),
            Whole("changed_ns"),
        ],
    },
    Table { name: "ad_moves", key: 3, columns: &[Text("ad_id"), Whole("until"), Text("landing")] },
    Table {
        name: "landings",
        key: 1,
        columns: &[
            Text("landing"),
            Text("url"),
            Text("host"),
            Whole("added_at"),
            Whole("approved_at"),
            Text("seen"),
            Text("history"),
            Text("cost"),
            Whole("next_due"),
            Text("page"),
            Whole("bad"),
            Text("template"),
            Whole("bad_at"),
            Whole("good_at"),
        ],
    },
    Table { name: "sweeps", key: 1, columns: &[Text("name"), Text("state"), Whole("next_at"), Text("sweep")] },
    Table {
        name: "rounds",
        key: 1,
        columns: &[
            Text("round"),
            Text("sweep"),
            Text("state"),
            Whole("opened_at"),
            Whole("ended_at"),
            Whole("ads"),
            Whole("landings"),
            Whole("left_out"),
            Whole("jobs"),
            Text("so_far"),
        ],
    },
    Table { name: "round_cases", key: 2, columns: &[Text("round"), Text("ad_id"), Text("job_id"), Text("case_id")] },
    Table { name: "hosts", key: 1, columns: &[Text("host"), Whole("next_at"), Whole("lease"), Whole("failures")] },
    Table { name: "queues", key: 2, columns: &[Text("host"), Text("pool"), Whole("best"), Whole("ready_at")] },
    Table {
        name: "jobs",
        key: 1,
        columns: &[
            Text("job_id"),
            Text("round"),
            Text("host"),
            Text("pool"),
            Whole("priority"),
            Text("state"),
            Whole("ready_at"),
            Whole("attempts"),
            Whole("most_attempts"),
            Whole("token"),
            Whole("until"),
            Text("work"),
            Text("outcome"),
            Text("reason"),
            Text("also"),
        ],
    },
    Table {
        name: "attempts",
        key: 1,
        columns: &[
            Whole("token"),
            Text("job_id"),
            Whole("attempt"),
            Whole("granted_at"),
            Whole("until"),
            Text("worker"),
            Whole("ended_at"),
            Text("ended"),
            Text("reason"),
            Whole("late_at"),
        ],
    },
    Table {
        name: "decisions",
        key: 1,
        columns: &[
            Whole("number"),
            Text("case_id"),
            Whole("violation"),
            Text("decision"),
            Text("reason"),
            Text("decided_by"),
            Whole("decided_at"),
            Whole("leaf_index"),
            Text("record"),
        ],
    },
    Table {
        name: "appeals",
        key: 1,
        columns: &[
            Whole("number"),
            Text("case_id"),
            Whole("violation"),
            Text("said"),
            Text("appealed_by"),
            Whole("appealed_at"),
            Whole("behind"),
        ],
    },
    Table {
        name: "appeal_files",
        key: 2,
        columns: &[Whole("appeal"), Whole("place"), Text("evidence_id"), Text("media_type"), Whole("bytes")],
    },
    Table { name: "corrections", key: 1, columns: &[Text("case_id"), Text("said_by"), Whole("said_at")] },
    Table { name: "badge_keys", key: 1, columns: &[Text("name"), Text("key")] },
    Table {
        name: "previews",
        key: 1,
        columns: &[
            Text("ad_id"),
            Text("role"),
            Text("platform"),
            Text("advertiser"),
            Text("title"),
            Text("made_by"),
            Whole("made_at"),
        ],
    },
    Table {
        name: "touchpoints",
        key: 2,
        columns: &[
            Text("platform"),
            Text("id"),
            Text("kind"),
            Whole("at"),
            Text("user_id"),
            Text("ad"),
            Text("channel"),
            Text("device"),
            Text("ip"),
            Whole("ip_cut"),
            Text("user_agent"),
            Whole("width"),
            Whole("height"),
            Whole("prefetch"),
            Whole("north_e6"),
            Whole("east_e6"),
            Text("invalid"),
            Text("digest"),
            Whole("kept_until"),
        ],
    },
    Table {
        name: "conversions",
        key: 2,
        columns: &[
            Text("platform"),
            Text("id"),
            Text("kind"),
            Whole("at"),
            Text("user_id"),
            Text("ad"),
            Text("click"),
            Whole("value"),
            Text("belongs"),
            Text("linked_by"),
            Text("via"),
            Text("invalid"),
            Text("invalid_click"),
            Text("digest"),
        ],
    },
    Table {
        name: "complaints",
        key: 2,
        columns: &[
            Text("platform"),
            Text("id"),
            Text("source"),
            Whole("at"),
            Text("said"),
            Text("user_id"),
            Text("ad"),
            Text("click"),
            Text("age"),
            Whole("rating"),
            Whole("refunded"),
            Text("belongs"),
            Text("linked_by"),
            Text("via"),
            Text("label"),
            Text("scenario"),
            Text("kind"),
            Text("severity"),
            Whole("label_settled"),
            Text("excluded"),
            Text("doubted"),
            Whole("noise_heeded"),
            Whole("noise_settled"),
            Text("digest"),
            Whole("kept_until"),
            Whole("forgotten"),
            Text("bare_digest"),
        ],
    },
    Table {
        name: "complaint_words",
        key: 1,
        columns: &[
            Whole("number"),
            Text("platform"),
            Text("id"),
            Text("word"),
            Text("body"),
            Text("why"),
            Text("said_by"),
            Whole("by_rule"),
            Whole("said_at"),
        ],
    },
    Table {
        name: "outbox",
        key: 1,
        columns: &[
            Text("event_id"),
            Text("kind"),
            Text("case_id"),
            Whole("happened_at"),
            Whole("spread"),
            Text("body"),
        ],
    },
    Table {
        name: "deliveries",
        key: 2,
        columns: &[
            Text("event_id"),
            Text("destination"),
            Text("state"),
            Whole("attempts"),
            Whole("next_at"),
            Text("trouble"),
            Whole("ended_at"),
        ],
    },
    Table {
        name: "accounts",
        key: 1,
        columns: &[
            Text("name"),
            Text("role"),
            Text("tenant"),
            Text("platform"),
            Text("language"),
            Whole("created_at"),
            Whole("disabled_at"),
            Whole("totp"),
            Text("issuer_subject"),
            Text("password"),
            Text("totp_secret"),
            Whole("totp_step"),
            Whole("version"),
            Text("region"),
        ],
    },
    Table { name: "recovery_codes", key: 2, columns: &[Text("account"), Text("hash")] },
    Table {
        name: "webhooks",
        key: 1,
        columns: &[
            Text("webhook_id"),
            Text("account"),
            Text("url"),
            Text("kinds"),
            Text("secret"),
            Text("earlier"),
            Whole("turned_at"),
            Whole("made_at"),
        ],
    },
    Table {
        name: "tokens",
        key: 1,
        columns: &[
            Text("token_id"),
            Text("hash"),
            Text("account"),
            Text("purpose"),
            Text("scopes"),
            Whole("made_at"),
            Whole("ends_at"),
            Whole("used_at"),
            Whole("revoked_at"),
        ],
    },
    Table {
        name: "accesses",
        key: 1,
        columns: &[
            Whole("number"),
            Whole("at"),
            Text("who"),
            Text("role"),
            Text("action"),
            Text("object"),
            Text("address"),
        ],
    },
    Table {
        name: "measures",
        key: 1,
        columns: &[
            Whole("number"),
            Text("platform"),
            Text("advertiser"),
            Text("ladder"),
            Text("step"),
            Text("severity"),
            Text("reasons"),
            Whole("to_decide"),
            Whole("proposed_at"),
            Text("state"),
            Whole("ends_at"),
            Text("region"),
        ],
    },
    Table { name: "measure_cases", key: 2, columns: &[Whole("measure"), Text("case_id"), Text("ladder")] },
    Table {
        name: "measure_turns",
        key: 2,
        columns: &[Whole("measure"), Text("state"), Text("turned_by"), Whole("turned_at"), Text("why")],
    },
    Table {
        name: "transfers",
        key: 1,
        columns: &[
            Whole("number"),
            Text("case_id"),
            Text("subject"),
            Text("authority"),
            Text("document"),
            Text("basis"),
            Text("sums"),
            Text("made_by"),
            Whole("made_at"),
        ],
    },
    Table {
        name: "ledger",
        key: 1,
        columns: &[
            Whole("number"),
            Whole("at"),
            Text("act"),
            Text("subject"),
            Text("what"),
            Text("follows"),
            Text("done_by"),
            Text("body"),
            Text("previous"),
            Text("hash"),
        ],
    },
    Table {
        name: "ledger_scopes",
        key: 1,
        columns: &[Whole("number"), Text("platform"), Text("advertiser"), Text("region")],
    },
];

/// Nothing is ever taken away from these: rows that were copied before stay.
const ONLY_GROW: [&str; 3] = ["accesses", "ledger", "ledger_scopes"];

/// Copies every row of these tables; gives back how many there are.
pub(super) async fn copy(from: &SqliteStore, to: &PostgresStore) -> Result<u64, StoreError> {
    let mut copied = 0;
    for table in &ALL {
        // What is there and not in the store that is copied was deleted there since.
        if !ONLY_GROW.contains(&table.name) {
            clear(to, table).await?;
        }
        let mut behind: Option<Vec<Value>> = None;
        loop {
            let rows = read(from, table, behind.as_deref()).await?;
            let Some(last) = rows.last() else { break };
            behind = Some(last[..table.key].to_vec());
            write(to, table, &rows).await?;
            copied += rows.len() as u64;
        }
    }
    for goes_on in [
        // Tokens only grow: a lease that is given from now on fences all that were given before.
        "SELECT setval(pg_get_serial_sequence('attempts', 'token'), (SELECT coalesce(max(token), 0) + 1 FROM attempts), false)",
        "SELECT setval(pg_get_serial_sequence('accesses', 'number'), (SELECT coalesce(max(number), 0) + 1 FROM accesses), false)",
    ] {
        sqlx::query(goes_on).execute(to.reading()).await.map_err(|source| to.database(source))?;
    }
    Ok(copied)
}

async fn clear(to: &PostgresStore, table: &Table) -> Result<(), StoreError> {
    let mut rows = QueryBuilder::<Postgres>::new("DELETE FROM ");
    rows.push(table.name);
    rows.build().execute(to.reading()).await.map(drop).map_err(|source| to.database(source))
}

/// Some rows, in the order of their keys, behind one.
async fn read(from: &SqliteStore, table: &Table, behind: Option<&[Value]>) -> Result<Vec<Vec<Value>>, StoreError> {
    let mut rows = QueryBuilder::<Sqlite>::new("SELECT ");
    list(&mut rows, table.columns);
    rows.push(" FROM ").push(table.name);
    if let Some(behind) = behind {
        rows.push(" WHERE (");
        list(&mut rows, &table.columns[..table.key]);
        rows.push(") > (");
        let mut values = rows.separated(", ");
        for value in behind {
            match value {
                Value::Text(text) => values.push_bind(text.clone()),
                Value::Whole(number) => values.push_bind(*number),
            };
        }
        rows.push(")");
    }
    rows.push(" ORDER BY ");
    list(&mut rows, &table.columns[..table.key]);
    rows.push(" LIMIT ").push_bind(ROWS);
    let failed = |source| from.database(source);
    let rows = rows.build().fetch_all(from.reading()).await.map_err(failed)?;
    let value = |row: &sqlx::sqlite::SqliteRow, at: usize, column: &Column| match column {
        Text(_) => row.try_get(at).map(Value::Text),
        Whole(_) => row.try_get(at).map(Value::Whole),
    };
    let row = |row: &sqlx::sqlite::SqliteRow| {
        table.columns.iter().enumerate().map(|(at, column)| value(row, at, column)).collect::<Result<Vec<_>, _>>()
    };
    rows.iter().map(row).collect::<Result<_, _>>().map_err(failed)
}

async fn write(to: &PostgresStore, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreError> {
    let mut statement = QueryBuilder::<Postgres>::new("INSERT INTO ");
    statement.push(table.name).push(" (");
    list(&mut statement, table.columns);
    statement.push(") OVERRIDING SYSTEM VALUE ");
    statement.push_values(rows, |mut row, values| {
        for value in values {
            match value {
                Value::Text(text) => row.push_bind(text.clone()),
                Value::Whole(number) => row.push_bind(*number),
            };
        }
    });
    if ONLY_GROW.contains(&table.name) {
        statement.push(" ON CONFLICT DO NOTHING");
    }
    statement.build().execute(to.reading()).await.map(drop).map_err(|source| to.database(source))
}

fn list<D: sqlx::Database>(statement: &mut QueryBuilder<D>, columns: &[Column]) {
    let mut names = statement.separated(", ");
    for column in columns {
        names.push(column.name());
    }
}
