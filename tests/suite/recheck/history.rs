//! What went before and came after: since when, whose other ads, and what was put right.

use super::*;

#[tokio::test]
async fn only_cases_since_a_moment_are_compared() {
    let days = ["2026-11-09T23:59:59Z", "2026-11-10T00:00:00Z", "2026-11-11T16:00:00Z"];
    let (folder, _) = Folder::plain(days.map(|day| look(day, CHEAP, day))).await;
    for (since, opened) in [
        ("2026-11-10", &days[1..]),
        // 00:00 in China.
        ("2026-11-12T00:00:00+08:00", &days[2..]),
        ("2026-11-12", &[]),
    ] {
        ended(&folder.recheck(&["--since", since]), 0, &[&format!("cases compared anew: {}\n", opened.len())]);
        let found: Vec<_> = folder.lines().iter().map(|line| line["ad_id"].clone()).collect();
        assert_eq!(found, opened, "since {since}");
    }
}

#[tokio::test]
async fn what_was_found_before_of_an_advertiser_weighs_as_it_did() {
    let other = |ad: &str, day: &str| paid_by("who", look(ad, CHEAP, day));
    let earlier = ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"];
    // An older line does not say what was known: then the store says it.
    let older = How { earlier: None, ..How::default() };
    let known = How { earlier: Some(earlier.map(at).to_vec()), ..How::default() };
    let before = earlier.map(|day| (other(day, day), How::default()));
    let now = [(other("older", DAY), older), (other("known", DAY), known), (other("new", DAY), How::default())];
    let (folder, shelved) = Folder::of(before.into_iter().chain(now)).await;
    assert_eq!(shelved[4].line["violations"][0]["severity"], "S4");
    ended(&folder.recheck(&["--since", DAY]), 0, &["3 kept (1 with another severity)"]);
    let [older, known, new] = &folder.lines()[..] else { panic!("three cases") };
    let moved = &older["severity_changed"][0];
    assert_eq!(
        (&moved["was"], &moved["is"], &moved["weighed"][0]["id"]),
        (&"S3".into(), &"S4".into(), &"repeated".into())
    );
    assert_eq!((rules(known, "severity_changed"), rules(new, "severity_changed")), (vec![], vec![]));
}

#[tokio::test]
async fn what_a_later_case_of_the_ad_no_longer_finds_was_put_right() {
    let later = "2026-11-12T00:00:00Z";
    let mut blocked = look("blocked", HONEST, later);
    blocked.pages.clear();
    let cases = [
        look("mended", CHEAP, DAY),
        look("mended", HONEST, later),
        // Nobody saw the page the second time.
        look("blocked", CHEAP, DAY),
        blocked,
        // Put right, and wrong again.
        look("relapsed", CHEAP, DAY),
        look("relapsed", HONEST, later),
        look("relapsed", CHEAP, "2026-11-14T00:00:00Z"),
    ];
    let (folder, _) = Folder::plain(cases).await;
    ended(&folder.recheck(&[]), 0, &["4 kept (1 with another severity)"]);
    let moved: Vec<_> = folder
        .lines()
        .into_iter()
        .filter(|line| !rules(line, "severity_changed").is_empty())
        .map(|line| (line["ad_id"].clone(), line["severity_changed"][0]["is"].clone()))
        .collect();
    assert_eq!(moved, [("mended".into(), "S2".into())]);
}
