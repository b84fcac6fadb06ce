//! The register of all metrics, and what is said about each.

use std::sync::Mutex;

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use super::labelled::{Beginning, Labelled, Labels, Number};

/// Which command tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Serve,
    Work,
    Both,
}

/// What a metric is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct About {
    pub(crate) by: By,
    /// As it is scraped: a counter ends in `_total`.
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) labels: &'static [&'static str],
    pub(crate) says: &'static str,
}

/// Registers metrics, and remembers what they are.
pub(super) struct Telling {
    registry: Registry,
    all: Vec<About>,
}

impl Telling {
    pub(super) fn new() -> Self {
        Self { registry: Registry::default(), all: Vec::new() }
    }

    pub(super) fn counter(
        &mut self,
        by: By,
        name: &'static str,
        labels: &'static [&'static str],
        says: &'static str,
    ) -> Labelled<Counter> {
        self.about(by, format!("{name}_total"), "counter", labels, says);
        self.register(name, labels, says, Counter::default)
    }

    pub(super) fn gauge(
        &mut self,
        by: By,
        name: &'static str,
        labels: &'static [&'static str],
        says: &'static str,
    ) -> Labelled<Number> {
        self.about(by, name.to_owned(), "gauge", labels, says);
        self.register(name, labels, says, Number::default)
    }

    pub(super) fn histogram(
        &mut self,
        by: By,
        name: &'static str,
        labels: &'static [&'static str],
        says: &'static str,
        begin: Beginning<Histogram>,
    ) -> Labelled<Histogram> {
        self.about(by, name.to_owned(), "histogram", labels, says);
        self.register(name, labels, says, begin)
    }

    /// Says of one that is registered by other means what it is.
    pub(super) fn about(
        &mut self,
        by: By,
        name: String,
        kind: &'static str,
        labels: &'static [&'static str],
        says: &'static str,
    ) {
        self.all.push(About { by, name, kind, labels, says });
    }

    pub(super) fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    fn register<M: Clone>(
        &mut self,
        name: &'static str,
        labels: &'static [&'static str],
        says: &'static str,
        begin: Beginning<M>,
    ) -> Labelled<M>
    where
        Family<Labels, M, Beginning<M>>: Metric,
        M: 'static,
    {
        let family = Family::new_with_constructor(begin);
        self.registry.register(name, says, family.clone());
        Labelled { labels, family, series: Mutex::default() }
    }

    pub(super) fn all(&self) -> &[About] {
        &self.all
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("internal error: a string takes everything");
        text
    }
}
