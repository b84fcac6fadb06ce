//! Second factors: set up with an app, lost with a phone, kept sealed, and demanded where the operator wants it.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result};
use model::account::{Account, Role};
use postlink_tests::postlink::{Postlink, machine};
use scraper::{Html, Selector};
use storage::accounts::{Accounts as _, Secrets};
use totp_rs::{Algorithm, Secret, TOTP};

use super::{PASSWORD, Person, Served, accounts, now};

/// As an app has it.
const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// What an app with this key shows so many steps from now.
fn code(key: &str, steps: u64) -> Result<String> {
    let key = Secret::Encoded(key.to_owned()).to_bytes().map_err(|error| anyhow::anyhow!("{error}"))?;
    let now = now().timestamp().unsigned_abs();
    Ok(TOTP::new(Algorithm::SHA1, 6, 0, 30, key)?.generate(now + 30 * steps))
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).expect("a selector");
    Html::parse_document(page).select(&selector).map(|element| element.text().collect()).collect()
}

/// Sets up a second factor on the page for it; gives its key and the recovery codes.
fn set_up(person: &Person) -> Result<(String, Vec<String>)> {
    let page = person.get("/account")?.body;
    assert!(page.contains("<svg class=\"qr\" role=\"img\" aria-label=") && !page.contains("style="), "{page}");
    let key = Html::parse_document(&page);
    let field = Selector::parse("input[name=key]").expect("a selector");
    let key = key.select(&field).next().and_then(|field| field.attr("value")).context("a key")?.to_owned();
    assert!(texts(&page, "code").contains(&key), "it can be typed as well");
    let wrong = person.submit("/account/factor", &[("password", PASSWORD), ("key", &key), ("code", "000000")])?;
    assert_eq!(wrong.status, 400);
    let fields = [("password", PASSWORD), ("key", key.as_str()), ("code", &code(&key, 0)?)];
    let done = person.submit("/account/factor", &fields)?;
    assert_eq!(done.status, 200, "{}", done.body);
    Ok((key, texts(&done.body, ".codes code")))
}

/// Whether somebody gets in.
fn signs_in(served: &Served, name: &str, code: &str) -> Result<bool> {
    let fields = [("name", name), ("password", PASSWORD), ("code", code)];
    Ok(Person::nobody(&served.url).send("/login", &fields)?.status == 303)
}

