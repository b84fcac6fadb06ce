//! A page that only says that it is not for this country or region.

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::WORDS;
use super::{Kind, quoted};

pub(super) const KIND: Kind = Kind {
    reason: "geo-blocked",
    retry: false,
    what: "is not shown in the visitor's country or region",
    advice: "Look at it from an address in the region that the ad is meant for.",
    sign,
    hint,
};

fn sign(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.geo;
    let asked = Asked { says: &words.says, paths: Some(&words.paths), despite: Despite::default() };
    Some(quoted(&message::main_thing(page, &asked)?))
}

fn hint(page: &Page<'_>) -> Option<String> {
    Some(quoted(&message::hinted(page, &WORDS.geo.hints, Despite::default())?))
}

#[cfg(test)]
mod tests {
    use super::super::sample::saying;

    #[test]
    fn a_page_for_another_region_says_so() {
        for words in [
            "抱歉，您所在的地区暂不支持访问本服务",
            "This content is not available in your country.",
            "本服务暂不对中国大陆地区开放",
        ] {
            assert_eq!(saying(words), Some("geo-blocked"), "{words}");
        }
    }

    #[test]
    fn who_sells_a_way_around_is_not_blocked() {
        assert_eq!(saying("Seeing “not available in your country”? Not with us."), None);
        assert_eq!(saying("您所在的地区可享次日达"), None);
    }
}
