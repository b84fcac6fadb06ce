//! What is noise, and the complaints that most look like it and are none.

use chrono::TimeDelta;

use super::*;
use crate::chance::Chance;

struct World {
    said: Vec<(String, i64, String, String, bool)>,
}

impl World {
    fn new() -> Self {
        Self { said: Vec::new() }
    }

    /// Somebody says something so many minutes after the beginning.
    fn say(&mut self, minute: i64, text: &str, converted: bool) {
        let number = self.said.len();
        self.said.push((format!("c{number}"), minute, text.to_owned(), format!("u{number}"), converted));
    }

    fn heeded(&self) -> Vec<Heeded> {
        let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
        let said: Vec<Said<'_>> = self
            .said
            .iter()
            .map(|(id, minute, text, user, converted)| Said {
                id,
                at: start + TimeDelta::minutes(*minute),
                text,
                user: Some(user),
                ad: Some("a"),
                converted: *converted,
            })
            .collect();
        noise(&said, &Rules::built_in(), &Bounds::default())
    }
}

fn one(text: &str, converted: bool) -> Heeded {
    let mut world = World::new();
    world.say(0, text, converted);
    world.heeded().remove(0)
}

fn rule(heeded: &Heeded) -> Option<&str> {
    match heeded {
        Heeded::Excluded(noise) => Some(&noise.rule),
        _ => None,
    }
}

#[test]
fn a_text_is_compared_without_what_does_not_change_it() {
    for text in
        ["自动续费２９．９元", "自 动 续 费 29.9 元！！！", "自\u{200b}动续\u{feff}费😡😡19元", "自动/续费 3.5元～"]
    {
        assert_eq!(normal(text), "自动续费0元", "{text}");
    }
    assert_eq!(normal("ＶＩＰ ①②"), "vip0");
    assert_eq!(normal("😂😂！"), "");
    for (written, meant) in [
        ("廣告說買一送一，收到嘅係假貨", "广告说买一送一，收到的系假货"),
        ("冇得退，唔肯退", "没有得退，不肯退"),
        ("骗紙，退宽！", "骗子，退款"),
        ("优惠卷用不了", "优惠券用不了"),
        ("〇元购", "零元购"),
    ] {
        assert_eq!(normal(written), normal(meant), "{written}");
    }
    assert_eq!(
        [normal("0元购"), normal("零元购"), normal("0.00元购"), normal("10元购")],
        ["零元购", "零元购", "零元购", "0元购"]
    );
}

#[test]
fn noise_is_told_with_its_rule_and_what_it_rests_on() {
    for (text, expected) in [
        ("兄弟们薅羊毛了，骂几句就有券", "coupon-hunting"),
        ("正在驯\u{200b}化🐑大模型，多骂两句", "coupon-hunting"),
        ("大数据听到没，多给我推点红包优惠", "coupon-calling"),
        ("复制这段话发到评论区，大家一起", "crowd-calling"),
        ("代言人都塌房了还用，抵制", "celebrity-scandal"),
        ("这价格太贵了吧，买不起", "price-grumbling"),
        ("哈哈哈哈笑死 666", "meme"),
        ("前排打卡😂", "meme"),
    ] {
        let heeded = one(text, true);
        let Heeded::Excluded(noise) = &heeded else { panic!("{text}: {heeded:?}") };
        assert_eq!(noise.rule, expected, "{text}");
        assert!(!noise.rests_on.is_empty() && noise.why["zh-CN"] != noise.why["en"], "{text}: {noise:?}");
    }
}

#[test]
fn what_happened_to_people_is_no_noise_however_it_sounds() {
    for text in [
        "广告说领100元券，点进去根本没有券可领",
        "广告写9.9，付款时变成99，太贵了吧",
        "我不是羊毛党，正常下单的，客服说券用不了",
        "太贵了而且质量差，一用就坏",
        "骗子 扣费",
        "扣费！！！",
        "骗人",
        "不发货",
        "代言人的签名照说好送的没有送",
        "买了明星同款，收到是假货，退货不让退，抵制",
        "算法推给我的红包广告，领了提现不了，求处理",
        "主播说到手价59，实际收了我89，割韭菜",
        "哈哈哈哈扣了我三次钱",
        "我妈点了一下就开通了",
        "孩子充了两千",
        "没收到货",
    ] {
        assert_eq!(rule(&one(text, true)), None, "{text}");
    }
}

#[test]
fn a_template_that_many_pass_on_within_hours_is_noise() {
    for seed in 0..5 {
        let chance = Chance::of(&format!("template {seed}"));
        let mut world = World::new();
        // A week of the ad: nine who converted and say what happened, each in words of their own.
        for (day, text) in OWN_WORDS.iter().enumerate() {
            world.say(day as i64 * 1_100, text, true);
        }
        let honest = world.said.len();
        for n in 0..30 {
            let (emoji, mark) = (["😡", "🔥", "", "❗"][n % 4], ["。", "！！", "~", ""][n / 4 % 4]);
            let number = chance.below(900, "number", n as i64);
            let text =
                format!("姐妹{emoji}们这家的客{emoji}服真的太离谱了{mark}第{number}个来支持主播维权{mark}打工人不容易");
            world.say(4_000 + 5 * n as i64, &text, n % 10 == 0);
        }
        let heeded = world.heeded();
        assert!(heeded[..honest].iter().all(|heeded| rule(heeded).is_none()), "{heeded:?}");
        let excluded = heeded[honest..].iter().filter(|heeded| rule(heeded) == Some("burst-template")).count();
        assert!(excluded >= 26, "{excluded} of 30: those who converted and speak of what happened are kept");
    }
}

