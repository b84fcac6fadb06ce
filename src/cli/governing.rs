//! The command line of what is done over time: the ledger, measures, deadlines.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use governance::ccr::Week;
use governance::ledger::Head;
use model::account::Sight;

use super::StoreAt;

/// Tells what was found, decided, done, and what came of it: the ledger (台账), each entry naming the one before it.
///
/// It is kept behind what happened: each of these commands, `serve` and `retention` add what has no entry yet, each thing once. Nothing is changed or taken away, also when a case is deleted. Previews have no entries.
#[derive(Debug, Args)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Lists entries in order.
    List {
        /// Those behind this number.
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u64,
        /// Not more than so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        most: u64,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        store: StoreAt,
    },
    /// Says whether it is whole, and where it ends; exit code 1 where it is not.
    Verify {
        /// Where it ended once, `NUMBER:HASH` as `verify` said it then: without it, entries cut off at the end are not missed.
        #[arg(long, value_name = "N:HASH", value_parser = head)]
        head: Option<Head>,
        #[command(flatten)]
        store: StoreAt,
    },
    /// Writes it whole, or what is about one subject.
    Export {
        /// `jsonl`: an entry a line, which can be verified. `csv`: for people.
        #[arg(long, value_name = "FORMAT", default_value = "jsonl", value_parser = ["jsonl", "csv"])]
        format: String,
        /// The file, which must not be there; else it is printed.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        part: Part,
        #[command(flatten)]
        store: StoreAt,
    },
}

/// A part of the ledger. Each entry of it has its number, its hash and that of the one before, by which it is found in the whole.
#[derive(Debug, Args)]
pub(crate) struct Part {
    /// Only what is of this platform.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    /// Only what is of this province (`44`), city (`4403`) or district (`440305`).
    #[arg(long, value_name = "CODE", value_parser = region)]
    pub(crate) region: Option<String>,
    /// About this advertiser, by its id; or this ad, where none is known.
    #[arg(long, value_name = "ID")]
    pub(crate) subject: Option<String>,
}

impl Part {
    pub(crate) fn sight(&self) -> Sight {
        Sight { platform: self.platform.clone(), advertiser: None, region: self.region.clone() }
    }
}

fn head(text: &str) -> Result<Head, String> {
    let wrong = || "write it as `postlink ledger verify` does: NUMBER:HASH".to_owned();
    let (number, hash) = text.split_once(':').ok_or_else(wrong)?;
    let hash = if hash.starts_with("sha256:") { hash.to_owned() } else { format!("sha256:{hash}") };
    Ok(Head { number: number.parse().map_err(|_| wrong())?, hash: hash.parse().map_err(|_| wrong())? })
}

/// The ladder that is meant where none is named.
pub(crate) const LADDER: &str = "platform";

