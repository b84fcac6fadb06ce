//! Advertisers among each other: who has the most violating ads, and who has many and none.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use console::documents::weekly::Standing;
use storage::weeks::Examined;

use super::counted::is_violating;

/// Of each sort.
const MOST: usize = 5;

/// The worst and the best. An ad that could not be checked says nothing of its advertiser.
pub(super) fn standings(ads: &[&Examined]) -> (Vec<Standing>, Vec<Standing>) {
    let mut all: BTreeMap<(&Option<String>, &str), Standing> = BTreeMap::new();
    for ad in ads {
        let Some(advertiser) = ad.advertiser.as_deref() else { continue };
        let unseen = if ad.violations.is_empty() { ad.verdict != "clean" } else { ad.gaps && !is_violating(ad) };
        if unseen {
            continue;
        }
        let standing = all.entry((&ad.platform, advertiser)).or_insert_with(|| Standing {
            platform: ad.platform.clone(),
            advertiser: advertiser.to_owned(),
            name: ad.advertiser_name.clone(),
            ads: 0,
            violating: 0,
        });
        standing.ads += 1;
        standing.violating += u64::from(is_violating(ad));
    }
    let (mut worst, mut best): (Vec<_>, Vec<_>) = all.into_values().partition(|one| one.violating > 0);
    let name = |one: &Standing| (one.platform.clone(), one.advertiser.clone());
    // Of as many, the one with the larger share: with fewer ads.
    worst.sort_by_key(|one| (Reverse(one.violating), one.ads, name(one)));
    best.sort_by_key(|one| (Reverse(one.ads), name(one)));
    worst.truncate(MOST);
    best.truncate(MOST);
    (worst, best)
}
