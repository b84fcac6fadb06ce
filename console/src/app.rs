//! What every request has at hand.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use chrono_tz::Tz;
use governance::ccr::Watch;
use model::units::Clock;
use policies::Packs;
use tokio::sync::OnceCell;

use crate::api::limit::Limits;
use crate::aside::Aside;
use crate::checked::Checked;
use crate::doors::Doors;
use crate::handover::Turns;
use crate::identity::{self, Provider};
use crate::page::Pages;
use crate::pages::progress::Streams;
use crate::stored::Stored;
use crate::vault::Vault;

/// What is set for the console by its operator.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where people reach it from outside, `https://postlink.example`: cookies are then sent over TLS alone. Empty where they
    /// reach it where it listens.
    pub url: String,
    /// How long a session lasts that is not used. Seconds.
    pub idle_secs: u64,
    /// How long a session lasts at most. Seconds.
    pub session_secs: u64,
    /// Whether the address of a visitor is what a proxy in front of the console says it is.
    pub behind_proxy: bool,
    /// Requests that each token of the API may make in a minute.
    pub requests_per_minute: u64,
    /// What is sent with one form at most. Bytes.
    pub upload_bytes: usize,
    /// Cases that are handed over at once, at most.
    pub export_cases: u64,
    pub hearing: HearingSettings,
    /// The file of the key that second factors are kept under; made where it is not there.
    pub key_file: PathBuf,
    /// Whether nobody who signs in by a password gets further without a second factor.
    pub factor_required: bool,
    /// By whom people can sign in as well.
    pub provider: Option<identity::Settings>,
}

/// How complaints, conversions and touchpoints are taken in and counted.
#[derive(Clone, Debug)]
pub struct HearingSettings {
    /// By whose clocks weeks begin, and times are told that name no zone.
    pub place: Tz,
    /// For how long what was said is kept.
    pub said_for: TimeDelta,
    pub touchpoints_for: TimeDelta,
    /// Of the intervals of rates: 0.95 for 95 %.
    pub level: f64,
    pub watch: Watch,
}

impl Default for HearingSettings {
    fn default() -> Self {
        let (said_for, touchpoints_for) = (TimeDelta::days(1_095), TimeDelta::days(365));
        Self { place: Tz::Asia__Shanghai, said_for, touchpoints_for, level: 0.95, watch: Watch::default() }
    }
}

/// The console while it runs.
pub struct App {
    pub(crate) stored: Stored,
    pub(crate) doors: Arc<dyn Doors>,
    pub(crate) packs: Arc<Packs>,
    pub(crate) clock: Clock,
    pub(crate) settings: Settings,
    pub(crate) pages: Pages,
    pub(crate) provider: Option<Provider>,
    pub(crate) vault: Vault,
    /// Signs links to badges; asked for once.
    pub(crate) badge_key: OnceCell<String>,
    /// Where passwords are checked: each takes memory and a core on purpose.
    pub(crate) hashing: Aside,
    /// Where files of ads are taken over: each is held whole, and read.
    pub(crate) importing: Aside,
    /// Where texts are compared with many others.
    pub(crate) comparing: Aside,
    /// Films of which parts are read.
    pub(crate) checked: Checked,
    /// What is told to whom as it happens.
    pub(crate) streams: Streams,
    /// Of the API.
    pub(crate) limits: Limits,
    /// Who is handed something over just now.
    pub(crate) turns: Turns,
}

/// Passwords checked side by side, and those who wait for it: a few seconds for the last of them.
const HASHED: (usize, usize) = (2, 60);
/// Files of ads taken over side by side, and those that wait.
const IMPORTED: (usize, usize) = (1, 4);
/// Texts compared side by side, with up to thousands each, and those who wait.
const COMPARED: (usize, usize) = (1, 4);

impl App {
    pub fn new(stored: Stored, doors: Arc<dyn Doors>, packs: Arc<Packs>, clock: Clock, settings: Settings) -> Self {
        let limits = Limits::new(settings.requests_per_minute);
        let (pages, streams) = (Pages::new(), Streams::default());
        let (hashing, comparing) = (Aside::new(HASHED.0, HASHED.1), Aside::new(COMPARED.0, COMPARED.1));
        let (badge_key, turns) = (OnceCell::new(), Turns::default());
        let importing = Aside::new(IMPORTED.0, IMPORTED.1);
        let provider = settings.provider.clone().map(Provider::new);
        let vault = Vault::new(settings.key_file.clone());
        Self {
            stored,
            doors,
            packs,
            clock,
            settings,
            pages,
            provider,
            vault,
            badge_key,
            hashing,
            importing,
            comparing,
            checked: Checked::default(),
            streams,
            limits,
            turns,
        }
    }

    /// Whether what leaves is seen by nobody on its way.
    pub(crate) fn over_tls(&self) -> bool {
        self.settings.url.starts_with("https://")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chrono::DateTime;
    use storage::sqlite::SqliteStore;

    use super::*;
    use crate::doors::NoDoors;

    /// A console over an empty folder, always at the same moment.
    pub(crate) async fn app() -> (Arc<App>, Arc<SqliteStore>, tempfile::TempDir) {
        with(Settings::default(), Arc::new(NoDoors)).await
    }

    pub(crate) async fn with(
        settings: Settings,
        doors: Arc<dyn Doors>,
    ) -> (Arc<App>, Arc<SqliteStore>, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let clock: Clock = Arc::new(|| DateTime::from_timestamp(1_800_000_000, 0).expect("a moment"));
        let store = Arc::new(storage::sqlite::open(folder.path(), Arc::clone(&clock)).await.expect("a store"));
        let packs = Arc::new(Packs::from_files(&Default::default(), &Default::default()).expect("no packs"));
        let settings = Settings { key_file: folder.path().join("console.key"), ..settings };
        let app = App::new(Stored::Folder(Arc::clone(&store)), doors, packs, clock, settings);
        (Arc::new(app), store, folder)
    }
}
