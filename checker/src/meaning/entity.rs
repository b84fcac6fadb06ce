//! Who is behind a page: the companies and registrations it names, and whether two pages name the same.

use std::collections::BTreeMap;

use model::difference::{About, Difference};
use model::finding::Confidence;
use model::statement::Statement;

use super::host::registrable;
use super::pair::{Pair, Part};
use super::sight::Meaning;
use crate::exhibit;
use crate::words::Words;

/// Names of which this many letters in a row are the same, places and trades left out, are of one house.
const KIN: usize = 2;

/// Who stands behind one side.
struct Behind<'a> {
    /// Those who say that they run the page, with the statement.
    operators: BTreeMap<String, &'a Statement>,
    /// Everybody who is named anywhere.
    companies: Vec<String>,
    /// 「浙icp备2021012345号」, without the number of the page.
    registrations: BTreeMap<String, &'a Statement>,
    domain: String,
    /// What the page's title names besides its subject, between its bars.
    title: Vec<String>,
}

pub(super) fn difference(pair: &Pair<'_, '_>, another_offer: bool) -> Option<Difference> {
    if pair.sides.iter().any(|side| side.partly) {
        return None;
    }
    let sides = pair.sides.map(|side| Behind::read(side, pair.words));
    if are_same(&sides, pair.words) {
        return None;
    }
    let others = sides.iter().all(|side| !side.operators.is_empty())
        && sides
            .each_ref()
            .map(|side| side.operators.keys().all(|name| is_chinese(name)))
            .windows(2)
            .all(|p| p[0] == p[1]);
    let registered = sides.iter().all(|side| !side.registrations.is_empty());
    if !others && !registered {
        return None;
    }
    // Shops under one roof have different owners; that is no difference while they offer the same.
    let one_roof =
        sides[0].domain == sides[1].domain && sides[0].title.iter().any(|name| sides[1].title.contains(name));
    if one_roof && !another_offer {
        return None;
    }
    let confidence = if others && (registered || another_offer) { Confidence::High } else { Confidence::Medium };
    Some(pair.difference(About::Entity, confidence, sides.each_ref().map(Behind::part)))
}

/// Whether both pages name a company, or a registration, of one house.
pub(super) fn are_kin(pair: &Pair<'_, '_>) -> bool {
    are_same(&pair.sides.map(|side| Behind::read(side, pair.words)), pair.words)
}

fn are_same(sides: &[Behind<'_>; 2], words: &Words) -> bool {
    let [one, other] = sides;
    let registered = one.registrations.keys().any(|number| other.registrations.contains_key(number));
    let named = |operators: &BTreeMap<String, _>, companies: &[String]| {
        operators.keys().any(|name| companies.iter().any(|other| is_kin(name, other, words)))
    };
    registered || named(&one.operators, &other.companies) || named(&other.operators, &one.companies)
}

impl<'a> Behind<'a> {
    fn read(meaning: &Meaning<'a>, words: &Words) -> Self {
        let mut behind = Self {
            operators: BTreeMap::new(),
            companies: Vec::new(),
            registrations: BTreeMap::new(),
            domain: registrable(&meaning.landing().side.page.url),
            title: title(&meaning.landing().side.page.title),
        };
        for shown in &meaning.pages {
            let statements = shown.side.side.statements;
            for (at, statement) in statements.iter().enumerate() {
                let text = &statement.normal.text;
                for found in words.term("registration").find_iter(text) {
                    let number: String = found.as_str().chars().filter(|c| !c.is_whitespace()).collect();
                    behind.registrations.entry(number).or_insert(statement);
                }
                for name in companies(text, words) {
                    let alone = name.chars().count() * 5 >= text.chars().count() * 4;
                    let runs =
                        || shown.side.side.around(at, 1).iter().any(|near| words.has("operator", &near.normal.text));
                    if !shown.chance[at] && (alone || runs()) {
                        behind.operators.entry(name.clone()).or_insert(statement);
                    }
                    behind.companies.push(name);
                }
            }
        }
        behind
    }

    fn part(&self) -> Part {
        let named = self.operators.iter().chain(&self.registrations);
        Part {
            shown: named.clone().map(|(name, _)| name.clone()).collect(),
            place: named.clone().next().and_then(|(_, statement)| exhibit::said_by_page(statement, None)),
        }
    }
}

/// The companies that a text in normal form names.
pub(crate) fn companies(text: &str, words: &Words) -> Vec<String> {
    let names = words.term("company").find_iter(text).map(|found| {
        // 「本服务由杭州…有限公司」: what leads to the name is not of it.
        let lead = words.term("company-lead").find_iter(found.as_str()).last().map_or(0, |lead| lead.end());
        found.as_str()[lead..].trim().to_owned()
    });
    names.filter(|name| !own_part(name, words).is_empty()).collect()
}

/// What of a company's name is its own: without place, trade and form.
pub(crate) fn own_part(name: &str, words: &Words) -> String {
    let own = words.term("company-common").replace_all(name, "");
    own.chars().filter(|c| c.is_alphanumeric() || *c == ' ').collect::<String>().trim().to_owned()
}

/// Whether two names are of one house: the same name, a branch, a sister.
pub(crate) fn is_kin(one: &str, other: &str, words: &Words) -> bool {
    let (a, b) = (own_part(one, words), own_part(other, words));
    if one.starts_with(other) || other.starts_with(one) || a == b {
        return true;
    }
    if !is_chinese(&a) || !is_chinese(&b) {
        return a.split(' ').next() == b.split(' ').next();
    }
    let letters: Vec<char> = a.chars().collect();
    letters.windows(KIN).any(|part| b.contains(&part.iter().collect::<String>()))
}

fn is_chinese(name: &str) -> bool {
    name.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

/// The parts of a page's title between bars and dashes: its subject, its shop, its house.
fn title(title: &str) -> Vec<String> {
    let parts = title
        .split(['-', '_', '|', '｜', '—', '–', '·', '【', '】', '《', '》'])
        .map(|part| part.trim().to_lowercase());
    parts.filter(|part| part.chars().count() >= 2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_falls_into_what_it_is_about_and_whose_it_is() {
        assert_eq!(title("乳胶枕【包邮】 - 万家好物"), ["乳胶枕", "包邮", "万家好物"]);
        assert_eq!(title("Tents | Yunshan"), ["tents", "yunshan"]);
        assert_eq!(title("x - -"), [""; 0]);
    }
}
