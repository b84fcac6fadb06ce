//! What a form asks of one visitor and not of the other.

use std::collections::{BTreeMap, BTreeSet};

use model::difference::{About, Difference};
use model::finding::{Confidence, Exhibit};
use model::statement::{Field, FieldKind, Page};

use super::pair::{Pair, Part};
use super::sight::Meaning;
use crate::words::Words;

/// Whether a field asks a person for something of theirs.
pub(super) fn is_telling(kind: FieldKind) -> bool {
    weight(kind).is_some()
}

/// How much it is to be asked for it: what orders, signs or pays more than what reaches a person; none for what tells
/// nothing of them.
fn weight(kind: FieldKind) -> Option<Confidence> {
    match kind {
        FieldKind::SmsCode | FieldKind::IdCard | FieldKind::BankCard => Some(Confidence::Medium),
        FieldKind::Phone | FieldKind::Name | FieldKind::Address | FieldKind::Password | FieldKind::Email => {
            Some(Confidence::Low)
        }
        FieldKind::Contacts | FieldKind::Account | FieldKind::Birth => Some(Confidence::Low),
        FieldKind::PictureCode | FieldKind::Search | FieldKind::Other => None,
    }
}

/// The word in `cases.jsonl`; kept apart from the kind so that sets have an order.
fn word(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Phone => "phone",
        FieldKind::SmsCode => "sms-code",
        FieldKind::PictureCode => "picture-code",
        FieldKind::Name => "name",
        FieldKind::IdCard => "id-card",
        FieldKind::Address => "address",
        FieldKind::BankCard => "bank-card",
        FieldKind::Password => "password",
        FieldKind::Email => "email",
        FieldKind::Search => "search",
        FieldKind::Contacts => "contacts",
        FieldKind::Account => "account",
        FieldKind::Birth => "birth",
        FieldKind::Other => "other",
    }
}

/// What one side asks for.
struct Asked<'a> {
    /// Each sort of field once, with the first of its sort.
    fields: BTreeMap<&'static str, &'a Field>,
    /// On any page of the visitor, log-ins too.
    known: BTreeSet<&'static str>,
}

pub(super) fn difference(pair: &Pair<'_, '_>, another_offer: bool) -> Option<Difference> {
    let sides = pair.sides.map(|side| Asked::of(side, pair.behind, pair.words));
    let surest = [0, 1].into_iter().filter_map(|me| surest(pair, &sides, me, another_offer)).max()?;
    let parts = [0, 1].map(|at| sides[at].part(&sides[1 - at]));
    Some(pair.difference(About::Fields, surest, parts))
}

/// How surely this side asks for more than the other; none when it does not, or the other only asks elsewhere.
fn surest(pair: &Pair<'_, '_>, sides: &[Asked<'_>; 2], me: usize, another_offer: bool) -> Option<Confidence> {
    let (mine, theirs, other) = (&sides[me], &sides[1 - me], pair.sides[1 - me]);
    let news = mine.fields.values().filter(|field| !theirs.knows(field.kind)).map(|field| field.kind);
    let most = news.clone().filter_map(weight).max()?;
    if another_offer {
        let reaches = news.clone().any(|kind| most > Confidence::Low || kind == FieldKind::Phone);
        return reaches.then_some(if most > Confidence::Low { Confidence::High } else { Confidence::Medium });
    }
    let words = pair.words;
    if pair.sends_to_phone(1 - me) || !pair.is_rich(1 - me) {
        return None;
    }
    // A form in steps asks for the rest on the next page, a button without a form for everything.
    let goes_on = |term| other.presses(term, words);
    let asks = !theirs.fields.is_empty();
    let more_behind =
        !pair.behind && (goes_on("next-step") || (!asks && (goes_on("order-button") || goes_on("claim-button"))));
    if more_behind {
        return None;
    }
    // A form that takes no more than a name and a number is one way of being reached; the other page has its own.
    (most > Confidence::Low).then_some(most)
}

impl<'a> Asked<'a> {
    fn of(meaning: &Meaning<'a>, behind: bool, words: &Words) -> Self {
        let mut fields = BTreeMap::new();
        for shown in meaning.said(behind) {
            for field in shown.side.page.fields.iter().filter(|field| !is_aside(field, shown.side.page, words)) {
                if is_telling(field.kind) {
                    fields.entry(word(field.kind)).or_insert(field);
                }
            }
        }
        let all = meaning.pages.iter().flat_map(|shown| &shown.side.page.fields);
        let mut known: BTreeSet<_> = all.map(|field| word(field.kind)).collect();
        // One presses instead of writing: the phone's own number, or an account that is there.
        if meaning.says("one-press-login", words) {
            known.extend([word(FieldKind::Phone), word(FieldKind::SmsCode)]);
        }
        Self { fields, known }
    }

    /// Whether it asks for as much; a password is asked for as a code is, an e-mail address as a phone number.
    fn knows(&self, kind: FieldKind) -> bool {
        let instead = match kind {
            FieldKind::SmsCode => Some(FieldKind::Password),
            FieldKind::Password => Some(FieldKind::SmsCode),
            FieldKind::Phone => Some(FieldKind::Email),
            FieldKind::Email => Some(FieldKind::Phone),
            _ => None,
        };
        self.known.contains(word(kind)) || instead.is_some_and(|instead| self.known.contains(word(instead)))
    }

    fn part(&self, other: &Self) -> Part {
        let news = |field: &&&Field| !other.knows(field.kind);
        let first = self.fields.values().filter(news).max_by_key(|field| weight(field.kind));
        let first = first.or_else(|| self.fields.values().next());
        Part {
            shown: self.fields.keys().map(|word| (*word).to_owned()).collect(),
            place: first.map(|field| Exhibit::new(field.label.clone(), field.place.clone())),
        }
    }
}

/// Whether the field stands in a log-in or takes letters for a newsletter, as many pages have in head or foot.
fn is_aside(field: &Field, page: &Page, words: &Words) -> bool {
    let form: Vec<_> = page.fields.iter().filter(|other| other.form == field.form).collect();
    let letters = form.iter().all(|other| other.kind == FieldKind::Email);
    let login = form.iter().any(|other| other.kind == FieldKind::Password)
        && page
            .buttons
            .iter()
            .any(|button| button.form == Some(field.form) && words.has("login-button", &button.normal.text));
    letters || login
}
