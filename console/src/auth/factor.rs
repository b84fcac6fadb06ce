//! The second factor of somebody who signs in by a password: a code of their app, or one that was kept for its loss.

use model::account::Account;
use storage::accounts::{Accounts as _, NewAccess, Secrets};
use storage::store::StoreError;

use super::{recovery, totp};
use crate::app::App;
use crate::stored::ask;
use crate::vault::{Sealed, Vault};
use crate::web::failure::Failure;

/// Whether this proves it; nothing proves it twice.
pub(crate) async fn is(app: &App, name: &str, secrets: &Secrets, given: &str) -> Result<bool, Failure> {
    if let Some(code) = recovery::hash(given) {
        let used = ask!(app.stored, store => store.use_recovery_code(name, &code).await)?;
        if used {
            note_recovery(app, name).await?;
        }
        return Ok(used);
    }
    let Some(kept) = &secrets.totp else { return Ok(false) };
    let key = app.vault.open(&Sealed::Factor(name.to_owned()), kept)?;
    let Some(step) = totp::step(&key, given, (app.clock)()) else { return Ok(false) };
    Ok(ask!(app.stored, store => store.use_totp(name, step).await)?)
}

/// Seals a key that an older postlink kept in clear.
pub(crate) async fn sealed(app: &App, account: Account, secrets: Secrets) -> Result<(Account, Secrets), Failure> {
    let Some(plain) = secrets.totp.as_ref().filter(|kept| !Vault::is_sealed(kept)) else {
        return Ok((account, secrets));
    };
    let sealed = app.vault.seal(&Sealed::Factor(account.name.clone()), plain)?;
    // With a step it is the same key: what was used meanwhile stays used.
    let sealed = Secrets { totp: Some(sealed), totp_step: Some(secrets.totp_step.unwrap_or(0)), ..secrets };
    match ask!(app.stored, store => store.change_account(&account, &sealed).await) {
        // Another login of theirs was first.
        Ok(_) | Err(StoreError::Overtaken(_)) => {}
        Err(error) => return Err(error.into()),
    }
    ask!(app.stored, store => store.account(&account.name).await)?.ok_or(Failure::NotFound)
}

async fn note_recovery(app: &App, name: &str) -> Result<(), Failure> {
    let (who, action) = (name.to_owned(), "recovery-code".to_owned());
    let (role, object, address) = ("-".to_owned(), who.clone(), String::new());
    let access = NewAccess { at: (app.clock)(), who, role, action, object, address };
    Ok(ask!(app.stored, store => store.note_access(&access).await)?)
}
