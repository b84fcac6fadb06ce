//! `postlink user`: who may use the console and its API.

use std::io::Read as _;
use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use console::auth::password;
use model::account::{Account, EVERY};
use model::units::Clock;
use storage::accounts::{Accounts, NewAccess, Secrets};

use crate::cli::{Given, Identity, User, UserCommand};
use crate::exit::{Ended, Refused};
use crate::secret;
use crate::stores::beside;

pub(crate) async fn run(user: User) -> anyhow::Result<Ended> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    // Whatever is wrong is told before anything is made, and whoever types a password in keeps nobody waiting.
    match user.command {
        UserCommand::Add { name, at, language, identity, password, platform, region, role, tenant } => {
            let tenant = tenant.as_deref().unwrap_or(EVERY);
            let issuer_subject = joined(&identity);
            let account = Account::new(&name, role, tenant, platform, now).map_err(usage)?;
            let account = match region {
                Some(code) => account.of_region(&code).map_err(usage)?,
                None => account,
            };
            let account = Account { language, issuer_subject, ..account };
            let given = password.password_file.is_some() || password.password_stdin;
            let needed = given || account.issuer_subject.is_none();
            let password = needed.then(|| chosen(&password, &name)).transpose()?;
            beside!(&at, true, clock, accounts => add(accounts, &account, password.as_ref(), now))
        }
        UserCommand::Identity { name, at, identity, none: _ } => {
            beside!(&at, false, clock, accounts => identify(accounts, &name, joined(&identity), now))
        }
        UserCommand::List { at } => beside!(&at, false, clock, accounts => list(accounts)),
        UserCommand::Disable { name, at } => {
            beside!(&at, false, clock, accounts => turn(accounts, &name, Some(now), now))
        }
        UserCommand::Enable { name, at } => beside!(&at, false, clock, accounts => turn(accounts, &name, None, now)),
        UserCommand::Password { name, at, password, remove_totp } => {
            let password = chosen(&password, &name)?;
            beside!(&at, false, clock, accounts => change(accounts, &name, &password, remove_totp, now))
        }
    }
    .map(|()| Ended::Clean)
}

/// As accounts keep it.
fn joined(identity: &Identity) -> Option<String> {
    let Identity { issuer: Some(issuer), subject: Some(subject) } = identity else { return None };
    Some(format!("{issuer} {subject}"))
}

/// Writes down what was done here: whoever reads the log sees it beside what was done on pages.
async fn note(accounts: &impl Accounts, action: &str, name: &str, at: DateTime<Utc>) -> anyhow::Result<()> {
    let (who, role, action) = ("-".to_owned(), "shell".to_owned(), action.to_owned());
    let access = NewAccess { at, who, role, action, object: name.to_owned(), address: String::new() };
    Ok(accounts.note_access(&access).await?)
}

async fn add(
    accounts: &impl Accounts,
    account: &Account,
    password: Option<&Password>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let name = &account.name;
    let hash = password.map(|password| password::hash(password.text()));
    let secrets = Secrets { password: hash, ..Secrets::default() };
    if !accounts.add_account(account, &secrets).await? {
        let taken = format!("there is an account `{name}` already, or one of this identity: see `postlink user list`");
        return Err(Refused::Usage(taken).into());
    }
    note(accounts, "user-added", name, now).await?;
    eprintln!("account `{name}` is added");
    password.into_iter().for_each(Password::tell);
    Ok(())
}

async fn identify(
    accounts: &impl Accounts,
    name: &str,
    issuer_subject: Option<String>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (account, secrets) = named(accounts, name).await?;
    if let Some((other, _)) = match &issuer_subject {
        Some(identity) => accounts.account_of_subject(identity).await?,
        None => None,
    } && other.name != name
    {
        return Err(Refused::Usage(format!("that is the identity of account `{}` already", other.name)).into());
    }
    let told = issuer_subject.clone().unwrap_or_else(|| "none".into());
    accounts.change_account(&Account { issuer_subject, ..account }, &secrets).await?;
    note(accounts, "identity", name, now).await?;
    eprintln!("the identity of account `{name}` is {told}");
    Ok(())
}

