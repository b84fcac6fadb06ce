//! Wordings put into a case, as if the ad or its page had been made so.

use model::case::Case;
use model::evidence::{AdPlace, AdSource, Place};
use model::finding::Finding;
use model::statement::{ReadBy, Role, Statement, Visibility};
use model::violation::{Fix, FixOn};

mod page;

/// Wordings, and what is done with the first of them.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) how: How,
    /// Sentences of the ad: the first as `how` says, further ones beside it.
    ad: Vec<String>,
    /// Sentences of the page: the first as `how` says if it is on the page, further ones above the main button.
    page: Vec<String>,
}

/// What is done with a wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// It stands beside the promise, in letters of the same size.
    Beside,
    /// It takes the place of every sentence of the ad that says what was promised.
    Instead,
    /// It is all that the ad says.
    WholeCopy,
    /// It stands above the page's main button, in a body text's letters.
    AboveButton,
    /// It is what the page's button reads.
    Label,
    /// It takes the place of the page's sentence.
    InPlace,
}

/// A case as it would have been.
pub(super) struct Changed {
    pub(super) case: Case,
    /// The words that are gone; empty where none are.
    pub(super) instead_of: String,
}

impl How {
    fn on(self) -> FixOn {
        match self {
            Self::Beside | Self::Instead | Self::WholeCopy => FixOn::Ad,
            Self::AboveButton | Self::Label | Self::InPlace => FixOn::Page,
        }
    }
}

impl Draft {
    pub(super) fn new(how: How, text: String) -> Self {
        match how.on() {
            FixOn::Ad => Self { how, ad: vec![text], page: Vec::new() },
            FixOn::Page => Self { how, ad: Vec::new(), page: vec![text] },
        }
    }

    /// Takes up what of these wordings it does not have yet: the ad's, else the page's. False where there is none.
    ///
    /// What takes the place of words on the page stays a change of the page alone: it could not be told beside one of the ad.
    pub(super) fn tells_more(&mut self, wordings: Vec<(FixOn, String)>) -> bool {
        let on_page_only = matches!(self.how, How::Label | How::InPlace);
        let new = wordings.into_iter().find(|(on, text)| match on {
            FixOn::Ad => !on_page_only && !self.ad.contains(text),
            FixOn::Page => !self.page.contains(text),
        });
        match new {
            // What quotes the sentence that the page was just given is that sentence: it needs no heading twice.
            Some((FixOn::Ad, text)) => {
                let given = self.page.iter().find(|given| text.contains(given.as_str())).cloned();
                self.ad.push(given.unwrap_or(text));
            }
            Some((FixOn::Page, text)) => self.page.push(text),
            None => return false,
        }
        true
    }

    pub(super) fn fix(self, instead_of: String, clears: Vec<String>, language: &str) -> Fix {
        let between = if language == "en" { ". " } else { "。" };
        let [ad, page] = [self.ad.join(between), self.page.join(between)];
        let on = if ad.is_empty() { FixOn::Page } else { FixOn::Ad };
        let (text, with_page) = if on == FixOn::Ad { (ad, page) } else { (page, String::new()) };
        Fix { on, instead_of, whole: self.how == How::WholeCopy, text, with_page, clears }
    }

    /// None where there is nothing that could be changed so.
    pub(super) fn made_in(&self, case: &Case, finding: &Finding) -> Option<Changed> {
        let mut case = case.clone();
        let at = promise(&case.promised, finding);
        let (mut ad, mut page) = (self.ad.as_slice(), self.page.as_slice());
        let instead_of = match self.how {
            How::Beside => Some(String::new()),
            How::Instead => instead(&mut case, at?, finding, taken(&mut ad)?),
            How::WholeCopy => whole_copy(&mut case, at, taken(&mut ad)?),
            How::AboveButton => Some(String::new()),
            How::Label => page::label(&mut case, finding, taken(&mut page)?),
            How::InPlace => page::in_place(&mut case, finding, taken(&mut page)?),
        }?;
        let at = if self.how == How::WholeCopy { 0 } else { at.unwrap_or_default() };
        ad.iter().rev().for_each(|text| beside(&mut case, at, finding, text));
        for text in page {
            page::above_button(&mut case, text)?;
        }
        Some(Changed { case, instead_of })
    }
}

