//! `postlink generate`: the documents that are made from the program, so that they cannot differ from it.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap::CommandFactory as _;
use governance::intake::{self, What};

use crate::cli::{Cli, Generate};
use crate::config;
use crate::exit::Ended;
use crate::feed;
use crate::packs;
use crate::telemetry::metrics::{By, Metrics};
use model::line::word;

pub(crate) fn run(generate: &Generate) -> anyhow::Result<Ended> {
    let project = &generate.project;
    let documents = [
        ("console/openapi.json", console::api::document().to_owned()),
        ("docs/checks.md", checks(project)?),
        ("docs/cli.md", cli()),
        ("docs/columns.md", columns()),
        ("docs/config.md", configuration()),
        ("docs/events.asyncapi.json", pretty(&feed::document::asyncapi())),
        ("docs/events.schema.json", pretty(&feed::document::schema())),
        ("docs/metrics.md", metrics()),
        ("docs/policies.md", packs_told()?),
        ("policies/pack.schema.json", format!("{:#}\n", policies::json_schema())),
    ];
    let mut differ = Vec::new();
    for (name, text) in &documents {
        let path = project.join(name);
        if std::fs::read_to_string(&path).ok().as_ref() == Some(text) {
            continue;
        }
        differ.push(*name);
        if !generate.check {
            std::fs::create_dir_all(path.parent().unwrap_or(project))?;
            std::fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        }
    }
    if generate.check && !differ.is_empty() {
        println!("differ from the program: {}; run `postlink generate`", differ.join(", "));
        return Ok(Ended::DoesNotHold);
    }
    Ok(Ended::Clean)
}

/// The doc comment of a check is its published page; what it can be set to is data.
fn checks(project: &Path) -> anyhow::Result<String> {
    let mut page =
        "# The checks\n\nMade from the doc comments in `checker/src/checks/` by `postlink generate`.\n".to_owned();
    let packs = packs::load(None)?;
    for check in checker::checks::ALL {
        let id = check.id();
        let path = project.join(format!("checker/src/checks/{}.rs", id.replace('-', "_")));
        let source = std::fs::read_to_string(&path)
            .with_context(|| format!("read {}: is {} the folder of the project?", path.display(), project.display()))?;
        write!(page, "\n## `{id}`\n")?;
        let head = source.lines().find_map(|line| line.strip_prefix("//! ")).unwrap_or_default();
        write!(page, "\n{head}\n\n")?;
        let doc =
            source.lines().skip_while(|line| !line.starts_with("/// ## ")).take_while(|line| line.starts_with("///"));
        for line in doc {
            let line = line.trim_start_matches("///").trim();
            // The page has a title already: its parts are one level down.
            writeln!(page, "{}", line.strip_prefix("## ").map_or(line.to_owned(), |title| format!("### {title}")))?;
        }
        page.push_str(&settings(*check, &packs));
    }
    page.push_str("\n## Not built\n\n");
    for (id, reason) in checker::checks::NOT_BUILT {
        writeln!(page, "- `{id}`: {reason}.")?;
    }
    Ok(page)
}

fn settings(check: &dyn checker::check::Check, packs: &policies::Packs) -> String {
    let mut text = "\n### Settings\n".to_owned();
    for one in packs.judging(check.id()) {
        let (severity, sure) = (one.severity, word(&one.min_confidence));
        text += &format!(
            "- Rule `{}` of the pack `{}`: severity {severity:?}, from confidence `{sure}` on.\n",
            one.rule, one.pack
        );
    }
    let lists: Vec<_> = check.terms().iter().map(|term| format!("`{term}`")).collect();
    if !lists.is_empty() {
        text += &format!("- Words of its own, in `policies/lexicons/`: {}.\n", lists.join(", "));
    }
    text
}

