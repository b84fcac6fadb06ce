//! What every store promises of what users did and said after the click.

use std::collections::BTreeMap;

use model::account::Sight;
use model::complaint::{Age, Kind, Scenario, Source};
use model::landing::{Known, Landing, Seen, Signs};
use model::violation::Severity;

use super::*;
use crate::library::{Library, NewAd};
use crate::suite::noon;

/// Makes a test of each promise, as `storage_suite!` does for stores.
macro_rules! hearing_suite {
    ($fresh:path) => {
        $crate::hearing::suite::hearing_suite!($fresh:
            the_same_again_changes_nothing_and_another_is_refused,
            what_is_taken_in_is_read_again,
            a_complaint_belongs_to_the_ad_it_names_or_its_click_or_its_users_last_click,
            a_click_that_comes_late_links_what_came_before,
            an_exclusion_is_reversible_and_a_person_is_not_overruled,
            complaints_are_listed_in_sight_and_walked_by_the_last_one,
            it_is_said_of_each_complaint_whether_it_counts,
            conversions_are_counted_by_ad,
            complaints_come_ad_by_ad_with_who_converted,
            a_way_has_the_valid_contacts_of_thirty_days,
            a_way_has_the_click_that_its_end_names_whoever_it_was,
            of_who_has_contacts_without_end_the_latest_count,
            what_is_marked_invalid_is_counted_before_and_after,
            what_is_over_is_forgotten_and_counts_on,
            what_a_rule_left_out_is_looked_at_again_when_its_user_turns_out_to_have_converted,
            what_was_paid_back_to_who_converted_is_found,
            what_is_heard_and_seen_near_a_landing_is_known_with_it,
        );
    };
    ($fresh:path: $($promise:ident,)*) => {
        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $promise() {
            let (store, _held) = $fresh().await;
            $crate::hearing::suite::$promise(&store).await;
        })*
    };
}

pub(crate) use hearing_suite;

const YEARS: TimeDelta = TimeDelta::days(1_000);

fn day(days: i64) -> DateTime<Utc> {
    noon() + TimeDelta::days(20_000 + days)
}

fn all() -> Sight {
    Sight::default()
}

fn always() -> Span {
    Span { from: day(-9_000), to: day(9_000) }
}

fn key(id: &str) -> Key {
    Key { platform: "feed".into(), id: id.into() }
}

pub(crate) fn click(id: &str, at: DateTime<Utc>, user: &str, ad: &str) -> Touchpoint {
    Touchpoint {
        id: id.into(),
        kind: Contact::Click,
        at,
        user: Some(user.into()),
        platform: Some("feed".into()),
        ad: Some(ad.into()),
        channel: "feed".into(),
        device: None,
        ip: None,
        user_agent: None,
        size: None,
        prefetch: false,
        place: None,
    }
}

pub(crate) fn conversion(id: &str, at: DateTime<Utc>, user: &str) -> Conversion {
    let (user, platform) = (Some(user.into()), Some("feed".into()));
    Conversion { id: id.into(), at, kind: "order".into(), user, platform, ad: None, click: None, value: None }
}

pub(crate) fn complaint(id: &str, at: DateTime<Utc>, user: &str) -> Complaint {
    Complaint {
        id: id.into(),
        source: Source::Comment,
        at,
        text: "没有领到".into(),
        user: Some(user.into()),
        platform: Some("feed".into()),
        ad: None,
        click: None,
        age: None,
        rating: None,
        refunded: None,
    }
}

fn label(kind: Kind) -> Labelled {
    Labelled {
        scenario: Some(Scenario::Virtual),
        kind,
        path: ["virtual", "content", "gift", "not-given"].map(Into::into),
        severity: Severity::S2,
        confidence: 0.9,
        words: vec!["没有领到".into()],
    }
}

fn exclusion(rule: &str) -> Exclusion {
    let why = BTreeMap::from([("zh-CN".to_owned(), "刷屏".to_owned()), ("en".to_owned(), "a burst".to_owned())]);
    Exclusion { rule: rule.into(), why, rests_on: vec!["没有领到".into()] }
}

fn word(id: &str, saying: Saying, by: &str, by_rule: bool) -> NewWord {
    NewWord { of: key(id), saying, why: "看过了\0".into(), by: by.into(), by_rule }
}

async fn import(store: &impl Library, ads: &[(&str, &str, &str, &str)]) {
    let ad = |(ad, platform, advertiser, trade): &(&str, &str, &str, &str)| NewAd {
        ad_id: (*ad).into(),
        platform: Some((*platform).into()),
        advertiser: Some((*advertiser).into()),
        trade: Some((*trade).into()),
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: Landing::of("https://a.test/".into(), "a.test".into()),
        ad: "{}".into(),
        folder: "/".into(),
        files: [].into(),
    };
    store.import(&ads.iter().map(ad).collect::<Vec<_>>(), noon()).await.expect("imports");
}

