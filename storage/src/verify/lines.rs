//! The lines of `cases.jsonl`, each against the manifest of its case.

use std::io::{BufRead, BufReader, ErrorKind};
use std::path::Path;

use model::evidence::EvidenceId;
use serde::Deserialize;

use super::{Fault, Look};
use crate::hash::{self, Hasher};

const NAME: &str = "cases.jsonl";

/// Of a longer line only the hash is known, not whose it is.
const LONGEST_KNOWN: usize = 16 << 20;

pub(super) fn check(look: &mut Look, dir: &Path) {
    let file = match hash::open(&dir.join(NAME)) {
        Ok(file) => file,
        // Whether it should be there, the outputs in the database say.
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => return look.problem(NAME, Fault::Unreadable, error.to_string()),
    };
    let mut file = BufReader::with_capacity(64 * 1024, file);
    for number in 1_u64.. {
        match next(&mut file) {
            Ok(None) => break,
            Ok(Some(line)) => compare(look, number, &line),
            Err(error) => {
                look.problem(format!("{NAME}:{number}"), Fault::Unreadable, error.to_string());
                break;
            }
        }
    }
}

struct Line {
    hash: EvidenceId,
    /// As much of it as is kept in memory.
    text: Vec<u8>,
}

fn next(file: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let (mut hasher, mut text, mut begun) = (Hasher::default(), Vec::new(), false);
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            return Ok(begun.then(|| Line { hash: hasher.finish(), text }));
        }
        begun = true;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let (part, used) = end.map_or((piece, piece.len()), |end| (&piece[..end], end + 1));
        hasher.update(part);
        if text.len() < LONGEST_KNOWN {
            text.extend_from_slice(part);
        }
        file.consume(used);
        if end.is_some() {
            return Ok(Some(Line { hash: hasher.finish(), text }));
        }
    }
}

fn compare(look: &mut Look, number: u64, line: &Line) {
    #[derive(Deserialize)]
    struct Whose {
        ad_id: String,
    }
    if look.lines.contains(&line.hash) {
        return;
    }
    let whose = serde_json::from_slice::<Whose>(&line.text).ok().map(|whose| whose.ad_id);
    let sealed = whose.and_then(|ad| look.latest.get(&ad).map(|(_, hash)| (ad, *hash)));
    let place = format!("{NAME}:{number}");
    match sealed {
        Some((ad, expected)) => {
            look.differs(place, format!("the line is not the one that was sealed for ad `{ad}`"), expected, line.hash)
        }
        None => {
            look.problem(place, Fault::NotInManifest, "no case was sealed with this line");
            if let Some(problem) = look.report.problems.last_mut() {
                problem.found = Some(line.hash.to_string());
            }
        }
    }
}
