//! Webhooks that people and programs make: what is asked of one, and the secret that is shown once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::account::{Account, Role};
use model::event::What;
use storage::store::StoreError;
use storage::webhooks::{Webhook, Webhooks as _};

use crate::app::App;
use crate::stored::ask;
use crate::vault::Sealed;
use crate::web::failure::Failure;

/// Of one account.
const MOST: usize = 20;
/// Bytes of an address.
const LONGEST: usize = 2_000;
/// Bytes of a secret, as Standard Webhooks has it.
const SECRET: usize = 24;

/// Why there is no such webhook.
pub(crate) enum NoHook {
    /// What was asked for: a key of `[refused]`, and what stands in its place.
    Not(&'static str, String),
    Failed(Failure),
}

impl<E: Into<Failure>> From<E> for NoHook {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes one for an account, which is told of what that account sees; gives it back with its secret, which is kept sealed.
pub(crate) async fn add(
    app: &App,
    account: &Account,
    url: &str,
    kinds: Vec<String>,
) -> Result<(Webhook, String), NoHook> {
    let not = |key, value: String| Err(NoHook::Not(key, value));
    if url.is_empty() || url.len() > LONGEST || url.contains(char::is_control) {
        return not("hook-long", LONGEST.to_string());
    }
    if let Some(unknown) = kinds.iter().find(|kind| !What::KINDS.contains(&kind.as_str())) {
        return not("hook-kind", format!("{unknown} ({})", What::KINDS.join(", ")));
    }
    if let Err(why) = app.doors.may_tell(url) {
        return not("no-webhook", why.to_string());
    }
    let own = ask!(app.stored, store => store.webhooks(Some(&account.name)).await)?;
    if own.len() >= MOST {
        return not("hook-many", MOST.to_string());
    }
    let (id, secret) = (format!("wh-{}", chance::<5>().map(|byte| format!("{byte:02x}")).concat()), secret());
    let hook = Webhook {
        secret: app.vault.seal(&Sealed::Webhook(id.clone()), &secret)?,
        id,
        account: account.name.clone(),
        url: url.to_owned(),
        kinds,
        earlier: None,
        made_at: (app.clock)(),
    };
    ask!(app.stored, store => store.add_webhook(&hook).await)?;
    Ok((hook, secret))
}

/// Gives one another secret, and gives that back; none where there is no such one for this account.
pub(crate) async fn turn(app: &App, account: &Account, id: &str) -> Result<Option<String>, Failure> {
    let (secret, now) = (secret(), (app.clock)());
    let sealed = app.vault.seal(&Sealed::Webhook(id.to_owned()), &secret)?;
    let turned = ask!(app.stored, store => store.turn_webhook(id, whose(account), &sealed, now).await)?;
    Ok(turned.then_some(secret))
}

/// Whether there was such a one for this account.
pub(crate) async fn drop_it(app: &App, account: &Account, id: &str) -> Result<bool, StoreError> {
    ask!(app.stored, store => store.drop_webhook(id, whose(account)).await)
}

/// Those that an account looks after: an administrator all of them.
pub(crate) async fn of(app: &App, account: &Account) -> Result<Vec<Webhook>, StoreError> {
    ask!(app.stored, store => store.webhooks(whose(account)).await)
}

fn whose(account: &Account) -> Option<&str> {
    (account.role != Role::Admin).then_some(account.name.as_str())
}

fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(chance::<SECRET>()))
}

fn chance<const BYTES: usize>() -> [u8; BYTES] {
    let mut chance = [0; BYTES];
    getrandom::fill(&mut chance).expect("internal error: the system has chance");
    chance
}
