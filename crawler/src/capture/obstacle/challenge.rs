//! A page that only asks whether we are human.

use model::snapshot::Node;

use super::field::FieldKind;
use super::message::{self, Asked, Despite};
use super::page::{Page, attribute, is_visible};
use super::words::WORDS;
use super::{Kind, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "challenge-page",
    retry: true,
    what: "asks whether we are human",
    advice: "A person has to look, or the operator lets this visitor in.",
    sign,
    hint,
};

/// Units of text up to which a page has little other content.
const LITTLE: usize = 160;
/// Pictures of this share of the screen make up a page.
const PICTURES: f64 = 0.35;

fn sign(page: &Page<'_>) -> Option<String> {
    if let Some(value) = page.headers.get("cf-mitigated") {
        return Some(format!("header cf-mitigated: {value}"));
    }
    let words = &WORDS.challenge;
    let asks_for_more = page.asks().any(|field| field.kind != FieldKind::Code);
    let widget = widget(&page.snapshot.nodes);
    let little = page.content().map(|block| block.units).sum::<usize>() <= LITTLE;
    if little && !asks_for_more && page.pictures(f64::MAX, is_widget) <= PICTURES {
        if let Some(mark) = holds(page, &words.marks) {
            return Some(format!("`{mark}` on a page with little else"));
        }
        if let Some(widget) = widget {
            return Some(format!("`{widget}` as the page's main thing"));
        }
    }
    let turned_away = matches!(page.snapshot.status, Some(401 | 403 | 405 | 412 | 418 | 429 | 503));
    let despite = Despite { code_field: true, fields: turned_away, ..Despite::default() };
    let said = message::main_thing(page, &Asked { says: &words.says, paths: None, despite })?;
    Some(quoted(&said))
}

fn holds<'m>(page: &Page<'_>, marks: &'m [String]) -> Option<&'m str> {
    let html = page.html.to_lowercase();
    marks.iter().map(String::as_str).find(|mark| html.contains(mark)).or_else(|| page.loads(marks))
}

/// A captcha widget that can be seen.
fn widget(nodes: &[Node]) -> Option<&'static str> {
    let seen = |node: &&Node| is_visible(node) && node.area.is_some_and(|area| area.w >= 100.0 && area.h >= 30.0);
    nodes.iter().filter(seen).find_map(mark_of)
}

fn mark_of(node: &Node) -> Option<&'static str> {
    let said = ["id", "class", "src"].map(|name| attribute(node, name));
    WORDS.challenge.widgets.iter().map(String::as_str).find(|mark| said.iter().any(|value| value.contains(mark)))
}

fn is_widget(node: &Node) -> bool {
    mark_of(node).is_some()
}

fn hint(page: &Page<'_>) -> Option<String> {
    let despite = Despite { code_field: true, ..Despite::default() };
    Some(quoted(&message::hinted(page, &WORDS.challenge.hints, despite)?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::super::sample::{page, reason, saying, shown, text};
    use super::super::{Signs, find};

    #[test]
    fn pages_that_only_ask_whether_we_are_human_are_challenges() {
        for words in [
            "请完成安全验证后继续访问",
            "您的访问过于频繁，请稍后再试",
            "Verify you are  human",
            "Checking your browser before accessing a.test",
            "请 拖动滑块 完成拼图",
            "請完成以下驗證",
        ] {
            assert_eq!(saying(words), Some("challenge-page"), "{words}");
        }
        assert_eq!(reason(403, "<script>window._cf_chl_opt={}</script>", vec![text("a.test")]), Some("challenge-page"));
        assert_eq!(
            reason(200, "", vec![shown("div", "geetest_captcha", None, (300.0, 200.0)), text("点击按钮")]),
            Some("challenge-page")
        );
        let headers: HashMap<_, _> = [("cf-mitigated".to_owned(), "challenge".to_owned())].into();
        let snapshot = page(403, "https://a.test/", "", vec![]);
        assert!(find(&Signs { snapshot: &snapshot, html: "", headers: &headers, laid_out: true }).is_some());
    }

    #[test]
    fn a_login_form_with_a_captcha_is_no_challenge() {
        let form = || {
            vec![
                text("手机号登录领取"),
                shown("input", "phone", None, (300.0, 40.0)),
                shown("div", "nc_wrapper", None, (300.0, 40.0)),
                text("请拖动滑块"),
            ]
        };
        assert_eq!(reason(200, "", form()), None);
        let nodes = vec![text("立即领取"), shown("input", "", None, (300.0, 40.0))];
        assert_eq!(reason(200, "<script src=//www.google.com/recaptcha/api.js>", nodes), None);
    }

    #[test]
    fn an_ad_page_that_mentions_verification_is_no_challenge() {
        let long = "我们的产品采用多重安全验证与人机验证技术，保护您的资金安全。".repeat(12);
        assert_eq!(saying(&long), None);
        assert_eq!(saying("0元领取 流量卡 全国包邮"), None);
        assert_eq!(saying("无需人机验证，打开就玩"), None);
    }

    #[test]
    fn a_page_of_one_picture_is_no_challenge() {
        let picture = shown("img", "hero", None, (393.0, 700.0));
        let html = "<script src=https://challenges.cloudflare.com/turnstile/v0/api.js cf-chl-x>";
        assert_eq!(reason(200, html, vec![picture, text("立即领取")]), None);
    }
}
