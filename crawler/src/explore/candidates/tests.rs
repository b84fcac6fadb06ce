//! Tests of the ways on with pages of a few nodes.

use chrono::DateTime;
use model::evidence::EvidenceId;
use model::snapshot::{Line, Node, Part, Provenance, Style};
use model::units::{Level, Millis};

use super::*;

/// A page of these nodes below its `html` and `body`.
fn page(nodes: Vec<Node>) -> Snapshot {
    let root = |tag: &str, parent| Node { tag: tag.into(), parent, ..shown(0.0, 0.0, 393.0, 852.0) };
    let mut all = vec![root("html", None), root("body", Some(0))];
    all.extend(nodes);
    Snapshot {
        visitor: "v".into(),
        hop: 0,
        level: Level(1),
        part: Part::Landing,
        url: "https://a.test/p".into(),
        title: String::new(),
        status: Some(200),
        at_ms: Millis(0),
        captured_at: DateTime::UNIX_EPOCH,
        settled: true,
        html: EvidenceId::of(b""),
        picture: None,
        viewport: (393, 852),
        page_size: (393, 852),
        nodes: all,
        responses: Vec::new(),
        console: Vec::new(),
        provenance: Provenance::default(),
    }
}

fn shown(x: f64, y: f64, w: f64, h: f64) -> Node {
    let style = Style {
        visible: true,
        opacity: 1.0,
        font_px: 16.0,
        display: "block".into(),
        position: "static".into(),
        ..Style::default()
    };
    Node { area: Some(Area::new(x, y, w, h)), style: Some(style), paint: 1, ..Node::default() }
}

/// A filled `div` with a listener, and the words on it.
fn button(words: &str) -> Vec<Node> {
    let mut button = Node { tag: "div".into(), parent: Some(1), clickable: true, ..shown(30.0, 300.0, 333.0, 48.0) };
    button.style.as_mut().expect("a style").background = Some([230, 40, 40]);
    let area = Area::new(130.0, 314.0, 130.0, 20.0);
    let end = u32::try_from(words.chars().count()).expect("short");
    let text = Node {
        tag: "#text".into(),
        parent: Some(2),
        text: Some(words.into()),
        lines: vec![Line { start: 0, end, area }],
        ..shown(130.0, 314.0, 130.0, 20.0)
    };
    vec![button, text]
}

fn safety(words: &str) -> Option<Safety> {
    candidates(&page(button(words))).first().map(|one| one.safe)
}

#[test]
fn a_button_that_orders_is_never_pressed_in_whatever_words() {
    let pressed: Vec<&str> = include_str!("order-words.txt")
        .lines()
        .filter(|words| !words.is_empty() && !words.starts_with('#'))
        .filter(|words| safety(words).is_some_and(|safe| safe != Safety::Submits))
        .collect();
    assert!(pressed.is_empty(), "{} would be pressed: {pressed:?}", pressed.len());
}

#[test]
fn a_button_that_only_leads_on_is_pressed() {
    let held: Vec<&str> = include_str!("onward-words.txt")
        .lines()
        .filter(|words| !words.is_empty() && !words.starts_with('#'))
        .filter(|words| safety(words) != Some(Safety::Press))
        .collect();
    assert!(held.is_empty(), "{} are held back: {held:?}", held.len());
}

#[test]
fn a_page_built_to_cost_much_is_read_all_the_same() {
    let mut nodes = Vec::new();
    for at in 0..20_000_u32 {
        let mut node = match at % 4 {
            0 => Node { tag: "a".into(), clickable: true, ..shown(10.0, f64::from(at), 200.0, 40.0) },
            1 => Node {
                tag: "#text".into(),
                text: Some("点击即同意《用户协议》".into()),
                ..shown(10.0, f64::from(at), 200.0, 20.0)
            },
            2 => Node { tag: "input".into(), ..shown(10.0, f64::from(at), 200.0, 40.0) },
            _ => Node { tag: "div".into(), clickable: true, paint: at, ..shown(0.0, 0.0, 393.0, 852.0) },
        };
        if at % 4 == 3 {
            node.style.as_mut().expect("a style").position = "fixed".into();
        }
        // Some stand in the one before, some name a parent that is not there.
        node.parent = Some(if at % 3 == 0 { 1 } else { at + at % 5 });
        nodes.push(node);
    }
    let started = std::time::Instant::now();
    let found = candidates(&page(nodes));
    assert!(found.len() <= MOST);
    // Unoptimised, on a busy machine; optimised it is a twentieth of that.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn an_empty_page_offers_nothing() {
    assert_eq!(candidates(&page(Vec::new())), []);
    assert_eq!(candidates(&Snapshot { nodes: Vec::new(), ..page(Vec::new()) }), []);
}

#[test]
fn the_same_button_has_the_same_number_in_the_next_snapshot() {
    let number = |nodes: Vec<Node>| candidates(&page(nodes)).first().map(|one| one.same);
    let mut later = vec![Node { tag: "p".into(), parent: Some(1), ..shown(0.0, 0.0, 393.0, 20.0) }];
    later.extend(
        button("立即领取")
            .into_iter()
            .map(|node| Node { parent: node.parent.map(|at| if at == 1 { 1 } else { at + 1 }), ..node }),
    );
    assert!(number(button("立即领取")).is_some());
    assert_eq!(number(button("立即领取")), number(later));
}
