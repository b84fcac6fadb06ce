//! The store that the console stands on, whichever database it is of.

use std::sync::Arc;

use storage::postgres::PostgresStore;
use storage::sqlite::SqliteStore;

/// An open store, shared with whoever else works on it in this process.
#[derive(Clone)]
pub enum Stored {
    Folder(Arc<SqliteStore>),
    Database(Arc<PostgresStore>),
}

/// Asks the store the same, whichever it is: `ask!(app.stored, store => store.case(id).await)`.
macro_rules! ask {
    ($stored:expr, $store:ident => $what:expr) => {
        match &$stored {
            $crate::stored::Stored::Folder($store) => $what,
            $crate::stored::Stored::Database($store) => $what,
        }
    };
}

pub(crate) use ask;
