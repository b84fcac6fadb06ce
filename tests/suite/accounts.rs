//! Accounts and tokens are looked after from the shell, beside whoever serves.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use console::auth::password;
use model::account::{Account, SCOPES};
use postlink_tests::postlink::{Postlink, Run};
use storage::accounts::{Accounts as _, FolderAccounts, Secrets, Session, TokenHash, Way};
use storage::suite::{nats, postgres};

/// Of the kind that nobody refuses.
const WORDS: &str = "several plain words";

struct Folder(Postlink);

impl Folder {
    fn new() -> Self {
        Self(Postlink::new().unwrap())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.0.run(&[arguments, &["--data", "out"]].concat()).unwrap()
    }

    /// What was printed, and what was said beside it.
    #[track_caller]
    fn runs(&self, arguments: &[&str]) -> (String, String) {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
        (run.stdout, run.stderr)
    }

    /// Refused for these words, as wrong usage.
    #[track_caller]
    fn refuses(&self, arguments: &[&str], words: &[&str]) {
        refused(&self.run(arguments), words);
    }

    /// With a password that is said.
    fn says(&self, password: &str, arguments: &[&str]) -> Run {
        self.0.run_told(&[arguments, &["--password-stdin", "--data", "out"]].concat(), password).unwrap()
    }

    #[track_caller]
    fn adds(&self, name: &str, role: &str, tenant: &str) -> String {
        self.runs(&["user", "add", name, "--role", role, "--tenant", tenant]).0.trim_end().to_owned()
    }

    fn data(&self) -> std::path::PathBuf {
        self.0.folder().join("out")
    }

    async fn accounts(&self) -> FolderAccounts {
        storage::accounts::of_folder(&self.data(), Arc::new(now)).await.unwrap()
    }

    async fn account(&self, name: &str) -> (Account, Secrets) {
        let accounts = self.accounts().await;
        let found = accounts.account(name).await.unwrap().unwrap();
        accounts.close().await;
        found
    }

    /// Whether this is the password of the account.
    async fn is(&self, name: &str, given: &str) -> bool {
        password::is(given, self.account(name).await.1.password.as_deref())
    }
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

#[track_caller]
fn refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, Some(2), "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "`{word}` is not in {}", run.stderr);
    }
}

