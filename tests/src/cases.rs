//! The benchmark's cases: an ad, the pages behind its click, and the truth about them, each in a folder of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use model::ad::Ad;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::world::{Route, World};

/// One case, as a world that can be served.
#[derive(Debug)]
pub struct Case {
    pub world: World,
    /// The ad with its field `truth`, as `postlink eval` takes it; paths of creatives absolute.
    pub line: serde_json::Value,
}

/// `case.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    trade: String,
    language: String,
    style: String,
    verdict: String,
    why: String,
    hosts: Vec<String>,
    ad: Ad,
    #[serde(default)]
    routes: Vec<Route>,
    #[serde(default)]
    violation: Vec<Wrong>,
    #[serde(default)]
    may: May,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct May {
    checks: Vec<String>,
}

/// One check that a careful reader would uphold.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    check: String,
    #[serde(default)]
    promised: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_s: Option<f64>,
    #[serde(default)]
    delivered: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hop: Option<u16>,
}

/// `split.toml`: which makers' cases may be looked at while words and settings are tuned.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Split {
    dev: Vec<String>,
    test: Vec<String>,
}

/// Reads every case below a folder: `<maker>/<case>/case.toml`, in the order of their names.
pub fn all(folder: &Path) -> Result<Vec<Case>> {
    let folder = &folder.canonicalize().with_context(|| folder.display().to_string())?;
    let path = folder.join("split.toml");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let Split { dev, test } = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let makers = dev.into_iter().map(|maker| (maker, "dev")).chain(test.into_iter().map(|maker| (maker, "test")));
    let mut cases = Vec::new();
    for (maker, split) in makers {
        for path in below(&folder.join(&maker))? {
            if path.join("case.toml").is_file() {
                cases.push(read(&path, &maker, split).with_context(|| path.join("case.toml").display().to_string())?);
            }
        }
    }
    let mut hosts = BTreeMap::new();
    for case in &cases {
        for host in &case.world.hosts {
            if let Some(other) = hosts.insert(host, &case.world.name) {
                bail!("the host {host} belongs to {other} and to {}", case.world.name);
            }
        }
    }
    Ok(cases)
}

fn read(folder: &Path, maker: &str, split: &str) -> Result<Case> {
    let file: File = toml::from_str(&std::fs::read_to_string(folder.join("case.toml"))?)?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let mut ad = file.ad;
    for creative in &mut ad.creatives {
        for path in [&mut creative.path, &mut creative.subtitles].into_iter().flatten() {
            *path = folder.join(&*path);
        }
    }
    for wrong in &file.violation {
        ensure!(wrong.page.is_none() || wrong.hop.is_some(), "`{}` names a page and no hop", wrong.check);
    }
    let mut line = serde_json::to_value(&ad)?;
    line["truth"] = json!({
        "verdict": file.verdict, "maker": maker, "split": split, "trade": file.trade, "language": file.language,
        "style": file.style, "why": file.why, "violations": file.violation, "may": file.may.checks,
    });
    let mut routes = file.routes;
    routes.extend(pages(&folder.join("pages"), &file.hosts)?);
    let world = World {
        name: format!("{maker}/{name}"),
        folder: folder.to_owned(),
        hosts: file.hosts,
        routes,
        ads: Vec::new(),
    };
    Ok(Case { world, line })
}

/// A route for each file of the pages on each host; `index.html` answers for its folder, too.
fn pages(folder: &Path, hosts: &[String]) -> Result<Vec<Route>> {
    let mut files = BTreeSet::new();
    find(folder, folder, &mut files)?;
    let mut routes = Vec::new();
    for file in &files {
        let path = format!("/{file}");
        let short = path.strip_suffix("index.html").map(str::to_owned);
        for path in short.into_iter().chain([path.clone()]) {
            routes.extend(hosts.iter().map(|host| Route::to_file(host, &path, file)));
        }
    }
    Ok(routes)
}

fn find(root: &Path, folder: &Path, files: &mut BTreeSet<String>) -> Result<()> {
    for path in below(folder)? {
        if path.is_dir() {
            find(root, &path, files)?;
        } else {
            files.insert(path.strip_prefix(root)?.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// What lies in a folder, by name; nothing when there is no such folder.
fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}
