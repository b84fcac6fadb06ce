//! Which ways on are the same: one address, or one button repeated in a list.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use model::chain::WayKind;

use super::press::Thing;
use super::rank;
use super::safety::Safety;

/// A thing with what is known of it so far.
pub(super) struct Sorted {
    pub(super) thing: Thing,
    pub(super) kind: WayKind,
    pub(super) safe: Safety,
    pub(super) rank: f64,
    pub(super) same: u64,
}

/// Gives equal things one number, and lets lists stand behind the page's own calls.
pub(super) fn join(sorted: &mut [Sorted], screen_height: f64, page_width: f64) {
    let lists = lists(sorted, screen_height, page_width);
    for one in sorted.iter_mut() {
        let listed = lists.contains_key(&looks(one));
        if listed && !matches!(one.kind, WayKind::Fold | WayKind::Agreement | WayKind::Close) {
            one.rank += rank::LISTED;
        }
        let mut hasher = DefaultHasher::new();
        (one.kind as u8).hash(&mut hasher);
        match one.thing.leads.href().filter(|_| !listed) {
            Some(href) => href.split('#').next().filter(|_| !href.contains("#/")).unwrap_or(href).hash(&mut hasher),
            None if one.thing.form.is_empty() && !listed => (one.thing.node, &one.thing.words).hash(&mut hasher),
            None => one.thing.form.hash(&mut hasher),
        }
        one.same = hasher.finish();
    }
}

type Looks = (WayKind, super::lexicon::Form, i64, i64);

fn looks(one: &Sorted) -> Looks {
    let rough = |length: f64| (length / 6.0).round() as i64;
    // Cards of a list say different things; their size is what is alike.
    let form = if one.thing.card { super::lexicon::Form::default() } else { one.thing.form.clone() };
    (one.kind, form, rough(one.thing.area.w), rough(one.thing.area.h))
}

/// Groups of three or more that stand close together. The page's one call, repeated down a long page, is none.
fn lists(sorted: &[Sorted], screen_height: f64, page_width: f64) -> HashMap<Looks, usize> {
    let mut groups: HashMap<Looks, Vec<&Sorted>> = HashMap::new();
    for one in sorted {
        groups.entry(looks(one)).or_default().push(one);
    }
    let is_list = |group: &Vec<&Sorted>| {
        let mut tops: Vec<f64> = group.iter().map(|one| one.thing.area.y).collect();
        tops.sort_by(f64::total_cmp);
        let close = tops.windows(2).filter(|pair| pair[1] - pair[0] < 0.6 * screen_height).count();
        let narrow = group.iter().all(|one| one.thing.area.w < 0.6 * page_width) || group[0].thing.card;
        group.len() >= 3 && close + 1 >= group.len() - group.len() / 3 && narrow
    };
    groups.into_iter().filter(|(_, group)| is_list(group)).map(|(looks, group)| (looks, group.len())).collect()
}