/// The names of the files below a folder that hold these bytes.
fn holding(folder: &Path, bytes: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        if entry.file_type().unwrap().is_dir() {
            found.extend(holding(&entry.path(), bytes));
        } else if std::fs::read(entry.path()).unwrap().windows(bytes.len()).any(|part| part == bytes.as_bytes()) {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

#[tokio::test]
async fn accounts_are_added_and_listed_and_a_name_is_taken_once() {
    let folder = Folder::new();
    let (first, second) = (folder.adds("li", "platform", "feed"), folder.adds("wang", "regulator", "*"));
    assert!(first.len() == 24 && first != second, "a password is made: {first}");
    assert!(folder.is("li", &first).await && !folder.is("wang", &first).await);
    assert_eq!(holding(&folder.data(), &first), Vec::<String>::new());
    folder.runs(&["user", "add", "root", "--role", "admin"]);
    folder.0.write("password", format!("{WORDS}\r\n")).unwrap();
    let more = ["--platform", "feed", "--language", "en", "--password-file", "password"];
    let add = ["user", "add", "shop@feed", "--role", "advertiser", "--tenant", "adv-1"];
    let (printed, said) = folder.runs(&[&add[..], &more].concat());
    assert!(printed.is_empty() && said.contains("`shop@feed` is added"), "{printed}{said}");
    assert!(folder.is("shop@feed", WORDS).await, "without the line break");
    let (shop, kept) = folder.account("shop@feed").await;
    assert_eq!((shop.platform.as_deref(), shop.language.as_deref()), (Some("feed"), Some("en")));
    assert!(kept.password.unwrap().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));

    let (listed, _) = folder.runs(&["user", "list"]);
    let begin = [
        "li  platform of feed,",
        "root  admin of *,",
        "shop@feed  advertiser of adv-1 on feed,",
        "wang  regulator of *,",
    ];
    assert_eq!(listed.lines().count(), begin.len(), "{listed}");
    for (line, begin) in listed.lines().zip(begin) {
        assert!(line.starts_with(begin) && line.ends_with(", enabled"), "{line}");
    }
    folder.refuses(&["user", "add", "li", "--role", "admin"], &["`li` already"]);
    assert!(folder.is("li", &first).await, "it is as it was");
}

#[test]
fn what_is_wrong_is_told_before_anything_is_made() {
    let folder = Folder::new();
    let add = |more: &[&'static str]| [&["user", "add"], more].concat();
    folder.refuses(&add(&["li", "--role", "boss"]), &["`boss`", "platform, advertiser, regulator or admin"]);
    folder.refuses(&add(&["li", "--role", "platform"]), &["--tenant"]);
    folder.refuses(&add(&["li", "--role", "advertiser", "--tenant", "*"]), &["of one advertiser"]);
    folder.refuses(&add(&["Li", "--role", "admin"]), &["`Li`", "lower-case"]);
    folder.refuses(&add(&["li", "--role", "regulator", "--tenant", "a", "--platform", "b"]), &["advertiser only"]);
    folder.refuses(&add(&["li", "--role", "admin", "--password-file", "none"]), &["none"]);
    folder.refuses(
        &add(&["li", "--role", "admin", "--password-file", "a", "--password-stdin"]),
        &["cannot be used with"],
    );
    for (weak, why) in
        [("elevenchars\n", "at least 12"), ("Password2026!\n", "tried first"), ("wang.li.1234\n", "name")]
    {
        refused(&folder.says(weak, &["user", "add", "wang.li", "--role", "admin"]), &[why]);
    }
    folder.refuses(&["user", "list"], &["no postlink.db"]);
    assert!(!folder.data().exists());
    refused(&folder.0.run(&["user", "list"]).unwrap(), &["--data", "--database"]);
}

#[tokio::test]
async fn a_disabled_account_is_enabled_again() {
    let folder = Folder::new();
    folder.adds("li", "platform", "feed");
    folder.runs(&["user", "disable", "li"]);
    let since = folder.account("li").await.0.disabled_at;
    assert!(since.is_some() && folder.runs(&["user", "list"]).0.contains("disabled since"));
    let (_, said) = folder.runs(&["user", "disable", "li"]);
    assert!(said.contains("was disabled before") && folder.account("li").await.0.disabled_at == since, "{said}");
    folder.runs(&["user", "enable", "li"]);
    assert_eq!(folder.account("li").await.0.disabled_at, None);
    for command in ["disable", "enable", "password"] {
        folder.refuses(&["user", command, "wang"], &["no account `wang`"]);
    }
}

#[tokio::test]
async fn another_password_ends_sessions_and_leaves_the_second_factor_unless_told() {
    let folder = Folder::new();
    let first = folder.adds("li", "platform", "feed");
    let accounts = folder.accounts().await;
    let (account, secrets) = accounts.account("li").await.unwrap().unwrap();
    let secrets = Secrets { totp: Some("ABC".into()), totp_step: Some(7), ..secrets };
    accounts.change_account(&Account { totp: true, ..account }, &secrets).await.unwrap();
    let session = Session {
        hash: TokenHash::of("cookie"),
        account: "li".into(),
        way: Way::Password,
        csrf: "form".into(),
        begun_at: now(),
        seen_at: now(),
        ends_at: now() + TimeDelta::hours(1),
        address: "192.0.2.7".into(),
        agent: "Firefox".into(),
    };
    let (_, changed) = accounts.account("li").await.unwrap().unwrap();
    assert!(accounts.begin_session(&session, changed.version).await.unwrap());
    assert!(accounts.session(&session.hash, now()).await.unwrap().is_some());
    accounts.close().await;

    let run = folder.says(&format!("{WORDS}\n"), &["user", "password", "li"]);
    assert!(run.code == Some(0) && run.stdout.is_empty(), "{run:?}");
    assert!(folder.is("li", WORDS).await && !folder.is("li", &first).await);
    let (account, kept) = folder.account("li").await;
    assert_eq!((account.totp, kept.totp.as_deref(), kept.totp_step), (true, Some("ABC"), Some(7)));
    let accounts = folder.accounts().await;
    assert_eq!(accounts.session(&session.hash, now()).await.unwrap(), None);
    accounts.close().await;
    assert!(folder.runs(&["user", "list"]).0.contains("with a second factor"));

    refused(&folder.says("password1234", &["user", "password", "li"]), &["tried first"]);
    let (made, _) = folder.runs(&["user", "password", "li", "--remove-totp"]);
    assert!(folder.is("li", made.trim_end()).await && !folder.is("li", WORDS).await);
    let (account, kept) = folder.account("li").await;
    assert_eq!((account.totp, kept.totp, kept.totp_step), (false, None, None));
}

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_its_hash() {
    let folder = Folder::new();
    folder.adds("li", "platform", "feed");
    folder.adds("wang", "advertiser", "adv-1");
    let create = |more: &[&'static str]| [&["token", "create", "--name", "nightly", "--user"], more].concat();
    let (printed, said) = folder.runs(&create(&["li", "--scope", "read", "--scope", "decide", "--scope", "read"]));
    let secret = printed.trim_end();
    let chance = secret.strip_prefix("plk_").unwrap();
    let plain = chance.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    assert!(chance.len() == 43 && plain && said.contains("of `li`"), "{printed}{said}");
    let (short, _) = folder.runs(&create(&["li", "--scope", "read", "--days", "30"]));
    assert_ne!(short, printed);
    // Neither the secret nor its part that is chance.
    assert_eq!(holding(&folder.data(), chance), Vec::<String>::new());

    let accounts = folder.accounts().await;
    let (token, account) = accounts.token(&TokenHash::of(secret), now()).await.unwrap().unwrap();
    assert_eq!((token.scopes, account.name.as_str()), (vec!["decide".to_owned(), "read".to_owned()], "li"));
    assert_eq!(token.ends_at, None);
    let hash = TokenHash::of(short.trim_end());
    let (begun, _) = accounts.token(&hash, DateTime::UNIX_EPOCH).await.unwrap().unwrap();
    let ends_at = begun.created_at + TimeDelta::days(30);
    assert_eq!((begun.ends_at, accounts.token(&hash, ends_at).await.unwrap()), (Some(ends_at), None));
    accounts.close().await;

    let (listed, _) = folder.runs(&["token", "list", "--user", "li"]);
    let first = listed.lines().find(|line| line.starts_with(&token.id)).unwrap();
    assert!(
        first.contains("decide read")
            && first.contains("good until it is revoked")
            && first.ends_with("never used: nightly"),
        "{first}"
    );
    assert!(listed.lines().count() == 2 && !listed.contains("plk_"), "{listed}");
    folder.refuses(&["token", "revoke", &token.id, "--user", "wang"], &["no token"]);
    folder.runs(&["token", "revoke", &token.id, "--user", "li"]);
    folder.refuses(&["token", "revoke", &token.id, "--user", "li"], &["no token"]);
    assert!(folder.runs(&["token", "list", "--user", "li"]).0.contains("revoked at"));
    let accounts = folder.accounts().await;
    assert_eq!(accounts.token(&TokenHash::of(secret), now()).await.unwrap(), None);
    accounts.close().await;

    folder.refuses(
        &create(&["wang", "--scope", "read", "--scope", "decide"]),
        &["role advertiser", "`decide`", "read, ads"],
    );
    folder.refuses(&create(&["li", "--scope", "admin"]), &["role platform", "`admin`"]);
    folder.refuses(&create(&["li", "--scope", "write"]), &[&["`write`"], &SCOPES[..]].concat());
    folder.refuses(&create(&["li"]), &["--scope"]);
    folder.refuses(&create(&["zhao", "--scope", "read"]), &["no account `zhao`"]);
    folder.refuses(&["token", "list", "--user", "zhao"], &["no account `zhao`"]);
    assert_eq!(folder.runs(&["token", "list", "--user", "wang"]).0, "");
}

/// The folder is held by a `serve`, and nobody else may work in it: accounts are rows beside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_are_changed_while_a_serve_holds_the_folder() {
    let (folder, broker) = (Folder::new(), nats::Server::start());
    folder.0.write("my.toml", format!("[console]\nlisten = \"\"\n[fleet]\nnats = \"{}\"\n", broker.url())).unwrap();
    let mut serve = folder.0.start(&["serve", "--config", "my.toml", "--data", "out"]).unwrap();
    serve.says("leads").unwrap();
    folder.refuses(&["sweep", "list"], &["another postlink is working in"]);
    // Several at once, too.
    let add = |name: &str| {
        folder.0.start(&["user", "add", name, "--role", "platform", "--tenant", "feed", "--data", "out"]).unwrap()
    };
    let begun: Vec<_> = ["li", "wang", "li", "zhao"].into_iter().map(add).collect();
    let mut codes: Vec<_> = begun.into_iter().map(|running| running.end().unwrap().code).collect();
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(0), Some(0), Some(2)], "one name is taken once");
    folder.runs(&["token", "create", "--user", "li", "--name", "nightly", "--scope", "read"]);
    folder.runs(&["user", "disable", "wang"]);
    assert!(serve.ended().unwrap().is_none(), "{}", serve.heard_so_far());
    serve.interrupt().unwrap();
    let run = serve.end().unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let (listed, _) = folder.runs(&["user", "list"]);
    assert!(listed.lines().count() == 3 && listed.contains("disabled since"), "{listed}");
    let verified = folder.0.run(&["verify", "out"]).unwrap();
    assert_eq!(verified.code, Some(0), "{verified:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn accounts_of_a_database_need_no_evidence() {
    let (server, postlink) = (postgres::Server::start(), Postlink::new().unwrap());
    let url = server.database("accounts");
    let run = |arguments: &[&str]| postlink.run(&[arguments, &["--database", &url]].concat()).unwrap();
    let add = ["user", "add", "li", "--role", "platform", "--tenant", "feed"];
    assert_eq!(run(&add).code, Some(0));
    refused(&run(&add), &["`li` already"]);
    let made = run(&["token", "create", "--user", "li", "--name", "nightly", "--scope", "read"]);
    assert!(made.code == Some(0) && made.stdout.starts_with("plk_"), "{made:?}");
    assert_eq!(run(&["user", "disable", "li"]).code, Some(0));
    assert!(run(&["user", "list"]).stdout.contains("disabled since"));
    let nowhere = postlink.run(&["user", "list", "--database", "mysql://x"]).unwrap();
    refused(&nowhere, &["postgres://"]);
}
