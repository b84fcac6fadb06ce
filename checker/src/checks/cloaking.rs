//! Visitors of one click are shown different offers, each time.

use model::difference::{About, Difference};
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::wording;

/// ## What it finds
/// Two visitors of the same click who were shown different things by meaning (what is offered, by whom, for how much, for
/// which details), and were shown them again when they clicked once more.
///
/// ## Why it misleads
/// Whoever checks the ad sees a page that the people it is shown to never see.
///
/// ## Example
/// A desktop is shown a shop for bedding; a phone that comes from the app orders a data plan of 29 yuan a month.
///
/// ## What to do instead
/// Show reviewers, phones and readers in every place the same page; say so in the ad where an offer differs by
/// region.
///
/// ## What it leaves alone
/// Other layouts, pictures and words for the same; cities, stocks and dates; a code to scan instead of a form; robots that
/// are challenged; what showed once only; a price alone, which shops differ in honestly.
#[derive(Debug)]
pub(super) struct Cloaking;

impl Check for Cloaking {
    fn id(&self) -> &'static str {
        "cloaking"
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let mut pairs: Vec<&[String; 2]> = Vec::new();
        for difference in &sides.case.differences {
            if !pairs.contains(&&difference.visitors) {
                pairs.push(&difference.visitors);
            }
        }
        pairs.into_iter().filter_map(|pair| self.between(pair, sides)).collect()
    }
}

impl Cloaking {
    fn between(&self, pair: &[String; 2], sides: &Sides<'_>) -> Option<Finding> {
        let of: Vec<&Difference> = sides.case.differences.iter().filter(|one| one.visitors == *pair).collect();
        let (main, confidence) = surety(&of, sides)?;
        let [one, other] = &main.places;
        // The page that does not keep the ad's promise is the one delivered; the other is what the checker was shown.
        let deviates = usize::from(!keeps(&main.shown[1], sides) || keeps(&main.shown[0], sides));
        let (delivered, beside) = if deviates == 0 { (one, other) } else { (other, one) };
        let (delivered, beside) = (delivered.clone().or_else(|| beside.clone())?, beside.clone());
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(delivered)
            .sure(confidence)
            .fact("visitors", pair)
            .fact("differs_in", of.iter().map(|one| word(one.about)).collect::<Vec<_>>());
        for exhibit in beside.into_iter().chain(other_places(&of, main)) {
            finding = finding.also(exhibit);
        }
        Some(finding)
    }
}

/// The difference that says most, and how sure it makes the case; none when nothing differs in meaning.
fn surety<'d>(of: &[&'d Difference], sides: &Sides<'_>) -> Option<(&'d Difference, Confidence)> {
    let steady = |about: About, least: Confidence| {
        of.iter().copied().find(|one| one.about == about && one.repeated && one.confidence >= least)
    };
    let offer = steady(About::Offer, Confidence::Medium);
    let fate = steady(About::Fate, Confidence::High);
    let price = steady(About::Price, Confidence::Medium);
    let fields = steady(About::Fields, Confidence::Medium);
    let entity = steady(About::Entity, Confidence::Medium);
    if let Some(offer) = offer {
        let sure = offer.confidence == Confidence::High
            && (price.is_some() || fields.is_some() || entity.is_some() || fate.is_some());
        return Some((offer, if sure { Confidence::High } else { Confidence::Medium }));
    }
    // A price alone differs by region; with other details asked, or another owner, it is another offer.
    let pair = price.filter(|_| fields.is_some() || entity.is_some()).or_else(|| fields.filter(|_| entity.is_some()));
    if let Some(one) = pair {
        return Some((one, Confidence::Medium));
    }
    // One is to order by a code, the other reads a page on which there is nothing to be had.
    if let Some(fields) = fields.filter(|one| orders_from_one_only(one, sides)) {
        return Some((fields, Confidence::Medium));
    }
    of.first().map(|first| (*first, Confidence::Low))
}

/// Whether one visitor is asked for the code of a paid order, and the other's pages neither ask, nor sell, nor name a sum.
fn orders_from_one_only(fields: &Difference, sides: &Sides<'_>) -> bool {
    let code = |shown: &[String]| shown.iter().any(|one| one == "sms-code");
    let asked = match &fields.shown {
        [one, other] if code(one) && other.is_empty() => 0,
        [one, other] if code(other) && one.is_empty() => 1,
        _ => return false,
    };
    let pages = |at: usize| sides.pages.iter().filter(move |page| page.page.visitor == fields.visitors[at]);
    let pays = pages(asked).any(|page| page.side.to_pay().any(|sum| sum.price.cents > 0));
    let mut others = pages(1 - asked).peekable();
    pays && others.peek().is_some() && others.all(|page| !wording::sells(page, sides))
}

/// Whether what a visitor was shown is what the ad is for.
fn keeps(shown: &[String], sides: &Sides<'_>) -> bool {
    let kinds = sides.ad.standings.iter().map(|standing| standing.kind.0.as_str());
    let families = sides.ad.standings.iter().map(|standing| standing.family.as_str());
    kinds.chain(families).any(|kind| shown.iter().any(|one| one == kind))
}

fn other_places(of: &[&Difference], main: &Difference) -> Vec<Exhibit<PagePlace>> {
    let others = of.iter().filter(|one| one.about != main.about && one.repeated);
    others.flat_map(|one| one.places.iter().flatten().cloned()).collect()
}

fn word(about: About) -> &'static str {
    match about {
        About::Fate => "fate",
        About::Offer => "offer",
        About::Price => "price",
        About::Fields => "fields",
        About::Entity => "entity",
    }
}
