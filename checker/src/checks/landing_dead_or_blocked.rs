//! The ad runs, but its click leads nowhere.

use model::case::Case;
use model::chain::Chain;
use model::claim::PriceRole;
use model::finding::{Confidence, Finding};
use model::statement::{FieldKind, Role, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// An ad whose click ends, for every visitor and over plain HTTP, at a page that is gone: 404 or 410, a host name that
/// does not exist, or a page that says nothing but that the offer is over.
///
/// ## Why it misleads
/// What is advertised cannot be had, and nobody can check what the ad promised.
///
/// ## Example
/// Ad: 「限时领取新人礼」 — landing page: 「404 Not Found」
///
/// ## What to do instead
/// Keep the page reachable for as long as the ad runs; stop the ad when it is not.
///
/// ## What it leaves alone
/// Whatever may be over in ten minutes (5xx, time-outs, refused connections) or is kept from us (403, a challenge):
/// those are gaps. A page that mentions an earlier round that has ended but still offers something.
#[derive(Debug)]
pub(super) struct LandingDeadOrBlocked;

/// A page of more text than this (characters) says more than that it is gone.
const LONGEST_FAREWELL: usize = 400;

impl Check for LandingDeadOrBlocked {
    fn id(&self) -> &'static str {
        "landing-dead-or-blocked"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let chains = &sides.case.chains;
        let ends: Vec<_> = chains.iter().map(|chain| dead_end(chain, sides)).collect();
        if ends.is_empty() || ends.iter().any(Option::is_none) || chains.iter().any(plain_http_gets_through) {
            return Vec::new();
        }
        let looks = chains.len() + chains.iter().filter(|chain| !chain.walk.is_empty()).count();
        let confidence = if looks >= 3 { Confidence::High } else { Confidence::Medium };
        let promised = exhibit::main_promise(sides);
        let visitors: Vec<_> = chains.iter().map(|chain| &chain.visitor).collect();
        ends.into_iter()
            .flatten()
            .zip(chains)
            .map(|(delivered, chain)| {
                let last = chain.landing();
                let mut finding = Finding::of(self.id())
                    .promised(promised.clone())
                    .delivered(delivered)
                    .sure(confidence)
                    .fact("looks", looks)
                    .fact("visitors", &visitors);
                if let Some(status) = last.status.filter(|status| *status >= 400) {
                    finding = finding.fact("status", status);
                }
                if let Some(error) = &last.error {
                    finding = finding.fact("error", error);
                }
                finding
            })
            .collect()
    }
}

/// Where a chain ended for good, as an exhibit; none when it did not.
fn dead_end(chain: &Chain, sides: &Sides<'_>) -> Option<model::finding::Exhibit<model::evidence::PagePlace>> {
    let last = chain.landing();
    let page = sides.pages.iter().find(|side| side.page.visitor == chain.visitor && side.page.hop == last.index);
    let farewell = page.and_then(|page| farewell(page, sides));
    if let Some(statement) = farewell {
        return exhibit::said_by_page(statement, None);
    }
    let gone = matches!(last.status, Some(404 | 410)) || has_no_such_name(chain, sides.case);
    gone.then(|| end_of(chain, page, sides.case))
}

fn end_of(
    chain: &Chain,
    page: Option<&PageSide<'_>>,
    case: &Case,
) -> model::finding::Exhibit<model::evidence::PagePlace> {
    let mut end = exhibit::end_of(chain, case);
    let headline = page.and_then(|page| {
        let mut shown = page.side.statements.iter().filter(|statement| statement.role != Role::PageTitle);
        shown.clone().find(|statement| statement.role == Role::Headline).or_else(|| shown.next())
    });
    if let Some((headline, place)) = headline.and_then(|statement| Some((statement, statement.page_place()?))) {
        end.quote = format!("{} · {}", end.quote, headline.text);
        (end.place.area, end.place.selector) = (place.area, place.selector.clone());
        end.place.evidence = place.evidence;
    }
    end
}

/// Whether the last hop's host name does not exist; one that merely could not be looked up is worth another try.
fn has_no_such_name(chain: &Chain, case: &Case) -> bool {
    let last = chain.landing().index;
    case.gaps.iter().any(|gap| {
        gap.reason == "name-not-resolved"
            && !gap.retry
            && gap.visitor.as_ref() == Some(&chain.visitor)
            && gap.hop == Some(last)
    })
}

/// Whether plain HTTP ended somewhere that is not gone: then the page is perhaps kept from browsers only.
fn plain_http_gets_through(chain: &Chain) -> bool {
    chain.walk.last().and_then(|hop| hop.status).is_some_and(|status| status < 400)
        && matches!(chain.landing().status, Some(404 | 410))
}

/// The sentence by which a page says that it is over, when it says little else.
fn farewell<'a>(page: &'a PageSide<'_>, sides: &Sides<'_>) -> Option<&'a Statement> {
    let shown = || page.side.statements.iter().filter(|statement| statement.role != Role::PageTitle);
    let length: usize = shown().map(|statement| statement.text.chars().count()).sum();
    let offers_something = length > LONGEST_FAREWELL
        || page.page.fields.iter().any(|field| field.kind != FieldKind::Search)
        || page.side.sums().any(|sum| sum.price.cents > 0 && sum.price.role != PriceRole::Reference)
        || page.page.buttons.iter().any(|button| sides.words.has("order-button", &button.normal.text));
    if offers_something {
        return None;
    }
    shown().find(|statement| {
        let text = &statement.normal.text;
        sides.words.says("gone", text) && !sides.words.has("gone-other", text)
    })
}
