//! A file says of itself that a machine made it; nobody who sees it is told.

use model::evidence::{AdPlace, AdSource};
use model::finding::{Confidence, Exhibit, Finding};
use model::label::Label;
use model::statement::{Role, Statement};

use crate::check::{Check, Sides};
use crate::claims::chars_before;
use crate::exhibit;
use crate::side::PageSide;
use crate::wording;

/// ## What it finds
/// A picture or video of the ad whose metadata (the field AIGC, or a C2PA manifest) says that it was generated, while no
/// words in ad or page say so; a page that owns up to generated people or pictures only where nobody can read it; and one
/// that says of the ad's own film, host or voice what the ad itself does not.
///
/// ## Why it misleads
/// A face, a voice, a result that never was is taken for one that was.
///
/// ## Example
/// A talking head whose file has `AIGC: {"Label":"1"}`, and nowhere 「AI生成」
///
/// ## What to do instead
/// Label what a machine made, in the picture or sound from its beginning, and in the data of the file.
///
/// ## What it leaves alone
/// Files without such metadata, however they look; retouching and editing; a mark of what only may be generated; any
/// visible label, in whatever words.
#[derive(Debug)]
pub(super) struct AiLabelMissing;

/// Smaller print than this is no notice to anybody. CSS pixels; heuristic.
const UNREADABLE_PX: f64 = 9.0;
/// Paler print than this neither. WCAG contrast; heuristic.
const UNREADABLE_CONTRAST: f64 = 2.0;

impl Check for AiLabelMissing {
    fn id(&self) -> &'static str {
        "ai-label-missing"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["ai-told", "ai-owned-up", "ai-disowned", "ai-of-ad"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        // What a page says of the ad's own film labels nothing for whoever only sees the film.
        if let Some(found) = sides.landings().find_map(|page| owned_up_of_ad(page, sides)) {
            return vec![found];
        }
        if labelled(sides) {
            return Vec::new();
        }
        let marked = sides.case.labels.iter().find_map(|label| by_metadata(label, sides));
        marked.or_else(|| sides.pages.iter().find_map(|page| owned_up(page, sides))).into_iter().collect()
    }
}

/// Whether anybody who looks can read that a machine made it.
fn labelled(sides: &Sides<'_>) -> bool {
    let shown = sides.pages.iter().flat_map(|page| page.side.statements);
    let told =
        |s: &Statement| sides.words.has("ai-told", &s.normal.text) || sides.words.has("ai-label", &s.normal.text);
    sides.ad.statements.iter().chain(shown).any(|s| s.role != Role::Button && readable(s) && told(s))
}

fn readable(statement: &Statement) -> bool {
    let seen = &statement.visibility;
    seen.font_px.is_none_or(|px| px >= UNREADABLE_PX)
        && seen.contrast.is_none_or(|contrast| contrast >= UNREADABLE_CONTRAST)
        && seen.hidden.is_none()
}

fn by_metadata(label: &Label, sides: &Sides<'_>) -> Option<Finding> {
    let (file, mark, sure) = match label {
        // "2" and "3" say that it may have been: no duty is sure.
        Label::Aigc { file, field, .. } => {
            let sure = if field.label.as_deref() == Some("1") { Confidence::High } else { Confidence::Low };
            (file, format!("AIGC Label={}", field.label.as_deref().unwrap_or("?")), sure)
        }
        Label::C2pa { file, source_types, .. } => {
            let source = source_types.iter().find(|source| source.to_lowercase().contains("algorithmicmedia"))?;
            let kind = source.rsplit('/').next().unwrap_or(source);
            // A composite may hold one generated leaf among photographs.
            let whole = kind.eq_ignore_ascii_case("trainedAlgorithmicMedia");
            (file, format!("C2PA {kind}"), if whole { Confidence::Medium } else { Confidence::Low })
        }
        Label::Words { .. } => return None,
    };
    let of_file = sides.ad.statements.iter().find(|s| s.ad_place().is_some_and(|place| place.evidence == *file));
    let source = of_file.and_then(|s| s.ad_place()).map_or(AdSource::Image, |place| place.source);
    let place = AdPlace { source, at_s: None, until_s: None, area: None, evidence: *file };
    let finding = Finding::of(AiLabelMissing.id())
        .promised(Exhibit::new(mark.clone(), place))
        .delivered(wording::first_seen(sides)?)
        .sure(sure);
    Some(finding.fact("ai_mark", mark))
}

/// Words of a page that admit it of the ad's film or pictures, in which nothing says so.
fn owned_up_of_ad(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
    let words = sides.words;
    let shown = |s: &&Statement| {
        matches!(s.ad_place().map(|place| place.source), Some(AdSource::Video | AdSource::Image | AdSource::Speech))
    };
    let promised = sides.ad.statements.iter().find(shown)?;
    let told = |s: &Statement| words.has("ai-told", &s.normal.text) || words.has("ai-owned-up", &s.normal.text);
    let labels = sides.case.labels.iter().any(|label| matches!(label, Label::Words { .. }));
    if labels || sides.ad.statements.iter().any(told) {
        return None;
    }
    let admits = |s: &&Statement| {
        let text = &s.normal.text;
        words.has("ai-of-ad", text) && words.has("ai-told", text) && !words.has("ai-disowned", text)
    };
    let statement = page.side.statements.iter().find(admits)?;
    let said = words.term("ai-of-ad").find(&statement.normal.text)?;
    let chars = chars_before(&statement.normal.text, said.start())..chars_before(&statement.normal.text, said.end());
    Some(
        Finding::of(AiLabelMissing.id())
            .promised(exhibit::said_by_ad(promised)?)
            .delivered(exhibit::said_by_page(statement, Some(chars))?)
            .sure(Confidence::Medium)
            .fact("wording", [&statement.text]),
    )
}

