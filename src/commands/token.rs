//! `postlink token`: by which programs use the API.

use std::sync::Arc;

use chrono::{DateTime, Days, Utc};
use model::units::Clock;
use storage::accounts::{Accounts, ApiToken, TokenHash};

use super::user::{named, usage};
use crate::cli::{Token, TokenCommand};
use crate::exit::{Ended, Refused};
use crate::secret;
use crate::stores::beside;

/// How a secret begins, by which scanners of sources know one that was published.
const BEGINS: &str = "plk_";

pub(crate) async fn run(token: Token) -> anyhow::Result<Ended> {
    #[expect(clippy::disallowed_methods, reason = "the one place where the command's clock is made")]
    let clock: Clock = Arc::new(Utc::now);
    let now = clock();
    let (TokenCommand::Create { at, .. } | TokenCommand::List { at, .. } | TokenCommand::Revoke { at, .. }) =
        &token.command;
    beside!(at, false, clock, accounts => go(accounts, &token.command, now)).map(|()| Ended::Clean)
}

async fn go(accounts: &impl Accounts, command: &TokenCommand, now: DateTime<Utc>) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create { at: _, days, name, scopes, user } => {
            let ends_at = days.and_then(|days| now.checked_add_days(Days::new(days.into())));
            create(accounts, user, name, scopes, now, ends_at).await
        }
        TokenCommand::List { user, .. } => {
            named(accounts, user).await?;
            accounts.tokens_of(user).await?.iter().for_each(|token| tell(token, now));
            Ok(())
        }
        TokenCommand::Revoke { id, user, .. } => {
            named(accounts, user).await?;
            if !accounts.revoke_token(user, id).await? {
                let none = format!("account `{user}` has no token `{id}` that is good: see `postlink token list`");
                return Err(Refused::Usage(none).into());
            }
            eprintln!("token {id} of `{user}` is revoked");
            Ok(())
        }
    }
}

async fn create(
    accounts: &impl Accounts,
    user: &str,
    name: &str,
    scopes: &[String],
    now: DateTime<Utc>,
    ends_at: Option<DateTime<Utc>>,
) -> anyhow::Result<()> {
    let (account, _) = named(accounts, user).await?;
    account.role.grants(scopes).map_err(usage)?;
    let mut scopes = scopes.to_vec();
    scopes.sort();
    scopes.dedup();
    let secret = format!("{BEGINS}{}", secret::new(32));
    let token = ApiToken {
        id: secret::id(),
        hash: TokenHash::of(&secret),
        account: account.name,
        name: name.to_owned(),
        scopes,
        created_at: now,
        ends_at,
        used_at: None,
        revoked_at: None,
    };
    accounts.add_token(&token).await?;
    eprintln!("token {} of `{user}` is made; its secret is shown only now:", token.id);
    println!("{secret}");
    Ok(())
}

fn tell(token: &ApiToken, now: DateTime<Utc>) {
    let ApiToken { id, name, created_at, .. } = token;
    let state = match (token.revoked_at, token.ends_at) {
        (Some(at), _) => format!("revoked at {at}"),
        (None, Some(at)) if at <= now => format!("ended at {at}"),
        (None, Some(at)) => format!("good until {at}"),
        (None, None) => "good until it is revoked".to_owned(),
    };
    let used = token.used_at.map_or_else(|| "never used".to_owned(), |at| format!("last used at {at}"));
    println!("{id}  {}, made at {created_at}, {state}, {used}: {name}", token.scopes.join(" "));
}
