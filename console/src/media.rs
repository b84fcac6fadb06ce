//! What a file is, by how it begins: names and what is said of it are whoever's.

/// What browsers draw without running any of it. SVG is not among them.
const KNOWN: [(&str, &str); 7] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/bmp", "bmp"),
    ("video/mp4", "mp4"),
    ("video/webm", "webm"),
];

/// The types of all that is shown.
pub(crate) fn types() -> Vec<&'static str> {
    KNOWN.iter().map(|(known, _)| *known).collect()
}

/// The type of a picture or a film; none where it is neither.
pub(crate) fn by_its_bytes(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Some("video/webm"),
        _ => None,
    }
}

/// The type of what is sent with an appeal: a picture, or a document that is only handed out as a file.
pub(crate) fn attached(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [b'%', b'P', b'D', b'F', b'-', ..] => Some("application/pdf"),
        _ => by_its_bytes(bytes).filter(|found| found.starts_with("image/")),
    }
}

/// The type as it is here, where it is one that is shown.
pub(crate) fn shown(media_type: &str) -> Option<&'static str> {
    KNOWN.iter().map(|(known, _)| *known).find(|known| *known == media_type)
}

/// What files of a type are called by.
pub(crate) fn ending(media_type: &str) -> &'static str {
    KNOWN.iter().find(|(known, _)| *known == media_type).map_or("bin", |(_, ending)| ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_run_is_no_picture() {
        for text in ["<svg xmlns='http://www.w3.org/2000/svg'>", "<!doctype html><script>", "GIF", ""] {
            assert_eq!(by_its_bytes(text.as_bytes()), None, "{text}");
        }
        assert_eq!(by_its_bytes(b"\x89PNG\r\n"), Some("image/png"));
        assert_eq!(shown("image/svg+xml"), None);
    }
}
