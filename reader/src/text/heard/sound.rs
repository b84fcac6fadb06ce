//! How a Chinese character sounds, and how much of that a recogniser tells apart.

use pinyin::ToPinyin;

/// A syllable with its tone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sound {
    plain: &'static str,
    with_tone: &'static str,
}

/// A syllable as far as it is told apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Blurred(String);

impl Sound {
    /// None for what is no Chinese character.
    pub(super) fn of(ch: char) -> Option<Self> {
        ch.to_pinyin().map(|pinyin| Self { plain: pinyin.plain(), with_tone: pinyin.with_tone() })
    }

    /// Whether it is the same syllable, whatever the tone.
    pub(super) fn is_syllable_of(&self, other: &Self) -> bool {
        self.plain == other.plain
    }

    /// What recognisers and speakers of the south take for one is one: zh and z, ing and in, n and l.
    pub(super) fn blurred(&self) -> Blurred {
        let mut sound = self.plain.to_owned();
        for (apart, one) in [("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l")] {
            if let Some(rest) = sound.strip_prefix(apart) {
                sound = format!("{one}{rest}");
                break;
            }
        }
        for (apart, one) in [("ing", "in"), ("eng", "en")] {
            if let Some(rest) = sound.strip_suffix(apart) {
                sound = format!("{rest}{one}");
                break;
            }
        }
        Blurred(sound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_one() {
        let blurred = |ch| Sound::of(ch).expect("a Chinese character").blurred();
        for (a, b) in [('名', '明'), ('礼', '里'), ('民', '明'), ('知', '资'), ('牛', '流'), ('生', '森'), ('税', '岁')]
        {
            assert_eq!(blurred(a), blurred(b), "{a} {b}");
        }
        for (a, b) in [('名', '麦'), ('荣', '柔'), ('王', '万')] {
            assert_ne!(blurred(a), blurred(b), "{a} {b}");
        }
        assert_eq!(Sound::of('a'), None);
    }
}
