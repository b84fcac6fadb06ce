//! Buyers, winners and crowds that the page makes up by itself.

use model::finding::{Confidence, Exhibit, Finding};
use model::statement::{Invented, MadeBy};

use crate::check::{Check, Sides};
use crate::exhibit;
use crate::side::PageSide;

/// ## What it finds
/// A line that says what others just did (「秦女士 3 分钟前约了面诊」「138****1234 刚刚抽中」), or how many are there, which a
/// script of the page makes of pieces and of chance; and a line of a list in a script that says it happened just now. No
/// server is asked for either.
///
/// ## Why it misleads
/// People follow others. These others do not exist.
///
/// ## Example
/// A toast 「李先生 2 分钟前买了一箱」 — its script picks one of seven family names, one of three titles and a number
///
/// ## What to do instead
/// Show orders and visitors as they are counted, or none.
///
/// ## What it leaves alone
/// What a server is asked for, masked or not; reviews that are shown in turn, each as it was written; a number that only
/// counts up to the one the server gave; scripts that ask for anything at all, as nobody can tell what of it they show.
#[derive(Debug)]
pub(super) struct FakeSocialProof;

impl Check for FakeSocialProof {
    fn id(&self) -> &'static str {
        "fake-social-proof"
    }

    fn terms(&self) -> &'static [&'static str] {
        &["others-did", "others-did-now"]
    }

    fn run(&self, sides: &Sides<'_>) -> Vec<Finding> {
        sides.pages.iter().filter_map(|page| self.on(page, sides)).collect()
    }
}

impl FakeSocialProof {
    fn on(&self, page: &PageSide<'_>, sides: &Sides<'_>) -> Option<Finding> {
        let has = |term, one: &Invented| sides.words.has(term, &one.normal.text);
        let made_up = page.page.invented.iter().find(|one| match one.by {
            MadeBy::Chance => has("others-did", one),
            // What a list says of others may be true; that it happened a moment ago, at each visit, is not.
            MadeBy::List => has("others-did-now", one),
        })?;
        Some(
            Finding::of(self.id())
                .promised(exhibit::main_promise(sides))
                .delivered(Exhibit::new(made_up.text.clone(), made_up.place.clone()))
                .sure(Confidence::Medium)
                .fact("script", &made_up.script),
        )
    }
}
