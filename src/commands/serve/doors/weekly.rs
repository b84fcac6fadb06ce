//! Weekly reports for the console: the same as `postlink report` makes.

use console::documents;
use console::documents::weekly::{Scope, Weekly, workbook};
use console::doors::{Refusal, Report, WeeklyWanted};
use governance::ladder::Ladders;

use super::{Behind, broken};
use crate::commands::report::head;
use crate::fleet::Base;
use crate::ledger::follow;
use crate::weekly::{Span, count, seen};

pub(super) async fn weekly<S: Base>(behind: &Behind<S>, wanted: WeeklyWanted) -> Result<Vec<u8>, Refusal> {
    let span = Span::of(wanted.week).filter(|span| span.until <= (behind.clock)());
    let span = span.ok_or_else(|| Refusal::Not {
        word: "week-ahead",
        what: wanted.week.to_string(),
        said: format!("the week {} is not over yet: what is due in it would be told as overdue", wanted.week),
    })?;
    made(behind, wanted, span).await.map_err(broken)
}

async fn made<S: Base>(behind: &Behind<S>, wanted: WeeklyWanted, span: Span) -> anyhow::Result<Vec<u8>> {
    let _turn = behind.making.acquire().await?;
    let (store, config, now) = (&*behind.store, &behind.config, (behind.clock)());
    // What a report tells of stands in the ledger.
    follow(store).await?;
    let scope = Scope { platform: wanted.sight.platform.clone(), region: wanted.sight.region.clone() };
    let week =
        count(store, wanted.week, span, scope, &wanted.sight, &policies::categories()?, &Ladders::built_in()).await?;
    if wanted.report == Report::Json {
        return Ok((serde_json::to_string_pretty(&week)? + "\n").into_bytes());
    }
    let seen = seen(store, &week, None).await;
    if wanted.report == Report::Xlsx {
        return Ok(workbook(&week, &seen, wanted.language)?);
    }
    let html = documents::html(&Weekly::of(head(config, &week, now), week, &seen), wanted.language)?;
    match wanted.report {
        Report::Pdf => Ok(crawler::print::pdf(&html, &config.crawl.browser).await?),
        _ => Ok(html.into_bytes()),
    }
}
