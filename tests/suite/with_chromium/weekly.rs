//! The weekly report: numbers that were counted by hand, and pages that people can read.

use std::path::Path;

use chrono::TimeDelta;
use model::complaint::{Age, Complaint, Exclusion, Source};
use model::event::Choice;
use model::measure::{Measure, MeasureState};
use model::violation::Severity;
use storage::decisions::{Decision, Decisions};
use storage::hearing::{Hearing, Key, NewWord, Saying};
use storage::measures::{Measures, Proposed};
use storage::store::Store;
use storage::suite::postgres::Server;
use storage::{postgres, sqlite};

use super::*;
use crate::acting::{Hands, at, seal, violation};

mod evidence;

/// One ad: its id, platform, advertiser, trade, region.
type OfAd = (&'static str, &'static str, &'static str, Option<&'static str>, Option<&'static str>);

fn ad((id, platform, advertiser, trade, region): OfAd) -> Value {
    json!({
        "ad_id": id, "click_url": "https://a.test/", "platform": platform,
        "advertiser": {"id": advertiser, "name": format!("公司{advertiser}"), "industry": trade, "region": region},
    })
}

/// The week is Monday the 16th to Sunday the 22nd of November 2026, which in UTC begins at 16:00 on the 15th.
async fn filled(store: &(impl Store + Decisions + Measures + Hearing), hands: &Hands) {
    let game = Some("game");
    let a = ("a", "feed", "x", game, Some("440305"));
    let (b, c) = (("b", "feed", "x", game, Some("4403")), ("c", "feed", "y", Some("course"), Some("31")));
    let (d, e) = (("d", "clip", "z", None, None), ("e", "clip", "w", None, Some("44")));
    let switched = || violation("category-switch", "S4", "title");
    let kept = async |when: &str, of: OfAd, verdict: &str, found: Vec<Value>| {
        hands.set(when);
        seal(store, ad(of), verdict, found, at(when)).await
    };
    kept("2026-11-10T01:00:00Z", b, "violating", vec![switched()]).await;
    // 01:00 of Monday on the clocks of Shanghai.
    kept("2026-11-15T17:00:00Z", d, "violating", vec![violation("medical-claim", "S4", "speech")]).await;
    let first =
        kept("2026-11-16T01:00:00Z", a, "violating", vec![switched(), violation("price-mismatch", "S2", "video")])
            .await;
    let second =
        kept("2026-11-17T01:00:00Z", b, "violating", vec![violation("brand-impersonation", "S3", "image")]).await;
    kept("2026-11-18T01:00:00Z", c, "clean", vec![]).await;
    kept("2026-11-19T01:00:00Z", c, "clean", vec![]).await;
    kept("2026-11-22T15:59:00Z", e, "inconclusive", vec![]).await;
    kept("2026-11-22T16:00:00Z", e, "violating", vec![switched()]).await;
    for (when, case, choice) in
        [("2026-11-16T11:00:00Z", &first, Choice::Confirm), ("2026-11-21T01:00:00Z", &second, Choice::Reject)]
    {
        hands.set(when);
        let decision = Decision { case_id: case.clone(), violation: None, choice, reason: None, by: "li".into() };
        store.decide(&decision).await.unwrap();
    }
    let measure = Measure {
        id: String::new(),
        platform: Some("feed".into()),
        advertiser: "x".into(),
        ladder: "platform".into(),
        step: "warn".into(),
        severity: Severity::S4,
        cases: vec![first.to_string()],
        reasons: Vec::new(),
        proposed_at: at("2026-11-18T02:00:00Z"),
        state: MeasureState::Taken,
        by: None,
        decided_at: None,
        until: None,
    };
    store.propose(&Proposed { measure, to_decide: false }).await.unwrap().unwrap();
    complained(store, hands).await;
}

fn complaint(id: &str, ad: &str, when: &str, age: Age) -> Complaint {
    Complaint {
        id: id.to_owned(),
        source: Source::Comment,
        at: at(when),
        text: "说是免费的".into(),
        user: None,
        platform: Some("feed".into()),
        ad: Some(ad.to_owned()),
        click: None,
        age: Some(age),
        rating: None,
        refunded: None,
    }
}

/// Seven working days behind Thursday the 5th are over with Monday the 16th, five behind Wednesday the 11th with the 18th.
async fn complained(store: &impl Hearing, hands: &Hands) {
    hands.set("2026-11-12T01:00:00Z");
    let heard = [
        complaint("in-time", "a", "2026-11-05T04:00:00Z", Age::Adult),
        complaint("never", "c", "2026-11-11T04:00:00Z", Age::Elderly),
        complaint("late", "d", "2026-11-10T04:00:00Z", Age::Adult),
        complaint("noise", "c", "2026-11-11T04:00:00Z", Age::Elderly),
        complaint("next-week", "c", "2026-11-12T04:00:00Z", Age::Adult),
    ];
    store.take_complaints(&heard, TimeDelta::days(90)).await.unwrap();
    let say = |id: &str, saying: Saying, by_rule: bool| NewWord {
        of: Key { platform: "feed".into(), id: id.to_owned() },
        saying,
        why: "看过了".into(),
        by: "li".into(),
        by_rule,
    };
    let noise = Exclusion { rule: "coupon-hunting".into(), why: Default::default(), rests_on: Vec::new() };
    store.say(&[say("noise", Saying::Exclude(noise), true)]).await.unwrap();
    hands.set("2026-11-20T01:00:00Z");
    store.say(&[say("late", Saying::Restore, false)]).await.unwrap();
}

fn counts(numbers: [u64; 9]) -> Value {
    let names =
        ["cases", "ads", "violating", "cleared", "clean", "inconclusive", "violations", "confirmed", "rejected"];
    Value::Object(names.iter().zip(numbers).map(|(name, number)| ((*name).to_owned(), number.into())).collect())
}

/// Writes the report of the week, and gives back its numbers.
fn report(postlink: &Postlink, store: &[&str], more: &[&str]) -> (Value, String) {
    postlink.write("my.toml", machine()).unwrap();
    let arguments = [&["report", "--week", "2026-W47", "--out", "week", "--config", "my.toml"], more, store].concat();
    let run = postlink.run(&arguments).unwrap();
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = std::fs::read_to_string(postlink.folder().join("week/report.json")).unwrap();
    (serde_json::from_str(&text).unwrap(), text)
}

/// What people count who look at the cases one by one.
fn as_counted_by_hand(postlink: &Postlink, store: &[&str]) {
    let (week, text) = report(postlink, store, &[]);
    assert_eq!(week["total"], counts([6, 5, 2, 1, 1, 1, 3, 2, 1]), "{text}");
    assert_eq!(week["before"], counts([1, 1, 1, 0, 0, 0, 1, 0, 0]));
    let rows = |name: &str| -> Vec<(Value, u64, u64, u64)> {
        let rows = week[name].as_array().unwrap().iter();
        let number = |value: &Value| value.as_u64().unwrap();
        rows.map(|row| {
            let (now, before) = (&row["counts"], &row["before"]);
            (row["name"].clone(), number(&now["ads"]), number(&now["violating"]), number(&before["violating"]))
        })
        .collect()
    };
    assert_eq!(rows("platforms"), [(json!("feed"), 3, 1, 1), (json!("clip"), 2, 1, 0)]);
    assert_eq!(rows("trades"), [(json!("game"), 2, 1, 1), (json!("course"), 1, 0, 0), (Value::Null, 2, 1, 0)]);
    assert_eq!(rows("regions"), [(json!("44"), 3, 1, 1), (json!("31"), 1, 0, 0), (Value::Null, 1, 1, 0)]);
    let categories: Vec<_> = week["categories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["id"].as_str().unwrap(), &one["violations"]))
        .collect();
    let nothing = Value::Null;
    assert_eq!(
        categories,
        [
            ("politics", &nothing),
            ("rumours", &nothing),
            ("infringement", &json!(0)),
            ("clickbait", &json!(1)),
            ("interviews", &nothing),
            ("obscenity", &nothing),
        ]
    );
    assert_eq!(week["uncategorized"], 2);
    let done = &week["dispositions"];
    assert_eq!((&done["accounts"], &done["items"], &done["media"]), (&json!(1), &json!(1), &json!(1)), "{text}");
    assert_eq!(done["steps"][0]["name"]["zh-CN"], "警示教育");
    let overdue = &week["overdue"];
    assert_eq!((&overdue["due"], &overdue["overdue"]), (&json!(3), &json!(2)), "one was decided late, one not at all");
    assert_eq!((&overdue["complaints_due"], &overdue["complaints_overdue"]), (&json!(3), &json!(2)), "{overdue:#}");
    let late: Vec<_> = overdue["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (super::text(one, "/kind"), super::text(one, "/ad"), one["done_at"].is_null()))
        .collect();
    assert_eq!(
        late,
        [("complaint", "c", true), ("decision", "d", true), ("complaint", "d", false), ("decision", "b", false)],
        "in the order in which they were due: {overdue:#}"
    );
    assert_eq!((&overdue["items"][0]["protected"], &overdue["items"][2]["protected"]), (&json!(true), &json!(false)));
    let names = |of: &str| -> Vec<String> {
        week[of].as_array().unwrap().iter().map(|one| one["advertiser"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!((names("worst"), names("best")), (vec!["z".to_owned(), "x".to_owned()], vec!["y".to_owned()]));
    let days: Vec<_> = week["days"].as_array().unwrap().iter().map(|day| day["cases"].as_u64().unwrap()).collect();
    assert_eq!(days, [2, 1, 1, 1, 0, 0, 1]);
    assert_eq!(report(postlink, store, &["--language", "en"]).1, text, "the same week gives the same numbers");

    let province = report(postlink, store, &["--region", "440000"]).0;
    assert_eq!((&province["total"]["ads"], &province["unplaced"]["ads"]), (&json!(3), &json!(1)));
    let city = report(postlink, store, &["--region", "4403"]).0;
    assert_eq!(
        (&city["total"]["ads"], &city["unplaced"]["ads"]),
        (&json!(2), &json!(2)),
        "of one only the province is known"
    );
    let platform = report(postlink, store, &["--platform", "clip"]).0;
    assert_eq!((&platform["total"]["ads"], &platform["dispositions"]["accounts"]), (&json!(2), &json!(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_is_counted_as_people_count_it_and_printed() {
    let (postlink, hands) = (Postlink::new().unwrap(), Hands::at("2026-11-10T01:00:00Z"));
    let store = sqlite::open(&postlink.folder().join("out"), hands.clock()).await.unwrap();
    filled(&store, &hands).await;
    store.close().await;
    as_counted_by_hand(&postlink, &["--data", "out"]);
    for (language, words) in
        [("zh-CN", ["周报", "未判定", "标题党"]), ("en", ["Weekly report", "not judged", "clickbait"])]
    {
        report(&postlink, &["--data", "out"], &["--language", language]);
        let html = std::fs::read_to_string(postlink.folder().join("week/report.html")).unwrap();
        let print = text_of(&postlink.folder().join("week/report.pdf"));
        assert!(
            html.contains("never")
                && html.contains(if language == "en" { "minor or elderly" } else { "未成年人或老年人" })
        );
        for word in words {
            assert!(html.contains(word), "{word} is missing in report.html");
            // Printers break lines where they like.
            let print = print.replace(char::is_whitespace, "");
            assert!(print.contains(&word.replace(' ', "")), "{word} is missing in report.pdf:\n{print}");
        }
        let book = postlink.folder().join("week/report.xlsx");
        let texts =
            std::process::Command::new("unzip").arg("-p").arg(book).arg("xl/sharedStrings.xml").output().unwrap();
        let texts = String::from_utf8_lossy(&texts.stdout).into_owned();
        assert!(texts.contains(words[1]) && texts.contains(words[2]), "{texts}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_week_is_counted_the_same_in_a_database() {
    let (postlink, hands, server) = (Postlink::new().unwrap(), Hands::at("2026-11-10T01:00:00Z"), Server::start());
    let out = postlink.folder().join("out");
    let store = postgres::open(&server.url(), out.as_path(), hands.clock()).await.unwrap();
    filled(&store, &hands).await;
    store.close().await;
    as_counted_by_hand(&postlink, &["--data", "out", "--database", &server.url()]);
}

/// The text of a PDF, as a reader finds it, and that its fonts lie within it.
fn text_of(pdf: &Path) -> String {
    let fonts = std::process::Command::new("pdffonts").arg(pdf).output().unwrap();
    let fonts = String::from_utf8_lossy(&fonts.stdout).into_owned();
    // Columns from the end: emb, sub, uni, object, number.
    let embedded = |line: &str| line.split_whitespace().rev().nth(4) == Some("yes");
    assert!(fonts.lines().count() > 2 && fonts.lines().skip(2).all(embedded), "{fonts}");
    let text = std::process::Command::new("pdftotext").args(["-enc", "UTF-8"]).arg(pdf).arg("-").output().unwrap();
    String::from_utf8(text.stdout).unwrap()
}
