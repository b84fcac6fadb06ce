//! Texts of a video that stand on the screen together: which is large beside which, and how much there is to read in the time.

use model::statement::{Role, Statement};

use crate::text;

/// A text stands beside another one when they share this part of the time of the briefer of them.
const SHARED: f64 = 0.5;
/// Lone letters are no headline.
const LEAST_LETTERS: usize = 3;
/// Share of the largest from which a text is a headline too.
const HEADLINE: f64 = 0.9;
/// Measured sizes of one font differ by so much.
const AS_LARGE: f64 = 0.95;
/// A shorter video is a picture: players hold its last frame, for nobody knows how long. Seconds.
const PICTURE_S: f64 = 1.0;

/// What a statement needs to be compared.
struct Text {
    from_s: f64,
    until_s: f64,
    font_px: f64,
    /// As they weigh in reading.
    weight: f64,
    is_word: bool,
    normal: String,
}

impl Text {
    fn of(statement: &Statement) -> Option<Self> {
        let place = statement.ad_place()?;
        Some(Self {
            from_s: place.at_s?,
            until_s: place.until_s?,
            font_px: statement.visibility.font_px?,
            weight: weight(&statement.text),
            is_word: statement.text.chars().count() >= LEAST_LETTERS,
            normal: statement.normal.text.clone(),
        })
    }

    fn seconds(&self) -> f64 {
        (self.until_s - self.from_s).max(0.01)
    }

    fn shared_s(&self, other: &Self) -> f64 {
        (self.until_s.min(other.until_s) - self.from_s.max(other.from_s)).max(0.0)
    }
}

/// Says of each text of one video how large it is beside the others and in the picture, and whether it can be read in time.
///
/// `speed` is how fast people read, in characters a second.
pub(super) fn compare(statements: &mut [Statement], frame_height: f64, length_s: f64, speed: f64) {
    let texts: Vec<Option<Text>> = statements.iter().map(Text::of).collect();
    let texts: Vec<Text> =
        if texts.iter().all(Option::is_some) { texts.into_iter().flatten().collect() } else { return };
    let rounded = |value: f64, unit: f64| (value * unit).round() / unit;
    for (text, statement) in texts.iter().zip(statements) {
        let look = &mut statement.visibility;
        look.seconds = Some(rounded(text.seconds(), 100.0));
        look.frame_share = (frame_height > 0.0).then(|| rounded((text.font_px / frame_height).min(1.0), 1_000.0));
        let relative = relative(text, &texts);
        look.relative = relative.map(|share| rounded(share, 100.0));
        statement.role =
            if relative.is_some_and(|share| share >= HEADLINE) { Role::Headline } else { Role::PictureText };
        if length_s >= PICTURE_S {
            let pace = pace(text, &texts);
            look.pace = Some(rounded(pace, 10.0));
            look.hurried = pace > speed;
        }
    }
}

/// Its size as a share of the largest beside it.
fn relative(text: &Text, all: &[Text]) -> Option<f64> {
    let beside = |other: &&Text| other.is_word && other.shared_s(text) >= SHARED * other.seconds().min(text.seconds());
    let largest = all.iter().filter(beside).map(|other| other.font_px).fold(0.0, f64::max);
    (largest > 0.0).then(|| (text.font_px / largest).min(1.0))
}

/// How fast a person must read to come to the end of a text, characters a second.
///
/// The eye goes to what is large first: fine print gets the time that larger texts leave, and takes none from them. Of a text
/// beside it that part counts which falls into its time: one that stands there for long is read at leisure.
fn pace(text: &Text, all: &[Text]) -> f64 {
    let counts = |other: &&Text| {
        std::ptr::eq(*other, text) || (other.font_px >= AS_LARGE * text.font_px && other.normal != text.normal)
    };
    let share = |other: &Text| other.weight * other.shared_s(text) / other.seconds();
    all.iter().filter(counts).map(share).sum::<f64>() / text.seconds()
}

/// A Chinese character counts 1, a Latin letter or a digit a half: those who set subtitles allow twice as many a second of
/// them. Marks and spaces are not read.
fn weight(words: &str) -> f64 {
    let one = |ch: char| match ch {
        ch if !ch.is_alphanumeric() => 0.0,
        ch if text::is_han(ch) || ch >= '\u{2e80}' => 1.0,
        _ => 0.5,
    };
    words.chars().map(one).sum()
}

#[cfg(test)]
mod tests {
    use model::evidence::{AdPlace, AdSource, EvidenceId};
    use model::statement::{ReadBy, Visibility};

    use super::*;
    use crate::creative::statement;

    fn shown(text: &str, font_px: f64, from_s: f64, until_s: f64) -> Statement {
        let evidence = EvidenceId::of(b"frame");
        let (at_s, until_s) = (Some(from_s), Some(until_s));
        let place = AdPlace { source: AdSource::Video, at_s, until_s, area: None, evidence };
        let look = Visibility { font_px: Some(font_px), ..Visibility::default() };
        statement(text, place, Role::PictureText, ReadBy::Ocr(0.9), look)
    }

    #[test]
    fn fine_print_is_small_beside_a_headline_that_came_before_it() {
        let mut texts = [shown("免费领取礼包", 60.0, 0.0, 8.0), shown("次月起29元/月", 20.0, 3.0, 6.0)];
        compare(&mut texts, 1_000.0, 10.0, 9.0);
        assert_eq!((texts[0].role, texts[0].visibility.relative), (Role::Headline, Some(1.0)));
        assert_eq!((texts[1].role, texts[1].visibility.relative), (Role::PictureText, Some(0.33)));
        assert_eq!(texts[1].visibility.frame_share, Some(0.02));
        assert_eq!(texts[1].visibility.seconds, Some(3.0));
    }

    #[test]
    fn fine_print_gets_the_time_that_larger_texts_leave() {
        let fine = "活动规则以页面公示为准次月起自动续费";
        let mut alone = [shown(fine, 20.0, 0.0, 3.0)];
        compare(&mut alone, 1_000.0, 10.0, 9.0);
        assert_eq!((alone[0].visibility.pace, alone[0].visibility.hurried), (Some(6.0), false));
        let headline = "现在下载就送六百四十八元礼包";
        let mut beside = [shown(headline, 60.0, 0.0, 3.0), shown(fine, 20.0, 0.0, 3.0)];
        compare(&mut beside, 1_000.0, 10.0, 9.0);
        assert_eq!((beside[0].visibility.pace, beside[0].visibility.hurried), (Some(4.7), false));
        assert_eq!((beside[1].visibility.pace, beside[1].visibility.hurried), (Some(10.7), true));
        // A headline that stands there for ten seconds takes a third of itself in three.
        let mut long = [shown(headline, 60.0, 0.0, 10.0), shown(fine, 20.0, 0.0, 3.0)];
        compare(&mut long, 1_000.0, 10.0, 9.0);
        assert_eq!((long[1].visibility.pace, long[1].visibility.hurried), (Some(7.4), false));
    }

    #[test]
    fn latin_letters_count_half_and_a_picture_is_not_timed() {
        assert_eq!(weight("VIP会员 29.9元!"), 6.0);
        let mut texts = [shown("次月起29元/月", 20.0, 0.0, 0.2)];
        compare(&mut texts, 1_000.0, 0.2, 9.0);
        assert_eq!((texts[0].visibility.pace, texts[0].visibility.hurried), (None, false));
    }
}
