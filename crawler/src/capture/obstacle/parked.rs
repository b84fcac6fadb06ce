//! A name that is for sale, has run out, or only carries a parking service's links.

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::{HOST, WORDS};
use super::{Kind, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "parked-domain",
    retry: false,
    what: "is a domain that is for sale or parked",
    advice: "Whoever holds the name no longer runs a page there: ask the advertiser for another link.",
    sign,
    hint,
};

/// Units; a parking service's page shows links, seldom more.
const LINKS: usize = 500;

fn sign(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.parked;
    let address = page.snapshot.url.to_lowercase();
    if words
        .addresses
        .is_in(address.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www."))
    {
        return Some("the address is a domain trader's page about one name".to_owned());
    }
    if let Some(mark) = page.loads(&words.marks)
        && message::rest(page, &[], f64::MAX) <= LINKS
    {
        return Some(format!("it loads `{mark}` and shows little else"));
    }
    let despite = Despite { fields: true, prices: true, orders: true, ..Despite::default() };
    let said = message::main_thing(page, &Asked { says: &words.says, paths: None, despite })?;
    Some(quoted(&said))
}

/// Only where the page is about its own name.
fn hint(page: &Page<'_>) -> Option<String> {
    let named =
        page.content().any(|block| block.text.contains(HOST)) || page.titles.iter().any(|title| title.contains(HOST));
    let hinted = message::hinted(page, &WORDS.parked.hints, Despite::default()).filter(|_| named)?;
    Some(quoted(&hinted))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{page, reason, reason_of, saying, text};

    #[test]
    fn names_for_sale_are_recognised_by_words_hosts_and_scripts() {
        for words in [
            "此域名出售，联系微信 12345",
            "This domain is for sale!",
            "The domain a.test may be for sale",
            "本域名诚意转让",
        ] {
            assert_eq!(saying(words), Some("parked-domain"), "{words}");
        }
        let html = "<script src=\"//img.sedoparking.com/js/jquery.js\"></script>";
        assert_eq!(reason(200, html, vec![text("Cheap flights"), text("Insurance")]), Some("parked-domain"));
        let trader = page(200, "https://www.hugedomains.com/domain_profile.cfm?d=a", "", vec![text("a.com $1,295")]);
        assert_eq!(reason_of(&trader, ""), Some("parked-domain"));
    }

    #[test]
    fn a_trader_of_names_is_no_parked_name() {
        assert_eq!(saying("上万个好域名等您挑选，持证经纪人一对一服务"), None);
        assert_eq!(
            reason(200, "<a href=\"https://www.sedoparking.com/\">read</a>", vec![text("How parking works")]),
            None
        );
    }
}
