//! What subtitles say, and when: SRT, WebVTT and ASS.

mod ass;
mod encoding;

use crate::text::folded;

/// One thing said.
#[derive(Debug, PartialEq)]
pub(crate) struct Cue {
    /// Seconds.
    pub(crate) from_s: f64,
    pub(crate) until_s: f64,
    /// Without marks of style, white space folded; never empty.
    pub(crate) text: String,
}

/// All that a file of subtitles says.
#[derive(Debug, PartialEq)]
pub(crate) struct Subtitles {
    pub(crate) cues: Vec<Cue>,
    pub(crate) format: Format,
    /// Whether every letter and every cue was read.
    pub(crate) whole: bool,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    SubRip,
    WebVtt,
    Ass,
}

/// More cues than this are not read.
const MAX_CUES: usize = 5_000;
/// Letters of one cue that are read: more than a person says in a minute.
const MAX_LETTERS: usize = 2_000;

/// What the bytes of a file say, whatever they are written in and named.
pub(crate) fn read(bytes: &[u8]) -> Subtitles {
    let (text, faithful) = encoding::decoded(bytes);
    let format = match text.as_str() {
        text if text.starts_with("WEBVTT") => Format::WebVtt,
        text if ass::is_ass(text) => Format::Ass,
        _ => Format::SubRip,
    };
    let found = if format == Format::Ass { ass::cues(&text).collect() } else { timed(&text) };
    let (cues, whole) = bounded(found);
    Subtitles { cues, format, whole: whole && faithful }
}

/// The cues of SRT or WebVTT in the order they stand in; what is no cue is passed over.
pub(crate) fn cues(text: &str) -> Vec<Cue> {
    bounded(timed(text)).0
}

/// Cues that say something, and whether these are all.
fn bounded(found: Vec<Cue>) -> (Vec<Cue>, bool) {
    let mut whole = true;
    let mut cues: Vec<Cue> = Vec::new();
    for cue in found {
        let text = folded(&cue.text.chars().take(MAX_LETTERS).collect::<String>());
        whole &= cue.text.chars().nth(MAX_LETTERS).is_none();
        if text.is_empty() {
            continue;
        }
        if cues.len() == MAX_CUES {
            return (cues, false);
        }
        cues.push(Cue { text, ..cue });
    }
    (cues, whole)
}

fn timed(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    let mut open: Option<Cue> = None;
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    for line in lines.chain(std::iter::once("")) {
        if let Some((from_s, until_s)) = times(line) {
            cues.extend(open.take());
            open = Some(Cue { from_s, until_s, text: String::new() });
        } else if line.is_empty() {
            cues.extend(open.take());
        } else if let Some(cue) = &mut open {
            if !cue.text.is_empty() {
                cue.text.push(' ');
            }
            cue.text.push_str(&without_tags(line));
        }
    }
    cues
}

/// 「00:00:03,500 --> 00:00:05,000」, in WebVTT with a dot and perhaps without hours.
fn times(line: &str) -> Option<(f64, f64)> {
    let (from, until) = line.split_once("-->")?;
    let (from, until) = (seconds(from.trim())?, seconds(until.split_whitespace().next()?)?);
    (until >= from).then_some((from, until))
}

fn seconds(time: &str) -> Option<f64> {
    let time = time.replace(',', ".");
    let parts: Vec<&str> = time.split(':').collect();
    if parts.len() > 3 {
        return None;
    }
    let total = parts.iter().try_fold(0.0, |sum: f64, part| Some(sum * 60.0 + part.parse::<f64>().ok()?))?;
    (total.is_finite() && total >= 0.0).then(|| (total * 1_000.0).round() / 1_000.0)
}

/// Without `<i>`, `<v Name>`, `{\an8}`.
fn without_tags(line: &str) -> String {
    let (mut out, mut close) = (String::new(), None);
    for c in line.chars() {
        match (close, c) {
            (None, '<') => close = Some('>'),
            (None, '{') => close = Some('}'),
            (None, c) => out.push(c),
            (Some(end), c) if c == end => close = None,
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srt_is_read() {
        let found = cues(
            "\u{feff}1\r\n00:00:00,500 --> 00:00:02,000\r\n免费领取<b>皮肤</b>\r\n\r\n2\r\n00:01:03,000 --> 00:01:05,250\r\n次月起\r\n29元/月\r\n",
        );
        assert_eq!(
            found,
            [
                Cue { from_s: 0.5, until_s: 2.0, text: "免费领取皮肤".into() },
                Cue { from_s: 63.0, until_s: 65.25, text: "次月起 29元/月".into() },
            ]
        );
    }

    #[test]
    fn web_vtt_is_read() {
        let found = cues("WEBVTT\n\nNOTE no cue\n\nintro\n00:03.500 --> 00:05.000 align:start\n<v 旁白>点击下方链接\n");
        assert_eq!(found, [Cue { from_s: 3.5, until_s: 5.0, text: "点击下方链接".into() }]);
    }

    #[test]
    fn the_format_is_told_by_what_is_in_the_file() {
        assert_eq!(read("WEBVTT\n\n00:01.000 --> 00:02.000\n好\n".as_bytes()).format, Format::WebVtt);
        let ass = read("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,,0,0,0,,免费\\N领取\n".as_bytes());
        assert_eq!((ass.format, ass.cues[0].text.as_str(), ass.whole), (Format::Ass, "免费 领取", true));
    }

    #[test]
    fn a_flood_of_subtitles_is_cut_and_says_so() {
        let many = "00:00:01,000 --> 00:00:02,000\n好\n\n".repeat(MAX_CUES + 1);
        let found = read(many.as_bytes());
        assert_eq!((found.cues.len(), found.whole), (MAX_CUES, false));
        let long = read(format!("00:00:01,000 --> 00:00:02,000\n{}\n", "好".repeat(MAX_LETTERS + 1)).as_bytes());
        assert_eq!((long.cues[0].text.chars().count(), long.whole), (MAX_LETTERS, false));
    }

    #[test]
    fn what_is_no_subtitle_says_nothing() {
        assert!(cues("hello\nworld").is_empty());
        assert!(cues("1\n99:99 --> x\nfoo\n").is_empty());
    }
}
