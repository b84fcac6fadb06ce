//! What a recogniser of speech heard, read as the words of the lexicon that sound alike: 「名额」 for 「明额」.
//!
//! A recogniser that hears every sound right still writes other characters of the same sound. They are read as a word of
//! the lexicon only where that makes the sentence a good deal likelier than as it was written, by how often words are
//! used. Nothing is read so that could change a sum, a number or a denial.

mod sound;
mod words;

use std::collections::HashMap;

use jieba_rs::Jieba;
use model::lexicon::Lexicon;
use model::statement::{Guess, Normal};

use super::is_han;
use sound::{Blurred, Sound};

/// How often a word of the lexicon is at least used in ads, in as many words as the dictionary counts.
const USED: usize = 600;
/// All that the dictionary counts: the sum of its frequencies.
const COUNTED: f64 = 60_101_967.0;
/// By how much the sentence must become likelier, in natural logarithms of its probability.
///
/// Measured on 3.8 million characters of plain text (hotel and book reviews, a newspaper, our own test pages): at 4
/// 78 stretches were read otherwise, at 6 31, most of them names of people in the newspaper.
const MARGIN: f64 = 6.0;
/// What each syllable costs that has another tone, and what one that sounds nearly the same.
const TONE: f64 = 3.0;
const NEARLY: f64 = 5.0;
/// A word of several characters that is used as often was meant as it stands.
const COMMON: usize = 3;
/// Characters on each side by which a sentence is judged.
const AROUND: usize = 8;
/// Characters that count, deny, or give away what a thing costs: they are neither written nor written over.
const UNTOUCHED: &str =
    "零〇一二两俩三四五六七八九十百千万亿半几多单双倍元块毛角分钱价费折减免送赠包年月日天周期起不没无未非别勿莫否免";

/// What ads talk of, by its sound.
pub(crate) struct Ear {
    usage: Jieba,
    /// The words of each sound.
    words: HashMap<Vec<Blurred>, Vec<Vec<char>>>,
    longest: usize,
}

/// One reading of a stretch of characters.
struct Reading {
    from: usize,
    word: Vec<char>,
    gain: f64,
}

impl Ear {
    pub(crate) fn new(lexicon: &Lexicon) -> Self {
        let mut usage = Jieba::new();
        let mut words: HashMap<Vec<Blurred>, Vec<Vec<char>>> = HashMap::new();
        let mut longest = 0;
        for word in words::of(lexicon) {
            let chars: Vec<char> = word.chars().collect();
            let Some(sounds) = chars.iter().map(|&ch| Sound::of(ch)).collect::<Option<Vec<_>>>() else { continue };
            let used = usage.suggest_freq(&word).max(USED);
            usage.add_word(&word, Some(used), None);
            longest = longest.max(chars.len());
            words.entry(sounds.iter().map(Sound::blurred).collect()).or_default().push(chars);
        }
        Self { usage, words, longest }
    }

    /// Reads what was heard; the text keeps its length, and tells what it was.
    pub(crate) fn read(&self, normal: &mut Normal) {
        let mut chars: Vec<char> = normal.text.chars().collect();
        let sounds: Vec<Option<Sound>> = chars.iter().map(|&ch| Sound::of(ch)).collect();
        let mut taken = vec![false; chars.len()];
        let mut readings: Vec<Reading> =
            (0..chars.len()).flat_map(|from| self.readings(&chars, &sounds, from)).collect();
        readings.sort_by(|a, b| b.gain.total_cmp(&a.gain));
        for Reading { from, word, .. } in readings {
            let place = from..from + word.len();
            if taken[place.clone()].contains(&true) {
                continue;
            }
            taken[place.clone()].fill(true);
            let heard = chars[place.clone()].iter().collect();
            normal.guesses.push(Guess { from: u32::try_from(from).unwrap_or(u32::MAX), heard });
            chars[place].copy_from_slice(&word);
        }
        normal.guesses.sort_by_key(|guess| guess.from);
        normal.text = chars.into_iter().collect();
    }

    /// The words of the lexicon as which the characters from here on are better read.
    fn readings(&self, chars: &[char], sounds: &[Option<Sound>], from: usize) -> Vec<Reading> {
        let mut found = Vec::new();
        let mut key = Vec::new();
        for sound in sounds[from..].iter().take(self.longest) {
            let Some(sound) = sound else { break };
            key.push(sound.blurred());
            for word in self.words.get(&key).into_iter().flatten() {
                let gain = self.gain(chars, from, word);
                if gain >= MARGIN {
                    found.push(Reading { from, word: word.clone(), gain });
                }
            }
        }
        found
    }

    /// By how much the sentence is likelier with this word here; less than nothing where it must not be.
    fn gain(&self, chars: &[char], from: usize, word: &[char]) -> f64 {
        let until = from + word.len();
        let heard = &chars[from..until];
        let changed = |at: usize| heard[at] != word[at];
        let touched = |at: usize| UNTOUCHED.contains(heard[at]) || UNTOUCHED.contains(word[at]);
        if !(0..word.len()).any(changed) || (0..word.len()).any(|at| changed(at) && touched(at)) {
            return f64::MIN;
        }
        // The sentence as far as it is one: marks and digits end it.
        let first = chars[..from].iter().rev().take(AROUND).take_while(|&&ch| is_han(ch)).count();
        let last = chars[until..].iter().take(AROUND).take_while(|&&ch| is_han(ch)).count();
        let before: String = chars[from - first..from].iter().collect();
        let after: String = chars[until..until + last].iter().collect();
        let as_heard = format!("{before}{}{after}", heard.iter().collect::<String>());
        let as_read = format!("{before}{}{after}", word.iter().collect::<String>());
        if self.cuts_a_word(&as_heard, first, heard, word) {
            return f64::MIN;
        }
        let Some(unlike) = unlike(heard, word) else { return f64::MIN };
        self.likelihood(&as_read) - self.likelihood(&as_heard) - unlike
    }

    /// Whether a word in use would be written over, in whole or in part.
    fn cuts_a_word(&self, sentence: &str, from: usize, heard: &[char], word: &[char]) -> bool {
        self.usage.cut(sentence, false).iter().any(|token| {
            let (length, start) = (token.word.chars().count(), token.start);
            let changed = (start..start + length)
                .filter_map(|at| at.checked_sub(from))
                .any(|at| at < heard.len() && heard[at] != word[at]);
            changed && length > 1 && self.usage.suggest_freq(token.word) >= COMMON
        })
    }

    /// The natural logarithm of how likely its words are in their most likely cut.
    fn likelihood(&self, sentence: &str) -> f64 {
        let words = self.usage.cut(sentence, false);
        words.iter().map(|token| (self.usage.suggest_freq(token.word) as f64 / COUNTED).ln()).sum()
    }
}

/// What it costs that they do not sound quite the same; none where so short a word must do so.
fn unlike(heard: &[char], word: &[char]) -> Option<f64> {
    let mut cost = 0.0;
    for (&heard, &read) in heard.iter().zip(word) {
        let (heard, read) = (Sound::of(heard)?, Sound::of(read)?);
        if heard != read {
            cost += if heard.is_syllable_of(&read) { TONE } else { NEARLY };
        }
    }
    (cost == 0.0 || word.len() > 2).then_some(cost)
}

#[cfg(test)]
mod tests;
