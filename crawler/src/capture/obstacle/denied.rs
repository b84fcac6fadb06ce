//! A page by which a firewall, or the server's own rules, turn the visitor away.

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::WORDS;
use super::{Kind, is_error_status, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "access-denied",
    retry: true,
    what: "turns the visitor away",
    advice: "The operator of the site has to let this visitor in; a block is not evaded.",
    sign,
    hint,
};

/// Units; the block pages of firewalls explain themselves, and say no more.
const EXPLAINED: usize = 500;

fn sign(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.denied;
    if let Some(mark) = page.loads(&words.marks)
        && message::rest(page, &[], f64::MAX) <= EXPLAINED
        && page.asks().next().is_none()
    {
        return Some(format!("it loads `{mark}` and shows little else"));
    }
    let firewall = Asked { says: &words.firewall, paths: Some(&words.paths), despite: Despite::default() };
    let plain = Asked { says: &words.says, paths: Some(&words.paths), despite: Despite::default() };
    // An ordinary 403 is told by its status.
    let said = message::main_thing(page, &firewall)
        .or_else(|| message::main_thing(page, &plain).filter(|_| !is_error_status(page)))?;
    Some(quoted(&said))
}

fn hint(page: &Page<'_>) -> Option<String> {
    let hinted = message::hinted(page, &WORDS.denied.hints, Despite::default()).filter(|_| !is_error_status(page))?;
    Some(quoted(&hinted))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{reason, saying, text};

    #[test]
    fn block_pages_are_recognised() {
        for words in [
            "您的请求疑似攻击行为，已被拦截",
            "Access Denied",
            "Sorry, you have been blocked",
            "403 Forbidden",
            "網站防火牆",
        ] {
            assert_eq!(saying(words), Some("access-denied"), "{words}");
        }
    }

    #[test]
    fn an_ordinary_refusal_is_told_by_its_status() {
        assert_eq!(reason(403, "", vec![text("403 Forbidden"), text("nginx")]), None);
        assert_eq!(reason(403, "", vec![text("Request blocked. Incident ID: 12")]), Some("access-denied"));
    }
}
