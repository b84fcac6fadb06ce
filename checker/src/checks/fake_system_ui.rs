//! An ad or a page that speaks as if it were the phone.

use model::finding::{Confidence, Finding};
use model::statement::{Hidden, Role, Statement};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::{PageSide, area, conspicuous};
use crate::words::Words;

/// ## What it finds
/// A web page or an ad that reports a fault of the visitor's own phone (a virus, a full memory, a version too old), or a
/// message that waits for them, in the voice of the system, with a button that answers it; and such a message that slides
/// over the page like one of the phone's own.
///
/// ## Why it misleads
/// A page cannot look into a phone. Whoever presses 「立即清理」 believes that their phone asked for it.
///
/// ## Example
/// A layer: 「系统检测到内存不足」 「立即清理」 — behind it an order by phone number and code.
///
/// ## What to do instead
/// Look like an ad, not like the telephone; claim no fault of a device that nobody examined.
///
/// ## What it leaves alone
/// An app that shows what it can do (「释放手机内存」), a question (「手机卡顿？」), an article about viruses, a warning of fraud,
/// what a tool found after its visitor let it look, a notice of the site's own works.
#[derive(Debug)]
pub(super) struct FakeSystemUi;

/// Statements on either side of the alarm that may be the button that answers it.
const REACH: usize = 6;

impl Check for FakeSystemUi {
    fn id(&self) -> &'static str {
        "fake-system-ui"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["system-alarm", "system-voice", "waiting-message", "answers-alarm", "about-alarms"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        let on_pages =
            sides.pages.iter().filter_map(|page| self.on(page, sides).or_else(|| self.beyond_edge(page, sides)));
        on_pages.chain(self.in_ad(sides)).collect()
    }
}

impl FakeSystemUi {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let said = page.side.statements.iter().enumerate();
        let alarms =
            said.filter(|(_, said)| is_alarm(said, sides.words)).filter(|(at, _)| !is_article(page, *at, sides));
        let (at, alarm) =
            alarms.max_by_key(|(at, said)| (weight(said, sides.words), answered(page, *at, sides).is_some()))?;
        let answer = answered(page, at, sides);
        let confidence = match (answer.is_some(), weight(alarm, sides.words)) {
            (true, 2..) => Confidence::High,
            (true, _) => Confidence::Medium,
            (false, 3) if conspicuous(alarm) => Confidence::Medium,
            _ => Confidence::Low,
        };
        let promised =
            sides.ad.statements.iter().find(|said| is_alarm(said, sides.words)).and_then(exhibit::said_by_ad);
        let mut finding = Finding::of(self.id())
            .promised(promised.unwrap_or_else(|| exhibit::main_promise(sides)))
            .delivered(exhibit::said_by_page(alarm, None)?)
            .sure(confidence);
        if let Some(answer) = answer {
            finding = finding.fact("button", &answer.text);
            if let Some(answer) = exhibit::said_by_page(answer, None) {
                finding = finding.also(answer);
            }
        }
        Some(finding)
    }

    /// A notice that slides in and out: it waits beyond an edge of the screen when nobody looks.
    fn beyond_edge(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let parked: Vec<&Statement> =
            page.page.hidden.iter().filter(|said| said.visibility.hidden == Some(Hidden::OffPage)).collect();
        let at = parked.iter().position(|said| is_alarm(said, sides.words))?;
        let near = &parked[at.saturating_sub(2)..(at + 3).min(parked.len())];
        near.iter().find(|said| sides.words.has("system-voice", &said.normal.text))?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(exhibit::said_by_page(parked[at], None)?)
                .sure(Confidence::Medium),
        )
    }

    /// The ad itself is dressed as the phone's own message.
    fn in_ad(&self, sides: &Sides<'_>) -> Option<Finding> {
        let alarm =
            sides.ad.statements.iter().find(|said| is_alarm(said, sides.words) && weight(said, sides.words) >= 2)?;
        let landing = sides.landings().next()?;
        let headline = landing.side.statements.iter().find(|said| said.role == Role::Headline);
        let head = headline.or_else(|| crate::house::shown(landing).next())?;
        let sure = Finding::of(self.id())
            .promised(exhibit::said_by_ad(alarm)?)
            .delivered(exhibit::said_by_page(head, None)?)
            .sure(Confidence::Medium);
        Some(sure)
    }
}

/// Whether a sentence reports something of the phone it stands on; a question reports nothing.
fn is_alarm(said: &Statement, words: &Words) -> bool {
    let text = &said.normal.text;
    !matches!(said.role, Role::PageTitle | Role::FieldLabel | Role::Link)
        && !text.contains('?')
        && (words.says("system-alarm", text) || words.says("waiting-message", text))
        && !words.has("about-alarms", text)
}

/// How much an alarm is made to look like the phone's own: 3 when it names the system, 2 above the page.
fn weight(said: &Statement, words: &Words) -> u8 {
    if words.has("system-voice", &said.normal.text) {
        3
    } else if said.visibility.layer || said.visibility.fixed {
        2
    } else {
        u8::from(said.role != Role::PictureText)
    }
}

/// The button that answers an alarm: near it in the text, or in the same layer.
fn answered<'a>(page: &PageSide<'a>, at: usize, sides: &Sides<'_>) -> Option<&'a Statement> {
    let alarm = &page.side.statements[at];
    let pressed = |said: &&Statement| {
        let button = matches!(said.role, Role::Button | Role::Link)
            || page.page.buttons.iter().any(|button| button.label == said.text);
        button && sides.words.has("answers-alarm", &said.normal.text)
    };
    let below = |said: &&Statement| match (area(alarm), area(said)) {
        (Some(alarm), Some(answer)) => answer.y >= alarm.y - 40.0,
        _ => true,
    };
    let near = page.side.around(at, REACH).iter().find(|said| pressed(said) && below(said));
    let layered = || {
        let same = |said: &&Statement| said.visibility.layer && alarm.visibility.layer;
        page.side.statements.iter().find(|said| same(said) && pressed(said))
    };
    near.or_else(layered)
}

/// Whether the page tells of such alarms rather than raising one.
fn is_article(page: &PageSide<'_>, at: usize, sides: &Sides<'_>) -> bool {
    let heads = page.side.statements.iter().filter(|said| matches!(said.role, Role::Headline | Role::PageTitle));
    heads.chain(page.side.around(at, 1)).any(|said| sides.words.has("about-alarms", &said.normal.text))
}
