//! Learning: a support vector machine with squared hinge loss for each sense, by dual coordinate descent (Hsieh et al., 2008),
//! and how sure it must be, from what it makes of the sentences of authors that it has not learnt from.

use std::collections::{BTreeMap, BTreeSet};

use crate::example::{AS_MET, Example};
use crate::features::{BUCKETS, buckets};
use crate::senses::{Model, Senses, Sentence};

/// Passes over the examples; later ones change next to nothing.
const PASSES: usize = 12;
/// How much an example that is got wrong costs, against a simple model.
const COST: f32 = 1.0;
/// One example that says it weighs as much as so many that do not: most sentences say any given thing not.
const WEIGHT_OF_YES: f32 = 4.0;
/// The bias is one more weight, of a part that every sentence has.
const BIAS: f32 = 0.5;
/// A sense is told where so many of a hundred were true, among sentences of authors not learnt from.
const TRUE_OF_100: usize = 90;
/// … and of so many sentences as they were met on pages ([`AS_MET`]) at most one was told falsely: there most say nothing.
const MET_TO_ONE_FALSE: usize = 400;
/// … and the score is at least so high: on its own side of the model, however easily the examples were told apart.
const LEAST: f32 = 0.0;
/// … and at least so many were told, so that the share means something.
const FEWEST: usize = 8;

/// How well a sense is told in sentences of authors that were not learnt from.
#[derive(Clone, Debug)]
pub struct HeldOut {
    pub sense: String,
    /// Examples that say it.
    pub said: usize,
    /// Examples told to say it.
    pub told: usize,
    /// … of which so many do.
    pub hits: usize,
}

/// Learns every sense that the examples name.
pub fn learn(examples: &[Example<'_>]) -> Senses {
    let sure = sure(examples);
    let mut senses = Senses { rarity: rarity(examples), models: BTreeMap::new() };
    let sentences: Vec<_> = examples.iter().map(|example| senses.sentence(example.text)).collect();
    for (sense, (sure, _)) in sure {
        let says: Vec<bool> = examples.iter().map(|example| example.says.contains(sense)).collect();
        let (weights, bias) = fit(&sentences, &says);
        senses.models.insert(sense.to_owned(), Model::new(&weights, bias, sure));
    }
    senses
}

/// How well each sense is told, author by author, by what the others wrote.
pub fn held_out(examples: &[Example<'_>]) -> Vec<HeldOut> {
    sure(examples).into_values().map(|(_, held_out)| held_out).collect()
}

/// For each sense the score from which on it is told.
fn sure<'a>(examples: &[Example<'a>]) -> BTreeMap<&'a str, (f32, HeldOut)> {
    let authors: BTreeSet<&str> = examples.iter().map(|example| example.author).collect();
    let senses: BTreeSet<&'a str> = examples.iter().flat_map(|example| example.says.iter().copied()).collect();
    let mut scores: BTreeMap<&str, Vec<Told>> = BTreeMap::new();
    for author in authors {
        let (rest, own): (Vec<_>, Vec<_>) = examples.iter().cloned().partition(|example| example.author != author);
        let known = Senses { rarity: rarity(&rest), models: BTreeMap::new() };
        let learnt: Vec<_> = rest.iter().map(|example| known.sentence(example.text)).collect();
        let unseen: Vec<_> = own.iter().map(|example| known.sentence(example.text)).collect();
        for &sense in &senses {
            let says: Vec<bool> = rest.iter().map(|example| example.says.contains(sense)).collect();
            let (weights, bias) = fit(&learnt, &says);
            let model = Model::new(&weights, bias, 0.0);
            let told = unseen.iter().zip(&own).map(|(one, example)| Told {
                score: model.score(one),
                says: example.says.contains(sense),
                as_met: author == AS_MET,
            });
            scores.entry(sense).or_default().extend(told);
        }
    }
    scores.into_iter().map(|(sense, scores)| (sense, threshold(sense, scores))).collect()
}

/// What the others' model makes of a sentence.
struct Told {
    score: f32,
    says: bool,
    as_met: bool,
}

/// The lowest score at which the share of true ones is still high enough; infinite where there is none.
fn threshold(sense: &str, mut scores: Vec<Told>) -> (f32, HeldOut) {
    scores.sort_by(|a, b| b.score.total_cmp(&a.score));
    let said = scores.iter().filter(|one| one.says).count();
    let met = scores.iter().filter(|one| one.as_met).count();
    let mut best = (f32::INFINITY, HeldOut { sense: sense.to_owned(), said, told: 0, hits: 0 });
    let (mut hits, mut false_as_met) = (0, 0);
    for (at, one) in scores.iter().enumerate() {
        hits += usize::from(one.says);
        false_as_met += usize::from(one.as_met && !one.says);
        let told = at + 1;
        // Sentences of one score are told together or not at all.
        if scores.get(told).is_some_and(|next| next.score == one.score) {
            continue;
        }
        if told >= FEWEST && hits * 100 >= told * TRUE_OF_100 && false_as_met * MET_TO_ONE_FALSE <= met {
            best = (one.score.max(LEAST), HeldOut { told, hits, ..best.1 });
        }
    }
    best
}

