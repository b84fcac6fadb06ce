//! What the console needs and cannot do itself: the program does it, and gives the answer.

use futures_util::future::BoxFuture;
use model::sweep::{Sweep, SweepState};
use serde::Serialize;
use storage::previews::Maker;
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

    /// Has an ad looked at once more, at a moment that nobody can tell.
    fn revisit(&self, ad_id: String) -> Answer<'_, ()>;

    /// Asks the operator's identity provider: bounded in size and time, and never sent on to elsewhere.
    fn ask_provider(&self, asked: ToProvider) -> Answer<'_, FromProvider>;
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

/// A file of ads as it was sent: JSON Lines, or CSV with names of columns in its first line.
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
    /// Lines that are no ads here, from 1, and why.
    pub bad: Vec<(usize, String)>,
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
    pub click_url: String,
    pub platform: Option<String>,
    /// The advertiser's id on its platform.
    pub advertiser: Option<String>,
    pub legal_name: Option<String>,
    pub trade: Option<String>,
    pub pictures: Vec<Media>,
    pub video: Option<Media>,
    pub subtitles: Option<Vec<u8>>,
}

/// A picture or a video, told by its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `png`, `mp4`, …: what its file is called by here, whatever it was called where it comes from.
    pub ending: &'static str,
    pub bytes: Vec<u8>,
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

    fn revisit(&self, _ad_id: String) -> Answer<'_, ()> {
        closed()
    }

    fn ask_provider(&self, _asked: ToProvider) -> Answer<'_, FromProvider> {
        closed()
    }
}

fn closed<'a, T: Send + 'a>() -> Answer<'a, T> {
    Box::pin(async {
        Err(Refusal::Not {
            word: "only-shows",
            what: String::new(),
            said: "this console only shows: use one that `postlink serve` begins".into(),
        })
    })
}
