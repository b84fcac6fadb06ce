//! Goods that are no medicine are said to cure; medicine and clinics are said to cure for certain.

use model::finding::{Confidence, Finding};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, Side};
use crate::wording::{self, Said};

/// ## What it finds
/// Food, health food, cosmetics or other goods said to treat or cure an illness; of medicine, devices and clinics, a rate of
/// cure, a promise that it works, or patients and doctors as witnesses; a health food sold without the words that it
/// cannot replace medicine.
///
/// ## Why it misleads
/// The ill pay for hope, and some leave off the medicine that they need.
///
/// ## Example
/// Ad: 「喝它调理血糖，三天见效」 — page: 「患者王阿姨：喝了两盒，血糖正常了」, a herbal tea
///
/// ## What to do instead
/// Say what the approval says, with its number; promise no effect, quote no patient and no doctor.
///
/// ## What it leaves alone
/// Articles on health that sell nothing; the approved indication of a medicine; what treatment a clinic offers; 「舒缓」「保湿」
/// and the like of skin care; the approved function of a health food with its number and notice; warnings of quacks.
#[derive(Debug)]
pub(super) struct MedicalClaim;

const TERMS: &[&str] = &[
    "med-cure",
    "med-cosmetic-cure",
    "med-certain",
    "med-context",
    "med-witness",
    "med-medicine",
    "med-device",
    "med-clinic",
    "med-health-food",
    "med-health-food-notice",
    "med-cosmetic",
    "med-animal",
    "med-name-of-study",
    "denied-before",
    "warned",
    "reviews-heading",
    "reviewer",
];

/// What sort of thing is sold: who may say what differs by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goods {
    /// Medicine, medical devices, clinics: they treat, and may say so.
    Treats,
    HealthFood,
    Cosmetic,
    /// Food and all other goods.
    Other,
}

impl Check for MedicalClaim {
    fn id(&self) -> &'static str {
        "medical-claim"
    }

    fn terms(&self) -> &'static [&'static str] {
        TERMS
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let sold = sides.pages.iter().any(|page| wording::sells(page, sides));
        if !sold || about_animals(sides) {
            return Vec::new();
        }
        let goods = goods(sides);
        let said = |term| -> Vec<_> {
            let all = Said::all(term, sides).into_iter();
            all.filter(|one| !sides.words.has("med-name-of-study", one.clause())).collect()
        };
        let health = goods != Goods::Other || speaks_of_health(sides);
        let mut claims = said("med-certain");
        claims.retain(|one| health || sides.words.has("med-context", one.sentence()));
        let witnesses = said("med-witness");
        if goods != Goods::Treats {
            claims.extend(said("med-cure"));
        }
        if goods == Goods::Cosmetic {
            claims.extend(said("med-cosmetic-cure"));
        }
        claims.sort_by_key(|one| one.page.is_some());
        // A witness alone may be an honest name of a doctor; beside a claim it is one more place.
        let sure = match (claims.len(), witnesses.len()) {
            (0, 0) => return notice_missing(goods, sides).into_iter().collect(),
            (0, few) if few < 2 || !matches!(goods, Goods::Treats | Goods::HealthFood) => Confidence::Low,
            (0, _) => Confidence::Medium,
            (1, 0) => Confidence::Medium,
            _ => Confidence::High,
        };
        claims.extend(witnesses);
        wording::finding(self.id(), &claims, sides, sure).into_iter().collect()
    }
}

/// Whether health is what ad or page are about.
fn speaks_of_health(sides: &Sides<'_>) -> bool {
    /// A word of weight 1.0 says a family by itself.
    const PLAIN: f64 = 1.0;
    let of = |side: &Side<'_>| {
        ["health", "clinic"].iter().any(|family| side.standing(family).is_some_and(|s| s.score >= PLAIN))
    };
    of(&sides.ad) || sides.landings().any(|page| of(&page.side))
}

/// Whether medicine for animals is meant, which has rules of its own.
fn about_animals(sides: &Sides<'_>) -> bool {
    wording::told_by_ad("med-animal", sides) && sides.landings().any(|page| wording::told_by(page, "med-animal", sides))
}

/// What the pages say of what is sold, by what only such goods carry; else by their names.
fn goods(sides: &Sides<'_>) -> Goods {
    let told = |term| wording::told_by_ad(term, sides) || sides.pages.iter().any(|p| wording::told_by(p, term, sides));
    match () {
        () if told("med-health-food") => Goods::HealthFood,
        () if told("med-medicine") || told("med-device") || told("med-clinic") => Goods::Treats,
        () if told("med-cosmetic") => Goods::Cosmetic,
        () => Goods::Other,
    }
}

/// A health food, sold on a page that was read whole and nowhere says that it is no medicine.
fn notice_missing(goods: Goods, sides: &Sides<'_>) -> Option<Finding> {
    let said = wording::told_by_ad("med-health-food-notice", sides);
    if goods != Goods::HealthFood || said {
        return None;
    }
    let lacks = |page: &&PageSide<'_>| {
        wording::sells(page, sides)
            && wording::told_by(page, "med-health-food", sides)
            && !wording::told_by(page, "med-health-food-notice", sides)
    };
    let page = sides.landings().find(lacks)?;
    let named = page.side.statements.iter().find(|s| sides.words.has("med-health-food", &s.normal.text))?;
    let sure = if wording::read_whole(page, sides) { Confidence::Medium } else { Confidence::Low };
    Some(
        Finding::of(MedicalClaim.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(named, None)?)
            .sure(sure)
            .fact("missing_notice", true),
    )
}
