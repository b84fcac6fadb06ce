//! Signing in by an identity provider: a certified one of others, by its own pages; and at the edge one of ours that lies.

mod browser;
mod liar;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use model::account::{Account, Role};
use postlink_tests::postlink::{Postlink, machine};
use postlink_tests::repository;

use super::{PASSWORD, Served, accounts};
use browser::Browser;

/// Of the client `postlink`; what a form would break is in it.
const SECRET: &str = "the client and nobody else: 100 %";

/// A provider of others (`provider.mjs`), as long as it is held.
struct Provider {
    process: Child,
    issuer: String,
}

impl Provider {
    fn start(console: &str, algorithm: &str) -> Result<Self> {
        let tools = repository::root().join(".cache/identity-tools");
        ensure!(tools.exists(), "{} is missing: run scripts/setup tests", tools.display());
        let mut process = Command::new("node")
            .arg(repository::root().join("tests/suite/console/identity/provider.mjs"))
            .arg(tools)
            .arg(format!("{console}/login/callback"))
            .arg(algorithm)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut issuer = String::new();
        BufReader::new(process.stdout.take().context("it is heard")?).read_line(&mut issuer)?;
        Ok(Self { process, issuer: issuer.trim().to_owned() })
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A console with the accounts `li` (a platform's, by identity alone), `wang` (disabled), and `local` (by password alone).
struct World {
    served: Served,
    postlink: Postlink,
}

impl World {
    /// `oidc` stands in the configuration; the issuer is that of those who sign in.
    async fn start(url: &str, issuer: &str, oidc: &str) -> Result<Self> {
        let postlink = Postlink::new()?;
        let dir = postlink.folder().join("out");
        accounts(&dir, &[("local", Role::Platform, "*", None)]).await?;
        for name in ["li", "wang"] {
            let run = postlink.run(&[
                "user",
                "add",
                name,
                "--role",
                "platform",
                "--tenant",
                "*",
                "--data",
                "out",
                "--issuer",
                issuer,
                "--subject",
                name,
            ])?;
            ensure!(run.code == Some(0) && run.stdout.is_empty(), "no password is made: {run:?}");
        }
        postlink.run(&["user", "disable", "wang", "--data", "out"])?;
        let config = format!(
            "{}\n[console]\nurl = \"{url}\"\nsecond_factor = \"required\"\n[console.oidc]\nissuer = \"{issuer}\"\n{oidc}",
            machine()
        );
        postlink.write("my.toml", config)?;
        postlink.write("secret", format!("{SECRET}\n"))?;
        let listen = url.trim_start_matches("http://");
        let served = Served::start_at(&postlink, "out", listen, &["--config", "my.toml"])?;
        Ok(Self { served, postlink })
    }

    async fn with(provider: &Provider, url: &str, oidc: &str) -> Result<Self> {
        Self::start(url, &provider.issuer, oidc).await
    }

    /// The log of everybody, as an administrator would read it.
    async fn told(&self) -> Result<Vec<(String, String)>> {
        use storage::accounts::Accounts as _;
        let dir = self.postlink.folder().join("out");
        let accounts = storage::accounts::of_folder(&dir, std::sync::Arc::new(super::now)).await?;
        let told = accounts.accesses(None, None, None, 99).await?;
        accounts.close().await;
        Ok(told.into_iter().map(|access| (access.who, access.action)).collect())
    }

    async fn account(&self, name: &str) -> Result<Account> {
        use storage::accounts::Accounts as _;
        let dir = self.postlink.folder().join("out");
        let accounts = storage::accounts::of_folder(&dir, std::sync::Arc::new(super::now)).await?;
        let (account, _) = accounts.account(name).await?.context("an account")?;
        accounts.close().await;
        Ok(account)
    }
}

/// Where nobody listens yet.
fn free() -> Result<String> {
    Ok(format!("http://{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?))
}

const CLIENT: &str = "client_id = \"postlink\"\nclient_secret_file = \"secret\"\nname_en = \"the office <b>\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_an_account_signs_in_by_the_providers_own_pages() -> Result<()> {
    let url = free()?;
    let provider = Provider::start(&url, "RS256")?;
    let world = World::with(&provider, &url, CLIENT).await?;
    let mut li = Browser::new();
    let page = li.get(&format!("{url}/login?next=/cases"))?;
    assert!(
        page.body.contains("/login/provider?next=%2Fcases") && page.body.contains("the office &lt;b&gt;"),
        "{}",
        page.body
    );
    assert!(page.body.contains("an administrator makes it first"), "{}", page.body);
    let landed = li.sign_in(&url, "li", "/cases?verdict=clean")?;
    assert_eq!((landed.status, landed.at.as_str()), (200, format!("{url}/cases?verdict=clean").as_str()));
    // It is asked for no code of ours, has no password here, and ends like any other.
    let account = li.get(&format!("{url}/account"))?;
    assert!(
        !account.body.contains("/account/password") && !account.body.contains("/account/factor"),
        "{}",
        account.body
    );
    let csrf = Browser::csrf(&account.body)?;
    assert_eq!(li.post(&format!("{url}/logout"), &[("csrf", &csrf)])?.status, 303);
    assert_eq!(li.get(&format!("{url}/account"))?.status, 303);
    let told = world.told().await?;
    assert_eq!(told[..2], [("li".into(), "logout".into()), ("li".into(), "login".into())]);
    // Passwords work beside it.
    assert_eq!(world.served.person("local")?.get("/account")?.status, 200);
    let mut nobody = Browser::new();
    let tried = nobody.post(&format!("{url}/login"), &[("name", "li"), ("password", PASSWORD)])?;
    assert!(tried.status == 200 && tried.body.contains("not right"), "an account without a password has none");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_of_signing_and_of_proving_ourselves_is_understood() -> Result<()> {
    for (algorithm, oidc) in [
        ("PS256", CLIENT),
        ("ES256", "client_id = \"public\"\n"),
        ("Ed25519", "client_id = \"public\"\nscopes = \"openid email\"\n"),
    ] {
        let url = free()?;
        let provider = Provider::start(&url, algorithm)?;
        let world = World::with(&provider, &url, oidc).await?;
        let landed = Browser::new().sign_in(&url, "li", "/account")?;
        assert_eq!((landed.status, landed.at), (200, format!("{url}/account")), "{algorithm}: {}", landed.body);
        drop(world);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_is_told_what_to_do_and_gets_none() -> Result<()> {
    let url = free()?;
    let provider = Provider::start(&url, "RS256")?;
    let world = World::with(&provider, &url, CLIENT).await?;
    for (who, language, said) in [
        ("zhao", "en", "An administrator must make it first"),
        ("zhao", "zh-CN", "须先由管理员创建"),
        ("wang", "en", "An administrator must make it first"),
    ] {
        let mut browser = Browser::new().speaking(language);
        let landed = browser.sign_in(&url, who, "/")?;
        assert!(landed.status == 200 && landed.body.contains(said), "{}", landed.body);
        let shown = landed.body.replace("&#x2f;", "/");
        assert!(shown.contains(&format!("<code>{} {who}</code>", provider.issuer)), "{shown}");
        assert_eq!(browser.get(&format!("{url}/account"))?.status, 303, "nobody is signed in");
    }
    let told = world.told().await?;
    assert!(told.contains(&(format!("{} zhao", provider.issuer), "login-failed".into())), "{told:?}");
    // An administrator does what the page says.
    let dir = ["--data", "out"];
    let add = [
        "user",
        "add",
        "zhao",
        "--role",
        "platform",
        "--tenant",
        "*",
        "--issuer",
        &provider.issuer,
        "--subject",
        "zhao",
    ];
    let run = world.postlink.run(&[&add[..], &dir].concat())?;
    assert_eq!(run.code, Some(0), "{run:?}");
    let mut zhao = Browser::new();
    assert_eq!(zhao.sign_in(&url, "zhao", "/account")?.status, 200);
    // And takes it back: the session ends with it.
    let run = world.postlink.run(&[&["user", "identity", "zhao", "--none"][..], &dir].concat())?;
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(zhao.get(&format!("{url}/account"))?.status, 303);
    assert_eq!(world.account("zhao").await?.issuer_subject, None);
    let taken = ["user", "identity", "zhao", "--issuer", &provider.issuer, "--subject", "li"];
    let run = world.postlink.run(&[&taken[..], &dir].concat())?;
    assert!(run.code == Some(2) && run.stderr.contains("`li` already"), "{run:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_did_not_begin_in_this_browser_leads_nowhere() -> Result<()> {
    let url = free()?;
    let provider = Provider::start(&url, "RS256")?;
    let mut world = World::with(&provider, &url, CLIENT).await?;
    let refused = |browser: &mut Browser, back: &str, said: &str| -> Result<()> {
        let answer = browser.get(back)?;
        assert!(answer.status == 200 && answer.body.contains(said), "{back}: {} {}", answer.status, answer.body);
        assert_eq!(browser.get(&format!("{url}/account"))?.status, 303, "{back}");
        Ok(())
    };
    // Another state, and the right one in another browser.
    let mut li = Browser::new();
    let back = li.until_back(&url, "li", "/")?;
    let other_state = back.replace("state=", "state=x");
    refused(&mut li, &other_state, "did not begin in this browser")?;
    let back = li.until_back(&url, "li", "/")?;
    refused(&mut Browser::new(), &back, "did not begin in this browser")?;
    // Another provider's answer (RFC 9207).
    let (before, _) = back.split_once("&iss=").context("the provider says who it is")?;
    refused(&mut li, &format!("{before}&iss=https%3A%2F%2Fevil.test"), "could not be believed")?;
    let back = li.until_back(&url, "li", "/")?;
    let (before, _) = back.split_once("&iss=").context("the provider says who it is")?;
    refused(&mut li, before, "could not be believed")?;
    // A code that is used again, with the cookie of its own sign-in.
    let back = li.until_back(&url, "li", "/")?;
    let cookie = li.cookie(&url, "postlink_signing_in").context("it began")?;
    assert_eq!(li.get(&back)?.status, 303);
    assert_eq!(li.cookie(&url, "postlink_signing_in"), None, "it is finished");
    let mut thief = Browser::new();
    thief.keep(&url, "postlink_signing_in", &cookie);
    refused(&mut thief, &back, "could not be believed")?;
    // A code of one sign-in in another: the verifier is not the one that the provider was told of.
    let (mut one, mut two) = (Browser::new(), Browser::new());
    let (back_one, back_two) = (one.until_back(&url, "li", "/")?, two.until_back(&url, "li", "/")?);
    let code =
        |back: &str| back.split("code=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default().to_owned();
    let mixed = back_two.replace(&code(&back_two), &code(&back_one));
    refused(&mut two, &mixed, "could not be believed")?;
    // Who says no at the provider.
    let mut no = Browser::new();
    let landed = no.breaks_off(&url)?;
    assert!(landed.body.contains("broken off"), "{}", landed.body);
    // Of all of this the reasons stand in the log, and no code or secret does.
    let heard = world.served.says("invalid_grant")?;
    assert!(!heard.contains(&code(&back)) && !heard.contains(SECRET), "{heard}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_is_asked_is_bound_to_this_sign_in() -> Result<()> {
    let url = free()?;
    let provider = Provider::start(&url, "RS256")?;
    let _world = World::with(&provider, &url, CLIENT).await?;
    let asked = Browser::new().get(&format!("{url}/login/provider"))?;
    let there = url::Url::parse(&asked.location.context("it sends there")?)?;
    let said: std::collections::BTreeMap<_, _> = there.query_pairs().into_owned().collect();
    assert_eq!(said["response_type"], "code");
    assert_eq!(said["redirect_uri"], format!("{url}/login/callback"));
    assert_eq!((said["code_challenge_method"].as_str(), said["code_challenge"].len()), ("S256", 43));
    assert!(said["state"].len() == 43 && said["nonce"].len() == 43 && said["nonce"] != said["state"]);
    let again = Browser::new().get(&format!("{url}/login/provider"))?.location.context("it sends there")?;
    assert!(!again.contains(&said["state"]) && !again.contains(&said["code_challenge"]));
    let cookie = asked.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()).context("a cookie")?;
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Max-Age=600"),
        "{cookie}"
    );
    // Without the challenge's counterpart a real provider gives nothing: it demands PKCE.
    let bare = there.as_str().replace("code_challenge", "x_challenge");
    let back = Browser::new().get(&bare)?.location.context("it refuses")?;
    assert!(back.contains("error=invalid_request"), "{back}");
    // Another way back is refused by it.
    let elsewhere = there.as_str().replace("%2Flogin%2Fcallback", "%2Flogin%2Felsewhere");
    assert_eq!(Browser::new().get(&elsewhere)?.status, 400);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_lies_is_not_believed() -> Result<()> {
    let liar = liar::Liar::start().await?;
    for lie in liar::LIES {
        liar.lies(lie);
        // Each to a console of its own: one that was lied to of what the provider is asks it nothing for a while.
        let url = free()?;
        let mut world = World::start(&url, &liar.issuer, "client_id = \"postlink\"\n").await?;
        let mut li = Browser::new();
        let landed = li.through(&format!("{url}/login/provider?next=/account"))?;
        let signed_in = li.get(&format!("{url}/account"))?.status == 200;
        assert_eq!(signed_in, lie == liar::Lie::None, "{lie:?}: {}", landed.body);
        let heard = world.served.says(lie.told())?;
        assert!(lie == liar::Lie::None || landed.body.contains("role=\"alert\""), "{lie:?}: {}", landed.body);
        assert!(!heard.contains("eyJ"), "no token is told: {heard}");
    }
    Ok(())
}

/// Whoever comes by has shown nothing yet: they do not make us ask a provider that is down again and again.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_silent_is_left_alone_for_a_while() -> Result<()> {
    use std::io::{Read as _, Write as _};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (issuer, asked) = (format!("http://{}", listener.local_addr()?), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let answered = stream.and_then(|mut stream| {
                let _ = stream.read(&mut [0; 4096])?;
                stream.write_all(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            });
            drop(answered);
        }
    });
    let world = World::start(&free()?, &issuer, "client_id = \"postlink\"\n").await?;
    let pages = std::thread::scope(|scope| {
        let leaving: Vec<_> =
            (0..12).map(|_| scope.spawn(|| super::Person::nobody(&world.served.url).get("/login/provider"))).collect();
        leaving.into_iter().map(|one| one.join().expect("a thread")).collect::<Result<Vec<_>>>()
    })?;
    assert!(pages.iter().all(|page| page.status == 200 && page.body.contains("<form")), "one can sign in otherwise");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    Ok(())
}
