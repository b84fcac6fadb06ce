//! What a field asks for, by the words around it and the names its makers gave it.

use std::sync::LazyLock;

use model::statement::FieldKind;
use regex::Regex;

/// What is known of a field, in normal form.
#[derive(Debug, Default)]
pub(super) struct Hints {
    /// Placeholder, label and title.
    pub(super) shown: String,
    /// The words before it.
    pub(super) before: String,
    /// Class, id, name.
    pub(super) names: String,
    pub(super) input_type: String,
    pub(super) autocomplete: String,
    pub(super) max_length: Option<u32>,
}

struct Words {
    kind: FieldKind,
    shown: Regex,
    names: Regex,
}

/// In the order in which they are asked: what names a field more narrowly comes first.
static KINDS: LazyLock<Vec<Words>> = LazyLock::new(|| {
    let words = |kind, shown: &str, names: &str| Words {
        kind,
        shown: Regex::new(shown).expect("internal error: the pattern of a field is right"),
        names: Regex::new(names).expect("internal error: the pattern of a field is right"),
    };
    vec![
        words(
            FieldKind::PictureCode,
            "图形(?:验证)?码|图片(?:验证)?码|图文验证码|图像验证码|右图|图中|captcha|characters (?:shown|in the image)",
            "captcha|img_?code|image_?code|pic_?code|graph_?code|imgver|validate_?img|tuxing",
        ),
        words(
            FieldKind::SmsCode,
            "短信(?:验证)?码|动态(?:密)?码|手机验证码|校验码|随机(?:密)?码|短信密码|sms code|one.time (?:code|password|pass)|\\botp\\b|verification code|code sent|(?:pin|passcode|password|code)\\b[^|]{0,12}(?:from|in|by|sent|via)[^|]{0,12}(?:text|sms|message)|\\d位验证码|收到的\\d位|\\d.?digit (?:pin|code)|sms pin",
            "sms|\\botp|one-?time|mobile_?code|phone_?code|msg_?code|dxyzm|verifycode_phone|auth_?code",
        ),
        words(
            FieldKind::IdCard,
            "身份证|证件号|身份号码|公民身份|id (?:card|number)|identity (?:card|number)|national id",
            "id_?card|idno|id_?num|cert_?(?:no|num|id)|identity|sfz|shenfen|\\bcid\\b",
        ),
        words(
            FieldKind::BankCard,
            "银行卡|储蓄卡|信用卡|借记卡|卡号|有效期|安全码|card number|\\bcvv\\b|\\bcvc\\b|expiry",
            "bank_?card|card_?(?:no|num)|bankno|cardnumber|cvv|cvc|cc-?number",
        ),
        words(
            FieldKind::Contacts,
            "紧急联系|(?:常用|备用|第[一二三]|其他)联系人|亲属|直系|配偶(?:姓名|电话|手机)?|父母(?:姓名|电话|手机)|家人(?:姓名|电话|手机)|(?:朋友|同事|好友)(?:的)?(?:姓名|电话|手机|号码)|通讯录|被推荐人|推荐人(?:姓名|电话|手机)|emergency contact|next of kin|friend'?s (?:name|phone|number|e-?mail)",
            "emergency|contacts?_?(?:list|book)|address_?book|relative|kin_?(?:name|phone|tel)|urgent_?(?:name|phone|contact)|jinji",
        ),
        words(FieldKind::Email, "邮箱|电子邮件|e-?mail", "e?mail"),
        words(
            FieldKind::Phone,
            "手机|电话|联系方式|号码(?:归属)?|移动号|联通号|电信号|mobile|phone|cell|\\btel\\b|whatsapp",
            "phone|mobile|\\btel\\b|tel_|_tel|msisdn|shouji|sjh|cellphone|(?:^| )tel",
        ),
        words(
            FieldKind::Account,
            "微信号?(?:$|[^支]| )|qq(?:号|号码)?(?:$|[^a-z])|支付宝(?:账|帐)号|抖音号|快手号|微博(?:账|帐)号|wechat|weixin|telegram|line id|alipay",
            "wechat|weixin|(?:^|[ _-])wx(?:hao|_?id|_?no)?(?: |$)|(?:^|[ _-])qq(?:hao|_?no|_?num)?(?: |$)|alipay",
        ),
        words(
            FieldKind::Birth,
            "出生(?:日期|年月|年份)?|生日|年龄|您的岁数|几岁|date of birth|birth ?day|birth ?date|\\bdob\\b|your age|^age$",
            "birth|(?:^|[ _-])dob(?: |$)|(?:^|[ _-])age(?: |$)|shengri|nianling",
        ),
        words(
            FieldKind::Password,
            "密码|口令|password|passcode|\\bpin\\b",
            "pass_?w(?:or)?d|\\bpwd|passwd|password|mima",
        ),
        words(
            FieldKind::Address,
            "地址|街道|门牌|省市|省份|城市|区县|所在地|所在区|所在城|小区|楼栋|收货地|邮编|address|street|\\bcity\\b|province|district|\\bzip\\b|postcode|postal",
            "addr|street|province|\\bcity|district|county|\\btown|\\bzip|postal|postcode|\\barea\\b|region",
        ),
        words(
            FieldKind::Name,
            "姓名|收件人|收货人|联系人|您的称呼|怎么称呼|称呼|真实名|机主|办理人|(?:first|last|full|your|given|family) ?name|^name\\b|\\| name\\b|\\bname$",
            "real_?name|true_?name|user_?real|full_?name|first_?name|last_?name|\\bname\\b|(?:^| )xm(?: |$)|xingming|consignee|receiver|contact_?name|cust_?name",
        ),
        words(FieldKind::Search, "搜索|搜一搜|查找|search", "search|keyword|(?:^| )(?:q|wd|kw)(?: |$)"),
    ]
});

