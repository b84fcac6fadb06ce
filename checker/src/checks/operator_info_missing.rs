//! A page takes money and does not say whose it is.

use model::chain::Outcome;
use model::claim::PriceRole;
use model::evidence::PagePlace;
use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{FactKind, FieldKind, Role, Statement};

use crate::asked::{is_asked, is_demanded};
use crate::check::{Check, Sides};
use crate::side::{PageSide, Sum};
use crate::whole::unopened;
use crate::{exhibit, house};

/// ## What it finds
/// A page on which one pays, or orders at a price by leaving a number, an address or a code, or that sends people on into a
/// private chat, and that names nobody: no company, no record of the site, no telephone, no address, no service desk, no agreement in which they might stand.
///
/// ## Why it misleads
/// Whoever pays there does not know whom, and cannot complain, return or sue.
///
/// ## Example
/// A page with a sum, a phone number, a code and 「立即开通」, and nothing else.
///
/// ## What to do instead
/// Name company, registration and a telephone where the offer is made.
///
/// ## What it leaves alone
/// A page that takes nothing; a name, a number or a shop anywhere on it or behind it; links 「关于我们」「营业执照」 and
/// agreements that were not opened; pages that were not read whole; shops and pages at home on a platform.
#[derive(Debug)]
pub(super) struct OperatorInfoMissing;

impl Check for OperatorInfoMissing {
    fn id(&self) -> &'static str {
        "operator-info-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "tells-operator",
            "document-name",
            "holds-operator",
            "private-add",
            "private-hidden",
            "private-warned",
            "private-person",
            "company-channel",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl OperatorInfoMissing {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let behind = || {
            let next = sides.pages.iter().filter(|other| other.page.visitor == page.page.visitor);
            sides.fine_print_of(page.page).chain(next)
        };
        if behind().any(|one| tells(one, sides)) {
            return None;
        }
        let (delivered, taken) = takes_money(page, sides).or_else(|| leads_away(page, sides))?;
        if behind().any(|one| shows_brand(one, sides)) {
            return None;
        }
        let complete = house::is_read_whole(page, sides) && !is_closed(page, sides) && house::length(page) >= A_PAGE;
        let confidence = if complete && taken { Confidence::Medium } else { Confidence::Low };
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(delivered)
                .sure(confidence)
                .fact("missing", ["经营者名称", "地址", "联系方式"]),
        )
    }
}

/// What a page takes, and whether it really does.
type Taken = (Exhibit<PagePlace>, bool);

/// The sum that the page asks for.
fn takes_money(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Taken> {
    let sum = price(page, sides)?;
    let taken = !sum.price.from && (is_billed(&sum, page, sides) || is_demanded(&sum, page, sides));
    let pays = page.page.buttons.iter().any(|button| sides.words.says("payment-demand", &button.normal.text));
    Some((exhibit::sum_on_page(sum)?, taken && (pays || is_binding(page))))
}

/// The words by which a page sends people on into a private chat, where nobody is named either.
fn leads_away(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Taken> {
    let words = sides.words;
    let said = page.side.statements.iter().find(|said| {
        let text = &said.normal.text;
        let company = words.has("company-channel", text) && !words.has("private-hidden", text);
        words.says("private-add", text) && !words.has("private-warned", text) && !company
    })?;
    Some((exhibit::said_by_page(said, None)?, page.page.fields.is_empty()))
}

/// Whether it may stand behind something to press that nobody opened: 「关于我们」, a desk to chat with, an agreement.
fn is_closed(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let chain = sides.case.chains.iter().find(|chain| chain.visitor == page.page.visitor);
    let ways = chain.iter().flat_map(|chain| &chain.ways);
    let opened: Vec<&str> = ways
        .filter(|way| matches!(way.outcome, Outcome::Followed | Outcome::Opened | Outcome::Known))
        .filter(|way| !way.words.is_empty())
        .map(|way| way.words.as_str())
        .collect();
    let pressed = page.side.statements.iter().filter(|said| matches!(said.role, Role::Link | Role::Button));
    let shown =
        pressed.map(|said| said.text.clone()).chain(page.page.buttons.iter().map(|button| button.label.clone()));
    let holds = |name: &String| sides.words.has("holds-operator", &name.to_lowercase());
    let was_opened = |name: &String| opened.iter().any(|way| name.contains(way) || way.contains(name.as_str()));
    unopened(page.page, sides).iter().any(holds) || shown.into_iter().any(|name| holds(&name) && !was_opened(&name))
}

/// A page of fewer characters says too little for what it leaves out to mean anything. Heuristic.
const A_PAGE: usize = 60;

/// The sum that is asked for on a page that takes it.
fn price<'s>(page: &'s PageSide<'_>, sides: &Sides<'_>) -> Option<Sum<'s>> {
    let asked = page.side.to_pay().filter(|sum| sum.price.cents > 0 && is_asked(sum, page, sides.words));
    // What comes again weighs most, then the dearest.
    asked.max_by_key(|sum| (sum.price.role == PriceRole::Recurring, sum.price.cents))
}

/// Whether the fee comes with what one does there, on the phone bill: a price that is only named is not asked for yet.
fn is_billed(sum: &Sum<'_>, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let around = page.side.around(sum.claim.statement, 1).iter();
    let says = |term: &'static str, said: &Statement| sides.words.says(term, &said.normal.text);
    around.into_iter().any(|said| says("carrier-billed", said) || says("implied-order", said))
}

/// Whether an order is made on the page itself: by a number and its code, or by what is delivered to.
fn is_binding(page: &PageSide<'_>) -> bool {
    let has = |kind: FieldKind| page.page.fields.iter().any(|field| field.kind == kind);
    has(FieldKind::SmsCode) || has(FieldKind::BankCard) || has(FieldKind::IdCard) || has(FieldKind::Address)
}

/// Whether a page says who runs it, or how to reach them.
fn tells(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let facts = page.page.facts.iter().any(|fact| {
        matches!(
            fact.kind,
            FactKind::Company
                | FactKind::Icp
                | FactKind::PublicSecurity
                | FactKind::Licence
                | FactKind::Telephone
                | FactKind::Email
                | FactKind::Address
        )
    });
    // 「收货地址」 asks for an address, and gives none.
    let given = page.side.statements.iter().filter(|said| said.role != Role::FieldLabel);
    facts
        || given.into_iter().any(|said| {
            sides.words.has("tells-operator", &said.normal.text)
                || !crate::meaning::entity::companies(&said.normal.text, sides.words).is_empty()
        })
}

/// Whether the page shows by its own brand whose it is, and the advertiser is known by it. A nickname in a chat is no brand.
fn shows_brand(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let known = sides.case.ad.advertiser.as_ref().is_some_and(|payer| payer.legal_name.is_some());
    let whose = |said: &&Statement| {
        !words.says("private-add", &said.normal.text) && !words.has("private-person", &said.normal.text)
    };
    let own = || page.side.statements.iter().filter(whose);
    known && house::advertiser(sides).iter().any(|name| house::stands_in(own(), name, words))
}
