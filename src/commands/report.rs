//! `postlink report`: one week as a page, a workbook, a PDF, and numbers.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use console::documents::weekly::{Exhibit, Scope, Seen, Week, Weekly, workbook};
use console::documents::{self, Head, Operator, Selection};
use console::told::local;
use governance::ladder::Ladders;
use model::account::Sight;
use model::units::Clock;
use reader::{Reader, redact};
use storage::ledger::Ledger;

use super::export::eyes;
use crate::cli;
use crate::config::{self, Config};
use crate::exit::{Ended, Refused};
use crate::ledger::follow;
use crate::stores::{self, on};
use crate::weekly::{Counted, Span, count, seen};

pub(crate) async fn run(report: cli::Report) -> anyhow::Result<Ended> {
    let config = config::load(report.store.config.as_deref())?;
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let span = Span::of(report.week).filter(|span| span.from <= now);
    let span = span.ok_or_else(|| Refused::Usage(format!("the week {} has not begun yet", report.week)))?;
    let opened = stores::at(&report.store, &config, clock).await?;
    let eyes = report.redacted.then(|| eyes(&config.reader, report.faces == "shown")).transpose();
    let eyes = eyes.map_err(|error| Refused::Configuration(error.to_string()))?;
    let made = on!(&opened, store => counted(store, &report, span, eyes.as_ref()).await);
    opened.close().await;
    let (week, seen) = made?;
    if span.until > now {
        eprintln!(
            "the week {} is not over yet: what comes in it is not in this report, and what is due later in it is told as overdue",
            report.week
        );
    }
    write(&report, &config, week, &seen, now).await?;
    println!("{}", report.out.display());
    Ok(Ended::Clean)
}

async fn counted(
    store: &(impl Counted + Ledger),
    report: &cli::Report,
    span: Span,
    eyes: Option<&Arc<Reader>>,
) -> anyhow::Result<(Week, Vec<[Seen; 2]>)> {
    // What a report tells of stands in the ledger.
    follow(store).await?;
    let scope = Scope { platform: report.platform.clone(), region: report.region.clone() };
    let categories = policies::categories()?;
    let mut week = count(store, report.week, span, scope, &Sight::default(), &categories, &Ladders::built_in()).await?;
    if eyes.is_some() {
        week.gravest.iter_mut().for_each(cover);
    }
    let seen = seen(store, &week, eyes).await;
    Ok((week, seen))
}

/// Takes what is personal out of the words of an exhibit.
fn cover(exhibit: &mut Exhibit) {
    let Some(found) = &mut exhibit.violation else { return };
    for text in [&mut found.promised, &mut found.delivered].into_iter().chain(found.what.values_mut()) {
        if let Some(covered) = redact::covered(text, &mut redact::Done::new()) {
            *text = covered;
        }
    }
}

async fn write(
    report: &cli::Report,
    config: &Config,
    week: Week,
    seen: &[[Seen; 2]],
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let out = report.out.as_path();
    std::fs::create_dir_all(out).with_context(|| format!("make {}", out.display()))?;
    let language = report.language.as_str();
    let json = serde_json::to_string_pretty(&week)? + "\n";
    let book = workbook(&week, seen, language)?;
    let redacted = Head { redacted: report.redacted, faces_shown: report.faces == "shown", ..head(config, &week, now) };
    let document = Weekly::of(redacted, week, seen);
    let html = documents::html(&document, language)?;
    let pdf = crawler::print::pdf(&html, &config.crawl.browser).await?;
    put(out, "report.json", json.as_bytes())?;
    put(out, "report.xlsx", &book)?;
    put(out, "report.html", html.as_bytes())?;
    put(out, "report.pdf", &pdf)
}

fn put(out: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let path = out.join(name);
    std::fs::write(&path, bytes).with_context(|| format!("write {}", path.display()))
}

pub(crate) fn head(config: &Config, week: &Week, now: DateTime<Utc>) -> Head {
    let of = &config.operator;
    Head {
        number: format!("PL-{}", week.week),
        generated_at: local(now),
        program: concat!("postlink ", env!("CARGO_PKG_VERSION")).to_owned(),
        operator: Operator {
            name: of.name.clone(),
            person: of.person.clone(),
            contact: of.contact.clone(),
            place: of.place.clone(),
            device: of.device.clone(),
            clock: of.clock.clone(),
        },
        selection: Selection { by: "week".to_owned(), of: week.week.clone(), cases: week.total.cases as usize },
        ..Head::default()
    }
}
