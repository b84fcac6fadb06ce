//! The lexicon made ready for matching: kinds by their words, terms by their patterns.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use model::claim::OfferKind;
use model::lexicon::{Kind, Lexicon};
use regex::Regex;
use sense::Senses;

use crate::checks::ALL;
use crate::claims::{TERMS, is_warned_of};
use crate::sentences::Sentences;
use crate::{about, added, aside, bound, documents, lasting, parts, wording};

/// A lexicon whose words and patterns are compiled, once for the whole process.
#[derive(Debug)]
pub struct Words {
    kinds: BTreeMap<OfferKind, Kind>,
    plain: AhoCorasick,
    /// For each plain word, the kinds it speaks for and how strongly.
    meanings: Vec<Vec<(OfferKind, f64)>>,
    patterns: Vec<(Regex, OfferKind, f64)>,
    terms: BTreeMap<String, Term>,
    sentences: Sentences,
}

/// What says a term: its words, or else a sentence that has one of these senses.
#[derive(Debug)]
struct Term {
    words: Regex,
    senses: Vec<usize>,
}

/// Why a lexicon cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadLexicon {
    #[error("compile the pattern `{pattern}` of `{of}`: {source}")]
    Pattern { of: String, pattern: String, source: Box<regex::Error> },
    #[error("find the term list `{0}`: the checks need it; add it to a lexicon")]
    MissingTerm(&'static str),
    #[error("prepare the words of the kinds: {0}")]
    Kinds(Box<aho_corasick::BuildError>),
    #[error("find the sense `{sense}` of the term `{term}`: no sentence that was learnt from has it")]
    UnknownSense { term: String, sense: String },
    #[error("find the term list `{0}`, which has senses: a sense stands in for words, so give it some")]
    SensesOfNoTerm(String),
}

/// A word of a kind found in a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KindHit {
    pub(crate) kind: OfferKind,
    /// Bytes of the text searched.
    pub(crate) bytes: Range<usize>,
    pub(crate) weight: f64,
}

impl Words {
    pub fn compile(lexicon: &Lexicon, senses: Senses) -> Result<Self, BadLexicon> {
        let mut plain: BTreeMap<&str, Vec<(OfferKind, f64)>> = BTreeMap::new();
        let mut patterns = Vec::new();
        for (id, kind) in &lexicon.kinds {
            for (word, &weight) in &kind.words {
                if word.contains(['\\', '[', '(', '|', '?', '+', '*', '.', '^', '$']) {
                    patterns.push((pattern(&id.0, word)?, id.clone(), weight));
                } else {
                    plain.entry(word).or_default().push((id.clone(), weight));
                }
            }
        }
        let sentences = Sentences::new(senses);
        let mut terms = BTreeMap::new();
        for (name, list) in &lexicon.terms {
            for each in list {
                pattern(name, each)?;
            }
            let alternatives: Vec<_> = list.iter().map(|each| format!("(?:{each})")).collect();
            let words = pattern(name, &alternatives.join("|"))?;
            let senses = lexicon.senses.get(name).into_iter().flatten();
            let unknown = |sense: &String| BadLexicon::UnknownSense { term: name.clone(), sense: sense.clone() };
            let senses = senses.map(|sense| sentences.sense(sense).ok_or_else(|| unknown(sense)));
            terms.insert(name.clone(), Term { words, senses: senses.collect::<Result<_, _>>()? });
        }
        if let Some(name) = lexicon.senses.keys().find(|name| !terms.contains_key(*name)) {
            return Err(BadLexicon::SensesOfNoTerm(name.clone()));
        }
        if let Some(missing) = needed().find(|name| !terms.contains_key(*name)) {
            return Err(BadLexicon::MissingTerm(missing));
        }
        // The longest word wins: 「视频彩铃」 is a ringtone, not a video.
        let machine = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(plain.keys())
            .map_err(|e| BadLexicon::Kinds(Box::new(e)))?;
        Ok(Self {
            kinds: lexicon.kinds.clone(),
            plain: machine,
            meanings: plain.into_values().collect(),
            patterns,
            terms,
            sentences,
        })
    }

    pub(crate) fn kind(&self, id: &OfferKind) -> &Kind {
        self.kinds.get(id).expect("internal error: a kind that was read comes from the lexicon")
    }

    /// Whether two kinds are of one family, or honestly go together.
    pub(crate) fn together(&self, a: &OfferKind, b: &OfferKind) -> bool {
        let (a, b) = (self.kind(a), self.kind(b));
        a.family == b.family || a.near.contains(&b.family) || b.near.contains(&a.family)
    }

