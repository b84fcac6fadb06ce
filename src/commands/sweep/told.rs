//! Sweeps and rounds in words.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use model::sweep::{Budget, Cadence, Round, Scope, Sweep};
use serde::Serialize;
use storage::frontier::Progress;

pub(super) fn created(sweep: &Sweep) -> String {
    format!("{} is created: {}, {}; {}", sweep.name, scope(&sweep.scope), cadence(&sweep.cadence), next(sweep))
}

pub(super) fn list(sweeps: &[Sweep]) -> String {
    let mut text = String::new();
    for sweep in sweeps {
        let (state, scope, cadence) = (word(&sweep.state), scope(&sweep.scope), cadence(&sweep.cadence));
        writeln!(text, "{}  {state}  {scope}, {cadence}; {}", sweep.name, next(sweep)).expect("a text grows");
    }
    if sweeps.is_empty() {
        text.push_str("there is no sweep yet: `postlink sweep create` makes one\n");
    }
    text
}

/// A round, how far it is, and how many of its cases have which verdict.
pub(super) type ToldRound = (Round, Progress, Vec<(String, u64)>);

pub(super) fn whole(sweep: &Sweep, rounds: &[ToldRound]) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| writeln!(text, "{name:<12} {value}").expect("a text grows");
    line("name", &sweep.name);
    line("state", &word(&sweep.state));
    line("ads", &scope(&sweep.scope));
    line("runs", &cadence(&sweep.cadence));
    line("next", &sweep.next_at.map_or("-".to_owned(), moment));
    line("visitors", &sweep.visitors.join(", "));
    line("depth", &format!("{} levels behind the landing page", sweep.depth));
    line("pool", &sweep.pool);
    line("budget", &budget(&sweep.budget));
    line("priority", &sweep.priority.to_string());
    line("created", &moment(sweep.created_at));
    for (round, progress, verdicts) in rounds {
        let Progress { ready, held, leased, done, given_up, dead, cancelled } = progress;
        let dead = dead + given_up;
        let counts = round.counts;
        line(
            "round",
            &format!(
                "{}  {}  {} ads, {} landings, {} left out; jobs: {done} done, {leased} under way, {ready} waiting, {held} held, {dead} dead, {cancelled} cancelled",
                round.id,
                word(&round.state),
                counts.ads,
                counts.landings,
                counts.left_out,
            ),
        );
        let cases = verdicts.iter().map(|(verdict, count)| format!("{count} {verdict}")).collect::<Vec<_>>().join(", ");
        line("cases", if cases.is_empty() { "none yet" } else { &cases });
    }
    text
}

/// What it says of a state on the wire.
pub(super) fn word(state: &impl Serialize) -> String {
    model::line::word(state)
}

pub(crate) fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn next(sweep: &Sweep) -> String {
    sweep.next_at.map_or("runs no more".to_owned(), |at| format!("next {}", moment(at)))
}

fn scope(scope: &Scope) -> String {
    let parts = [
        ("platform", &scope.platform),
        ("advertiser", &scope.advertiser),
        ("trade", &scope.trade),
        ("tag", &scope.tag),
        ("ad", &scope.ad),
    ];
    let mut said: Vec<_> =
        parts.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name} {value}"))).collect();
    if said.is_empty() {
        said.push("all ads".to_owned());
    }
    if let Some(sample) = scope.sample {
        said.push(format!("{sample} % of their landings"));
    }
    said.join(", ")
}

pub(crate) fn cadence(cadence: &Cadence) -> String {
    match cadence {
        Cadence::Once { at: None } => "once".to_owned(),
        Cadence::Once { at: Some(at) } => format!("once, {}", moment(*at)),
        Cadence::Continuous => "continuously, by risk".to_owned(),
        Cadence::Cron { pattern, time_zone, window_minutes: 0 } => format!("`{pattern}` in {time_zone}"),
        Cadence::Cron { pattern, time_zone, window_minutes } => {
            format!("`{pattern}` in {time_zone}, at a random minute of {window_minutes}")
        }
    }
}

fn budget(budget: &Budget) -> String {
    let parts = [("CPU minutes", budget.cpu_minutes), ("pages", budget.pages), ("bytes", budget.bytes)];
    let said: Vec<_> = parts.iter().filter_map(|(name, limit)| limit.map(|limit| format!("{limit} {name}"))).collect();
    if said.is_empty() { "no limit".to_owned() } else { said.join(", ") + " a round" }
}
