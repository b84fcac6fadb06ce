//! Accounts that are taken for one advertiser's, as the shell, the API and the pages tell it.

use model::kin::Account;
use schemars::JsonSchema;
use serde::Serialize;
use storage::kin::{Linked, ShownBy};

/// Two accounts that are suspected to be one advertiser's, and what both show.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "LinkedAccounts")]
pub struct LinkedGiven {
    pub accounts: [AccountGiven; 2],
    /// The heaviest first.
    pub shared: Vec<SharedGiven>,
}

/// An account at a platform.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Account")]
pub struct AccountGiven {
    pub platform: Option<String>,
    /// Its id there.
    pub advertiser: String,
}

/// What both show.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "SharedTrait")]
pub struct SharedGiven {
    /// `host`, `icp`, `public-security`, `licence`, `company`, `qr`, `payee` or `template`.
    pub what: String,
    pub value: String,
    /// Of each account the latest case that shows it; null where it is gone.
    pub cases: [Option<String>; 2],
}

impl LinkedGiven {
    pub fn of(Linked { a, b, shown }: &Linked) -> Self {
        let account = |Account { platform, advertiser }: &Account| AccountGiven {
            platform: platform.clone(),
            advertiser: advertiser.clone(),
        };
        let shared = |ShownBy { shared, a, b }: &ShownBy| SharedGiven {
            what: shared.what.word().to_owned(),
            value: shared.value.clone(),
            cases: [a.clone(), b.clone()],
        };
        Self { accounts: [account(a), account(b)], shared: shown.iter().map(shared).collect() }
    }
}