pub(crate) async fn what_is_heard_and_seen_near_a_landing_is_known_with_it(
    store: &(impl Hearing + Heard + Library + crate::kin::Kin + crate::store::Store),
) {
    let landing = |path: &str| Landing::of(format!("https://{path}.test/"), "a.test".into());
    let ad = |ad: &str, advertiser: &str, path: &str| NewAd {
        ad_id: ad.into(),
        platform: Some("feed".into()),
        advertiser: Some(advertiser.into()),
        trade: None,
        tags: Vec::new(),
        approved_at: None,
        ends_at: None,
        landing: landing(path),
        ad: "{}".into(),
        folder: "/".into(),
        files: [].into(),
    };
    let ads = [ad("a1", "li", "here"), ad("a2", "li", "here"), ad("b", "li", "there"), ad("c", "wang", "else")];
    store.import(&ads, noon()).await.expect("imports");
    let of = |id: &str, user: &str, ad: &str, days: i64| Complaint {
        ad: Some(ad.into()),
        ..complaint(id, noon() + TimeDelta::days(days), user)
    };
    let said = [
        of("1", "u1", "a1", -1),
        of("2", "u1", "a2", -2),
        of("3", "u2", "a1", -3),
        of("4", "u3", "b", -4),
        of("5", "u4", "c", -100),
        of("6", "u5", "c", -5),
    ];
    store.take_complaints(&said, YEARS).await.expect("takes");
    store.say(&[word("6", Saying::Exclude(exclusion("burst-template")), "wang", false)]).await.expect("says");
    let known = |path: &str| {
        let id = landing(path).id;
        async move { store.known(&[id]).await.expect("reads").remove(0) }
    };
    store.weigh_signs(noon()).await.expect("weighs");
    let said = |days: f64| Signs::weight(days);
    let near = async |path: &str| {
        let near = known(path).await.near;
        [near.here.complaints, near.entity.complaints, f64::from(near.same_page_bad)]
    };
    let all = |expected: [f64; 3], told: [f64; 3]| expected.iter().zip(told).all(|(a, b)| (a - b).abs() < 1e-9);
    let here = said(1.0) + said(3.0);
    assert!(
        all([here, said(4.0), 0.0], near("here").await),
        "{here} {:?}: a user counts once, by the last word",
        near("here").await
    );
    assert!(all([said(4.0), here, 0.0], near("there").await));
    assert!(all([0.0; 3], near("else").await), "what is long past, or excluded, counts for nothing");
    for (path, page, bad) in [("here", "p", true), ("else", "p", false), ("there", "q", false)] {
        let (etag, template, body, visit, host, certificate_from) = (None, None, None, None, None, None);
        let seen = Seen { at: noon(), page: page.into(), etag, template, body, bad, visit, host, certificate_from };
        store.looked(&Known { last: Some(seen), ..known(path).await }).await.expect("keeps");
    }
    assert_eq!(known("else").await.near.same_page_bad, 1, "another landing with this page is bad");
    store.weigh_signs(noon()).await.expect("weighs");
    let answered = Signs::ANSWERED * said(4.0);
    assert!(all([answered, here, 0.0], near("there").await), "it was seen good since: that says less");
    assert_eq!((known("here").await.near.same_page_bad, known("there").await.near.same_page_bad), (0, 0));
}

async fn one(store: &impl Heard, id: &str) -> ComplaintRow {
    let mut found = store.complaints_named(&all(), id).await.expect("reads");
    assert_eq!(found.len(), 1, "{id}");
    found.remove(0)
}

/// To which ad a complaint belongs, and by what.
async fn link(store: &impl Heard, id: &str) -> (Option<String>, Option<String>) {
    let row = one(store, id).await;
    (row.belongs, row.linked_by)
}

fn to(ad: &str, by: &str) -> (Option<String>, Option<String>) {
    (Some(ad.into()), Some(by.into()))
}

pub(crate) async fn the_same_again_changes_nothing_and_another_is_refused(store: &(impl Hearing + Heard)) {
    use Taken::{Changed, New, Same};
    let (first, second) = (complaint("c1", day(0), "u"), complaint("c2", day(0), "u"));
    let other = Complaint { text: "别的".into(), ..first.clone() };
    let elsewhere = Complaint { platform: Some("search".into()), ..other.clone() };
    let nowhere = Complaint { platform: None, ..other.clone() };
    let rows = [first.clone(), second.clone(), other.clone(), first.clone(), elsewhere, nowhere];
    let taken = store.take_complaints(&rows, YEARS).await.expect("takes").rows;
    assert_eq!(taken, [New, New, Changed, Same, New, New], "an id is one of its platform");
    let taken = store.take_complaints(&[other, first.clone(), second], YEARS).await.expect("takes").rows;
    assert_eq!(taken, [Changed, Same, Same]);
    let texts: Vec<String> =
        store.complaints_named(&all(), "c1").await.expect("reads").into_iter().map(|row| row.complaint.text).collect();
    assert_eq!(texts, ["别的", "没有领到", "别的"], "the first stands, of each platform");

    let sale = conversion("v", day(0), "u");
    let dearer = Conversion { value: Some(5), ..sale.clone() };
    assert_eq!(store.take_conversions(&[sale.clone(), dearer, sale]).await.expect("takes").rows, [New, Changed, Same]);
    let seen = Touchpoint { ip: Some([203, 0, 113, 7].into()), ..click("t", day(0), "u", "a") };
    let near = Touchpoint { ip: Some([203, 0, 113, 9].into()), ..seen.clone() };
    let far = Touchpoint { ip: Some([203, 0, 114, 7].into()), ..seen.clone() };
    let taken = store.take_touchpoints(&[seen, near, far], YEARS).await.expect("takes").rows;
    assert_eq!(taken, [New, Same, Changed], "what is cut from an address later says nothing now");
    assert_eq!(store.take_complaints(&[], YEARS).await.expect("takes"), Intake::default());
}

