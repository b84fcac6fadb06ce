//! Sentences that a script of the page makes up, by chance or from a list: names, numbers and times that no server was
//! asked for.

use std::sync::LazyLock;

use model::snapshot::Node;
use model::statement::{Invented, MadeBy, Statement};
use regex::Regex;

use super::tree::Tree;

/// A piece of a sentence is told from other words by so many letters; a Chinese character counts for three. Heuristic.
const LEAST_PIECE: usize = 9;
/// What chance decides is used no farther from where it is thrown. Bytes of the script; heuristic.
const REACH: usize = 400;
/// No more sentences of a page are told.
const MOST: usize = 60;
/// Of a script, so much is quoted. Characters.
const EXCERPT: usize = 160;
/// A counter that began in the script has not grown by more than this share since. Heuristic.
const GROWN: f64 = 0.1;

/// The sentences of a page that its scripts make up, without asking any server.
pub(super) fn of<'s>(
    tree: &Tree<'_>,
    statements: impl Iterator<Item = &'s Statement>,
    scripts: &[String],
) -> Vec<Invented> {
    let alone: Vec<&str> = scripts.iter().map(String::as_str).filter(|script| !asks(script)).collect();
    if alone.is_empty() {
        return Vec::new();
    }
    let counted: Vec<(&str, &str)> = counted(tree, &alone);
    let made = |statement: &Statement| {
        let written = || alone.iter().filter_map(|script| written(&statement.text, script));
        let by_chance = || written().find(|(by, _)| *by == MadeBy::Chance);
        let counts = |(number, _): &&(&str, &str)| statement.text.contains(number);
        let count = || counted.iter().find(counts).map(|(_, excerpt)| (MadeBy::Chance, squeezed_lines(excerpt)));
        let named = || alone.iter().find_map(|script| named(&statement.text, script));
        let (by, script) = by_chance().or_else(count).or_else(|| written().next()).or_else(named)?;
        let place = statement.page_place()?.clone();
        Some(Invented { text: statement.text.clone(), normal: statement.normal.clone(), place, by, script })
    };
    statements.filter_map(made).take(MOST).collect()
}

/// Where a script throws dice. Bytes.
fn throws(script: &str) -> impl Iterator<Item = usize> {
    script.match_indices("Math.random").map(|(at, _)| at)
}

/// Whether a script asks a server for anything: what it shows may come from there.
fn asks(script: &str) -> bool {
    const WAYS: &[&str] = &[
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "EventSource",
        "$.get",
        "$.post",
        "$.ajax",
        "axios",
        "jsonp",
        ".ajax(",
        "wx.request",
        "uni.request",
        "importScripts",
    ];
    WAYS.iter().any(|way| script.contains(way))
}

/// Whether something stands within reach of a throw.
fn is_near_chance(script: &str, at: usize) -> bool {
    throws(script).any(|thrown| thrown.abs_diff(at) <= REACH)
}

/// The place in a script that holds a sentence or a part of it. Near a throw a part is put together by chance; a whole one
/// was written, whoever chooses it.
fn written(text: &str, script: &str) -> Option<(MadeBy, String)> {
    static LITERAL: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = r#""((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|[`}]([^`${}<>;]{2,80})(?:\$\{|`)"#;
        Regex::new(pattern).expect("internal error: the pattern of literals is one")
    });
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    let whole = squeezed(text);
    let weight = |piece: &str| piece.chars().map(|c| if c.is_ascii() { 1 } else { 3 }).sum::<usize>();
    LITERAL.captures_iter(script).find_map(|found| {
        let piece = found.iter().skip(1).flatten().next()?;
        let bare = squeezed(piece.as_str());
        if weight(&bare) < LEAST_PIECE || !whole.contains(&bare) {
            return None;
        }
        let part = bare.len() < whole.len();
        let by = if part && is_near_chance(script, piece.start()) { MadeBy::Chance } else { MadeBy::List };
        Some((by, squeezed_lines(slice(script, piece.start()))))
    })
}

/// The list in a script of which one entry heads a sentence: names in turn, before words that stand in the page.
fn named(text: &str, script: &str) -> Option<(MadeBy, String)> {
    static LIST: LazyLock<Regex> = LazyLock::new(|| {
        let entry = r#"(?:"[^"\\\n]{1,24}"|'[^'\\\n]{1,24}')"#;
        Regex::new(&format!(r"\[\s*{entry}(?:\s*,\s*{entry}){{2,}}\s*,?\s*\]"))
            .expect("internal error: the pattern of lists is one")
    });
    /// A shorter entry begins many a sentence. Characters.
    const SHORTEST: usize = 2;
    let text = text.trim();
    LIST.find_iter(script).find_map(|list| {
        let entries = list.as_str().split(['"', '\'']).skip(1).step_by(2);
        let heads =
            |entry: &str| entry.chars().count() >= SHORTEST && text.len() > entry.len() && text.starts_with(entry);
        entries.into_iter().any(heads).then(|| (MadeBy::List, squeezed_lines(slice(script, list.start()))))
    })
}