#[test]
fn a_wave_of_people_who_were_cheated_is_no_noise() {
    // Thirty within three hours: different words, the same slot; each converted.
    let mut world = World::new();
    let openings = [
        "我",
        "昨天",
        "刚刚发现",
        "莫名其妙",
        "老人手机",
        "查账单才知道",
        "没点同意就",
        "看个广告",
        "早上起来",
        "气死了",
    ];
    let what = [
        "被扣了19块9",
        "话费少了20",
        "扣我会员钱",
        "开通了个什么业务扣钱",
        "自动给我续费",
        "钱没了",
        "扣了29.9没短信",
        "绑了个订阅",
    ];
    let ends = ["怎么退", "谁能管管", "打客服没人接", "取消不掉", "", "已经第二个月了", "这不是抢吗"];
    for n in 0..30_usize {
        let text = format!("{}{}{}", openings[n % 10], what[n * 3 % 8], ends[n * 5 % 7]);
        world.say(n as i64 * 6, &text, true);
    }
    assert!(world.heeded().iter().all(|heeded| rule(heeded).is_none()), "{:?}", world.heeded());

    // Forty who write only two words, and each converted.
    let mut world = World::new();
    for n in 0..40_usize {
        world.say(n as i64 * 4, ["骗子 扣费", "骗子扣费！", "骗子，乱扣费", "扣费骗子"][n % 4], true);
    }
    assert!(world.heeded().iter().all(|heeded| *heeded == Heeded::Kept), "{:?}", world.heeded());

    // Forty victims who pass on one letter: people look, and until then it counts.
    let mut world = World::new();
    for n in 0..40_i64 {
        let text =
            format!("本人于{}月{}日在该广告下单，至今未收到商品，商家拒绝退款，请求平台处理", n % 12 + 1, n % 28 + 1);
        world.say(n * 4, &text, n % 8 != 0);
    }
    let heeded = world.heeded();
    assert!(
        heeded.iter().all(|heeded| matches!(heeded, Heeded::Doubtful(noise) if noise.rule == "burst-template")),
        "{heeded:?}"
    );
}

#[test]
fn many_of_a_large_ad_are_no_burst_and_few_of_any_are_none() {
    // An ad with a hundred complaints a day gets the same sentence eight times in six hours: nothing unusual.
    let chance = Chance::of("large");
    let mut world = World::new();
    for n in 0..700_i64 {
        let text: String = (0..14)
            .map(|at| char::from_u32(0x4e00 + chance.below(2_000, &at.to_string(), n)).expect("a letter"))
            .collect();
        world.say(n * 14, &text, false);
    }
    for n in 0..8 {
        world.say(5_000 + n * 40, "这个广告刷到好多次了有点烦人", false);
    }
    assert!(world.heeded().iter().all(|heeded| rule(heeded).is_none()));
    let mut world = World::new();
    for n in 0..7 {
        world.say(n, "这个广告刷到好多次了有点烦人", false);
    }
    assert!(world.heeded().iter().all(|heeded| rule(heeded).is_none()), "seven are not eight");
    // The same user eight times is one user.
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let text = "这个广告刷到好多次了有点烦人";
    let said: Vec<Said<'_>> =
        (0..20).map(|_| Said { id: "c", at: start, text, user: Some("u"), ad: None, converted: false }).collect();
    assert!(noise(&said, &Rules::built_in(), &Bounds::default()).iter().all(|heeded| *heeded == Heeded::Kept));
}

#[test]
fn how_alike_texts_are_is_told_within_its_error() {
    let of = |text: &str| Sketch::of(&normal(text));
    assert_eq!(similarity(&of("一模一样的一句话"), &of("一模一样的一句话！😀")), 1.0);
    assert!(similarity(&of("今天买的苹果很甜很好吃"), &of("这个软件自动扣了我的钱")) < 0.1);
    let mut worst: f64 = 0.0;
    let chance = Chance::of("alike");
    for n in 0..60_i64 {
        let letters = |what: &str, many: u32| -> Vec<char> {
            (0..many)
                .map(|at| char::from_u32(0x4e00 + chance.below(3_000, &format!("{what}{at}"), n)).expect("a letter"))
                .collect()
        };
        let (head, a, b) = (letters("h", 20), letters("a", 10), letters("b", 10));
        let (a, b): (String, String) = (head.iter().chain(&a).collect(), head.iter().chain(&b).collect());
        let pieces = |text: &str| -> std::collections::BTreeSet<Vec<char>> {
            let letters: Vec<char> = text.chars().collect();
            (2..=4).flat_map(|size| letters.windows(size).map(<[char]>::to_vec).collect::<Vec<_>>()).collect()
        };
        let (of_a, of_b) = (pieces(&a), pieces(&b));
        let exact = of_a.intersection(&of_b).count() as f64 / of_a.union(&of_b).count() as f64;
        worst = worst.max((similarity(&Sketch::of(&a), &Sketch::of(&b)) - exact).abs());
    }
    assert!(worst < 0.22, "{worst}: three and a half standard errors");
}

