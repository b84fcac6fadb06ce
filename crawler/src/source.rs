//! Where ads come from: one file a platform or format.

use std::path::{Path, PathBuf};

use model::ad::Ad;

pub mod landing;
pub mod macros;

mod json_lines;
mod stream;

pub use stream::{Stream, stream};

/// A longer ads file is refused: it is read whole. Bytes.
const LARGEST_FILE: u64 = 1 << 30;

/// What an ads file holds: the ads that could be read, and the lines that could not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ads {
    /// In the order of the file.
    pub ads: Vec<Ad>,
    pub bad: Vec<BadLine>,
}

/// A line that is no ad; the others go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// 1-based.
    pub line: usize,
    pub reason: String,
}

/// Why an ads file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("read the ads file {path}: {source}; name a file of JSON Lines, one ad a line")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error(
        "the ads file {0} is empty: put one ad a line into it, such as {{\"ad_id\": \"1\", \"click_url\": \"https://…\"}}"
    )]
    Empty(PathBuf),
    #[error("the ads file {path} is not UTF-8 (byte {at} is the first that is not): save it as UTF-8")]
    NotUtf8 { path: PathBuf, at: usize },
    #[error("the ads file {path} has {bytes} bytes, more than 1 GiB: split it")]
    TooLarge { path: PathBuf, bytes: u64 },
}

/// Reads a file of ads.
pub fn read(path: &Path) -> Result<Ads, SourceError> {
    let unreadable = |source| SourceError::Unreadable { path: path.to_owned(), source };
    let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LARGEST_FILE {
        return Err(SourceError::TooLarge { path: path.to_owned(), bytes });
    }
    let text = String::from_utf8(std::fs::read(path).map_err(unreadable)?)
        .map_err(|error| SourceError::NotUtf8 { path: path.to_owned(), at: error.utf8_error().valid_up_to() })?;
    let ads = json_lines::read(text.trim_start_matches('\u{feff}'));
    if ads.ads.is_empty() && ads.bad.is_empty() {
        return Err(SourceError::Empty(path.to_owned()));
    }
    Ok(ads)
}
