//! Every promise of [`Accounts`], once, as functions that each back end's tests call on a fresh one.

use chrono::{DateTime, TimeDelta, Utc};
use model::account::{Account, Role};

use super::*;

/// Makes a test of each promise, or one of all of them, as `storage_suite!` does for stores.
macro_rules! accounts_suite {
    ($fresh:path $(, within $servers:path)?) => {
        $crate::accounts::suite::accounts_suite!($fresh $(, within $servers)?:
            an_account_is_added_once_and_given_back_whole,
            an_identity_kept_elsewhere_is_one_accounts,
            accounts_come_by_name,
            what_is_changed_is_changed_whole_and_only_where_it_is,
            another_password_ends_sessions_and_another_language_does_not,
            a_disabled_account_has_no_session_and_none_when_it_is_enabled,
            a_step_is_used_once_whoever_asks,
            a_step_that_was_used_stays_so_when_the_account_is_changed,
            a_recovery_code_is_used_once_whoever_asks,
            what_was_changed_meanwhile_is_not_changed_back,
            of_changes_at_once_one_is_made,
            no_session_begins_by_what_was_changed_meanwhile,
            a_session_knows_how_it_began,
            a_session_goes_on_until_its_end,
            sessions_are_ended_one_by_one_or_all_others,
            a_token_ends_or_is_revoked_or_its_account_disabled,
            a_token_of_another_account_is_not_revoked,
            no_more_logins_fail_than_may_of_a_name_and_from_a_place,
            of_logins_tried_at_once_no_more_go_on_than_may,
            failed_logins_that_are_long_past_are_dropped,
            accesses_come_latest_first_and_page_by_page,
            an_answer_is_remembered_once_of_many_at_once,
            an_answer_that_is_under_way_is_settled_once_or_forgotten,
            an_answer_that_is_over_makes_room,
            an_answer_that_never_came_makes_room_after_minutes,
            what_is_over_is_tidied_away,
            what_strangers_write_is_kept_without_harm,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::accounts::suite::$promise(&store).await;
        })*
    };
    ($fresh:path, within $servers:path: $($promise:ident,)*) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_promise_is_kept() {
            let servers = $servers();
            $({
                let store = $fresh(&servers, stringify!($promise)).await;
                $crate::accounts::suite::$promise(&store).await;
            })*
        }
    };
}

pub(crate) use accounts_suite;

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + 60 * minutes, 0).expect("a time")
}

pub(crate) fn account(name: &str) -> Account {
    Account::new(name, Role::Platform, "feed", None, at(0)).expect("an account")
}

fn secrets(password: &str) -> Secrets {
    Secrets { password: Some(password.to_owned()), totp: Some("ABC".into()), ..Secrets::default() }
}

/// As it is now.
async fn read(store: &impl Accounts, name: &str) -> (Account, Secrets) {
    store.account(name).await.expect("reads").expect("it is there")
}

/// Puts this in place of what is there now.
async fn change(store: &impl Accounts, account: &Account, secrets: Secrets) {
    let (_, Secrets { version, .. }) = read(store, &account.name).await;
    assert!(store.change_account(account, &Secrets { version, ..secrets }).await.expect("changes"));
}

async fn add(store: &impl Accounts, name: &str) -> Account {
    let account = account(name);
    assert!(store.add_account(&account, &secrets("one")).await.expect("adds"));
    account
}

fn session(account: &str, secret: &str, begun: i64) -> Session {
    Session {
        hash: TokenHash::of(secret),
        account: account.to_owned(),
        way: Way::Password,
        csrf: format!("csrf of {secret}"),
        begun_at: at(begun),
        seen_at: at(begun),
        ends_at: at(begun + 60),
        address: "192.0.2.7".into(),
        agent: "Firefox".into(),
    }
}

async fn begin(store: &impl Accounts, account: &str, secret: &str) -> Session {
    let session = session(account, secret, 0);
    begin_it(store, &session).await;
    session
}

async fn begin_it(store: &impl Accounts, session: &Session) {
    let (_, Secrets { version, .. }) = read(store, &session.account).await;
    assert!(store.begin_session(session, version).await.expect("begins"));
}

