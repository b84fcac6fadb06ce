//! Whether two looks at a page show the same: by the words, without figures, which tick away on honest pages too.

use std::collections::HashSet;

/// Letters below which a page shows too little to be called anything.
const LEAST: usize = 16;
/// The share of letter pairs that two looks at one page have in common.
const SAME: f64 = 0.45;

/// Whether both show something, and something else.
pub(crate) fn is_other(before: &str, now: &str) -> bool {
    let (before, now) = (pairs(before), pairs(now));
    if before.len() < LEAST || now.len() < LEAST {
        return false;
    }
    let common = before.intersection(&now).count() as f64;
    // Of the smaller one: what only grew, or only lost a layer, is still the same.
    common / (before.len().min(now.len()) as f64) < SAME
}

fn pairs(text: &str) -> HashSet<(char, char)> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    letters.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_ticks_grows_or_loses_a_layer_stays_the_same() {
        let page = "领取新人礼包 活动还剩 03:12:59 已有 12345 人领取 立即领取 活动规则：每位新用户限领一次";
        assert!(!is_other(
            page,
            "领取新人礼包 活动还剩 03:12:48 已有 12351 人领取 立即领取 活动规则：每位新用户限领一次"
        ));
        assert!(!is_other(page, &format!("{page} 更多推荐：换季童装、运动鞋服、居家日用、母婴用品、图书文具")));
        assert!(!is_other(&format!("恭喜您抽中大奖，点此领取 {page}"), page));
    }

    #[test]
    fn a_page_that_shows_something_else_is_another() {
        let game = "仙侠手游新服开启 上线即送元宝礼包 立即领取 官方正版 公平竞技";
        let order = "流量月包订购 每月二十元 次月自动续订 请输入手机号码 获取验证码 确认办理";
        assert!(is_other(game, order));
        assert!(!is_other("加载中…", order), "a page that showed nothing yet is no page");
    }
}
