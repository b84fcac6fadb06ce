//! `postlink recheck` over folders whose cases nobody crawled: what it changes, what it leaves alone, what it says.

mod dry_run;
mod evidence;
mod history;
mod law;

use std::path::PathBuf;
use std::sync::LazyLock;

use checker::Words;
use chrono::{DateTime, Utc};
use model::ad::Advertiser;
use model::case::Case;
use model::evidence::{AdPlace, AdSource, Place};
use model::statement::{ReadBy, Role, Statement, Visibility};
use postlink_tests::postlink::{Postlink, Run};
use serde_json::Value;

use crate::pairs::written::{self, Shown};
use crate::stored::{How, Shelved, Stored};

pub(crate) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    Words::compile(&policies::lexicon().expect("the lexicons load"), policies::senses()).expect("the lexicons compile")
});

/// What the ads of these tests lead to; it names nobody who sells it, which is only possibly amiss.
const PAGE: &str = "# 护手霜\n现价19元\n(立即购买)";
/// Words of ads, and the rules by which they are violations before that page.
const HONEST: &str = "护手霜19元";
const CHEAP: &str = "护手霜9.9元";
const DEARER: &str = "cn-internet-ads/dearer-than-advertised";
const FIRST: &str = "全国销量第一的护手霜";
const ABSOLUTE: &str = "cn-internet-ads/absolute-words";
const DAY: &str = "2026-11-10T04:00:00Z";

fn at(moment: &str) -> DateTime<Utc> {
    moment.parse().expect("a moment")
}

/// What one visitor saw behind an ad with this title.
pub(crate) fn look(ad_id: &str, title: &str, opened_at: &str) -> Case {
    let shown = Shown::of(PAGE);
    let mut case = written::case([&shown, &shown]);
    case.chains.truncate(1);
    case.pages.truncate(1);
    case.opened_at = at(opened_at);
    case.ad.ad_id = ad_id.to_owned();
    case.ad.title = Some(title.to_owned());
    let normal = reader::text::normal(title);
    let evidence = case.ad_evidence;
    case.promised.push(Statement {
        text: title.to_owned(),
        prices: reader::price::tags(&normal.text),
        normal,
        place: Place::Ad(AdPlace { source: AdSource::Title, at_s: None, until_s: None, area: None, evidence }),
        visibility: Visibility::default(),
        role: Role::Text,
        read_by: ReadBy::Text,
    });
    case
}

/// The same ad, paid for by somebody.
fn paid_by(advertiser: &str, mut case: Case) -> Case {
    case.ad.advertiser = Some(Advertiser { id: Some(advertiser.to_owned()), ..Advertiser::default() });
    case
}

/// A folder of cases, and a place beside it for packs.
struct Folder(Postlink);

impl Folder {
    /// Keeps these cases as `check` does.
    async fn of(cases: impl IntoIterator<Item = (Case, How)>) -> (Self, Vec<Shelved>) {
        let folder = Self(Postlink::new().unwrap());
        let mut stored = Stored::open(&folder.path(""), &WORDS).await.unwrap();
        let mut shelved = Vec::new();
        for (case, how) in cases {
            shelved.push(stored.keep(&case, how).await.unwrap());
        }
        stored.close().await;
        (folder, shelved)
    }

    /// The same, each as a case is kept today.
    async fn plain(cases: impl IntoIterator<Item = Case>) -> (Self, Vec<Shelved>) {
        Self::of(cases.into_iter().map(|case| (case, How::default()))).await
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.folder().join("out").join(name)
    }

    fn recheck(&self, arguments: &[&str]) -> Run {
        self.0.run(&[&["recheck", "--data", "out"], arguments].concat()).unwrap()
    }

    /// Lays a rule over a built-in one, or beside it under another name: that one's text with some words changed.
    fn rule(&self, built_in: &str, name: &str, edits: &[(&str, &str)]) {
        let (pack, id) = built_in.split_once('/').unwrap();
        let text = &policies::built_in_files()[&format!("{pack}/rules/{id}.toml")];
        // Its id comes first; its note has the same name.
        let mut text = text.replacen(&format!("\"{id}\""), &format!("\"{name}\""), 1);
        for (from, to) in edits {
            assert!(text.contains(from), "`{from}` is not in:\n{text}");
            text = text.replace(from, to);
        }
        self.0.write(&format!("packs/{pack}/rules/{name}.toml"), text).unwrap();
    }