/// Every pack with its rules, and where packs disagree.
fn packs_told() -> anyhow::Result<String> {
    let packs = packs::load(None)?;
    let mut page = "# The policy packs\n\nMade from `policies/packs/` by `postlink generate`. A clause in italics is known from memory \
        only: it is shown with a mark, and never to a regulator. `postlink policy explain RULE` tells a rule whole.\n"
        .to_owned();
    for about in packs.about() {
        let pack = about.name.split('@').next().unwrap_or_default();
        let title = |language: &str| about.title.get(language).map_or("", String::as_str);
        writeln!(page, "\n## `{pack}`\n\n{} ({}), version {}.", title("en"), title("zh-CN"), about.name)?;
        let platforms = match about.platforms.as_slice() {
            [] => String::new(),
            some => format!(", on the platforms {}", listed(some.iter().copied())),
        };
        writeln!(
            page,
            "Judges ads that run in {}{platforms}, from {} on.",
            listed(about.markets),
            about.effective_from
        )?;
        if about.basis == policies::Basis::Modelled {
            writeln!(page, "**Modelled on public facts, not on the platform's own text.**")?;
        }
        page.push_str(
            "\n| rule | what is wrong | checks | severity | in force | rests on |\n|---|---|---|---|---|---|\n",
        );
        for rule in packs.rules().filter(|rule| rule.pack() == pack) {
            let (from, until) = rule.in_force();
            let until = until.map_or_else(String::new, |until| format!(" to {until}"));
            let stage = if rule.stage() == "settled" { String::new() } else { format!(", {}", rule.stage()) };
            let cites: Vec<_> = rule
                .cites()
                .map(|cite| if cite.verified { cite.id.clone() } else { format!("*{}*", cite.id) })
                .collect();
            writeln!(
                page,
                "| `{}` | {} | {} | {:?} | {from}{until}{stage} | {} |",
                rule.id(),
                rule.title().get("en").map_or("", String::as_str),
                listed(rule.checks()),
                rule.severity(),
                cites.join(", ").replace('|', "\\|"),
            )?;
        }
        page.push_str("\nGraver or less grave than the rule says:\n\n");
        for (id, by, why) in about.modifiers {
            writeln!(page, "- `{id}` ({by:+}): {}.", why.get("en").map_or("", String::as_str))?;
        }
    }
    page.push_str(
        "\n## Where packs of one country disagree\n\nThe graver rule speaks first, the other stands beside it.\n\n",
    );
    if packs.conflicts().is_empty() {
        page.push_str("Nowhere.\n");
    }
    for conflict in packs.conflicts() {
        let ([one, other], [says, differs]) = (&conflict.rules, &conflict.says);
        writeln!(page, "- `{one}` and `{other}` on {}: {says}, {differs}.", conflict.on)?;
    }
    Ok(page)
}

fn listed<'a>(all: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<_> = all.into_iter().map(|one| format!("`{one}`")).collect();
    all.join(", ")
}

/// By which names columns of complaints, conversions and touchpoints are known.
fn columns() -> String {
    let mut page = "# The columns of complaints, conversions and touchpoints\n\nMade from `governance/data/columns.toml` by \
        `postlink generate`. Case, spaces, `_`, `-` and the width of characters make no difference; docs/complaints.md says what \
        each of them holds.\n"
        .to_owned();
    for what in What::ALL {
        page.push_str(&format!("\n## {}\n\n| column | also called |\n|---|---|\n", what.word()));
        for (own, names) in intake::own_names(what) {
            page.push_str(&format!("| `{own}` | {} |\n", listed(names.iter().skip(1).map(String::as_str))));
        }
    }
    page
}

fn cli() -> String {
    let mut page = "# The command line\n\nMade from the program by `postlink generate`.\n".to_owned();
    let mut command = Cli::command();
    command.build();
    let mut help = |title: String, command: &mut clap::Command| {
        let long = command.clone().term_width(100).render_long_help().to_string();
        let long: Vec<_> = long.lines().map(str::trim_end).collect();
        page.push_str(&format!("\n## `{title}`\n\n```text\n{}\n```\n", long.join("\n").trim_end()));
    };
    help("postlink".to_owned(), &mut command);
    for sub in command.get_subcommands_mut().filter(|sub| sub.get_name() != "help") {
        let name = format!("postlink {}", sub.get_name());
        help(name.clone(), sub);
        for inner in sub.get_subcommands_mut().filter(|inner| inner.get_name() != "help") {
            help(format!("{name} {}", inner.get_name()), inner);
        }
    }
    page
}

/// Every metric, by the command that tells it.
fn metrics() -> String {
    let mut page = "# The metrics\n\nMade from `src/telemetry/metrics.rs` by `postlink generate`. `serve` and `work` tell them at \
        `/metrics` of the address that `telemetry.listen` names, in the text format of Prometheus. What stands in the database is \
        told by each `serve` alike: take the `max` of it, and the `sum` of what is counted. deploy/README.md says what is made of them.\n"
        .to_owned();
    let metrics = Metrics::new();
    for (by, title) in [(By::Serve, "Of `serve`"), (By::Work, "Of `work`"), (By::Both, "Of both")] {
        page.push_str(&format!("\n## {title}\n\n| metric | kind | labels | what it says |\n|---|---|---|---|\n"));
        for one in metrics.about().iter().filter(|one| one.by == by) {
            let labels = listed(one.labels.iter().copied());
            page.push_str(&format!("| `{}` | {} | {labels} | {} |\n", one.name, one.kind, one.says));
        }
    }
    page
}

fn pretty(document: &serde_json::Value) -> String {
    format!("{document:#}\n")
}

fn configuration() -> String {
    format!(
        "# The configuration\n\nThese are the defaults, compiled in. A file given with `--config` says only what differs; \
         an unknown key is an error. Made from `config.toml` by `postlink generate`.\n\n```toml\n{}\n```\n",
        config::DEFAULTS.trim_end()
    )
}
