//! Every case of a bundle against its manifest: the line, the package, each piece of evidence.

use std::path::Path;

use model::evidence::EvidenceId;
use serde::Deserialize;

use super::verify::Checked;
use super::{HEAD, archive};
use crate::hash;
use crate::seal::{FORMAT, Manifest};

/// As much of `bundle.json` as is needed here.
#[derive(Deserialize)]
struct Head {
    cases: Vec<Case>,
    #[serde(default)]
    redacted: bool,
}

#[derive(Deserialize)]
struct Case {
    case_id: String,
    manifest_sha256: EvidenceId,
}

/// The cases that `bundle.json` names are there, as they were sealed.
pub(super) fn check(folder: &Path, checked: &mut Checked) {
    let head = std::fs::read(folder.join(HEAD)).map_err(|error| error.to_string());
    let head: Head = match head.and_then(|text| serde_json::from_slice(&text).map_err(|error| error.to_string())) {
        Ok(head) => head,
        Err(error) => return checked.step("bundle.json says which cases there are", vec![format!("{HEAD}: {error}")]),
    };
    for case in &head.cases {
        if head.redacted && !folder.join(manifest(case)).exists() {
            checked.not_checked(
                format!("Case {}: its manifest", case.case_id),
                format!("it names something personal and is not enclosed; its hash is {}", case.manifest_sha256),
            );
            continue;
        }
        let mut faults = Vec::new();
        let counted = one(folder, case, head.redacted, &mut faults);
        checked.step(format!("Case {}: its manifest and what it names ({counted}) fit", case.case_id), faults);
    }
    if head.redacted {
        checked.not_checked(
            "The sealed originals are as the manifests say",
            "this is a redacted copy: relation.json names the sealed original of each file by hash; ask its keeper for it",
        );
    }
}

fn manifest(case: &Case) -> String {
    format!("cases/{}/manifest.json", case.case_id)
}

fn one(folder: &Path, case: &Case, redacted: bool, faults: &mut Vec<String>) -> String {
    let place = format!("cases/{}", case.case_id);
    let name = manifest(case);
    let text = match std::fs::read(folder.join(&name)) {
        Ok(text) => text,
        Err(error) => {
            faults.push(format!("{name}: {error}"));
            return "nothing".to_owned();
        }
    };
    let found = EvidenceId::of(&text);
    if found != case.manifest_sha256 {
        faults.push(format!("{name}: {HEAD} names {}, and it is {found}", case.manifest_sha256));
    }
    let manifest = match serde_json::from_slice::<Manifest>(&text) {
        Ok(manifest) if manifest.format == FORMAT => manifest,
        Ok(manifest) => {
            faults.push(format!("{name}: its format `{}` is not known here: use a newer postlink", manifest.format));
            return "nothing".to_owned();
        }
        Err(error) => {
            faults.push(format!("{name}: it is no manifest: {error}"));
            return "nothing".to_owned();
        }
    };
    if manifest.case_id.as_str() != case.case_id {
        faults.push(format!("{name}: it is the manifest of case {}", manifest.case_id));
    }
    if redacted {
        return "the manifest alone: the originals stay sealed".to_owned();
    }
    is(folder, &format!("{place}/case.json"), manifest.line_sha256, faults);
    let package = manifest.evidence.iter().find(|kept| kept.what == "package");
    if let Some(package) = package {
        is(folder, &format!("{place}/{}.wacz", case.case_id), package.id, faults);
        return format!("the case's line, and a package of {} pieces of evidence", manifest.evidence.len() - 1);
    }
    let there = archive::files_below(&folder.join(&place).join("evidence")).unwrap_or_default();
    for kept in &manifest.evidence {
        let hex = kept.id.hex();
        match there.iter().find(|file| file.split('.').next() == Some(&hex)) {
            Some(file) => is(folder, &format!("{place}/evidence/{file}"), kept.id, faults),
            None => faults.push(format!("{place}/evidence/{hex}: missing; the manifest names it as `{}`", kept.what)),
        }
    }
    format!("the case's line, and {} pieces of evidence", manifest.evidence.len())
}

fn is(folder: &Path, name: &str, id: EvidenceId, faults: &mut Vec<String>) {
    match hash::of_file(&folder.join(name)) {
        Ok((found, _)) if found == id => {}
        Ok((found, _)) => faults.push(format!("{name}: the manifest names {id}, and it is {found}")),
        Err(error) => faults.push(format!("{name}: {error}")),
    }
}
