//! How a node looks: whether it can be seen at all, in which colours, how opaque, struck through or not.

use model::snapshot::{Node, Style};
use model::units::Area;

use crate::capture::colour::{Colour, contrast};
use crate::capture::dom_snapshot::STYLES;

/// Further than any page goes, CSS pixels.
const FAR: f64 = 1e7;

/// What an element takes over from those around it.
#[derive(Clone, Debug)]
pub(crate) struct Inherited {
    opacity: f64,
    struck: bool,
    /// What is outside is cut away, for children in the flow, and for absolutely positioned ones.
    clip: Option<Area>,
    clip_absolute: Option<Area>,
    /// Shown nowhere, whatever the children say.
    gone: bool,
    /// How much larger or smaller it is drawn than its style says.
    scale: f64,
    /// Whether something around it can be scrolled: then what lies outside the page can be brought in.
    scrolled: bool,
    /// Inside a drawing, where `fill` is the colour of letters and shapes.
    drawn: bool,
}

impl Inherited {
    pub(crate) fn page() -> Self {
        Self {
            opacity: 1.0,
            struck: false,
            clip: None,
            clip_absolute: None,
            gone: false,
            scale: 1.0,
            scrolled: false,
            drawn: false,
        }
    }

    /// What stands in something that is folded up, beside its headline.
    pub(crate) fn folded_up(&self) -> Self {
        Self { gone: true, ..self.clone() }
    }

    /// What the children of an element with this style take over.
    pub(crate) fn enter(&self, style: &[&str], area: Option<Area>, tag: &str) -> Self {
        let position = value(style, "position");
        let transformed = !matches!(value(style, "transform"), "none" | "");
        let outside = match position {
            "fixed" => None,
            "absolute" => self.clip_absolute,
            _ => self.clip,
        };
        let cuts = |axis: &str| matches!(value(style, axis), "hidden" | "clip") && !matches!(tag, "html" | "body");
        let clip = match area {
            Some(area) if cuts("overflow-x") || cuts("overflow-y") || tag == "iframe" => {
                Some(meet(outside, area, cuts("overflow-x") || tag == "iframe", cuts("overflow-y") || tag == "iframe"))
            }
            _ => outside,
        };
        let out_of_flow = matches!(position, "absolute" | "fixed")
            || value(style, "display") == "inline-block"
            || !matches!(value(style, "float"), "none" | "");
        Self {
            opacity: self.opacity * number(value(style, "opacity")).unwrap_or(1.0) * filtered(style),
            struck: (self.struck && !out_of_flow) || value(style, "text-decoration-line").contains("line-through"),
            clip,
            clip_absolute: if position != "static" || transformed { clip } else { self.clip_absolute },
            gone: self.gone || cut_to_nothing(style) || value(style, "content-visibility") == "hidden",
            scale: (self.scale * scale(style)).clamp(0.0, 100.0),
            scrolled: self.scrolled
                || ["overflow-x", "overflow-y"].iter().any(|axis| matches!(value(style, axis), "auto" | "scroll")),
            drawn: (self.drawn || tag == "svg") && tag != "foreignobject",
        }
    }

    /// What is left of an area where some of it is cut away.
    fn cut(&self, area: Option<Area>) -> Option<Area> {
        let (clip, area) = (self.clip?, area?);
        // Layout rounds: letters stick out of their box by a part of a pixel.
        let around = Area::new(clip.x - 1.0, clip.y - 1.0, clip.w + 2.0, clip.h + 2.0);
        (!around.contains(&area)).then(|| clip.intersection(&area))
    }

    fn shows(&self, style: &[&str], area: Option<Area>, page: Area) -> bool {
        let Some(area) = area else { return false };
        // Downwards a page has no end that could be trusted: lists grow, and panes scroll inside it.
        let reach = Area { w: if self.scrolled { FAR } else { page.w }, h: FAR, ..page };
        let seen = self.clip.map_or(area, |clip| clip.intersection(&area)).intersection(&reach);
        // One pixel is how pages hide what only screen readers should find.
        let big_enough = seen.w > 1.0 && seen.h > 1.0;
        big_enough && !self.gone && self.opacity > 0.01 && value(style, "visibility") == "visible"
    }
}

/// How opaque CSS filters leave it: `opacity(0.5)`.
fn filtered(style: &[&str]) -> f64 {
    let inside = value(style, "filter").split_once("opacity(").and_then(|(_, rest)| rest.split_once(')'));
    inside.and_then(|(share, _)| number(share)).map_or(1.0, |share| share.clamp(0.0, 1.0))
}