/// The kind, and whether 「验证码」 left open by which way the code comes.
pub(super) fn of(hints: &Hints) -> (FieldKind, bool) {
    if let Some(kind) = said_by_the_page(hints) {
        return (kind, false);
    }
    static CODE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("验证码|\\bcode\\b").expect("internal error: the pattern is right"));
    static CODE_NAME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("yzm|v(?:erify|alid(?:ate)?|er)?_?code|verif|checkcode|(?:^| )code(?: |$)")
            .expect("internal error: the pattern is right")
    });
    // What the visitor reads says more than what the makers wrote; the words before the field say least.
    for text in [&hints.shown, &hints.before] {
        // 「身份证姓名」 is a name.
        if text.contains("姓名") && !text.contains('号') {
            return (FieldKind::Name, false);
        }
        if let Some(words) = KINDS.iter().find(|k| k.shown.is_match(text)) {
            // 「手机号」 before a field whose own words say 「验证码」 belongs to another field.
            return (words.kind, false);
        }
        if CODE.is_match(text) {
            let by_name = KINDS[..2].iter().find(|k| k.names.is_match(&hints.names));
            return by_name.map_or((FieldKind::SmsCode, true), |k| (k.kind, false));
        }
    }
    if hints.input_type == "tel" && hints.max_length.is_none_or(|n| n >= 11) {
        return (FieldKind::Phone, false);
    }
    if let Some(words) = KINDS.iter().find(|k| k.names.is_match(&hints.names)) {
        return (words.kind, false);
    }
    if CODE_NAME.is_match(&hints.names) {
        return (FieldKind::SmsCode, true);
    }
    let numeric = matches!(hints.input_type.as_str(), "tel" | "number");
    match hints.max_length {
        Some(11) if numeric => (FieldKind::Phone, false),
        Some(18) => (FieldKind::IdCard, false),
        Some(4..=6) if numeric => (FieldKind::SmsCode, true),
        _ => (FieldKind::Other, false),
    }
}

