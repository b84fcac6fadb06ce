//! Tells a page that only asks whether we are human, or which app we use, from a page of the ad.

use std::collections::HashMap;

use model::snapshot::{Node, Snapshot};
use model::units::Area;

/// A page that stands between the click and what was advertised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Challenge {
    /// `challenge-page` or `app-only-page`
    pub(crate) reason: &'static str,
    /// By what it was recognised.
    pub(crate) sign: String,
}

/// Characters of visible text up to which a page has "little other content".
const LITTLE: usize = 240;
/// A page of this much text is about something, whatever words occur in it.
const SOME: usize = 600;

/// Marks in the HTML, or in the addresses of what it loads, of pages that are nothing but a challenge.
const INTERSTITIAL: [&str; 14] = [
    "_cf_chl_opt",
    "cf-chl-",
    "cf_chl_",
    "/cdn-cgi/challenge-platform/h/",
    "px-captcha",
    "captcha-delivery.com",
    "_Incapsula_Resource",
    "/_sec/cp_challenge",
    "sec-if-cpt-container",
    "aws-waf-token",
    "awswaf.com",
    "/_____tmd_____/punish",
    "x5secdata",
    "sec_sdk_build",
];
/// Marks of widgets that also stand in forms of real pages.
const WIDGETS: [&str; 16] = [
    "challenges.cloudflare.com",
    "cf-turnstile",
    "hcaptcha",
    "recaptcha",
    "geetest",
    "nc_wrapper",
    "nc-container",
    "nc_scale",
    "aliyuncaptcha",
    "captcha.qq.com",
    "captcha.gtimg.com",
    "tcaptcha",
    "t-captcha",
    "yidun",
    "secsdk-captcha",
    "vaptcha",
];
const HUMAN_WORDS: [&str; 34] = [
    "人机验证",
    "安全验证",
    "滑动验证",
    "滑块验证",
    "拖动滑块",
    "拖动下方滑块",
    "向右滑动",
    "请完成验证",
    "请完成以下验证",
    "完成下列验证",
    "完成安全验证",
    "点击完成验证",
    "身份验证以继续",
    "访问过于频繁",
    "请求过于频繁",
    "操作过于频繁",
    "您的访问出现异常",
    "访问异常",
    "访问行为异常",
    "网络环境异常",
    "系统检测到您的网络",
    "访问被拦截",
    "确认您是真人",
    "verify you are human",
    "verify that you are human",
    "are you a robot",
    "i'm not a robot",
    "checking your browser",
    "checking if the site connection is secure",
    "just a moment",
    "unusual traffic",
    "press & hold",
    "enable javascript and cookies to continue",
    "complete the security check",
];
const APP_WORDS: [&str; 12] = [
    "请在微信客户端打开",
    "请在微信中打开",
    "请使用微信打开",
    "请用微信扫",
    "请在客户端打开",
    "请在手机端打开",
    "请使用手机浏览器",
    "请在抖音",
    "请在app内打开",
    "请在app中打开",
    "请使用手机打开",
    "open in the app",
];

/// The signs of one page.
pub(crate) struct Signs<'a> {
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) html: &'a str,
    /// Of the page's own document.
    pub(crate) headers: &'a HashMap<String, String>,
}

