//! The page with everything that a case can hold, and with nothing.

use super::*;
use crate::page::tests::{HOSTILE, renders};
use crate::report::sample;
use ad::{Frame, Mark, Video};
use exhibit::Marked;
use landing::FilmFrame;
use model::units::Area;

fn exhibit() -> Exhibit {
    Exhibit::whole(HOSTILE.into(), (400.0, 900.0), vec![Marked::of(1, Area::new(1.0, 2.0, 3.0, 4.0))])
}

fn mark() -> Mark {
    let (from, until) = ("3.0".to_owned(), Some("5.2".to_owned()));
    Mark { number: 1, at: 3.0, from, until, source: "video".into(), quote: HOSTILE.into(), severity: "S3".into() }
}

impl CasePage {
    pub(super) fn all_shapes() -> Vec<Self> {
        let hostile = || HOSTILE.to_owned();
        let told = sample::case();
        let decision = |violation| DecisionShown {
            violation,
            choice: "reject",
            reason: Some(hostile()),
            by: hostile(),
            at: hostile(),
        };
        let violations = told.violations.into_iter().zip(1..).map(|(violation, number)| Told {
            number,
            told: violation,
            promised_picture: Some(exhibit()),
            delivered_picture: Some(exhibit().around()),
            decided: Some(decision(Some(1))),
        });
        let ad = AdSide {
            title: Some(hostile()),
            description: Some(hostile()),
            cta: Some(hostile()),
            click_url: hostile(),
            landing_url: Some(hostile()),
            legal_name: Some(hostile()),
            pictures: vec![exhibit()],
            videos: vec![Video { href: hostile(), marks: vec![mark()] }],
            unseen: vec![hostile()],
            frames: vec![Frame { at: Some("3.0".into()), exhibit: exhibit() }],
        };
        let landing = |picture| Landing {
            hop: 2,
            level: 1,
            part: "landing".into(),
            title: hostile(),
            url: hostile(),
            at_s: "1.0".into(),
            picture,
        };
        let mut cases = CaseShown::samples().into_iter();
        let visitor = |chosen| Visitor { name: hostile(), chosen, violations: 1, gaps: 1 };
        let full = Self {
            case: cases.next().expect("a sample"),
            sealed_at: hostile(),
            manifest: hostile(),
            ad,
            visitors: vec![visitor(true), visitor(false)],
            landings: vec![landing(Some(exhibit())), landing(None)],
            film: Some(Film { frames: vec![FilmFrame { href: hostile(), at_s: "0.4".into() }], all: 30 }),
            chain: Some(Chain { film: None, ..sample::chain() }),
            violations: violations.collect(),
            differences: told.differences,
            gaps: told.gaps,
            decisions: vec![decision(Some(1)), decision(None)],
            others: CaseShown::samples(),
            package: Some(hostile()),
            may_decide: true,
            preview: true,
            pasted: Some((hostile(), hostile())),
            appeals: AppealShown::samples(),
            corrected: Some((hostile(), hostile())),
            may_say: true,
            may_show: true,
        };
        let bare = Self {
            case: cases.next().expect("a sample"),
            sealed_at: String::new(),
            manifest: String::new(),
            ad: AdSide::default(),
            visitors: Vec::new(),
            landings: Vec::new(),
            film: None,
            chain: None,
            violations: Vec::new(),
            differences: Vec::new(),
            gaps: Vec::new(),
            decisions: Vec::new(),
            others: Vec::new(),
            package: None,
            may_decide: false,
            preview: false,
            pasted: None,
            appeals: Vec::new(),
            corrected: None,
            may_say: false,
            may_show: false,
        };
        vec![full, bare]
    }
}

#[test]
fn the_page_stands() {
    renders::<CasePage>();
}
