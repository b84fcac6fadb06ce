//! What every request has at hand.

use std::path::PathBuf;
use std::sync::Arc;

use model::units::Clock;
use policies::Packs;
use tokio::sync::{OnceCell, Semaphore};

use crate::api::limit::Limits;
use crate::auth::vault::Vault;
use crate::doors::Doors;
use crate::identity::{self, Provider};
use crate::page::Pages;
use crate::pages::progress::Streams;
use crate::stored::Stored;

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
    /// The file of the key that second factors are kept under; made where it is not there.
    pub key_file: PathBuf,
    /// Whether nobody who signs in by a password gets further without a second factor.
    pub factor_required: bool,
    /// By whom people can sign in as well.
    pub provider: Option<identity::Settings>,
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
    /// Passwords that are checked side by side: each takes memory and a core on purpose.
    pub(crate) hashing: Semaphore,
    /// What is told to whom as it happens.
    pub(crate) streams: Streams,
    /// Of the API.
    pub(crate) limits: Limits,
}

/// Passwords checked side by side.
const HASHED_AT_ONCE: usize = 2;

impl App {
    pub fn new(stored: Stored, doors: Arc<dyn Doors>, packs: Arc<Packs>, clock: Clock, settings: Settings) -> Self {
        let limits = Limits::new(settings.requests_per_minute);
        let (pages, hashing, streams) = (Pages::new(), Semaphore::new(HASHED_AT_ONCE), Streams::default());
        let (badge_key, provider) = (OnceCell::new(), settings.provider.clone().map(Provider::new));
        let vault = Vault::new(settings.key_file.clone());
        Self { stored, doors, packs, clock, settings, pages, provider, vault, badge_key, hashing, streams, limits }
    }

    /// Whether what leaves is seen by nobody on its way.
    pub(crate) fn over_tls(&self) -> bool {
        self.settings.url.starts_with("https://")
    }
}
