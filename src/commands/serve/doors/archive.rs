//! An archive of ads with their files, as somebody sent it: read piece by piece, within bounds, and never onto the disk.

use std::io::{Cursor, Read as _};

use console::doors::LONGEST_ADS;

use zip::ZipArchive;

/// Files of one archive.
const MOST_FILES: usize = 5_000;
/// Of all its files unpacked. Bytes.
const MOST_BYTES: u64 = 500_000_000;
/// Of one of them unpacked: it is held whole. Bytes.
const LONGEST_FILE: u64 = 100_000_000;
/// No picture and no film becomes so much smaller. Times.
const MOST_RATIO: u64 = 200;
/// Below this a file may be as empty as it likes: a ratio of few bytes says nothing. Bytes.
const SMALL: u64 = 1_000_000;

/// An archive, and how much of it may be unpacked yet.
pub(super) struct Archive {
    archive: ZipArchive<Cursor<Vec<u8>>>,
    left: u64,
}

impl Archive {
    pub(super) fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(b"PK\x03\x04")
    }

    /// Looks at what it says of itself; it may lie, and is bounded again where it is read.
    pub(super) fn open(bytes: Vec<u8>) -> Result<Self, String> {
        let unreadable = |error| format!("the archive cannot be read: {error}");
        let length = bytes.len() as u64;
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
        if archive.len() > MOST_FILES {
            return Err(format!("the archive holds more than {MOST_FILES} files: send it in parts"));
        }
        // Files that share their bytes, or say to have more than there are, are packed to be a bomb.
        let mut packed = 0_u64;
        for at in 0..archive.len() {
            packed = packed.saturating_add(archive.by_index_raw(at).map_err(unreadable)?.compressed_size());
        }
        if packed > length {
            return Err("the archive says that more is in it than it is long: pack it anew".to_owned());
        }
        Ok(Self { archive, left: MOST_BYTES })
    }

    /// The file of ads: the one that is called so, or the only one that looks like it.
    pub(super) fn ads(&mut self) -> Result<Vec<u8>, String> {
        let names = self.archive.file_names().map(|name| name.map(|name| name.into_owned()));
        let names: Vec<String> =
            names.collect::<Result<_, _>>().map_err(|error| format!("the archive cannot be read: {error}"))?;
        if let Some(name) = names.iter().find(|name| !stays_inside(name)) {
            return Err(format!("the archive has a file `{name}`, which leads out of it: pack it without such paths"));
        }
        let called = |name: &&String| ["ads.jsonl", "ads.csv"].contains(&name.as_str());
        let like = |name: &&String| !name.contains('/') && [".jsonl", ".csv"].iter().any(|end| name.ends_with(end));
        let mut likely = names.iter().filter(like);
        let name = match (names.iter().find(called), likely.next(), likely.next()) {
            (Some(name), ..) | (None, Some(name), None) => name,
            _ => {
                return Err(
                    "the archive has no file of ads: put ads.jsonl or ads.csv beside the folders of its files".into()
                );
            }
        };
        let name = name.clone();
        self.read_up_to(LONGEST_ADS as u64, &name)
    }

    /// One of its files.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, String> {
        self.read_up_to(LONGEST_FILE, name)
    }

    fn read_up_to(&mut self, most: u64, name: &str) -> Result<Vec<u8>, String> {
        let left = self.left.min(most);
        let file = self.archive.by_name(name).map_err(|_| format!("`{name}` is not in the archive"))?;
        if !file.is_file() {
            return Err(format!("`{name}` is no file in the archive"));
        }
        let most = left.min(SMALL.max(file.compressed_size().saturating_mul(MOST_RATIO)));
        let mut bytes = Vec::new();
        let read = file.take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| format!("`{name}` in the archive cannot be unpacked: {error}"))?;
        if bytes.len() as u64 > most {
            return Err(format!(
                "`{name}` is too long unpacked: an archive has {} MB, its ads {} MB, another file {} MB, and none more than {MOST_RATIO} times its packed size",
                MOST_BYTES / 1_000_000,
                LONGEST_ADS / 1_000_000,
                LONGEST_FILE / 1_000_000
            ));
        }
        self.left -= bytes.len() as u64;
        Ok(bytes)
    }
}