#[test]
fn rules_that_cannot_be_are_refused() {
    let rule = |rest: &str| {
        let text = format!(
            "grievances = []\n[[rule]]\nid = \"r\"\nwhy = {{ \"zh-CN\" = \"a\", en = \"b\" }}\nunless = []\n{rest}\n"
        );
        Rules::read(&text).map_err(|error| error.to_string())
    };
    assert!(rule("any = [\"x\"]\ngroups = []\nshare = 0.0").is_ok());
    assert!(rule("any = []\ngroups = []\nshare = 0.0").expect_err("nothing").contains("nothing to look for"));
    assert!(rule("any = [\"！\"]\ngroups = []\nshare = 0.0").expect_err("a mark").contains("nothing is left"));
    assert!(rule("any = [\"x\"]\ngroups = []\nshare = 2.0").expect_err("two").contains("from 0 to 1"));
    assert!(Rules::read("grievances = []\n[[rule]]\nid = \"r\"\nwhy = { en = \"b\" }\nunless = []\nany = [\"x\"]\ngroups = []\nshare = 0.0").is_err());
}

const OWN_WORDS: [&str; 9] = [
    "等了十天还没发货，问客服就说再等等",
    "裙子颜色跟图片差太多了，退货还要自己出运费",
    "买二送一的那一件没有寄来",
    "收到的时候盒子是破的，里面的杯子碎了",
    "付款以后才说要满三百才包邮",
    "尺码完全不准，换货一直没人处理",
    "说好的七天无理由，到我这就不行了",
    "用了三天屏幕就不亮了",
    "订单显示签收可我根本没拿到",
];

#[test]
fn what_comes_some_at_a_time_is_told_as_what_comes_at_once() {
    // Thirty days of three ads: each has complaints of its own, and two of them a campaign, one across the end of a lot.
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let chance = Chance::of("lots");
    let mut told: Vec<(i64, String, usize)> = Vec::new();
    for n in 0..900_i64 {
        let text: String = (0..12)
            .map(|at| char::from_u32(0x4e00 + chance.below(3_000, &at.to_string(), n)).expect("a letter"))
            .collect();
        told.push((n * 48, text, (n % 3) as usize));
    }
    for n in 0..12 {
        told.push((20_000 + n * 9, format!("大家快来支持这家店第{n}个了加油加油"), 0));
        told.push((33_580 + n * 3, format!("这家的广告{n}全都是骗点击的别信"), 1));
    }
    told.sort();
    let ids: Vec<String> = (0..told.len()).map(|n| format!("c{n}")).collect();
    let ads = ["a", "b", "c"];
    let said: Vec<Said<'_>> = told
        .iter()
        .zip(&ids)
        .map(|((minute, text, ad), id)| Said {
            id,
            at: start + TimeDelta::minutes(*minute),
            text,
            user: Some(id),
            ad: Some(ads[*ad]),
            converted: false,
        })
        .collect();
    let rules = Rules::built_in();
    let at_once = noise(&said, &rules, &Bounds::default());
    assert_eq!(at_once.iter().filter(|heeded| rule(heeded).is_some()).count(), 24);
    for lot in [1, 7, 100] {
        let (mut watch, mut heeded) = (Watch::new(Bounds::default()), vec![Heeded::Kept; said.len()]);
        for (from, some) in said.chunks(lot).enumerate() {
            for (at, one) in some.iter().enumerate() {
                watch.put(from * lot + at, one, Stands::Kept, &rules);
            }
            watch.tell().into_iter().for_each(|(at, told)| heeded[at] = told);
            watch.forget(some[0].at - TimeDelta::days(7), 400);
            assert!(watch.len() <= 400, "no more is held than it is told");
        }
        let rules_of = |heeded: &[Heeded]| heeded.iter().map(|one| rule(one).map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(rules_of(&heeded), rules_of(&at_once), "{lot} at a time");
    }
}

#[test]
fn what_was_said_before_is_not_said_again() {
    let start = DateTime::from_timestamp(1_790_000_000, 0).expect("a time");
    let (mut watch, rules) = (Watch::new(Bounds::default()), Rules::built_in());
    let said = |id: &'static str, minute: i64| Said {
        id,
        at: start + TimeDelta::minutes(minute),
        text: "复制这段话发到评论区",
        user: Some(id),
        ad: Some("a"),
        converted: false,
    };
    watch.put("a", &said("a", 0), Stands::Kept, &rules);
    watch.put("b", &said("b", 1), Stands::Excluded, &rules);
    assert_eq!(watch.tell().into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ["a"], "of the other it was said");
    watch.put("a", &said("a", 0), Stands::Kept, &rules);
    assert_eq!(watch.tell(), [], "nor of one that comes again");
}
