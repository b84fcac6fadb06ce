//! The files of ads: kept when an ad is imported, and laid out again for whoever reads it, wherever that is.
//!
//! An ads file may come from anybody. No path in it leaves the folder that it is relative to, neither where it is imported
//! nor where it is read.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use model::ad::Ad;

mod keeping;
mod layout;

pub(crate) use keeping::{Files, Keeping, uploaded};
pub(crate) use layout::lay_out;

/// By this name a page is kept that was pasted: no ad can name it, since it leads out of every folder.
pub(crate) const PASTED: &str = "/pasted";

/// A longer path is no path of an ad. Bytes.
const LONGEST_PATH: usize = 1_000;

/// The files that an ad names.
pub(crate) fn named(ad: &Ad) -> BTreeSet<PathBuf> {
    ad.creatives.iter().flat_map(|creative| [&creative.path, &creative.subtitles]).flatten().cloned().collect()
}

/// A path of an ad as it is written down, where it is one that stays in its folder.
fn inside(path: &Path) -> Result<&str, String> {
    let text = path.to_str().ok_or_else(|| format!("{} is not UTF-8: rename the file", path.display()))?;
    if text.len() > LONGEST_PATH {
        return Err(format!("the path of a creative is longer than {LONGEST_PATH} bytes: move the file"));
    }
    let stays = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    if text.is_empty() || !path.components().all(stays) {
        let refusal = "leaves the folder of the ads file: give a path below it, without `..` and `/` in front";
        return Err(format!("{text} {refusal}"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
