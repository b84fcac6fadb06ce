//! `postlink policy new`: a pack, or a rule of one, that the other commands already accept.

use std::path::Path;

use anyhow::Context as _;
use chrono::{NaiveDate, Utc};

use crate::exit::{Ended, Refused};
use crate::packs;

/// The files of a new pack: NAME, CHECK, TODAY and VERSION stand for what is asked for.
const PACK: [(&str, &str); 4] = [
    ("pack.toml", include_str!("begin/pack.toml")),
    ("citations.toml", include_str!("begin/citations.toml")),
    ("notes/zh-CN.toml", include_str!("begin/notes.zh-CN.toml")),
    ("notes/en.toml", include_str!("begin/notes.en.toml")),
];

/// And of each rule.
const RULE: [(&str, &str); 2] =
    [("rules/NAME.toml", include_str!("begin/rule.toml")), ("cases/NAME.toml", include_str!("begin/cases.toml"))];

pub(super) fn anew(name: &str, check: &str, folder: &Path) -> anyhow::Result<Ended> {
    let (pack, rule) = name.split_once('/').unwrap_or((name, "our-first-rule"));
    for part in [pack, rule] {
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if part.is_empty() || !part.chars().all(kebab) {
            let refusal = format!("`{name}`: write `pack` or `pack/rule` in small letters, digits and hyphens");
            return Err(Refused::Usage(refusal).into());
        }
    }
    if !packs::checks().contains(check) {
        let meant = policies::nearest(check, packs::checks());
        let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
        return Err(Refused::Usage(format!("there is no check `{check}`{meant}")).into());
    }
    #[expect(clippy::disallowed_methods, reason = "a rule begins on the day on which it is written")]
    let today = Utc::now().date_naive();
    let home = folder.join(pack);
    let filled = |(file, text): (&str, &str), name: &str| (file.replace("NAME", name), fill(text, name, check, today));
    let mut files = Vec::new();
    if !home.join("pack.toml").exists() {
        files.extend(PACK.map(|file| filled(file, pack)));
    }
    files.extend(RULE.map(|file| filled(file, rule)));
    if let Some((there, _)) = files.iter().find(|(file, _)| home.join(file).exists()) {
        return Err(Refused::Usage(format!("{} is there already", home.join(there).display())).into());
    }
    for (file, text) in files {
        let path = home.join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(&home))
            .and_then(|()| std::fs::write(&path, text))
            .with_context(|| format!("write {}", path.display()))?;
        println!("{}", path.display());
    }
    let folder = folder.display();
    println!(
        "edit them; then: postlink policy lint --policies {folder}; postlink policy test {pack} --policies {folder}"
    );
    Ok(Ended::Clean)
}

fn fill(text: &str, name: &str, check: &str, today: NaiveDate) -> String {
    let version = today.format("%Y.%m").to_string();
    text.replace("NAME", name).replace("CHECK", check).replace("TODAY", &today.to_string()).replace("VERSION", &version)
}