async fn turn(
    accounts: &impl Accounts,
    name: &str,
    disabled_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (account, secrets) = named(accounts, name).await?;
    let state = if disabled_at.is_some() { "disabled" } else { "enabled" };
    if account.disabled_at.is_some() == disabled_at.is_some() {
        eprintln!("account `{name}` was {state} before");
        return Ok(());
    }
    accounts.change_account(&Account { disabled_at, ..account }, &secrets).await?;
    note(accounts, &format!("user-{state}"), name, now).await?;
    eprintln!("account `{name}` is {state}");
    Ok(())
}

async fn change(
    accounts: &impl Accounts,
    name: &str,
    password: &Password,
    remove_totp: bool,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let (account, secrets) = named(accounts, name).await?;
    let secrets = Secrets { password: Some(password::hash(password.text())), ..secrets };
    if remove_totp {
        let secrets = Secrets { totp: None, totp_step: None, ..secrets };
        accounts.change_account(&Account { totp: false, ..account }, &secrets).await?;
        accounts.renew_recovery_codes(name, &[]).await?;
        note(accounts, "second-factor-removed", name, now).await?;
        eprintln!("account `{name}` has another password, and no second factor");
    } else {
        accounts.change_account(&account, &secrets).await?;
        eprintln!("account `{name}` has another password");
    }
    note(accounts, "password", name, now).await?;
    password.tell();
    Ok(())
}

/// The account of this name.
pub(super) async fn named(accounts: &impl Accounts, name: &str) -> anyhow::Result<(Account, Secrets)> {
    let unknown = || Refused::Usage(format!("there is no account `{name}`: see `postlink user list`"));
    Ok(accounts.account(name).await?.ok_or_else(unknown)?)
}

/// A password, and where it comes from.
enum Password {
    Given(String),
    Made(String),
}

impl Password {
    fn text(&self) -> &str {
        let (Self::Given(text) | Self::Made(text)) = self;
        text
    }

    /// Prints one that nobody knows yet.
    fn tell(&self) {
        if let Self::Made(text) = self {
            eprintln!("its password is shown only now:");
            println!("{text}");
        }
    }
}

/// The password that is given, unless it is a weak one; else one that is made.
fn chosen(given: &Given, name: &str) -> anyhow::Result<Password> {
    let text = if let Some(file) = &given.password_file {
        std::fs::read_to_string(file)
            .map_err(|error| Refused::Usage(format!("read the password from {}: {error}", file.display())))?
    } else if given.password_stdin {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("read the password from standard input")?;
        text
    } else {
        return Ok(Password::Made(secret::new(18)));
    };
    // The line break that an editor, or `echo`, puts behind it.
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    password::refuse_weak(text, name).map_err(usage)?;
    Ok(Password::Given(text.to_owned()))
}

async fn list(accounts: &impl Accounts) -> anyhow::Result<()> {
    accounts.accounts().await?.iter().for_each(tell);
    Ok(())
}

fn tell(account: &Account) {
    let Account { name, role, tenant, .. } = account;
    let platform = account.platform.as_ref().map_or_else(String::new, |platform| format!(" on {platform}"));
    let state = match account.disabled_at {
        Some(at) => format!("disabled since {at}"),
        None if account.totp => "with a second factor".to_owned(),
        None => "enabled".to_owned(),
    };
    let identity = account.issuer_subject.as_ref().map_or_else(String::new, |identity| format!(", is {identity}"));
    let region = account.region.as_ref().map_or_else(String::new, |code| format!(" in region {code}"));
    println!("{name}  {role} of {tenant}{platform}{region}, since {}, {state}{identity}", account.created_at);
}

pub(super) fn usage(error: impl std::error::Error) -> Refused {
    Refused::Usage(error.to_string())
}
