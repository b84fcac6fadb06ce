//! All packs that are loaded, and what they know of each other.

use std::collections::BTreeSet;

use model::finding::Confidence;
use model::violation::Severity;

use super::{Arc, BTreeMap, Basis, Circumstances, Citation, Folder, NaiveDate, Pack, PackError, Rule, Stage};
use super::{built_in_files, fit};

/// Several packs, each of which judges for itself.
#[derive(Clone, Debug)]
pub struct Packs {
    packs: Vec<Arc<Pack>>,
    /// Which rules take the place of a rule while they are in force, all as (pack, rule).
    replaced: BTreeMap<Key, Vec<Key>>,
}

/// A rule by its pack's id and its own.
pub(crate) type Key = (String, String);

impl Packs {
    /// The packs that are compiled in; `checks` are the ids that rules may name.
    pub fn built_in(checks: &BTreeSet<&str>) -> Result<Self, PackError> {
        Self::from_files(&built_in_files(), checks)
    }

    /// Loads packs from texts by path: `<pack>/pack.toml`, `<pack>/citations.toml`, `<pack>/rules/<id>.toml`,
    /// `<pack>/notes/<language>.toml`. Files named otherwise are left alone; `checks` are the ids that rules may name.
    pub fn from_files(files: &BTreeMap<String, String>, checks: &BTreeSet<&str>) -> Result<Self, PackError> {
        let names: BTreeSet<_> = files.keys().filter_map(|path| path.split_once('/')).map(|(pack, _)| pack).collect();
        let mut loaded = BTreeMap::new();
        for name in names {
            load(name, &mut Vec::new(), files, checks, &mut loaded)?;
        }
        let packs: Vec<_> = loaded.into_values().collect();
        let replaced = fit::replaced(&packs, files)?;
        Ok(Self { packs, replaced })
    }

    /// The one pack alone.
    #[must_use]
    pub fn only(&self, pack: &str) -> Self {
        let packs = self.packs.iter().filter(|known| known.id() == pack).cloned().collect();
        Self { packs, replaced: self.replaced.clone() }
    }

    /// Which packs these are.
    pub fn about(&self) -> Vec<About<'_>> {
        self.packs.iter().map(|pack| About::of(pack)).collect()
    }

    /// Every rule, pack by pack, gravest first.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        self.packs.iter().flat_map(|pack| pack.rules.iter().map(move |rule| RuleView { pack, rule }))
    }

    /// The rule of a violation. Its pack may be of another version by now: the id counts.
    pub fn rule(&self, pack: &str, rule: &str) -> Option<RuleView<'_>> {
        let pack = self.named(pack)?;
        pack.rule(rule).map(|rule| RuleView { pack, rule })
    }

    /// What a violation of this pack cites.
    pub fn citation(&self, pack: &str, id: &str) -> Option<&Citation> {
        self.named(pack)?.citations.get(id)
    }

    /// The rules by which the findings of a check are judged, gravest first within each pack.
    pub fn judging(&self, check: &str) -> Vec<Judging<'_>> {
        let of = self.rules().filter(|view| view.checks().any(|known| known == check));
        of.map(|RuleView { pack, rule }| Judging {
            pack: pack.id(),
            rule: rule.id(),
            severity: rule.severity,
            min_confidence: rule.when.min_confidence,
        })
        .collect()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().map(AsRef::as_ref)
    }

    /// By id, or by `id@version`.
    pub(crate) fn named(&self, pack: &str) -> Option<&Pack> {
        let id = pack.split('@').next().unwrap_or(pack);
        self.iter().find(|known| known.id() == id)
    }

    /// The rules, as (pack, rule), within which a rule is told where they judge the same words.
    pub(crate) fn wider(&self, pack: &str, rule: &str) -> Vec<Key> {
        let within = self.named(pack).and_then(|pack| pack.rule(rule)).map_or(&[][..], |rule| &rule.within);
        within.iter().map(|named| fit::key(named.get_ref(), pack)).collect()
    }

    /// Whether another rule stands in the place of this one, for such a case.
    pub(crate) fn is_replaced(&self, pack: &Pack, rule: &Rule, circumstances: &Circumstances) -> bool {
        let by = self.replaced.get(&(pack.id().to_owned(), rule.id().to_owned())).into_iter().flatten();
        by.filter_map(|(pack, rule)| self.named(pack).and_then(|pack| Some((pack, pack.rule(rule)?)))).any(
            |(pack, rule)| {
                pack.applies(circumstances) && rule.judges_on(pack.day(circumstances.at), circumstances.trial)
            },
        )
    }
}