    /// Every word of a kind in a text in normal form, in no particular order.
    pub(crate) fn kinds_in(&self, text: &str) -> Vec<KindHit> {
        let mut hits = Vec::new();
        for found in self.plain.find_iter(text) {
            if !stands_alone(text, found.range()) {
                continue;
            }
            for (kind, weight) in &self.meanings[found.pattern().as_usize()] {
                hits.push(KindHit { kind: kind.clone(), bytes: found.range(), weight: *weight });
            }
        }
        for (regex, kind, weight) in &self.patterns {
            hits.extend(regex.find_iter(text).map(|found| KindHit {
                kind: kind.clone(),
                bytes: found.range(),
                weight: *weight,
            }));
        }
        hits
    }

    /// How strongly a text speaks for a family: each of its words counts once.
    pub(crate) fn strength(&self, text: &str, family: &str) -> f64 {
        let mut counted = BTreeSet::new();
        let hits = self.kinds_in(text).into_iter().filter(|hit| self.kind(&hit.kind).family == family);
        hits.filter(|hit| counted.insert((hit.kind.clone(), text[hit.bytes.clone()].to_owned())))
            .map(|hit| hit.weight)
            .sum()
    }

    /// The pattern of a term list; `name` is one of [`TERMS`] or of a check's own.
    pub(crate) fn term(&self, name: &'static str) -> &Regex {
        &self.whole_term(name).words
    }

    fn whole_term(&self, name: &'static str) -> &Term {
        self.terms
            .get(name)
            .unwrap_or_else(|| panic!("internal error: `{name}` stands neither in TERMS nor in the terms of its check"))
    }

    /// Where a term stands in a text, in its order; bytes. Where none of its words does, the sentences that have its sense.
    pub(crate) fn occurrences(&self, name: &'static str, text: &str) -> Vec<Range<usize>> {
        let term = self.whole_term(name);
        let words: Vec<_> = term.words.find_iter(text).map(|found| found.range()).collect();
        if words.is_empty() && !term.senses.is_empty() { self.sentences.with(&term.senses, text) } else { words }
    }

    pub(crate) fn has(&self, name: &'static str, text: &str) -> bool {
        let term = self.whole_term(name);
        term.words.is_match(text) || !term.senses.is_empty() && !self.sentences.with(&term.senses, text).is_empty()
    }

    /// Whether a term stands in the text and nothing before it takes it back (「无月租」「不自动续费」).
    pub(crate) fn says(&self, name: &'static str, text: &str) -> bool {
        self.find(name, text).is_some()
    }

    /// Where the first occurrence stands that nothing takes back; bytes.
    pub(crate) fn find(&self, name: &'static str, text: &str) -> Option<Range<usize>> {
        let mut found = self.occurrences(name, text).into_iter();
        found.find(|range| !self.taken_back(text, range.start) && !is_warned_of(text, range.clone(), self))
    }

    /// Whether the words just before a position deny what follows.
    fn taken_back(&self, text: &str, at: usize) -> bool {
        let from = text[..at].char_indices().rev().take(8).last().map_or(0, |(byte, _)| byte);
        let before = &text[from..at];
        // A denial reaches to the next comma only.
        let before = before.rsplit([',', '。', ';', '!', '、', ' ']).next().unwrap_or(before);
        self.has("negation", before)
    }
}

/// The term lists that reading and checking need.
pub(crate) fn needed() -> impl Iterator<Item = &'static str> {
    let shared = [
        TERMS,
        added::TERMS,
        aside::TERMS,
        about::TERMS,
        bound::TERMS,
        documents::TERMS,
        wording::TERMS,
        lasting::TERMS,
        parts::TERMS,
    ];
    shared.into_iter().flatten().chain(ALL.iter().flat_map(|check| check.terms())).copied()
}

/// A word ends where its ASCII letters do: what stands beside a Chinese character is a word of its own (「领free礼包」). And only so
/// the fast engines of `regex` can be used on texts that are not ASCII: ten times as many ads a second.
fn pattern(of: &str, pattern: &str) -> Result<Regex, BadLexicon> {
    Regex::new(&pattern.replace(r"\b", r"(?-u:\b)")).map_err(|source| BadLexicon::Pattern {
        of: of.to_owned(),
        pattern: pattern.to_owned(),
        source: Box::new(source),
    })
}

/// A word of Latin letters must not be a part of a longer one: `loan` is not in `sloane`.
fn stands_alone(text: &str, range: Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let word = &text[range.clone()];
    let opens = letter(word.chars().next()) && letter(text[..range.start].chars().next_back());
    // A plural is the same word.
    let rest = text[range.end..].strip_prefix('s').unwrap_or(&text[range.end..]);
    let closes = letter(word.chars().next_back()) && letter(rest.chars().next());
    !(opens || closes)
}