async fn goes_on(store: &impl Accounts, session: &Session, minutes: i64) -> bool {
    store.session(&session.hash, at(minutes)).await.expect("reads").is_some()
}

pub(crate) fn token(account: &str, id: &str) -> ApiToken {
    ApiToken {
        id: id.to_owned(),
        hash: TokenHash::of(&format!("secret of {id}")),
        account: account.to_owned(),
        name: "nightly import".into(),
        scopes: vec!["read".into(), "ads".into()],
        created_at: at(0),
        ends_at: None,
        used_at: None,
        revoked_at: None,
    }
}

async fn good(store: &impl Accounts, token: &ApiToken, minutes: i64) -> Option<(ApiToken, Account)> {
    store.token(&token.hash, at(minutes)).await.expect("reads")
}

pub(crate) fn access(who: &str, action: &str, object: &str) -> NewAccess {
    NewAccess {
        at: at(0),
        who: who.to_owned(),
        role: "platform".into(),
        action: action.to_owned(),
        object: object.to_owned(),
        address: "192.0.2.7".into(),
    }
}

fn answer(said: &str) -> Remembered {
    Remembered { request: TokenHash::of(said).0, status: 201, body: format!("\0{said}").into_bytes() }
}

pub(crate) async fn an_account_is_added_once_and_given_back_whole(store: &impl Accounts) {
    let whole = Account {
        platform: Some("feed".into()),
        language: Some("zh-CN".into()),
        disabled_at: Some(at(1)),
        totp: true,
        issuer_subject: Some("https://id.test 7".into()),
        ..account("li")
    };
    let hidden = Secrets { totp_step: Some(7), ..secrets("one") };
    assert!(store.add_account(&whole, &hidden).await.expect("adds"));
    assert!(!store.add_account(&account("li"), &secrets("two")).await.expect("looks"), "the name is taken");
    assert_eq!(store.account("li").await.expect("reads"), Some((whole, hidden)));
    assert_eq!(store.account("wang").await.expect("reads"), None);
}

pub(crate) async fn an_identity_kept_elsewhere_is_one_accounts(store: &impl Accounts) {
    let identity = "https://id.test 7";
    let li = Account { issuer_subject: Some(identity.into()), ..account("li") };
    assert!(store.add_account(&li, &Secrets::default()).await.expect("adds"));
    let other = Account { name: "wang".into(), ..li.clone() };
    assert!(!store.add_account(&other, &Secrets::default()).await.expect("looks"), "the identity is taken");
    assert_eq!(store.account_of_subject(identity).await.expect("reads"), Some((li, Secrets::default())));
    assert_eq!(store.account_of_subject("https://id.test 8").await.expect("reads"), None);
}

pub(crate) async fn accounts_come_by_name(store: &impl Accounts) {
    let [wang, li] = [add(store, "wang").await, add(store, "li").await];
    assert_eq!(store.accounts().await.expect("lists"), [li, wang]);
}

pub(crate) async fn what_is_changed_is_changed_whole_and_only_where_it_is(store: &impl Accounts) {
    let [li, wang] = [add(store, "li").await, add(store, "wang").await];
    let changed = Account {
        role: Role::Advertiser,
        tenant: "adv-1".into(),
        platform: Some("feed".into()),
        language: Some("en".into()),
        totp: true,
        issuer_subject: Some("https://id.test 7".into()),
        ..li
    };
    let hidden = Secrets { totp: Some("DEF".into()), totp_step: Some(3), ..Secrets::default() };
    assert!(store.change_account(&changed, &hidden).await.expect("changes"));
    assert_eq!(read(store, "li").await, (changed, Secrets { version: Version(1), ..hidden }));
    assert_eq!(store.account("wang").await.expect("reads"), Some((wang, secrets("one"))));
    assert!(!store.change_account(&account("zhao"), &secrets("one")).await.expect("looks"));
    assert_eq!(store.account("zhao").await.expect("reads"), None);
}

pub(crate) async fn another_password_ends_sessions_and_another_language_does_not(store: &impl Accounts) {
    let [li, _] = [add(store, "li").await, add(store, "wang").await];
    let [one, other] = [begin(store, "li", "a").await, begin(store, "wang", "b").await];
    let speaks = Account { language: Some("en".into()), ..li };
    change(store, &speaks, secrets("one")).await;
    assert!(goes_on(store, &one, 1).await);
    change(store, &speaks, secrets("two")).await;
    assert!(!goes_on(store, &one, 1).await && goes_on(store, &other, 1).await);
}

