//! The scripts that a page brought along: what stands in the document, and what it fetched.

use std::sync::LazyLock;

use model::evidence::EvidenceId;
use model::snapshot::Snapshot;
use regex::Regex;

/// A longer script is a library, and makes up nothing. Bytes.
const LONGEST: usize = 400_000;
/// No more scripts of a page are read.
const MOST: usize = 60;

/// The scripts of a snapshot, each by itself; `kept` gives the bytes of what was kept of it.
pub fn scripts<'e>(snapshot: &Snapshot, kept: impl Fn(EvidenceId) -> Option<&'e [u8]>) -> Vec<String> {
    static INLINE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?is)<script\b[^>]*>(.*?)</script\s*>").expect("internal error: the pattern of scripts is one")
    });
    let text = |id| kept(id).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let document = text(snapshot.html).unwrap_or_default();
    let inline = INLINE.captures_iter(&document).map(|found| found[1].to_owned());
    let is_script = |mime: &str| mime.contains("javascript") || mime.contains("ecmascript");
    let fetched = snapshot.responses.iter().filter(|answer| is_script(&answer.mime)).filter_map(|answer| answer.body);
    let all = inline.chain(fetched.filter_map(text));
    all.filter(|script| !script.trim().is_empty() && script.len() <= LONGEST).take(MOST).collect()
}
