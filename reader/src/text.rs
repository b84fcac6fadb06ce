//! The one normal form in which words are compared, with the way back to the text as shown.

mod disguises;
pub(crate) mod heard;
mod homophones;
mod join;
mod letters;
mod pinyin;
mod zeros;

use model::statement::{DisguiseKind, Normal};

use self::disguises::Disguises;

/// One character of the form in the making, and the shown character it came from.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Glyph {
    ch: char,
    from: u32,
}

/// How often the rules are applied at most: one rule can make room for another, but not for long.
const ROUNDS: usize = 6;

/// Gives the form in which 「Ｆｒｅｅ」, 「fгee」 and "free", 「免 费 领 取」 and 「免费领取」, 「２o元」 and 「20元」 are one.
///
/// Half-width, lower-case, simplified; without invisible characters, pinyin glosses, emoji and the
/// separators that pull words apart; words written to slip past filters as people read them. Applying it twice changes
/// nothing. What was written so is told beside it.
pub fn normal(shown: &str) -> Normal {
    let mut glyphs: Vec<Glyph> =
        shown.chars().enumerate().map(|(at, ch)| Glyph { ch, from: u32::try_from(at).unwrap_or(u32::MAX) }).collect();
    let mut disguises = Disguises::new(shown);
    for _ in 0..ROUNDS {
        let next = round(&glyphs, &mut disguises);
        let stable = next.len() == glyphs.len() && next.iter().zip(&glyphs).all(|(a, b)| a.ch == b.ch);
        glyphs = next;
        if stable {
            break;
        }
    }
    Normal {
        text: glyphs.iter().map(|g| g.ch).collect(),
        origin: glyphs.iter().map(|g| g.from).collect(),
        disguises: disguises.found(),
        guesses: Vec::new(),
    }
}

fn round(glyphs: &[Glyph], disguises: &mut Disguises) -> Vec<Glyph> {
    let glyphs = letters::fold(glyphs);
    let glyphs = disguises.undone(DisguiseKind::LookAlike, glyphs, letters::latin);
    let glyphs = disguises.undone(DisguiseKind::Gloss, glyphs, pinyin::without_glosses);
    let glyphs = fold_space(&glyphs);
    let glyphs = disguises.undone(DisguiseKind::PulledApart, glyphs, join::pulled_apart);
    let glyphs = disguises.undone(DisguiseKind::LetterForDigit, glyphs, zeros::fold);
    disguises.undone(DisguiseKind::Homophone, glyphs, homophones::undone)
}

/// White space of any kind and length becomes one space; none at the ends.
fn fold_space(glyphs: &[Glyph]) -> Vec<Glyph> {
    let mut out: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        if !glyph.ch.is_whitespace() {
            out.push(*glyph);
        } else if out.last().is_some_and(|last| last.ch != ' ') {
            out.push(Glyph { ch: ' ', from: glyph.from });
        }
    }
    if out.last().is_some_and(|last| last.ch == ' ') {
        out.pop();
    }
    out
}

/// Whether a character is a Chinese one.
pub(crate) fn is_han(ch: char) -> bool {
    matches!(ch, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '〇')
}