pub(crate) async fn a_disabled_account_has_no_session_and_none_when_it_is_enabled(store: &impl Accounts) {
    let li = add(store, "li").await;
    let before = begin(store, "li", "a").await;
    let disabled = Account { disabled_at: Some(at(1)), ..li.clone() };
    change(store, &disabled, secrets("one")).await;
    // Of a login that was under way.
    let meanwhile = begin(store, "li", "b").await;
    assert!(!goes_on(store, &before, 2).await && !goes_on(store, &meanwhile, 2).await);
    change(store, &li, secrets("one")).await;
    assert!(!goes_on(store, &before, 3).await && !goes_on(store, &meanwhile, 3).await);
    assert!(goes_on(store, &begin(store, "li", "c").await, 3).await);
}

pub(crate) async fn a_step_is_used_once_whoever_asks(store: &impl Accounts) {
    add(store, "li").await;
    let used = futures_util::future::join_all((0..8).map(|_| store.use_totp("li", 100))).await;
    assert_eq!(used.into_iter().filter(|used| *used.as_ref().expect("uses")).count(), 1);
    assert!(!store.use_totp("li", 99).await.expect("looks"), "a later one was used");
    assert!(store.use_totp("li", 101).await.expect("uses"));
    assert!(!store.use_totp("wang", 100).await.expect("looks"));
}

pub(crate) async fn a_step_that_was_used_stays_so_when_the_account_is_changed(store: &impl Accounts) {
    let li = add(store, "li").await;
    assert!(store.use_totp("li", 100).await.expect("uses"));
    // As they were read before.
    change(store, &li, secrets("one")).await;
    assert!(!store.use_totp("li", 100).await.expect("looks"));
    let kept_otherwise = Secrets { totp: Some("sealed".into()), totp_step: Some(99), ..secrets("one") };
    change(store, &li, kept_otherwise).await;
    assert!(!store.use_totp("li", 100).await.expect("looks"));
    let another = Secrets { totp: Some("DEF".into()), ..secrets("one") };
    change(store, &li, another).await;
    assert!(store.use_totp("li", 100).await.expect("uses"), "of another secret");
}

pub(crate) async fn a_recovery_code_is_used_once_whoever_asks(store: &impl Accounts) {
    add(store, "li").await;
    add(store, "wang").await;
    let codes = ["one", "two"].map(TokenHash::of);
    store.renew_recovery_codes("li", &codes).await.expect("gives");
    let left = async || store.recovery_codes_left("li").await.expect("counts");
    assert!(!store.use_recovery_code("wang", &codes[0]).await.expect("looks"), "another's");
    let used = futures_util::future::join_all((0..8).map(|_| store.use_recovery_code("li", &codes[0]))).await;
    assert_eq!(used.into_iter().filter(|used| *used.as_ref().expect("uses")).count(), 1);
    assert_eq!(left().await, 1);
    let others = ["three"].map(TokenHash::of);
    store.renew_recovery_codes("li", &others).await.expect("gives");
    assert!(!store.use_recovery_code("li", &codes[1]).await.expect("looks"), "it was replaced");
    assert_eq!(left().await, 1);
    store.renew_recovery_codes("li", &[]).await.expect("takes away");
    assert_eq!(left().await, 0);
}

pub(crate) async fn what_was_changed_meanwhile_is_not_changed_back(store: &impl Accounts) {
    let li = add(store, "li").await;
    let (_, before) = read(store, "li").await;
    change(store, &li, secrets("two")).await;
    let speaks = Account { language: Some("en".into()), ..li.clone() };
    let error = store.change_account(&speaks, &before).await.expect_err("was overtaken");
    assert!(error.to_string().contains("`li`") && error.to_string().contains("again"), "{error}");
    assert_eq!(read(store, "li").await, (li, Secrets { version: Version(1), ..secrets("two") }));
}

