//! What no single file can know: that rules, citations, notes and packs fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml::Spanned;

use super::Pack;
use super::folder::Folder;
use super::packs::Key;
use super::schema::{Rule, Stage};
use crate::read::{PackError, Source, nearest};

/// Whether a pack holds together by itself.
pub(super) fn check(pack: &Pack, folder: Folder<'_>) -> Result<(), PackError> {
    for rule in &pack.rules {
        let file = format!("{}/rules/{}.toml", folder.name, rule.id());
        let source = folder.source(&file)?;
        cites_what_is_there(pack, rule, source)?;
        for book in pack.notes.values() {
            book.check(rule, &pack.head.facts)
                .map_err(|wrong| source.error(rule.note.span(), wrong.message, wrong.nearest))?;
        }
        judges_alone(pack, rule, source)?;
    }
    Ok(())
}

fn cites_what_is_there(pack: &Pack, rule: &Rule, source: Source<'_>) -> Result<(), PackError> {
    for cite in rule.cite_next_level.iter().chain(&rule.cite) {
        let id = cite.get_ref();
        if !pack.citations.contains_key(id) {
            let known = pack.citations.keys().map(String::as_str);
            return Err(source.error(cite.span(), format!("citations.toml has no `{id}`"), nearest(id, known)));
        }
    }
    let from = rule.in_force.from;
    if !rule.cite.iter().any(|id| pack.citation(id.get_ref()).holds(from)) {
        let message = format!("nothing that the rule cites is in force on {from}, when it begins");
        return Err(source.error(rule.id.span(), message, None));
    }
    Ok(())
}

/// Two rules that judge the same findings on the same day: nobody could say which of them speaks.
fn judges_alone(pack: &Pack, rule: &Rule, source: Source<'_>) -> Result<(), PackError> {
    let same = |other: &&Rule| {
        let apart = |one: &Rule, other: &Rule| {
            let (kinds, others) = (&one.when.kind, &other.when.kind);
            let (scopes, of_other) = (&one.when.scope, &other.when.scope);
            kinds.is_empty() != others.is_empty()
                || !kinds.is_empty() && kinds.is_disjoint(others)
                || scopes.is_empty() != of_other.is_empty()
                || !scopes.is_empty() && !scopes.iter().any(|scope| of_other.contains(scope))
                || one.when.min_confidence != other.when.min_confidence
        };
        let replaces = |one: &Rule, other: &Rule| one.replaces.iter().any(|id| id.get_ref() == other.id());
        other.id() > rule.id()
            && [rule, *other].iter().all(|one| one.stage == Stage::Settled)
            && !apart(rule, other)
            && !replaces(rule, other)
            && !replaces(other, rule)
    };
    for other in pack.rules.iter().filter(same) {
        let shared = rule.when.check.iter().find(|check| other.when.check.iter().any(|one| one == *check));
        if let (Some(check), Some(day)) = (shared, rule.in_force.meets(&other.in_force)) {
            let message = format!(
                "`{}` judges `{}` as well, and both are in force on {day}: end one before the other begins, or let one say `replaces`",
                other.id(),
                check.get_ref()
            );
            return Err(source.error(check.span(), message, None));
        }
    }
    Ok(())
}

/// Which rules take the place of which, over all packs, once every name that one rule gives another is known to be right.
pub(super) fn replaced(
    packs: &[Arc<Pack>],
    files: &BTreeMap<String, String>,
) -> Result<BTreeMap<Key, Vec<Key>>, PackError> {
    let known: BTreeSet<Key> = packs
        .iter()
        .flat_map(|pack| pack.rules.iter().map(|rule| (pack.id().to_owned(), rule.id().to_owned())))
        .collect();
    let mut replaced: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    for pack in packs {
        for rule in &pack.rules {
            let own = (pack.id().to_owned(), rule.id().to_owned());
            let file = format!("{}/rules/{}.toml", pack.id(), rule.id());
            let source = Source { file: &file, text: files.get(&file).map_or("", String::as_str) };
            for named in rule.within.iter().chain(&rule.replaces) {
                let key = key(named.get_ref(), pack.id());
                if key == own || !known.contains(&key) {
                    let names = known
                        .iter()
                        .filter(|key| **key != own)
                        .map(|(of, id)| if of == pack.id() { id.clone() } else { format!("{of}/{id}") });
                    let names: Vec<_> = names.collect();
                    let message = format!("`{}` is no other rule", named.get_ref());
                    let meant = nearest(named.get_ref(), names.iter().map(String::as_str));
                    return Err(source.error(named.span(), message, meant));
                }
            }
            for named in &rule.replaces {
                refuse_ring(named, &own, pack.id(), &replaced, source)?;
                replaced.entry(key(named.get_ref(), pack.id())).or_default().push(own.clone());
            }
        }
    }
    Ok(replaced)
}

/// Rules that take each other's place in a ring would all be silent.
fn refuse_ring(
    named: &Spanned<String>,
    own: &Key,
    pack: &str,
    replaced: &BTreeMap<Key, Vec<Key>>,
    source: Source<'_>,
) -> Result<(), PackError> {
    let replaces = key(named.get_ref(), pack);
    let mut above = vec![own.clone()];
    let mut seen = BTreeSet::new();
    while let Some(rule) = above.pop() {
        if rule == replaces {
            let message = format!("`{}` and `{}/{}` replace each other in a ring", named.get_ref(), own.0, own.1);
            return Err(source.error(named.span(), message, None));
        }
        if seen.insert(rule.clone()) {
            above.extend(replaced.get(&rule).into_iter().flatten().cloned());
        }
    }
    Ok(())
}

/// A rule as another one names it.
pub(crate) fn key(named: &str, pack: &str) -> Key {
    let (pack, rule) = named.split_once('/').unwrap_or((pack, named));
    (pack.to_owned(), rule.to_owned())
}
