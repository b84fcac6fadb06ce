//! At import: each file is read once, as long as it stays as it is, and kept as a blob.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use model::evidence::{Evidence, EvidenceId};
use model::units::Clock;
use storage::library::{AdFile, Library};
use storage::store::Store;
use tokio::io::AsyncReadExt as _;

use super::inside;

/// A file that was changed no longer ago than this may be changed again without its time showing it: it is read anew.
const SETTLED_NS: i64 = 2_000_000_000;

/// As what it is kept.
const FILE_OF_AN_AD: &str = "file of an ad";

/// What became of the files of ads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Files {
    pub(crate) named: u64,
    pub(crate) read: u64,
    pub(crate) unreadable: u64,
}

/// Keeps the files of the ads of one folder.
pub(crate) struct Keeping<'a, S> {
    store: &'a S,
    folder: PathBuf,
    most_bytes: u64,
    clock: &'a Clock,
    /// Those of some ads that are kept already, by where they lie.
    known: HashMap<String, AdFile>,
    pub(crate) files: Files,
}

impl<'a, S: Library + Store> Keeping<'a, S> {
    pub(crate) fn in_folder(store: &'a S, folder: &Path, most_bytes: u64, clock: &'a Clock) -> anyhow::Result<Self> {
        let folder = folder.canonicalize().with_context(|| format!("find {}", folder.display()))?;
        Ok(Self { store, folder, most_bytes, clock, known: HashMap::new(), files: Files::default() })
    }

    /// Looks which of the files of some ads were read before; what was known of others is forgotten.
    pub(crate) async fn knows(&mut self, paths: impl Iterator<Item = &PathBuf>) -> anyhow::Result<()> {
        let mut places: Vec<_> = paths.filter_map(|path| Some(lay_at(&self.folder.join(inside(path).ok()?)))).collect();
        places.sort();
        places.dedup();
        let known = self.store.files(&places).await?;
        self.known = known.into_iter().map(|file| (file.lay_at.clone(), file)).collect();
        Ok(())
    }

    /// Keeps a file, and gives back the path that the ad names with what is to be known of it; or says what is wrong.
    pub(crate) async fn keep(&mut self, path: &Path) -> anyhow::Result<Result<(String, AdFile), String>> {
        self.files.named += 1;
        let kept = match inside(path) {
            Ok(text) => self.file(path).await?.map(|file| (text.to_owned(), file)),
            Err(reason) => Err(reason),
        };
        self.files.unreadable += u64::from(kept.is_err());
        Ok(kept)
    }

    async fn file(&mut self, path: &Path) -> anyhow::Result<Result<AdFile, String>> {
        let path = self.folder.join(path);
        let (whole, mut file) = match self.look(&path) {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let as_before = |known: &&AdFile| (known.bytes, known.changed_ns) == (file.bytes, file.changed_ns);
        if let Some(known) = self.known.get(&file.lay_at).filter(as_before) {
            return Ok(Ok(known.clone()));
        }
        let bytes = match read(&whole, self.most_bytes).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(problem(&path, &error))),
        };
        if bytes.len() as u64 != file.bytes {
            return Ok(Err(format!("{} changed while it was read: import it again", path.display())));
        }
        let now = (self.clock)();
        let evidence = Evidence::new(FILE_OF_AN_AD, "application/octet-stream", bytes, now);
        file.evidence = self.store.keep(&evidence).await?.id;
        if !is_settled(file.changed_ns, now) {
            file.changed_ns = 0;
        }
        self.files.read += 1;
        self.known.insert(file.lay_at.clone(), file.clone());
        Ok(Ok(file))
    }

    /// Where a file really lies, and how it is, without its contents.
    fn look(&self, path: &Path) -> Result<(PathBuf, AdFile), String> {
        let whole = path.canonicalize().map_err(|error| problem(path, &error))?;
        if !whole.starts_with(&self.folder) {
            return Err(format!("{} is a link out of the folder of the ads file: put the file there", path.display()));
        }
        let found = std::fs::metadata(&whole).map_err(|error| problem(path, &error))?;
        if !found.is_file() {
            return Err(format!("{} is no file", path.display()));
        }
        if found.len() > self.most_bytes {
            let most = self.most_bytes;
            return Err(format!("{} is larger than {most} bytes: raise `reader.max_file_bytes`", path.display()));
        }
        let changed_ns = found.ctime().saturating_mul(1_000_000_000).saturating_add(found.ctime_nsec());
        let (evidence, lay_at) = (EvidenceId::of(b""), lay_at(path));
        Ok((whole, AdFile { evidence, lay_at, bytes: found.len(), changed_ns }))
    }
}

/// Keeps a file that was sent, under a place that is its own.
pub(crate) async fn uploaded(
    store: &impl Store,
    place: &str,
    bytes: Vec<u8>,
    now: DateTime<Utc>,
) -> anyhow::Result<AdFile> {
    let length = bytes.len() as u64;
    let evidence = Evidence::new(FILE_OF_AN_AD, "application/octet-stream", bytes, now);
    let kept = store.keep(&evidence).await?;
    Ok(AdFile { evidence: kept.id, lay_at: lay_at(Path::new(place)), bytes: length, changed_ns: 0 })
}

/// No more than may be kept: a file may grow while it is read.
async fn read(path: &Path, most_bytes: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    tokio::fs::File::open(path).await?.take(most_bytes + 1).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

fn lay_at(path: &Path) -> String {
    // `./a` and `a` are one place.
    let path: PathBuf = path.components().collect();
    let mut hex = EvidenceId::of(path.as_os_str().as_encoded_bytes()).hex();
    hex.truncate(32);
    hex
}

fn is_settled(changed_ns: i64, now: DateTime<Utc>) -> bool {
    now.timestamp_nanos_opt().is_some_and(|now| changed_ns < now.saturating_sub(SETTLED_NS))
}

fn problem(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be opened: {error}; give the path relative to the ads file", path.display())
}
