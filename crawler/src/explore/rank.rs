//! How much a person is drawn to a way on. Only the order within one kind and page means anything.

use model::chain::WayKind;

use super::address;
use super::kind::Page;
use super::lexicon::LEXICON;
use super::press::Thing;

/// What is covered is reached only after a layer is closed: behind everything else.
pub(super) const COVERED: f64 = -200.0;
/// One of a list of products or articles, rather than the page's own call.
pub(super) const LISTED: f64 = -32.0;

pub(super) fn of(page: &Page<'_>, thing: &Thing, kind: WayKind) -> f64 {
    let own = match kind {
        WayKind::Agreement => agreement(page, thing),
        WayKind::Fold => fold(page, thing),
        WayKind::Close => close(page, thing),
        _ => pull(page, thing),
    };
    own + place(page, thing)
}

/// What words and looks make of a button.
fn pull(page: &Page<'_>, thing: &Thing) -> f64 {
    let words = &thing.form;
    let mut rank = 0.0;
    // 「查看详情」 calls less than 「立即领取」, and what cannot be pressed stands behind what can.
    if LEXICON.looks.say(words) && !LEXICON.claims.are(words) {
        rank += if LEXICON.claims.say(words) { 28.0 } else { 20.0 };
    } else if LEXICON.submits.say(words) {
        rank += 40.0;
    } else if LEXICON.claims.say(words) || LEXICON.orders.say(words) {
        rank += 45.0;
    }
    let screen = page.tree.screen();
    let wide = (thing.area.w / screen.w).min(1.0);
    if thing.filled {
        rank += 15.0;
    }
    if thing.made {
        rank += 8.0;
    }
    if (26.0..=140.0).contains(&thing.area.h) && (thing.filled || thing.made || thing.picture) {
        rank += 15.0 * wide;
    }
    if thing.picture {
        let big = thing.area.w >= 0.6 * screen.w && thing.area.h >= 0.1 * screen.h;
        rank += if big {
            28.0
        } else if thing.names.iter().any(|piece| LEXICON.names.button.contains(piece)) {
            18.0
        } else {
            0.0
        };
    }
    if thing.card {
        rank -= 18.0;
    }
    if !thing.filled && !thing.made && !thing.picture {
        rank -= 8.0;
    }
    let href = thing.leads.href().unwrap_or_default();
    if address::is_other_home(&page.tree.snapshot.url, href) {
        rank -= 40.0;
    } else if address::is_home(&page.tree.snapshot.url, href) {
        rank -= 25.0;
    }
    if LEXICON.aside.say(words) {
        rank -= 25.0;
    }
    rank
}

fn agreement(page: &Page<'_>, thing: &Thing) -> f64 {
    let beside = page.beside(thing);
    let beside = beside.tick || beside.consent;
    let first = LEXICON.agreement.is_first(&thing.form);
    let leads = thing.leads.href().is_some();
    [(first, 14.0), (beside, 12.0), (leads, 6.0), (thing.words.contains('《'), 4.0)]
        .iter()
        .map(|&(is, adds)| if is { adds } else { 0.0 })
        .sum()
}

fn fold(page: &Page<'_>, thing: &Thing) -> f64 {
    let terms = LEXICON.agreement.say(&thing.form);
    let says = LEXICON.fold.say(&thing.form);
    let menu = thing.form.is_empty();
    let summary = page.tree.tag(thing.node) == "summary";
    [(terms, 30.0), (says, 15.0), (summary, 8.0), (menu, -20.0)]
        .iter()
        .map(|&(is, adds)| if is { adds } else { 0.0 })
        .sum()
}

fn close(page: &Page<'_>, thing: &Thing) -> f64 {
    let layer = page.layers.layer(thing.node).is_some();
    let wordless = thing.form.is_empty() || super::press::is_cross(&thing.words);
    let refuses = LEXICON.close.say_in_part(&thing.form);
    let leads = thing.leads.href().is_some();
    [(layer, 30.0), (wordless, 12.0), (refuses, 8.0), (leads, -6.0)]
        .iter()
        .map(|&(is, adds)| if is { adds } else { 0.0 })
        .sum()
}

/// Where it stands: on the first screen, in a bar that stays, in a layer, in the menu or the foot of the page.
fn place(page: &Page<'_>, thing: &Thing) -> f64 {
    let (tree, screen) = (page.tree, page.tree.screen());
    let fixed = tree.is_fixed(thing.node);
    let layer = page.layers.layer(thing.node).is_some();
    let down = if fixed { 0.0 } else { (thing.area.y / screen.h).max(0.0) };
    let mut rank = if down < 1.0 { 8.0 } else { -(4.0 * down).min(16.0) };
    if fixed && !layer && thing.area.y > 0.6 * screen.h {
        rank += 16.0;
    }
    if layer {
        rank += 20.0;
    }
    let bar = tree.up(thing.node).skip(1).take(6).any(|up| {
        matches!(tree.tag(up), "nav" | "footer" | "header")
            || (tree.names(up).iter().any(|piece| LEXICON.names.bar.contains(piece)) && !holds_most(page, up))
    });
    if bar && !(fixed && thing.filled) {
        rank -= 22.0;
    }
    rank
}

/// A box of this size is the page itself, whatever it is called.
fn holds_most(page: &Page<'_>, at: usize) -> bool {
    page.tree.node(at).area.is_some_and(|area| area.h > 0.6 * page.tree.screen().h)
}