/// Words that admit it, in print that nobody reads.
fn owned_up(page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
    let shown = page.side.statements.iter().filter(|s| s.role != Role::Button && !readable(s));
    let admits = |s: &&Statement| {
        let text = &s.normal.text;
        sides.words.has("ai-owned-up", text) && !sides.words.has("ai-disowned", text)
    };
    let statement = shown.chain(&page.page.hidden).find(admits)?;
    Some(
        Finding::of(AiLabelMissing.id())
            .promised(exhibit::main_promise(sides))
            .delivered(exhibit::said_by_page(statement, None)?)
            .sure(Confidence::Medium)
            .fact("wording", [&statement.text]),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::ad::Ad;
    use model::case::Case;
    use model::chain::{Chain, Hop, HopKind};
    use model::evidence::{EvidenceId, Place};
    use model::label::Aigc;
    use model::lexicon::Lexicon;
    use model::statement::{Normal, ReadBy, Visibility};
    use model::units::{Level, Millis};
    use sense::Senses;

    use super::*;
    use crate::words::Words;

    /// Every list that is needed, of patterns that match nothing, but for how a label reads.
    fn words() -> Words {
        let nothing = |name: &str| (name.to_owned(), vec![r"[^\s\S]".to_owned()]);
        let mut terms: BTreeMap<_, _> = crate::words::needed().map(nothing).collect();
        terms.insert("ai-told".into(), vec!["ai生成".into()]);
        Words::compile(&Lexicon { terms, ..Lexicon::default() }, Senses::default()).expect("the patterns compile")
    }

    fn file() -> EvidenceId {
        EvidenceId::of(b"a video")
    }

    fn case(labels: Vec<Label>, said: &[&str]) -> Case {
        let ad = Ad {
            ad_id: "1".into(),
            markets: Vec::new(),
            platform: None,
            advertiser: None,
            title: None,
            description: None,
            cta: None,
            click_url: "http://page.test/".into(),
            landing_url: None,
            creatives: Vec::new(),
            declared_category: None,
            audience: None,
            approved_landing: None,
            extra: Default::default(),
        };
        let mut case = Case::open(ad, EvidenceId::of(b"the ad"), Default::default());
        case.labels = labels;
        case.promised = said.iter().map(|text| statement(text)).collect();
        let hop = Hop {
            index: 0,
            kind: HopKind::Click,
            level: Level(1),
            url: "http://page.test/".into(),
            status: Some(200),
            at_ms: Millis(0),
            from: None,
            before: None,
            cause: None,
            initiator: None,
            gesture: false,
            referrer: None,
            remote: None,
            tls: None,
            certificates: Vec::new(),
            service_worker: false,
            error: None,
            left: None,
            snapshot: None,
        };
        case.chains = vec![Chain { visitor: "phone".into(), hops: vec![hop], ..Chain::default() }];
        case
    }

    fn statement(text: &str) -> Statement {
        let normal = Normal {
            text: text.to_lowercase(),
            origin: (0..).zip(text.chars()).map(|(at, _)| at).collect(),
            ..Normal::default()
        };
        let place = AdPlace { source: AdSource::Video, at_s: Some(1.0), until_s: None, area: None, evidence: file() };
        Statement {
            text: text.into(),
            normal,
            place: Place::Ad(place),
            visibility: Visibility::default(),
            role: Role::PictureText,
            read_by: ReadBy::Ocr(1.0),
            prices: Vec::new(),
        }
    }

    fn aigc(label: &str) -> Label {
        let field = Aigc { label: Some(label.into()), ..Aigc::default() };
        Label::Aigc { file: file(), evidence: EvidenceId::of(b"metadata"), field }
    }

    fn c2pa(source: &str) -> Label {
        let source = format!("http://cv.iptc.org/newscodes/digitalsourcetype/{source}");
        let evidence = EvidenceId::of(b"manifest");
        Label::C2pa { file: file(), evidence, generators: Vec::new(), source_types: vec![source] }
    }

    fn found(labels: Vec<Label>, said: &[&str]) -> Option<Confidence> {
        let (case, words) = (case(labels, said), words());
        let sides = Sides::read(&case, &words);
        AiLabelMissing.run(&sides).first().map(Finding::confidence)
    }

    #[test]
    fn a_generated_file_without_visible_words_is_found() {
        assert_eq!(found(vec![aigc("1")], &["主任亲自推荐"]), Some(Confidence::High));
        assert_eq!(found(vec![c2pa("trainedAlgorithmicMedia")], &["新品上市"]), Some(Confidence::Medium));
    }

    #[test]
    fn visible_words_are_the_label() {
        assert_eq!(found(vec![aigc("1")], &["新品上市", "AI生成"]), None);
    }

    #[test]
    fn what_may_have_been_generated_is_for_people_to_look_at() {
        for label in [aigc("2"), aigc("3"), c2pa("compositeWithTrainedAlgorithmicMedia")] {
            assert_eq!(found(vec![label], &["新品上市"]), Some(Confidence::Low));
        }
    }

    #[test]
    fn a_photograph_and_a_file_without_metadata_owe_nothing() {
        assert_eq!(found(vec![c2pa("digitalCapture")], &["新品上市"]), None);
        assert_eq!(found(Vec::new(), &["新品上市"]), None);
    }
}
