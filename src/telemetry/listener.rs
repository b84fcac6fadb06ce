//! What listens for as long as a command goes on: the probes, and the console.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use console::probes::{Probes, routes};
use console::web::{LAST_WORDS, Router, serve};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::config::Telemetry;
use crate::exit::Refused;

/// Answers for as long as it lives.
pub(crate) struct Listener {
    end: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Listener {
    /// The probes, where `telemetry.listen` says; none where nothing is to listen.
    pub(crate) async fn begin(telemetry: &Telemetry, probes: Arc<Probes>) -> anyhow::Result<Option<Self>> {
        if telemetry.listen.is_empty() {
            return Ok(None);
        }
        let listener = bound("telemetry.listen", &telemetry.listen).await?;
        let at = listener.local_addr().context("ask where it listens")?;
        tracing::info!(%at, "Metrics and health at http://{at}/metrics, /healthz, /readyz");
        Ok(Some(Self::on(listener, routes(probes))))
    }

    /// Answers by these routes.
    pub(crate) fn on(listener: TcpListener, routes: Router) -> Self {
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, routes, async {
            let _ = ended.await;
        }));
        Self { end, serving }
    }

    /// Lets requests that are under way end.
    pub(crate) async fn end(listener: Option<Self>) {
        let Some(listener) = listener else { return };
        let _ = listener.end.send(());
        // Whoever holds a connection open for longer is not waited for.
        let _ = tokio::time::timeout(LAST_WORDS, listener.serving).await;
    }
}

/// Listens where a key of the configuration says.
pub(crate) async fn bound(key: &str, address: &str) -> anyhow::Result<TcpListener> {
    let parsed: SocketAddr = address.parse().map_err(|error| {
        Refused::Configuration(format!(
            "`{key} = \"{address}\"`: {error}; write an address and a port, such as 127.0.0.1:9464"
        ))
    })?;
    TcpListener::bind(parsed).await.with_context(|| format!("listen on {parsed}, as `{key}` says"))
}