/// What challenge the page is, if it is one.
pub(crate) fn find(signs: &Signs<'_>) -> Option<Challenge> {
    let challenge = |sign: String| Some(Challenge { reason: "challenge-page", sign });
    if let Some(value) = signs.headers.get("cf-mitigated") {
        return challenge(format!("header cf-mitigated: {value}"));
    }
    let text = visible_text(&signs.snapshot.nodes);
    let length = text.chars().count();
    let (has_fields, widget) = (has_fields(&signs.snapshot.nodes), widget(&signs.snapshot.nodes));
    let blocked = matches!(signs.snapshot.status, Some(401 | 403 | 405 | 412 | 418 | 429 | 503));
    if length <= LITTLE && !has_fields && !shows_other_picture(signs.snapshot) {
        let loaded = |mark: &&&str| {
            signs.html.contains(**mark) || signs.snapshot.responses.iter().any(|response| response.url.contains(**mark))
        };
        if let Some(mark) = INTERSTITIAL.iter().find(loaded) {
            return challenge(format!("`{mark}` on a page with little else"));
        }
        if let Some(widget) = widget {
            return challenge(format!("`{widget}` as the page's main thing"));
        }
    }
    let bound = if blocked || widget.is_some() { SOME } else { LITTLE };
    if length <= bound && (!has_fields || blocked) {
        let title = folded(&signs.snapshot.title);
        let said =
            |words: &[&'static str]| words.iter().copied().find(|word| text.contains(word) || title.contains(word));
        if let Some(word) = said(&HUMAN_WORDS) {
            return challenge(format!("the page says 「{word}」 and little else"));
        }
        if let Some(word) = said(&APP_WORDS) {
            return Some(Challenge {
                reason: "app-only-page",
                sign: format!("the page says 「{word}」 and little else"),
            });
        }
    }
    None
}

/// What a person reads, without white space, in lower case where there is any.
fn visible_text(nodes: &[Node]) -> String {
    let visible = nodes.iter().filter(|node| node.style.as_ref().is_some_and(|style| style.visible));
    let text: Vec<&str> = visible.filter_map(|node| node.text.as_deref()).collect();
    folded(&text.join(" "))
}

/// English keeps one space between words; Chinese is compared without any.
fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        let joins = folded.chars().last().is_some_and(|c| c.is_ascii()) && word.is_ascii();
        if joins {
            folded.push(' ');
        }
        folded.push_str(word);
    }
    folded
}

fn is_visible(node: &Node) -> bool {
    node.style.as_ref().is_some_and(|style| style.visible)
}

/// Whether the page asks for something to be written: then it is a form, with or without a captcha beside it.
fn has_fields(nodes: &[Node]) -> bool {
    let written = |node: &&Node| match node.tag.as_str() {
        "textarea" | "select" => true,
        "input" => !matches!(
            node.attrs.get("type").map(String::as_str),
            Some("hidden" | "checkbox" | "radio" | "button" | "submit" | "image" | "reset" | "range")
        ),
        _ => false,
    };
    nodes.iter().filter(|node| is_visible(node)).any(|node| written(&node))
}

/// A captcha widget that can be seen.
fn widget(nodes: &[Node]) -> Option<&'static str> {
    nodes
        .iter()
        .filter(|node| is_visible(node) && node.area.is_some_and(|area| area.w >= 100.0 && area.h >= 30.0))
        .find_map(|node| {
            let said = ["id", "class", "src"]
                .map(|name| node.attrs.get(name).map(|value| value.to_ascii_lowercase()).unwrap_or_default());
            WIDGETS.iter().copied().find(|mark| said.iter().any(|value| value.contains(mark)))
        })
}