/// Loads a pack, and before it the one that it inherits from. `heirs` are the packs that wait for this one.
fn load<'a>(
    name: &'a str,
    heirs: &mut Vec<&'a str>,
    files: &'a BTreeMap<String, String>,
    checks: &'a BTreeSet<&'a str>,
    loaded: &mut BTreeMap<String, Arc<Pack>>,
) -> Result<(), PackError> {
    if loaded.contains_key(name) {
        return Ok(());
    }
    let folder = Folder { name, files, checks };
    let parent = folder.parent()?;
    heirs.push(name);
    if let Some(parent) = parent {
        folder.refuse_ring(heirs, parent)?;
        load(parent, heirs, files, checks, loaded)?;
    }
    heirs.pop();
    let pack = Pack::load(folder, parent.and_then(|parent| loaded.get(parent)).map(AsRef::as_ref))?;
    loaded.insert(name.to_owned(), Arc::new(pack));
    Ok(())
}

/// A rule that judges a check's findings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judging<'a> {
    pub pack: &'a str,
    pub rule: &'a str,
    pub severity: Severity,
    /// Findings that are less sure are kept, and no violations.
    pub min_confidence: Confidence,
}

/// A pack as a reader wants to know it.
#[derive(Clone, Debug, PartialEq)]
pub struct About<'a> {
    /// `<pack>@<version>`, as in a violation.
    pub name: String,
    pub title: &'a BTreeMap<String, String>,
    /// ISO 3166 code of the country whose law it holds, or `EU`.
    pub jurisdiction: &'a str,
    /// Where an ad must run for it to judge.
    pub markets: Vec<&'a str>,
    /// Any, when empty.
    pub platforms: Vec<&'a str>,
    pub basis: Basis,
    pub effective_from: NaiveDate,
    pub modifiers: Vec<(&'a str, i8, &'a BTreeMap<String, String>)>,
}

impl<'a> About<'a> {
    fn of(pack: &'a Pack) -> Self {
        let head = &pack.head;
        let markets = head.markets.iter().map(String::as_str);
        let modifiers = head.modifiers.iter();
        Self {
            name: pack.name(),
            title: &head.title,
            jurisdiction: &head.jurisdiction,
            markets: if head.markets.is_empty() { vec![&head.jurisdiction] } else { markets.collect() },
            platforms: head.platforms.iter().map(String::as_str).collect(),
            basis: head.basis,
            effective_from: head.effective_from,
            modifiers: modifiers.map(|one| (one.id.as_str(), one.by, &one.why)).collect(),
        }
    }
}

/// A rule as a reader wants to know it.
#[derive(Clone, Copy)]
pub struct RuleView<'a> {
    pack: &'a Pack,
    rule: &'a Rule,
}

impl<'a> RuleView<'a> {
    pub fn pack(self) -> &'a str {
        self.pack.id()
    }

    pub fn id(self) -> &'a str {
        self.rule.id()
    }

    /// What it says is wrong, by language.
    pub fn title(self) -> &'a BTreeMap<String, String> {
        &self.rule.title
    }

    pub fn checks(self) -> impl Iterator<Item = &'a str> {
        self.rule.when.check.iter().map(|check| check.get_ref().as_str())
    }

    pub fn min_confidence(self) -> Confidence {
        self.rule.when.min_confidence
    }

    /// What the landing page must offer; anything, when empty.
    pub fn kinds(self) -> impl Iterator<Item = &'a str> {
        self.rule.when.kind.iter().map(String::as_str)
    }

    pub fn severity(self) -> Severity {
        self.rule.severity
    }

    /// First and last day.
    pub fn in_force(self) -> (NaiveDate, Option<NaiveDate>) {
        (self.rule.in_force.from, self.rule.in_force.until)
    }

    /// `trial`, `settled` or `retired`.
    pub fn stage(self) -> &'static str {
        match self.rule.stage {
            Stage::Trial => "trial",
            Stage::Settled => "settled",
            Stage::Retired => "retired",
        }
    }

    pub fn remedy(self) -> model::violation::Remedy {
        self.rule.remedy
    }

    /// Numbers of the rule, as they are written.
    pub fn params(self) -> impl Iterator<Item = (&'a str, String)> {
        self.rule.params.iter().map(|(name, value)| (name.as_str(), value.to_string()))
    }

    /// All that it may cite, whatever the day.
    pub fn cites(self) -> impl Iterator<Item = &'a Citation> {
        let all = self.rule.cite_next_level.iter().chain(&self.rule.cite);
        all.map(move |id| self.pack.citation(id.get_ref()))
    }

    /// Rules within which it is told, and rules whose place it takes, as they are written.
    pub fn within(self) -> impl Iterator<Item = &'a str> {
        self.rule.within.iter().map(|one| one.get_ref().as_str())
    }

    pub fn replaces(self) -> impl Iterator<Item = &'a str> {
        self.rule.replaces.iter().map(|one| one.get_ref().as_str())
    }

    /// The templates of its note in a language: what, why, do.
    pub fn templates(self, language: &str) -> Option<[&'a str; 3]> {
        self.pack.book(language)?.templates(self.rule.note.get_ref())
    }
}