pub(crate) async fn of_changes_at_once_one_is_made(store: &impl Accounts) {
    let li = add(store, "li").await;
    let changes = (0..8).map(async |number| {
        let secrets = secrets(&format!("password {number}"));
        store.change_account(&li, &secrets).await
    });
    let made = futures_util::future::join_all(changes).await;
    let overtaken = made.iter().filter(|made| matches!(made, Err(StoreError::Overtaken(name)) if name == "li"));
    assert_eq!(overtaken.count(), 7, "{made:?}");
}

pub(crate) async fn no_session_begins_by_what_was_changed_meanwhile(store: &impl Accounts) {
    let li = add(store, "li").await;
    let (_, checked) = read(store, "li").await;
    change(store, &li, secrets("two")).await;
    let late = session("li", "a", 0);
    assert!(!store.begin_session(&late, checked.version).await.expect("looks"), "the old password was checked");
    assert!(!goes_on(store, &late, 1).await);
    assert!(!store.begin_session(&session("zhao", "b", 0), checked.version).await.expect("looks"), "nobody's");
    // A code of the second factor changes nothing.
    let (_, checked) = read(store, "li").await;
    assert!(store.use_totp("li", 100).await.expect("uses"));
    assert!(store.begin_session(&late, checked.version).await.expect("begins"));
}

pub(crate) async fn a_session_knows_how_it_began(store: &impl Accounts) {
    let li = Account { issuer_subject: Some("https://id.test 7".into()), ..account("li") };
    assert!(store.add_account(&li, &Secrets::default()).await.expect("adds"));
    let by_provider = Session { way: Way::Provider, ..session("li", "a", 0) };
    begin_it(store, &by_provider).await;
    assert_eq!(store.session(&by_provider.hash, at(1)).await.expect("reads"), Some((by_provider.clone(), li.clone())));
    // Another identity: whoever had the old one is somebody else.
    change(store, &Account { issuer_subject: None, ..li }, Secrets::default()).await;
    assert!(!goes_on(store, &by_provider, 1).await);
}

pub(crate) async fn a_session_goes_on_until_its_end(store: &impl Accounts) {
    let li = add(store, "li").await;
    let begun = begin(store, "li", "a").await;
    assert_eq!(store.session(&begun.hash, at(59)).await.expect("reads"), Some((begun.clone(), li.clone())));
    assert_eq!(store.session(&begun.hash, at(60)).await.expect("reads"), None);
    assert_eq!(store.session(&TokenHash::of("b"), at(1)).await.expect("reads"), None);
    store.seen_session(&begun.hash, at(5)).await.expect("notes");
    store.seen_session(&begun.hash, at(4)).await.expect("notes what happened before");
    let seen = Session { seen_at: at(5), ..begun };
    assert_eq!(store.session(&seen.hash, at(59)).await.expect("reads"), Some((seen, li)));
}

pub(crate) async fn sessions_are_ended_one_by_one_or_all_others(store: &impl Accounts) {
    add(store, "li").await;
    add(store, "wang").await;
    let others = begin(store, "wang", "w").await;
    let mut begun = Vec::new();
    for (minutes, secret) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let session = session("li", secret, minutes.try_into().expect("few"));
        begin_it(store, &session).await;
        begun.push(session);
    }
    let [a, b, c, d] = begun.try_into().expect("four of them");
    let there = async |minutes| store.sessions_of("li", at(minutes)).await.expect("lists");
    assert_eq!(there(61).await, [d.clone(), c.clone()], "those that go on");
    store.end_session(&a.hash).await.expect("ends");
    assert_eq!(there(5).await, [d.clone(), c.clone(), b]);
    assert_eq!(store.end_sessions_of("li", Some(&c.hash)).await.expect("ends"), 2);
    assert_eq!(there(5).await, [c]);
    assert_eq!(store.end_sessions_of("li", None).await.expect("ends"), 1);
    assert!(there(5).await.is_empty() && goes_on(store, &others, 5).await);
}

