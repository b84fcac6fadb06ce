//! Whether pressing a thing could submit, order or send something. Where in doubt, it does.

use model::chain::WayKind;

use super::address::{self, Leads};
use super::kind::{Page, accepts_cookies, is_submit};
use super::lexicon::LEXICON;
use super::names::{names, pieces};
use super::press::Thing;

/// What may be done with a way on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Safety {
    /// A plain link: its address can be opened, in another tab as well.
    Link,
    /// A press that, by all that can be seen, only shows something.
    Press,
    /// A press that could submit, order, pay, or send a code. It is never pressed, and its address never opened.
    Submits,
}

pub(super) fn of(page: &Page<'_>, thing: &Thing, kind: WayKind) -> Safety {
    let link = matches!(thing.leads, Leads::Page(_) | Leads::File(_) | Leads::App(_));
    let open = if link { Safety::Link } else { Safety::Press };
    if is_submit(page.tree, thing) || is_posted(page, thing) {
        return Safety::Submits;
    }
    if kind == WayKind::Close && accepts_cookies(page, thing) {
        return open;
    }
    let submits = match kind {
        WayKind::Form => true,
        WayKind::AppLink => matches!(thing.leads, Leads::Talk(_)),
        WayKind::Agreement | WayKind::Close | WayKind::Back | WayKind::Fold => slips(page, thing, kind),
        _ if link => link_submits(page, thing),
        _ => press_submits(page, thing),
    };
    if submits { Safety::Submits } else { open }
}

/// An agreement, a close mark, a fold whose words, script or place order after all.
fn slips(page: &Page<'_>, thing: &Thing, kind: WayKind) -> bool {
    let words = &thing.form;
    let orders = kind != WayKind::Agreement && LEXICON.submits.say(words) && !LEXICON.close.are(words);
    let script = !matches!(thing.leads, Leads::Page(_)) && script_submits(page, thing);
    // A button 「查看全文」 above 「点击即开通…」 only looks like a fold.
    let button = kind == WayKind::Fold && thing.filled && !LEXICON.agreement.say(words);
    let bound = button && page.fields.billing && page.beside(thing).consent;
    // A tab of a price list chooses a plan, and may open its payment.
    let tab = kind == WayKind::Fold && !matches!(page.tree.tag(thing.node), "summary");
    let chooses = tab && words.has_sum();
    orders || script || address_acts(thing) || bound || chooses
}

/// Whether opening a link could order: by its words, its address, or what it stands beside.
fn link_submits(page: &Page<'_>, thing: &Thing) -> bool {
    let words = &thing.form;
    // A script that only goes to an address is judged by the address.
    let script = page.tree.attr(thing.node, "onclick");
    let named =
        address::sent_by(script).is_none() && pieces(script).iter().any(|piece| LEXICON.names.submits.contains(piece));
    if LEXICON.submits.say(words) || address_acts(thing) || named {
        return true;
    }
    let (orders, claims) = (LEXICON.orders.say(words), LEXICON.claims.say(words));
    if LEXICON.looks.say(words) || !(orders || claims) {
        return false;
    }
    let (beside, billing) = (page.beside(thing), page.fields.billing);
    let address = address::pieces(thing.leads.href().unwrap_or_default());
    let acts = orders && billing && names(&address, &LEXICON.names.orders);
    acts || beside.field || beside.tick || (billing && beside.consent)
}

/// Whether a press that a script hears could order.
fn press_submits(page: &Page<'_>, thing: &Thing) -> bool {
    let words = &thing.form;
    let costs = words.has_sum() && (words.is_price() || !LEXICON.gifts.say(words));
    // The words of a card are not those of a button: what it costs stands on each of a list.
    if LEXICON.submits.say(words) || script_submits(page, thing) || (costs && !thing.card) {
        return true;
    }
    let (beside, billing) = (page.beside(thing), page.fields.billing);
    if LEXICON.looks.say(words) {
        return (beside.field && in_form(page, thing)) || (billing && beside.consent);
    }
    // What cannot be read cannot be called safe, unless its makers call it an arrow or the like.
    if words.is_empty() {
        return !names(&made_names(page, thing), &LEXICON.names.moves);
    }
    let harmless = LEXICON.onward.say(words) || LEXICON.opens.say(words);
    !harmless
        || LEXICON.orders.say(words)
        || beside.field
        || beside.tick
        || beside.consent
        || page.fields.in_layer(page.layers.layer(thing.node))
        || in_form(page, thing)
        || (billing && !LEXICON.opens.say(words))
}

/// A link that a library sends as a form.
fn is_posted(page: &Page<'_>, thing: &Thing) -> bool {
    let method =
        page.tree.up(thing.node).take(3).map(|up| page.tree.attr(up, "data-method")).find(|method| !method.is_empty());
    method.is_some_and(|method| !method.eq_ignore_ascii_case("get"))
}

fn in_form(page: &Page<'_>, thing: &Thing) -> bool {
    page.tree.up(thing.node).any(|up| page.tree.tag(up) == "form")
}

/// Whether the makers' own names for the button, or its script, say that it sends something.
fn script_submits(page: &Page<'_>, thing: &Thing) -> bool {
    let script = format!("{} {}", page.tree.attr(thing.node, "onclick"), address_script(page, thing));
    let mut said = pieces(&script);
    said.extend(thing.names.iter().cloned());
    let list = &LEXICON.names.submits;
    said.iter()
        .any(|piece| list.contains(piece) || list.iter().any(|name| name.len() >= 6 && piece.contains(name.as_str())))
}

fn address_script<'a>(page: &Page<'a>, thing: &Thing) -> &'a str {
    let address = page.tree.attr(thing.node, "href");
    if address.trim_start().to_ascii_lowercase().starts_with("javascript:") { address } else { "" }
}

/// Whether opening the address itself does something.
fn address_acts(thing: &Thing) -> bool {
    matches!(&thing.leads, Leads::Page(url) if address::pieces(url).iter().any(|piece| LEXICON.names.acts.contains(piece)))
}

/// What the makers call a thing without words, its pictures included.
fn made_names(page: &Page<'_>, thing: &Thing) -> Vec<String> {
    let mut all = thing.names.clone();
    for below in page.tree.part(thing.node).take(8) {
        all.extend(page.tree.names(below));
        let file = page.tree.attr(below, "src").rsplit('/').next().unwrap_or_default();
        if file.len() < 200 {
            all.extend(pieces(file));
        }
    }
    all
}
