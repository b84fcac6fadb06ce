//! `postlink doctor`: is everything there, and what mends what is not?

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use chrono::Utc;
use model::units::Clock;
use reader::models;
use storage::outbox::Outbox;
use storage::stamp::Stamps;

use super::check::open;
use crate::cli::{Doctor, StoreAt};
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::feed;
use crate::packs;
use crate::sealing::Sealing;
use crate::stores::{self, on};

/// What was looked at, and how it is: in the words of the program itself, or what is wrong and what mends it.
struct Looked {
    what: String,
    found: Result<String, Missing>,
}

struct Missing {
    wrong: String,
    mend: String,
}

fn missing(wrong: impl ToString, mend: impl Into<String>) -> Missing {
    Missing { wrong: wrong.to_string(), mend: mend.into() }
}

pub(crate) async fn run(doctor: Doctor) -> anyhow::Result<Ended> {
    let config = config::load(doctor.store.config.as_deref())?;
    let mut all = vec![browser(&config), sandbox(&config), fonts(), ffmpeg(&config)];
    all.extend(models_of(&config));
    all.push(rules(&config));
    all.push(seal(&config));
    all.push(feed(&config));
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    match (&doctor.store.data, &doctor.store.database) {
        (_, Some(_)) => all.extend(database(&doctor.store, &config, clock).await),
        (Some(data), None) => all.push(folder(data, clock).await),
        (None, None) => {}
    }
    let mut wrong = 0;
    for Looked { what, found } in &all {
        match found {
            Ok(said) => println!("there    {what}: {said}"),
            Err(Missing { wrong: why, mend }) => {
                wrong += 1;
                println!("MISSING  {what}: {why}\n         mend it: {mend}");
            }
        }
    }
    match wrong {
        0 => Ok(Ended::Clean),
        _ => Err(Refused::Configuration(format!("{wrong} of {} things are missing", all.len())).into()),
    }
}

/// The first line that a program says of its version.
fn version(program: &Path, argument: &str) -> Result<String, String> {
    let run = Command::new(program).arg(argument).output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&run.stdout).lines().next().unwrap_or_default().trim().to_owned();
    if run.status.success() && !said.is_empty() { Ok(said) } else { Err(format!("it ends with {}", run.status)) }
}

fn browser(config: &Config) -> Looked {
    const MEND: &str = "apt-get install chromium, or name the program as `browser.path`";
    let found = crawler::find_program(&config.crawl.browser.path).map_err(|error| missing(error, MEND));
    let found = found.and_then(|program| {
        let said = version(&program, "--version").map_err(|error| missing(error, MEND))?;
        Ok(format!("{} ({said})", program.display()))
    });
    Looked { what: "browser".into(), found }
}

/// Chromium's own sandbox does not start for root.
fn sandbox(config: &Config) -> Looked {
    let root = version(Path::new("id"), "-u").is_ok_and(|user| user == "0");
    let found = match (config.crawl.browser.sandbox, root) {
        (true, true) => Err(missing(
            "it is switched on, and does not start for root",
            "run as another user, or set `browser.sandbox = false` where the machine itself is closed off",
        )),
        (true, false) => Ok("switched on".to_owned()),
        (false, _) => Ok("switched off: pages run with the rights of this user".to_owned()),
    };
    Looked { what: "sandbox of the browser".into(), found }
}

/// Without Chinese letters every page is a row of boxes, and nothing in its picture can be read.
fn fonts() -> Looked {
    let found = match Command::new("fc-list").args([":lang=zh-cn", "family"]).output() {
        Ok(run) => match String::from_utf8_lossy(&run.stdout).lines().next() {
            Some(family) => Ok(family.trim().to_owned()),
            None => Err(missing("no font has Chinese letters", "apt-get install fonts-noto-cjk")),
        },
        Err(_) => Err(missing("fc-list is not there to ask", "apt-get install fontconfig fonts-noto-cjk")),
    };
    Looked { what: "Chinese fonts".into(), found }
}