pub(crate) async fn what_is_taken_in_is_read_again(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "m", "game")]).await;
    let whole = Complaint {
        source: Source::Refund,
        ad: Some("a".into()),
        click: Some("t".into()),
        age: Some(Age::Elderly),
        rating: Some(1),
        refunded: Some(1_999),
        ..complaint("c", day(0), "u")
    };
    let bare = Complaint { user: None, platform: None, text: String::new(), ..complaint("bare", day(0), "") };
    let unknown = Complaint { ad: Some("x".into()), ..complaint("unknown", day(0), "u") };
    let intake = store.take_complaints(&[whole.clone(), bare.clone(), unknown], YEARS).await.expect("takes");
    assert_eq!(intake.unknown_ads, ["x".to_owned()].into(), "it is kept and told");
    let row = one(store, "c").await;
    assert_eq!(row.complaint, whole);
    assert_eq!((row.advertiser.as_deref(), row.trade.as_deref(), row.known), (Some("m"), Some("game"), true));
    assert_eq!(
        (row.label, row.excluded, row.doubted, row.converted_at, row.forgotten),
        (None, None, None, None, false)
    );
    assert_eq!(one(store, "bare").await.complaint, bare);
    assert!(!one(store, "unknown").await.known);
    import(store, &[("x", "feed", "m", "game")]).await;
    assert!(one(store, "unknown").await.known, "an ad may be imported after what is said of it");

    let seen = Touchpoint {
        kind: Contact::Impression,
        device: Some("d".into()),
        ip: Some([203, 0, 113, 7].into()),
        user_agent: Some("Mozilla".into()),
        size: Some((300, 250)),
        prefetch: true,
        place: Some((-23.550_52, 113.264_385)),
        ..click("t", day(0), "u", "a")
    };
    let direct = Touchpoint { platform: None, user: None, ad: None, ..click("u", day(1), "", "") };
    store.take_touchpoints(&[direct.clone(), seen.clone()], YEARS).await.expect("takes");
    let mut read = Vec::new();
    store.each_touchpoint(&all(), &always(), &mut |one| read.push(one)).await.expect("reads");
    assert_eq!(read, [seen, direct], "in the order of time");
}

pub(crate) async fn a_complaint_belongs_to_the_ad_it_names_or_its_click_or_its_users_last_click(
    store: &(impl Hearing + Heard),
) {
    let elsewhere = Touchpoint { platform: Some("search".into()), ..click("s", day(9), "u", "elsewhere") };
    let shown = Touchpoint { kind: Contact::Impression, ..click("i", day(9), "u", "shown") };
    let direct = Touchpoint { ad: None, channel: "direct".into(), ..click("d", day(9), "u", "") };
    let clicks = [click("t1", day(0), "u", "one"), click("t2", day(5), "u", "two"), elsewhere, shown, direct];
    store.take_touchpoints(&clicks, YEARS).await.expect("takes");
    let named = Complaint { ad: Some("n".into()), click: Some("t1".into()), ..complaint("named", day(9), "u") };
    let clicked = Complaint { click: Some("t1".into()), user: None, ..complaint("clicked", day(9), "") };
    let lost = Complaint { click: Some("gone".into()), ..complaint("lost", day(9), "u") };
    let theirs = Complaint { click: Some("s".into()), user: None, ..complaint("theirs", day(9), "") };
    let rows = [
        named,
        clicked,
        lost,
        theirs,
        complaint("last", day(9), "u"),
        complaint("first", day(4), "u"),
        complaint("edge", day(35), "u"),
        complaint("late", day(35) + TimeDelta::milliseconds(1), "u"),
        complaint("before", day(-1), "u"),
        complaint("stranger", day(9), "w"),
    ];
    store.take_complaints(&rows, YEARS).await.expect("takes");
    assert_eq!(link(store, "named").await, to("n", "ad"));
    assert_eq!(link(store, "clicked").await, to("one", "click"));
    assert_eq!(one(store, "clicked").await.complaint.user.as_deref(), Some("u"), "it is of that click's user");
    assert_eq!(link(store, "lost").await, to("two", "last-click"), "as long as the click is not there");
    assert_eq!(link(store, "last").await, to("two", "last-click"), "on an ad, on its platform");
    assert_eq!(link(store, "first").await, to("one", "last-click"));
    assert_eq!(link(store, "edge").await, to("two", "last-click"));
    for alone in ["theirs", "late", "before", "stranger"] {
        assert_eq!(link(store, alone).await, (None, None), "{alone}");
    }
}

pub(crate) async fn a_click_that_comes_late_links_what_came_before(store: &(impl Hearing + Heard)) {
    let clicked = Complaint { click: Some("t2".into()), ..complaint("clicked", day(9), "u") };
    store.take_complaints(&[clicked, complaint("last", day(9), "u")], YEARS).await.expect("takes");
    let by_click = Conversion { click: Some("t2".into()), ..conversion("by-click", day(9), "u") };
    store.take_conversions(&[by_click, conversion("v", day(9), "u")]).await.expect("takes");
    store.take_touchpoints(&[click("t1", day(1), "u", "one")], YEARS).await.expect("takes");
    for id in ["clicked", "last"] {
        assert_eq!(link(store, id).await, to("one", "last-click"), "{id}");
    }
    let rows = [click("t3", day(3), "u", "three"), click("t2", day(2), "u", "two"), click("t9", day(10), "u", "after")];
    store.take_touchpoints(&rows, YEARS).await.expect("takes");
    assert_eq!(link(store, "clicked").await, to("two", "click"));
    assert_eq!(link(store, "last").await, to("three", "last-click"));
    let mut belongs = Vec::new();
    let mut take = |one: Converted| belongs.push((one.conversion.id, one.conversion.ad, one.clicked_at));
    store.each_conversion(&all(), &always(), &mut take).await.expect("reads");
    let expected = [("by-click", "two", day(2)), ("v", "three", day(3))];
    assert_eq!(belongs, expected.map(|(id, ad, at)| (id.to_owned(), Some(ad.to_owned()), Some(at))));
}

