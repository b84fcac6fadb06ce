//! A server or site that nobody has set up yet, or that its host has switched off: default pages, missing filings.

use super::field::FieldKind;
use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::WORDS;
use super::{Kind, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "not-set-up",
    retry: false,
    what: "answers with a server's own page, because no site is set up or allowed there",
    advice: "Ask the advertiser for a link that works.",
    sign,
    hint,
};

fn sign(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.not_set_up;
    if let Some(title) = page.titles.first().filter(|title| words.titles.is(title)) {
        return Some(format!("its title is 「{title}」"));
    }
    if let Some(mark) = page.loads(&words.marks) {
        return Some(format!("it loads `{mark}`"));
    }
    // The password under 「opening soon」 is for the shop's owner.
    let password_only = page.asks().all(|field| field.kind == FieldKind::Password);
    let despite = Despite { fields: password_only, ..Despite::default() };
    let said = message::main_thing(page, &Asked { says: &words.says, paths: None, despite })?;
    Some(quoted(&said))
}

fn hint(page: &Page<'_>) -> Option<String> {
    Some(quoted(&message::hinted(page, &WORDS.not_set_up.hints, Despite::default())?))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{page, reason_of, saying, text};

    #[test]
    fn default_pages_and_missing_filings_are_recognised() {
        for words in [
            "It works!",
            "没有找到站点",
            "恭喜, 站点创建成功！",
            "该域名未备案，暂时无法访问",
            "Index of /",
            "Welcome to nginx!",
        ] {
            assert_eq!(saying(words), Some("not-set-up"), "{words}");
        }
        let long = text(&"This is the default welcome page used to test the server. ".repeat(40));
        let apache = page(200, "https://a.test/", "Apache2 Debian Default Page: It works", vec![long]);
        assert_eq!(reason_of(&apache, ""), Some("not-set-up"));
    }

    #[test]
    fn help_with_such_pages_is_none() {
        assert_eq!(saying("域名未备案怎么办？三天办好"), None);
    }
}
