//! A page speaks as a carrier, a bank, a platform or a public office, and nothing says that it is one.

use model::finding::{Confidence, Finding};
use model::statement::{Role, Statement};

use crate::check::{Check, Sides};
use crate::meaning::entity::{companies, is_kin};
use crate::side::PageSide;
use crate::{exhibit, house};

/// ## What it finds
/// 「中国××掌上营业厅」「××银行官方」「人社局补贴申领」 on a page whose address, companies and advertiser are not of that house, and
/// that shows no leave to use the name.
///
/// ## Why it misleads
/// The name is why people trust the page with their number, their identity card and their money.
///
/// ## Example
/// `liuliang-ling.test`: 「中国移动网上营业厅 用户专享50G」, run by nobody who is named.
///
/// ## What to do instead
/// Use your own name and signs; say 「代理」 or “independent” where you sell for others, and show by whom you are
/// authorised.
///
/// ## What it leaves alone
/// The brand itself; an agent who says so and shows the number of the licence; a shop on a platform (「天猫官方旗舰店」); the
/// brand as goods, as a way to pay, as news; a company's own 「官方」.
#[derive(Debug)]
pub(super) struct BrandImpersonation;

/// Names that stand for one another: of a brand, of the companies behind it, of its addresses.
const HOUSES: &[&str] = &[
    "house-mobile",
    "house-unicom",
    "house-telecom",
    "house-broadnet",
    "house-tencent",
    "house-alibaba",
    "house-jd",
    "house-bytedance",
    "house-office",
];

impl Check for BrandImpersonation {
    fn id(&self) -> &'static str {
        "brand-impersonation"
    }

    fn terms(&self) -> &'static [&'static str] {
        &[
            "posing",
            "posed-name",
            "posing-not",
            "posing-local",
            "posing-office",
            "office-denied",
            "leave-shown",
            "house-mobile",
            "house-unicom",
            "house-telecom",
            "house-broadnet",
            "house-tencent",
            "house-alibaba",
            "house-jd",
            "house-bytedance",
            "house-office",
        ]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let known = sides.pages.iter().filter_map(|page| self.on(page, sides));
        let local = sides.pages.iter().filter_map(|page| self.local(page, sides));
        let office = sides.pages.iter().filter_map(|page| self.office(page, sides));
        known.chain(local).chain(office).collect()
    }
}

impl BrandImpersonation {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let poses = |said: &&Statement| {
            let text = &said.normal.text;
            words.says("posing", text) && !words.has("posing-not", text)
        };
        let posing = page.side.statements.iter().filter(poses).min_by_key(|said| rank(said))?;
        let posed = words.find("posing", &posing.normal.text)?;
        let posed = &posing.normal.text[posed];
        let name = words.term("posed-name").find(posed).map_or(posed, |found| found.as_str());
        let all = || sides.fine_print_of(page.page).chain(std::iter::once(page));
        if is_of_house(name, page, sides)
            || all().any(|one| one.side.statements.iter().any(|s| words.says("leave-shown", &s.normal.text)))
        {
            return None;
        }
        let another = !house::named_on(page, words).is_empty() || has_payer(sides);
        let takes =
            !page.page.fields.is_empty() || page.page.buttons.iter().any(|b| words.has("order-button", &b.normal.text));
        // What stands small among other words is seldom the voice of the page.
        let confidence = match (rank(posing) <= 2, another && takes) {
            (true, true) => Confidence::High,
            (true, false) => Confidence::Medium,
            (false, _) => Confidence::Low,
        };
        let claimed = sides.ad.statements.iter().find(|said| words.says("posing", &said.normal.text));
        let promised = claimed.and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides));
        Some(
            Finding::of(self.id())
                .promised(promised)
                .delivered(exhibit::said_by_page(posing, None)?)
                .sure(confidence)
                .fact("brand", name),
        )
    }
}