/// Says what is done about advertisers: steps of a ladder that confirmed violations come to, and what became of them.
///
/// `propose` looks at the cases that were confirmed and not answered yet, advertiser by advertiser: what they come to follows from how grave they are, what was done before, and how it was done; governance/data/ladders.toml has the ladders. Steps that the ladder lets stand are taken at once, others wait for a person. A measure whose cases are all rejected, as after an appeal, is refused or lifted by itself. Of two who decide at once one does, and the other is told. Each turn stands in the ledger.
#[derive(Debug, Args)]
pub(crate) struct Measures {
    #[command(subcommand)]
    pub(crate) command: MeasuresCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeasuresCommand {
    /// Lists measures with what they turned to, in the order of proposing; with --advertiser, its history.
    List {
        /// Of this advertiser, by its id on its platform.
        #[arg(long, value_name = "ID")]
        advertiser: Option<String>,
        /// Of this platform.
        #[arg(long, value_name = "ID")]
        platform: Option<String>,
        /// That stand so.
        #[arg(long, value_name = "STATE", value_parser = ["proposed", "taken", "refused", "lifted"])]
        state: Option<String>,
        #[command(flatten)]
        store: StoreAt,
    },
    /// Tells a measure whole: why it is this step, and which cases it rests on.
    Show {
        /// Its id: `measure-1`.
        id: String,
        #[command(flatten)]
        store: StoreAt,
    },
    /// Proposes what confirmed violations come to that were not answered yet.
    Propose {
        /// Only about this advertiser, by its id on its platform.
        #[arg(long, value_name = "ID")]
        advertiser: Option<String>,
        /// What a person knows of how it was done, and no page shows; can be given several times.
        #[arg(long = "circumstance", value_name = "WORD", requires = "advertiser", value_parser = CIRCUMSTANCES)]
        circumstances: Vec<String>,
        /// The ladder: `platform` (警示教育, 引导整改, 暂停合作, 平台清退) or `publisher` (1, 7, 15 days, for good).
        #[arg(long, value_name = "ID", default_value = LADDER)]
        ladder: String,
        /// The language of the reasons: `zh-CN` or `en`.
        #[arg(long, value_name = "LANGUAGE", default_value = "zh-CN", value_parser = console::documents::LANGUAGES)]
        lang: String,
        #[command(flatten)]
        store: StoreAt,
        /// What postlink suspects of it and a person knows to be otherwise: `several-accounts`; see `postlink advertisers linked`.
        #[arg(long = "without", value_name = "WORD", requires = "advertiser", value_parser = ["several-accounts"])]
        without: Vec<String>,
    },
    /// Decides that a proposed measure is taken.
    Take(Say),
    /// Decides that it is not.
    Refuse(Say),
    /// Takes one back that was taken, as after an appeal.
    Lift(Say),
}

/// A word on a measure.
#[derive(Debug, Args)]
pub(crate) struct Say {
    /// Its id: `measure-1`.
    pub(crate) id: String,
    /// Who decides; stands in the ledger.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// Why; stands in the ledger.
    #[arg(long, value_name = "REASON")]
    pub(crate) why: String,
}

/// What is read from no case.
const CIRCUMSTANCES: [&str; 2] = ["cheating-registration", "several-accounts"];

/// Says which accounts are taken for one advertiser's.
#[derive(Debug, Args)]
pub(crate) struct Advertisers {
    #[command(subcommand)]
    pub(crate) command: AdvertisersCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdvertisersCommand {
    /// Lists accounts that are joined two by two, by what both show: ICP and police records, credit codes, QR codes, payees, hosts, companies, templates; and the cases that show it.
    ///
    /// It is a suspicion. What many show weighs little, a host and a template alone join nobody, and who is paid on accounts of their own are rather two. `serve` joins anew while cases come in, a round before it is opened; with --anew it is done now.
    Linked {
        /// Joined with this advertiser, by its id on its platform.
        #[arg(long, value_name = "ID")]
        advertiser: Option<String>,
        /// Join them anew first, by what cases have shown until now.
        #[arg(long)]
        anew: bool,
        /// As JSON, two accounts a line.
        #[arg(long)]
        json: bool,
        /// Not more than so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        most: usize,
        /// Of this platform.
        #[arg(long, value_name = "ID")]
        platform: Option<String>,
        #[command(flatten)]
        store: StoreAt,
    },
}

/// Says by when what waits for people is due: 72 hours from detection to decision of a case, 5 working days for complaints of minors and the elderly, 7 for others, by the calendar of China.
///
/// A complaint waits until a person labels, excludes or restores it, or a case of its ad is decided after it was said. Exit code 11 where something is overdue.
#[derive(Debug, Args)]
pub(crate) struct Deadlines {
    /// As JSON, one item a line.
    #[arg(long)]
    pub(crate) json: bool,
    /// Only what is overdue.
    #[arg(long)]
    pub(crate) overdue: bool,
    /// Of this platform.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
}

/// Writes the report of one week (周报): report.html, report.xlsx, report.pdf and report.json.
///
/// Counts by platform, trade, region and the six categories of supervision, what was done as accounts, items and media, the best and the worst, rates of complaints, what is overdue of cases and complaints, each beside the week before; the gravest violations are shown with pictures of their evidence. An ad counts once, by its latest case of the week; what postlink does not judge is told as not judged. A region is the administrative code (GB/T 2260) that an ad's advertiser gives as `region`, else the ad; where none is given, that is told apart. The same store and week give the same report.json. The PDF is printed by Chromium, which asks nothing of any network for it.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// What becomes of faces in the pictures of a redacted report: `covered`, or `shown`.
    #[arg(long, value_name = "WHAT", default_value = "covered", value_parser = ["covered", "shown"], requires = "redacted")]
    pub(crate) faces: String,
    /// The language: `zh-CN` or `en`.
    #[arg(long, value_name = "LANGUAGE", default_value = "zh-CN", value_parser = console::documents::LANGUAGES)]
    pub(crate) language: String,
    /// The folder; made when it is not there. What an earlier report wrote is written anew.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only of this platform.
    #[arg(long, value_name = "ID")]
    pub(crate) platform: Option<String>,
    /// Covers what is personal in its pictures and quotes: telephones, numbers of identity and bank cards, plates, codes, faces. A picture in which that is not sure is left out. Reads every picture, which takes seconds each.
    #[arg(long)]
    pub(crate) redacted: bool,
    /// Only of this province (`44`), city (`4403`) or district (`440305`); `440300` is the city.
    #[arg(long, value_name = "CODE", value_parser = region)]
    pub(crate) region: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// The week by ISO 8601, Monday to Sunday on the clocks of Shanghai: `2026-W47`.
    #[arg(long, value_name = "YYYY-Www")]
    pub(crate) week: Week,
}

/// A code without the zeros that stand for what lies below it.
pub(super) fn region(text: &str) -> Result<String, String> {
    let wrong = || "write the administrative code of a province, a city or a district: 44, 4403, 440305".to_owned();
    model::account::region(text).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_a_code_without_the_zeros_below_it() {
        assert_eq!(
            ["44", "440000", "440300", "440305"].map(region),
            ["44", "44", "4403", "440305"].map(|it| Ok(it.into()))
        );
        for wrong in ["4", "440", "4403055", "粤", "000000"] {
            assert!(region(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_head_is_written_as_verify_tells_it() {
        let hash = "ab".repeat(32);
        let told = head(&format!("7:{hash}")).expect("a head");
        assert_eq!((told.number, told.hash.hex()), (7, hash));
        assert!(head("7").is_err() && head("7:ab").is_err());
    }
}