fn ffmpeg(config: &Config) -> Looked {
    let program = if config.reader.ffmpeg.is_empty() { "ffmpeg" } else { &config.reader.ffmpeg };
    let found = version(Path::new(program), "-version")
        .map_err(|error| missing(error, "apt-get install ffmpeg, or name the program as `reader.ffmpeg`"));
    Looked { what: "ffmpeg".into(), found }
}

fn models_of(config: &Config) -> impl Iterator<Item = Looked> {
    let looked = models::look(Path::new(&config.reader.models));
    looked.into_iter().map(|one| Looked {
        what: format!("model {}", one.name),
        found: match one.found {
            Ok(()) => Ok("right".to_owned()),
            Err(error) => Err(missing(error, "postlink models fetch")),
        },
    })
}

fn rules(config: &Config) -> Looked {
    let folder = &config.policies.folder;
    let folder = (!folder.as_os_str().is_empty()).then_some(folder.as_path());
    let found = match packs::load(folder) {
        Ok(packs) => Ok(format!("{} packs, {} rules", packs.about().len(), packs.rules().count())),
        Err(error) => Err(missing(error, "postlink policy lint --policies DIR")),
    };
    Looked { what: "policy packs".into(), found }
}

/// Keys, roots and addresses; nothing is sent.
fn seal(config: &Config) -> Looked {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let found = match Sealing::ready(config, clock) {
        Ok(sealing) => Ok(sealing.told()),
        Err(error) => Err(missing(
            error,
            "look at [seal] of the configuration; `postlink keys new` makes a key that is not there",
        )),
    };
    Looked { what: "seal".into(), found }
}

/// Addresses and secrets of those who are told; nothing is sent.
fn feed(config: &Config) -> Looked {
    let found = match feed::told(config) {
        Ok(told) => Ok(told),
        Err(error) => Err(missing(error, "look at [[webhooks]] of the configuration")),
    };
    Looked { what: "feed".into(), found }
}

async fn folder(data: &Path, clock: Clock) -> Looked {
    let found = match open(data, clock).await {
        Ok(store) => {
            let waiting = waiting(&store).await;
            store.close().await;
            Ok(format!("open, and up to date{waiting}"))
        }
        Err(error) => Err(missing(error, "name a folder that is yours and that no other postlink works in")),
    };
    Looked { what: format!("folder {}", data.display()), found }
}

/// The database, and where its evidence lies.
async fn database(at: &StoreAt, config: &Config, clock: Clock) -> Vec<Looked> {
    let looked = |what: &str, found| Looked { what: what.to_owned(), found };
    let store = match stores::at(at, config, clock).await {
        Ok(store) => store,
        Err(error) => {
            const MEND: &str = "start the server, and make the user and the database that the address names; name a folder with --data, or a bucket that answers as `evidence.store`";
            return vec![looked("database", Err(missing(format!("{error:#}"), MEND)))];
        }
    };
    let waiting = on!(&store, store => waiting(store).await);
    let there = on!(&store, store => store.reach_evidence().await);
    store.close().await;
    const MEND: &str = "start the service, make the bucket, and name a key that may list, read and write it";
    vec![
        looked("database", Ok(format!("open, and up to date{waiting}"))),
        looked("evidence of the database", there.map_err(|error| missing(error, MEND))),
    ]
}

/// What is not done yet, where there is something.
async fn waiting(store: &(impl Stamps + Outbox)) -> String {
    stamps(store).await + &undelivered(store).await
}

/// How many events are given up, where any are.
async fn undelivered(store: &impl Outbox) -> String {
    match store.backlog().await {
        Ok(backlog) => match backlog.iter().map(|of| of.dead).sum() {
            0_u64 => String::new(),
            dead => format!("; {dead} events did not come to their destinations: see `postlink outbox list --dead`"),
        },
        Err(error) => format!("; its outbox cannot be read: {error}"),
    }
}

/// How many time stamps are waited for, where any are.
async fn stamps(store: &impl Stamps) -> String {
    match store.stamps().await {
        Ok(stamps) => match stamps.iter().filter(|stamp| stamp.answer.is_none()).count() {
            0 => String::new(),
            open => format!("; {open} time stamps are waited for: `postlink seal` tries again"),
        },
        Err(error) => format!("; its time stamps cannot be read: {error}"),
    }
}
