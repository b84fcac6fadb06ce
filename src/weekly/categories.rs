//! The six categories of supervision: two are judged, of the others nothing is said.

use console::documents::weekly;
use policies::Category;
use storage::weeks::{Examined, FoundThere};

use super::counted::stands;

pub(super) fn categories(all: &[Category], ads: &[&Examined], ads_before: &[&Examined]) -> Vec<weekly::Category> {
    let category = |one: &Category| {
        let count = |ads: &[&Examined]| {
            let found = standing(ads).filter(|found| one.checks.contains(&found.check)).count() as u64;
            (!one.checks.is_empty()).then_some(found)
        };
        weekly::Category {
            id: one.id.clone(),
            name: one.name.clone(),
            violations: count(ads),
            before: count(ads_before),
        }
    };
    all.iter().map(category).collect()
}

pub(super) fn uncategorized(all: &[Category], ads: &[&Examined]) -> u64 {
    let known = |found: &&FoundThere| all.iter().any(|one| one.checks.contains(&found.check));
    standing(ads).filter(|found| !known(found)).count() as u64
}

fn standing<'a>(ads: &[&'a Examined]) -> impl Iterator<Item = &'a FoundThere> {
    let found: Vec<_> = ads.iter().flat_map(|ad| &ad.violations).filter(|found| stands(found)).collect();
    found.into_iter()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checks_of_the_categories_are_there() {
        let known = |check: &str| checker::checks::ALL.iter().any(|one| one.id() == check);
        for one in policies::categories().expect("they are built in") {
            assert!(one.checks.iter().all(|check| known(check)), "{}: {:?}", one.id, one.checks);
        }
    }
}