/// The first text, which is then no more among them.
fn taken<'t>(texts: &mut &'t [String]) -> Option<&'t str> {
    let (first, rest) = texts.split_first()?;
    *texts = rest;
    Some(first)
}

fn beside(case: &mut Case, at: usize, finding: &Finding, text: &str) {
    let Some(promise) = case.promised.get(at) else {
        // An ad that says nothing promises by its click alone, and can be given a title.
        let place = AdPlace { source: AdSource::Title, ..finding.promised().place.clone() };
        case.promised.push(sentence(text, Place::Ad(place), Visibility::default()));
        return;
    };
    let mut added = worded(promise, text);
    if let Place::Ad(AdPlace { area: Some(area), .. }) = &mut added.place {
        area.y = area.bottom();
    }
    case.promised.insert(at + 1, added);
}

fn instead(case: &mut Case, at: usize, finding: &Finding, text: &str) -> Option<String> {
    let said = Said::by(finding, &case.promised[at]);
    let instead_of = case.promised[at].text.clone();
    for (position, statement) in case.promised.iter_mut().enumerate() {
        if position == at || said.is_in(statement) {
            *statement = worded(statement, text);
        }
    }
    Some(instead_of)
}

/// The promise becomes the wording, and everything else is gone: what the button reads, too.
fn whole_copy(case: &mut Case, at: Option<usize>, text: &str) -> Option<String> {
    let calls = |statement: &Statement| statement.ad_place().is_some_and(|place| place.source == AdSource::Cta);
    let at =
        at.filter(|at| !calls(&case.promised[*at])).or_else(|| case.promised.iter().position(|one| !calls(one)))?;
    case.promised = vec![worded(&case.promised[at], text)];
    Some(String::new())
}

/// What a finding says was promised, in the words and sums by which another sentence of the ad may say it too.
struct Said {
    words: Vec<String>,
    cents: Vec<i64>,
}

impl Said {
    fn by(finding: &Finding, promise: &Statement) -> Self {
        /// Words for the thing promised, by the names of the facts that hold them.
        const NAMED: [&str; 4] = ["promised_spec", "promised_period", "gift", "claim"];
        /// A shorter word stands in other sentences by chance.
        const SHORTEST: usize = 2;
        let fact = |name: &str| finding.facts().get(name).and_then(|fact| fact.as_str());
        let named = NAMED.iter().filter_map(|name| fact(name)).map(|text| reader::text::normal(text).text);
        let words = [promise.normal.text.clone()].into_iter().chain(named);
        let price = fact("promised_price").map(|text| reader::text::normal(text).text);
        Self {
            words: words.filter(|word| word.chars().count() >= SHORTEST).collect(),
            cents: price.iter().flat_map(|text| reader::price::tags(text)).map(|tag| tag.cents).collect(),
        }
    }

    fn is_in(&self, statement: &Statement) -> bool {
        let words = self.words.iter().any(|word| statement.normal.text.contains(word.as_str()));
        words || statement.prices.iter().any(|tag| self.cents.contains(&tag.cents))
    }
}

/// The sentence of the ad that a finding quotes: at its place the one of those words, else any of those words.
fn promise(promised: &[Statement], finding: &Finding) -> Option<usize> {
    let exhibit = finding.promised();
    let wanted = reader::text::normal(&exhibit.quote).text;
    let says = |statement: &Statement| {
        statement.text == exhibit.quote || (!wanted.is_empty() && statement.normal.text.contains(&wanted))
    };
    let there = |statement: &Statement| statement.ad_place() == Some(&exhibit.place);
    promised.iter().position(|one| there(one) && says(one)).or_else(|| promised.iter().position(says))
}

/// A sentence with other words in the same place and of the same look, and with the time it takes to read them.
fn worded(statement: &Statement, text: &str) -> Statement {
    let visibility = Visibility { struck: false, pace: None, hurried: false, ..statement.visibility.clone() };
    Statement { role: statement.role, ..sentence(text, statement.place.clone(), visibility) }
}

/// A sentence as if it had been read.
fn sentence(text: &str, place: Place, visibility: Visibility) -> Statement {
    let normal = reader::text::normal(text);
    let prices = reader::price::tags(&normal.text);
    Statement { text: text.to_owned(), normal, place, visibility, role: Role::Text, read_by: ReadBy::Text, prices }
}