pub(crate) async fn a_token_ends_or_is_revoked_or_its_account_disabled(store: &impl Accounts) {
    let li = add(store, "li").await;
    let [lasting, short] = [token("li", "t1"), ApiToken { ends_at: Some(at(9)), ..token("li", "t2") }];
    for token in [&lasting, &short] {
        store.add_token(token).await.expect("adds");
    }
    assert_eq!(good(store, &lasting, 99_999).await, Some((lasting.clone(), li.clone())));
    assert_eq!(good(store, &short, 8).await, Some((short.clone(), li.clone())));
    assert_eq!(good(store, &short, 9).await, None);
    store.used_token("t1", at(5)).await.expect("notes");
    store.used_token("t1", at(4)).await.expect("notes what happened before");
    let used = ApiToken { used_at: Some(at(5)), ..lasting };
    assert_eq!(store.tokens_of("li").await.expect("lists"), [used.clone(), short]);
    let disabled = Account { disabled_at: Some(at(1)), ..li.clone() };
    change(store, &disabled, secrets("one")).await;
    assert_eq!(good(store, &used, 6).await, None);
    change(store, &li, secrets("one")).await;
    assert_eq!(good(store, &used, 6).await, Some((used.clone(), li)));
    assert!(store.revoke_token("li", "t1").await.expect("revokes"));
    assert_eq!(good(store, &used, 6).await, None);
    assert!(!store.revoke_token("li", "t1").await.expect("looks"), "it is revoked");
    assert!(store.tokens_of("li").await.expect("lists")[0].revoked_at.is_some());
}

pub(crate) async fn a_token_of_another_account_is_not_revoked(store: &impl Accounts) {
    add(store, "li").await;
    add(store, "wang").await;
    let token = token("li", "t1");
    store.add_token(&token).await.expect("adds");
    assert!(!store.revoke_token("wang", "t1").await.expect("looks"));
    assert!(good(store, &token, 1).await.is_some());
    assert_eq!(store.tokens_of("wang").await.expect("lists"), []);
}

/// Since the first minute.
const MAY: MayFail = MayFail { since: DateTime::UNIX_EPOCH, of_both: 2, of_name: 4, from_place: 5 };

async fn tries(store: &impl Accounts, name: &str, from: &str, minutes: i64, may: &MayFail) -> bool {
    let tried = Try { name: name.into(), from: from.into(), at: at(minutes) };
    store.try_login(&tried, may).await.expect("counts").is_some()
}

pub(crate) async fn no_more_logins_fail_than_may_of_a_name_and_from_a_place(store: &impl Accounts) {
    let goes_on = async |name, from| tries(store, name, from, 0, &MAY).await;
    assert!(goes_on("li", "a").await && goes_on("li", "a").await);
    assert!(!goes_on("li", "a").await && !goes_on("li", "a").await, "of both");
    assert!(goes_on("li", "b").await && goes_on("li", "c").await, "from elsewhere: what was refused is not counted");
    assert!(!goes_on("li", "d").await, "of the name");
    assert!(goes_on("wang", "a").await && goes_on("zhao", "a").await && goes_on("qian", "a").await);
    assert!(!goes_on("sun", "a").await, "from the place");
    store.forget_failed_logins("li").await.expect("forgets");
    assert!(goes_on("li", "d").await);
    assert!(goes_on("sun", "a").await && goes_on("sun", "a").await && !goes_on("wang", "a").await);
    let later = MayFail { since: at(1), ..MAY };
    assert!(tries(store, "wang", "a", 1, &later).await, "those before are not counted");
    let tried = Try { name: String::new(), from: "e".into(), at: at(0) };
    for _ in 0..9 {
        let number = store.try_login(&tried, &MAY).await.expect("counts").expect("those before are forgotten");
        store.forget_try(number).await.expect("forgets");
    }
}

pub(crate) async fn of_logins_tried_at_once_no_more_go_on_than_may(store: &impl Accounts) {
    let may = MayFail { of_both: 3, ..MAY };
    let all = futures_util::future::join_all((0..8).map(|_| tries(store, "li", "a", 0, &may))).await;
    assert_eq!(all.iter().filter(|goes_on| **goes_on).count(), 3, "{all:?}");
}

pub(crate) async fn failed_logins_that_are_long_past_are_dropped(store: &impl Accounts) {
    let may = MayFail { of_both: 1, ..MAY };
    assert!(tries(store, "li", "a", 0, &may).await && !tries(store, "li", "a", 1, &may).await);
    let after = FAILED.num_minutes();
    assert!(tries(store, "wang", "b", after, &may).await);
    assert!(tries(store, "li", "a", 1, &may).await, "it was dropped");
}

