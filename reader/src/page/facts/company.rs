//! Companies by their full names: a name that ends with its legal form.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// Characters of a name before its legal form: fewer are 「注册有限公司」, more are a sentence.
const NAME: std::ops::RangeInclusive<usize> = 4..=30;

static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?P<name>[\p{Han}a-z0-9()&·]{2,48}?)(?P<form>股份有限公司|有限责任公司|有限公司|股份公司|合伙企业(?:\((?:有限|普通|特殊普通)合伙\))?)(?P<branch>[\p{Han}]{2,10}?分公司)?",
    )
});

static ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?P<name>(?:[a-z0-9&'.\-]{2,24}[ ,]+){1,6}?)(?P<form>co\.?,? ?ltd\b\.?|pte\.? ltd\b\.?|pty\.? ltd\b\.?|ltd\b\.?|limited\b|inc\b\.?|l\.?l\.?c\b\.?|gmbh\b|corp\b\.?|corporation\b|plc\b)",
    )
});

/// What leads up to a name and is none of it.
static LEADS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"版权(?:所有)?(?:归)?|著作权归?|所有权归|copyright|\d{4}(?:-\d{4})?年?|all rights reserved|(?:主办|承办|主管|运营|经营|建设|开发|协办|服务提供|广告发布|信息发布|技术支持|出品|合作|放款|保险|承保)(?:单位|主体|公司|机构|方|商|者)|(?:公司|企业|商户|商家|店铺|卖家|主体|机构)(?:全称|名称|主体|信息)?(?:[:为是]|$)|(?:本|该)(?:页面|活动|产品|服务|广告|网站|平台|业务|商品|应用|软件|课程)[\p{Han}]{0,6}?由|(?:^|[^自理缘])由|隶属于?|属于|归属|委托|授权|以及|我们是|即为|就是|签约|旗下|关注|来自于?|(?:提供|销售|发货|经营|运营|生产)(?:商|方|者)|开发者|技术支持|制造商|生产商|经销商|发布者|广告主|贷款机构|资金方|出借人|联系我们|关于我们|甲方|乙方|丙方",
    )
});

/// What is said of companies in general names none.
static NOBODY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"代办|注册|转让|如何|怎么|什么|一家|一般|本公司|该公司|贵公司|我公司|某|成立|设立|收购|办理|各类|所有|\bthe$|\ba$|\bour$|\byour$|\bunlimited|x{2,}",
    )
});

/// A place, behind a word that no name ends with: here the name begins.
static PLACE: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?:给|与|和|及|向|为|是|从|在|归|属|系|的|于|让|被|到|至)(?P<from>(?:北京|上海|天津|重庆|深圳|广州|杭州|成都|武汉|南京|苏州|西安|长沙|郑州|青岛|厦门|福州|合肥|济南|宁波|东莞|佛山|珠海|昆明|南昌|贵阳|南宁|海口|海南|太原|石家庄|沈阳|大连|长春|哈尔滨|兰州|西宁|银川|乌鲁木齐|拉萨|呼和浩特|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|四川|贵州|云南|陕西|甘肃|青海|宁夏|新疆|西藏|内蒙古|香港|澳门|台湾|中国)[\p{Han}a-z0-9()&·]*)$",
    )
});

/// The names in a text in normal form.
pub(super) fn within(text: &str) -> Vec<Range<usize>> {
    let chinese = if text.contains("公司") || text.contains("合伙企业") {
        CHINESE.captures_iter(text).filter_map(|c| name(&c)).collect()
    } else {
        Vec::new()
    };
    let english = ENGLISH.captures_iter(text).filter_map(|c| english(&c));
    chinese.into_iter().chain(english).collect()
}

fn name(captures: &regex::Captures<'_>) -> Option<Range<usize>> {
    let (whole, name) = (captures.get(0)?, captures.name("name")?);
    let led = LEADS.find_iter(name.as_str()).last().map_or(0, |lead| lead.end());
    let rest = &name.as_str()[led..];
    let place = PLACE.captures(rest).and_then(|c| c.name("from")).map_or(0, |from| from.start());
    // A bracket opened before the name, or closed in it, is none of it.
    let rest = rest[place..].trim_start_matches([')', '(', '·', '&']);
    let rest = match (rest.rfind('('), rest.rfind(')')) {
        (Some(open), None) => &rest[open + 1..],
        (None, Some(close)) => &rest[close + 1..],
        _ => rest,
    };
    let fits = NAME.contains(&rest.chars().count()) && !NOBODY.is_match(rest);
    fits.then(|| name.end() - rest.len()..whole.end())
}

fn english(captures: &regex::Captures<'_>) -> Option<Range<usize>> {
    let (whole, name) = (captures.get(0)?, captures.name("name")?);
    let led = LEADS.find_iter(name.as_str()).last().map_or(0, |lead| lead.end());
    static LEAD: LazyLock<Regex> = LazyLock::new(|| {
        regex(r"(?:^|.*[ ,])(?:by|of|from|with|and|is|are|to|for|copyright|reserved|is|the|a|an|our|in|on|©)[ ,]+")
    });
    let rest = &name.as_str()[led..];
    let rest = LEAD.find(rest).map_or(rest, |lead| &rest[lead.end()..]);
    let rest = rest.trim_start_matches(['-', ',', ' ', '.', '\'']);
    // 「offer is limited」 has no name before it.
    let formal = captures["form"].starts_with("limited") && !name.as_str().contains("co");
    let named = rest.trim().chars().filter(|c| c.is_alphabetic()).count() >= 3;
    (named && !formal && !NOBODY.is_match(rest.trim())).then(|| name.end() - rest.len()..whole.end())
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("internal error: the pattern of companies is right")
}
