//! What complaints say, what they do not say, and words that are told apart.

use super::*;

fn label(text: &str) -> Labelled {
    Labels::built_in().label(text, None)
}

#[test]
fn what_a_complaint_says_is_told_by_its_words() {
    for (text, scenario, kind, matter, severity) in [
        (
            "收到的裙子跟图片完全两回事，面料差远了",
            Some(Scenario::Goods),
            Kind::Content,
            "product-differs",
            Severity::S2,
        ),
        (
            "说是免费领，结果要我先交钱才给发快递",
            Some(Scenario::Goods),
            Kind::Content,
            "free-is-not-free",
            Severity::S3,
        ),
        (
            "我根本没点开通，这个月话费被扣了29块",
            Some(Scenario::Virtual),
            Kind::Fulfilment,
            "charged-unasked",
            Severity::S3,
        ),
        ("自 动 续 费 ！！关都关不了", Some(Scenario::Virtual), Kind::Fulfilment, "charged-unasked", Severity::S3),
        ("一个星期了还没发货，物流也不动", Some(Scenario::Goods), Kind::Fulfilment, "not-delivered", Severity::S2),
        ("到店才说要补差价，技师一直推销办卡", Some(Scenario::Service), Kind::Fulfilment, "sold-more", Severity::S3),
        ("孩子看到这种低俗画面，平台不管吗", None, Kind::Distribution, "wrong-audience", Severity::S2),
        ("留了电话就天天打电话骚扰，谁卖我信息", None, Kind::Distribution, "personal-data", Severity::S3),
        ("用了面膜第二天脸红肿过敏去了医院", Some(Scenario::Goods), Kind::Fulfilment, "harm", Severity::S4),
        ("这个广告天天弹，关了又弹", None, Kind::Distribution, "shown-too-often", Severity::S1),
    ] {
        let told = label(text);
        assert_eq!((told.kind, told.path[3].as_str()), (kind, matter), "{text}: {told:?}");
        assert_eq!((told.scenario, told.severity), (scenario, severity), "{text}: {told:?}");
        assert!(told.confidence >= 0.5 && !told.words.is_empty(), "{text}: {told:?}");
    }
}

#[test]
fn what_is_not_said_is_other_with_little_confidence() {
    for text in
        ["", "？？？", "今天天气不错", "我不太满意", "还行吧", "发货快，质量好，价格也合适", "一般般 没什么感觉"]
    {
        let told = label(text);
        assert_eq!((told.kind, told.path[2].as_str()), (Kind::Other, "unknown"), "{text}: {told:?}");
        assert!(told.confidence < 0.5, "{text}: {told:?}");
    }
    // As much of one as of the other: people decide.
    let torn = label("广告太多 还不发货");
    assert_eq!(torn.kind, Kind::Other, "{torn:?}");
    assert!(torn.confidence < 0.5);
}

#[test]
fn of_minors_and_the_elderly_less_is_enough_and_money_is_graver() {
    let labels = Labels::built_in();
    let text = "扣费 广告";
    let (adult, elderly) = (labels.label(text, Some(Age::Adult)), labels.label(text, Some(Age::Elderly)));
    assert_eq!((adult.severity, elderly.severity), (Severity::S3, Severity::S4));
    let torn = "广告太多 还不发货";
    assert_eq!(labels.label(torn, Some(Age::Adult)).kind, Kind::Other);
    assert_ne!(labels.label(torn, Some(Age::Minor)).kind, Kind::Other);
    let nuisance = labels.label("同一个广告一直弹", Some(Age::Minor));
    assert_eq!(nuisance.severity, Severity::S1, "no money is concerned");
}

#[test]
fn who_says_it_ten_times_says_it_once() {
    let (once, often) = (label("扣费"), label("扣费扣费扣费扣费扣费扣费"));
    assert_eq!((once.confidence, once.kind), (often.confidence, often.kind));
}

#[test]
fn every_matter_is_found_by_each_of_its_sure_words() {
    // A word that another matter holds as a longer one would never be found.
    let labels = Labels::built_in();
    let text = include_str!("../../data/labels.toml");
    let table: toml::Table = text.parse().expect("it is TOML");
    let mut missed = Vec::new();
    for matter in table["matter"].as_array().expect("a list") {
        for word in matter["words"]["3"].as_array().expect("a list") {
            let word = word.as_str().expect("a word");
            let told = labels.label(word, None);
            if told.path[1] != matter["kind"].as_str().expect("a kind") {
                missed.push(format!("{word}: {:?} instead of {}", told.path, matter["id"]));
            }
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_lexicon_that_cannot_be_is_refused() {
    let matter = |words: &str| {
        let text = format!(
            "[scenarios]\n[[matter]]\nid = \"m\"\nkind = \"content\"\ngroup = \"g\"\nseverity = \"S1\"\nmoney = false\nwords = {words}\n"
        );
        Labels::read(&text).map_err(|error| error.to_string())
    };
    assert!(matter("{ 3 = [\"x\"] }").is_ok());
    assert!(matter("{ 7 = [\"x\"] }").expect_err("7").contains("weigh 7"));
    assert!(matter("{ 3 = [\"！\"] }").expect_err("nothing").contains("nothing is left"));
    assert!(Labels::read("[scenarios]\nship = { 3 = [\"x\"] }\nmatter = []").is_err());
    assert!(Labels::read("x = 1").is_err());
}
