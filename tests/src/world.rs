//! One test world: a few hosts, what they answer, and ads that lead into it with the verdicts they deserve.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use model::ad::Ad;
use serde::{Deserialize, Serialize};

use crate::hostile::answer::Raw;

/// One folder of `tests/sites`, as its `site.toml` describes it.
#[derive(Clone, Debug)]
pub struct World {
    /// Its folder below `tests/sites`.
    pub name: String,
    pub folder: PathBuf,
    pub hosts: Vec<String>,
    pub routes: Vec<Route>,
    pub ads: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    hosts: Vec<String>,
    #[serde(default)]
    routes: Vec<Route>,
    ads: Vec<Entry>,
}

/// What one address answers. Of several routes with the same host and path the first that fits the visitor counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    pub host: String,
    /// Exact, or with `*` at its end: every path that begins so.
    pub path: String,
    /// Only for visitors whose `User-Agent` contains this.
    pub user_agent: Option<String>,
    /// Only for so many requests of this host and path, the first ones.
    pub first: Option<usize>,
    /// Relative to `pages/`.
    pub file: Option<String>,
    pub json: Option<toml::Value>,
    pub redirect: Option<Redirect>,
    /// What no HTTP library would send, by its name; only a [`crate::hostile::Hostile`] answers so.
    pub raw: Option<Raw>,
    /// 200 unless said otherwise.
    pub status: Option<u16>,
    /// How long the server thinks before it answers.
    #[serde(default)]
    pub delay_ms: u64,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// An HTTP redirect.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    pub status: u16,
    /// `{query}` stands for the query of the request, as trackers pass it on.
    pub to: String,
}

/// One ad and what postlink should say of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Entry {
    pub expect: Expect,
    #[serde(flatten)]
    pub ad: Ad,
}

/// The verdict an ad deserves, and the checks that should say why: all of them, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// `violating`, `clean` or `inconclusive`.
    pub verdict: String,
    /// For hostile worlds: those that may be told of what the page does to its visitor.
    #[serde(default)]
    pub checks: Vec<String>,
    /// For hostile worlds: the reasons that its gaps may give. An inconclusive ad has one at least, a clean one none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// For hostile worlds: what must be read on the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reads: Vec<String>,
}

/// The folder of all test worlds.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sites")
}

/// Reads every world of `tests/sites`, in the order of their names; the hostile ones are none of them.
pub fn all() -> Result<Vec<World>> {
    within("")
}

/// Reads every world of `tests/sites/hostile`: pages that want to break whoever examines them.
pub fn hostile() -> Result<Vec<World>> {
    within("hostile/")
}

fn within(group: &str) -> Result<Vec<World>> {
    let folder = folder().join(group);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
        let entry = entry?;
        if entry.path().join("site.toml").is_file() {
            names.push(format!("{group}{}", entry.file_name().to_string_lossy()));
        }
    }
    names.sort();
    names.iter().map(|name| World::read(name)).collect()
}

impl World {
    /// Reads the world of this name: its folder below `tests/sites`.
    pub fn read(name: &str) -> Result<Self> {
        let folder = folder().join(name);
        let path = folder.join("site.toml");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        let file: File = toml::from_str(&text).with_context(|| format!("{}", path.display()))?;
        for route in &file.routes {
            if !file.hosts.contains(&route.host) {
                bail!("{}: the route {}{} belongs to none of the hosts", path.display(), route.host, route.path);
            }
        }
        Ok(Self { name: name.to_owned(), folder, hosts: file.hosts, routes: file.routes, ads: file.ads })
    }

    /// The ads as lines of an ads file, creative paths absolute.
    pub fn ads_jsonl(&self) -> Result<String> {
        let mut lines = String::new();
        for entry in &self.ads {
            let mut ad = entry.ad.clone();
            for creative in &mut ad.creatives {
                for path in [&mut creative.path, &mut creative.subtitles].into_iter().flatten() {
                    *path = self.folder.join(&*path);
                }
            }
            lines.push_str(&serde_json::to_string(&ad)?);
            lines.push('\n');
        }
        Ok(lines)
    }

    /// What is expected of each ad, one JSON line each: `ad_id`, `verdict`, `checks`.
    pub fn expected_jsonl(&self) -> Result<String> {
        let mut lines = String::new();
        for Entry { expect, ad } in &self.ads {
            let line = serde_json::json!({
                "ad_id": ad.ad_id, "world": self.name, "verdict": expect.verdict, "checks": expect.checks,
            });
            lines.push_str(&serde_json::to_string(&line)?);
            lines.push('\n');
        }
        Ok(lines)
    }
}

impl Route {
    /// A page, answered as it is.
    pub(crate) fn to_file(host: &str, path: &str, file: &str) -> Self {
        Self {
            host: host.to_owned(),
            path: path.to_owned(),
            user_agent: None,
            first: None,
            file: Some(file.to_owned()),
            json: None,
            redirect: None,
            raw: None,
            status: None,
            delay_ms: 0,
            headers: BTreeMap::new(),
        }
    }

    /// Whether this route answers such a request.
    pub fn fits(&self, host: &str, path: &str, user_agent: &str) -> bool {
        let path_fits = match self.path.strip_suffix('*') {
            Some(beginning) => path.starts_with(beginning),
            None => path == self.path,
        };
        self.host == host && path_fits && self.user_agent.as_deref().is_none_or(|part| user_agent.contains(part))
    }
}
