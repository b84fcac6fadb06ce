//! Sweeps worked off by the real program: in one process, and by a fleet that is struck by everything that can strike it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use model::units::Clock;
use postlink_tests::postlink::{Postlink, Run, machine};
use postlink_tests::site::Site;
use postlink_tests::world::{Route, World};
use serde_json::json;

use super::{QUICK, list, text};

mod alone;
mod bounds;
mod chaos;
mod cut_off;
mod handed_over;
mod heard;
mod redirected;
mod struck;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Hosts that are all one server, which notes who was there when.
struct Hosts {
    site: Site,
    heard: Arc<Mutex<Vec<Heard>>>,
    postlink: Postlink,
}

/// The clock of those who look into a store.
fn clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "a test begins at the machine's own clock")]
    Arc::new(chrono::Utc::now)
}

/// One request.
struct Heard {
    at: Instant,
    host: String,
    path: String,
}

impl Hosts {
    /// So many hosts with so many pages each: `http://h0.test/p/0`. Where they beat, a page that is open asks for something of
    /// its own every 150 ms: so it shows whether two of a host are open at once.
    async fn of(hosts: usize, pages: usize, beat: bool, config: &str) -> Self {
        Self::at(LOOPBACK, hosts, pages, beat, config).await
    }

    /// The same at an address of this machine.
    async fn at(address: IpAddr, hosts: usize, pages: usize, beat: bool, config: &str) -> Self {
        let routes = (0..hosts).flat_map(|host| {
            (0..pages).flat_map(move |page| {
                let (host, file) = (
                    format!("h{host}.test"),
                    if beat { format!("beating-{page}.html") } else { format!("{page}.html") },
                );
                [
                    json!({"host": host, "path": format!("/p/{page}"), "file": file}),
                    json!({"host": host, "path": format!("/beat/{page}"), "json": {}}),
                ]
            })
        });
        Self::that_answer(address, routes.collect(), pages, config).await
    }

    /// Hosts that answer so. There are so many pages, each as it is and beating.
    async fn that_answer(address: IpAddr, routes: Vec<serde_json::Value>, pages: usize, config: &str) -> Self {
        let postlink = Postlink::new().unwrap();
        for page in 0..pages {
            let body = format!(
                "<!doctype html><meta charset=utf-8><title>云朵阅读</title><h1>云朵阅读 第{page}卷</h1><p>海量好书，随时随地阅读。</p>"
            );
            let beating = format!(
                "<script>setInterval(function () {{ fetch('/beat/{page}').catch(function () {{}}); }}, 150);</script>"
            );
            postlink.write(&format!("pages/beating-{page}.html"), format!("{body}{beating}")).unwrap();
            postlink.write(&format!("pages/{page}.html"), body).unwrap();
        }
        let routes: Vec<Route> = routes.into_iter().map(|route| serde_json::from_value(route).unwrap()).collect();
        let world = World {
            name: "hosts".into(),
            folder: postlink.folder().to_owned(),
            hosts: routes.iter().map(|route| route.host.clone()).collect(),
            routes,
            ads: Vec::new(),
        };
        let heard = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&heard);
        let listener = move |request: &postlink_tests::site::Request| {
            let path = request.path.split('?').next().unwrap_or_default().to_owned();
            noted.lock().unwrap().push(Heard { at: Instant::now(), host: request.host.clone(), path });
        };
        let site = Site::serve(vec![world], SocketAddr::new(address, 0), Some(Box::new(listener))).await.unwrap();
        let sweep = "[sweep]\ntracking_rules = \"\"\nhost_pause_secs = 0.0\n";
        postlink.write("my.toml", format!("{}\n{}\n{QUICK}\n{sweep}\n{config}", site.guard(), machine())).unwrap();
        Self { site, heard, postlink }
    }

    /// Ads that lead to every page, so many to each, with click ids of their own; gives their count.
    fn ads(&self, hosts: usize, pages: usize, each: usize) -> usize {
        let mut lines = String::new();
        for host in 0..hosts {
            for page in 0..pages {
                for n in 0..each {
                    let url = format!("http://h{host}.test/p/{page}?gclid={host}{page}{n}");
                    let id = format!("ad-{host}-{page}-{n}");
                    lines += &format!("{}\n", json!({"ad_id": id, "title": "云朵阅读，海量好书", "click_url": url}));
                }
            }
        }
        self.postlink.write("ads.jsonl", &lines).unwrap();
        lines.lines().count()
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.postlink.run(arguments).unwrap()
    }

    #[track_caller]
    fn runs(&self, arguments: &[&str]) -> String {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        run.stdout
    }

    /// Takes the ads over, makes a sweep of them, and runs it once; gives what it said.
    fn swept(&self) -> Run {
        self.runs(&["import", "ads.jsonl", "--data", "out", "--config", "my.toml"]);
        self.runs(&["sweep", "create", "all", "--data", "out", "--config", "my.toml", "--cron", "0 3 1 1 *"]);
        self.again()
    }

    /// Runs it once more.
    fn again(&self) -> Run {
        self.run(&["sweep", "run", "all", "--data", "out", "--config", "my.toml"])
    }

    /// The folder holds what is evidence, all of it and nothing else, and nothing that travelled.
    #[track_caller]
    fn is_tidy(&self) {
        let verified = self.runs(&["verify", "out"]);
        assert!(!verified.contains("not named by any case"), "{verified}");
        assert_eq!(self.parcels(), [""; 0]);
    }

    /// What lies there that travelled.
    fn parcels(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.postlink.folder().join("out/parcels")).into_iter().flatten().flatten();
        entries.map(|entry| entry.path().display().to_string()).collect()
    }

    /// How often a page itself was asked for.
    fn documents(&self) -> usize {
        self.heard.lock().unwrap().iter().filter(|one| one.path.starts_with("/p/")).count()
    }

    /// Pages that went on asking while another page of their host had been opened: there should be none.
    fn overlaps(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        let mut open: std::collections::HashMap<&str, &str> = std::collections::HashMap::new();
        let mut overlaps = Vec::new();
        for Heard { at, host, path } in heard.iter() {
            if let Some(page) = path.strip_prefix("/p/") {
                open.insert(host, page);
            } else if let Some(page) = path.strip_prefix("/beat/")
                && let Some(latest) = open.get(host.as_str()).filter(|latest| **latest != page)
            {
                overlaps.push(format!("{host}: page {page} is still open at {at:?}, and page {latest} is, too"));
            }
        }
        overlaps
    }
}
