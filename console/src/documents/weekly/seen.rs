//! What is to be seen of an exhibit: a picture, or why there is none.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

/// One side of an exhibit: the ad, or the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// JPEG, with a box around what it is about.
    Picture(Vec<u8>),
    /// There was never a picture of it: it is words alone.
    Words,
    /// The evidence cannot be read any more: its time was over, or it is damaged.
    Gone,
    /// The report has as many pictures as it may have.
    TooMany,
    /// What is personal in it cannot be covered for sure.
    Withheld,
}

impl Seen {
    /// Of `[weekly]`: why there is no picture.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Picture(_) => "picture",
            Self::Words => "picture_words",
            Self::Gone => "picture_gone",
            Self::TooMany => "picture_too_many",
            Self::Withheld => "picture_withheld",
        }
    }
}

/// As the page has it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shown {
    word: &'static str,
    /// A `data:` URL, with the picture's size in pixels.
    picture: Option<(String, usize, usize)>,
}

impl Shown {
    pub(super) fn of(seen: &Seen) -> Self {
        let picture = match seen {
            Seen::Picture(bytes) => data(bytes),
            _ => None,
        };
        Self { word: seen.word(), picture }
    }
}

fn data(bytes: &[u8]) -> Option<(String, usize, usize)> {
    let size = imagesize::blob_size(bytes).ok()?;
    Some((format!("data:image/jpeg;base64,{}", STANDARD.encode(bytes)), size.width, size.height))
}
