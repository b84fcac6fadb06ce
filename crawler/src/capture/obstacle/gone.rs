//! A page that says that what was there is gone, under a status that says it is there.

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::WORDS;
use super::{Kind, is_error_status, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "soft-404",
    retry: false,
    what: "says that what was there is gone",
    advice: "Check that the link is still meant to work.",
    sign,
    hint,
};

fn sign(page: &Page<'_>) -> Option<String> {
    if is_error_status(page) {
        return None;
    }
    let words = &WORDS.gone;
    let asked = Asked { says: &words.says, paths: Some(&words.paths), despite: Despite::default() };
    Some(quoted(&message::main_thing(page, &asked)?))
}

fn hint(page: &Page<'_>) -> Option<String> {
    let hinted = message::hinted(page, &WORDS.gone.hints, Despite::default()).filter(|_| !is_error_status(page))?;
    Some(quoted(&hinted))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{field, reason, saying, text};

    #[test]
    fn pages_that_say_farewell_are_gone() {
        for words in ["抱歉，活动已结束", "404", "商品已下架", "Sorry, this offer has expired.", "您訪問的頁面不存在"]
        {
            assert_eq!(saying(words), Some("soft-404"), "{words}");
        }
        assert_eq!(reason(404, "", vec![text("页面不存在")]), None, "the status says it already");
    }

    #[test]
    fn one_thing_that_is_over_among_others_is_no_farewell() {
        assert_eq!(reason(200, "", vec![text("上一期活动已结束"), text("秋季班 98元"), text("还剩 41 个名额")]), None);
        assert_eq!(reason(200, "", vec![text("活动已结束"), field(&[("placeholder", "手机号")])]), None);
        assert_eq!(saying("页面不存在怎么办？我们来修"), None);
        assert_eq!(saying("活动即将结束，还剩 02:11:09"), None);
    }
}
