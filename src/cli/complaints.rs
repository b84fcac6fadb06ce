//! The command line of complaints and what they come to.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand, ValueEnum};
use governance::ccr::Week;
use governance::intake::What;

use super::sweep::Place;
use super::{StoreAt, day_end, midnight};

/// Takes in what users did and said after the click, and says what is said of it.
#[derive(Debug, Args)]
pub(crate) struct Complaints {
    #[command(subcommand)]
    pub(crate) command: ComplaintsCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ComplaintsCommand {
    Import(ImportComplaints),
    List(Box<ListComplaints>),
    /// Tells a complaint whole: the ad it belongs to and by what, its label, and all that was said of it by whom and when.
    Show {
        #[command(flatten)]
        which: Which,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    Label(Box<LabelComplaint>),
    /// Says that a complaint does not count. No rule takes that back; `restore` does.
    Exclude {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        said: Said,
    },
    /// Says that a complaint counts after all, whatever a rule or a person said. No rule excludes it again.
    Restore {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        said: Said,
    },
    Sample(SampleComplaints),
}

/// Reads a file of complaints, conversions or touchpoints into the store, of any size.
///
/// CSV (with a head; comma, tab or semicolon) or JSON Lines, packed with gzip or not, in UTF-8, GB18030 or UTF-16. Columns are known by English and Chinese names: docs/complaints.md lists them. A row that is wrong is told with line, field and reason, and the others go on. Rows are kept in batches: run it again after it was cut off, and what was taken is the same again. Exit code 0, or 11 when rows were not taken.
#[derive(Debug, Args)]
pub(crate) struct ImportComplaints {
    /// The file.
    pub(crate) file: PathBuf,
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What its rows are.
    #[arg(long, value_name = "KIND", default_value = "complaints")]
    pub(crate) kind: Rows,
    #[command(flatten)]
    pub(crate) place: Place,
    /// The platform of rows that name none.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    /// A file for every row that was not taken, or kept with a warning: JSON Lines with line, field and reason. What is there is replaced.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Rows {
    Complaints,
    Conversions,
    Touchpoints,
}

impl From<Rows> for What {
    fn from(rows: Rows) -> Self {
        match rows {
            Rows::Complaints => Self::Complaints,
            Rows::Conversions => Self::Conversions,
            Rows::Touchpoints => Self::Touchpoints,
        }
    }
}

/// One complaint.
#[derive(Debug, Args)]
pub(crate) struct Which {
    /// Its id on its platform.
    pub(crate) id: String,
    /// Its platform, where two have one of this id.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
}

/// Who says something, and why.
#[derive(Debug, Args)]
pub(crate) struct Said {
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,
}

/// Lists complaints, the latest first.
#[derive(Debug, Args)]
pub(crate) struct ListComplaints {
    /// About this ad.
    #[arg(long, value_name = "ID")]
    pub(crate) ad: Option<String>,
    /// About ads of this advertiser, by its id on its platform.
    #[arg(long, value_name = "ID")]
    pub(crate) advertiser: Option<String>,
    /// That people should look at: a rule is not sure whether they count.
    #[arg(long)]
    pub(crate) doubted: bool,
    /// That do not count, by a rule or a person.
    #[arg(long)]
    pub(crate) excluded: bool,
    /// Said then or later: a day, which begins at 00:00 UTC, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = midnight)]
    pub(crate) from: Option<DateTime<Utc>>,
    /// As JSON Lines.
    #[arg(long)]
    pub(crate) json: bool,
    /// Of this kind: `content`, `fulfilment`, `distribution` or `other`.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) most: u64,
    /// That belong to no ad that is known.
    #[arg(long)]
    pub(crate) no_ad: bool,
    /// Heard by this platform.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    /// Of this source: `comment`, `report`, `hotline`, `rating` or `refund`.
    #[arg(long, value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// About ads of this trade.
    #[arg(long, value_name = "TRADE")]
    pub(crate) trade: Option<String>,
    /// Said before this: a day, all of which counts, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = day_end)]
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Says what a complaint is about. No rule labels it again.
#[derive(Debug, Args)]
pub(crate) struct LabelComplaint {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) said: Said,
    /// `content`, `fulfilment`, `distribution` or `other`.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: String,
    /// `goods`, `virtual` or `service`.
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) scenario: Option<String>,
    /// The third and the fourth level of its path, as `price/hidden-fee`.
    #[arg(long, value_name = "GROUP/MATTER", default_value = "unknown/unknown")]
    pub(crate) about: String,
    /// `S1` to `S4`.
    #[arg(long, value_name = "S1…S4", default_value = "S2")]
    pub(crate) severity: String,
}

/// Draws complaints for people to read, so many that a share of all of them is known within an error.
///
/// Says how many of each source and kind to read, and which: who gives the same seed draws the same ones.
#[derive(Debug, Args)]
pub(crate) struct SampleComplaints {
    /// How far the share may be off, each way.
    #[arg(long, value_name = "SHARE", default_value_t = 0.05)]
    pub(crate) error: f64,
    /// Said then or later: a day, which begins at 00:00 UTC, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = midnight)]
    pub(crate) from: Option<DateTime<Utc>>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// What the drawing goes by.
    #[arg(long, value_name = "TEXT", default_value = "sample")]
    pub(crate) seed: String,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// Said before this: a day, all of which counts, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = day_end)]
    pub(crate) until: Option<DateTime<Utc>>,
}

/// How often users who converted complain: the consumer complaint rate (CCR) by week, with intervals, trend and alarm.
///
/// Complaints that count by valid conversions of the same group and week. A complaint counts if its user converted by its ad before, nobody excluded it, and it is this user's first about this ad and kind. What does not count is told apart, by why.
#[derive(Debug, Args)]
pub(crate) struct Ccr {
    /// The groups: `all`, `ad`, `advertiser`, `trade` or `platform`.
    #[arg(long, value_name = "GROUP", default_value = "all")]
    pub(crate) by: GroupBy,
    /// As CSV.
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// The first week, as 2026-W40; without it, the eleventh before the last.
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: Option<Week>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// Only of this kind: `content` or `fulfilment`; without it, each of both.
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<Sort>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// The last week, as 2026-W51; without it, the one before this.
    #[arg(long, value_name = "WEEK")]
    pub(crate) to: Option<Week>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum GroupBy {
    All,
    Ad,
    Advertiser,
    Trade,
    Platform,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sort {
    Content,
    Fulfilment,
}

/// Shares what users did in the end among what they saw before: eight models of attribution (docs/complaints.md).
#[derive(Debug, Args)]
pub(crate) struct Attribute {
    /// To what: `creative` (an ad), `ad`, `channel`, or `hop`: of complaints, the hop of the ad's latest chain that says what was not given.
    #[arg(long, value_name = "WHAT", default_value = "ad")]
    pub(crate) by: CreditTo,
    /// Of these weeks: the first, as 2026-W40; without it, the eleventh before the last.
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: Option<Week>,
    /// Impressions are contacts, too; without it, clicks are.
    #[arg(long)]
    pub(crate) impressions: bool,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    /// The model: `last-touch`, `last-non-direct`, `last-per-channel`, `first`, `linear`, `time-decay`, `position`, `markov`, or `all`.
    #[arg(long, value_name = "NAME", default_value = "all")]
    pub(crate) model: String,
    /// Of what: `conversions`, `complaints` or `refunds`.
    #[arg(long, value_name = "WHAT", default_value = "conversions")]
    pub(crate) of: CreditOf,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// The last week, as 2026-W51; without it, the one before this.
    #[arg(long, value_name = "WEEK")]
    pub(crate) to: Option<Week>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CreditTo {
    Creative,
    Ad,
    Channel,
    Hop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CreditOf {
    Conversions,
    Complaints,
    Refunds,
}

/// Says what of the traffic is invalid, by which rules, and marks it, so that rates count valid conversions only.
///
/// Rules of the MRC: general ones (GIVT: lists, rates, pre-fetch, our own visits) and signs that no person gives (SIVT). Run it again when more traffic has come in: a span is judged anew.
#[derive(Debug, Args)]
pub(crate) struct Traffic {
    /// Mark nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Of these weeks: the first, as 2026-W40; without it, the eleventh before the last.
    #[arg(long, value_name = "WEEK")]
    pub(crate) from: Option<Week>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// The last week, as 2026-W51; without it, this one.
    #[arg(long, value_name = "WEEK")]
    pub(crate) to: Option<Week>,
}
