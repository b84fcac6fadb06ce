//! Probe.
use crate::pairs::written::{self, Shown};
use crate::stored::{How, Stored};
use checker::Words;
use model::case::Case;
use model::evidence::{AdPlace, AdSource, Place};
use model::statement::{ReadBy, Role, Statement, Visibility};
use postlink_tests::postlink::Postlink;

fn look(title: &str, page: &str) -> Case {
    let shown = Shown::of(page);
    let mut case = written::case([&shown, &shown]);
    case.chains.truncate(1);
    case.pages.truncate(1);
    case.opened_at = "2026-11-10T04:00:00Z".parse().unwrap();
    case.ad.title = Some(title.into());
    let normal = reader::text::normal(title);
    case.promised.push(Statement {
        text: title.into(),
        prices: reader::price::tags(&normal.text),
        normal,
        place: Place::Ad(AdPlace {
            source: AdSource::Title,
            at_s: None,
            until_s: None,
            area: None,
            evidence: case.ad_evidence,
        }),
        visibility: Visibility::default(),
        role: Role::Text,
        read_by: ReadBy::Text,
    });
    case
}

#[tokio::test]
async fn probe() {
    let words = Words::compile(&policies::lexicon().unwrap(), policies::senses()).unwrap();
    let postlink = Postlink::new().unwrap();
    let mut stored = Stored::open(&postlink.folder().join("out"), &words).await.unwrap();
    for (t, p) in [
        (
            "免费领取5G流量包",
            "# 5G畅享流量套餐\n月租39元,从次月起自动扣费\n? phone 手机号\n? sms-code 验证码\n[立即办理套餐]",
        ),
        ("全国销量第一的护手霜", "# 护手霜\n现价19元\n(立即购买)"),
        ("护手霜9.9元", "# 护手霜\n现价19元\n(立即购买)"),
    ] {
        let s = stored.keep(&look(t, p), How::default()).await.unwrap();
        println!("== {t} {}", s.line["verdict"]);
        for f in s.line["findings"].as_array().unwrap() {
            println!("  F {} {}", f["check"], f["confidence"]);
        }
        for v in s.line["violations"].as_array().unwrap() {
            println!(
                "  V {} {} {} {} weighed {} also_by {} covers {}",
                v["check"], v["rule"], v["pack"], v["severity"], v["weighed"], v["also_by"], v["covers"]
            );
        }
    }
    stored.close().await;
    let run = postlink.run(&["recheck", "--data", "out"]).unwrap();
    println!("{:?}\n{}\n{}", run.code, run.stdout, run.stderr);
    println!("{}", std::fs::read_to_string(postlink.folder().join("out/recheck.jsonl")).unwrap());
    let run = postlink.run(&["recheck", "--data", "out", "--dry-run"]).unwrap();
    println!("{:?}\n{}\n{}", run.code, run.stdout, run.stderr);
}
