//! `postlink policy explain`: a rule in words.

use std::collections::BTreeMap;
use std::path::Path;

use policies::RuleView;

use super::load;
use crate::exit::{Ended, Refused};
use model::line::word;

pub(super) fn rule(named: &str, language: &str, folder: Option<&Path>) -> anyhow::Result<Ended> {
    let packs = load(folder)?;
    let (pack, id) = named.split_once('/').map_or((None, named), |(pack, id)| (Some(pack), id));
    let of = |rule: &RuleView<'_>| rule.id() == id && pack.is_none_or(|pack| rule.pack() == pack);
    let found: Vec<_> = packs.rules().filter(of).collect();
    if found.is_empty() {
        let meant = policies::nearest(id, packs.rules().map(RuleView::id).collect::<Vec<_>>());
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        return Err(Refused::Usage(format!("there is no rule `{named}`{meant}")).into());
    }
    let told: Vec<_> = found.into_iter().map(|rule| told(rule, language)).collect();
    print!("{}", told.join("\n"));
    Ok(Ended::Clean)
}

fn told(rule: RuleView<'_>, language: &str) -> String {
    let mut lines = vec![format!("{}/{}: {}", rule.pack(), rule.id(), text(rule.title(), language))];
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("  {name:<10} {value}"));
        }
    };
    line("judges", &format!("{}, from confidence {} on", list(rule.checks()), word(&rule.min_confidence())));
    line("of", &list(rule.kinds()));
    line("severity", &format!("{:?}", rule.severity()));
    let (from, until) = rule.in_force();
    let until = until.map_or_else(String::new, |until| format!(" until {until}"));
    line("in force", &format!("from {from}{until}, {}", rule.stage()));
    line("params", &rule.params().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", "));
    line("within", &list(rule.within()));
    line("replaces", &list(rule.replaces()));
    line("remedy", &word(&rule.remedy()));
    for citation in rule.cites() {
        let mark = if citation.verified { "" } else { " (not verified)" };
        let dates = match citation.in_force {
            (None, None) => String::new(),
            (Some(from), None) => format!(" [from {from}]"),
            (None, Some(until)) => format!(" [until {until}]"),
            (Some(from), Some(until)) => format!(" [{from} to {until}]"),
        };
        line("cites", &format!("{}: {}{mark}{dates}", citation.id, text(&citation.title, language)));
        line("", text(&citation.clause, language));
    }
    for (name, template) in ["what", "why", "do"].into_iter().zip(rule.templates(language).into_iter().flatten()) {
        line(name, &template.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    lines.join("\n") + "\n"
}

fn list<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.collect::<Vec<_>>().join(", ")
}

fn text<'a>(texts: &'a BTreeMap<String, String>, language: &str) -> &'a str {
    texts.get(language).or_else(|| texts.values().next()).map_or("", String::as_str)
}