/// How much larger an element is drawn by its own transform, scale and zoom.
fn scale(style: &[&str]) -> f64 {
    let matrix = value(style, "transform");
    let numbers: Vec<f64> = matrix
        .split_once('(')
        .map_or("", |(_, inside)| inside.trim_end_matches(')'))
        .split(',')
        .filter_map(|part| number(part.trim()))
        .collect();
    let area = match numbers.as_slice() {
        [a, b, c, d, _, _] => (a * d - b * c).abs(),
        [a, b, _, _, c, d, ..] => (a * d - b * c).abs(),
        _ => 1.0,
    };
    let scales: Vec<f64> = value(style, "scale").split(' ').filter_map(number).collect();
    let own = match scales.as_slice() {
        [both] => both.abs(),
        [x, y, ..] => (x * y).abs().sqrt(),
        [] => 1.0,
    };
    area.sqrt() * own * number(value(style, "zoom")).filter(|zoom| *zoom > 0.0).unwrap_or(1.0)
}

/// Cuts by `area`, on one axis or both; the other stays as it was.
fn meet(outside: Option<Area>, area: Area, x: bool, y: bool) -> Area {
    let outside = outside.unwrap_or(Area::new(-FAR, -FAR, 2.0 * FAR, 2.0 * FAR));
    let own = Area::new(
        if x { area.x } else { -FAR },
        if y { area.y } else { -FAR },
        if x { area.w } else { 2.0 * FAR },
        if y { area.h } else { 2.0 * FAR },
    );
    outside.intersection(&own)
}

/// `clip: rect(0 0 0 0)` and clip paths that leave nothing: ways of hiding.
fn cut_to_nothing(style: &[&str]) -> bool {
    let squeezed = |name: &str| value(style, name).replace([' ', ','], "").replace("px", "");
    let clip = squeezed("clip");
    let path = squeezed("clip-path");
    (matches!(clip.as_str(), "rect(0000)" | "rect(1111)") && value(style, "position") == "absolute")
        || ["inset(50%)", "inset(100%)", "circle(0)", "circle(0%)", "polygon(00000000)"]
            .iter()
            .any(|nothing| path.starts_with(nothing))
}

/// A box that paints something behind texts.
struct Paint {
    area: Area,
    paint: u32,
    colour: Option<Colour>,
    picture: bool,
}

/// A text whose background has to be found when all boxes are known.
struct Waiting {
    node: usize,
    colour: Colour,
    chromium: Option<Colour>,
}

/// Collects what is painted, and colours the texts in the end.
pub(crate) struct Sight {
    page: Area,
    paints: Vec<Paint>,
    waiting: Vec<Waiting>,
}

impl Sight {
    pub(crate) fn new(page_size: (u32, u32)) -> Self {
        Self {
            page: Area::new(0.0, 0.0, f64::from(page_size.0), f64::from(page_size.1)),
            paints: Vec::new(),
            waiting: Vec::new(),
        }
    }

    /// The style of an element; `inherited` already includes its own part.
    pub(crate) fn element(&mut self, style: &[&str], area: Option<Area>, inherited: &Inherited, node: &Node) -> Style {
        let visible = inherited.shows(style, area, self.page);
        let background_image = value(style, "background-image").contains("url(");
        let gradient = value(style, "background-image").contains("gradient(");
        // What fills only the letters lies behind nothing; their colour must be measured.
        let letters = value(style, "background-clip").contains("text");
        let picture = background_image
            || gradient
            || letters
            || matches!(node.tag.as_str(), "img" | "video" | "canvas" | "object" | "embed");
        // Of the shapes of a drawing only a rectangle fills its box.
        let shape = inherited.drawn && node.tag != "svg";
        let outlined =
            shape && matches!(node.tag.as_str(), "path" | "circle" | "ellipse" | "polygon" | "image" | "use");
        let picture = picture || outlined;
        let rectangle = shape && node.tag == "rect";
        let background = Colour::parse(value(style, if rectangle { "fill" } else { "background-color" }));
        if let Some(area) = area.filter(|_| visible && inherited.opacity > 0.05) {
            let area = inherited.clip.map_or(area, |clip| clip.intersection(&area));
            let colour = background
                .filter(|colour| colour.alpha > 0.0 && !letters)
                .map(|colour| Colour { alpha: colour.alpha * inherited.opacity, ..colour });
            if colour.is_some() || picture {
                self.paints.push(Paint { area, paint: node.paint, colour, picture });
            }
        }
        let colour = Colour::parse(value(style, "color")).map_or([0; 3], |colour| colour.rgb);
        let opaque =
            background.filter(|background| background.alpha >= 1.0 && !picture).map(|background| background.rgb);
        Style {
            font_px: font_px(style, inherited),
            weight: number(value(style, "font-weight")).unwrap_or(400.0) as u16,
            color: colour,
            background: opaque,
            contrast: opaque.map(|background| contrast(colour, background)),
            opacity: inherited.opacity,
            visible,
            struck: inherited.struck,
            display: value(style, "display").to_owned(),
            position: value(style, "position").to_owned(),
            pointer: value(style, "cursor") == "pointer",
            background_image,
            clip: inherited.cut(area),
        }
    }

