//! What SRT and WebVTT say, and when.

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

/// More cues than this are not read.
const MAX_CUES: usize = 5_000;

/// The cues of a file in the order they stand in; what is no cue is passed over.
pub(crate) fn cues(text: &str) -> Vec<Cue> {
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
        if cues.len() >= MAX_CUES {
            break;
        }
    }
    cues.retain_mut(|cue| {
        cue.text = folded(&cue.text);
        !cue.text.is_empty()
    });
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
    fn what_is_no_subtitle_says_nothing() {
        assert!(cues("hello\nworld").is_empty());
        assert!(cues("1\n99:99 --> x\nfoo\n").is_empty());
    }
}
