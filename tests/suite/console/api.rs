//! The API as programs meet it: a served folder, tokens made on the command line, and tools of others that try the document.

mod document;
mod heard;
mod once;
mod program;
mod refused;
mod sights;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use governance::sweeping;
use model::account::Role;
use model::ad::Advertiser;
use model::case::Case;
use model::evidence::EvidenceId;
use model::sweep::{Budget, Cadence, Scope};
use postlink_tests::postlink::{Postlink, machine};
use serde_json::{Value, json};
use storage::sqlite;
use storage::sweeps::Sweeps as _;

use super::{Served, accounts};
use crate::recheck::{WORDS, look};
use crate::stored::{How, Stored};

pub(crate) use program::{Answer, Program};

/// A folder with cases that are violating, and accounts; and who serves it.
pub(crate) struct World {
    pub(crate) postlink: Postlink,
    pub(crate) served: Served,
    /// In the order of sealing.
    pub(crate) cases: Vec<Kept>,
}

/// A case that is kept.
pub(crate) struct Kept {
    pub(crate) ad: &'static str,
    pub(crate) case: String,
    /// An artefact of its own.
    pub(crate) sha256: String,
}

/// Ads, their platforms and advertisers: the first two are of one advertiser on two platforms, the last two are of one ad.
const ADS: [(&str, &str, &str); 5] =
    [("x", "one", "a1"), ("y", "two", "a1"), ("z", "two", "b1"), ("w", "one", "b2"), ("w", "one", "b2")];

/// Account, role, tenant, platform; and the ads that it sees.
pub(crate) const PEOPLE: [(&str, Role, &str, Option<&str>, &str); 7] = [
    ("admin", Role::Admin, "*", None, "wxyz"),
    ("one", Role::Platform, "one", None, "wx"),
    ("two", Role::Platform, "two", None, "yz"),
    ("a1", Role::Advertiser, "a1", None, "xy"),
    ("a1-two", Role::Advertiser, "a1", Some("two"), "y"),
    ("office", Role::Regulator, "*", None, "wxyz"),
    ("office-two", Role::Regulator, "two", None, "yz"),
];

impl World {
    /// `console` is what the configuration says of it.
    pub(crate) async fn new(console: &str) -> Result<Self> {
        let postlink = Postlink::new()?;
        let dir = postlink.folder().join("out");
        let mut stored = Stored::open(&dir, &WORDS).await?;
        let mut cases = Vec::new();
        for (at, (ad, platform, advertiser)) in ADS.into_iter().enumerate() {
            let shelved = stored.keep(&seen(at, ad, platform, advertiser), How::default()).await?;
            cases.push(Kept { ad, case: shelved.case_id.to_string(), sha256: shelved.look.hex() });
        }
        stored.close().await;
        sweeps(&dir).await?;
        let ads = ADS[..4].iter().map(|(ad, platform, advertiser)| {
            let click_url = format!("https://{ad}.test/");
            json!({ "ad_id": ad, "platform": platform, "click_url": click_url, "advertiser": { "id": advertiser } })
        });
        postlink.write("ads.jsonl", ads.map(|ad| format!("{ad}\n")).collect::<String>())?;
        let run = postlink.run(&["import", "ads.jsonl", "--data", "out"])?;
        anyhow::ensure!(run.code == Some(0), "{run:?}");
        let people = PEOPLE.map(|(name, role, tenant, platform, _)| (name, role, tenant, platform));
        accounts(&dir, &people).await?;
        // Touchpoints of tests are old by the clock of whoever runs them.
        let config = format!("{}[console]\n{console}\n[hearing]\ntouchpoint_days = 36500\n", machine());
        postlink.write("my.toml", config)?;
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        Ok(Self { postlink, served, cases })
    }

    /// With as many requests as a test has.
    pub(crate) async fn patient() -> Result<Self> {
        Self::new("requests_per_minute = 1000000").await
    }

    /// A program with a token of an account, made beside the serve.
    pub(crate) fn program(&self, account: &str, scopes: &[&str]) -> Result<Program> {
        let mut arguments = vec!["token", "create", "--data", "out", "--name", "a test", "--user", account];
        scopes.iter().for_each(|scope| arguments.extend(["--scope", scope]));
        let run = self.postlink.run(&arguments)?;
        anyhow::ensure!(run.code == Some(0), "{run:?}");
        Ok(Program::new(&self.served.url, Some(run.stdout.trim())))
    }

    fn of_ad(&self, ad: &str) -> &Kept {
        self.cases.iter().find(|kept| kept.ad == ad).expect("an ad of this world")
    }
}

/// A sweep of each platform, and one of all.
async fn sweeps(dir: &Path) -> Result<()> {
    let store = sqlite::open(dir, Arc::new(super::now)).await?;
    for (name, platform) in [("one-nightly", Some("one")), ("two-nightly", Some("two")), ("all-nightly", None)] {
        let asked = sweeping::Asked {
            name: name.to_owned(),
            scope: Scope { platform: platform.map(ToOwned::to_owned), ..Scope::default() },
            cadence: Cadence::Cron {
                pattern: "0 3 * * *".to_owned(),
                time_zone: "Asia/Shanghai".to_owned(),
                window_minutes: 0,
            },
            visitors: vec!["android-douyin".to_owned()],
            depth: 1,
            pool: "default".to_owned(),
            budget: Budget::default(),
            priority: 0,
        };
        store.create(&sweeping::begun(asked, "00ff".repeat(8), super::now())?).await?;
    }
    store.close().await;
    Ok(())
}

/// What was seen behind an ad that promises what its page does not give, and begins as a formula does.
fn seen(at: usize, ad: &str, platform: &str, advertiser: &str) -> Case {
    let mut case = look(ad, "=护手霜9.9元，全国销量第一的护手霜", &format!("2026-11-1{at}T04:00:00Z"));
    case.ad.platform = Some(platform.to_owned());
    case.ad.advertiser = Some(Advertiser { id: Some(advertiser.to_owned()), ..Advertiser::default() });
    case.ad_evidence = EvidenceId::of(format!("{at}").as_bytes());
    case
}

/// A program of `scripts/console-tools`.
fn tool(name: &str) -> PathBuf {
    let path = postlink_tests::repository::root().join(".cache/console-tools/python/bin").join(name);
    assert!(path.exists(), "{} is missing: run scripts/setup tests", path.display());
    path
}

/// The ids of a list, in its order.
fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["case_id"].as_str()).map(ToOwned::to_owned).collect()
}

/// A cell of a line of CSV by the name of its column; no cell of these has a comma.
fn column(csv: &str, name: &str) -> Result<Vec<String>> {
    let mut lines = csv.lines();
    let at =
        lines.next().and_then(|head| head.split(',').position(|its| its == name)).context("the column is there")?;
    Ok(lines.filter_map(|line| line.split(',').nth(at)).map(ToOwned::to_owned).collect())
}

fn written(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{}", path.display()))
}
