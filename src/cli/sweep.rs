//! The command line of ads and sweeps.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args, Subcommand};

use super::midnight;

/// Where ads, sweeps and cases are kept.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The folder of the store, as `check --out` has it; made when it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// A database, `postgres://user:password@host:port/name`, in place of the folder's own; the folder then holds the evidence.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Takes ads over into the store, for sweeps to choose from.
///
/// Ads that lead to one landing share it: click ids, macros and trackers are no part of where a click leads. An ad that is imported again replaces what was known of it, and where its click led before is kept. The pictures, videos and subtitles that an ad names are kept with the evidence, so that it can be read on any machine: a file that has not changed is not read again, and none is taken from outside the folder of the ads file. A line that is no ad, and a file that cannot be read, is named with file, line and reason, and the others go on. Exit code 0, or 11 when lines or files were not read.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The ads: JSON Lines, one ad a line; only `ad_id` and `click_url` are required. `tags`, `ends_at` and the advertiser's `industry` are what sweeps choose by.
    pub(crate) ads: PathBuf,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Says which ads are looked at when, as whom, and for how much.
#[derive(Debug, Args)]
pub(crate) struct Sweep {
    #[command(subcommand)]
    pub(crate) command: SweepCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SweepCommand {
    Create(Box<Create>),
    /// Lists the sweeps.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Tells a sweep whole, with its latest rounds and how far they are.
    Show {
        /// The sweep.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Opens no further round of a sweep, and holds what waits of those that are open.
    Pause {
        /// The sweep.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Lets a paused sweep go on.
    Resume {
        /// The sweep.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Ends a sweep, and gives up what is not done of its rounds.
    Cancel {
        /// The sweep.
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Runs a round of a sweep here and now, to its end; goes on with the one that is open.
    ///
    /// Without a broker everything is done by this process. The folder then holds `cases.jsonl` and `report.html`, as after `check`. Exit code 0, 10 for violations, 11 when something could not be seen.
    Run {
        /// The sweep.
        name: String,
        /// A TOML file with what differs from the defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
    /// Says what a round of a sweep would be, and cost, if it were opened now.
    ///
    /// What visits cost is measured where landings were visited before, and assumed by `[sweep]` of the configuration where not.
    Preview {
        /// The sweep.
        name: String,
        /// A TOML file with what differs from the defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        #[command(flatten)]
        place: Place,
    },
}

/// Begins a sweep: without more, all ads once, as soon as may be.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("cadence").args(["at", "cron", "continuous"]))]
pub(crate) struct Create {
    /// Its name: lower-case letters, digits and hyphens.
    pub(crate) name: String,
    /// Only ads of this advertiser, by its id on its platform.
    #[arg(long, value_name = "ID")]
    pub(crate) advertiser: Option<String>,
    /// Once, then: a day, which begins at 00:00 UTC, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = midnight)]
    pub(crate) at: Option<DateTime<Utc>>,
    /// No more bytes in a round than this.
    #[arg(long, value_name = "N")]
    pub(crate) bytes: Option<u64>,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Each landing as often as its risk asks for and a day's budget allows, at hours nobody can tell.
    #[arg(long)]
    pub(crate) continuous: bool,
    /// No more CPU minutes in a round than this.
    #[arg(long, value_name = "N")]
    pub(crate) cpu_minutes: Option<u64>,
    /// Again and again, as five fields say, such as "30 2 * * *" for each night at half past two.
    #[arg(long, value_name = "PATTERN")]
    pub(crate) cron: Option<String>,
    /// Levels behind the landing page that are walked; without it, as the configuration says.
    #[arg(long, value_name = "N")]
    pub(crate) depth: Option<u8>,
    /// No more pages in a round than this.
    #[arg(long, value_name = "N")]
    pub(crate) pages: Option<u64>,
    /// Only ads of this platform.
    #[arg(long)]
    pub(crate) platform: Option<String>,
    /// The workers that do it: region and device; without it, as the configuration says.
    #[arg(long)]
    pub(crate) pool: Option<String>,
    /// Create nothing, and say what a round would be, and cost.
    #[arg(long)]
    pub(crate) preview: bool,
    /// Larger goes first, among all sweeps: -1000 to 1000.
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1000..=1000))]
    pub(crate) priority: i32,
    /// So many in a hundred landings, others each round.
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(crate) sample: Option<f64>,
    /// Only ads with this tag.
    #[arg(long)]
    pub(crate) tag: Option<String>,
    /// On whose clocks the pattern is told: an IANA name.
    #[arg(long, value_name = "NAME", default_value = "Asia/Shanghai")]
    pub(crate) time_zone: String,
    /// Only ads of this trade: the advertiser's `industry`, or the ad's `declared_category`.
    #[arg(long)]
    pub(crate) trade: Option<String>,
    /// As whom to look; can be given several times. Without it, as the configuration says.
    #[arg(long = "visitor", value_name = "NAME")]
    pub(crate) visitors: Vec<String>,
    /// At a random minute of so many that begin when the pattern says.
    #[arg(long, value_name = "MINUTES", default_value_t = 0, requires = "cron", value_parser = clap::value_parser!(u32).range(0..=10_080))]
    pub(crate) window: u32,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Shows the console, opens rounds when they are due, grants their jobs to workers, and records what these bring back, until it is told to stop.
///
/// Without a broker it works off the jobs itself: one command, no other server. With `--nats`, workers on any machine do. Of several that serve one database, one leads; another takes over when it is not heard of for 15 seconds.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where the console listens, `127.0.0.1:8080`; empty for none; without it, as the configuration's `console.listen` says.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// The broker, `nats://host:port`, several with commas between; without it, as the configuration's `fleet.nats` says.
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
    #[command(flatten)]
    pub(crate) place: Place,
}

/// Works off jobs that are granted elsewhere, until it is told to stop; what is under way then comes to its end.
///
/// A worker speaks with the broker and the evidence, and with no database. A second signal ends it at once: its jobs are granted to others.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Jobs side by side; without it, as the configuration's `fleet.at_once` says.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) at_once: Option<u32>,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of the evidence, which all see, where the configuration's `evidence.store` names no bucket.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// How it is called; without it, by its host and process. No two may be called the same.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// The broker, `nats://host:port`, several with commas between; without it, as the configuration's `fleet.nats` says.
    #[arg(long, value_name = "URL")]
    pub(crate) nats: Option<String>,
    /// Whose jobs: region and device; without it, as the configuration's `sweep.pool` says.
    #[arg(long)]
    pub(crate) pool: Option<String>,
}

/// Says what runs next, and when.
#[derive(Debug, Args)]
pub(crate) struct Schedule {
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How many runs of each sweep are told.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) next: u16,
    /// Open the rounds that are due first: their jobs then wait for workers.
    #[arg(long)]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) place: Place,
}

fn percent(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent) && *percent > 0.0)
        .ok_or_else(|| "write a number above 0, and no more than 100".to_owned())
}
