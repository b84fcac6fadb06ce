//! What the program logs is what docs/logging.md says, and nothing that it rules out.

use std::collections::{BTreeMap, BTreeSet};

use postlink_tests::repository;

/// Words that no field may have in its name: what they stand for is never logged.
const NEVER: [&str; 14] = [
    "password",
    "secret",
    "token",
    "credential",
    "cookie",
    "header",
    "body",
    "phone",
    "otp",
    "sms",
    "form_",
    "url",
    "query",
    "address_of",
];

/// A call of a log macro or of a span's.
#[derive(Debug)]
struct Said {
    file: String,
    makes: &'static str,
    fields: Vec<String>,
    /// The message, or the span's name.
    words: String,
}

const MACROS: [&str; 8] =
    ["error!(", "warn!(", "info!(", "debug!(", "trace!(", "info_span!(", "debug_span!(", "warn_span!("];

/// Everything that our sources say, tests aside.
fn said() -> Vec<Said> {
    let mut all = Vec::new();
    for folder in ["src", "crawler/src", "reader/src", "storage/src", "console/src"] {
        for file in repository::files(&repository::root().join(folder)) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !name.ends_with(".rs") || name.contains("tests") || name.contains("suite") {
                continue;
            }
            let text = std::fs::read_to_string(&file).unwrap();
            let text = text.split("\nmod tests {").next().unwrap_or_default();
            for makes in MACROS {
                for (at, _) in text.match_indices(makes) {
                    let before = text[..at].chars().next_back();
                    if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                        continue;
                    }
                    let arguments = arguments(&text[at + makes.len()..]);
                    let Some(message) = arguments.iter().position(|argument| argument.starts_with('"')) else {
                        continue;
                    };
                    // A span's name comes first, a line's message last: what is said in it follows.
                    let of_span = makes.contains("span");
                    let fields = if of_span { &arguments[message + 1..] } else { &arguments[..message] };
                    all.push(Said {
                        file: repository::shown(&file),
                        makes,
                        fields: fields.iter().filter_map(|field| named(field)).collect(),
                        words: arguments[message].trim_matches('"').to_owned(),
                    });
                }
            }
        }
    }
    assert!(all.len() > 40, "the log lines were not found");
    all
}

/// The arguments of a call whose opening bracket was read, as they stand.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut all = vec![String::new()];
    for c in text.chars() {
        let last = all.last_mut().expect("there is one");
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
            last.push(c);
            continue;
        }
        match c {
            ')' | ']' | '}' if depth == 0 => break,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '"' => quoted = true,
            ',' if depth == 0 => {
                all.push(String::new());
                continue;
            }
            _ => {}
        }
        all.last_mut().expect("there is one").push(c);
    }
    all.into_iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

/// The name of a field; none for what is no field.
fn named(argument: &str) -> Option<String> {
    if argument.starts_with("parent:") || argument.starts_with("target:") {
        return None;
    }
    let name = argument.split(" = ").next().unwrap_or(argument).trim_start_matches(['%', '?']);
    Some(name.to_owned())
}

fn page() -> String {
    std::fs::read_to_string(repository::root().join("docs/logging.md")).unwrap()
}

/// The words in backticks of the first cells of the tables whose head begins so.
fn column(head: &str) -> Vec<Vec<String>> {
    let page = page();
    let rows = page.lines().skip_while(|line| !line.starts_with(&format!("| {head} |"))).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let words = |cell: &str| cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
    rows.map(|line| words(line.split(" | ").next().unwrap_or_default())).collect()
}

#[test]
fn every_field_stands_in_the_table_and_nothing_else_does() {
    let mut used: BTreeMap<String, String> = BTreeMap::new();
    for one in said() {
        for field in one.fields {
            used.entry(field).or_insert(one.file.clone());
        }
    }
    let told: BTreeSet<_> = column("field").into_iter().flatten().collect();
    let missing: Vec<_> = used.iter().filter(|(field, _)| !told.contains(*field)).collect();
    assert!(missing.is_empty(), "docs/logging.md does not tell of {missing:?}");
    let gone: Vec<_> = told.iter().filter(|field| !used.contains_key(*field)).collect();
    assert!(gone.is_empty(), "docs/logging.md tells of {gone:?}, which nobody logs");
}

#[test]
fn no_field_is_one_of_what_is_never_said() {
    for one in said() {
        for field in &one.fields {
            let never = NEVER.iter().find(|never| field.to_lowercase().contains(**never));
            assert!(never.is_none(), "{}: `{field}` may not be logged (docs/logging.md)", one.file);
        }
    }
}

#[test]
fn every_span_stands_in_the_table_with_its_fields() {
    let page = page();
    let told: BTreeSet<_> = column("span").into_iter().flatten().collect();
    let spans: Vec<_> = said().into_iter().filter(|one| one.makes.contains("span")).collect();
    let used: BTreeSet<_> = spans.iter().map(|one| one.words.clone()).collect();
    assert_eq!(told, used);
    for span in spans {
        let row = page.lines().find(|line| {
            line.starts_with("| `") && line.contains(&format!("`{}`", span.words)) && line.matches('|').count() == 5
        });
        let row = row.unwrap_or_else(|| panic!("{}", span.words));
        for field in span.fields.iter().filter(|field| *field != "trace.id") {
            assert!(row.contains(&format!("`{field}`")), "the row of `{}` does not name `{field}`", span.words);
        }
    }
}

#[test]
fn every_event_of_the_table_is_said() {
    let said: Vec<_> = said().into_iter().map(|one| one.words).collect();
    for cell in column("event") {
        // One event in parts, around what differs from time to time, or several.
        for words in cell {
            assert!(said.iter().any(|message| message.contains(&words)), "nobody says `{words}`");
        }
    }
}

#[test]
fn a_call_is_taken_apart_where_its_arguments_end() {
    let text = "error = format!(\"{error:#}, {}\", a(b, c)), job.id = %x[0, 1], pool, %at, \"Job `{}` (\\\"a, b\\\")\", x); info!(";
    let arguments = arguments(text);
    assert_eq!(arguments.len(), 6, "{arguments:?}");
    let names: Vec<_> = arguments[..4].iter().filter_map(|argument| named(argument)).collect();
    assert_eq!(names, ["error", "job.id", "pool", "at"]);
}
