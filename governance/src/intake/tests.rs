//! Rows are taken as they are, or refused with field and reason.

use chrono::TimeDelta;
use model::complaint::{Age, Source};
use serde_json::json;

use super::*;

fn reading() -> Reading {
    let now = "2026-11-28T00:00:00Z".parse().expect("a moment");
    let touchpoints_for = TimeDelta::days(30);
    Reading { now, place: chrono_tz::Asia::Shanghai, platform: Some("feed".into()), touchpoints_for }
}

fn row(what: What, object: Value) -> Result<Row, Fault> {
    let object = object.as_object().expect("an object");
    reading().row(what, &Fields::of_json(what, object)?)
}

fn complaint(change: Value) -> Result<Complaint, Fault> {
    let mut object = json!({ "id": "c", "source": "comment", "at": "2026-11-20T08:00:00+08:00", "text": "没有领到" });
    let change = change.as_object().expect("an object").clone();
    object.as_object_mut().expect("an object").extend(change);
    match row(What::Complaints, object)? {
        Row::Complaint(complaint) => Ok(complaint),
        other => unreachable!("{other:?}"),
    }
}

#[track_caller]
fn refused(change: Value, field: &str, words: &str) {
    let fault = complaint(change).expect_err("it is wrong");
    assert!(fault.field == field && fault.reason.contains(words), "{fault:?}");
}

#[test]
fn a_row_is_read_by_english_and_by_chinese_names() {
    let english =
        complaint(json!({ "age_group": "elderly", "stars": 1, "refunded": 1999, "Ad ID": "a" })).expect("reads");
    let chinese = json!({ "投诉编号": "c", "来源": "评论", "投诉时间": "2026年11月20日 08:00:00", "投诉内容": "没有领到",
        "年龄段": "老年人", "评分": "1", "退款金额（元）": "¥19.99", "广告ID": "a", "whatever": { "else": [] } });
    let Ok(Row::Complaint(chinese)) = row(What::Complaints, chinese) else { panic!("it is one") };
    assert_eq!(chinese, english);
    assert_eq!((english.source, english.age, english.refunded), (Source::Comment, Some(Age::Elderly), Some(1_999)));
    assert_eq!((english.platform.as_deref(), english.user), (Some("feed"), None));
}

#[test]
fn moments_are_read_as_they_are_written_and_clocks_that_are_wrong_are_told() {
    let at = |text: Value| complaint(json!({ "at": text })).map(|one| one.at.to_rfc3339());
    for same in [
        json!("2026-11-20T00:30:00Z"),
        json!("2026-11-20 08:30:00"),
        json!("2026/11/20 8:30"),
        json!(1_795_134_600),
        json!("1795134600000"),
    ] {
        assert_eq!(at(same.clone()).as_deref(), Ok("2026-11-20T00:30:00+00:00"), "{same}");
    }
    let ahead = |by: TimeDelta| at((reading().now + by).to_rfc3339().into());
    assert!(ahead(TimeDelta::minutes(5)).is_ok());
    assert!(ahead(TimeDelta::seconds(301)).expect_err("ahead").reason.contains("still to come"));
    refused(json!({ "at": "1999-12-31T23:59:59Z" }), "at", "before 2000");
    for wrong in [json!("2026-11-20"), json!("soon"), json!("2026-13-01 00:00:00"), json!(20_261_120)] {
        refused(json!({ "at": wrong }), "at", "is no moment");
    }
}

#[test]
fn sums_are_whole_and_never_negative() {
    let sum = |change: Value| complaint(change).map(|one| one.refunded);
    assert_eq!(sum(json!({ "refunded": 0 })), Ok(Some(0)));
    assert_eq!(sum(json!({ "refunded_yuan": "1,234.5" })), Ok(Some(123_450)));
    assert_eq!(sum(json!({ "refunded_yuan": "7" })), Ok(Some(700)));
    assert_eq!(sum(json!({ "refunded": "19.00" })), Ok(Some(19)));
    refused(json!({ "refunded": -1 }), "refunded", "negative");
    refused(json!({ "refunded_yuan": "-0.01" }), "refunded_yuan", "negative");
    refused(json!({ "refunded": 1.5 }), "refunded", "whole number of fen");
    refused(json!({ "refunded_yuan": "1.005" }), "refunded_yuan", "two decimals");
    refused(json!({ "refunded": "1e9" }), "refunded", "whole number of fen");
    refused(json!({ "refunded": "99999999999999" }), "refunded", "more than");
    refused(json!({ "refunded": 1, "refunded_yuan": 1 }), "refunded", "told twice");
    assert_eq!(sum(json!({ "refunded_yuan": "¥1,234,567.89" })), Ok(Some(123_456_789)));
    assert_eq!(sum(json!({ "refunded": "12,345" })), Ok(Some(12_345)));
    for decimal in ["1,5", "1,50", "12,3456", "1234,567", ",500", "1.234,500", "1,234,5"] {
        refused(json!({ "refunded_yuan": decimal }), "refunded_yuan", "two decimals");
    }
    refused(json!({ "refunded_yuan": "-1,234" }), "refunded_yuan", "negative");
}