impl BrandImpersonation {
    /// An office of the public that no office answers for: a company runs the page, and pays for the ad.
    fn office(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        // Whoever speaks begins with the name; a sentence about an office has it somewhere.
        const WITHIN: usize = 12;
        let (name, posing) = page.side.statements.iter().filter(|said| rank(said) <= 2).find_map(|said| {
            let found = words.term("posing-office").captures(&said.normal.text)?;
            let name = found.iter().skip(1).flatten().next()?;
            (name.start() <= WITHIN).then(|| (name.as_str().to_owned(), said))
        })?;
        // A body of the public pays for its own ads; whoever else does is a company.
        let payer = sides.case.ad.advertiser.as_ref().and_then(|payer| payer.legal_name.as_deref())?;
        let company = !companies(&payer.to_lowercase(), words).is_empty() && !payer.contains(&name);
        let public = crate::meaning::host::registrable(&page.page.url).ends_with("gov.cn");
        let denied = page.side.statements.iter().any(|said| words.has("office-denied", &said.normal.text));
        if public || denied || !company || page.page.fields.is_empty() {
            return None;
        }
        let claimed = sides.ad.statements.iter().find(|said| words.has("posing-office", &said.normal.text));
        let found = Finding::of(self.id())
            .promised(claimed.and_then(exhibit::said_by_ad).unwrap_or_else(|| exhibit::main_promise(sides)))
            .delivered(exhibit::said_by_page(posing, None)?)
            .sure(Confidence::Medium);
        Some(found.fact("brand", name))
    }

    /// A bank, a carrier, a public service of whatever name, on a page that says that another company runs it.
    fn local(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let words = sides.words;
        let payers = house::advertiser(sides);
        let (name, posing) = page.side.statements.iter().filter(|said| rank(said) <= 2).find_map(|said| {
            let text = &said.normal.text;
            let found = words.term("posing-local").captures(text).filter(|_| !words.has("posing-not", text))?;
            Some((found.iter().skip(1).flatten().next()?.as_str().to_owned(), said))
        })?;
        let behind: Vec<String> = house::named_on(page, words).into_iter().chain(payers.clone()).collect();
        let kin = |one: &String| one.contains(&name) || is_kin(one, &name, words);
        let leave = page.side.statements.iter().any(|said| words.says("leave-shown", &said.normal.text));
        let another = payers.len() >= 2 || (!payers.is_empty() && behind.len() > payers.len());
        if behind.iter().any(kin) || leave || !another || page.page.fields.is_empty() {
            return None;
        }
        let found = Finding::of(self.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(posing, None)?)
            .sure(Confidence::Medium);
        Some(found.fact("brand", name))
    }
}

/// What is seen first counts first; the window's title is not on the page.
fn rank(said: &Statement) -> u8 {
    let large = said.visibility.relative.is_some_and(|share| share >= 0.6)
        || said.visibility.font_px.is_some_and(|px| px >= 18.0);
    match said.role {
        Role::Headline => 0,
        _ if large && said.visibility.screens_down.is_none_or(|screens| screens < 1.0) => 1,
        Role::PageTitle => 2,
        _ => 3,
    }
}

/// Whether the page, its address, or whoever pays for the ad is of the house whose name is used.
fn is_of_house(name: &str, page: &PageSide<'_>, sides: &Sides<'_>) -> bool {
    let words = sides.words;
    let host = crate::meaning::host::registrable(&page.page.url);
    let legal = sides.case.ad.advertiser.as_ref().and_then(|payer| payer.legal_name.clone());
    let behind: Vec<String> = house::named_on(page, words).into_iter().chain(legal).chain([host.clone()]).collect();
    let bare = name.trim_start_matches("中国");
    let same = |one: &String| one.contains(name) || (bare.chars().count() >= 3 && one.contains(bare));
    let of_house = |one: &String| HOUSES.iter().any(|house| words.has(house, name) && words.has(house, one));
    behind.iter().any(|one| same(one) || of_house(one)) || host.ends_with(".gov.cn") || host == "gov.cn"
}

fn has_payer(sides: &Sides<'_>) -> bool {
    sides.case.ad.advertiser.as_ref().is_some_and(|payer| payer.legal_name.is_some())
}