async fn kept(postlink: &Postlink, name: &str) -> Result<(Account, Secrets)> {
    let dir = postlink.folder().join("out");
    let accounts = storage::accounts::of_folder(&dir, std::sync::Arc::new(now)).await?;
    let found = accounts.account(name).await?.context("an account")?;
    accounts.close().await;
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_kept_sealed_and_its_loss_is_no_end() -> Result<()> {
    let postlink = Postlink::new()?;
    let dir = postlink.folder().join("out");
    accounts(&dir, &[("li", Role::Platform, "*", None), ("old", Role::Platform, "*", None)]).await?;
    // An older postlink kept keys in clear.
    let opened = storage::accounts::of_folder(&dir, std::sync::Arc::new(now)).await?;
    let (old, secrets) = opened.account("old").await?.context("an account")?;
    let secrets = Secrets { totp: Some(KEY.into()), ..secrets };
    assert!(opened.change_account(&Account { totp: true, ..old }, &secrets).await?);
    opened.close().await;
    postlink.write("my.toml", machine())?;
    let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;

    let li = served.person("li")?;
    let (key, codes) = set_up(&li)?;
    assert_eq!(codes.len(), 10, "{codes:?}");
    let (account, secrets) = kept(&postlink, "li").await?;
    let sealed = secrets.totp.context("a key")?;
    assert!(account.totp && sealed.starts_with("sealed.") && !sealed.contains(&key), "{sealed}");
    let file = postlink.folder().join(".local/state/postlink/console.key");
    assert_eq!(std::fs::metadata(&file)?.permissions().mode() & 0o777, 0o600);
    assert!(!dir.join("console.key").exists());

    assert!(!signs_in(&served, "li", "")?, "without it");
    assert!(!signs_in(&served, "li", &code(&key, 0)?)?, "its code was used when it was set up");
    assert!(signs_in(&served, "li", &code(&key, 1)?)?);
    assert!(!signs_in(&served, "li", &code(&key, 1)?)?, "twice");
    assert!(signs_in(&served, "li", &codes[3].to_uppercase().replace('-', " "))?);
    assert!(!signs_in(&served, "li", &codes[3])?, "twice");
    // New ones make the old ones void.
    assert!(li.get("/account")?.body.contains("9"));
    assert_eq!(li.submit("/account/codes", &[("password", "wrong wrong wrong")])?.status, 400);
    assert_eq!(li.submit("/account/codes", &[("password", PASSWORD)])?.status, 400, "without the second factor");
    let made = li.submit("/account/codes", &[("password", PASSWORD), ("old_code", &codes[5])])?;
    let new = texts(&made.body, ".codes code");
    assert!(new.len() == 10 && !signs_in(&served, "li", &codes[4])? && signs_in(&served, "li", &new[0])?);

    // Another phone takes the place of the first only with what the first shows, or a code for its loss.
    let another = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    let proof = code(another, 0)?;
    let replace = |old: &str| {
        li.submit("/account/factor", &[("password", PASSWORD), ("key", another), ("code", &proof), ("old_code", old)])
    };
    assert_eq!((replace("")?.status, replace("000000")?.status, replace(&codes[6])?.status), (400, 400, 400));
    assert!(!signs_in(&served, "li", &code(another, 1)?)?, "it is not set up");
    assert_eq!(replace(&new[1])?.status, 200);
    // What was proven with the first stays used: the next half minute has a code of its own.
    let until_next = 31 - u64::try_from(super::now().timestamp())? % 30;
    tokio::time::sleep(std::time::Duration::from_secs(until_next)).await;
    assert!(signs_in(&served, "li", &code(another, 1)?)?);

    let first = code(KEY, 0)?;
    assert!(signs_in(&served, "old", &first)?);
    let (_, secrets) = kept(&postlink, "old").await?;
    assert!(secrets.totp.is_some_and(|kept| kept.starts_with("sealed.")), "it is sealed once it was read");
    assert!(!signs_in(&served, "old", &first)?, "what was used stays used");
    assert!(signs_in(&served, "old", &code(KEY, 1)?)?);

    let log = served_log(&postlink).await?;
    for action in ["second-factor", "recovery-code", "recovery-codes", "proof-failed", "login-failed", "login"] {
        assert!(log.iter().any(|(who, done)| who == "li" && done == action), "{action}: {log:?}");
    }
    // It is taken away with its codes.
    let run = postlink.run(&["user", "password", "li", "--remove-totp", "--data", "out"])?;
    assert_eq!(run.code, Some(0), "{run:?}");
    let opened = storage::accounts::of_folder(&dir, std::sync::Arc::new(now)).await?;
    assert_eq!(opened.recovery_codes_left("li").await?, 0);
    opened.close().await;
    let log = served_log(&postlink).await?;
    assert!(["second-factor-removed", "password"].iter().all(|done| log.contains(&("-".into(), (*done).into()))));
    Ok(())
}

async fn served_log(postlink: &Postlink) -> Result<Vec<(String, String)>> {
    let dir = postlink.folder().join("out");
    let accounts = storage::accounts::of_folder(&dir, std::sync::Arc::new(now)).await?;
    let told = accounts.accesses(None, None, None, 99).await?;
    accounts.close().await;
    Ok(told.into_iter().map(|access| (access.who, access.action)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_is_required_nothing_is_shown_before() -> Result<()> {
    let postlink = Postlink::new()?;
    accounts(&postlink.folder().join("out"), &[("li", Role::Admin, "*", None)]).await?;
    let config =
        "[console]\nurl = \"https://console.test\"\nsecond_factor = \"required\"\nkey_file = \"keys/console.key\"\n";
    postlink.write("my.toml", format!("{}\n{config}", machine()))?;
    let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
    // Behind a proxy with TLS cookies are this host's alone.
    let fields = [("name", "li"), ("password", PASSWORD)];
    let entered = Person::nobody(&served.url).send("/login", &fields)?;
    let cookie = entered.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).context("a cookie")?;
    assert!(cookie.starts_with("__Host-postlink_session=") && !cookie.contains("Domain"), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(entered.headers.contains_key("strict-transport-security"));

    let li = served.person("li")?;
    for path in ["/", "/cases", "/users", "/log", "/queue", "/overview", "/accounts"] {
        let answer = li.get(path)?;
        assert!(answer.status != 200 && !answer.body.contains("<table"), "{path}: {}", answer.status);
    }
    assert_eq!(li.get("/cases")?.location.as_deref(), Some("/account"));
    let fields = [("name", "wang"), ("role", "admin"), ("tenant", "*")];
    assert_eq!(li.submit("/users", &fields)?.location.as_deref(), Some("/account"));
    assert!(kept(&postlink, "wang").await.is_err(), "nothing is done either");
    set_up(&li)?;
    assert_eq!(li.get("/cases")?.status, 200);
    assert!(postlink.folder().join("keys/console.key").exists());
    assert_eq!(li.submit("/logout", &[])?.status, 303);
    assert_eq!(li.get("/cases")?.status, 303);
    Ok(())
}
