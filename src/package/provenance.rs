//! The provenance sheet: how everything in the package came to be.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use model::chain::{Reconfirmed, Tls};
use model::evidence::EvidenceId;
use model::snapshot::{Blocked, Provenance};
use model::traffic::Client;
use serde::Serialize;
use serde_json::Value;

use super::way::Visit;
use super::{Contents, Snapshot};
use crate::clock_offset::ClockOffset;
use crate::reconfirm::CHEAP;

/// What a court will ask.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Sheet {
    pub(super) case_id: String,
    pub(super) ad_id: String,
    pub(super) click_url: String,
    pub(super) opened_at: DateTime<Utc>,
    /// When the last artefact came to be.
    pub(super) last_at: DateTime<Utc>,
    /// What servers say of our clock; none where none told its time.
    pub(super) clock_offset: Option<ClockOffset>,
    /// Names and versions.
    pub(super) tools: BTreeMap<String, String>,
    pub(super) visits: Vec<Looked>,
    /// What the crawler and the reader were told.
    options: Value,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct Looked {
    pub(super) visitor: String,
    /// Whether the same click was made again to see whether a difference shows again.
    pub(super) again: bool,
    /// Whether it is a cheap look that confirmed an earlier visit.
    pub(super) cheap: bool,
    /// That it was an earlier visit, and how it was confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reconfirmed: Option<Reconfirmed>,
    pub(super) clicked_at: Option<DateTime<Utc>>,
    pub(super) exchanges: usize,
    /// Requests beyond the bounds of a visit, of which nothing was kept.
    pub(super) dropped: u64,
    /// The browser and the machine it ran on, as each snapshot tells; those that say the same, once.
    pub(super) provenance: Vec<Provenance>,
    pub(super) hosts: BTreeMap<String, Host>,
    /// What the guard refused or held back on any page.
    pub(super) blocked: Vec<Blocked>,
    snapshots: Vec<Shown>,
    traffic: Option<EvidenceId>,
}

/// A host that was spoken to.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Host {
    /// `address:port` that answered, behind the guard.
    pub(super) addresses: BTreeSet<String>,
    pub(super) certificates: Vec<Tls>,
    /// As they were shown, in DER: artefacts of the case.
    pub(super) certificate_files: BTreeSet<EvidenceId>,
}

#[derive(Clone, Debug, Serialize)]
struct Shown {
    hop: u16,
    url: String,
    captured_at: DateTime<Utc>,
    snapshot: EvidenceId,
    /// The document as it stood.
    html: EvidenceId,
    picture: Option<EvidenceId>,
}

pub(super) fn of(contents: &Contents<'_>, visits: &[Visit<'_>]) -> Sheet {
    Sheet {
        case_id: contents.case_id.to_string(),
        ad_id: contents.case.ad.ad_id.clone(),
        click_url: contents.case.ad.click_url.clone(),
        opened_at: contents.case.opened_at,
        last_at: contents.last(),
        clock_offset: ClockOffset::of(visits.iter().map(|visit| &visit.traffic)),
        tools: contents.tools.clone(),
        visits: visits.iter().map(|visit| looked(contents, visit)).collect(),
        options: contents.options.clone(),
    }
}

fn looked(contents: &Contents<'_>, visit: &Visit<'_>) -> Looked {
    let mut looked = Looked {
        visitor: visit.traffic.visitor.clone(),
        again: visit.chain.is_none(),
        cheap: visit.source.and_then(|id| contents.evidence.get(&id)).is_some_and(|one| one.what.contains(CHEAP)),
        reconfirmed: visit.chain.and_then(|chain| chain.reconfirmed.clone()),
        clicked_at: visit.clicked(Client::Browser),
        exchanges: visit.traffic.exchanges.len(),
        dropped: visit.traffic.dropped,
        provenance: Vec::new(),
        hosts: BTreeMap::new(),
        blocked: Vec::new(),
        snapshots: Vec::new(),
        traffic: visit.source,
    };
    for (name, addresses) in visit.remotes() {
        looked.hosts.insert(name, Host { addresses, ..Host::default() });
    }
    let Some(chain) = visit.chain else { return looked };
    for hop in chain.hops.iter().chain(&chain.walk) {
        let host = url::Url::parse(&hop.url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
        if let Some(host) = host.filter(|_| hop.tls.is_some() || !hop.certificates.is_empty()) {
            let known = looked.hosts.entry(host).or_default();
            if let Some(tls) = hop.tls.as_ref().filter(|tls| !known.certificates.contains(tls)) {
                known.certificates.push(tls.clone());
            }
            known.certificate_files.extend(&hop.certificates);
        }
        let Some((id, snapshot)) = hop.snapshot.and_then(|id| Some((id, contents.read::<Snapshot>(id)?))) else {
            continue;
        };
        let mut provenance = snapshot.provenance;
        for blocked in std::mem::take(&mut provenance.blocked) {
            if !looked.blocked.contains(&blocked) {
                looked.blocked.push(blocked);
            }
        }
        if !looked.provenance.contains(&provenance) {
            looked.provenance.push(provenance);
        }
        looked.snapshots.push(Shown {
            hop: hop.index,
            url: hop.url.clone(),
            captured_at: snapshot.captured_at,
            snapshot: id,
            html: snapshot.html,
            picture: snapshot.picture.map(|picture| picture.evidence),
        });
    }
    looked
}
