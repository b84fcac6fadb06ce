//! Another company runs the page than pays for the ad.

use model::chain::ActKind;
use model::finding::{Confidence, Finding};
use model::statement::{FieldKind, Statement};

use crate::check::{Check, Sides};
use crate::meaning::entity::{companies, is_kin};
use crate::side::PageSide;
use crate::{deeds, exhibit, house};

/// ## What it finds
/// A page that takes money, an order or somebody's details, run by a company that has nothing to do with the one that pays
/// for the ad: other name, other brand, and no word of an agency or a leave.
///
/// ## Why it misleads
/// Whoever has a complaint looks for the company of the ad, and their contract is with another that nobody checked.
///
/// ## Example
/// Advertiser: 「甲云科技有限公司」 — foot of the page: 「版权所有 乙河信息服务有限公司 沪ICP备…号」
///
/// ## What to do instead
/// Let the ad name who answers for the page; where a partner does, name both.
///
/// ## What it leaves alone
/// Sisters, branches and short names; a page that shows the advertiser's brand; platforms and builders of pages; makers,
/// insurers, lenders, carriers and licensees who are named as such; a page that says who works for whom.
#[derive(Debug)]
pub(super) struct OperatorEntityMismatch;

impl Check for OperatorEntityMismatch {
    fn id(&self) -> &'static str {
        "operator-entity-mismatch"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "runs-page",
            "other-part",
            "works-for",
            "page-home",
            "agency",
            "sole-trader",
            "own-leave",
            "posing-office",
            "payee",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.landings().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl OperatorEntityMismatch {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let legal = sides.case.ad.advertiser.as_ref()?.legal_name.clone()?;
        let payers = house::advertiser(sides);
        let (name, statement) = stranger(page, sides)?;
        // What stands in the name of an office is no brand: 「资费惠民」 in 「××资费惠民办公室」.
        let own = || page.side.statements.iter().filter(|said| !sides.words.has("posing-office", &said.normal.text));
        let ours = payers.iter().any(|payer| house::stands_in(own(), payer, sides.words));
        let confidence = match (ours, takes(page, sides)) {
            // The brand is there: a dealer, a licensee, a new name. For a person to look at.
            (true, _) | (false, false) => Confidence::Low,
            (false, true) => Confidence::Medium,
        };
        let promised = sides
            .ad
            .statements
            .iter()
            .find(|said| payers.iter().any(|payer| said.normal.text.contains(payer.as_str())));
        let finding = Finding::of(self.id())
            .promised(promised.and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides)))
            .delivered(exhibit::said_by_page(statement, None)?)
            .sure(confidence);
        Some(finding.fact("advertiser", legal).fact("operator", name))
    }
}

fn next_of<'s, 'a>(page: &'s PageSide<'a>, sides: &'s Sides<'a>) -> impl Iterator<Item = &'s PageSide<'a>> {
    sides.pages.iter().filter(move |other| other.page.visitor == page.page.visitor && other.page.hop != page.page.hop)
}

/// Those who are said to run the page and are no kin of whoever pays for the ad: the name, and the sentence that says so.
///
/// None where the page names the advertiser too, or says who works for whom.
pub(crate) fn stranger<'a>(page: &PageSide<'a>, sides: &Sides<'_>) -> Option<(String, &'a Statement)> {
    sides.case.ad.advertiser.as_ref()?.legal_name.as_ref()?;
    let payers = house::advertiser(sides);
    let behind: Vec<&PageSide<'_>> = sides.fine_print_of(page.page).chain([page]).chain(next_of(page, sides)).collect();
    let (name, statement) = operators(page, sides).into_iter().next()?;
    let kin = |one: &String| payers.iter().any(|payer| is_kin(one, payer, sides.words) || one.contains(payer.as_str()));
    // The advertiser's name on a page that sends its visitor away by itself says nothing of the one they come to.
    let left = left_for(page, sides);
    let mut own = behind.iter().filter(|other| Some(other.page.hop) != left);
    let anybody = kin(&name) || own.any(|page| house::named_on(page, sides.words).iter().any(kin));
    let works_for = |said: &Statement| {
        let text = &said.normal.text;
        sides.words.has("works-for", text) && !sides.words.has("own-leave", text)
    };
    let told = behind.iter().any(|page| page.side.statements.iter().any(works_for));
    let home = |name: &String| sides.words.has("page-home", name);
    let placed = home(&name) || payers.iter().any(|payer| home(payer) || sides.words.has("agency", payer));
    (!anybody && !told && !placed).then_some((name, statement))
}

/// The companies that are said to run the page, with the sentence that says so.
fn operators<'a>(page: &PageSide<'a>, sides: &Sides<'_>) -> Vec<(String, &'a Statement)> {
    let mut found = Vec::new();
    for (at, said) in page.side.statements.iter().enumerate() {
        let text = &said.normal.text;
        // 「由××保险承保」「生产企业:××」: a part in what is sold, not in the page.
        // Who takes the money is no mere part.
        let apart = |text: &str| sides.words.has("other-part", text) && !sides.words.has("payee", text);
        if apart(text) {
            continue;
        }
        let runs = page.side.around(at, 1).iter().any(|near| {
            let near = &near.normal.text;
            (sides.words.has("runs-page", near) || sides.words.has("payee", near)) && !apart(near)
        });
        found.extend(house::traders(text, sides.words).map(|name| (name.to_owned(), said)));
        for name in companies(text, sides.words) {
            let alone = name.chars().count() * 5 >= text.chars().count() * 4;
            if runs || alone {
                found.push((name, said));
            }
        }
    }
    found
}

/// The hop of the page that left for this one by itself.
fn left_for(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<u16> {
    let mut taken = deeds::acts(sides, &[ActKind::ForcedRedirect]);
    taken.find_map(|(chain, act)| {
        let arrived = deeds::taken_to(chain, act).is_some_and(|hop| hop.index == page.page.hop);
        (chain.visitor == page.page.visitor && arrived).then_some(act.hop)
    })
}

/// Whether the page takes something: money, an order, a number to be called.
fn takes(page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let asks = page.page.fields.iter().any(|field| !matches!(field.kind, FieldKind::Search | FieldKind::Other));
    asks || page.page.buttons.iter().any(|button| {
        sides.words.has("order-button", &button.normal.text) || sides.words.has("pay-button", &button.normal.text)
    })
}
