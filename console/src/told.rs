//! What the line of a case says, told for the pages of people: the report and the console.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, Utc};
use model::evidence::{AdPlace, PagePlace, Place};
use model::finding::Exhibit as Shown;
use model::line::{ViolationLine, word};
use model::units::Millis;
use policies::Packs;

use crate::report::{Cite, Exhibit, Fix, Gap, Note, Ruling, Violation, Weighed};

mod chain;

pub use chain::{certificate, chain};

/// A violation without its pictures.
pub fn violation(line: &ViolationLine, packs: &Packs) -> Violation {
    Violation {
        check: line.check.clone(),
        rule: line.rule.clone(),
        title: packs.rule(&line.pack, &line.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
        pack: line.pack.clone(),
        severity: word(&line.severity),
        confidence: word(&line.confidence),
        scope: word(&line.scope),
        promised: ad_side(&line.promised),
        delivered: page_side(&line.delivered),
        also: line.also.iter().map(other_side).collect(),
        covers: line.covers.clone(),
        weighed: line.weighed.iter().map(|one| Weighed { by: one.by, why: one.why.clone() }).collect(),
        also_by: line.also_by.iter().map(|one| ruling(one, packs)).collect(),
        cites: line
            .cite
            .iter()
            .map(|id| match packs.citation(&line.pack, id) {
                Some(cite) => Cite {
                    id: id.clone(),
                    title: cite.title.clone(),
                    text: cite.clause.clone(),
                    verified: cite.verified,
                },
                None => Cite { id: id.clone(), title: Default::default(), text: Default::default(), verified: false },
            })
            .collect(),
        notes: line
            .note
            .iter()
            .map(|(language, note)| Note {
                language: language.clone(),
                what: note.what.clone(),
                why: note.why.clone(),
                todo: note.todo.clone(),
                remedy: word(&note.remedy),
            })
            .collect(),
        fixes: line.fixes.iter().map(fix).collect(),
    }
}

fn fix(fix: &model::violation::Fix) -> Fix {
    let how = match () {
        () if fix.whole => "whole",
        () if fix.instead_of.is_empty() => "beside",
        () => "instead",
    };
    Fix {
        how: format!("{}-{how}", word(&fix.on)),
        instead_of: fix.instead_of.clone(),
        text: fix.text.clone(),
        with_page: fix.with_page.clone(),
        clears: fix.clears.clone(),
    }
}

fn ruling(one: &model::violation::Ruling, packs: &Packs) -> Ruling {
    Ruling {
        pack: one.pack.clone(),
        rule: one.rule.clone(),
        severity: word(&one.severity),
        title: packs.rule(&one.pack, &one.rule).map(|rule| rule.title().clone()).unwrap_or_default(),
    }
}

fn ad_side(shown: &Shown<AdPlace>) -> Exhibit {
    let place = &shown.place;
    Exhibit {
        quote: shown.quote.clone(),
        source: Some(word(&place.source)),
        at_s: place.at_s.map(|s| format!("{s:.1}")),
        until_s: place.until_s.map(|s| format!("{s:.1}")),
        evidence: place.evidence.to_string(),
        ..Exhibit::default()
    }
}

fn page_side(shown: &Shown<PagePlace>) -> Exhibit {
    let place = &shown.place;
    Exhibit {
        quote: shown.quote.clone(),
        after_click_s: Some(seconds(place.at_ms)),
        visitor: Some(place.visitor.clone()),
        hop: Some(place.hop),
        level: Some(place.level.0),
        url: Some(place.url.clone()),
        selector: place.selector.clone(),
        evidence: place.evidence.to_string(),
        ..Exhibit::default()
    }
}

fn other_side(shown: &Shown<Place>) -> Exhibit {
    match &shown.place {
        Place::Ad(place) => ad_side(&Shown::new(shown.quote.clone(), place.clone())),
        Place::Page(place) => page_side(&Shown::new(shown.quote.clone(), place.clone())),
    }
}

/// What could not be seen.
pub fn gap(gap: &model::case::Gap) -> Gap {
    Gap {
        reason: gap.reason.clone(),
        detail: gap.detail.clone(),
        visitor: gap.visitor.clone(),
        hop: gap.hop,
        retry: gap.retry,
    }
}

/// Seconds, as text.
pub fn seconds(ms: Millis) -> String {
    format!("{:.1}", ms.0 as f64 / 1000.0)
}

/// Times are told as in China, where the pages were looked at from.
pub fn local(at: DateTime<Utc>) -> String {
    at.with_timezone(&zone()).format("%Y-%m-%d %H:%M:%S %:z").to_string()
}

/// The moment at which a clock there shows this; none where that is beyond all times that can be told.
pub fn moment(there: NaiveDateTime) -> Option<DateTime<Utc>> {
    there.and_local_timezone(zone()).single().map(|moment| moment.to_utc())
}

/// The day of a moment there.
pub fn day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone()).date_naive()
}

/// How far ahead of UTC the clocks there are.
pub const OFFSET_MINUTES: i32 = 8 * 60;

fn zone() -> FixedOffset {
    FixedOffset::east_opt(OFFSET_MINUTES * 60).expect("internal error: eight hours are in range")
}
