//! Lines by their numbers, none of them longer than what is kept in memory.

use std::io::{self, BufRead};

/// Bytes of a line: the longest row that is taken is far shorter.
pub(super) const LONGEST: usize = 256 * 1024;

/// One line, without its break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// None where it is longer than [`LONGEST`].
    pub(super) bytes: Option<Vec<u8>>,
}

pub(super) struct Lines<R> {
    from: R,
    number: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, number: 0 }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        let (mut bytes, mut long) = (Vec::new(), false);
        loop {
            let piece = self.from.fill_buf()?;
            if piece.is_empty() {
                if bytes.is_empty() && !long {
                    return Ok(None);
                }
                break;
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let part = &piece[..end.unwrap_or(piece.len())];
            long |= bytes.len() + part.len() > LONGEST;
            if !long {
                bytes.extend_from_slice(part);
            }
            let many = part.len() + usize::from(end.is_some());
            self.from.consume(many);
            if end.is_some() {
                break;
            }
        }
        self.number += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Some(Line { number: self.number, bytes: (!long).then_some(bytes) }))
    }
}