    /// The style of a text; its colours follow in [`Sight::colour`].
    pub(crate) fn text(
        &mut self,
        style: &[&str],
        node: &Node,
        inherited: &Inherited,
        blended: (&str, f64),
        index: usize,
    ) -> Style {
        let font_px = font_px(style, inherited);
        let seen = |area: Area| inherited.shows(style, Some(area), self.page);
        let visible = font_px > 0.5
            && if node.lines.is_empty() {
                node.area.is_some_and(seen)
            } else {
                node.lines.iter().any(|line| seen(line.area))
            };
        let fill = Colour::parse(value(style, if inherited.drawn { "fill" } else { "-webkit-text-fill-color" }));
        let colour = fill.or_else(|| Colour::parse(value(style, "color")));
        let colour = colour.unwrap_or(Colour { rgb: [0; 3], alpha: 1.0 });
        let colour = Colour { alpha: colour.alpha * inherited.opacity, ..colour };
        // Chromium does not count the shapes of a drawing among what lies behind its letters.
        let chromium = Colour::parse(blended.0).filter(|_| !inherited.drawn);
        self.waiting.push(Waiting { node: index, colour, chromium });
        Style {
            font_px,
            weight: number(value(style, "font-weight")).unwrap_or(400.0) as u16,
            color: colour.rgb,
            background: None,
            contrast: None,
            opacity: inherited.opacity,
            visible,
            struck: inherited.struck,
            display: value(style, "display").to_owned(),
            position: value(style, "position").to_owned(),
            pointer: value(style, "cursor") == "pointer",
            background_image: false,
            clip: inherited.cut(node.area),
        }
    }

    /// Gives each text its colour on what lies behind it, now that everything painted is known.
    pub(crate) fn colour(&mut self, nodes: &mut [Node]) {
        self.paints.sort_by_key(|paint| paint.paint);
        let waiting = std::mem::take(&mut self.waiting);
        for text in waiting {
            let Some(node) = nodes.get_mut(text.node) else { continue };
            let (paint, area) = (node.paint, node.lines.first().map(|line| line.area).or(node.area));
            let Some(style) = node.style.as_mut() else { continue };
            let behind = area.map_or(Some([255; 3]), |area| self.behind(area, paint));
            // On plain colours Chromium knows better than boxes do (rounded corners, transforms).
            let background =
                behind.map(|own| text.chromium.filter(|colour| colour.alpha >= 1.0).map_or(own, |colour| colour.rgb));
            style.color = text.colour.over(background.unwrap_or([255; 3]));
            style.background = background;
            style.contrast = background.map(|background| contrast(style.color, background));
        }
    }

    /// The colour behind the middle of an area, below a paint order; none where a picture or gradient lies there.
    fn behind(&self, area: Area, below: u32) -> Option<[u8; 3]> {
        let (x, y) = (area.x + area.w / 2.0, area.y + area.h / 2.0);
        let mut colour = Some([255; 3]);
        let within = |paint: &&Paint| {
            paint.area.x <= x && x < paint.area.right() && paint.area.y <= y && y < paint.area.bottom()
        };
        for paint in self.paints.iter().take_while(|paint| paint.paint <= below).filter(within) {
            if let Some(above) = paint.colour {
                colour = if above.alpha >= 1.0 { Some(above.rgb) } else { colour.map(|below| above.over(below)) };
            }
            if paint.picture {
                colour = None;
            }
        }
        colour
    }
}

/// The size of the letters as drawn, CSS pixels.
fn font_px(style: &[&str], inherited: &Inherited) -> f64 {
    let said = number(value(style, "font-size").trim_end_matches("px")).unwrap_or_default();
    (said * inherited.scale * 100.0).round() / 100.0
}

