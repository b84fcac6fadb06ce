//! The console of `serve`.

use std::io::ErrorKind;
use std::sync::Arc;

use console::app::{App, HearingSettings, Settings};
use console::doors::Doors;
use console::stored::Stored;
use console::web::routes;
use model::units::Clock;
use tracing::{info, warn};

use super::identity;
use crate::commands::ccr::watch;
use crate::commands::complaints::days;
use crate::config::{Config, Wanted};
use crate::exit::Refused;
use crate::packs;
use crate::telemetry::listener::{Listener, bound};

/// What is shown, and where.
pub(super) struct Shown {
    pub(super) stored: Stored,
    /// As the command line says; none: as the configuration does.
    pub(super) listen: Option<String>,
}

impl Shown {
    /// Shows it; none where there is to be no console.
    ///
    /// Where another one listens at an address that nobody chose there is none either, and that is said: of several `serve` on
    /// one machine the first has it.
    pub(super) async fn begin(
        self,
        config: &Config,
        doors: Arc<dyn Doors>,
        clock: Clock,
    ) -> anyhow::Result<Option<Listener>> {
        let chosen = self.listen.is_some();
        let address = self.listen.unwrap_or_else(|| config.console.listen.clone());
        if address.is_empty() {
            return Ok(None);
        }
        let listener = match bound("console.listen", &address).await {
            Err(error) if !chosen && is_taken(&error) => {
                warn!(
                    "There is no console here: another program listens on {address}; name another address with --listen"
                );
                return Ok(None);
            }
            bound => bound?,
        };
        let at = listener.local_addr()?;
        let folder = &config.policies.folder;
        let folder = (!folder.as_os_str().is_empty()).then_some(folder.as_path());
        let packs = Arc::new(packs::load(folder)?);
        let app = Arc::new(App::new(self.stored, doors, packs, clock, settings(config)?));
        info!(%at, "The console is at http://{at}/");
        Ok(Some(Listener::on(listener, routes(app))))
    }
}

fn is_taken(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == ErrorKind::AddrInUse)
}

fn settings(config: &Config) -> Result<Settings, Refused> {
    let console = &config.console;
    Ok(Settings {
        export_cases: console.export_max_cases.max(1),
        url: console.url.clone(),
        idle_secs: console.idle_minutes * 60,
        session_secs: console.session_hours * 3_600,
        behind_proxy: console.behind_proxy,
        requests_per_minute: console.requests_per_minute,
        upload_bytes: usize::try_from(console.upload_max_mb.saturating_mul(1_000_000)).unwrap_or(usize::MAX),
        hearing: HearingSettings {
            place: config.hearing.time_zone,
            said_for: days(config.hearing.said_days),
            touchpoints_for: days(config.hearing.touchpoint_days),
            level: config.hearing.level,
            watch: watch(config),
        },
        key_file: console.key_file(),
        factor_required: console.second_factor == Wanted::Required,
        provider: identity::settings(console)?,
    })
}