/// Whether pictures make up the page: a page of one large picture has little text and is no challenge.
fn shows_other_picture(snapshot: &Snapshot) -> bool {
    let screen = Area::new(0.0, 0.0, f64::from(snapshot.viewport.0), f64::from(snapshot.viewport.1));
    let pictures = snapshot.nodes.iter().filter(|node| {
        is_visible(node) && (node.tag == "img" || node.style.as_ref().is_some_and(|style| style.background_image))
    });
    let inside_widget = |node: &Node| {
        let mut at = Some(node);
        while let Some(here) = at {
            let said = ["id", "class", "src"]
                .map(|name| here.attrs.get(name).map(|value| value.to_ascii_lowercase()).unwrap_or_default());
            if WIDGETS.iter().any(|mark| said.iter().any(|value| value.contains(mark))) {
                return true;
            }
            at = here.parent.and_then(|parent| snapshot.nodes.get(parent as usize));
        }
        false
    };
    let seen: f64 =
        pictures.filter(|node| !inside_widget(node)).filter_map(|node| node.area).map(|area| area.size()).sum();
    seen > 0.35 * screen.size()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::evidence::EvidenceId;
    use model::snapshot::{Part, Provenance, Style};
    use model::units::{Level, Millis};

    use super::*;

    fn shown(tag: &str, class: &str, text: Option<&str>, size: (f64, f64)) -> Node {
        let style = Style { visible: true, opacity: 1.0, font_px: 16.0, ..Style::default() };
        let attrs = [("class".to_owned(), class.to_owned())].into();
        Node {
            tag: tag.into(),
            attrs,
            text: text.map(str::to_owned),
            area: Some(Area::new(0.0, 0.0, size.0, size.1)),
            style: Some(style),
            ..Node::default()
        }
    }

    fn text(text: &str) -> Node {
        shown("#text", "", Some(text), (300.0, 20.0))
    }

    fn page(status: u16, nodes: Vec<Node>) -> Snapshot {
        Snapshot {
            visitor: "v".into(),
            hop: 0,
            level: Level(1),
            part: Part::Landing,
            url: "https://a.test/".into(),
            title: String::new(),
            status: Some(status),
            at_ms: Millis(0),
            captured_at: DateTime::UNIX_EPOCH,
            settled: true,
            html: EvidenceId::of(b""),
            picture: None,
            viewport: (393, 852),
            page_size: (393, 852),
            nodes,
            responses: Vec::new(),
            console: Vec::new(),
            provenance: Provenance::default(),
        }
    }

    fn reason(status: u16, html: &str, nodes: Vec<Node>) -> Option<&'static str> {
        find(&Signs { snapshot: &page(status, nodes), html, headers: &HashMap::new() })
            .map(|challenge| challenge.reason)
    }

    #[test]
    fn pages_that_only_ask_whether_we_are_human_are_challenges() {
        for words in [
            "请完成安全验证后继续访问",
            "您的访问过于频繁，请稍后再试",
            "Verify you are  human",
            "Checking your browser before accessing a.test",
            "请 拖动滑块 完成拼图",
        ] {
            assert_eq!(reason(200, "", vec![text(words)]), Some("challenge-page"), "{words}");
        }
        assert_eq!(reason(403, "<script>window._cf_chl_opt={}</script>", vec![text("a.test")]), Some("challenge-page"));
        assert_eq!(
            reason(200, "", vec![shown("div", "geetest_captcha", None, (300.0, 200.0)), text("点击按钮")]),
            Some("challenge-page")
        );
        let headers = [("cf-mitigated".to_owned(), "challenge".to_owned())].into();
        assert!(find(&Signs { snapshot: &page(403, vec![]), html: "", headers: &headers }).is_some());
    }

    #[test]
    fn pages_that_want_another_app_are_told_apart() {
        assert_eq!(reason(200, "", vec![text("请在微信客户端打开链接")]), Some("app-only-page"));
        assert_eq!(reason(200, "", vec![text("请在 APP 内打开")]), Some("app-only-page"));
    }

    #[test]
    fn a_login_form_with_a_captcha_is_no_challenge() {
        let form = || {
            vec![
                text("手机号登录"),
                shown("input", "phone", None, (300.0, 40.0)),
                shown("div", "nc_wrapper", None, (300.0, 40.0)),
                text("请拖动滑块"),
            ]
        };
        assert_eq!(reason(200, "", form()), None);
        assert_eq!(
            reason(
                200,
                "<script src=//www.google.com/recaptcha/api.js>",
                vec![text("立即领取"), shown("input", "", None, (300.0, 40.0))]
            ),
            None
        );
    }

    #[test]
    fn an_ad_page_that_mentions_verification_is_no_challenge() {
        let long = "我们的产品采用多重安全验证与人机验证技术，保护您的资金安全。".repeat(12);
        assert_eq!(reason(200, "", vec![text(&long)]), None);
        assert_eq!(reason(200, "", vec![text("0元领取 流量卡 全国包邮")]), None);
    }

    #[test]
    fn a_page_of_one_picture_is_no_challenge() {
        let picture = shown("img", "hero", None, (393.0, 700.0));
        assert_eq!(
            reason(
                200,
                "<script src=https://challenges.cloudflare.com/turnstile/v0/api.js cf-chl-x>",
                vec![picture, text("立即领取")]
            ),
            None
        );
    }

    #[test]
    fn an_ordinary_refusal_is_an_error_but_no_challenge() {
        assert_eq!(reason(403, "", vec![text("403 Forbidden"), text("nginx")]), None);
        assert_eq!(reason(404, "", vec![text("页面不存在")]), None);
    }
}
