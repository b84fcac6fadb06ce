//! Noise as complaints come in, some at a time: what comes is compared with what is near it, and each text is read once.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use model::complaint::Exclusion;

use super::burst::{One, Usual, bursts};
use super::{Bounds, Heeded, Rules, SHOWN, Said, Sketch, normal, same_words};

/// Complaints of some days, by names of which none comes twice.
///
/// Memory: a sketch, a name and a user each, about 500 bytes.
#[derive(Debug)]
pub struct Watch<K> {
    bounds: Bounds,
    ads: BTreeMap<Option<String>, OfAd<K>>,
    /// What the words of those say that came since they were last told.
    by_words: BTreeMap<K, Heeded>,
}

/// What was said of a complaint before it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stands {
    /// Nothing, or nothing but that rules looked at it.
    Kept,
    Doubted,
    Excluded,
}

/// Those about one ad, in the order of time.
#[derive(Debug)]
struct OfAd<K> {
    complaints: BTreeMap<(DateTime<Utc>, K), Kept>,
    /// From when to when those are that came since they were last compared.
    fresh: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What is kept of a complaint.
#[derive(Debug)]
struct Kept {
    id: String,
    user: Option<String>,
    converted: bool,
    /// Its user converted, and says what happened.
    is_spared: bool,
    sketch: Option<Box<Sketch>>,
    stands: Stands,
    /// It was part of a burst.
    found: bool,
}

impl<K: Clone + Ord> Watch<K> {
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, ads: BTreeMap::new(), by_words: BTreeMap::new() }
    }

    /// Takes in a complaint, of which so much was said before. One that is there already changes nothing.
    pub fn put(&mut self, name: K, said: &Said<'_>, stands: Stands, rules: &Rules) {
        let of_ad = self.ads.entry(said.ad.map(str::to_owned)).or_default();
        let at = (said.at, name);
        if of_ad.complaints.contains_key(&at) {
            return;
        }
        let normal = normal(said.text);
        let is_spared = said.converted && rules.grieves(&normal);
        let by_words = rules.noise(&normal);
        let long_enough = normal.chars().nth(self.bounds.characters.saturating_sub(1)).is_some();
        let mut kept = Kept {
            id: said.id.to_owned(),
            user: said.user.map(str::to_owned),
            converted: said.converted,
            is_spared,
            sketch: long_enough.then(|| Box::new(Sketch::of(&normal))),
            stands,
            found: false,
        };
        if let Some(heeded) = by_words.and_then(|noise| kept.heed(noise, is_spared)) {
            self.by_words.insert(at.1.clone(), heeded);
        }
        let (first, last) = of_ad.fresh.unwrap_or((said.at, said.at));
        of_ad.fresh = Some((first.min(said.at), last.max(said.at)));
        of_ad.complaints.insert(at, kept);
    }

    /// Lets go of one, so that it can be put in anew.
    pub fn take_out(&mut self, name: &K, at: DateTime<Utc>) {
        let of = (at, name.clone());
        self.ads.values_mut().any(|of_ad| of_ad.complaints.remove(&of).is_some());
    }

    /// What is to be said now that was not said before, of those that came and of those near them.
    pub fn tell(&mut self) -> Vec<(K, Heeded)> {
        let mut told = core::mem::take(&mut self.by_words);
        for of_ad in self.ads.values_mut() {
            if let Some(fresh) = of_ad.fresh.take() {
                of_ad.tell(fresh, &self.bounds, &mut told);
            }
        }
        told.into_iter().collect()
    }

    /// Lets go of what is before a moment, and of the oldest where there are more than so many.
    pub fn forget(&mut self, before: DateTime<Utc>, most: usize) {
        let before = before.max(self.newest(most));
        self.ads.retain(|_, of_ad| {
            while of_ad.complaints.first_key_value().is_some_and(|((at, _), _)| *at < before) {
                of_ad.complaints.pop_first();
            }
            !of_ad.complaints.is_empty()
        });
    }

    /// How many are held.
    pub fn len(&self) -> usize {
        self.ads.values().map(|of_ad| of_ad.complaints.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.ads.is_empty()
    }

    /// When the newest of so many begin.
    fn newest(&self, most: usize) -> DateTime<Utc> {
        let mut all: Vec<DateTime<Utc>> =
            self.ads.values().flat_map(|of_ad| of_ad.complaints.keys().map(|(at, _)| *at)).collect();
        let Some(more) = all.len().checked_sub(most + 1) else { return DateTime::<Utc>::MIN_UTC };
        *all.select_nth_unstable(more + 1).1
    }
}

impl<K> Default for OfAd<K> {
    fn default() -> Self {
        Self { complaints: BTreeMap::new(), fresh: None }
    }
}

impl<K: Clone + Ord> OfAd<K> {
    /// Looks for bursts of which something fresh may be part.
    fn tell(&mut self, fresh: (DateTime<Utc>, DateTime<Utc>), bounds: &Bounds, told: &mut BTreeMap<K, Heeded>) {
        let usual = self.usual(bounds);
        let near = fresh.0 - bounds.within()..=fresh.1 + bounds.within();
        let mut near: Vec<(&(DateTime<Utc>, K), &mut Kept)> =
            self.complaints.iter_mut().filter(|((at, _), _)| near.contains(at)).collect();
        let of_ad: Vec<One<'_>> = near.iter().map(|((at, _), kept)| kept.one(*at)).collect();
        let found = bursts(&of_ad, usual, bounds);
        drop(of_ad);
        for burst in found {
            let ids: Vec<String> = burst.members.iter().take(SHOWN).map(|at| near[*at].1.id.clone()).collect();
            for at in burst.members {
                let ((_, name), kept) = &mut near[at];
                let is_doubtful = burst.converted >= bounds.converted || kept.is_spared;
                kept.found = true;
                if let Some(heeded) = kept.heed(same_words(&ids), is_doubtful) {
                    told.insert(name.clone(), heeded);
                }
            }
        }
    }

    fn usual(&self, bounds: &Bounds) -> Usual {
        let complaints = self.complaints.values().filter(|kept| !kept.found).count();
        let ends = self.complaints.first_key_value().zip(self.complaints.last_key_value());
        let long = ends.map_or(0.0, |(((first, _), _), ((last, _), _))| (*last - *first).as_seconds_f64());
        Usual { complaints, windows: (long / bounds.within().as_seconds_f64()).max(1.0) }
    }
}

impl Kept {
    /// What is to be said of it; none where as much stands already.
    fn heed(&mut self, noise: Exclusion, is_doubtful: bool) -> Option<Heeded> {
        let (stands, heeded) = if is_doubtful {
            (Stands::Doubted, Heeded::Doubtful(noise))
        } else {
            (Stands::Excluded, Heeded::Excluded(noise))
        };
        let goes_further = stands > self.stands;
        self.stands = self.stands.max(stands);
        goes_further.then_some(heeded)
    }

    fn one(&self, at: DateTime<Utc>) -> One<'_> {
        let Self { id, user, converted, sketch, found, .. } = self;
        One { at, who: user.as_ref().unwrap_or(id), converted: *converted, sketch: sketch.as_deref(), found: *found }
    }
}
