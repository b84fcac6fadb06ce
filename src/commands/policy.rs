//! `postlink policy`: the packs of rules, looked at by those who write them.

mod begin;
mod explain;

use std::path::Path;

use policies::{PackError, Packs, try_cases};

use crate::cli::{Policy, PolicyCommand};
use crate::exit::{Ended, Refused};
use crate::packs::{self, BadPacks, Files};

pub(crate) fn run(policy: &Policy) -> anyhow::Result<Ended> {
    match &policy.command {
        PolicyCommand::Lint { packs } => lint(packs.policies.as_deref()),
        PolicyCommand::Test { pack, packs } => test(pack.as_deref(), packs.policies.as_deref()),
        PolicyCommand::Explain { rule, language, packs } => explain::rule(rule, language, packs.policies.as_deref()),
        PolicyCommand::New { name, check, folder } => begin::anew(name, check, folder),
    }
}

fn files(folder: Option<&Path>) -> Result<Files, Refused> {
    packs::files(folder).map_err(refused)
}

fn load(folder: Option<&Path>) -> Result<Packs, Refused> {
    packs::load(folder).map_err(refused)
}

fn refused(error: BadPacks) -> Refused {
    Refused::Configuration(error.to_string())
}

fn lint(folder: Option<&Path>) -> anyhow::Result<Ended> {
    let mut files = files(folder)?;
    let mut faults = Vec::new();
    let packs = loop {
        match Packs::from_files(&files, &packs::checks()) {
            Ok(packs) => break packs,
            Err(error) => {
                without(&mut files, &error);
                faults.push(error);
            }
        }
    };
    for fault in &faults {
        println!("{fault}");
    }
    for conflict in packs.conflicts() {
        let [one, other] = &conflict.rules;
        let [says, differs] = &conflict.says;
        println!(
            "{one} and {other} judge `{}` and disagree from {} on: {} is {says} there and {differs} here; the graver speaks first",
            conflict.check, conflict.from, conflict.on
        );
    }
    for rule in packs.rules().filter(|rule| rule.cites().all(|citation| !citation.verified)) {
        println!("{}/{}: nothing that it cites was read in the instrument or a copy of it", rule.pack(), rule.id());
    }
    if faults.is_empty() {
        let (number, rules) = (packs.about().len(), packs.rules().count());
        println!("{number} packs, {rules} rules: nothing is wrong");
        return Ok(Ended::Clean);
    }
    Err(Refused::Configuration(format!("{} packs cannot be used", faults.len())).into())
}

/// Leaves the wrong pack out, and whoever inherits from it, so that the others are looked at as well.
fn without(files: &mut Files, error: &PackError) {
    let pack = error.file.split('/').next().unwrap_or_default().to_owned();
    let inherits = |text: &String| {
        text.lines().any(|line| line.trim_start().starts_with("inherits") && line.contains(&format!("\"{pack}\"")))
    };
    let mut gone = vec![pack.clone()];
    for (path, text) in files.iter() {
        if let Some(heir) = path.strip_suffix("/pack.toml").filter(|_| inherits(text)) {
            gone.push(heir.to_owned());
        }
    }
    let names = |text: &str| gone.iter().any(|pack| text.contains(&format!("\"{pack}/")));
    files.retain(|path, text| {
        let inside = gone.iter().any(|pack| path.starts_with(&format!("{pack}/")));
        // A rule that is told within one of the wrong pack cannot be looked at without it.
        !(inside || path.contains("/rules/") && names(text))
    });
}

fn test(pack: Option<&str>, folder: Option<&Path>) -> anyhow::Result<Ended> {
    let files = files(folder)?;
    let packs = load(folder)?;
    let known: Vec<_> =
        packs.about().iter().map(|about| about.name.split('@').next().unwrap_or_default().to_owned()).collect();
    if let Some(unknown) = pack.filter(|pack| !known.iter().any(|known| known == pack)) {
        return Err(Refused::Usage(format!("there is no pack `{unknown}`: known are {}", known.join(", "))).into());
    }
    let tried = try_cases(&packs, &files).map_err(|error| Refused::Configuration(error.to_string()))?;
    let tried: Vec<_> = tried.iter().filter(|tried| pack.is_none_or(|pack| tried.pack == pack)).collect();
    let mut faults = 0;
    for one in &tried {
        if let Some(fault) = &one.fault {
            faults += 1;
            println!("{}/{}: {}: {fault}", one.pack, one.rule, one.case);
        }
    }
    println!("{} cases, {faults} faults", tried.len());
    Ok(if faults == 0 { Ended::Clean } else { Ended::DoesNotHold })
}
