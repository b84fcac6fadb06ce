//! What sort of way on a thing is: structure first, then words.

use model::chain::WayKind;
use model::units::Area;

use super::address::Leads;
use super::fields::{Beside, Fields};
use super::layers::Layers;
use super::lexicon::LEXICON;
use super::names::names;
use super::press::{Thing, is_cross};
use super::tree::Tree;

/// What is known of the page while its things are told apart.
pub(super) struct Page<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) layers: &'a Layers,
    pub(super) fields: &'a Fields,
}

impl Page<'_> {
    pub(super) fn beside(&self, thing: &Thing) -> Beside {
        self.fields.beside(self.tree, self.layers, thing.node, thing.area)
    }
}

/// The kind of way on; none when it is none of the ad's.
pub(super) fn of(page: &Page<'_>, thing: &Thing) -> Option<WayKind> {
    let words = &thing.form;
    match &thing.leads {
        Leads::App(_) => return Some(WayKind::AppLink),
        Leads::File(_) => return Some(WayKind::Download),
        // A message orders; a call or a mail is talk.
        Leads::Talk(address) => return address.to_ascii_lowercase().starts_with("sms").then_some(WayKind::AppLink),
        _ => {}
    }
    // A button whose words order stays one, whatever else it looks like.
    let orders = LEXICON.submits.say(words);
    if is_close(page, thing) && !orders_beside_close(page, thing) {
        return Some(WayKind::Close);
    }
    if page.tree.tag(thing.node) == "summary" {
        return is_fold(page.tree, thing).then_some(WayKind::Fold);
    }
    if is_submit(page.tree, thing) {
        return Some(WayKind::Form);
    }
    if LEXICON.aside.are(words) && !thing.filled {
        return None;
    }
    if LEXICON.agreement.say(words) && is_title(thing) {
        return Some(if has_arrow(thing) || is_fold(page.tree, thing) { WayKind::Fold } else { WayKind::Agreement });
    }
    if orders {
        return Some(if asks(page, thing) { WayKind::Form } else { WayKind::Action });
    }
    if is_back(page, thing) {
        return Some(WayKind::Back);
    }
    if is_tab(page.tree, thing) {
        return Some(WayKind::Fold);
    }
    if is_fold(page.tree, thing) {
        return Some(WayKind::Fold);
    }
    if LEXICON.agreement.say(words) && !binds(thing) {
        return Some(if has_arrow(thing) { WayKind::Fold } else { WayKind::Agreement });
    }
    if LEXICON.fold.say(words) && leads_nowhere(thing) && !thing.card {
        return Some(WayKind::Fold);
    }
    if is_chosen_tab(page.tree, thing) || page.tree.attr(thing.node, "aria-expanded") == "true" {
        return None;
    }
    // A button beside fields sends them, with or without a form around it.
    let calls = LEXICON.claims.say(words) || LEXICON.orders.say(words);
    let button = thing.made || thing.filled || calls;
    let looks = LEXICON.looks.say(words);
    if button && leads_nowhere(thing) && !looks && asks(page, thing) {
        return Some(WayKind::Form);
    }
    let wide = thing.filled && thing.area.w >= 0.5 * page.tree.screen().w && thing.area.h < 120.0;
    if !wide && is_aside(page.tree, thing) {
        return None;
    }
    is_worth(thing, calls || looks).then_some(WayKind::Action)
}

fn asks(page: &Page<'_>, thing: &Thing) -> bool {
    page.beside(thing).field
}

fn leads_nowhere(thing: &Thing) -> bool {
    matches!(thing.leads, Leads::Nowhere | Leads::InPage(_))
}

/// A control that sends the form it stands in.
pub(super) fn is_submit(tree: &Tree<'_>, thing: &Thing) -> bool {
    let at = thing.node;
    let kind = tree.attr(at, "type").to_ascii_lowercase();
    let in_form = tree.up(at).any(|up| tree.tag(up) == "form") || !tree.attr(at, "form").is_empty();
    match tree.tag(at) {
        "input" => matches!(kind.as_str(), "submit" | "image"),
        "button" => kind == "submit" || (in_form && !matches!(kind.as_str(), "button" | "reset")),
        _ => false,
    }
}