    /// The lines of `recheck.jsonl`.
    fn lines(&self) -> Vec<Value> {
        parsed(&std::fs::read_to_string(self.path("recheck.jsonl")).unwrap())
    }

    #[track_caller]
    fn verifies(&self) {
        let run = self.0.run(&["verify", "out"]).unwrap();
        assert_eq!(run.code, Some(0), "{}", run.stdout);
    }
}

fn parsed(lines: &str) -> Vec<Value> {
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `<pack>/<rule>` of what a line lists, without the pack's version.
fn rules(line: &Value, list: &str) -> Vec<String> {
    let all = line[list].as_array().unwrap_or_else(|| panic!("no {list} in {line}"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter().map(|one| format!("{}/{}", text(&one["pack"]).split('@').next().unwrap(), text(&one["rule"]))).collect()
}

/// That the run ended so, and said all of these on standard output.
#[track_caller]
fn ended(run: &Run, code: i32, words: &[&str]) {
    assert_eq!(run.code, Some(code), "{}{}", run.stdout, run.stderr);
    for word in words {
        assert!(run.stdout.contains(word), "`{word}` is not in:\n{}", run.stdout);
    }
}

#[tokio::test]
async fn an_unchanged_folder_comes_out_as_it_is_and_still_verifies() {
    // Four ads of one advertiser in one run: what is found in it counts against none of them.
    let ads = ["a", "b", "c", "d"].map(|ad| paid_by("who", look(ad, CHEAP, DAY)));
    let mut unseen = look("unseen", HONEST, DAY);
    unseen.pages.clear();
    let (folder, shelved) = Folder::plain(ads.into_iter().chain([look("honest", HONEST, DAY), unseen])).await;
    let verdicts: Vec<_> = shelved.iter().map(|case| case.line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["violating", "violating", "violating", "violating", "clean", "inconclusive"]);

    let run = folder.recheck(&[]);
    ended(&run, 0, &["cases compared anew: 6\nviolations: 0 appeared, 0 disappeared", "4 kept (0 with", DEARER]);
    let lines = folder.lines();
    for (line, case) in lines.iter().zip(&shelved) {
        assert_eq!(line["case_id"], case.case_id.as_str());
        assert_eq!((&line["verdict"]["was"], &line["verdict"]["is"]), (&case.line["verdict"], &case.line["verdict"]));
        for list in ["appeared", "disappeared", "severity_changed"] {
            assert_eq!(line[list], serde_json::json!([]), "{line}");
        }
    }
    assert_eq!(lines.len(), 6);
    assert_eq!(rules(&lines[0], "kept"), [DEARER]);
    assert!(lines[0]["packs"].as_array().unwrap().iter().any(|pack| pack == "cn-internet-ads@2026.11"), "{}", lines[0]);
    folder.verifies();

    // What it wrote is an output like others: it may not change unnoticed.
    let text = std::fs::read_to_string(folder.path("recheck.jsonl")).unwrap();
    std::fs::write(folder.path("recheck.jsonl"), text.replace("clean", "clear")).unwrap();
    let run = folder.0.run(&["verify", "out"]).unwrap();
    assert!(run.code == Some(1) && run.stdout.contains("recheck.jsonl"), "{}", run.stdout);
}

#[tokio::test]
async fn what_is_asked_wrongly_is_refused_and_leaves_nothing_behind() {
    let (folder, _) = Folder::plain([]).await;
    for (arguments, code, word) in [
        (&["--as-of", "2026-12-01"][..], 2, "--dry-run"),
        (&["--json"], 2, "--dry-run"),
        (&["--since", "yesterday"], 2, "2026-11-01T08:00:00+08:00"),
        (&["--policies", "nowhere"], 3, "nowhere"),
    ] {
        let run = folder.recheck(arguments);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    let run = folder.0.run(&["recheck", "--data", "nowhere"]).unwrap();
    assert!(run.code == Some(2) && run.stderr.contains("postlink.db"), "{run:?}");
    assert!(!folder.0.folder().join("nowhere").exists() && !folder.path("recheck.jsonl").exists());
}