/// White space folded to single spaces, ends trimmed: how a text is kept as shown.
pub(crate) fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a sentence ends at this character; never inside numbers and addresses.
pub(crate) fn ends_sentence(before: Option<char>, ch: char, next: Option<char>) -> bool {
    let closes = next.is_some_and(|c| "。！？；”’」』）)】".contains(c));
    match ch {
        '。' | '！' | '？' | '；' | '\n' | '\u{2028}' | '\u{2029}' => !closes,
        // In an address these stand between letters; 「1. 」 counts a list.
        '!' | '?' | ';' => next.is_some_and(char::is_whitespace),
        '.' => next.is_some_and(char::is_whitespace) && !before.is_some_and(|c| c.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(shown: &str) -> String {
        normal(shown).text
    }

    #[test]
    fn look_alikes_become_one() {
        for (shown, expected) in [
            ("Ｆｒｅｅ　ＧＩＦＴ", "free gift"),
            ("frее", "free"),       // Cyrillic е
            ("ѕресіаl", "special"), // Cyrillic ѕ, р, е, с, і
            ("ＶＩＰ①②⑳", "vip1220"),
            ("𝐅𝐑𝐄𝐄", "free"),
            ("ꜰʀᴇᴇ", "free"),
            ("🅵🆁🅴🅴", "free"),
            ("🆓领皮肤", "free领皮肤"),
            ("🈚费", "无费"),
            ("❶❷➂", "123"),
            ("1️⃣0️⃣元", "10元"),
            ("f\u{200b}r\u{ad}e\u{2060}e", "free"),
            ("免\u{200d}费\u{fe0f}", "免费"),
            ("\u{202e}免费\u{202c}", "免费"),
            ("f̶r̶e̶e̶", "free"),
            ("café", "café"),
            ("兔费领取", "免费领取"),
            ("免费🎁领取", "免费领取"),
            ("10👉20元", "10 20元"),
            ("㎡", "m2"),
            ("￥29", "¥29"),
            ("﹩5", "$5"),
            ("100％", "100%"),
            ("５Ｇ", "5g"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
    }

    #[test]
    fn traditional_becomes_simplified() {
        for (shown, expected) in [
            ("免費領取遊戲禮包", "免费领取游戏礼包"),
            ("點擊下載", "点击下载"),
            ("話費充值", "话费充值"),
            ("29圓", "29元"),
            ("29塊9", "29块9"),
            ("29亓", "29元"),
            ("3圆桌", "3圆桌"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
    }

    #[test]
    fn zeros_are_read_where_they_count() {
        for (shown, expected) in [
            ("o元领取", "0元领取"),
            ("О元领取", "0元领取"), // Cyrillic
            ("〇元", "0元"),
            ("零元购", "0元购"),
            ("2o元", "20元"),
            ("２ｏ元", "20元"),
            ("1oo元", "100元"),
            ("2〇元", "20元"),
            ("0月租", "0月租"),
            ("零月租", "0月租"),
            ("o块钱", "0块钱"),
            ("hello", "hello"),
            ("零食", "零食"),
            ("5零食", "5零食"),
            ("零门槛", "零门槛"),
            ("o2o平台", "o2o平台"),
            ("vivo元旦", "vivo元旦"),
            ("oppo", "oppo"),
            ("二〇二六年", "二〇二六年"),
            ("一百零五元", "一百零五元"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
    }

    #[test]
    fn pinyin_glosses_go_and_other_brackets_stay() {
        for (shown, expected) in [
            ("復(fù)雜", "复杂"),
            ("领(lǐng)取", "领取"),
            ("免（miǎn）费", "免费"),
            ("绿(lv)色", "绿色"),
            ("扣(kou)费", "扣费"),
            ("微信(wechat)", "微信(wechat)"),
            ("套餐(5G)", "套餐(5g)"),
            ("人工智能(AI)", "人工智能(ai)"),
            ("方案(A)", "方案(a)"),
            ("会员(VIP)", "会员(vip)"),
            ("手机(app)", "手机(app)"),
            ("free(ma)", "free(ma)"),
            ("流量(GB)", "流量(gb)"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
    }

    #[test]
    fn words_pulled_apart_are_joined() {
        for (shown, expected) in [
            ("免 费 领 取", "免费领取"),
            ("免.费.领.取", "免费领取"),
            ("免·费·领·取", "免费领取"),
            ("免-费-领-取 礼包", "免费领取 礼包"),
            ("免*费", "免费"),
            ("今天 免 费 领 取 礼包", "今天 免费领取 礼包"),
            ("免费 领取", "免费 领取"),
            ("是 否", "是 否"),
            ("流量  不限", "流量 不限"),
            ("0 元 领 取 皮 肤", "0 元领取皮肤"),
            ("确定\n取消", "确定 取消"),
            ("29元/人/月", "29元/人/月"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
    }

    #[test]
    fn words_written_to_slip_past_filters_are_read_as_people_do() {
        for (shown, expected) in [
            ("加薇信领流糧", "加微信领流量"),
            ("薇芯", "微信"),
            ("V信", "微信"),
            ("话廢50元", "话费50元"),
            ("冲值送红胞", "充值送红包"),
            ("29沅", "29元"),
            ("29円", "29元"),
        ] {
            assert_eq!(form(shown), expected, "{shown}");
        }
        for plain in [
            "安徽信用社",
            "校徽信息",
            "威信",
            "含硫量",
            "命令取消",
            "生活费",
            "家里包饺子",
            "彩虹包",
            "分娩费",
            "阔腿款",
            "交流两小时",
            "对冲值",
            "避免废气",
            "沅江",
            "3沅江鱼",
            "引领趣味生活",
            "潮流亮点",
            "名流亮相",
            "主流粮食品种",
            "手提限量款",
            "长虹包邮",
            "免菲律宾签证",
            "收腿款长裤",
            "涮单人锅",
            "免废话",
            "说话废话多",
            "加冕费用",
            "值得一冲值得买",
        ] {
            assert_eq!(form(plain), plain);
            assert!(normal(plain).disguises.is_empty(), "{plain}: {:?}", normal(plain).disguises);
        }
    }

    #[test]
    fn what_was_disguised_is_told() {
        let told = |shown: &str| -> Vec<(DisguiseKind, String)> {
            let chars: Vec<char> = shown.chars().collect();
            let found = normal(shown).disguises.into_iter();
            found.map(|d| (d.kind, chars[d.from as usize..d.until as usize].iter().collect())).collect()
        };
        let one = |kind, part: &str| vec![(kind, part.to_owned())];
        assert_eq!(told("加薇信领取"), one(DisguiseKind::Homophone, "薇"));
        assert_eq!(told("领流糧包"), one(DisguiseKind::Homophone, "糧"));
        assert_eq!(told("fr\u{435}e gift"), one(DisguiseKind::LookAlike, "\u{435}"));
        assert_eq!(told("免(miǎn)费"), one(DisguiseKind::Gloss, "(miǎn)"));
        assert_eq!(told("免*费领取"), one(DisguiseKind::PulledApart, "*"));
        assert_eq!(told("免\u{200b}费"), one(DisguiseKind::Invisible, "\u{200b}"));
        assert_eq!(told("2o元"), one(DisguiseKind::LetterForDigit, "o"));
        let two = told("免.费.领.取，加薇信");
        assert_eq!(
            two.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [DisguiseKind::PulledApart, DisguiseKind::PulledApart, DisguiseKind::PulledApart, DisguiseKind::Homophone]
        );
        for plain in [
            "免 费 领 取",
            "免費領取",
            "Ｆｒｅｅ",
            "〇元购",
            "二〇二六年",
            "👨\u{200d}👩",
            "❤\u{fe0f}",
            "Привет",
            "微信(wechat)",
            "100％",
        ] {
            assert!(told(plain).is_empty(), "{plain}: {:?}", told(plain));
        }
    }

    #[test]
    fn full_width_commas_do_not_make_thousands() {
        assert_eq!(form("满100，200元"), "满100、200元");
        assert_eq!(form("1,200元"), "1,200元");
        assert_eq!(form("好，来"), "好,来");
    }

    #[test]
    fn a_quote_leads_back_to_what_was_shown() {
        let shown = "月 费：２ o 元，免(miǎn)费 領 取";
        let form = normal("月费：２o元，免(miǎn)费領取");
        assert_eq!(form.text, "月费:20元,免费领取");
        assert_eq!(form.shown("月费：２o元，免(miǎn)费領取", 3..6), "２o元");
        assert_eq!(form.shown("月费：２o元，免(miǎn)费領取", 7..9), "免(miǎn)费");
        assert!(normal(shown).origin.is_sorted());
    }

    /// A small generator: the same strings on every run.
    fn generated(seed: u64) -> String {
        const PIECES: [&str; 40] = [
            "免", "费", "領", "取", "元", "块", "月", "零", "〇", "o", "O", "0", "2", "９", ".", "*", "·", " ", "　",
            "\u{200b}", "(", "fù", ")", "（ma）", "a", "е", "İ", "ß", "ﬁ", "①", "½", "🎁", "👉", "️", "e\u{301}", "￥",
            "，", "圓", "兔", "\n",
        ];
        let mut state = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut out = String::new();
        for _ in 0..(4 + seed % 20) {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            out.push_str(PIECES[(state >> 33) as usize % PIECES.len()]);
        }
        out
    }

    #[test]
    fn the_form_of_a_form_is_itself_and_positions_never_fall() {
        for seed in 0..3_000 {
            let shown = generated(seed);
            let once = normal(&shown);
            assert_eq!(normal(&once.text).text, once.text, "{shown:?}");
            assert!(once.origin.is_sorted(), "{shown:?}");
            assert_eq!(once.origin.len(), once.text.chars().count(), "{shown:?}");
            let shown_chars = shown.chars().count();
            assert!(once.origin.iter().all(|&at| (at as usize) < shown_chars), "{shown:?}");
        }
    }
}
