//! A page that says that it does not work, now or for a while, under a status that says it does.

use serde_json::Value;

use super::message::{self, Asked, Despite};
use super::page::Page;
use super::words::{Plain, WORDS};
use super::{Kind, is_error_status, quoted};

pub(super) const MAINTENANCE: Kind = Kind {
    reason: "maintenance-page",
    retry: true,
    what: "is closed for maintenance",
    advice: "Look again later.",
    sign: maintenance,
    hint: |page| hint(page, &WORDS.maintenance),
};

pub(super) const ERROR: Kind = Kind {
    reason: "error-page",
    retry: true,
    what: "answers with an error under a status of success",
    advice: "Look again later; if it stays so, the link is broken.",
    sign: error,
    hint: |page| hint(page, &WORDS.broken).filter(|_| !is_error_status(page)),
};

/// What programs call the message in an answer meant for other programs.
const ANSWER_KEYS: [&str; 8] = ["code", "msg", "message", "error", "errcode", "errmsg", "status", "detail"];

fn maintenance(page: &Page<'_>) -> Option<String> {
    let words = &WORDS.maintenance;
    let asked = Asked { says: &words.says, paths: Some(&words.paths), despite: Despite::default() };
    Some(quoted(&message::main_thing(page, &asked)?))
}

fn error(page: &Page<'_>) -> Option<String> {
    if is_error_status(page) {
        return None;
    }
    if answers_a_program(page) {
        return Some("the page is an answer for programs, not for people".to_owned());
    }
    let words = &WORDS.broken;
    let asked = Asked { says: &words.says, paths: Some(&words.paths), despite: Despite::default() };
    Some(quoted(&message::main_thing(page, &asked)?))
}

/// Whether all there is to read is a piece of JSON with a message.
fn answers_a_program(page: &Page<'_>) -> bool {
    let mut texts = page.snapshot.nodes.iter().filter_map(|node| node.text.as_deref());
    let Some(text) = texts.next().filter(|_| texts.next().is_none()) else { return false };
    let Ok(Value::Object(answer)) = serde_json::from_str(text.trim()) else { return false };
    answer.keys().any(|key| ANSWER_KEYS.contains(&key.to_lowercase().as_str()))
}

fn hint(page: &Page<'_>, words: &Plain) -> Option<String> {
    Some(quoted(&message::hinted(page, &words.hints, Despite::default())?))
}

#[cfg(test)]
mod tests {
    use super::super::sample::{reason, saying, text};

    #[test]
    fn errors_under_a_status_of_success_are_recognised() {
        for words in [
            "系统繁忙，请稍后再试",
            "Internal Server Error",
            "{\"code\":500,\"msg\":\"fail\"}",
            "Fatal error: Uncaught Exception",
        ] {
            assert_eq!(saying(words), Some("error-page"), "{words}");
        }
        assert_eq!(reason(500, "", vec![text("Internal Server Error")]), None, "the status says it already");
    }

    #[test]
    fn a_page_under_repair_says_so_whatever_its_status() {
        assert_eq!(saying("系统维护中，预计 6:00 恢复"), Some("maintenance-page"));
        assert_eq!(reason(503, "", vec![text("We'll be back soon")]), Some("maintenance-page"));
        assert_eq!(saying("空调维修维护保养，上门检测 0 元起"), None);
    }
}
