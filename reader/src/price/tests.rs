//! Real ways of writing a price, and of writing what is none.

use model::statement::Currency;

use super::*;
use crate::text::normal;

/// A short writing of tags: `29/month`, `>29` for "from", `$9.99/month`.
fn written(shown: &str) -> String {
    let short = |tag: &PriceTag| {
        let sign = match tag.currency {
            Currency::Cny => "",
            Currency::Usd => "$",
            Currency::Eur => "€",
            Currency::Gbp => "£",
            Currency::Hkd => "HK$",
            Currency::Twd => "NT$",
        };
        let cents = if tag.cents % 100 == 0 { String::new() } else { format!(".{:02}", tag.cents % 100) };
        let per = tag.per.map_or(String::new(), |p| {
            let unit = format!("{:?}", p.unit).to_lowercase();
            if p.count == 1 { format!("/{unit}") } else { format!("/{}{unit}", p.count) }
        });
        format!("{}{sign}{}{cents}{per}", if tag.from { ">" } else { "" }, tag.cents / 100)
    };
    tags(&normal(shown).text).iter().map(short).collect::<Vec<_>>().join(" ")
}

#[test]
fn prices_are_read() {
    let mut wrong = Vec::new();
    for (shown, expected) in [
        ("0元领取", "0"),
        ("¥29.9", "29.90"),
        ("￥29", "29"),
        ("￥ 29.90", "29.90"),
        ("29.9元", "29.90"),
        ("29块", "29"),
        ("HK$29", "HK$29"),
        ("月费 NT$199", "NT$199/month"),
        ("399一整年", "399/year"),
        ("一毛钱", "0.10"),
        ("29块钱", "29"),
        ("9块9包邮", "9.90"),
        ("9块9毛钱", "9.90"),
        ("29元9角", "29.90"),
        ("29元5角2分", "29.52"),
        ("5毛钱", "0.50"),
        ("二十九元", "29"),
        ("两块九", "2.90"),
        ("一百元", "100"),
        ("一百二十八元", "128"),
        ("1.5万元", "15000"),
        ("3w元", "30000"),
        ("1,299元", "1299"),
        ("￥1,299.00", "1299"),
        ("RMB 29", "29"),
        ("29 RMB", "29"),
        ("人民币29元", "29"),
        ("29 元", "29"),
        ("2o元/月", "20/month"),
        ("２９元／月", "29/month"),
        ("29元/月", "29/month"),
        ("29/月", "29/month"),
        ("29.9/年", "29.90/year"),
        ("29元每月", "29/month"),
        ("29元每个月", "29/month"),
        ("29元/个月", "29/month"),
        ("29元一个月", "29/month"),
        ("29块一个月", "29/month"),
        ("每月29元", "29/month"),
        ("月付廿九元", "29/month"),
        ("周卡 9.9 月卡 25 年卡 198", "9.90 25 198"),
        ("Medical costs to £5m, £75 excess", "£75"),
        ("首月六块，往后每月十八，会自动续", "6 18/month"),
        ("每周一、周三开播", ""),
        ("每月仅需29元", "29/month"),
        ("每个月自动扣费29元", "29/month"),
        ("月租29元", "29/month"),
        ("月租仅29元", "29/month"),
        ("月租29", "29/month"),
        ("月费：29元", "29/month"),
        ("月功能费20元", "20/month"),
        ("20元月功能费", "20/month"),
        ("20元/月功能费", "20/month"),
        ("包月20元", "20/month"),
        ("20元包月", "20/month"),
        ("连续包月仅9.9元", "9.90/month"),
        ("29元/30天", "29/30day"),
        ("29元/人/月", "29/month"),
        ("199元/年", "199/year"),
        ("199元一年", "199/year"),
        ("一年199元", "199/year"),
        ("年费199元", "199/year"),
        ("199元年费", "199/year"),
        ("199元/季", "199/quarter"),
        ("199元/季度", "199/quarter"),
        ("1元/天", "1/day"),
        ("每天1元", "1/day"),
        ("日租1元", "1/day"),
        ("19元日租", "19/day"),
        ("星卡19元日租版", "19"),
        ("19.9元/周", "19.90/week"),
        ("首月0元", "0"),
        ("首月0元，次月起29元/月", "0 29/month"),
        ("次月起29元/月", "29/month"),
        ("次月起每月29元", "29/month"),
        ("3个月99元", "99/3month"),
        ("99元3个月", "99/3month"),
        ("9.9元/3个月", "9.90/3month"),
        ("199元/半年", "199/6month"),
        ("前3个月9.9元", "9.90"),
        ("满100元3天内到账", "100"),
        ("月费19元，送100元话费", "19/month 100"),
        ("月费19元送100元话费", "19/month 100"),
        ("100元话费", "100"),
        ("29元起", ">29"),
        ("29元/月起", ">29/month"),
        ("29元起/月", ">29/month"),
        ("低至9.9元", ">9.90"),
        ("低至9.9元/月", ">9.90/month"),
        ("月租低至19元", ">19/month"),
        ("19-39元", "19 39"),
        ("19~39元/月", "19/month 39/month"),
        ("19元-39元", "19 39"),
        ("¥19-¥39", "19 39"),
        ("每月19至39元", "19/month 39/month"),
        ("原价199元现价29元", "199 29"),
        ("原价199 现价9.9", "199 9.90"),
        ("充值100，200元", "200"),
        ("9.9元气泡水", "9.90"),
        ("10元宝贝", "10"),
        ("29元月套餐", "29/month"),
        ("5元/GB", "5"),
        ("超出后0.1元/分钟", "0.10"),
        ("$9.99/mo", "$9.99/month"),
        ("$9.99 per month", "$9.99/month"),
        ("$9.99/month", "$9.99/month"),
        ("$0", "$0"),
        ("US$9.99", "$9.99"),
        ("USD 9.99", "$9.99"),
        ("9.99 USD a month", "$9.99/month"),
        ("$5-$10", "$5 $10"),
        ("$5-10/mo", "$5/month $10/month"),
        ("from $9.99", ">$9.99"),
        ("Starting at $20/yr", ">$20/year"),
        ("as low as $3 a day", ">$3/day"),
        ("$1,299.99", "$1299.99"),
        ("€5", "€5"),
        ("9,99 €", "€9.99"),
        ("£3 a week", "£3/week"),
        ("billed $59.99 annually", "$59.99/year"),
        ("monthly fee of $20", "$20/month"),
        ("5 dollars", "$5"),
        ("99 cents", "$0.99"),
        ("then $29.99 every 4 weeks", "$29.99/4week"),
        ("29美元/月", "$29/month"),
        ("每周9.9", "9.90/week"),
        ("每天仅需0.9", "0.90/day"),
        ("连续包季68元", "68/quarter"),
        ("four pounds fifty per week charged to your mobile", "£4.50/week"),
        ("your card is charged twenty-four pounds ninety-nine every 28 days", "£24.99/28day"),
        ("Twenty-nine euros a month", "€29/month"),
        ("five dollars and ninety-nine cents", "$5.99"),
        ("a fiver a fortnight", "£5/2week"),
        ("just a tenner", "£10"),
        ("two hundred and forty pounds, paid today", "£240"),
        ("one thousand two hundred dollars", "$1200"),
        ("fifty pence a day, 80p every other day", "£0.50/day £0.80/2day"),
        ("8 quid every four weeks", "£8/4week"),
        ("£34.90 every four weeks", "£34.90/4week"),
        ("$12 every twenty-eight days", "$12/28day"),
        ("$9 fortnightly", "$9/2week"),
        ("costs 15 pounds per visit", "£15"),
        ("1元体验七天", "1"),
        ("9.9元首月", "9.90"),
        ("一元配送费", "1"),
        ("99元组合装", "99"),
        ("100元代金券", "100"),
        ("三元曲奇", "3"),
        ("头一个月六毛钱", "0.60"),
        ("一天一毛", "0.10/day"),
        ("一分钱开通", "0.01"),
        ("每年给付品牌授权费新台币六万元", "NT$60000/year"),
        ("港币200元", "HK$200"),
        ("自第八日起按每三十日陆拾捌元顺延", "68/30day"),
        ("贰拾玖元整", "29"),
        ("壹佰贰拾圆整", "120"),
        ("一礼拜9.9元", "9.90/week"),
        ("包年348", "348/year"),
    ] {
        let read = written(shown);
        if read != expected {
            wrong.push(format!("{shown}: {read}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_price_is_left_alone() {
    let mut wrong = Vec::new();
    for shown in [
        "5G",
        "30GB",
        "100分钟",
        "10086",
        "2026年1月1日",
        "3月29日",
        "13800138000",
        "8折",
        "99%",
        "元旦",
        "10元宝",
        "29元素",
        "满月",
        "3元色",
        "一元复始",
        "三元一次方程",
        "一块儿玩",
        "8块腹肌",
        "3块蛋糕",
        "几十元",
        "数百元",
        "免费",
        "free",
        "第1元",
        "二维码",
        "24小时",
        "100M宽带",
        "1/2",
        "2026/11/24",
        "V2.9",
        "仅需3步",
        "仅需5分钟",
        "只要10秒",
        "月租",
        "100GB/月",
        "0门槛",
        "iPhone 15",
        "TOP10",
        "一对一",
        "三毛流浪记",
        "29港元",
        "100日元",
        "公元2026年",
        "多元文化",
        "单元楼3单元",
        "第三季",
        "1年期",
        "12个月",
        "4.5万人已领",
        "648礼包",
        "限时24:00",
        "满5减2",
        "ISO9001",
        "每天24小时",
        "每周3、周5更新",
        "每天1.5 小时",
        "每日10点",
        "仅需3 步",
        "每月15日",
        "只要10 秒",
        "每月100%返",
        "每天 8:00开抢",
        "满100减20",
        "版本5.1",
        "客服电话400-800-1234",
        "7x24小时",
        "立减20",
        "每周5.1 版本更新",
        "lose twenty pounds in six weeks",
        "a five pound bag",
        "weighs 12 pounds",
        "in 1080p",
        "a dollar store",
        "two pounds of coffee",
        "手里一分钱不用拿",
        "一分钱一分货",
        "一毛不拔",
    ] {
        let read = written(shown);
        if !read.is_empty() {
            wrong.push(format!("{shown}: {read}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each sum as `29 per-period 29`: the sum, its kind, what it comes to a month.
fn kinds(shown: &str) -> String {
    let name = |kind: PriceKind| serde_json::to_string(&kind).expect("a name").trim_matches('"').to_owned();
    let euro = |cents: i64| format!("{}", cents as f64 / 100.0);
    let short = |tag: &PriceTag| {
        let monthly = tag.monthly_cents.map_or(String::new(), |cents| format!(" {}", euro(cents)));
        format!("{} {}{monthly}", euro(tag.cents), name(tag.kind))
    };
    tags(&normal(shown).text).iter().map(short).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_sum_has_a_kind_and_comes_to_so_much_a_month() {
    let mut wrong = Vec::new();
    for (shown, expected) in [
        ("29元/月", "29 per-period 29"),
        ("0.9元/天", "0.9 per-period 27"),
        ("348元/年", "348 per-period 29"),
        ("每周9.9", "9.9 per-period 42.43"),
        ("连续包季68元", "68 per-period 22.67"),
        ("3个月99元", "99 per-period 33"),
        ("29元/30天", "29 per-period 29"),
        ("199元/半年", "199 per-period 33.17"),
        ("每4周12.99美元", "12.99 per-period 13.92"),
        ("首月0.01元，次月起19.9元/月", "0.01 first-period, 19.9 per-period 19.9"),
        ("首月0元,次月起29元", "0 first-period, 29 per-period 29"),
        ("首月券后0.1元", "0.1 first-period"),
        ("前3个月9.9元", "9.9 first-period"),
        ("前3个月每月仅9.9元", "9.9 first-period"),
        ("7天试用1元，到期后29元/月", "1 first-period, 29 per-period 29"),
        ("试用期0元，到期自动续费每月30元", "0 first-period, 30 per-period 30"),
        ("第二年起恢复原价128元", "128 per-period 10.67"),
        ("券后39.9", "39.9 after-coupon"),
        ("领券后到手价39.9元", "39.9 after-coupon"),
        ("原价59元 券后39.9元", "59 compared, 39.9 after-coupon"),
        ("39.9元(券后)", "39.9 after-coupon"),
        ("原价199 现价99", "199 compared, 99 one-off"),
        ("价值1288元大礼", "1288 compared"),
        ("市场价：￥1,299.00", "1299 compared"),
        ("押金99元", "99 deposit"),
        ("99元定金", "99 deposit"),
        ("预付定金50元，尾款1299元", "50 deposit, 1299 one-off"),
        ("立减20元", "20 saved"),
        ("满100元减20元", "100 saved, 20 saved"),
        ("新人领100元红包", "100 saved"),
        ("100元话费", "100 saved"),
        ("100元话费套餐", "100 one-off"),
        ("月费19元送100元话费", "19 per-period 19, 100 saved"),
        ("满99元包邮", "99 saved"),
        ("现价29元", "29 one-off"),
        ("优惠价29元", "29 one-off"),
        ("仅需9.9元", "9.9 one-off"),
        ("¥29.9", "29.9 one-off"),
        ("29元起/月", "29 per-period 29"),
        ("USD 9.99/mo", "9.99 per-period 9.99"),
        ("$1 first week then $12.99 weekly", "1 first-period, 12.99 per-period 55.67"),
        ("First month $1, then $29.99/month", "1 first-period, 29.99 per-period 29.99"),
        ("3-day trial for $0.99, renews at $39.99/year", "0.99 first-period, 39.99 per-period 3.33"),
        ("Save $20", "20 saved"),
        ("$20 off", "20 saved"),
        ("was $49, now $19", "49 compared, 19 one-off"),
        ("$10 deposit", "10 deposit"),
        ("$15 after coupon", "15 after-coupon"),
        ("每月优惠29元", "29 saved"),
    ] {
        let read = kinds(shown);
        if read != expected {
            wrong.push(format!("{shown}: {read}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_tag_covers_the_amount_with_its_unit_and_period() {
    let text = normal("到期后自动续费，每月29.9元起，可退订").text;
    let tag = &tags(&text)[0];
    let covered: String = text.chars().skip(tag.chars.start).take(tag.chars.len()).collect();
    assert_eq!(covered, "每月29.9元起");
}

#[test]
fn a_long_hostile_text_costs_little() {
    let text = "1,".repeat(20_000) + &"每月".repeat(20_000) + &"9元".repeat(5_000);
    let started = std::time::Instant::now();
    tags(&text);
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}
