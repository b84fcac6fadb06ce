//! Words of columns whose words are given.

use serde::de::DeserializeOwned;

use super::{Fault, columns, shown};

/// The value that a word of a field stands for.
pub(super) fn of<T: DeserializeOwned>(field: &str, word: &str) -> Result<T, Fault> {
    let list = if field == "prefetch" { "yes" } else { field };
    let own = columns::word(list, word);
    let value = own.and_then(|own| match own {
        "true" | "false" => serde_json::from_value((own == "true").into()).ok(),
        own => serde_json::from_value(own.into()).ok(),
    });
    value.ok_or_else(|| Fault::of(field, format!("`{}` is none of {}", shown(word), columns::all(list).join(", "))))
}