/// What type and autocomplete say by themselves.
fn said_by_the_page(hints: &Hints) -> Option<FieldKind> {
    let last = hints.autocomplete.split_whitespace().last().unwrap_or_default();
    match last {
        "one-time-code" => return Some(FieldKind::SmsCode),
        "cc-number" | "cc-csc" | "cc-exp" => return Some(FieldKind::BankCard),
        "email" => return Some(FieldKind::Email),
        "name" | "given-name" | "family-name" => return Some(FieldKind::Name),
        "street-address" | "address-line1" | "address-line2" | "postal-code" => return Some(FieldKind::Address),
        // A code field is at times marked `tel` for its keyboard.
        "tel" | "tel-national" if !hints.shown.contains('码') || hints.shown.contains("号码") => {
            return Some(FieldKind::Phone);
        }
        _ => {}
    }
    match hints.input_type.as_str() {
        "email" => Some(FieldKind::Email),
        "search" => Some(FieldKind::Search),
        "password"
            if !hints.shown.contains("验证码") && !hints.shown.contains("短信") && !hints.shown.contains("动态") =>
        {
            Some(FieldKind::Password)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(shown: &str, names: &str, input_type: &str) -> FieldKind {
        of(&Hints { shown: shown.into(), names: names.into(), input_type: input_type.into(), ..Hints::default() }).0
    }

    #[test]
    fn a_field_is_known_by_its_words() {
        for (shown, names, input_type, expected) in [
            ("请输入手机号", "", "tel", FieldKind::Phone),
            ("请输入手机号码", "inp", "text", FieldKind::Phone),
            ("请输入短信验证码", "", "tel", FieldKind::SmsCode),
            ("请输入验证码", "", "tel", FieldKind::SmsCode),
            ("验证码", "smscode", "text", FieldKind::SmsCode),
            ("验证码", "captcha", "text", FieldKind::PictureCode),
            ("请输入图形验证码", "code", "text", FieldKind::PictureCode),
            ("请输入您的姓名", "", "text", FieldKind::Name),
            ("身份证号", "phone", "text", FieldKind::IdCard),
            ("请输入身份证件姓名", "", "text", FieldKind::Name),
            ("请输入银行卡号", "", "tel", FieldKind::BankCard),
            ("请填写详细地址", "", "text", FieldKind::Address),
            ("请输入密码", "", "password", FieldKind::Password),
            ("短信密码", "", "password", FieldKind::SmsCode),
            ("", "user_phone", "text", FieldKind::Phone),
            ("", "", "tel", FieldKind::Phone),
            ("", "username", "text", FieldKind::Other),
            ("your name", "", "text", FieldKind::Name),
            ("username", "", "text", FieldKind::Other),
            ("email address", "", "text", FieldKind::Email),
            ("搜索商品", "", "text", FieldKind::Search),
            ("备注", "remark", "text", FieldKind::Other),
            ("紧急联系人", "", "text", FieldKind::Contacts),
            ("紧急联系人手机号", "phone", "tel", FieldKind::Contacts),
            ("好友的手机号", "", "tel", FieldKind::Contacts),
            ("联系人", "", "text", FieldKind::Name),
            ("联系人电话", "", "tel", FieldKind::Phone),
            ("请输入微信号", "", "text", FieldKind::Account),
            ("微信绑定的手机号", "", "tel", FieldKind::Phone),
            ("qq号", "", "text", FieldKind::Account),
            ("手机号/微信号", "", "text", FieldKind::Phone),
            ("请输入年龄和手机号", "", "text", FieldKind::Phone),
            ("", "wechat", "text", FieldKind::Account),
            ("出生日期", "", "text", FieldKind::Birth),
            ("您的年龄", "", "text", FieldKind::Birth),
            ("", "page", "text", FieldKind::Other),
            ("", "message", "text", FieldKind::Other),
            ("请输入优惠码", "", "text", FieldKind::Other),
            ("身份证号码", "", "text", FieldKind::IdCard),
        ] {
            assert_eq!(kind(shown, names, input_type), expected, "{shown} {names} {input_type}");
        }
    }

    #[test]
    fn autocomplete_decides() {
        let hints = Hints { autocomplete: "one-time-code".into(), shown: "手机号".into(), ..Hints::default() };
        assert_eq!(of(&hints), (FieldKind::SmsCode, false));
    }
}
