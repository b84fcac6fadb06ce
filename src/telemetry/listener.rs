//! The listener of `telemetry.listen`: the probes of `console`, for the commands that go on until they are stopped.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use console::probes::{Probes, routes, serve};
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
    /// None where nothing is to listen.
    pub(crate) async fn begin(telemetry: &Telemetry, probes: Arc<Probes>) -> anyhow::Result<Option<Self>> {
        if telemetry.listen.is_empty() {
            return Ok(None);
        }
        let address: SocketAddr = telemetry.listen.parse().map_err(|error| {
            Refused::Configuration(format!(
                "`telemetry.listen = \"{}\"`: {error}; write an address and a port, such as 127.0.0.1:9464",
                telemetry.listen
            ))
        })?;
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .with_context(|| format!("listen on {address}, as `telemetry.listen` says"))?;
        let at = listener.local_addr().context("ask where it listens")?;
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, routes(probes), async {
            let _ = ended.await;
        }));
        tracing::info!(%at, "Metrics and health at http://{at}/metrics, /healthz, /readyz");
        Ok(Some(Self { end, serving }))
    }

    /// Lets requests that are under way end.
    pub(crate) async fn end(listener: Option<Self>) {
        let Some(listener) = listener else { return };
        let _ = listener.end.send(());
        // Whoever holds a connection open for longer is not waited for.
        let _ = tokio::time::timeout(std::time::Duration::from_secs(3), listener.serving).await;
    }
}
