//! A form takes personal data, and nothing tells who uses it for what.

use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Field, FieldKind, Statement};

use super::operator_entity_mismatch::stranger;
use crate::check::{Check, Sides};
use crate::exhibit;
use crate::ordered::is_paid_there;
use crate::side::PageSide;
use crate::whole::{has_gap, unopened};

/// ## What it finds
/// A form for personal data on a page without any word of who handles the data and what for, although the data is
/// sensitive, goes to a host of somebody else, or is handed on by the page's own words to people it does not name.
///
/// ## Why it misleads
/// Consent to something one was not told of is none.
///
/// ## Example
/// A form for name, number and identity card that posts to another company's host; no notice, no link, no box
///
/// ## What to do instead
/// Say before the first field who collects the data, for what, for how long, and how to have them deleted.
///
/// ## What it leaves alone
/// A notice or a link to one, also in few words; a search, a log-in; a form on a platform that tells it itself. A number
/// left to be called back, without a notice, is kept for a person to look at.
#[derive(Debug)]
pub(super) struct PiNoticeMissing;

/// So many sorts of data make a picture of a person. Heuristic: name, number and address are asked for by any delivery.
const MANY: usize = 5;

impl Check for PiNoticeMissing {
    fn id(&self) -> &'static str {
        "pi-notice-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "data-notice",
            "data-handed-on",
            "data-recipient-named",
            "data-document",
            "data-life",
            "data-face",
            "data-identity",
            "runs-page",
            "other-part",
            "works-for",
            "page-home",
            "agency",
            "sole-trader",
            "own-leave",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl PiNoticeMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let fields: Vec<&Field> = page.page.fields.iter().filter(|field| is_personal(field, page, sides)).collect();
        let first = fields.iter().max_by_key(|field| (is_sensitive(field, sides), is_number(field)))?;
        let handed_on = handed_on(page, sides);
        if handed_on.is_none() && is_told(page, sides) {
            return None;
        }
        let elsewhere = other_host(page, &fields);
        // Whoever orders is asked for name, number and door.
        let orders = is_paid_there(page.page, sides.words);
        let sure = match () {
            () if has_gap(page.page, sides) || may_be_told_elsewhere(page, sides) => Confidence::Low,
            () if is_sensitive(first, sides) && !is_first_step(&fields, page, sides) => Confidence::Medium,
            () if kinds(&fields) >= MANY => Confidence::Medium,
            // Whoever takes it is not who the ad speaks for, and does not say who else gets it.
            () if fields.len() > 1 && !orders && stranger(page, sides).is_some() => Confidence::Medium,
            () if handed_on.is_some() || (elsewhere.is_some() && fields.len() > 1) => Confidence::Medium,
            () => Confidence::Low,
        };
        let labels: Vec<_> = fields.iter().map(|field| field.label.as_str()).collect();
        let mut finding = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(match handed_on {
                Some(said) => exhibit::said_by_page(said, None)?,
                None => Exhibit::new(first.label.clone(), first.place.clone()),
            })
            .sure(sure)
            .fact("fields", labels)
            .fact("sent_to", elsewhere);
        for field in fields {
            finding = finding.also(Exhibit::new(field.label.clone(), field.place.clone()));
        }
        Some(finding)
    }
}

/// Whether it tells something of a person. A card number by which one pays goes to the bank.
fn is_personal(field: &Field, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    use FieldKind::{Account, Address, BankCard, Birth, Contacts, Email, IdCard, Name, Phone, Search};
    match field.kind {
        Phone | Name | IdCard | Address | Email | Contacts | Account | Birth => true,
        BankCard => !is_paid_there(page.page, sides.words),
        Search => false,
        _ => is_sensitive(field, sides),
    }
}

fn is_number(field: &Field) -> bool {
    field.kind == FieldKind::Phone
}

fn is_sensitive(field: &Field, sides: &Sides<'_>) -> bool {
    let label = field.label.to_lowercase();
    matches!(field.kind, FieldKind::IdCard | FieldKind::BankCard | FieldKind::Contacts)
        || ["data-life", "data-face", "data-identity"].iter().any(|term| sides.words.has(term, &label))
}

/// Whether it asks for no more than the identity card, for what one cannot have without showing who one is, by somebody
/// who is named: there a short page may be a first step.
fn is_first_step(fields: &[&Field], page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    const TIED: [&str; 5] = ["telecom", "public", "clinic", "loan", "insurance"];
    let only_card = fields.iter().all(|field| field.kind == FieldKind::IdCard || !is_sensitive(field, sides));
    only_card && page.side.standings.iter().take(2).any(|top| TIED.contains(&top.family.as_str()))
}

/// How many sorts of data are asked for.
fn kinds(fields: &[&Field]) -> usize {
    let mut kinds: Vec<FieldKind> = Vec::new();
    for field in fields {
        if !kinds.contains(&field.kind) {
            kinds.push(field.kind);
        }
    }
    kinds.len()
}

/// Whether page or fine print say what becomes of the data, or agree to it by a document's name.
fn is_told(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let tells = |other: &PageSide<'_>| {
        let boxes = other.page.checkboxes.iter().map(|one| &one.normal.text);
        let said = other.side.statements.iter().map(|said| &said.normal.text);
        boxes.chain(said).any(|text| sides.words.has("data-notice", text))
    };
    tells(page) || sides.fine_print_of(page.page).any(tells)
}

/// A sentence by which the data goes to others whom neither it nor a document names.
fn handed_on<'p>(page: &'p PageSide<'_>, sides: &Sides<'_>) -> Option<&'p Statement> {
    let words = sides.words;
    let said = page.side.statements.iter().find(|said| words.says("data-handed-on", &said.normal.text))?;
    let named = page.side.statements.iter().any(|said| words.has("data-recipient-named", &said.normal.text));
    (!named).then_some(said)
}

/// Whether a document that nobody opened may tell it.
fn may_be_told_elsewhere(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    unopened(page.page, sides).iter().any(|name| sides.words.has("data-document", name))
}

/// The host to which a form with personal fields sends, if it is not of the page's own site.
fn other_host(page: &PageSide<'_>, fields: &[&Field]) -> Option<String> {
    let own = site(&page.page.url)?;
    let forms = page.page.forms.iter().filter(|form| fields.iter().any(|field| field.form == form.number));
    forms.filter_map(|form| site(form.send.url.as_deref()?)).find(|host| *host != own)
}

/// The last two labels of an address's host; three where the second is a common `com.cn`. Heuristic.
fn site(url: &str) -> Option<String> {
    let host = url.split_once("://")?.1.split(['/', '?', '#']).next()?.rsplit('@').next()?.split(':').next()?;
    let labels: Vec<&str> = host.split('.').collect();
    let common = |label: &str| matches!(label, "com" | "net" | "org" | "gov" | "edu" | "co" | "ac");
    let keep = if labels.len() > 2 && common(labels[labels.len() - 2]) { 3 } else { 2 };
    Some(labels[labels.len().saturating_sub(keep)..].join(".").to_lowercase())
}