pub(crate) async fn accesses_come_latest_first_and_page_by_page(store: &impl Accounts) {
    let noted = [("li", "view", "a"), ("wang", "view", "a"), ("li", "export", "b"), ("li", "view", "a")];
    for (who, action, object) in noted {
        store.note_access(&access(who, action, object)).await.expect("notes");
    }
    let told = async |object, who, behind, most| {
        let found = store.accesses(object, who, behind, most).await.expect("lists");
        assert!(found.windows(2).all(|two| two[0].number > two[1].number), "{found:?}");
        found
    };
    let all = told(None, None, None, 99).await;
    let whats: Vec<_> = all.iter().map(|one| (one.who.as_str(), one.action.as_str(), one.object.as_str())).collect();
    assert_eq!(whats, [noted[3], noted[2], noted[1], noted[0]]);
    assert_eq!((all[0].at, all[0].role.as_str(), all[0].address.as_str()), (at(0), "platform", "192.0.2.7"));
    assert_eq!(told(Some("a"), None, None, 99).await, [all[0].clone(), all[2].clone(), all[3].clone()]);
    assert_eq!(told(Some("a"), Some("li"), None, 99).await, [all[0].clone(), all[3].clone()]);
    let page = told(None, None, None, 3).await;
    assert_eq!(page, all[..3]);
    assert_eq!(told(None, None, Some(page[2].number), 3).await, all[3..]);
}

pub(crate) async fn an_answer_is_remembered_once_of_many_at_once(store: &impl Accounts) {
    let answers: Vec<_> = (0..8).map(|n| answer(&format!("answer {n}"))).collect();
    let all = answers.iter().map(|answer| store.remember_answer("li", "key", answer, at(0)));
    let first = futures_util::future::join_all(all).await;
    let first: Vec<bool> = first.into_iter().map(|first| first.expect("remembers")).collect();
    let [one] =
        answers.iter().zip(&first).filter(|(_, first)| **first).map(|(answer, _)| answer).collect::<Vec<_>>()[..]
    else {
        panic!("one of them is the first: {first:?}")
    };
    assert_eq!(store.remembered_answer("li", "key", at(-1)).await.expect("reads").as_ref(), Some(one));
    assert_eq!(store.remembered_answer("li", "other", at(-1)).await.expect("reads"), None);
    assert_eq!(store.remembered_answer("wang", "key", at(-1)).await.expect("reads"), None);
    assert!(store.remember_answer("wang", "key", one, at(0)).await.expect("remembers"), "of another account");
}

pub(crate) async fn an_answer_that_is_under_way_is_settled_once_or_forgotten(store: &impl Accounts) {
    let under_way = Remembered { status: 0, body: Vec::new(), ..answer("one") };
    let known = async || store.remembered_answer("li", "key", at(-1)).await.expect("reads");
    assert!(store.remember_answer("li", "key", &under_way, at(0)).await.expect("remembers"));
    assert_eq!(known().await, Some(under_way.clone()));
    store.forget_answer("li", "key").await.expect("forgets");
    assert_eq!(known().await, None);
    assert!(store.remember_answer("li", "key", &under_way, at(0)).await.expect("remembers again"));
    let of_another = Remembered { request: [9; 32], ..answer("another") };
    store.settle_answer("li", "key", &of_another).await.expect("looks");
    assert_eq!(known().await, Some(under_way), "of another request");
    store.settle_answer("li", "key", &answer("one")).await.expect("settles");
    let twice = Remembered { body: b"two".to_vec(), ..answer("one") };
    store.settle_answer("li", "key", &twice).await.expect("looks");
    store.forget_answer("li", "key").await.expect("looks");
    assert_eq!(known().await, Some(answer("one")), "what was given stays");
}

