//! What was not taken, and why: the first of it on the terminal, all of it in a file of JSON Lines.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use governance::intake::Fault;
use serde::Serialize;

use crate::exit::Refused;

/// Lines on the terminal.
const SHOWN: u64 = 20;

/// One row, as the file tells it.
#[derive(Serialize)]
struct Told<'a> {
    line: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    field: &'a str,
    reason: &'a str,
    /// The row is kept all the same.
    kept: bool,
}

pub(super) struct Rejects {
    /// The file that is read, as it is named on the terminal.
    of: String,
    shown: u64,
    to: Option<(PathBuf, BufWriter<File>)>,
}

impl Rejects {
    pub(super) fn new(of: &Path, to: Option<&Path>) -> anyhow::Result<Self> {
        let whole = |path: &Path| path.canonicalize().ok();
        if to.and_then(whole).is_some_and(|to| Some(to) == whole(of)) {
            let refusal =
                format!("--rejects {} is the file that is read, and would be emptied: name another", of.display());
            return Err(Refused::Usage(refusal).into());
        }
        let open = |path: &Path| {
            let file = File::create(path).map_err(|error| {
                Refused::Usage(format!("write {}: {error}; is its folder there, and yours?", path.display()))
            })?;
            Ok::<_, Refused>((path.to_owned(), BufWriter::new(file)))
        };
        Ok(Self { of: of.display().to_string(), shown: 0, to: to.map(open).transpose()? })
    }

    /// Tells of a row that is refused, or kept with a warning.
    pub(super) fn tell(&mut self, line: u64, fault: &Fault, kept: bool) -> anyhow::Result<()> {
        let Fault { field, reason } = fault;
        if self.shown < SHOWN {
            let (of, kept) = (&self.of, if kept { " (it is kept)" } else { "" });
            let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
            eprintln!("{of}:{line}: {field}{reason}{kept}");
        } else if self.shown == SHOWN {
            eprintln!("{}: more follows; --rejects FILE has all of it", self.of);
        }
        self.shown += 1;
        if let Some((path, file)) = &mut self.to {
            serde_json::to_writer(&mut *file, &Told { line, field, reason, kept })
                .map_err(std::io::Error::from)
                .and_then(|()| file.write_all(b"\n"))
                .with_context(|| format!("write {}", path.display()))?;
        }
        Ok(())
    }

    /// Before what was read counts as taken, what was not is on the disk.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        match &mut self.to {
            Some((path, file)) => file.flush().with_context(|| format!("write {}", path.display())),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_is_read_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("comments.csv");
        std::fs::write(&file, "id,source,at\n").expect("writes");
        let same = folder.path().join(".").join("comments.csv");
        let refused = Rejects::new(&file, Some(&same)).err().expect("it is the same").to_string();
        assert!(refused.contains("name another"), "{refused}");
        assert_eq!(std::fs::read_to_string(&file).expect("reads"), "id,source,at\n", "it stands as it was");
        assert!(Rejects::new(&file, Some(&folder.path().join("rejects.jsonl"))).is_ok());
    }
}