pub(crate) async fn an_exclusion_is_reversible_and_a_person_is_not_overruled(store: &(impl Hearing + Heard)) {
    store.take_complaints(&[complaint("c", day(0), "u"), complaint("d", day(1), "w")], YEARS).await.expect("takes");
    let unheeded = async || {
        let rows = store.unheeded(9).await.expect("reads");
        rows.into_iter().map(|row| row.complaint.id).collect::<Vec<_>>()
    };
    assert_eq!(unheeded().await, ["c", "d"]);
    store.heeded(&[key("c")]).await.expect("notes");
    assert_eq!(unheeded().await, ["d"]);
    let said = [
        word("c", Saying::Label(label(Kind::Content)), "labels", true),
        word("c", Saying::Exclude(exclusion("burst")), "burst", true),
        word("gone", Saying::Restore, "li", false),
    ];
    assert_eq!(store.say(&said).await.expect("says"), 2, "there is no third");
    let row = one(store, "c").await;
    assert_eq!((row.label, row.excluded), (Some(label(Kind::Content)), Some(exclusion("burst"))));
    store.say(&[word("c", Saying::Restore, "li", false)]).await.expect("says");
    assert_eq!(one(store, "c").await.excluded, None);
    let again = [word("c", Saying::Exclude(exclusion("burst")), "burst", true)];
    assert_eq!(store.say(&again).await.expect("says"), 0, "a person has looked");
    store.say(&[word("c", Saying::Label(label(Kind::Other)), "li", false)]).await.expect("says");
    store.say(&[word("c", Saying::Label(label(Kind::Content)), "labels", true)]).await.expect("says");
    let row = one(store, "c").await;
    assert_eq!((row.label, row.excluded), (Some(label(Kind::Other)), None));
    store.say(&[word("d", Saying::Doubt(exclusion("burst")), "burst", true)]).await.expect("says");
    assert_eq!(one(store, "d").await.doubted, Some(exclusion("burst")));
    let words = store.words_of(&key("c")).await.expect("reads");
    let told: Vec<_> = words.iter().map(|one| (one.word.by.as_str(), one.word.by_rule, &one.word.saying)).collect();
    let (first, last) = (label(Kind::Content), label(Kind::Other));
    assert_eq!(
        told,
        [
            ("labels", true, &Saying::Label(first)),
            ("burst", true, &Saying::Exclude(exclusion("burst"))),
            ("li", false, &Saying::Restore),
            ("li", false, &Saying::Label(last)),
        ],
        "who said what, and when, stays"
    );
    assert_eq!((words[3].number, words[3].word.why.as_str()), (4, "看过了"));
    assert!(words[3].at < day(0), "it is said when the store's clock says");
}

pub(crate) async fn complaints_are_listed_in_sight_and_walked_by_the_last_one(
    store: &(impl Hearing + Heard + Library),
) {
    import(store, &[("a", "feed", "one", "game"), ("b", "feed", "two", "loan"), ("s", "search", "one", "game")]).await;
    let of = |id: &str, platform: &str, ad: Option<&str>, days: i64| Complaint {
        platform: Some(platform.into()),
        ad: ad.map(Into::into),
        ..complaint(id, day(days), "u")
    };
    let rows = [
        of("1", "feed", Some("a"), 1),
        of("2", "feed", Some("b"), 2),
        of("3", "search", Some("s"), 2),
        of("4", "feed", None, 3),
        of("5", "feed", Some("x"), 3),
    ];
    store.take_complaints(&rows, YEARS).await.expect("takes");
    store.say(&[word("2", Saying::Exclude(exclusion("burst")), "burst", true)]).await.expect("says");
    store.say(&[word("1", Saying::Label(label(Kind::Fulfilment)), "li", false)]).await.expect("says");
    let listed = async |sight: &Sight, wanted: WantedComplaints| {
        let rows = store.complaints(sight, &wanted, None, 99).await.expect("lists");
        rows.iter().map(|row| row.complaint.id.clone()).collect::<Vec<_>>().join(" ")
    };
    let w = WantedComplaints::default;
    let sight = |platform: Option<&str>, advertiser: Option<&str>| Sight {
        platform: platform.map(Into::into),
        advertiser: advertiser.map(Into::into),
        region: None,
    };
    assert_eq!(listed(&all(), w()).await, "5 4 3 2 1");
    assert_eq!(listed(&sight(Some("feed"), None), w()).await, "5 4 2 1");
    assert_eq!(listed(&sight(None, Some("one")), w()).await, "3 1");
    assert_eq!(listed(&sight(Some("feed"), Some("one")), w()).await, "1");
    for (wanted, expected) in [
        (WantedComplaints { ad: Some("b".into()), ..w() }, "2"),
        (WantedComplaints { advertiser: Some("one".into()), ..w() }, "3 1"),
        (WantedComplaints { trade: Some("loan".into()), ..w() }, "2"),
        (WantedComplaints { platform: Some("search".into()), ..w() }, "3"),
        (WantedComplaints { kind: Some("fulfilment".into()), ..w() }, "1"),
        (WantedComplaints { source: Some("hotline".into()), ..w() }, ""),
        (WantedComplaints { excluded: Some(true), ..w() }, "2"),
        (WantedComplaints { excluded: Some(false), doubted: Some(false), linked: Some(true), ..w() }, "3 1"),
        (WantedComplaints { linked: Some(false), ..w() }, "5 4"),
        (WantedComplaints { from: Some(day(2)), before: Some(day(3)), ..w() }, "3 2"),
        (WantedComplaints { ad: Some("\0".into()), ..w() }, ""),
    ] {
        assert_eq!(listed(&all(), wanted.clone()).await, expected, "{wanted:?}");
    }
    let (mut walked, mut behind) = (Vec::new(), None);
    loop {
        let page = store.complaints(&all(), &w(), behind.as_ref(), 2).await.expect("lists");
        let Some(last) = page.last() else { break };
        behind = Some(last.mark());
        walked.extend(page.into_iter().map(|row| row.complaint.id));
    }
    assert_eq!(walked, ["5", "4", "3", "2", "1"]);
    for (who, id) in [(sight(Some("search"), None), "1"), (sight(None, Some("two")), "4")] {
        assert_eq!(store.complaints_named(&who, id).await.expect("reads"), [], "{who:?}");
    }
}

