//! Reads TOML strictly: an error names file, line and column, and what was perhaps meant.

use std::collections::BTreeMap;
use std::ops::Range;

use include_dir::{Dir, DirEntry};
use serde::de::DeserializeOwned;

/// What is wrong in a pack or lexicon, and where.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}{}", hint(nearest.as_deref()))]
pub struct PackError {
    pub file: String,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    pub message: String,
    /// The known name that looks most like the unknown one.
    pub nearest: Option<String>,
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// One file, as its path from the folder of all packs or lexicons, and its text.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl Source<'_> {
    pub(crate) fn parse<T: DeserializeOwned>(self) -> Result<T, PackError> {
        toml::from_str(self.text).map_err(|error| {
            let message = error.message().trim_end().to_owned();
            let nearest = meant(&message);
            self.error(error.span().unwrap_or(0..0), message, nearest)
        })
    }

    pub(crate) fn error(self, span: Range<usize>, message: impl Into<String>, nearest: Option<String>) -> PackError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        PackError { file: self.file.to_owned(), line, column, message: message.into(), nearest }
    }
}

/// serde says "unknown field `x`, expected one of `a`, `b`": the first name in backticks is wrong, the others are known.
fn meant(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let wrong = names.next()?;
    nearest(wrong, names)
}

/// The known name most like the wrong one, if any is like it at all.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    known
        .into_iter()
        .map(|name| (strsim::normalized_damerau_levenshtein(wrong, name), name))
        .filter(|(likeness, _)| *likeness >= 0.4)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name.to_owned())
}

/// The files of an embedded folder by path, with `/` between names.
pub(crate) fn embedded(dir: &Dir<'_>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => files.extend(embedded(dir)),
            DirEntry::File(file) => {
                if let Some(text) = file.contents_utf8() {
                    files.insert(file.path().to_string_lossy().replace('\\', "/"), text.to_owned());
                }
            }
        }
    }
    files
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Known {
        #[expect(dead_code, reason = "only its name matters")]
        severity: String,
        #[expect(dead_code, reason = "only its name matters")]
        title: String,
    }

    #[test]
    fn an_unknown_key_is_named_with_line_column_and_the_nearest_known_key() {
        let source = Source { file: "p/rules/r.toml", text: "title = \"x\"\n\nseverty = \"S4\"\n" };
        let error = source.parse::<Known>().unwrap_err();
        assert_eq!((error.line, error.column, error.nearest.as_deref()), (3, 1, Some("severity")));
        assert_eq!(
            error.to_string(),
            "p/rules/r.toml:3:1: unknown field `severty`, expected `severity` or `title`; did you mean `severity`?"
        );
    }

    #[test]
    fn a_damaged_file_is_named_with_its_line() {
        let error = Source { file: "p/pack.toml", text: "title = \"x\"\n标题 = = 1\n" }.parse::<Known>().unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("p/pack.toml", 2));
    }

    #[test]
    fn a_name_like_none_suggests_nothing() {
        assert_eq!(nearest("zzz", ["severity", "title"]), None);
    }
}