/// How seldom each part is met: the logarithm of one in so many sentences, plus one. None is known of parts met once.
fn rarity(examples: &[Example<'_>]) -> Vec<f32> {
    let mut met = vec![0_u32; BUCKETS];
    for bucket in examples.iter().flat_map(|example| buckets(example.text)) {
        met[bucket as usize] += 1;
    }
    let all = examples.len() as f32;
    met.into_iter().map(|met| if met < 2 { 0.0 } else { (all / met as f32).ln() + 1.0 }).collect()
}

/// Weights by bucket, and the bias.
fn fit(sentences: &[Sentence], says: &[bool]) -> (Vec<f32>, f32) {
    let mut weights = vec![0.0_f32; BUCKETS];
    let mut bias = 0.0_f32;
    let mut alpha = vec![0.0_f32; sentences.len()];
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..PASSES {
        shuffle(&mut order, &mut random);
        for &at in &order {
            let side = if says[at] { 1.0 } else { -1.0 };
            let slack = 0.5 / (COST * if says[at] { WEIGHT_OF_YES } else { 1.0 });
            let sentence = &sentences[at].0;
            let score: f32 = sentence.iter().map(|(bucket, value)| weights[*bucket as usize] * value).sum();
            let gradient = side * (score + bias * BIAS) - 1.0 + slack * alpha[at];
            if alpha[at] == 0.0 && gradient >= 0.0 {
                continue;
            }
            // Sentences have length one.
            let next = (alpha[at] - gradient / (1.0 + BIAS * BIAS + slack)).max(0.0);
            let change = (next - alpha[at]) * side;
            alpha[at] = next;
            for (bucket, value) in sentence {
                weights[*bucket as usize] += change * value;
            }
            bias += change * BIAS;
        }
    }
    (weights, bias * BIAS)
}

/// Fisher and Yates with xorshift: the same order in every build.
fn shuffle(order: &mut [usize], random: &mut u64) {
    for at in (1..order.len()).rev() {
        *random ^= *random << 13;
        *random ^= *random >> 7;
        *random ^= *random << 17;
        order.swap(at, (*random % (at as u64 + 1)) as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::examples;

    /// Each author says in words of their own that a thing goes on, and that it ends.
    fn corpus() -> Vec<(String, String)> {
        let on = ["到期接着扣", "期满照样划款", "下个月继续收", "到日子又买一期"];
        let ends = ["到期就停", "期满不再收", "下个月不收了", "到日子自己断"];
        let whats = ["会员", "月卡", "流量包", "彩铃"];
        ["ash", "birch", "cedar"]
            .into_iter()
            .map(|author| {
                let lines = whats.iter().flat_map(|what| {
                    let goes_on = on.iter().map(move |on| format!("zh\trenews\t{author}{what}{on}"));
                    goes_on.chain(ends.iter().map(move |ends| format!("zh\t-\t{author}{what}{ends}")))
                });
                (author.to_owned(), lines.collect::<Vec<_>>().join("\n"))
            })
            .collect()
    }

    fn read(corpus: &[(String, String)]) -> Vec<Example<'_>> {
        corpus.iter().flat_map(|(author, text)| examples(author, text).expect("the corpus is well formed")).collect()
    }

    #[test]
    fn what_was_learnt_holds_for_sentences_that_were_not_met() {
        let corpus = corpus();
        let senses = learn(&read(&corpus));
        for (text, says) in [
            ("这张年卡到期接着扣", true),
            ("视频会员期满照样划款", true),
            ("这张年卡到期就停", false),
            ("包邮到家", false),
        ] {
            assert_eq!(senses.says("renews", text), says, "{text}");
        }
        assert!(!senses.says("cures", "什么病都好"), "a sense of no example");
    }

    #[test]
    fn what_was_learnt_survives_as_bytes() {
        let corpus = corpus();
        let senses = learn(&read(&corpus));
        let again = Senses::from_bytes(&senses.to_bytes()).expect("the bytes are a model");
        assert_eq!((again.rarity, again.models), (senses.rarity.clone(), senses.models.clone()));
        let bytes = senses.to_bytes();
        for cut in [0, 4, 100, bytes.len() - 1] {
            assert!(Senses::from_bytes(&bytes[..cut]).is_err(), "{cut} bytes");
        }
    }

    #[test]
    fn a_sense_that_cannot_be_told_apart_is_never_told() {
        let lines = |says: &str, author: &str| {
            (0..20).map(|n| format!("zh\t{says}\t{author}的第{n}句话")).collect::<Vec<_>>().join("\n")
        };
        let corpus: Vec<_> = ["ash", "birch"]
            .map(|author| (author.to_owned(), [lines("cures", author), lines("-", author)].join("\n")))
            .into_iter()
            .collect();
        let examples = read(&corpus);
        assert!(held_out(&examples).iter().all(|one| one.told == 0));
        assert!(!learn(&examples).says("cures", "ash的第3句话"));
    }
}
