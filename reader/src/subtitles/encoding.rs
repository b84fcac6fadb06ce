//! The letters of a subtitle file, in whatever they are written: much of what circulates is no UTF-8.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

/// The text, and whether all of it could be read.
pub(super) fn decoded(bytes: &[u8]) -> (String, bool) {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let (text, _, errors) = marked.or_else(|| wide(bytes)).unwrap_or_else(|| guessed(bytes)).decode(bytes);
    (text.into_owned(), !errors)
}

/// UTF-16 without its mark: the numbers and arrows of subtitles leave every second byte empty.
fn wide(bytes: &[u8]) -> Option<&'static Encoding> {
    let empty = |side: usize| bytes.iter().skip(side).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (empty(0), empty(1));
    let many = bytes.len() / 8;
    match (even > many, odd > many) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// As browsers guess, by which characters are common: simplified and traditional ones are told apart by that.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030};

    const TEXT: &str = "1\n00:00:01,000 --> 00:00:02,000\n次月起每月二十九元，自动续费\n";

    fn wide(mark: &[u8], unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        mark.iter().copied().chain(TEXT.encode_utf16().flat_map(unit)).collect()
    }

    #[test]
    fn subtitles_are_read_in_what_they_are_written_in() {
        for bytes in [
            TEXT.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", TEXT.as_bytes()].concat(),
            GB18030.encode(TEXT).0.into_owned(),
            wide(b"\xff\xfe", u16::to_le_bytes),
            wide(b"\xfe\xff", u16::to_be_bytes),
            wide(b"", u16::to_le_bytes),
            wide(b"", u16::to_be_bytes),
        ] {
            assert_eq!(decoded(&bytes), (TEXT.to_owned(), true), "{bytes:?}");
        }
        let traditional = "1\n00:00:01,000 --> 00:00:02,000\n點擊下方連結，免費領取遊戲禮包\n";
        assert_eq!(decoded(&BIG5.encode(traditional).0).0, traditional);
    }

    #[test]
    fn what_is_damaged_says_so() {
        let mut bytes = TEXT.as_bytes().to_vec();
        bytes.splice(0..0, *b"\xef\xbb\xbf");
        bytes.extend(b"\xff\xff");
        assert!(!decoded(&bytes).1);
    }
}