pub(crate) async fn it_is_said_of_each_complaint_whether_it_counts(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game")]).await;
    let about = |id: &str, days: i64, user: &str| Complaint { ad: Some("a".into()), ..complaint(id, day(days), user) };
    let bought =
        |id: &str, days: i64, user: &str| Conversion { ad: Some("a".into()), ..conversion(id, day(days), user) };
    store.take_conversions(&[bought("v", 1, "u"), bought("w", 9, "late")]).await.expect("takes");
    let rows = [
        about("before", 0, "u"),
        about("noise", 2, "u"),
        about("first", 3, "u"),
        about("again", 4, "u"),
        about("other", 5, "u"),
        about("late", 6, "late"),
        Complaint { user: None, ..about("nobody", 6, "") },
        complaint("nowhere", day(7), "stranger"),
    ];
    store.take_complaints(&rows, YEARS).await.expect("takes");
    store.say(&[word("noise", Saying::Exclude(exclusion("burst")), "burst", true)]).await.expect("says");
    store.say(&[word("other", Saying::Label(label(Kind::Fulfilment)), "li", false)]).await.expect("says");
    for (standing, ids) in [
        ("counts", "other first"),
        ("again", "again"),
        ("not-converted", "nobody late before"),
        ("excluded", "noise"),
        ("no-ad", "nowhere"),
    ] {
        let wanted = WantedComplaints { standing: Some(standing.into()), ..WantedComplaints::default() };
        let rows = store.complaints(&all(), &wanted, None, 99).await.expect("lists");
        assert!(rows.iter().all(|row| row.standing == standing), "{standing}");
        let mut listed: Vec<_> = rows.iter().map(|row| row.complaint.id.as_str()).collect();
        let mut expected: Vec<_> = ids.split(' ').collect();
        listed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(listed, expected, "{standing}");
    }
}

pub(crate) async fn conversions_are_counted_by_ad(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game"), ("b", "feed", "two", "loan")]).await;
    let of = |id: &str, days: i64, ad: &str| Conversion { ad: Some(ad.into()), ..conversion(id, day(days), "u") };
    let rows = [
        of("1", 0, "a"),
        of("2", 1, "a"),
        of("3", 1, "a"),
        of("4", 1, "b"),
        of("5", 1, "unknown"),
        conversion("6", day(1), "nobody"),
        of("7", 2, "a"),
    ];
    store.take_conversions(&rows).await.expect("takes");
    store.mark_conversions(&[Mark { of: key("3"), rules: vec!["activity".into()] }]).await.expect("marks");
    let counted = async |sight: &Sight, from: i64| {
        let mut counted = Vec::new();
        let mut take = |by: ByAd| counted.push((by.of.ad, by.of.advertiser, by.valid, by.invalid));
        store.each_ad(sight, &Span { from: day(from), to: day(2) }, &mut take).await.expect("counts");
        counted
    };
    let by = |ad: &str, who: &str, valid, invalid| (ad.to_owned(), Some(who.to_owned()), valid, invalid);
    assert_eq!(counted(&all(), 0).await, [by("a", "one", 2, 1), by("b", "two", 1, 0)], "before its end");
    assert_eq!(counted(&all(), 1).await, [by("a", "one", 1, 1), by("b", "two", 1, 0)], "from its beginning on");
    let two = Sight { platform: None, advertiser: Some("two".into()), region: None };
    assert_eq!(counted(&two, 0).await, [by("b", "two", 1, 0)]);
    let elsewhere = Sight { platform: Some("search".into()), advertiser: None, region: None };
    assert_eq!(counted(&elsewhere, 0).await, []);
}

pub(crate) async fn complaints_come_ad_by_ad_with_who_converted(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game"), ("b", "feed", "two", "loan")]).await;
    let sale = |id: &str, days: i64, user: &str, ad: &str| Conversion {
        ad: Some(ad.into()),
        ..conversion(id, day(days), user)
    };
    store
        .take_conversions(&[sale("1", 2, "u", "a"), sale("2", 1, "u", "a"), sale("3", 0, "u", "a")])
        .await
        .expect("takes");
    store.mark_conversions(&[Mark { of: key("3"), rules: vec!["data-centre".into()] }]).await.expect("marks");
    let of =
        |id: &str, days: i64, user: &str, ad: &str| Complaint { ad: Some(ad.into()), ..complaint(id, day(days), user) };
    let rows = [of("b1", 1, "u", "b"), of("a2", 4, "w", "a"), of("a1", 3, "u", "a"), of("x", 9, "u", "unknown")];
    store.take_complaints(&rows, YEARS).await.expect("takes");
    let walked = async |sight: &Sight, ad: Option<&str>, from, to| {
        let mut walked = Vec::new();
        let mut take = |one: Complained| walked.push((one.key.id, one.of.map(|of| of.ad), one.converted_at));
        store.each_complaint(sight, ad, &Span { from, to }, &mut take).await.expect("reads");
        walked
    };
    let one = |id: &str, ad: &str, at| (id.to_owned(), Some(ad.to_owned()), at);
    let (a1, a2, b1) = (one("a1", "a", Some(day(1))), one("a2", "a", None), one("b1", "b", None));
    let nowhere = ("x".to_owned(), None, None);
    assert_eq!(walked(&all(), None, day(0), day(99)).await, [nowhere, a1.clone(), a2.clone(), b1.clone()]);
    assert_eq!(walked(&all(), Some("a"), day(0), day(4)).await, std::slice::from_ref(&a1));
    let two = Sight { platform: None, advertiser: Some("two".into()), region: None };
    assert_eq!(walked(&two, None, day(0), day(99)).await, std::slice::from_ref(&b1));
    let again = [
        of("a3", 20, "u", "a"),
        of("a4", 20, "nobody", "a"),
        of("b2", 20, "v", "b"),
        Complaint { platform: Some("search".into()), ..of("a5", 20, "w", "a") },
    ];
    store.take_complaints(&again, YEARS).await.expect("takes");
    let told = walked(&all(), None, day(10), day(99)).await;
    let ids = |told: Vec<(String, Option<String>, _)>| told.into_iter().map(|one| one.0).collect::<Vec<_>>().join(" ");
    assert_eq!(
        ids(told),
        "a5 a1 a3 a4 b2",
        "what was said before is told of who says something about the same ad again; of another platform's ad nothing is known"
    );
    store.say(&[word("a1", Saying::Exclude(exclusion("burst")), "burst", true)]).await.expect("says");
    assert_eq!(ids(walked(&all(), None, day(10), day(99)).await), "a5 a3 a4 b2", "an excluded one is no vote");
    assert_eq!(ids(walked(&all(), Some("b"), day(10), day(99)).await), "b2");
}

