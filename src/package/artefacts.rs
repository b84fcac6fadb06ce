//! What is no answer of a server: pictures as files, texts in the archive, where they are packed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::evidence::{Evidence, EvidenceId};
use serde::Serialize;
use storage::package::PackageError;

use super::way::Visit;
use super::{Contents, Draft};

/// Where in the package an artefact of the case is.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Place {
    sha256: EvidenceId,
    what: String,
    media_type: String,
    bytes: u64,
    captured_at: DateTime<Utc>,
    /// A file, an address of the archive, or the payload of a record, which has this hash.
    place: String,
}

/// Puts every artefact into the package that is not yet there, and lists them all: what a case names by its hash is found by it.
pub(super) fn put(
    contents: &Contents<'_>,
    visits: &[Visit<'_>],
    package: &mut Draft,
) -> Result<Vec<Place>, PackageError> {
    let bodies: BTreeSet<_> = visits.iter().flat_map(|visit| &visit.bodies).copied().collect();
    let mut places = Vec::with_capacity(contents.evidence.len());
    for one in contents.evidence.values() {
        let place = match () {
            () if bodies.contains(&one.id()) => "payload".to_owned(),
            () if is_packed(&one.media_type) => {
                let path =
                    format!("evidence/{}-{}.{}", slug(&one.what), &one.id().hex()[..16], extension(&one.media_type));
                package.file(&path, one.bytes().to_vec())?;
                path
            }
            () => {
                let urn = format!("urn:postlink:{}:{}", slug(&one.what), one.id().hex());
                let what = [("Postlink-What", one.what.clone())];
                package.resource(&urn, &one.media_type, one.captured_at, one.bytes(), &what)?;
                urn
            }
        };
        places.push(listed(one, place));
    }
    places.sort_by(|a, b| (a.captured_at, &a.what, a.sha256).cmp(&(b.captured_at, &b.what, b.sha256)));
    Ok(places)
}

fn listed(one: &Evidence, place: String) -> Place {
    Place {
        sha256: one.id(),
        what: one.what.clone(),
        media_type: one.media_type.clone(),
        bytes: one.bytes().len() as u64,
        captured_at: one.captured_at,
        place,
    }
}

/// A file, too, though it could be packed: it is to be opened by other tools.
const CERTIFICATE: &str = "application/pkix-cert";

fn is_packed(media_type: &str) -> bool {
    media_type == CERTIFICATE || ["image/", "video/", "audio/"].iter().any(|kind| media_type.starts_with(kind))
}

/// What it is, as a part of a name: letters, digits and single hyphens.
fn slug(what: &str) -> String {
    const LONGEST: usize = 40;
    let mut slug = String::new();
    for c in what.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "artefact".into() } else { slug.into() }
}

fn extension(media_type: &str) -> String {
    let kind = media_type.split(';').next().unwrap_or_default().trim();
    let known = match kind {
        "image/jpeg" => "jpg",
        "image/svg+xml" => "svg",
        CERTIFICATE => "cer",
        "audio/mpeg" => "mp3",
        "video/quicktime" => "mov",
        other => other.rsplit('/').next().unwrap_or_default(),
    };
    let plain: String = known.chars().filter(char::is_ascii_alphanumeric).take(8).collect();
    if plain.is_empty() { "bin".into() } else { plain.to_ascii_lowercase() }
}
