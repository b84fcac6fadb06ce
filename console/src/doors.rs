//! What the console needs and cannot do itself: the program does it, and gives the answer.

use std::fs::File;

use futures_util::future::BoxFuture;
use governance::ccr::Week;
use governance::ladder::Circumstance;
use model::account::Sight;
use model::measure::Measure;
use model::sweep::{Sweep, SweepState};
use serde::{Deserialize, Serialize};
use storage::previews::Maker;
use storage::store::CaseId;
use url::Url;

/// An answer that takes its time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Refusal>>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A sentence for people, what and what to do: a key of `[refused]` with what stands in its place, and as programs are told.
    #[error("{said}")]
    Not { word: &'static str, what: String, said: String },
    /// It stands in the log.
    #[error("{0}")]
    Broken(String),
}

pub trait Doors: Send + Sync {
    /// What a new sweep is of, where nobody says.
    fn sweeping(&self) -> Sweeping;

    /// What a round of a sweep would come to now, whether or not there is such a sweep.
    fn preview_sweep(&self, sweep: Sweep) -> Answer<'_, SweepCost>;

    /// Brings a sweep and its open rounds into another state.
    fn turn_sweep(&self, sweep: Sweep, to: SweepState) -> Answer<'_, ()>;

    /// Has the next round of a sweep opened now.
    fn hurry_sweep(&self, sweep: Sweep) -> Answer<'_, ()>;

    /// Has an ad examined that does not run yet, at once and published to nobody; gives back the id that it has.
    fn preview(&self, draft: Draft) -> Answer<'_, String>;

    /// Takes ads over: all that can be, and says of each other line why not.
    fn import(&self, file: AdsFile) -> Answer<'_, Imported>;

    /// Whether an address that somebody typed may be told what happens.
    fn may_tell(&self, url: &str) -> Result<(), Refusal>;

    /// Makes a file of cases that somebody takes along.
    fn hand_over(&self, wanted: HandOver) -> Answer<'_, HandedOver>;

    /// Has an ad looked at once more, at a moment that nobody can tell.
    fn revisit(&self, ad_id: String) -> Answer<'_, ()>;

    /// Asks the operator's identity provider: bounded in size and time, and never sent on to elsewhere.
    fn ask_provider(&self, asked: ToProvider) -> Answer<'_, FromProvider>;

    /// By which lists of the operator's traffic is told as invalid.
    fn traffic_lists(&self) -> Lists;

    /// What the confirmed cases of an advertiser come to that nothing was done about yet; none where there is no such case, or, where
    /// it is to be kept, somebody else was faster.
    fn propose(&self, wanted: ProposeWanted) -> Answer<'_, Option<ProposedStep>>;

    /// Makes the report of a week.
    fn weekly(&self, wanted: WeeklyWanted) -> Answer<'_, Vec<u8>>;
}

/// What is asked of the identity provider.
#[derive(Clone)]
pub struct ToProvider {
    pub url: Url,
    /// Sent with a POST; where there is nothing, it is a GET.
    pub form: Vec<(&'static str, String)>,
    /// Name and secret of this console.
    pub basic: Option<(String, String)>,
}

impl ToProvider {
    pub fn get(url: Url) -> Self {
        Self { url, form: Vec::new(), basic: None }
    }
}

/// What it answers.
#[derive(Clone)]
pub struct FromProvider {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Of a file of ads, as it was sent or unpacked. Bytes.
pub const LONGEST_ADS: usize = 20_000_000;

/// A file of ads as it was sent: JSON Lines, or CSV with names of columns in its first line; or a ZIP archive of such a file with
/// those that its ads name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdsFile {
    pub bytes: Vec<u8>,
    /// Ads of another are refused; none: those of every one are taken.
    pub platform: Option<String>,
}

/// What became of a file of ads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    /// That were not known.
    pub landings: u64,
    /// Lines that are no ads here, from 1, and why: some of them.
    pub bad: Vec<(usize, String)>,
    /// And those that are only counted.
    pub untold: u64,
}

impl Imported {
    /// Lines that are told one by one; the rest is counted.
    const TOLD: usize = 200;

    /// Says why a line is no ad here.
    pub fn refuse(&mut self, line: usize, why: String) {
        if self.bad.len() < Self::TOLD {
            self.bad.push((line, why));
        } else {
            self.untold += 1;
        }
    }
}

/// An ad that does not run yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub maker: Maker,
    /// The account.
    pub by: String,
    pub title: Option<String>,
    pub description: Option<String>,
    /// The words on its button.
    pub cta: Option<String>,
    /// Where its click leads.
    pub leads_to: LeadsTo,
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    pub legal_name: Option<String>,
    pub trade: Option<String>,
    pub pictures: Vec<Media>,
    pub video: Option<Media>,
    pub subtitles: Option<Vec<u8>>,
}

/// Where the click of an ad leads that does not run yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeadsTo {
    Address(String),
    /// A page that is nowhere yet: HTML.
    Pasted(Vec<u8>),
}

/// A picture or a video, told by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `png`, `mp4`, …: what its file is called by here, whatever it was called where it comes from.
    pub ending: &'static str,
    pub bytes: Vec<u8>,
}

