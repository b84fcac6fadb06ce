//! Where two packs of one country say different things of the same finding on the same day.

use super::{NaiveDate, Pack, Packs, Rule};

/// Two rules that judge the same finding, and disagree on what has to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// `<pack>/<rule>` of both.
    pub rules: [String; 2],
    pub check: String,
    /// The first day on which both are in force.
    pub from: NaiveDate,
    /// In what they differ: `remedy`, or the name of a number.
    pub on: String,
    /// What each of them says.
    pub says: [String; 2],
}

impl Packs {
    /// The conflicts between packs that may judge the same ad. They are for people to settle: the gravest rule speaks first, and
    /// the other stands beside it in the violation.
    pub fn conflicts(&self) -> Vec<Conflict> {
        let packs: Vec<_> = self.iter().collect();
        let mut conflicts = Vec::new();
        for (at, one) in packs.iter().enumerate() {
            for other in packs.iter().skip(at + 1).filter(|other| meet(one, other)) {
                for rule in &one.rules {
                    for second in &other.rules {
                        conflicts.extend(between((one, rule), (other, second)));
                    }
                }
            }
        }
        conflicts
    }
}

/// Whether one ad can be judged by both.
fn meet(one: &Pack, other: &Pack) -> bool {
    let (platforms, others) = (&one.head.platforms, &other.head.platforms);
    one.head.jurisdiction == other.head.jurisdiction
        && (platforms.is_empty() || others.is_empty() || !platforms.is_disjoint(others))
}

fn between(one: (&Pack, &Rule), other: (&Pack, &Rule)) -> Vec<Conflict> {
    let ((pack, rule), (of, second)) = (one, other);
    let shared = rule.when.check.iter().find(|check| second.when.check.iter().any(|known| known == *check));
    let settled = rule.judges_on(rule.in_force.from, false) && second.judges_on(second.in_force.from, false);
    let replaces = |rule: &Rule, of: &Pack, other: &Rule| {
        let named = format!("{}/{}", of.id(), other.id());
        rule.replaces.iter().any(|id| *id.get_ref() == named)
    };
    let (Some(check), Some(from), true) = (shared, rule.in_force.meets(&second.in_force), settled) else {
        return Vec::new();
    };
    if replaces(rule, of, second) || replaces(second, pack, rule) {
        return Vec::new();
    }
    let conflict = |on: &str, says: [String; 2]| Conflict {
        rules: [format!("{}/{}", pack.id(), rule.id()), format!("{}/{}", of.id(), second.id())],
        check: check.get_ref().clone(),
        from,
        on: on.to_owned(),
        says,
    };
    let mut found = Vec::new();
    if rule.remedy != second.remedy {
        let word =
            |rule: &Rule| serde_json::to_value(rule.remedy).map_or_else(|_| String::new(), |word| word.to_string());
        found.push(conflict("remedy", [word(rule), word(second)].map(|word| word.trim_matches('"').to_owned())));
    }
    for (name, value) in &rule.params {
        if let Some(differs) = second.params.get(name).filter(|differs| *differs != value) {
            found.push(conflict(name, [value.to_string(), differs.to_string()]));
        }
    }
    found
}
