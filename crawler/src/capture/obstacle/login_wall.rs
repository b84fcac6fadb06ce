//! A page that wants a login before it shows anything.
//!
//! Many ads lead to a login form on purpose: log in and get the gift. Such a form stands beside what it is for, and is
//! the landing page. A wall stands for a page that it does not show: it says so, or was sent to from there.

use super::field::FieldKind;
use super::message::{self, Asked, Despite};
use super::page::{Block, Page};
use super::words::WORDS;
use super::{Kind, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "login-wall",
    retry: false,
    what: "wants a login before it shows anything",
    advice: "Nobody logs in here: ask the advertiser for a page that can be seen, or for a preview of it.",
    sign,
    hint,
};

/// Units a wall may say beside its form and its message.
const WALL: usize = 160;
/// The same, where only the form tells that it is one.
const FORM_ALONE: usize = 30;
/// A label of a form is no longer than this.
const LABEL: usize = 24;

fn sign(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.login;
    if offers_something(page) {
        return None;
    }
    let despite = Despite { fields: true, ..Despite::default() };
    let said = message::main_thing(page, &Asked { says: &words.says, paths: Some(&words.paths), despite });
    let beside = beside(page);
    if let Some(said) = said.filter(|_| beside <= WALL) {
        return Some(quoted(&said));
    }
    let (by_path, sent) = (words.paths.is_in(&page.path), words.returns.is_in(&page.path));
    let titled = page.titles.iter().any(|title| words.titles.is(title));
    let headed = page.content().any(|block| words.titles.is(&block.text));
    let named = titled || headed;
    if is_login_form(page) && by_path && sent && beside <= WALL {
        return Some("a login form that another page sent to, and little else".to_owned());
    }
    let alone = is_login_form(page) && (named || by_path) && beside <= FORM_ALONE;
    alone.then(|| "a login form and nothing else".to_owned())
}

/// Whether the page says what the login is for.
fn offers_something(page: &Page<'_>) -> bool {
    let pitch = page.content().any(|block| WORDS.login.pitch.is_in(&block.text));
    let more = page.asks().any(|field| field.kind == FieldKind::Other && page.asks().count() > 3);
    pitch
        || more
        || message::offers(page, &[], f64::MAX, Despite { fields: true, downloads: true, ..Despite::default() })
}

/// Units beside the labels of the form and the message itself.
fn beside(page: &Page<'_>) -> usize {
    let words = &WORDS.login;
    let label = |block: &&Block| {
        (block.units <= LABEL && words.labels.is_in(&block.text)) || message::stands(&words.says, &block.text).is_some()
    };
    page.content().filter(|block| !label(block)).map(|block| block.units).sum()
}

/// A field for a password, a phone number with a code, or a code to be scanned.
fn is_login_form(page: &Page<'_>) -> bool {
    let asks = |kind: FieldKind| page.asks().any(|field| field.kind == kind);
    let scanned = page.content().any(|block| WORDS.login.scan.is_in(&block.text));
    asks(FieldKind::Password) || (asks(FieldKind::Account) && asks(FieldKind::Code)) || scanned
}

fn hint(page: &Page<'_>) -> Option<String> {
    let despite = Despite { fields: true, ..Despite::default() };
    let hinted = message::hinted(page, &WORDS.login.hints, despite).filter(|_| !offers_something(page))?;
    Some(quoted(&hinted))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{field, page, reason, reason_of, text};

    const PASSWORD: &[(&str, &str)] = &[("type", "password")];

    #[test]
    fn a_form_that_stands_for_another_page_is_a_wall() {
        let form = || vec![text("账号登录"), field(&[("name", "username")]), field(PASSWORD), text("忘记密码")];
        let sent = page(200, "https://a.test/login?redirect=%2Factivity%2F9", "登录", form());
        assert_eq!(reason_of(&sent, ""), Some("login-wall"));
        assert_eq!(reason(200, "", vec![text("请先登录"), field(PASSWORD)]), Some("login-wall"));
        assert_eq!(reason(200, "", vec![text("Please log in to continue")]), Some("login-wall"));
    }

    #[test]
    fn a_form_beside_what_it_is_for_is_the_landing_page() {
        let phone = || field(&[("placeholder", "请输入手机号")]);
        let code = || field(&[("placeholder", "验证码")]);
        let login = page(200, "https://a.test/login?k=1", "登录", vec![phone(), code(), text("登录领取 30 天会员")]);
        assert_eq!(reason_of(&login, ""), None);
        let about = "和喜欢户外的人在一起，看营地实拍，聊装备，约周末的山和海，每天都有新帖";
        let forum = page(200, "https://a.test/login?k=1", "登录", vec![phone(), code(), text(about)]);
        assert_eq!(reason_of(&forum, ""), None);
    }
}