#[test]
fn an_age_is_a_group_or_years() {
    let age = |age: Value| complaint(json!({ "年龄": age })).map(|one| one.age);
    for (years, group) in
        [(0, Age::Minor), (17, Age::Minor), (18, Age::Adult), (59, Age::Adult), (60, Age::Elderly), (101, Age::Elderly)]
    {
        assert_eq!(age(years.into()), Ok(Some(group)), "{years}");
    }
    assert_eq!((age("62岁".into()), age("老人".into())), (Ok(Some(Age::Elderly)), Ok(Some(Age::Elderly))));
    refused(json!({ "年龄": 131 }), "age", "none of adult, elderly, minor");
    refused(json!({ "年龄": -3 }), "age", "none of");
    refused(json!({ "年龄": "三十" }), "age", "none of");
}

#[test]
fn two_names_of_one_field_say_the_same_or_are_refused() {
    refused(json!({ "ad": "a1", "广告": "b2" }), "ad", "told twice: `a1` and `b2`");
    assert_eq!(complaint(json!({ "ad": "a1", "广告": " a1", "ad id": "" })).expect("reads").ad.as_deref(), Some("a1"));
}

#[test]
fn a_touchpoint_whose_time_is_over_is_not_taken() {
    let seen = |at: DateTime<Utc>| row(What::Touchpoints, json!({ "id": "t", "kind": "click", "at": at.to_rfc3339() }));
    let over = reading().now - TimeDelta::days(30);
    assert!(seen(over + TimeDelta::milliseconds(1)).is_ok());
    let fault = seen(over).expect_err("it would be forgotten at once");
    assert!(fault.field == "at" && fault.reason.contains("kept for 30 days"), "{fault:?}");
    assert!(complaint(json!({ "at": "2020-11-20T08:00:00Z" })).is_ok(), "what was said counts on");
}

#[test]
fn a_place_is_written_north_first_in_english_and_east_first_in_chinese() {
    let place = |name: &str, text: &str| match row(
        What::Touchpoints,
        json!({ "id": "t", "kind": "click", "at": 1_795_134_600, name: text }),
    ) {
        Ok(Row::Touchpoint(one)) => one.place,
        other => panic!("{other:?}"),
    };
    assert_eq!(place("location", "23.13,113.26"), Some((23.13, 113.26)));
    assert_eq!(place("经纬度", "113.26,23.13"), Some((23.13, 113.26)));
    assert_eq!(place("经纬度", "113.26，23.13"), Some((23.13, 113.26)));
    let turned =
        row(What::Touchpoints, json!({ "id": "t", "kind": "click", "at": 1_795_134_600, "经纬度": "23.13,113.26" }));
    assert_eq!(turned.expect_err("no degree north is above 90").field, "place_east_first");
}

#[test]
fn what_is_missing_too_long_or_no_text_is_refused() {
    refused(json!({ "id": " " }), "id", "missing");
    refused(json!({ "source": "tv" }), "source", "none of comment, hotline, rating, refund, report");
    refused(json!({ "source": null }), "source", "missing");
    refused(json!({ "text": "长".repeat(10_001) }), "text", "10001 characters: 10000 at most");
    assert_eq!(complaint(json!({ "text": "长".repeat(10_000) })).expect("reads").text.chars().count(), 10_000);
    refused(json!({ "user": "u".repeat(201) }), "user", "200 at most");
    refused(json!({ "text": "a\u{0}b" }), "text", "NUL");
    refused(json!({ "id": "a\u{0}b" }), "id", "NUL");
    refused(json!({ "rating": 6 }), "rating", "from 1 to 5");
    refused(json!({ "user": { "id": 1 } }), "user", "object");
    refused(json!({ "user": [1] }), "user", "list");
}

#[test]
fn a_touchpoint_is_read_with_all_that_it_says() {
    let whole = json!({ "id": "t", "kind": "点击", "at": "2026-11-20T08:00:00Z", "channel": "feed", "ip": "2001:db8::1",
        "ua": "Mozilla", "size": "300x250", "prefetch": "是", "lat": 23.1234567, "lng": "113.26" });
    let Ok(Row::Touchpoint(one)) = row(What::Touchpoints, whole) else { panic!("it is one") };
    assert_eq!((one.size, one.place, one.prefetch), (Some((300, 250)), Some((23.123_457, 113.26)), true));
    // As the API and other programs send it.
    let same = serde_json::to_value(&one).expect("JSON");
    assert_eq!(row(What::Touchpoints, same), Ok(Row::Touchpoint(one)));
    for (change, field) in [
        (json!({ "kind": "swipe" }), "kind"),
        (json!({ "ip": "1.2.3" }), "ip"),
        (json!({ "size": "wide" }), "size"),
        (json!({ "place": "north" }), "place"),
        (json!({ "lat": 91 }), "north"),
        (json!({ "prefetch": "maybe" }), "prefetch"),
    ] {
        let mut wrong = json!({ "id": "t", "kind": "click", "at": "2026-11-20T08:00:00Z" });
        wrong.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        assert_eq!(row(What::Touchpoints, wrong).expect_err("it is wrong").field, field, "{change}");
    }
}

#[test]
fn a_conversion_is_read() {
    let order = json!({ "订单号": "v", "下单时间": "2026-11-20 08:00:00", "转化类型": "order", "订单金额（元）": "30", "点击ID": "t" });
    let Ok(Row::Conversion(one)) = row(What::Conversions, order) else { panic!("it is one") };
    assert_eq!((one.kind.as_str(), one.value, one.click.as_deref()), ("order", Some(3_000), Some("t")));
    let bare = row(What::Conversions, json!({ "id": "v", "at": 1_795_134_600 }));
    assert!(matches!(bare, Ok(Row::Conversion(one)) if one.kind == "conversion" && one.value.is_none()));
}