/// Numbers of the page that a script counts up by chance from one of its own: as shown, and the place in the script.
fn counted<'t, 'c>(tree: &Tree<'t>, scripts: &[&'c str]) -> Vec<(&'t str, &'c str)> {
    let texts = tree.nodes().filter_map(|(at, node)| Some((at, node.text.as_deref()?.trim())));
    let numbers = texts.filter_map(|(at, text)| Some((at, text, number(text)?)));
    let written = numbers.filter_map(|(at, text, value)| {
        let names = tree.up(at).take(3).filter_map(|above| id(tree.node(above)));
        let mut uses = names.flat_map(|id| scripts.iter().map(move |script| (id, *script)));
        let (_, script, at) = uses.find_map(|(id, script)| {
            let at = writes(script, id).find(|at| is_near_chance(script, *at))?;
            begins(script, value).then_some((id, script, at))
        })?;
        Some((text, slice(script, at)))
    });
    written.collect()
}

fn id(node: &Node) -> Option<&str> {
    node.attrs.get("id").map(String::as_str).filter(|id| !id.is_empty())
}

/// The value of a text that is nothing but a number above nine.
fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| !matches!(c, ',' | ' ' | '+')).collect();
    digits.parse::<f64>().ok().filter(|value| *value > 9.0 && value.fract() == 0.0)
}

/// Where a script names the element of an id, to write into it. Bytes.
fn writes<'s>(script: &'s str, id: &str) -> impl Iterator<Item = usize> + use<'s> {
    let named = ["'", "\""].map(|mark| format!("{mark}{id}{mark}"));
    let selected = ["'", "\""].map(|mark| format!("{mark}#{id}{mark}"));
    let property = [".textContent", ".innerText", ".innerHTML"].map(|end| format!("{id}{end}"));
    let all: Vec<String> = named.into_iter().chain(selected).chain(property).collect();
    all.into_iter().flat_map(move |name| {
        let stands_alone = |at: &usize| !script[..*at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        script.match_indices(&name).map(|(at, _)| at).filter(stands_alone).collect::<Vec<_>>()
    })
}

/// Whether a whole number stands in the script from which one counts to this one in a short while.
fn begins(script: &str, value: f64) -> bool {
    let numbers = script.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<f64>().ok());
    numbers.into_iter().any(|from| from > 9.0 && from <= value && value - from <= (value * GROWN).max(30.0))
}

/// In one line.
fn squeezed_lines(script: &str) -> String {
    script.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The script around a place.
fn slice(script: &str, at: usize) -> &str {
    let before = script[..at].char_indices().rev().take(EXCERPT / 2).last().map_or(at, |(byte, _)| byte);
    let after = script[at..].char_indices().nth(EXCERPT / 2).map_or(script.len(), |(byte, _)| at + byte);
    &script[before..after]
}

#[cfg(test)]
mod tests {
    use model::statement::MadeBy;

    use super::{asks, begins, written};

    fn by(text: &str, script: &str) -> Option<MadeBy> {
        written(text, script).map(|(by, _)| by)
    }

    #[test]
    fn a_sentence_of_pieces_and_chance_is_made_up() {
        let script =
            r#"var n=["王","李"];t.textContent=n[Math.random()*2|0]+"女士 "+(1+Math.random()*4|0)+" 分钟前买了一箱""#;
        assert_eq!(by("王女士 3 分钟前买了一箱", script), Some(MadeBy::Chance));
        assert_eq!(by("全场包邮", script), None);
    }

    #[test]
    fn a_sentence_that_stands_whole_in_a_script_comes_from_a_list() {
        let picked = r#"var all=["用了半年很满意"];t.textContent=all[Math.random()*all.length|0]"#;
        assert_eq!(by("用了半年很满意", picked), Some(MadeBy::List));
        let turned = "var l=['138****2211 刚刚领取了一箱'];setInterval(function(){t.innerHTML=l[i++%l.length]},2000)";
        assert_eq!(by("138****2211 刚刚领取了一箱", turned), Some(MadeBy::List));
    }

    #[test]
    fn a_name_from_a_list_heads_a_sentence_of_the_page() {
        let turned = "var who=['小米粥','Lily','老班长'],i=0;setInterval(function(){w.textContent=who[i++%3]},2000)";
        let by = |text: &str| super::named(text, turned).map(|(by, _)| by);
        assert_eq!(by("老班长 刚刚领走一盆"), Some(MadeBy::List));
        assert_eq!(by("刚刚领走一盆"), None);
        assert_eq!(by("Lily"), None);
    }

    #[test]
    fn a_counter_begins_where_its_script_says() {
        assert!(begins("var q=23114;", 23_122.0));
        assert!(!begins("var q=23114;", 99_000.0));
    }

    #[test]
    fn what_asks_a_server_is_not_made_up() {
        assert!(asks("fetch('/orders')"));
        assert!(!asks("setInterval(show, 5000)"));
    }
}