/// What closes a layer: its words, its name, or a small icon in its corner or below its box.
fn is_close(page: &Page<'_>, thing: &Thing) -> bool {
    let layer = page.layers.layer(thing.node);
    let named =
        names(&thing.names, &LEXICON.names.close)
            || page.tree.below(thing.node).take(6).any(|below| {
                names(&page.tree.names(below), &LEXICON.names.close) && page.tree.node(below).text.is_none()
            });
    let small = thing.area.w <= 72.0 && thing.area.h <= 72.0;
    let shown = thing.words.trim();
    if is_cross(shown) {
        return layer.is_some() || small;
    }
    if accepts_cookies(page, thing) {
        return true;
    }
    if thing.form.is_empty() || thing.picture {
        let said = LEXICON.close.are(&thing.form);
        let pictured = page.tree.part(thing.node).any(|below| {
            let file = page.tree.attr(below, "src").rsplit('/').next().unwrap_or_default();
            !file.is_empty() && file.len() < 200 && names(&super::names::pieces(file), &LEXICON.names.close)
        });
        let corner = layer.is_some_and(|layer| {
            small
                && thing.form.is_empty()
                && at_edge(&page.layers.area(layer), &box_of(page, thing, layer), &thing.area)
        });
        return small && (named || said || pictured || corner) || (said && layer.is_some());
    }
    // A countdown in the corner becomes a close mark.
    let counts = shown.trim_end_matches(['s', 'S', '秒']).parse::<u8>().is_ok() && small;
    if counts && layer.is_some_and(|layer| at_edge(&page.layers.area(layer), &box_of(page, thing, layer), &thing.area))
    {
        return true;
    }
    let short = thing.form.squeezed.chars().count() <= 24;
    let only_layers = LEXICON.close.are(&thing.form) || LEXICON.close.say(&thing.form);
    short
        && (only_layers && (layer.is_some() || named || LEXICON.close.say_in_part(&thing.form))
            || (named && layer.is_some() && small))
}

/// 「取消」 beside 「确定」 closes; 「关闭并领取」 does not.
fn orders_beside_close(page: &Page<'_>, thing: &Thing) -> bool {
    !accepts_cookies(page, thing)
        && !LEXICON.close.are(&thing.form)
        && (LEXICON.submits.say(&thing.form) || LEXICON.orders.say(&thing.form))
}

/// The words that accept, in a layer that speaks of cookies and of no charge.
pub(super) fn accepts_cookies(page: &Page<'_>, thing: &Thing) -> bool {
    if !LEXICON.accepts.are(&thing.form) {
        return false;
    }
    page.layers.layer(thing.node).is_some_and(|layer| {
        let said: String = page.tree.texts(page.layers.node(layer)).map(|(_, text)| text).collect();
        said.to_lowercase().contains("cookie") && !LEXICON.billing.say(&LEXICON.form(&said))
    })
}

/// The box that the layer's content fills: the largest drawn one in it, since the layer itself is often a mask.
fn box_of(page: &Page<'_>, thing: &Thing, layer: usize) -> Area {
    let tree = page.tree;
    let outer = page.layers.area(layer);
    let boxes = tree.up(thing.node).skip(1).filter_map(|up| {
        let drawn = tree.style(up).is_some_and(|style| style.background.is_some() || style.background_image);
        tree.seen(up).filter(|area| drawn && area.size() < 0.95 * outer.size())
    });
    boxes.last().unwrap_or(outer)
}

/// Whether a small thing stands in the top right or left corner of a box, or just below its middle.
fn at_edge(outer: &Area, inner: &Area, mark: &Area) -> bool {
    let (x, y) = (mark.x + mark.w / 2.0, mark.y + mark.h / 2.0);
    [outer, inner].iter().any(|area| {
        let top = y < area.y + 60.0_f64.min(0.3 * area.h) && y > area.y - 70.0;
        let side = x > area.right() - 60.0 || x < area.x + 50.0;
        let beneath = y > area.bottom() - 10.0 && (x - (area.x + area.w / 2.0)).abs() < 0.15 * area.w;
        (top && side) || (beneath && area.h > 100.0)
    })
}

fn is_back(page: &Page<'_>, thing: &Thing) -> bool {
    let script = format!("{} {}", page.tree.attr(thing.node, "onclick"), page.tree.attr(thing.node, "href"));
    if script.contains("history.back") || script.contains("history.go(-1)") {
        return true;
    }
    let arrow = matches!(thing.words.trim(), "<" | "‹" | "〈" | "←" | "＜" | "《" | "❮" | "⟨" | "◀");
    let top = thing.area.y < 100.0 && thing.area.x < 80.0;
    let named = thing.form.is_empty() && thing.names.iter().any(|piece| LEXICON.names.back.contains(piece));
    (LEXICON.back.say(&thing.form) && !thing.card && thing.form.squeezed.chars().count() <= 14)
        || ((arrow || named) && top)
}

/// What opens in place by its make.
fn is_fold(tree: &Tree<'_>, thing: &Thing) -> bool {
    let at = thing.node;
    let open = tree.parent(at).is_some_and(|parent| tree.node(parent).attrs.contains_key("open"));
    if tree.tag(at) == "summary" {
        return !open;
    }
    if !tree.attr(at, "aria-expanded").is_empty() {
        return tree.attr(at, "aria-expanded") == "false" && leads_nowhere(thing);
    }
    let pressable = leads_nowhere(thing) && !thing.card;
    // The head of an accordion: its makers' name for it, and an arrow or more below it.
    let named = tree.up(at).take(3).any(|up| tree.names(up).iter().any(|piece| LEXICON.names.fold.contains(piece)));
    pressable && named && !thing.form.is_empty() && !LEXICON.claims.are(&thing.form) && !thing.filled
}

