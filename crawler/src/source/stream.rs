//! JSON Lines read one ad at a time, so that a file may be larger than memory.

use std::collections::HashMap;
use std::fs::File;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use model::ad::Ad;

use super::{BadLine, SourceError, json_lines};

/// A longer line is no ad. Bytes.
const LONGEST_LINE: u64 = 8 << 20;

/// The lines of an ads file, each an ad or what is wrong with it.
pub struct Stream {
    path: PathBuf,
    file: BufReader<File>,
    line: usize,
    /// On which line an id stood first, by its hash: eight bytes of an id, whatever its length.
    first: HashMap<u64, usize>,
}

/// Opens a file of ads to be read one after the other.
pub fn stream(path: &Path) -> Result<Stream, SourceError> {
    let file = File::open(path).map_err(|source| SourceError::Unreadable { path: path.to_owned(), source })?;
    Ok(Stream { path: path.to_owned(), file: BufReader::new(file), line: 0, first: HashMap::new() })
}

impl Iterator for Stream {
    type Item = Result<Result<Ad, BadLine>, SourceError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let text = match self.next_line() {
                Ok(Some(text)) => text,
                Ok(None) => return None,
                Err(source) => return Some(Err(SourceError::Unreadable { path: self.path.clone(), source })),
            };
            let line = self.line;
            let bad = |reason| Some(Ok(Err(BadLine { line, reason })));
            if text.len() as u64 > LONGEST_LINE {
                return bad("the line is longer than 8 MiB: no ad is".to_owned());
            }
            let Ok(text) = std::str::from_utf8(&text) else {
                return bad("the line is not UTF-8: save the file as UTF-8".to_owned());
            };
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            return match json_lines::ad(text) {
                Ok(ad) => match self.first.insert(hash(&ad.ad_id), line) {
                    None => Some(Ok(Ok(ad))),
                    Some(first) => {
                        self.first.insert(hash(&ad.ad_id), first);
                        bad(json_lines::stands_already(&ad.ad_id, first))
                    }
                },
                Err(reason) => bad(reason),
            };
        }
    }
}

impl Stream {
    /// On which line the last one stood.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The next line, no more of it than tells that it is too long; none at the end.
    fn next_line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut text = Vec::new();
        if (&mut self.file).take(LONGEST_LINE + 1).read_until(b'\n', &mut text)? == 0 {
            return Ok(None);
        }
        self.line += 1;
        let mut ended = text.ends_with(b"\n");
        let mut rest = Vec::new();
        while !ended {
            rest.clear();
            let read = (&mut self.file).take(LONGEST_LINE).read_until(b'\n', &mut rest)?;
            ended = read == 0 || rest.ends_with(b"\n");
            if read > 0 && text.len() as u64 <= LONGEST_LINE {
                // Only the end of the file ends a line that is short.
                text.append(&mut rest);
            }
        }
        Ok(Some(text))
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<String, (usize, String)>> {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        std::io::Write::write_all(&mut file, bytes).expect("writes");
        let lines = stream(file.path()).expect("opens");
        lines.map(|line| line.expect("reads").map(|ad| ad.ad_id).map_err(|bad| (bad.line, bad.reason))).collect()
    }

    #[test]
    fn a_broken_line_is_named_and_the_others_go_on() {
        let mut text = "\u{feff}{\"ad_id\": \"a\", \"click_url\": \"x\"}\r\n\n{broken\n".as_bytes().to_vec();
        text.extend(b"{\"ad_id\": \"\xff\", \"click_url\": \"x\"}\n");
        text.extend(b"{\"ad_id\": \"a\", \"click_url\": \"y\"}\n{\"ad_id\": \"b\", \"click_url\": \"y\"}");
        let lines = read(&text);
        assert_eq!((lines.first(), lines.last()), (Some(&Ok("a".to_owned())), Some(&Ok("b".to_owned()))));
        let bad: Vec<_> = lines.iter().filter_map(|line| line.as_ref().err()).collect();
        assert_eq!(bad.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4, 5]);
        assert!(bad[1].1.contains("not UTF-8") && bad[2].1.contains("line 1 already"), "{bad:?}");
    }

    #[test]
    fn a_line_that_never_ends_costs_its_bound() {
        let mut text = vec![b'x'; (LONGEST_LINE as usize) * 2 + 10];
        text.extend(b"\n{\"ad_id\": \"b\", \"click_url\": \"y\"}\n");
        let lines = read(&text);
        assert!(lines[0].as_ref().is_err_and(|(line, reason)| *line == 1 && reason.contains("8 MiB")));
        assert_eq!(lines[1], Ok("b".to_owned()));
    }
}