pub(crate) async fn an_answer_that_is_over_makes_room(store: &impl Accounts) {
    assert!(store.remember_answer("li", "key", &answer("old"), at(0)).await.expect("remembers"));
    let later = at(0) + ANSWERED;
    let before = later - TimeDelta::seconds(1);
    assert!(!store.remember_answer("li", "key", &answer("new"), before).await.expect("looks"));
    assert_eq!(store.remembered_answer("li", "key", later - ANSWERED).await.expect("reads"), None);
    assert!(store.remember_answer("li", "key", &answer("new"), later).await.expect("remembers"));
    assert_eq!(store.remembered_answer("li", "key", at(0)).await.expect("reads"), Some(answer("new")));
}

pub(crate) async fn an_answer_that_never_came_makes_room_after_minutes(store: &impl Accounts) {
    let under_way = Remembered { status: 0, body: Vec::new(), ..answer("one") };
    assert!(store.remember_answer("li", "key", &under_way, at(0)).await.expect("remembers"));
    let later = at(0) + UNDER_WAY;
    let before = later - TimeDelta::seconds(1);
    assert!(!store.remember_answer("li", "key", &under_way, before).await.expect("looks"), "it may come yet");
    assert_eq!(store.tidy_accounts(before).await.expect("tidies"), 0);
    assert!(store.remember_answer("li", "key", &under_way, later).await.expect("remembers"));
    store.settle_answer("li", "key", &answer("one")).await.expect("settles");
    let long_after = later + UNDER_WAY;
    assert!(!store.remember_answer("li", "key", &under_way, long_after).await.expect("looks"), "it was given");
    assert_eq!(store.tidy_accounts(long_after).await.expect("tidies"), 0);
    assert!(store.remember_answer("li", "lost", &under_way, later).await.expect("remembers"));
    assert_eq!(store.tidy_accounts(long_after).await.expect("tidies"), 1);
}

pub(crate) async fn what_is_over_is_tidied_away(store: &impl Accounts) {
    add(store, "li").await;
    let begun = begin(store, "li", "a").await;
    let may = MayFail { of_both: 1, ..MAY };
    assert!(tries(store, "li", "a", 0, &may).await);
    store.remember_answer("li", "key", &answer("one"), at(0)).await.expect("remembers");
    assert_eq!(store.tidy_accounts(at(59)).await.expect("tidies"), 0);
    assert!(goes_on(store, &begun, 59).await);
    assert_eq!(store.tidy_accounts(at(60)).await.expect("tidies"), 1, "the session");
    assert_eq!(store.tidy_accounts(at(0) + ANSWERED.max(FAILED)).await.expect("tidies"), 2);
    assert_eq!(store.remembered_answer("li", "key", at(-1)).await.expect("reads"), None);
    assert!(tries(store, "li", "a", 0, &may).await);
}

/// PostgreSQL keeps no NUL, and nobody needs to keep a megabyte that came with a login.
pub(crate) async fn what_strangers_write_is_kept_without_harm(store: &impl Accounts) {
    add(store, "li").await;
    let long = format!("\0{}", "长".repeat(9_999));
    assert_eq!(store.account(&long).await.expect("reads"), None);
    let may = MayFail { of_both: 1, ..MAY };
    assert!(tries(store, &long, &long, 0, &may).await && !tries(store, &long, &long, 0, &may).await);
    store.forget_failed_logins(&long).await.expect("forgets");
    assert!(tries(store, &long, &long, 0, &may).await);
    store.note_access(&access(&long, &long, &long)).await.expect("notes");
    let found = store.accesses(Some(&long), Some(&long), None, 9).await.expect("lists");
    assert_eq!((found.len(), found[0].object.chars().count()), (1, 500));
    let begun = Session { address: long.clone(), agent: long.clone(), ..session("li", "a", 0) };
    begin_it(store, &begun).await;
    let (kept, _) = store.session(&begun.hash, at(1)).await.expect("reads").expect("goes on");
    assert_eq!(kept.agent, "长".repeat(500));
    assert!(!store.revoke_token("li", &long).await.expect("looks"));
    assert!(store.remember_answer("li", "key", &answer("x"), at(0)).await.expect("remembers"));
}

#[test]
fn secrets_are_not_told() {
    let told =
        format!("{:?}", Secrets { password: Some("$argon2id$x".into()), totp_step: Some(7), ..secrets("$argon2id$x") });
    assert_eq!(told, r#"Secrets { password: Some("…"), totp: Some("…"), totp_step: Some(7), version: Version(0) }"#);
}