fn has_arrow(thing: &Thing) -> bool {
    thing.words.trim_end().ends_with(['▼', '▾', '∨', '﹀', '⌄', '↓', '⬇', '﹢', '+', '▽', '˅', '∇', '🔽'])
}

/// One of several in a row that show what belongs to them.
fn is_tab(tree: &Tree<'_>, thing: &Thing) -> bool {
    let tab = tree.attr(thing.node, "role") == "tab" || (is_tab_by_name(tree, thing) && has_siblings(tree, thing.node));
    tab && leads_nowhere(thing) && !is_chosen(tree, thing) && !thing.card
}

fn is_chosen_tab(tree: &Tree<'_>, thing: &Thing) -> bool {
    let tab = tree.attr(thing.node, "role") == "tab" || (is_tab_by_name(tree, thing) && has_siblings(tree, thing.node));
    tab && is_chosen(tree, thing)
}

fn is_tab_by_name(tree: &Tree<'_>, thing: &Thing) -> bool {
    let short = thing.form.squeezed.chars().count() <= 12 && !thing.form.is_empty();
    let named = |at: usize| names(&tree.names(at), &LEXICON.names.tab);
    let bar = tree.up(thing.node).take(4).any(|up| tree.names(up).iter().any(|piece| piece == "tabbar"));
    short
        && !bar
        && !LEXICON.claims.are(&thing.form)
        && (named(thing.node) || tree.parent(thing.node).is_some_and(named))
}

fn is_chosen(tree: &Tree<'_>, thing: &Thing) -> bool {
    let selected = tree.attr(thing.node, "aria-selected");
    if !selected.is_empty() {
        return selected == "true";
    }
    tree.up(thing.node).take(2).any(|up| tree.names(up).iter().any(|piece| LEXICON.names.active.contains(piece)))
}

fn has_siblings(tree: &Tree<'_>, at: usize) -> bool {
    let Some(parent) = tree.parent(at) else { return false };
    let like =
        tree.below(parent).filter(|&below| tree.parent(below) == Some(parent) && tree.tag(below) == tree.tag(at));
    like.take(2).count() == 2
        || tree.parent(parent).is_some_and(|above| {
            tree.below(above)
                .filter(|&below| tree.parent(below) == Some(above) && tree.tag(below) == tree.tag(parent))
                .take(2)
                .count()
                == 2
        })
}

/// The name of a document: 「付费会员协议」, and not 「同意协议」.
fn is_title(thing: &Thing) -> bool {
    LEXICON.titles.end(&thing.form) && !LEXICON.binds.begin(&thing.form) && !thing.card
}

/// 「同意《…》并开通」 is a button, not an agreement.
fn binds(thing: &Thing) -> bool {
    let outside: String = outside_titles(&thing.words);
    let form = LEXICON.form(&outside);
    thing.form.squeezed.contains('《') && (LEXICON.submits.say(&form) || LEXICON.orders.say(&form))
        || thing.words.chars().count() > 60
}

fn outside_titles(words: &str) -> String {
    let mut depth = 0_i32;
    let mut outside = String::new();
    for letter in words.chars() {
        match letter {
            '《' => depth += 1,
            '》' => depth -= 1,
            _ if depth <= 0 => outside.push(letter),
            _ => {}
        }
    }
    outside
}

/// Sharing, talk, languages, registers: nobody goes on by these.
fn is_aside(tree: &Tree<'_>, thing: &Thing) -> bool {
    const SHARING: [&str; 12] = [
        "facebook.com/sharer",
        "facebook.com/share",
        "twitter.com/intent",
        "twitter.com/share",
        "x.com/intent",
        "service.weibo.com/share",
        "linkedin.com/share",
        "pinterest.com/pin",
        "wa.me/",
        "t.me/share",
        "connect.qq.com",
        "sns.qzone.qq.com",
    ];
    const REGISTERS: [&str; 6] =
        ["beian.miit.gov.cn", "beian.gov.cn", "beian.mps.gov.cn", "12377.cn", "miibeian.gov.cn", "gsxt.gov.cn"];
    let url = thing.leads.href().unwrap_or_default();
    let named =
        tree.up(thing.node).take(2).any(|up| tree.names(up).iter().any(|piece| LEXICON.names.share.contains(piece)));
    LEXICON.aside.say(&thing.form)
        || SHARING.iter().chain(&REGISTERS).any(|host| url.contains(host))
        || (named && !thing.made && !LEXICON.claims.say(&thing.form))
}

/// Whether a person would think of pressing it at all.
fn is_worth(thing: &Thing, calls: bool) -> bool {
    let said = !thing.form.is_empty() || !thing.words.is_empty();
    let drawn = thing.area.w >= 24.0 && thing.area.h >= 12.0;
    (said
        && (thing.made
            || thing.filled
            || calls
            || thing.leads.href().is_some()
            || thing.picture
            || thing.area.w >= 40.0)
        && drawn)
        || (thing.picture && thing.area.w >= 48.0 && thing.area.h >= 24.0)
        || (thing.made && drawn)
}
