//! Who may use the console and its API, as what, and which ads they see.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// In place of a platform's id: every platform.
pub const EVERY: &str = "*";

/// What a token may be used for.
pub const SCOPES: [&str; 8] = ["read", "decide", "sweeps", "ads", "export", "hearing", "webhooks", "admin"];

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Works for a platform: sees and decides what is found in its ads.
    Platform,
    /// Sees its own ads, and how to mend them.
    Advertiser,
    /// Sees what is found, and takes proof of it along.
    Regulator,
    /// Sees everything, and looks after the accounts.
    Admin,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Platform, Self::Advertiser, Self::Regulator, Self::Admin];

    /// As it is written in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Advertiser => "advertiser",
            Self::Regulator => "regulator",
            Self::Admin => "admin",
        }
    }

    /// What tokens of such an account may be used for.
    pub fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::Platform => &["read", "decide", "sweeps", "ads", "export", "hearing", "webhooks"],
            Self::Advertiser => &["read", "ads", "webhooks"],
            Self::Regulator => &["read", "export", "webhooks"],
            Self::Admin => &SCOPES,
        }
    }

    /// Refuses scopes that there are not, or that are not for this role.
    pub fn grants(self, scopes: &[String]) -> Result<(), AccountError> {
        let not_in = |known: &[&str]| scopes.iter().find(|scope| !known.contains(&scope.as_str())).cloned();
        if let Some(scope) = not_in(&SCOPES) {
            return Err(AccountError::NoSuchScope(scope));
        }
        match not_in(self.scopes()) {
            Some(scope) => Err(AccountError::NotOfRole { scope, role: self }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Role {
    type Err = AccountError;

    fn from_str(text: &str) -> Result<Self, AccountError> {
        let role = Self::ALL.into_iter().find(|role| role.word() == text);
        role.ok_or_else(|| AccountError::NoSuchRole(text.to_owned()))
    }
}

/// Which ads an account sees: those for which everything holds that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    /// Of a province, a city or a district, as [`region`] reads it: what lies below it is seen, and not what lies beside it.
    pub region: Option<String>,
}

impl Sight {
    /// What the regions in sight are like, in SQL; none where every one is, and what says of no region.
    pub fn places(&self) -> Option<String> {
        self.region.as_ref().map(|code| format!("{code}%"))
    }
}

/// An administrative code (GB/T 2260) without the zeros that stand for what lies below it: two digits of a province, four of a city,
/// six of a district. None where it is no such code.
pub fn region(text: &str) -> Option<String> {
    let is_code = matches!(text.len(), 2 | 4 | 6) && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut code = Some(text).filter(|code| is_code && !code.starts_with("00"))?;
    while let Some(wider) = code.strip_suffix("00").filter(|wider| !wider.is_empty()) {
        code = wider;
    }
    Some(code.to_owned())
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Lower-case letters, digits, and `.`, `-`, `_`, `+`, `@`.
    pub name: String,
    pub role: Role,
    /// Of an advertiser its id on its platform; of a platform and a regulator the id of a platform, or `*` for all.
    pub tenant: String,
    /// The advertiser's platform: two platforms may give one id.
    pub platform: Option<String>,
    /// Of a regulator: the province, city or district that it is of, as [`region`] reads it; none: every one.
    pub region: Option<String>,
    /// `zh-CN` or `en`; none: as the browser asks for.
    pub language: Option<String>,
    pub created_at: DateTime<Utc>,
    /// Since then nobody signs in as it.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Whether a second factor is set up.
    pub totp: bool,
    /// Issuer and subject of an identity that is kept elsewhere, with a space between.
    pub issuer_subject: Option<String>,
}

impl Account {
    /// A new one, without a second factor.
    pub fn new(
        name: &str,
        role: Role,
        tenant: &str,
        platform: Option<String>,
        created_at: DateTime<Utc>,
    ) -> Result<Self, AccountError> {
        is_name(name)?;
        match role {
            _ if tenant.trim().is_empty() => return Err(AccountError::NoTenant(role)),
            Role::Advertiser if tenant == EVERY => return Err(AccountError::EveryAdvertiser),
            Role::Platform | Role::Regulator | Role::Admin if platform.is_some() => {
                return Err(AccountError::PlatformTwice(role));
            }
            _ => {}
        }
        let (name, tenant) = (name.to_owned(), tenant.to_owned());
        let (region, language, disabled_at, totp, issuer_subject) = (None, None, None, false, None);
        Ok(Self { name, role, tenant, platform, region, language, created_at, disabled_at, totp, issuer_subject })
    }

    /// The same, of a province, a city or a district.
    pub fn of_region(self, code: &str) -> Result<Self, AccountError> {
        if self.role != Role::Regulator {
            return Err(AccountError::RegionOf(self.role));
        }
        let region = region(code).ok_or_else(|| AccountError::NoRegion(code.to_owned()))?;
        Ok(Self { region: Some(region), ..self })
    }

    /// Which ads it sees.
    pub fn sight(&self) -> Sight {
        let tenant = Some(self.tenant.clone());
        match self.role {
            Role::Admin => Sight::default(),
            Role::Platform | Role::Regulator => {
                Sight { platform: tenant.filter(|of| of != EVERY), advertiser: None, region: self.region.clone() }
            }
            // Whatever it is: an advertiser never sees what is not of one advertiser.
            Role::Advertiser => {
                Sight { platform: self.platform.clone(), advertiser: tenant, region: self.region.clone() }
            }
        }
    }
}

/// Names stand in addresses, logs and on the command line, and no two look the same.
fn is_name(name: &str) -> Result<(), AccountError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_+@".contains(&byte);
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    if begins && name.len() <= 64 && name.bytes().all(plain) {
        return Ok(());
    }
    Err(AccountError::NoName(name.to_owned()))
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    #[error(
        "`{0}` is no name of an account: write up to 64 lower-case letters, digits, `.`, `-`, `_`, `+` and `@`, a letter or digit first"
    )]
    NoName(String),
    #[error("`{0}` is no role: write platform, advertiser, regulator or admin")]
    NoSuchRole(String),
    #[error("an account of role {0} needs a tenant: the id of an advertiser, of a platform, or `*` for all platforms")]
    NoTenant(Role),
    #[error("an account of role advertiser is of one advertiser: name it by its id on its platform, not `*`")]
    EveryAdvertiser,
    #[error("a platform is named beside the tenant for an advertiser only: the tenant of a {0} is a platform itself")]
    PlatformTwice(Role),
    #[error(
        "`{0}` is no region: write the administrative code of a province, a city or a district, as 44, 4403 or 440305"
    )]
    NoRegion(String),
    #[error("an account of role {0} is of no region: a regulator is")]
    RegionOf(Role),
    #[error("`{scope}` is no scope: write one of {known}", scope = .0, known = SCOPES.join(", "))]
    NoSuchScope(String),
    #[error("a token of an account of role {role} cannot have the scope `{scope}`: it can have {}", .role.scopes().join(", "))]
    NotOfRole { scope: String, role: Role },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(role: Role, tenant: &str, platform: Option<&str>) -> Result<Account, AccountError> {
        Account::new("li", role, tenant, platform.map(ToOwned::to_owned), DateTime::UNIX_EPOCH)
    }

    fn sight(platform: Option<&str>, advertiser: Option<&str>) -> Sight {
        let own = |text: Option<&str>| text.map(ToOwned::to_owned);
        Sight { platform: own(platform), advertiser: own(advertiser), region: None }
    }

    #[test]
    fn each_role_sees_what_its_tenant_says() {
        let sees = |role, tenant, platform| account(role, tenant, platform).expect("an account").sight();
        for role in [Role::Platform, Role::Regulator] {
            assert_eq!(sees(role, "feed", None), sight(Some("feed"), None));
            assert_eq!(sees(role, "*", None), Sight::default());
        }
        assert_eq!(sees(Role::Admin, "*", None), Sight::default());
        assert_eq!(sees(Role::Admin, "feed", None), Sight::default());
        assert_eq!(sees(Role::Advertiser, "adv-1", None), sight(None, Some("adv-1")));
        assert_eq!(sees(Role::Advertiser, "adv-1", Some("feed")), sight(Some("feed"), Some("adv-1")));
    }

    #[test]
    fn an_advertiser_is_one_and_never_sees_others() {
        assert_eq!(account(Role::Advertiser, "*", None), Err(AccountError::EveryAdvertiser));
        assert_eq!(account(Role::Advertiser, " ", None), Err(AccountError::NoTenant(Role::Advertiser)));
        // Even one that came into a database by other ways.
        let forged = Account { tenant: "*".into(), ..account(Role::Advertiser, "adv-1", None).expect("an account") };
        assert_eq!(forged.sight(), sight(None, Some("*")));
    }

    #[test]
    fn a_regulator_is_of_a_region_and_nobody_else() {
        let office = |code: &str| account(Role::Regulator, "*", None).expect("an account").of_region(code);
        let sight = office("440300").expect("a city").sight();
        assert_eq!((sight.region.as_deref(), sight.places().as_deref()), (Some("4403"), Some("4403%")));
        assert_eq!(Sight::default().places(), None);
        for wrong in ["4", "440", "4403055", "粤", "000000", "44%", ""] {
            assert_eq!(office(wrong), Err(AccountError::NoRegion(wrong.to_owned())));
        }
        for role in [Role::Platform, Role::Advertiser, Role::Admin] {
            let other = account(role, "adv-1", None).expect("an account").of_region("44");
            assert_eq!(other, Err(AccountError::RegionOf(role)));
        }
    }

    #[test]
    fn a_platform_is_named_twice_for_nobody() {
        for role in [Role::Platform, Role::Regulator, Role::Admin] {
            assert_eq!(account(role, "feed", Some("other")), Err(AccountError::PlatformTwice(role)));
        }
    }

    #[test]
    fn names_are_plain() {
        let long = "a".repeat(65);
        for wrong in ["", "Li", "li lei", "李雷", "li\0", "-li", ".", long.as_str()] {
            let made = Account::new(wrong, Role::Admin, "*", None, DateTime::UNIX_EPOCH);
            assert_eq!(made, Err(AccountError::NoName(wrong.to_owned())));
        }
        for right in ["li", "li.lei@feed.test", "7-up_x+y"] {
            assert!(Account::new(right, Role::Admin, "*", None, DateTime::UNIX_EPOCH).is_ok(), "{right}");
        }
    }

    #[test]
    fn a_role_is_its_word() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).expect("JSON"), role.word());
            assert!("root".parse::<Role>().expect_err("no role").to_string().contains(role.word()));
        }
    }

    #[test]
    fn a_token_has_no_more_scopes_than_its_role() {
        let grants =
            |role: Role, scopes: &[&str]| role.grants(&scopes.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(grants(Role::Admin, &SCOPES), Ok(()));
        assert_eq!(grants(Role::Platform, &["read", "decide", "sweeps", "ads", "export"]), Ok(()));
        for (role, scope) in [
            (Role::Platform, "admin"),
            (Role::Advertiser, "decide"),
            (Role::Advertiser, "export"),
            (Role::Regulator, "decide"),
            (Role::Regulator, "sweeps"),
            (Role::Regulator, "hearing"),
            (Role::Advertiser, "hearing"),
        ] {
            let refused = Err(AccountError::NotOfRole { scope: scope.to_owned(), role });
            assert_eq!(grants(role, &["read", scope]), refused);
        }
        let unknown = grants(Role::Admin, &["write"]).expect_err("no scope").to_string();
        assert!(SCOPES.iter().all(|scope| unknown.contains(scope)), "{unknown}");
    }
}