/// Below the folder in which it would be unpacked.
fn stays_inside(name: &str) -> bool {
    let out = |part: &str| part == ".." || part.contains(['\\', '\0']);
    !name.is_empty() && !name.starts_with('/') && !name.split('/').any(out) && !name.contains(':')
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Archive {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            archive.start_file(*name, SimpleFileOptions::default()).expect("begins");
            archive.write_all(bytes).expect("writes");
        }
        Archive::open(archive.finish().expect("ends").into_inner()).expect("an archive")
    }

    #[test]
    fn a_file_of_ads_is_found_with_its_files() {
        let mut archive = packed(&[("img/a.png", b"png"), ("spring.csv", b"ad_id"), ("img/notes.csv", b"x")]);
        assert_eq!(archive.ads().expect("ads"), b"ad_id");
        assert_eq!(archive.read("img/a.png").expect("a file"), b"png");
        assert!(archive.read("img/b.png").is_err_and(|why| why.contains("`img/b.png`")));
        assert_eq!(packed(&[("b.csv", b"x"), ("ads.jsonl", b"{}")]).ads().expect("ads"), b"{}");
        for none in [&[("a.png", &b""[..])][..], &[("a.csv", b"x"), ("b.csv", b"x")]] {
            assert!(packed(none).ads().is_err_and(|why| why.contains("ads.jsonl")));
        }
    }

    #[test]
    fn what_leads_out_or_is_a_bomb_is_refused() {
        for name in ["../ads.csv", "/etc/ads.csv", "img/../../ads.csv", "img\\..\\x.csv", "C:ads.csv"] {
            assert!(packed(&[("ads.csv", b"x"), (name, b"x")]).ads().is_err(), "{name}");
        }
        let zeros = vec![0; 40_000_000];
        let mut bomb = packed(&[("ads.csv", b"x"), ("a.png", &zeros)]);
        assert_eq!(bomb.ads().expect("ads"), b"x");
        assert!(bomb.read("a.png").is_err_and(|why| why.contains("too long")));
    }

    /// As ads that are sent as they are may be no longer.
    #[test]
    fn packed_ads_are_no_longer_than_others() {
        // Of chance, so that it is no bomb by its ratio.
        let mut chance = 1_u32;
        let line = || {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (chance >> 24) as u8
        };
        let long: Vec<u8> = std::iter::repeat_with(line).take(LONGEST_ADS + 1).collect();
        let mut archive = packed(&[("ads.csv", &long), ("a.png", &long)]);
        assert!(archive.ads().is_err_and(|why| why.contains("its ads 20 MB")));
        assert_eq!(archive.read("a.png").expect("a picture may be").len(), long.len());
    }

    #[test]
    fn what_says_to_be_longer_than_it_is_is_refused() {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["ads.csv", "a.png"] {
            archive.start_file(name, SimpleFileOptions::default()).expect("begins");
            archive.write_all(name.as_bytes()).expect("writes");
        }
        let whole = archive.finish().expect("ends").into_inner();
        assert!(Archive::open(whole.clone()).is_ok());
        // The packed size of the last entry of the directory, of which others are a multiple.
        let entry = whole.windows(4).rposition(|four| four == b"PK\x01\x02").expect("an entry");
        let mut lying = whole;
        lying[entry + 20..entry + 24].copy_from_slice(&1_000_000_u32.to_le_bytes());
        assert!(Archive::open(lying).is_err());
    }

    #[test]
    fn an_archive_is_no_other_file() {
        assert!(Archive::is_one(b"PK\x03\x04...") && !Archive::is_one(b"{\"ad_id\"") && !Archive::is_one(b""));
        assert!(Archive::open(b"PK\x03\x04 and nothing".to_vec()).is_err());
    }
}
