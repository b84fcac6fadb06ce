//! By which names columns and words are known: `governance/data/columns.toml`.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

use super::What;

/// A field of a row, by postlink's own name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(pub(super) &'static str);

impl Field {
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// Names by what they stand for.
type Names = BTreeMap<String, Vec<String>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    complaints: Names,
    conversions: Names,
    touchpoints: Names,
    words: BTreeMap<String, Names>,
}

static DATA: LazyLock<Data> = LazyLock::new(|| {
    toml::from_str(include_str!("../../data/columns.toml")).expect("internal error: the data is read by a test")
});

/// Postlink's own names by all others, as they are compared.
struct Index {
    columns: [HashMap<String, &'static str>; 3],
    words: HashMap<&'static str, HashMap<String, &'static str>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let index = |names: &'static Names| {
        let each = |(own, known): (&'static String, &'static Vec<String>)| {
            known.iter().map(move |name| (normal(name), own.as_str()))
        };
        names.iter().flat_map(each).collect()
    };
    Index {
        columns: What::ALL.map(|what| index(names(what))),
        words: DATA.words.iter().map(|(list, names)| (list.as_str(), index(names))).collect(),
    }
});

fn names(what: What) -> &'static Names {
    match what {
        What::Complaints => &DATA.complaints,
        What::Conversions => &DATA.conversions,
        What::Touchpoints => &DATA.touchpoints,
    }
}

/// The field that a column's name stands for; none where it stands for none.
pub fn field(what: What, name: &str) -> Option<Field> {
    INDEX.columns[what as usize].get(&normal(name)).copied().map(Field)
}

/// Every field, and all names that it has.
pub fn own_names(what: What) -> impl Iterator<Item = (&'static str, &'static [String])> {
    names(what).iter().map(|(field, names)| (field.as_str(), names.as_slice()))
}

/// Postlink's own word for one of a list: `source`, `kind`, `age` or `yes`.
pub(super) fn word(list: &str, word: &str) -> Option<&'static str> {
    INDEX.words.get(list)?.get(&normal(word)).copied()
}

/// Postlink's own words of a list.
pub(super) fn all(list: &str) -> Vec<&'static str> {
    DATA.words.get(list).into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect()
}

/// Without what people write differently: case, width, spaces, `_` and `-`.
fn normal(name: &str) -> String {
    let told = name.nfkc().flat_map(char::to_lowercase);
    told.filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}')).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_column_is_known_by_its_names_however_they_are_written() {
        let known = |what, name| field(what, name).map(Field::name);
        for name in ["refunded_yuan", "Refunded-Yuan", "退款金额（元）", " 退款金额(元) ", "REFUND YUAN"] {
            assert_eq!(known(What::Complaints, name), Some("refunded_yuan"), "{name}");
        }
        assert_eq!(known(What::Touchpoints, "Click_ID"), Some("id"), "of a click it is its own");
        assert_eq!(known(What::Complaints, "Click_ID"), Some("click"));
        assert_eq!(known(What::Complaints, "退款金额"), None, "it does not say of what");
    }

    #[test]
    fn a_name_stands_for_one_field() {
        for what in What::ALL {
            let mut seen = BTreeSet::new();
            for (own, names) in own_names(what) {
                assert_eq!(normal(&names[0]), normal(own), "the first name is postlink's own");
                for name in names {
                    assert!(seen.insert(normal(name)), "`{name}` stands for two of {}", what.word());
                }
            }
        }
        for (list, names) in &DATA.words {
            let all: Vec<String> = names.values().flatten().map(|name| normal(name)).collect();
            assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{list}");
        }
    }
}
