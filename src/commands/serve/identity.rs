//! The identity provider of the console, as the configuration names it.

use console::identity::Settings;
use url::Url;

use crate::config::Console;
use crate::exit::Refused;
use crate::stores::said;

/// Where the secret stands that no file holds.
const SECRET: &str = "POSTLINK_OIDC_CLIENT_SECRET";

/// None where people sign in by passwords alone; refuses what nobody could sign in by.
pub(super) fn settings(console: &Console) -> Result<Option<Settings>, Refused> {
    let oidc = &console.oidc;
    if oidc.issuer.is_empty() {
        return Ok(None);
    }
    let wrong = |why: &str| Err(Refused::Configuration(format!("`console.oidc`: {why}")));
    if oidc.client_id.is_empty() {
        return wrong("`client_id` is missing: the provider gives one to each of its clients");
    }
    if Url::parse(&console.url).is_err() {
        return wrong("give `console.url`: the provider sends browsers back to it, and to no other address");
    }
    if !oidc.scopes.split_whitespace().any(|scope| scope == "openid") {
        return wrong("`openid` is missing among the `scopes`: without it no provider says who signed in");
    }
    if oidc.claim.is_empty() {
        return wrong("`claim` is empty: `sub` is what every provider has");
    }
    Ok(Some(Settings {
        issuer: oidc.issuer.clone(),
        client_id: oidc.client_id.clone(),
        client_secret: secret(console)?,
        names: [oidc.name_zh.clone(), oidc.name_en.clone()],
        scopes: oidc.scopes.clone(),
        claim: oidc.claim.clone(),
    }))
}

fn secret(console: &Console) -> Result<Option<String>, Refused> {
    let file = &console.oidc.client_secret_file;
    if file.as_os_str().is_empty() {
        return Ok(said(SECRET));
    }
    let read = std::fs::read_to_string(file).map_err(|error| {
        let file = file.display();
        Refused::Configuration(format!(
            "read `console.oidc.client_secret_file` {file}: {error}; name a file that holds the secret alone"
        ))
    })?;
    Ok(Some(read.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{self, Config};

    fn named() -> Config {
        let mut config = config::load(None).expect("the defaults");
        config.console.url = "https://console.test".into();
        config.console.oidc.issuer = "https://id.test".into();
        config.console.oidc.client_id = "postlink".into();
        config
    }

    #[test]
    fn a_provider_that_nobody_could_sign_in_by_is_refused() {
        let refused = |change: fn(&mut Console), missing: &str| {
            let mut config = named();
            change(&mut config.console);
            let refusal = settings(&config.console).expect_err(missing).to_string();
            assert!(refusal.contains(missing), "{refusal}");
        };
        refused(|console| console.oidc.client_id.clear(), "client_id");
        refused(|console| console.url.clear(), "console.url");
        refused(|console| console.oidc.scopes = "email".into(), "openid");
        refused(|console| console.oidc.claim.clear(), "claim");
        refused(|console| console.oidc.client_secret_file = "no-such-secret".into(), "no-such-secret");
    }

    #[test]
    fn a_provider_has_its_names_in_the_order_of_the_languages() {
        let mut config = named();
        (config.console.oidc.name_zh, config.console.oidc.name_en) = ("单位".into(), "the office".into());
        let settings = settings(&config.console).expect("all is said").expect("a provider");
        assert_eq!(settings.names, ["单位", "the office"]);
        let without = config::load(None).expect("the defaults");
        assert!(super::settings(&without.console).expect("nothing is wrong").is_none());
    }
}