pub(crate) async fn a_way_has_the_valid_contacts_of_thirty_days(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game")]).await;
    let direct = Touchpoint { ad: None, channel: "direct".into(), ..click("d", day(31), "u", "") };
    let rows = [
        click("old", day(0), "u", "a"),
        click("edge", day(2), "u", "a"),
        direct,
        click("bot", day(31), "u", "a"),
        click("last", day(31), "u", "a"),
        click("behind", day(33), "u", "a"),
        click("other", day(31), "w", "a"),
    ];
    store.take_touchpoints(&rows, YEARS).await.expect("takes");
    store.mark_touchpoints(&[Mark { of: key("bot"), rules: vec!["known-bot".into()] }]).await.expect("marks");
    let worth = Conversion { value: Some(700), ..conversion("v", day(32), "u") };
    store.take_conversions(&[conversion("alone", day(1), "nobody"), worth]).await.expect("takes");
    let ways = async |sight: &Sight, of| {
        let mut ways = Vec::new();
        store.each_path(sight, &always(), of, &mut |way| ways.push(way)).await.expect("reads");
        ways
    };
    let found = ways(&all(), Ends::Conversions).await;
    let steps = |way: &Way| way.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(found.iter().map(steps).collect::<Vec<_>>(), ["", "edge d last"]);
    let way = &found[1];
    assert_eq!((way.ad.as_deref(), way.via.as_deref(), way.value), (Some("a"), Some("last"), Some(700)));
    assert_eq!(
        way.steps[1],
        Step {
            id: "d".into(),
            kind: Contact::Click,
            at: day(31),
            ad: None,
            elsewhere: false,
            channel: "direct".into()
        }
    );
    // An advertiser sees that its user was elsewhere before, and not where.
    import(store, &[("b", "feed", "two", "game")]).await;
    store.take_touchpoints(&[click("theirs", day(30), "u", "b")], YEARS).await.expect("takes");
    let of_one = Sight { platform: None, advertiser: Some("one".into()), region: None };
    let seen = ways(&of_one, Ends::Conversions).await.pop().expect("its own");
    let told = |step: &Step| (step.id.clone(), step.ad.clone(), step.elsewhere);
    assert!(seen.steps.iter().map(told).any(|step| step == (String::new(), None, true)), "{:?}", seen.steps);
    assert!(!format!("{seen:?}").contains("theirs") && !seen.steps.iter().any(|step| step.ad.as_deref() == Some("b")));
    let whole = ways(&all(), Ends::Conversions).await.pop().expect("it is there");
    assert!(whole.steps.iter().any(|step| step.ad.as_deref() == Some("b") && !step.elsewhere));
    let paid_back = Complaint { refunded: Some(700), ..complaint("r", day(32), "u") };
    let noise = complaint("noise", day(32), "u");
    store.take_complaints(&[complaint("c", day(32), "u"), paid_back, noise], YEARS).await.expect("takes");
    store.say(&[word("noise", Saying::Exclude(exclusion("burst")), "burst", true)]).await.expect("says");
    let ends = |ways: Vec<Way>| ways.into_iter().map(|way| way.end.id).collect::<Vec<_>>();
    assert_eq!(ends(ways(&all(), Ends::Complaints).await), ["c", "r"]);
    assert_eq!(ends(ways(&all(), Ends::Refunds).await), ["r"]);
    let elsewhere = Sight { platform: Some("search".into()), advertiser: None, region: None };
    assert_eq!(ends(ways(&elsewhere, Ends::Complaints).await), [""; 0]);
    // What a platform says of another platform's ad is of no ad that is known: it learns nothing of it, and changes nothing.
    let foreign = Complaint { platform: Some("search".into()), ..complaint("foreign", day(32), "u") };
    store.take_complaints(&[foreign], YEARS).await.expect("takes");
    let heard = store.complaints(&elsewhere, &WantedComplaints::default(), None, 9).await.expect("lists");
    assert_eq!((heard.len(), heard[0].known, &heard[0].advertiser), (1, false, &None));
    assert_eq!(ends(ways(&of_one, Ends::Complaints).await), ["c", "r"]);
}

/// What each way has of contacts, in the order of time.
async fn steps(store: &impl Heard, of: Ends) -> Vec<String> {
    let mut ways = Vec::new();
    let mut take = |way: Way| ways.push(way.steps.iter().map(|step| step.id.clone()).collect::<Vec<_>>().join(" "));
    store.each_path(&all(), &always(), of, &mut take).await.expect("reads");
    ways
}

pub(crate) async fn a_way_has_the_click_that_its_end_names_whoever_it_was(store: &(impl Hearing + Heard)) {
    let whose =
        |id: &str, days, user: Option<&str>| Touchpoint { user: user.map(Into::into), ..click(id, day(days), "", "a") };
    let clicks = [
        whose("nobodys", 5, None),
        whose("bot", 6, None),
        whose("old", -40, None),
        whose("own", 7, Some("u")),
        whose("later", 8, Some("u")),
    ];
    store.take_touchpoints(&clicks, YEARS).await.expect("takes");
    store.mark_touchpoints(&[Mark { of: key("bot"), rules: vec!["known-bot".into()] }]).await.expect("marks");
    let by = |id: &str, hours, user: Option<&str>, click: &str| Conversion {
        user: user.map(Into::into),
        click: Some(click.into()),
        ..conversion(id, day(9) + TimeDelta::hours(hours), "")
    };
    let sold = [
        by("1", 1, None, "nobodys"),
        by("2", 2, Some("u"), "nobodys"),
        by("3", 3, Some("u"), "own"),
        by("4", 4, None, "old"),
    ];
    store.take_conversions(&sold).await.expect("takes");
    assert_eq!(steps(store, Ends::Conversions).await, ["nobodys", "nobodys own later", "own later", ""]);
    let said = Complaint { user: None, click: Some("bot".into()), ..complaint("c", day(9), "") };
    store.take_complaints(&[said], YEARS).await.expect("takes");
    assert_eq!(steps(store, Ends::Complaints).await, [""], "what is invalid is nobody's contact");
}

