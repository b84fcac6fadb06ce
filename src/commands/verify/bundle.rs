//! A bundle that was handed over, step by step, in words.

use std::path::Path;

use storage::bundle::{self, Checked, HEAD, Outcome, SUMS};
use storage::verify::Trust;

use crate::exit::{Ended, Refused};

/// Whether a folder looks like one.
pub(super) fn is(folder: &Path) -> bool {
    folder.join(HEAD).is_file() || folder.join(SUMS).is_file()
}

/// A bundle in one file. What cannot be unpacked is not as it was made: no usage of ours makes such a file.
pub(super) fn archive(file: &Path, trust: &Trust) -> anyhow::Result<Ended> {
    match bundle::unpack(file) {
        Ok(unpacked) => folder(unpacked.path(), trust),
        Err(error) => {
            println!("FAILS        The file can be unpacked\n             {}", plain(&error.to_string()));
            Ok(Ended::DoesNotHold)
        }
    }
}

pub(super) fn folder(folder: &Path, trust: &Trust) -> anyhow::Result<Ended> {
    let checked = bundle::verify(folder, trust).map_err(|error| Refused::Usage(error.to_string()))?;
    tell(&checked);
    Ok(if checked.holds() { Ended::Clean } else { Ended::DoesNotHold })
}

fn tell(checked: &Checked) {
    for step in &checked.steps {
        let word = match step.outcome {
            Outcome::Holds => "holds",
            Outcome::Fails => "FAILS",
            Outcome::NotChecked => "not checked",
        };
        println!("{word:<12} {}", plain(&step.what));
        for told in &step.told {
            println!("             {}", plain(told));
        }
    }
    if let Some(head) = checked.head {
        println!("SHA-256 of SHA256SUMS: {}", head.hex());
    }
    let count = |outcome| checked.steps.iter().filter(|step| step.outcome == outcome).count();
    match (count(Outcome::Fails), count(Outcome::NotChecked)) {
        (0, 0) => println!("everything is as it was made"),
        (0, open) => println!("everything that can be checked is as it was made; {open} steps could not be checked"),
        (failed, _) => println!("{failed} steps fail: this is not what was handed over"),
    }
}

/// What a bundle says of itself may hold anything, also what steers a terminal.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
