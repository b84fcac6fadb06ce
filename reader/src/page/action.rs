//! The main button of a page: the one thing that it calls its visitor to press.

use std::sync::LazyLock;

use model::statement::Button;
use regex::Regex;

use super::buttons::sends_code;
use super::tree::Tree;

/// A larger button calls no louder: share of the screen.
const MOST_SHARE: f64 = 0.15;

/// The most prominent button; none when all that can be pressed leads away, closes or asks for a code.
pub(super) fn main(tree: &Tree, nodes: &[usize], buttons: &[Button]) -> Option<usize> {
    let calls = |at: usize| (at, prominence(tree, nodes[at], &buttons[at]));
    let loudest = (0..buttons.len().min(nodes.len())).map(calls).filter(|(_, loud)| *loud > 0.0);
    // Of equals the first: pages repeat their button further down.
    loudest.reduce(|best, next| if next.1 > best.1 { next } else { best }).map(|(at, _)| at)
}

fn prominence(tree: &Tree, node: usize, button: &Button) -> f64 {
    static AWAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:关闭|取消|返回.{0,4}|首页|回首页|搜索?|搜索|查询|登录|注册|菜单|更多|展开.{0,4}|收起|上一.|下一[张页]|跳过|分享|收藏|客服|在线客服|帮助|暂不.{0,4}|不.{0,3}|我知道了|知道了|close|cancel|back|home|menu|search|skip|share|more|log ?in|sign in|no,? thanks.{0,4}|accept.{0,12}|reject.{0,12}|decline|cookie.{0,12}|[x×✕+<>?…\d\s]*)$")
            .expect("internal error: the pattern of what leads away is right")
    });
    let normal = &button.normal.text;
    let (width, height) = tree.screen();
    let screen = width * height;
    let Some(area) = button.place.area else { return 0.0 };
    // A mute one may be the call itself, drawn; but not one that is no larger than a mark.
    let mute = normal.is_empty() && area.size() < 0.02 * screen;
    if mute || AWAY.is_match(normal) || sends_code(normal) || area.size() <= 0.0 {
        return 0.0;
    }
    let seen_at_once = button.visibility.screens_down.is_none_or(|screens| screens < 1.0);
    [
        (!normal.is_empty(), 1.5),
        (button.form.is_some(), 1.5),
        (seen_at_once, 1.4),
        (button.layer, 1.5),
        (tree.is_fixed(node), 1.3),
        (is_filled(tree, node), 1.6),
        // What leads on in the middle of a page, not one of many in a row.
        (area.w >= 0.4 * width, 1.4),
    ]
    .iter()
    .filter(|(is, _)| *is)
    .fold(area.size().min(MOST_SHARE * screen), |loud, (_, more)| loud * more)
}

/// Whether it has a ground of its own, in another colour than that behind it.
fn is_filled(tree: &Tree, at: usize) -> bool {
    let style = tree.node(at).style.as_ref();
    let behind = tree.up(at).skip(1).find_map(|up| tree.style(up)?.background);
    style.is_some_and(|style| match (style.background, behind) {
        (Some(own), behind) => {
            own.iter().zip(behind.unwrap_or([255; 3])).any(|(own, behind)| own.abs_diff(behind) >= 24)
        }
        (None, _) => style.background_image,
    })
}