pub(crate) async fn of_who_has_contacts_without_end_the_latest_count(store: &(impl Hearing + Heard)) {
    let clicks: Vec<Touchpoint> = (0..MOST_CONTACTS as i64 + 2)
        .map(|n| click(&format!("t{n}"), day(1) + TimeDelta::seconds(n), "u", "a"))
        .collect();
    for some in clicks.chunks(MOST_AT_ONCE) {
        store.take_touchpoints(some, YEARS).await.expect("takes");
    }
    store.take_conversions(&[conversion("v", day(2), "u"), conversion("w", day(40), "u")]).await.expect("takes");
    let ways = steps(store, Ends::Conversions).await;
    let ids: Vec<&str> = ways[0].split(' ').collect();
    assert_eq!((ids.len(), ids[0], *ids.last().expect("some")), (MOST_CONTACTS, "t2", "t10001"));
    assert_eq!(ways[1], "", "these are over");
}

pub(crate) async fn what_is_marked_invalid_is_counted_before_and_after(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game")]).await;
    let shown = Touchpoint { kind: Contact::Impression, ..click("i", day(1), "u", "a") };
    let rows = [click("t1", day(1), "u", "a"), click("t2", day(1), "w", "a"), shown];
    store.take_touchpoints(&rows, YEARS).await.expect("takes");
    store.take_conversions(&[conversion("v1", day(2), "u"), conversion("v2", day(2), "w")]).await.expect("takes");
    let mark = |id: &str, rules: &[&str]| Mark { of: key(id), rules: rules.iter().map(ToString::to_string).collect() };
    store.mark_touchpoints(&[mark("t1", &["known-bot", "activity"])]).await.expect("marks");
    let late = Conversion { click: Some("t1".into()), ..conversion("v3", day(2), "u") };
    store.take_conversions(&[late]).await.expect("takes");
    store.mark_conversions(&[mark("v2", &["click-injection"])]).await.expect("marks");
    let counted = async |sight: &Sight| {
        let counts = store.traffic(sight, &always()).await.expect("counts");
        let told = |one: TrafficCount| {
            format!("{} {} {}→{}", one.kind, one.rule.as_deref().unwrap_or("all"), one.before, one.after)
        };
        counts.into_iter().map(told).collect::<Vec<_>>()
    };
    let expected = [
        "click all 2→1",
        "click activity 2→1",
        "click known-bot 2→1",
        "conversion all 3→0",
        "conversion activity 3→1",
        "conversion click-injection 3→2",
        "conversion known-bot 3→1",
        "impression all 1→1",
    ];
    assert_eq!(counted(&all()).await, expected, "what an invalid click led to is as invalid, whenever it comes");
    let elsewhere = Sight { platform: None, advertiser: Some("two".into()), region: None };
    assert_eq!(counted(&elsewhere).await, [""; 0]);
    let later = Span { from: day(2), to: day(9) };
    store.clear_marks(&later).await.expect("takes them back");
    let left = counted(&all()).await;
    assert!(left.contains(&"conversion all 3→1".to_owned()) && left.contains(&"click all 2→1".to_owned()), "{left:?}");
    store.mark_conversions(&[mark("v2", &["click-injection"])]).await.expect("marks");
    store.mark_touchpoints(&[mark("t1", &[])]).await.expect("takes it back");
    store.mark_conversions(&[mark("v2", &[])]).await.expect("takes it back");
    let none = ["click all 2→2", "conversion all 3→3", "impression all 1→1"];
    assert_eq!(counted(&all()).await, none);
    store.mark_touchpoints(&[mark("t1", &["known-bot"])]).await.expect("marks");
    store.clear_marks(&always()).await.expect("takes them back");
    assert_eq!(counted(&all()).await, none, "what it led to is as valid again");
}

pub(crate) async fn what_a_rule_left_out_is_looked_at_again_when_its_user_turns_out_to_have_converted(
    store: &(impl Hearing + Heard),
) {
    let said = ["u", "w", "x", "y"].map(|user| complaint(&format!("of-{user}"), day(9), user));
    store.take_complaints(&said, YEARS).await.expect("takes");
    let left_out = |id: &str, by: &str, by_rule| word(id, Saying::Exclude(exclusion("burst")), by, by_rule);
    let words = ["of-u", "of-w", "of-x"].map(|id| left_out(id, "burst", true));
    store.say(&words).await.expect("says");
    store.say(&[left_out("of-w", "li", false)]).await.expect("says");
    let keys: Vec<Key> = said.iter().map(|one| key(&one.id)).collect();
    let unheeded = async || {
        let rows = store.unheeded(9).await.expect("reads");
        rows.into_iter().map(|row| row.complaint.id).collect::<Vec<_>>()
    };
    store.heeded(&keys).await.expect("notes");
    assert_eq!(unheeded().await, [""; 0]);
    let by_click = Conversion { user: None, click: Some("late".into()), ..conversion("by-click", day(3), "") };
    let sold = [conversion("1", day(2), "u"), conversion("2", day(2), "w"), conversion("3", day(2), "y"), by_click];
    store.take_conversions(&sold).await.expect("takes");
    assert_eq!(unheeded().await, ["of-u"], "and neither what a person settled nor what nobody left out");
    store.heeded(&keys).await.expect("notes");
    store.take_conversions(&sold).await.expect("takes");
    assert_eq!(unheeded().await, [""; 0], "the same again says nothing new");
    store.take_touchpoints(&[click("late", day(1), "x", "a")], YEARS).await.expect("takes");
    assert_eq!(unheeded().await, ["of-x"], "a click that comes late says who converted");
}

