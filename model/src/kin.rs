//! What pages show that ties the accounts of advertisers together, and which accounts are taken for one.

use serde::{Deserialize, Serialize};

use crate::units::Level;

/// What accounts can share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trait {
    /// The registrable domain where clicks land.
    Host,
    /// The ICP record of a page, without the number of the site: 「京icp备12345678号」.
    Icp,
    /// The record with the police, its digits.
    PublicSecurity,
    /// A unified social credit code.
    Licence,
    /// A company that the page names, where it names one alone.
    Company,
    /// What a QR code leads to.
    Qr,
    /// Who gets the money.
    Payee,
    /// The fingerprint of a page's template.
    Template,
}

impl Trait {
    pub const ALL: [Self; 8] = [
        Self::Host,
        Self::Icp,
        Self::PublicSecurity,
        Self::Licence,
        Self::Company,
        Self::Qr,
        Self::Payee,
        Self::Template,
    ];

    /// As it is written in rows and in `cases.jsonl`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Icp => "icp",
            Self::PublicSecurity => "public-security",
            Self::Licence => "licence",
            Self::Company => "company",
            Self::Qr => "qr",
            Self::Payee => "payee",
            Self::Template => "template",
        }
    }
}

/// What a case shows of who is behind its ad.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shown {
    pub what: Trait,
    /// In a form in which the same is written the same; bounded.
    pub value: String,
    /// How many presses of the visitor away it was shown first.
    pub level: Level,
}

/// An advertiser's account at a platform.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// None where its ads name none.
    pub platform: Option<String>,
    /// Its id there.
    pub advertiser: String,
}

/// An account shows something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Has {
    pub account: Account,
    pub what: Trait,
    /// Compared without spaces around it and without regard to capitals; one that is empty is none.
    pub value: String,
}

/// Why two accounts are taken for one advertiser's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    pub a: Account,
    pub b: Account,
    pub weight: f64,
    /// What both have, with what each weighs and how many accounts have it, the heaviest first.
    pub shared: Vec<Shared>,
    /// Both are paid, and by nobody in common: it took so much off.
    pub apart: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    pub what: Trait,
    pub value: String,
    pub weight: f64,
    pub accounts: usize,
}

/// Accounts that are taken for one advertiser's: a suspicion, until people say so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Sorted; the first names the group.
    pub accounts: Vec<Account>,
    /// The edges that hold it together, the heaviest first.
    pub edges: Vec<Edge>,
}

impl Account {
    /// Names it in one text, as no other: `feed/a1`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.platform.as_deref().unwrap_or_default(), self.advertiser)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trait_is_called_as_it_is_written() {
        for what in Trait::ALL {
            assert_eq!(serde_json::to_value(what).expect("plain"), serde_json::json!(what.word()));
        }
    }
}
