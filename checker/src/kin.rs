//! What a case shows of who is behind its ad, in a form in which others that show the same can be told: hosts, records, codes, payees.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use model::case::Case;
use model::kin::{Shown, Trait};
use model::snapshot::Part;
use model::statement::{FactKind, Page};
use regex::Regex;

use crate::meaning::host::registrable;

/// Things of one case; a page that names more names nobody.
const MOST: usize = 60;
/// Characters of a value; what is longer is no name and no number, and of a code its beginning.
const LONGEST: usize = 300;
/// Payments name whom they are for by such a parameter of their address.
const MERCHANT: [&str; 12] = [
    "partner",
    "seller_id",
    "mch_id",
    "mchid",
    "sub_mch_id",
    "merchant",
    "merchant_id",
    "merchantid",
    "merchant_no",
    "merchantno",
    "mer_id",
    "payee",
];

/// Whom a page names as paid: 「收款方: 某公司」, in normal form.
static PAYEE: LazyLock<Regex> = LazyLock::new(|| {
    let label = "收款(?:方|人|单位|商户|公司|户名|账户名称?)|商户(?:全?称|名称?)|payee|merchant(?: name)?";
    let way = format!(r"(?:{label})\s*(?:名称)?\s*[::]\s*(?P<v>[^\s,;:。|()]{{2,40}})");
    Regex::new(&way).expect("internal error: the pattern is right")
});

/// What ties the account behind a case with others that show the same; each once, what is nearest to the click first.
pub fn traits(case: &Case) -> Vec<Shown> {
    let mut pages: Vec<&Page> = case.pages.iter().collect();
    pages.sort_by_key(|page| page.level);
    let mut seen = BTreeSet::new();
    let shown =
        pages.into_iter().flat_map(|page| of_page(page).into_iter().map(move |(what, value)| (page, what, value)));
    let shown = shown.filter_map(|(page, what, value)| {
        let value: String = value.trim().to_lowercase().chars().take(LONGEST).collect();
        let new = !value.is_empty() && seen.insert((what, value.clone()));
        new.then_some(Shown { what, value, level: page.level })
    });
    shown.take(MOST).collect()
}

fn of_page(page: &Page) -> Vec<(Trait, String)> {
    let mut shown = Vec::new();
    if page.part == Part::Landing {
        shown.push((Trait::Host, registrable(&page.url)));
        shown.extend(page.template.clone().map(|template| (Trait::Template, template)));
    }
    let of = |kind| page.facts.iter().filter(move |fact| fact.kind == kind).map(|fact| fact.value.as_str());
    shown.extend(of(FactKind::Icp).filter_map(record).map(|value| (Trait::Icp, value)));
    shown.extend(of(FactKind::PublicSecurity).map(|value| (Trait::PublicSecurity, digits(value))));
    shown.extend(of(FactKind::Licence).filter(|value| is_credit_code(value)).map(|v| (Trait::Licence, v.to_owned())));
    // Where a page names several, nobody can tell whose it is.
    if let [company] = of(FactKind::Company).collect::<Vec<_>>()[..] {
        shown.push((Trait::Company, company.to_owned()));
    }
    shown.extend(page.codes.iter().map(|code| (Trait::Qr, code.text.clone())));
    let said = page.statements.iter().filter_map(|statement| PAYEE.captures(&statement.normal.text));
    shown.extend(said.map(|found| (Trait::Payee, found["v"].to_owned())));
    let sent = page.forms.iter().filter_map(|form| form.send.url.as_deref());
    let pressed = page.buttons.iter().filter_map(|button| button.href.as_deref());
    shown
        .extend(sent.chain(pressed).chain([page.url.as_str()]).filter_map(merchant).map(|value| (Trait::Payee, value)));
    shown
}

/// A record without the number of the site: 「京icp备12345678号-2」 is of 「京icp备12345678号」.
fn record(value: &str) -> Option<String> {
    let value: String = value.chars().filter(|c| !matches!(c, '案' | '字' | '第')).collect();
    let end = value.rfind('号').unwrap_or(value.len());
    let record = value[..end].trim_end_matches('-');
    // Without 「号」 the number of the site follows the dash.
    let record = if end == value.len() { record.rsplit_once('-').map_or(record, |(record, _)| record) } else { record };
    record.chars().any(|c| c.is_ascii_digit()).then(|| format!("{record}号"))
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// A unified social credit code has eighteen letters and figures.
fn is_credit_code(value: &str) -> bool {
    value.len() == 18 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The account that a payment's address names, with whose service it is: `alipay.com partner=2088…`.
fn merchant(url: &str) -> Option<String> {
    let (_, query) = url.split_once('?')?;
    let named = query.split(['&', '#']).filter_map(|pair| pair.split_once('='));
    let is_account = |name: &str, value: &str| {
        let digits = value.bytes().filter(u8::is_ascii_digit).count();
        // Who sends visitors is called a partner as well: the one who is paid has an account of Alipay's.
        let is_paid = name != "partner" || value.starts_with("2088") && digits == 16;
        (6..=64).contains(&value.len()) && digits >= 4 && is_paid
    };
    let (_, account) = named
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .find(|(name, value)| MERCHANT.contains(&name.as_str()) && is_account(name, value))?;
    Some(format!("{} {account}", registrable(url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_told_without_the_number_of_the_site() {
        for (written, record_of) in [
            ("京icp备12345678号-1", "京icp备12345678号"),
            ("京icp备12345678号", "京icp备12345678号"),
            ("京icp备案12345678号-12", "京icp备12345678号"),
            ("粤icp证030173号", "粤icp证030173号"),
            ("浙icp证b2-20080224号", "浙icp证b2-20080224号"),
            ("京icp备12345678-3", "京icp备12345678号"),
        ] {
            assert_eq!(record(written).as_deref(), Some(record_of), "{written}");
        }
    }

    #[test]
    fn who_is_paid_stands_on_the_page_or_in_an_address() {
        let said = |text: &str| PAYEE.captures(text).map(|found| found["v"].to_owned());
        assert_eq!(said("收款方:杭州某某科技有限公司 应付39.9元").as_deref(), Some("杭州某某科技有限公司"));
        assert_eq!(said("商户名称: 某某旗舰店").as_deref(), Some("某某旗舰店"));
        assert_eq!(said("本商户支持退款"), None);
        let pay = "https://openapi.alipay.com/gateway.do?service=x&Partner=2088101568338364&sign=1";
        assert_eq!(merchant(pay).as_deref(), Some("alipay.com 2088101568338364"));
        assert_eq!(merchant("https://a.test/?partner=wechat"), None, "a name of a channel is nobody's account");
        for agency in ["https://a.test/?partner=12345678", "https://a.test/?partner_id=20881015"] {
            assert_eq!(merchant(agency), None, "whose customers are many");
        }
        assert_eq!(merchant("https://a.test/2088101568338364"), None);
    }

    #[test]
    fn only_a_credit_code_names_a_company() {
        assert!(is_credit_code("91110108ma01abcd2x"));
        assert!(!is_credit_code("jy13101010000001") && !is_credit_code("京网文〔2023〕1234-567号"));
    }
}
