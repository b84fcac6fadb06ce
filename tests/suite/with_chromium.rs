//! The whole program with a real Chromium, against a server that is every host of the test worlds.

mod bad_ads;
mod codes;
mod console;
mod contract;
mod demo_set;
mod deployed;
mod differences;
mod eval;
mod evidence;
pub(crate) mod exports;
mod fleet;
mod handed_over;
mod hostile;
mod kin;
mod packages;
pub(crate) mod private_addresses;
mod readings;
mod rechecked;
mod reconfirmed;
mod report;
mod resume;
mod sealed;
mod server;
mod told;
mod video;
mod watched;
mod weekly;

use std::path::PathBuf;

use postlink_tests::postlink::{Postlink, Run, Running, machine};
use postlink_tests::site::Site;
use postlink_tests::world::World;
use serde_json::{Value, json};

/// One visitor, and no more patience than pages need that are there at once.
pub(crate) const QUICK: &str = "[check]\nvisitors = [\"android-douyin\"]\n\n[follow]\nwatch_ms = 500\nnext_levels = 0\n\n[capture]\nquiet_ms = 300\n";

/// A page that promises nothing it could break.
const HONEST: &str = "<h1>云朵阅读</h1><p>海量好书，随时随地阅读。</p>";

/// Worlds that are served, and a folder with their configuration to run in.
struct Stage {
    site: Site,
    postlink: Postlink,
}

impl Stage {
    async fn of(worlds: Vec<World>, config: &str) -> Self {
        Self::with(Postlink::new().unwrap(), worlds, config).await
    }

    /// Hosts that answer every path with one page each.
    async fn of_pages(pages: &[(&str, &str)], config: &str) -> Self {
        let postlink = Postlink::new().unwrap();
        let world = world_of(&postlink, pages);
        Self::with(postlink, vec![world], config).await
    }

    async fn with(postlink: Postlink, worlds: Vec<World>, config: &str) -> Self {
        let site = Site::start(worlds).await.unwrap();
        postlink.write("my.toml", format!("{}\n{}\n{config}", site.guard(), machine())).unwrap();
        Self { site, postlink }
    }

    /// Writes the ads file.
    fn ads(&self, lines: impl AsRef<[u8]>) {
        self.postlink.write("ads.jsonl", lines).unwrap();
    }

    fn start(&self, out: &str, more: &[&str]) -> Running {
        let arguments = [&["check", "ads.jsonl", "--out", out, "--config", "my.toml"], more].concat();
        self.postlink.start(&arguments).unwrap()
    }

    fn check(&self, out: &str) -> Run {
        self.start(out, &[]).end().unwrap()
    }

    fn verify(&self, out: &str) -> Run {
        self.postlink.run(&["verify", out]).unwrap()
    }

    fn cases(&self, out: &str) -> Vec<Value> {
        self.postlink.cases(out).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.postlink.folder().join(name)
    }
}

/// A world of hosts that answer every path with one page each.
pub(crate) fn world_of(postlink: &Postlink, pages: &[(&str, &str)]) -> World {
    let routes = pages.iter().map(|(host, body)| {
        let file = format!("{host}.html");
        let page = format!("<!doctype html><meta charset=utf-8><title>{host}</title>{body}");
        postlink.write(&format!("pages/{file}"), page).unwrap();
        serde_json::from_value(json!({"host": host, "path": "/*", "file": file})).unwrap()
    });
    World {
        name: "pages".into(),
        folder: postlink.folder().to_owned(),
        routes: routes.collect(),
        hosts: pages.iter().map(|(host, _)| (*host).to_owned()).collect(),
        ads: Vec::new(),
    }
}

/// One line of an ads file.
fn ad(ad_id: &str, click_url: &str) -> String {
    json!({"ad_id": ad_id, "title": "云朵阅读，海量好书", "click_url": click_url}).to_string() + "\n"
}

/// The text at this pointer; empty when there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The list at this pointer; empty when there is none.
fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// The case of this ad.
#[track_caller]
fn case<'a>(cases: &'a [Value], ad_id: &str) -> &'a Value {
    cases.iter().find(|case| text(case, "/ad_id") == ad_id).unwrap_or_else(|| panic!("{ad_id} is in no case"))
}
