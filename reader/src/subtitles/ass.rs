//! What Advanced SubStation Alpha and its elder SSA say, and when.

use super::{Cue, seconds};

/// The columns of an event where the file does not name them.
const COLUMNS: &str = "Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text";

pub(super) fn is_ass(text: &str) -> bool {
    text.lines().map(str::trim).any(|line| line.eq_ignore_ascii_case("[Events]") || line.starts_with("Dialogue:"))
}

/// The dialogue in the order of the file; what is a comment is not shown.
pub(super) fn cues(text: &str) -> impl Iterator<Item = Cue> {
    let mut columns: Vec<&str> = named(COLUMNS);
    let mut in_events = true;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if line.starts_with('[') {
            in_events = line.eq_ignore_ascii_case("[Events]");
        } else if let Some(format) = line.strip_prefix("Format:").filter(|_| in_events) {
            columns = named(format);
        }
        cue(line.strip_prefix("Dialogue:").filter(|_| in_events)?, &columns)
    })
}

fn named(format: &str) -> Vec<&str> {
    format.split(',').map(str::trim).collect()
}

fn cue(event: &str, columns: &[&str]) -> Option<Cue> {
    // The last column is the text, which may hold commas.
    let fields: Vec<&str> = event.splitn(columns.len(), ',').collect();
    let field = |name: &str| fields.get(columns.iter().position(|column| column.eq_ignore_ascii_case(name))?);
    let (from_s, until_s) = (seconds(field("Start")?.trim())?, seconds(field("End")?.trim())?);
    let text = shown(field("Text")?);
    (until_s >= from_s).then_some(Cue { from_s, until_s, text })
}

/// Without overrides such as `{\b1}`, and without the lines that `{\p1}` draws.
fn shown(text: &str) -> String {
    let mut out = String::new();
    let (mut rest, mut draws) = (text, false);
    while !rest.is_empty() {
        let (words, behind) = rest.split_once('{').unwrap_or((rest, ""));
        if !draws {
            out.push_str(&words.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " "));
        }
        // A bracket that is never closed is shown as it stands.
        let Some((overrides, after)) = behind.split_once('}') else {
            out.push_str(if draws { "" } else { behind });
            break;
        };
        // 「\p1」, and not 「\pos」 or 「\pbo」.
        let mut scales = overrides.split('\\').filter_map(|one| one.strip_prefix('p')?.trim().parse::<u32>().ok());
        draws = scales.next_back().map_or(draws, |scale| scale > 0);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogue_is_read_by_its_columns_and_comments_are_not() {
        let found: Vec<Cue> = cues(
            "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n\
             Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
             Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,不显示\n\
             Dialogue: 0,0:00:01.50,0:00:03.25,Default,,0,0,0,,{\\pos(10,20)\\fs40}首月0元,{\\i1}次月起\\N29元/月{\\i0}\n\
             Dialogue: 0,0:00:04.00,0:00:05.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 0{\\p0}到此\n",
        )
        .collect();
        let cue = |from_s, until_s, text: &str| Cue { from_s, until_s, text: text.into() };
        assert_eq!(found, [cue(1.5, 3.25, "首月0元,次月起\n29元/月"), cue(4.0, 5.0, "到此")]);
    }

    #[test]
    fn the_elder_form_is_read() {
        let text = "[Events]\nFormat: Marked, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
                    Dialogue: Marked=0,0:01:02.00,0:01:03.00,*Default,NTP,0000,0000,0000,!Effect,点击领取 {没完\n";
        assert!(is_ass(text));
        let found: Vec<Cue> = cues(text).collect();
        assert_eq!(found, [Cue { from_s: 62.0, until_s: 63.0, text: "点击领取 没完".into() }]);
    }
}