pub(crate) async fn what_was_paid_back_to_who_converted_is_found(store: &(impl Hearing + Heard + Library)) {
    import(store, &[("a", "feed", "one", "game")]).await;
    let sale = Conversion { ad: Some("a".into()), ..conversion("v", day(2), "u") };
    store.take_conversions(&[sale]).await.expect("takes");
    let said = |id: &str, days, user: &str, refunded| Complaint {
        ad: Some("a".into()),
        refunded,
        ..complaint(id, day(days), user)
    };
    let rows = [
        said("paid", 3, "u", Some(1)),
        said("nothing", 3, "u", Some(0)),
        said("unsaid", 3, "u", None),
        said("before", 1, "u", Some(1)),
        said("stranger", 3, "w", Some(1)),
    ];
    store.take_complaints(&rows, YEARS).await.expect("takes");
    let found = async |refunded, converted| {
        let wanted = WantedComplaints { refunded, converted, ..WantedComplaints::default() };
        let rows = store.complaints(&all(), &wanted, None, 9).await.expect("lists");
        rows.into_iter().map(|row| row.complaint.id).collect::<Vec<_>>()
    };
    assert_eq!(found(Some(true), Some(true)).await, ["paid"]);
    assert_eq!(found(Some(false), Some(true)).await, ["unsaid", "nothing"]);
    assert_eq!(found(Some(true), Some(false)).await, ["stranger", "before"], "who did not convert by then");
}

pub(crate) async fn what_is_over_is_forgotten_and_counts_on(
    store: &(impl Hearing + Heard + Library + crate::facts::suite::Asked),
) {
    import(store, &[("a", "feed", "one", "game")]).await;
    let ip = |id: &str, days: i64, ip: &str| Touchpoint {
        ip: Some(ip.parse().expect("an address")),
        ..click(id, day(days), "u", "a")
    };
    let rows = [ip("t1", 0, "203.0.113.7"), ip("t2", 5, "2001:db8:1:2::3"), ip("t3", 9, "203.0.113.9")];
    store.take_touchpoints(&rows, TimeDelta::days(10)).await.expect("takes");
    let said = [complaint("c", day(1), "u"), complaint("d", day(9), "u")];
    store.take_complaints(&said, TimeDelta::days(10)).await.expect("takes");
    let words = [
        NewWord { why: "没有领到".into(), ..word("c", Saying::Label(label(Kind::Content)), "labels", true) },
        word("c", Saying::Exclude(exclusion("burst")), "burst", true),
        word("c", Saying::Restore, "li", false),
    ];
    store.say(&words).await.expect("says");
    let digests = async || store.ask("SELECT digest FROM complaints ORDER BY id").await;
    assert_eq!(digests().await, [digest::of(&said[0]), digest::of(&said[1])]);
    let over = Forgotten { touchpoints: 1, complaints: 1, addresses: 1 };
    assert_eq!(store.would_forget_heard(day(11), day(9)).await.expect("counts"), over);
    assert_eq!(store.forget_heard(day(11), day(9)).await.expect("forgets"), over);
    assert_eq!(store.forget_heard(day(11), day(9)).await.expect("forgets"), Forgotten::default());
    let mut left = Vec::new();
    let mut take = |one: Touchpoint| left.push((one.id, one.ip.expect("it has one").to_string()));
    store.each_touchpoint(&all(), &always(), &mut take).await.expect("reads");
    assert_eq!(left, [("t2", "2001:db8:1::"), ("t3", "203.0.113.9")].map(|(id, ip)| (id.to_owned(), ip.to_owned())));
    let row = one(store, "c").await;
    assert!(row.forgotten && row.complaint.text.is_empty());
    assert_eq!((row.belongs.as_deref(), row.complaint.user.as_deref()), (Some("a"), Some("u")), "it counts on");
    let silent = Labelled { words: Vec::new(), ..label(Kind::Content) };
    assert_eq!(row.label.as_ref(), Some(&silent), "nor do its labels quote it");
    let told = store.words_of(&key("c")).await.expect("reads");
    assert_eq!(told[0].word.saying, Saying::Label(silent));
    assert_eq!(told[1].word.saying, Saying::Exclude(Exclusion { rests_on: Vec::new(), ..exclusion("burst") }));
    let whys: Vec<&str> = told.iter().map(|one| one.word.why.as_str()).collect();
    assert_eq!(whys, ["", "", "看过了"], "nor does a rule quote it to say why");
    assert_eq!(digests().await, [digest::bare(&said[0]), digest::of(&said[1])], "it cannot be tried out what it was");
    let again = store.take_complaints(&said, TimeDelta::days(10)).await.expect("takes");
    assert_eq!(again.rows, [Taken::Same, Taken::Same], "what was said does not come back");
    let another = [complaint("c", day(2), "u"), Complaint { text: String::new(), ..said[1].clone() }];
    let again = store.take_complaints(&another, TimeDelta::days(10)).await.expect("takes");
    assert_eq!(again.rows, [Taken::Changed, Taken::Changed]);
    store.does("UPDATE complaints SET digest = '' WHERE id = 'c'").await.expect("updates");
    let older = store.take_complaints(&said, TimeDelta::days(10)).await.expect("takes");
    assert_eq!(older.rows, [Taken::Same, Taken::Same], "as one that was forgotten before there were two digests");
    assert_eq!(one(store, "c").await.complaint.text, "");
}
