//! For a worker: the files of an ad in a folder of its own, from wherever their blobs lie.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;
use model::ad::Ad;
use model::evidence::EvidenceId;
use tempfile::TempDir;
use tracing::debug;

use super::inside;

/// An ad with its files beside it. The folder is gone when this is.
pub(crate) struct LaidOut {
    /// As it is to be read. A path that would leave the folder stands here as one below it, where there is no file.
    pub(crate) ad: Ad,
    pub(crate) folder: TempDir,
}

/// Lays out the files of an ad; `read` gives the bytes of a blob.
///
/// A file that cannot be put there leaves a gap when the ad is read; a blob that cannot be had is an error, since another
/// attempt may have it.
pub(crate) async fn lay_out<R>(
    ad: &Ad,
    files: &BTreeMap<String, EvidenceId>,
    read: impl Fn(EvidenceId) -> R,
) -> anyhow::Result<LaidOut>
where
    R: Future<Output = anyhow::Result<Vec<u8>>>,
{
    let folder = tempfile::tempdir().context("make a folder for the files of an ad")?;
    let mut ad = ad.clone();
    let paths = ad.creatives.iter_mut().flat_map(|creative| [&mut creative.path, &mut creative.subtitles]);
    for path in paths.flatten() {
        let Ok(text) = inside(path) else {
            *path = kept_inside(path);
            continue;
        };
        let Some(id) = files.get(text) else { continue };
        let bytes = read(*id).await.with_context(|| format!("fetch {text} of the ad `{}`", ad.ad_id))?;
        if let Err(error) = put(&folder.path().join(text), &bytes) {
            debug!(path = text, %error, "A file of an ad cannot be laid out");
        }
    }
    Ok(LaidOut { ad, folder })
}

/// The folder is fresh and nobody else's: there is no link in it.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}

/// What is left of a path without what leads out of a folder, below a name that no file here has.
fn kept_inside(path: &Path) -> PathBuf {
    let named = path.components().filter(|component| matches!(component, Component::Normal(_)));
    Path::new(".not-in-the-folder").join(named.collect::<PathBuf>())
}
