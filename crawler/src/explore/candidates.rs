//! stub
use model::chain::WayKind;
use model::snapshot::Snapshot;
use model::units::Area;
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) node: usize,
    pub(crate) kind: WayKind,
    pub(crate) words: String,
    pub(crate) area: Area,
    pub(crate) href: Option<String>,
    pub(crate) layer: bool,
    pub(crate) covered: bool,
    pub(crate) rank: f64,
    pub(crate) same: u64,
    pub(crate) safe: Safety,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Safety {
    Link,
    Press,
    Submits,
}
pub(crate) fn candidates(_s: &Snapshot) -> Vec<Candidate> {
    Vec::new()
}