/// Cases that somebody takes along: all of them in their sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    pub what: Handed,
    /// In which way they were chosen, by a word of `[selection]`, and of what.
    pub chosen: (&'static str, String),
    pub wanted: Vec<CaseId>,
    /// Those, and the earlier and later ones of their ads.
    pub history: Vec<CaseId>,
    pub language: &'static str,
}

/// As what they are taken along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handed {
    /// The due-diligence dossier of their ads: one page.
    Dossier,
    /// All evidence and all documents, with how to verify them.
    Bundle,
}

impl Handed {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Dossier => "dossier",
            Self::Bundle => "bundle",
        }
    }

    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Dossier => "html",
            Self::Bundle => "zip",
        }
    }

    /// Of the bundle its own; a page is a file here, and no page of this console.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Dossier => "application/octet-stream",
            Self::Bundle => "application/zip",
        }
    }
}

/// The file, which nobody else can open, and which is gone when it is closed.
#[derive(Debug)]
pub struct HandedOver {
    pub file: File,
    /// Bytes.
    pub length: u64,
}

/// What a new sweep is made of.
#[derive(Clone, Debug, Default)]
pub struct Sweeping {
    /// Those of the configuration.
    pub visitors: Vec<String>,
    /// Those of them that look where none is named.
    pub usual: Vec<String>,
    pub depth: u8,
    pub pool: String,
    /// What its chance is drawn from, and nobody else knows: another one each time.
    pub secret: String,
}

/// About whom a step is proposed.
#[derive(Clone, Debug)]
pub struct ProposeWanted {
    /// Its id on its platform.
    pub advertiser: String,
    pub platform: Option<String>,
    /// What a person knows of it that no case tells.
    pub circumstances: Vec<Circumstance>,
    /// Of the reasons.
    pub language: &'static str,
    /// Whether it is kept, or only thought of.
    pub keep: bool,
}

/// A step of a ladder, with its reasons; without an id where it is only thought of.
#[derive(Clone, Debug)]
pub struct ProposedStep {
    pub measure: Measure,
    /// Whether a person has to decide it before it holds.
    pub to_decide: bool,
}

/// Which report of which week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklyWanted {
    pub week: Week,
    pub report: Report,
    /// Of what is in this sight alone.
    pub sight: Sight,
    pub language: &'static str,
}

/// As what a weekly report is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    Html,
    Xlsx,
    Pdf,
    Json,
}

impl Report {
    pub(crate) const ALL: [Self; 4] = [Self::Html, Self::Xlsx, Self::Pdf, Self::Json];

    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
            Self::Json => "json",
        }
    }

    /// A page is a file here, and no page of this console.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Html => "application/octet-stream",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
            Self::Json => "application/json",
        }
    }
}

/// Lists by which traffic is told as invalid.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lists {
    /// The file of ranges of data centres, and how many it has; none where there is none.
    pub data_centres: Option<(String, usize)>,
    /// Product tokens in the user agents of our own visits.
    pub own_agents: Vec<String>,
}

/// What a round comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepCost {
    pub ads: u64,
    pub landings: u64,
    pub hosts: u64,
    /// Landings that are not due, or that the budget does not allow.
    pub left_out: u64,
    /// At most.
    pub pages: f64,
    pub cpu_minutes: f64,
    pub bytes: f64,
    /// With so many workers.
    pub hours: f64,
    pub workers: u64,
    /// No sooner, however many workers.
    pub busiest_host: String,
    pub busiest_host_hours: f64,
    pub money: f64,
    pub currency: String,
    /// Landings whose cost was measured; that of the others is assumed.
    pub measured: u64,
}

/// For those who only look.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDoors;

impl Doors for NoDoors {
    fn sweeping(&self) -> Sweeping {
        Sweeping::default()
    }

    fn preview_sweep(&self, _sweep: Sweep) -> Answer<'_, SweepCost> {
        closed()
    }

    fn turn_sweep(&self, _sweep: Sweep, _to: SweepState) -> Answer<'_, ()> {
        closed()
    }

    fn hurry_sweep(&self, _sweep: Sweep) -> Answer<'_, ()> {
        closed()
    }

    fn preview(&self, _draft: Draft) -> Answer<'_, String> {
        closed()
    }

    fn import(&self, _file: AdsFile) -> Answer<'_, Imported> {
        closed()
    }

    fn may_tell(&self, _url: &str) -> Result<(), Refusal> {
        Err(shut())
    }

    fn hand_over(&self, _wanted: HandOver) -> Answer<'_, HandedOver> {
        closed()
    }

    fn revisit(&self, _ad_id: String) -> Answer<'_, ()> {
        closed()
    }

    fn ask_provider(&self, _asked: ToProvider) -> Answer<'_, FromProvider> {
        closed()
    }

    fn traffic_lists(&self) -> Lists {
        Lists::default()
    }

    fn weekly(&self, _wanted: WeeklyWanted) -> Answer<'_, Vec<u8>> {
        closed()
    }

    fn propose(&self, _wanted: ProposeWanted) -> Answer<'_, Option<ProposedStep>> {
        closed()
    }
}

fn closed<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async { Err(shut()) })
}

fn shut() -> Refusal {
    Refusal::Not {
        word: "only-shows",
        what: String::new(),
        said: "this console only shows: use one that `postlink serve` begins".into(),
    }
}
