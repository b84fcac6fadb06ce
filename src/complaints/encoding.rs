//! What a line says, in UTF-8 or GB18030: files are told by their beginning, and lines that are otherwise by themselves.

use std::borrow::Cow;

use encoding_rs::GB18030;

/// What most lines of a file are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mostly {
    Utf8,
    Gb18030,
    /// Turned into UTF-8 already.
    Utf16,
}

impl Mostly {
    /// By the lines of a sample that are more than ASCII.
    pub(super) fn of(sample: &[u8]) -> Self {
        // The last line may be cut.
        let whole = sample.iter().rposition(|byte| *byte == b'\n').map_or(sample, |end| &sample[..end]);
        let lines = whole.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
        let (utf8, other): (Vec<_>, Vec<_>) = lines.partition(|line| std::str::from_utf8(line).is_ok());
        // What is in neither says nothing of the file.
        let gb = |line: &&[u8]| GB18030.decode_without_bom_handling_and_without_replacement(line).is_some();
        if other.into_iter().filter(gb).count() > utf8.len() { Self::Gb18030 } else { Self::Utf8 }
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16 => "UTF-16",
        }
    }

    /// The text of a line, and whether it is in another encoding than the file; none where it is in neither.
    pub(super) fn text<'a>(self, line: &'a [u8]) -> Option<(Cow<'a, str>, bool)> {
        let utf8 = std::str::from_utf8(line).ok().map(Cow::Borrowed);
        let gb = || GB18030.decode_without_bom_handling_and_without_replacement(line);
        match self {
            _ if line.is_ascii() => utf8.map(|text| (text, false)),
            Self::Utf16 => utf8.map(|text| (text, false)),
            Self::Utf8 => utf8.map(|text| (text, false)).or_else(|| gb().map(|text| (text, true))),
            // Two bytes of GB18030 can be one letter of UTF-8 that Chinese does not have; three are no accident.
            Self::Gb18030 if utf8.is_some() && line.iter().any(|byte| *byte >= 0xe0) => utf8.map(|text| (text, true)),
            Self::Gb18030 => gb().map(|text| (text, false)),
        }
    }
}
