//! What every store promises of webhooks that people made.

use chrono::TimeDelta;
use model::account::{Account, Role, Sight};

use super::{Webhook, Webhooks};
use crate::accounts::{Accounts, Secrets};
use crate::facts::suite::examine_violating;
use crate::outbox::{Outbox, Subscription};
use crate::store::Store;
use crate::suite::noon;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! webhooks_suite {
    ($fresh:path) => {
        $crate::webhooks::suite::webhooks_suite!($fresh:
            a_webhook_is_its_accounts_and_goes_with_what_it_was_not_told,
            an_event_goes_to_those_who_see_its_case,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::webhooks::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use webhooks_suite;

async fn account(store: &impl Accounts, name: &str) -> Account {
    let account = Account::new(name, Role::Advertiser, "one", None, noon()).expect("an account");
    assert!(store.add_account(&account, &Secrets::default()).await.expect("adds"));
    account
}

fn hook(id: &str, account: &str) -> Webhook {
    Webhook {
        id: id.into(),
        account: account.into(),
        url: "https://a.test/".into(),
        kinds: vec!["violation".into(), "decided".into()],
        secret: "whsec_1".into(),
        earlier: None,
        made_at: noon(),
    }
}

pub(crate) async fn a_webhook_is_its_accounts_and_goes_with_what_it_was_not_told(
    store: &(impl Webhooks + Accounts + Outbox + Store),
) {
    let li = account(store, "li").await;
    account(store, "wang").await;
    let (one, other) = (hook("wh-1", "li"), hook("wh-2", "wang"));
    store.add_webhook(&one).await.expect("adds");
    store.add_webhook(&other).await.expect("adds");
    assert_eq!(store.webhooks(Some("li")).await.expect("lists"), std::slice::from_ref(&one));
    assert_eq!(store.webhooks(None).await.expect("lists"), [one.clone(), other.clone()]);

    let later = noon() + TimeDelta::hours(1);
    assert!(!store.turn_webhook("wh-1", Some("wang"), "whsec_2", later).await.expect("turns"), "it is another's");
    assert!(store.turn_webhook("wh-1", Some("li"), "whsec_2", later).await.expect("turns"));
    let turned = store.webhooks(Some("li")).await.expect("lists").remove(0);
    assert_eq!(turned.secrets(later), ["whsec_2", "whsec_1"], "whoever listens has a day to follow");
    assert_eq!(turned.secrets(later + TimeDelta::hours(25)), ["whsec_2"]);

    // Whoever may not sign in is told nothing.
    let (_, secrets) = store.account("li").await.expect("asks").expect("is there");
    let disabled = Account { disabled_at: Some(later), ..li };
    store.change_account(&disabled, &secrets).await.expect("changes");
    let told: Vec<_> = store.webhooks_to_tell().await.expect("lists").into_iter().map(|(hook, _)| hook.id).collect();
    assert_eq!(told, ["wh-2"]);

    examine_violating(store, "a").await;
    let to = Subscription::all("wh-1");
    store.spread(&[to], noon(), 9).await.expect("spreads");
    assert_eq!(store.to_send("wh-1", noon(), 9).await.expect("reads").len(), 3);
    assert!(!store.drop_webhook("wh-1", Some("wang")).await.expect("drops"));
    assert!(store.drop_webhook("wh-1", None).await.expect("drops"));
    assert!(!store.drop_webhook("wh-1", None).await.expect("drops"));
    assert_eq!(store.to_send("wh-1", noon(), 9).await.expect("reads"), []);
    assert_eq!(store.webhooks(None).await.expect("lists"), [other]);
}

pub(crate) async fn an_event_goes_to_those_who_see_its_case(store: &(impl Outbox + Store)) {
    // Of platform `feed` and advertiser `one`.
    examine_violating(store, "a").await;
    let some = |text: &str| Some(text.to_owned());
    let to = |name: &str, platform: Option<String>, advertiser: Option<String>| Subscription {
        sight: Sight { platform, advertiser, region: None },
        ..Subscription::all(name)
    };
    let all = [
        to("every", None, None),
        to("platform", some("feed"), None),
        to("own", some("feed"), some("one")),
        to("elsewhere", some("other"), None),
        to("another", None, some("two")),
        to("both", some("other"), some("one")),
        Subscription { since: noon() + TimeDelta::days(9_999), ..Subscription::all("later") },
    ];
    assert_eq!(store.spread(&all, noon(), 9).await.expect("spreads"), 3);
    for (name, told) in
        [("every", 3), ("platform", 3), ("own", 3), ("elsewhere", 0), ("another", 0), ("both", 0), ("later", 0)]
    {
        assert_eq!(store.to_send(name, noon(), 9).await.expect("reads").len(), told, "{name}");
    }
}
