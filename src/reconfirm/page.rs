//! The landing page as it stands: the same words and links in the same order, and the same picture.

use model::evidence::{Evidence, EvidenceId};
use model::snapshot::{Node, Part, Picture, Snapshot};
use model::units::Area;
use reader::Likeness;
use tokio::task::spawn_blocking;

use super::way::normal;
use super::{Before, Doubt, Look};

/// Attributes that say what a thing is for.
const TELLING: [&str; 9] = ["href", "action", "type", "name", "placeholder", "value", "alt", "aria-label", "role"];

pub(super) fn snapshot(kept: &Evidence) -> Option<Snapshot> {
    serde_json::from_slice(kept.bytes()).ok()
}

/// Whether the landing page is as it was; gives it as it is now.
pub(super) async fn same(before: &Before<'_>, now: &Look, max_pixels: u64) -> Result<(EvidenceId, Snapshot), Doubt> {
    let kept = before.chain.landing().snapshot.and_then(|id| before.kept.get(id));
    let then = kept.and_then(snapshot).ok_or_else(|| Doubt::new("there was no landing page"))?;
    let id = now.visit.chain.landing().snapshot.ok_or_else(|| Doubt::new("there is no landing page"))?;
    let seen = now.evidence.get(&id).and_then(snapshot).ok_or_else(|| Doubt::new("there is no landing page"))?;
    same_shape(&then, &seen)?;
    let moving = same_nodes(&then.nodes, &seen.nodes)?;
    let (Some(one), Some(other)) = (&then.picture, &seen.picture) else {
        return Err(Doubt::new("there is no picture of it"));
    };
    let pictures = (before.kept.get(one.evidence).cloned(), now.evidence.get(&other.evidence).cloned());
    let (Some(then), Some(now)) = pictures else { return Err(Doubt::new("its picture was not kept")) };
    let moving = scaled(&moving, one);
    let compare = move || Likeness::of(then.bytes(), now.bytes(), &moving, max_pixels);
    match spawn_blocking(compare).await {
        Ok(Likeness::Same) => Ok((id, seen)),
        Ok(other) => Err(Doubt(format!("its picture is another one: {other:?}"))),
        Err(crash) => Err(Doubt(format!("its pictures could not be compared: {crash}"))),
    }
}

fn same_shape(then: &Snapshot, now: &Snapshot) -> Result<(), Doubt> {
    let shape = |page: &Snapshot| (page.part, page.status, page.title.clone(), page.viewport, normal(&page.url));
    if !then.settled || !now.settled {
        return Err(Doubt::new("it did not come to rest"));
    }
    if now.part != Part::Landing || shape(then) != shape(now) {
        return Err(Doubt::new("it has another title, status, address or width"));
    }
    Ok(())
}

/// Whether every node says the same; gives where clocks tick, which say something else each time.
fn same_nodes(then: &[Node], now: &[Node]) -> Result<Vec<Area>, Doubt> {
    if then.len() != now.len() {
        return Err(Doubt(format!("{} nodes, and {} before", now.len(), then.len())));
    }
    let mut moving = Vec::new();
    for (then, now) in then.iter().zip(now) {
        if !says_the_same(then, now) {
            let text = |node: &Node| node.text.clone().unwrap_or_else(|| format!("<{}>", node.tag));
            return Err(Doubt(format!("{:?}, and {:?} before", text(now), text(then))));
        }
        if then.text != now.text {
            moving.extend(then.area.iter().chain(&now.area));
        }
    }
    Ok(moving)
}

fn says_the_same(then: &Node, now: &Node) -> bool {
    let text = |node: &Node| node.text.as_deref().map(without_clocks);
    let visible = |node: &Node| node.style.as_ref().map(|style| style.visible);
    let told = |node: &Node, name: &str| {
        node.attrs.get(name).map(|value| if name == "href" { normal(value) } else { value.clone() })
    };
    then.tag == now.tag
        && then.parent == now.parent
        && text(then) == text(now)
        && visible(then) == visible(now)
        && (then.checked, &then.value) == (now.checked, &now.value)
        && TELLING.iter().all(|name| told(then, name) == told(now, name))
}

/// A text with what is written like a time of day, or the rest of one, left out: `03:12:59`.
pub(super) fn without_clocks(text: &str) -> String {
    let is_colon = |c: char| matches!(c, ':' | '：');
    let in_clock = |c: char| c.is_ascii_digit() || is_colon(c);
    let mut told = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(in_clock) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c| !in_clock(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        let mut parts = run.split(is_colon);
        let clock = run.contains(is_colon) && parts.all(|part| (1..=2).contains(&part.len()));
        told.push_str(before);
        told.push_str(if clock { "::" } else { run });
        rest = after;
    }
    told + rest
}

/// Areas of the page in pixels of its picture.
fn scaled(areas: &[Area], picture: &Picture) -> Vec<Area> {
    let by = picture.scale;
    areas.iter().map(|area| Area::new(area.x * by, area.y * by, area.w * by, area.h * by)).collect()
}
