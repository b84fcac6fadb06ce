//! How often somebody may try to sign in: strangers lock nobody out, and nobody guesses for long.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use model::account::Role;
use postlink_tests::postlink::{Postlink, machine};
use storage::accounts::{Accounts as _, Remembered};

use super::person::Answer;
use super::{PASSWORD, Person, Served, accounts, now};

const WRONG: &str = "wrong wrong wrong";

struct World {
    served: Served,
    _postlink: Postlink,
}

impl World {
    /// Behind a proxy, which says from where people come.
    async fn new() -> Result<Self> {
        let postlink = Postlink::new()?;
        accounts(&postlink.folder().join("out"), &[("li", Role::Platform, "*", None)]).await?;
        postlink.write("my.toml", format!("{}\n[console]\nbehind_proxy = true\n", machine()))?;
        let served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
        Ok(Self { served, _postlink: postlink })
    }

    fn tries(&self, from: &str, password: &str, cookie: &str) -> Result<Answer> {
        let fields = [("name", "li"), ("password", password)];
        Person::nobody(&self.served.url).send_with("/login", &fields, &[("x-forwarded-for", from), ("cookie", cookie)])
    }

    fn fails(&self, from: &str, times: usize) -> Result<()> {
        for time in 0..times {
            let status = self.tries(from, WRONG, "")?.status;
            ensure!(status == 200, "{from}, {time}: {status}");
        }
        Ok(())
    }
}

/// What nobody asks for any more is not kept: answers of days ago, tries to sign in, sessions that have ended.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_is_taken_away_by_whoever_serves() -> Result<()> {
    let postlink = Postlink::new()?;
    let dir = postlink.folder().join("out");
    accounts(&dir, &[("li", Role::Platform, "*", None)]).await?;
    // As beside a `serve` on the same folder.
    let store = storage::accounts::of_folder(&dir, Arc::new(now)).await?;
    let long_ago = now() - TimeDelta::days(3);
    let answered = Remembered { request: [7; 32], status: 201, body: b"{}".to_vec() };
    ensure!(store.remember_answer("li", "key", &answered, long_ago).await?);
    postlink.write("my.toml", machine())?;
    let _served = Served::start(&postlink, "out", &["--config", "my.toml"])?;
    let since = Instant::now();
    while store.remembered_answer("li", "key", long_ago - TimeDelta::days(1)).await?.is_some() {
        ensure!(since.elapsed() < Duration::from_secs(60), "it is kept for ever");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    store.close().await;
    Ok(())
}

/// By which the browser is known that this was told to.
fn known(answer: &Answer) -> Result<String> {
    let told = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let cookie = told.into_iter().find(|cookie| cookie.starts_with("postlink_known=")).context("a cookie")?;
    ensure!(cookie.contains("HttpOnly") && cookie.contains("Max-Age="), "{cookie}");
    Ok(cookie.split(';').next().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_lock_nobody_out() -> Result<()> {
    let world = World::new().await?;
    let cookie = known(&world.tries("192.0.2.1", PASSWORD, "")?)?;
    // From one network, however many addresses it has.
    world.fails("2001:db8:1:2::1", 5)?;
    world.fails("2001:db8:1:2:ffff::7", 5)?;
    for password in [WRONG, PASSWORD] {
        let refused = world.tries("2001:db8:1:2::9", password, "")?;
        assert_eq!((refused.status, refused.headers.contains_key("retry-after")), (429, true));
    }
    assert_eq!(world.tries("2001:db8:1:3::1", PASSWORD, "")?.status, 303, "others are let in");
    // From everywhere at once: whoever was here before is let in.
    for from in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        world.fails(from, 10)?;
    }
    assert_eq!(world.tries("192.0.2.4", PASSWORD, "")?.status, 429);
    assert_eq!(world.tries("192.0.2.4", PASSWORD, "postlink_known=li")?.status, 429, "that is no proof");
    assert_eq!(world.tries("192.0.2.3", PASSWORD, &cookie)?.status, 429, "where as many failed");
    assert_eq!(world.tries("192.0.2.4", PASSWORD, &cookie)?.status, 303);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_tries_at_once_no_more_are_looked_at_than_may() -> Result<()> {
    let world = World::new().await?;
    let statuses = thread::scope(|scope| {
        let trying: Vec<_> = (0..24).map(|_| scope.spawn(|| world.tries("192.0.2.1", WRONG, ""))).collect();
        trying.into_iter().map(|one| Ok(one.join().expect("a thread")?.status)).collect::<Result<Vec<_>>>()
    })?;
    let count = |status| statuses.iter().filter(|its| **its == status).count();
    assert_eq!((count(200), count(429)), (10, 14), "{statuses:?}");
    Ok(())
}

/// Whoever finds a browser that is signed in cannot guess the password in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_is_asked_for_again_is_not_guessed() -> Result<()> {
    let world = World::new().await?;
    let li = world.served.person("li")?;
    let guess = |password| li.submit("/account/password", &[("old", password), ("new", "another long password")]);
    for time in 0..10 {
        assert_eq!(guess(WRONG)?.status, 400, "{time}");
    }
    assert_eq!(guess(WRONG)?.status, 429);
    assert_eq!(guess(PASSWORD)?.status, 429, "whatever is given now");
    assert!(li.get("/cases")?.status == 200 && world.served.person("li").is_ok(), "signing in is another matter");
    Ok(())
}
