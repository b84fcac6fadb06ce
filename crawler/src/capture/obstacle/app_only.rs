//! A page that wants to be opened with something else: an app, or another browser.

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::{Plain, WORDS};
use super::{Kind, quoted};

pub(super) const APP: Kind = Kind {
    reason: "app-only-page",
    retry: false,
    what: "asks for another app",
    advice: "A person has to look with that app, or another visitor is configured.",
    sign: |page| sign(page, &WORDS.app_only),
    hint: |page| hint(page, &WORDS.app_only),
};

pub(super) const BROWSER: Kind = Kind {
    reason: "browser-unsupported",
    retry: false,
    what: "refuses the visitor's browser",
    advice: "Look at it as a visitor with another browser.",
    sign: |page| sign(page, &WORDS.browser),
    hint: |page| hint(page, &WORDS.browser),
};

fn sign(page: &Page<'_>, words: &Plain) -> Option<String> {
    let despite = Despite { downloads: true, ..Despite::default() };
    Some(quoted(&message::main_thing(page, &Asked { says: &words.says, paths: Some(&words.paths), despite })?))
}

fn hint(page: &Page<'_>, words: &Plain) -> Option<String> {
    Some(quoted(&message::hinted(page, &words.hints, Despite { downloads: true, ..Despite::default() })?))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{reason, saying, shown, text};

    #[test]
    fn pages_that_want_another_app_are_told_apart() {
        for words in ["请在微信客户端打开链接", "请在 APP 内打开", "請使用微信打開", "Open this page in the Acme app"]
        {
            assert_eq!(saying(words), Some("app-only-page"), "{words}");
        }
    }

    #[test]
    fn pages_that_want_another_browser_are_told_apart() {
        for words in ["您的浏览器版本过低，请升级浏览器", "请使用 Chrome 浏览器打开", "Your browser is not supported"]
        {
            assert_eq!(saying(words), Some("browser-unsupported"), "{words}");
        }
    }

    #[test]
    fn an_offer_that_is_also_in_an_app_is_no_obstacle() {
        let button = shown("button", "", None, (300.0, 40.0));
        let mut label = text("立即领取");
        label.parent = Some(0);
        assert_eq!(reason(200, "", vec![button, label, text("请在微信中打开，领取更快")]), None);
    }
}
