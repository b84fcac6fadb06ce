//! Which parameters are trackers: our own list of click ids, and the list of ClearURLs, which is read at run time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::{Regex, RegexBuilder, RegexSet, RegexSetBuilder};
use serde::Deserialize;
use url::Url;

/// What `words.toml` holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    clicks: BTreeSet<String>,
    kept: BTreeSet<String>,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(include_str!("words.toml")).expect("internal error: the words are tested"));

/// Shorter names select pages as often as not. Letters.
const SHORTEST: usize = 3;
/// A larger file is no list of trackers. Bytes.
const LARGEST: u64 = 8 << 20;

/// Why a list of trackers cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrackersError {
    #[error("read the tracking rules {path}: {source}; name a copy of ClearURLs' rules, or \"\" to do without")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the tracking rules {path} are not as ClearURLs writes them: {source}; put the file back from a copy")]
    Unknown { path: PathBuf, source: serde_json::Error },
    #[error(
        "the tracking rules {path}: `{provider}` has a pattern that cannot be used: {source}; take another version"
    )]
    Pattern { path: PathBuf, provider: String, source: Box<regex::Error> },
    #[error("the tracking rules {0} are larger than 8 MiB: name a copy of ClearURLs' rules")]
    TooLarge(PathBuf),
}

/// Lists of trackers, ready to be asked.
#[derive(Default)]
pub struct Trackers {
    sites: Vec<Site>,
    /// One pattern for each site, in their order.
    patterns: RegexSet,
}

struct Site {
    names: RegexSet,
    exceptions: RegexSet,
    /// What is cut out of a path.
    in_path: Vec<Regex>,
}

/// As ClearURLs writes them; what it does besides (blocking, unwrapping) is not for a key.
#[derive(Deserialize)]
struct File {
    providers: BTreeMap<String, Provider>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Provider {
    url_pattern: String,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    raw_rules: Vec<String>,
    #[serde(default)]
    exceptions: Vec<String>,
}

impl Trackers {
    /// Our own list, and that in a file.
    pub fn read(path: &Path) -> Result<Self, TrackersError> {
        let unreadable = |source| TrackersError::Unreadable { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST {
            return Err(TrackersError::TooLarge(path.to_owned()));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let unknown = |source| TrackersError::Unknown { path: path.to_owned(), source };
        let file: File = serde_json::from_str(&text).map_err(unknown)?;
        let of = |provider: &str| {
            let (path, provider) = (path.to_owned(), provider.to_owned());
            move |source| TrackersError::Pattern { path, provider, source: Box::new(source) }
        };
        let mut sites = Vec::with_capacity(file.providers.len());
        for (name, provider) in &file.providers {
            sites.push(Site::ready(provider).map_err(of(name))?);
        }
        let patterns = set(file.providers.values().map(|provider| provider.url_pattern.clone())).map_err(of("all"))?;
        Ok(Self { sites, patterns })
    }

    /// The sites whose lists hold for a URL.
    pub(super) fn of(&self, url: &str) -> Vec<usize> {
        let matching = self.patterns.matches(url);
        matching.iter().filter(|site| !self.sites[*site].exceptions.is_match(url)).collect()
    }

    /// Whether a parameter says who clicked, or how it is counted, and selects no page.
    pub(super) fn is_one(&self, name: &str, of_url: &[usize]) -> bool {
        let small = name.to_ascii_lowercase();
        if WORDS.clicks.contains(&small) {
            return true;
        }
        if small.len() < SHORTEST || WORDS.kept.contains(&small) {
            return false;
        }
        of_url.iter().any(|site| self.sites[*site].names.is_match(name))
    }

    /// A path without what the lists cut out of it.
    pub(super) fn of_path(&self, path: &str, url: &Url) -> String {
        let mut path = path.to_owned();
        for site in self.of(url.as_str()) {
            for cut in &self.sites[site].in_path {
                path = cut.replace_all(&path, "").into_owned();
            }
        }
        path
    }
}

impl Site {
    fn ready(provider: &Provider) -> Result<Self, regex::Error> {
        let path_only = provider.raw_rules.iter().filter(|rule| rule.starts_with(r"\/"));
        Ok(Self {
            names: set(provider.rules.iter().map(|rule| format!("^(?:{rule})$")))?,
            exceptions: set(provider.exceptions.iter().cloned())?,
            in_path: path_only
                .map(|rule| RegexBuilder::new(rule).case_insensitive(true).build())
                .collect::<Result<_, _>>()?,
        })
    }
}

fn set(patterns: impl Iterator<Item = String>) -> Result<RegexSet, regex::Error> {
    RegexSetBuilder::new(patterns).case_insensitive(true).build()
}