fn value<'a>(style: &[&'a str], name: &str) -> &'a str {
    STYLES.iter().position(|style| *style == name).and_then(|at| style.get(at).copied()).unwrap_or_default()
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A style as Chromium computes it by default, with some values changed.
    fn style(changed: &[(&str, &'static str)]) -> Vec<&'static str> {
        let default = |name: &str| match name {
            "font-size" => "16px",
            "opacity" => "1",
            "visibility" => "visible",
            "display" => "block",
            "position" => "static",
            "overflow-x" | "overflow-y" => "visible",
            "color" => "rgb(0, 0, 0)",
            _ => "none",
        };
        STYLES
            .iter()
            .map(|name| {
                changed.iter().find(|(changed, _)| changed == name).map_or_else(|| default(name), |(_, value)| *value)
            })
            .collect()
    }

    const BOX: Area = Area { x: 10.0, y: 10.0, w: 100.0, h: 50.0 };

    /// Whether a plain box inside an element of this style and area can be seen.
    fn seen_inside(changed: &[(&str, &'static str)], outer: Area, inner: Area, position: &'static str) -> bool {
        let outer = Inherited::page().enter(&style(changed), Some(outer), "div");
        let own = style(&[("position", position)]);
        let inherited = outer.enter(&own, Some(inner), "p");
        inherited.shows(&own, Some(inner), Area::new(0.0, 0.0, 400.0, 800.0))
    }

    #[test]
    fn what_is_cut_away_or_transparent_is_not_visible() {
        let flat = Area::new(10.0, 10.0, 100.0, 0.0);
        assert!(seen_inside(&[], BOX, BOX, "static"));
        assert!(!seen_inside(&[("opacity", "0")], BOX, BOX, "static"));
        assert!(!seen_inside(&[("overflow-x", "hidden"), ("overflow-y", "hidden")], flat, BOX, "static"));
        assert!(!seen_inside(&[("clip-path", "inset(100%)")], BOX, BOX, "static"));
        assert!(!seen_inside(&[("position", "absolute"), ("clip", "rect(0px, 0px, 0px, 0px)")], BOX, BOX, "static"));
        assert!(!seen_inside(&[], BOX, Area::new(-9999.0, 10.0, 100.0, 50.0), "static"));
        assert!(!seen_inside(&[], BOX, Area::new(10.0, 10.0, 1.0, 1.0), "static"));
    }

    #[test]
    fn what_can_be_scrolled_to_is_visible() {
        let below = Area::new(10.0, 2_000.0, 100.0, 50.0);
        assert!(seen_inside(&[("overflow-y", "auto"), ("overflow-x", "auto")], BOX, below, "static"));
        assert!(!seen_inside(&[("overflow-y", "hidden"), ("overflow-x", "hidden")], BOX, below, "static"));
        let beside = Area::new(900.0, 10.0, 100.0, 50.0);
        assert!(seen_inside(&[("overflow-y", "auto"), ("overflow-x", "auto")], BOX, beside, "static"));
        assert!(!seen_inside(&[], BOX, beside, "static"));
    }

    #[test]
    fn a_layer_is_not_cut_by_what_it_does_not_hang_in() {
        let hidden = [("overflow-x", "hidden"), ("overflow-y", "hidden")];
        let flat = Area::new(0.0, 0.0, 100.0, 0.0);
        assert!(seen_inside(&hidden, flat, BOX, "fixed"));
        assert!(seen_inside(&hidden, flat, BOX, "absolute"));
        let holding = [("overflow-x", "hidden"), ("overflow-y", "hidden"), ("position", "relative")];
        assert!(!seen_inside(&holding, flat, BOX, "absolute"));
    }

    #[test]
    fn a_text_over_a_picture_has_no_background_colour() {
        let mut sight = Sight::new((400, 800));
        let page = Inherited::page();
        let paint = |tag: &str, paint: u32| Node { tag: tag.into(), paint, area: Some(BOX), ..Node::default() };
        sight.element(&style(&[("background-color", "rgb(0, 0, 255)")]), Some(BOX), &page, &paint("div", 1));
        let mut nodes = vec![Node { tag: "#text".into(), paint: 2, area: Some(BOX), ..Node::default() }];
        let colour = |sight: &mut Sight, nodes: &mut Vec<Node>| {
            nodes[0].style = Some(sight.text(&style(&[]), &nodes[0].clone(), &page, ("", 1.0), 0));
            sight.colour(nodes);
            nodes[0].style.as_ref().and_then(|style| style.background)
        };
        assert_eq!(colour(&mut sight, &mut nodes), Some([0, 0, 255]));
        sight.element(&style(&[]), Some(BOX), &page, &paint("img", 2));
        assert_eq!(colour(&mut sight, &mut nodes), None);
        sight.element(&style(&[("background-color", "rgb(255, 255, 255)")]), Some(BOX), &page, &paint("div", 3));
        nodes[0].paint = 3;
        assert_eq!(colour(&mut sight, &mut nodes), Some([255; 3]));
    }
}
