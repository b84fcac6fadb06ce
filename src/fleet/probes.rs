//! Whether what a process of the fleet rests on can be reached, for `/readyz`.

use std::sync::Arc;

use console::probes::Probes;
use storage::chest::Chest;
use storage::courier::JetStream;

use super::Base;
use crate::telemetry::metrics::Metrics;
use crate::tools::Tools;

/// Nothing yet but the metrics.
pub(crate) fn of(metrics: &Arc<Metrics>) -> Probes {
    let metrics = Arc::clone(metrics);
    Probes::new(move || metrics.text())
}

pub(crate) fn database<S: Base + 'static>(probes: Probes, store: &Arc<S>) -> Probes {
    let store = Arc::clone(store);
    probes.rests_on("database", move || {
        let store = Arc::clone(&store);
        async move { store.reached().await.map_err(|error| error.to_string()) }
    })
}

pub(crate) fn evidence(probes: Probes, chest: &Arc<Chest>) -> Probes {
    let chest = Arc::clone(chest);
    probes.rests_on("evidence", move || {
        let chest = Arc::clone(&chest);
        async move { chest.reached().await.map_err(|error| error.to_string()) }
    })
}

pub(crate) fn broker(probes: Probes, courier: &Arc<JetStream>) -> Probes {
    let courier = Arc::clone(courier);
    probes.rests_on("nats", move || {
        let courier = Arc::clone(&courier);
        async move { courier.reached().await.map_err(|error| error.to_string()) }
    })
}

pub(crate) fn browser(probes: Probes, tools: &Arc<Tools>) -> Probes {
    let tools = Arc::clone(tools);
    probes.rests_on("browser", move || {
        let tools = Arc::clone(&tools);
        async move { tools.crawler.reached().await.map_err(|error| error.to_string()) }
    })
}
