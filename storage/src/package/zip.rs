//! A ZIP file of one shape only: nothing packed, nothing dated, nothing optional.
//!
//! The names and contents of its members settle each of its bytes. So whoever verifies it can make every header again and
//! compare, and no byte is left that could change unnoticed.

use std::collections::HashSet;
use std::io::{self, Read, Seek, SeekFrom, Write};

use crc32fast::Hasher;

/// 1980-01-01, the first day there is in a ZIP file.
const DATE: u16 = 0x21;
/// What a reader must understand: folders and nothing packed.
const VERSION: u16 = 20;
/// Unix, so that members are plain files that everybody may read.
const MADE_BY: u16 = 3 << 8 | VERSION;
const PLAIN_FILE: u32 = 0o100_644 << 16;

pub(super) const LOCAL: usize = 30;
pub(super) const CENTRAL: usize = 46;
pub(super) const END: usize = 22;

/// A member as the headers know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) crc: u32,
    pub(super) bytes: u32,
    /// Where its local header begins.
    pub(super) offset: u32,
}

impl Member {
    /// The header before its contents.
    pub(super) fn local(&self) -> Vec<u8> {
        let mut header = b"PK\x03\x04".to_vec();
        short(&mut header, VERSION);
        self.common(&mut header);
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    /// Its entry of the directory at the end.
    pub(super) fn central(&self) -> Vec<u8> {
        let mut header = b"PK\x01\x02".to_vec();
        short(&mut header, MADE_BY);
        short(&mut header, VERSION);
        self.common(&mut header);
        // No comment, one disk, no text.
        for _ in 0..3 {
            short(&mut header, 0);
        }
        long(&mut header, PLAIN_FILE);
        long(&mut header, self.offset);
        header.extend_from_slice(self.name.as_bytes());
        header
    }

    fn common(&self, header: &mut Vec<u8>) {
        // No flags, not packed, midnight.
        for zero in [0, 0, 0] {
            short(header, zero);
        }
        short(header, DATE);
        long(header, self.crc);
        long(header, self.bytes);
        long(header, self.bytes);
        short(header, self.name.len() as u16);
        short(header, 0);
    }

    /// Where the member after it begins.
    pub(super) fn end(&self) -> u64 {
        u64::from(self.offset) + (LOCAL + self.name.len()) as u64 + u64::from(self.bytes)
    }
}

/// The end of the file: how many members there are, and where their directory lies.
pub(super) fn end(members: u16, directory_bytes: u32, directory: u32) -> Vec<u8> {
    let mut end = b"PK\x05\x06".to_vec();
    for part in [0, 0, members, members] {
        short(&mut end, part);
    }
    long(&mut end, directory_bytes);
    long(&mut end, directory);
    short(&mut end, 0);
    end
}

fn short(header: &mut Vec<u8>, number: u16) {
    header.extend_from_slice(&number.to_le_bytes());
}

fn long(header: &mut Vec<u8>, number: u32) {
    header.extend_from_slice(&number.to_le_bytes());
}

/// A ZIP file on its way.
pub(super) struct Zip<W> {
    out: W,
    members: Vec<Member>,
    /// The member that is being written.
    open: Option<(Member, Hasher, u64)>,
    at: u64,
}

impl<W: Write + Seek> Zip<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, members: Vec::new(), open: None, at: 0 }
    }

    /// Begins a member: what is written from now on is its contents.
    pub(super) fn begin(&mut self, name: &str) -> io::Result<()> {
        self.close()?;
        let member = Member { name: name.to_owned(), crc: 0, bytes: 0, offset: small(self.at)? };
        let header = member.local();
        self.out.write_all(&header)?;
        self.at += header.len() as u64;
        self.open = Some((member, Hasher::new(), 0));
        Ok(())
    }

    /// Ends the member, whose header only now is known.
    pub(super) fn close(&mut self) -> io::Result<()> {
        let Some((mut member, crc, bytes)) = self.open.take() else { return Ok(()) };
        (member.crc, member.bytes) = (crc.finalize(), small(bytes)?);
        self.out.seek(SeekFrom::Start(u64::from(member.offset)))?;
        self.out.write_all(&member.local())?;
        self.out.seek(SeekFrom::Start(self.at))?;
        self.members.push(member);
        Ok(())
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        self.close()?;
        let directory = small(self.at)?;
        let entries: Vec<u8> = self.members.iter().flat_map(Member::central).collect();
        let count = u16::try_from(self.members.len()).map_err(|_| too_large())?;
        self.out.write_all(&entries)?;
        self.out.write_all(&end(count, small(entries.len() as u64)?, directory))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for Zip<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (_, crc, length) = self.open.as_mut().expect("internal error: a member is begun before it is written");
        let written = self.out.write(bytes)?;
        crc.update(&bytes[..written]);
        *length += written as u64;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn small(number: u64) -> io::Result<u32> {
    u32::try_from(number).map_err(|_| too_large())
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "a package holds at most 4 GiB and 65535 files")
}

/// The members of a ZIP file, in their order; or, in words, what is not as [`Zip`] writes it.
pub(super) fn members(file: &mut (impl Read + Seek)) -> io::Result<Result<Vec<Member>, String>> {
    let length = file.seek(SeekFrom::End(0))?;
    if length < END as u64 || length > u64::from(u32::MAX) {
        return Ok(Err(format!("it is no ZIP file of ours: it is {length} bytes long")));
    }
    let tail = read_at(file, length - END as u64, END)?;
    let (count, bytes, directory) = (two(&tail, 10), four(&tail, 12), four(&tail, 16));
    if tail != end(count, bytes, directory) {
        return Ok(Err("its last 22 bytes are not the end of a ZIP file as we write it".into()));
    }
    if u64::from(directory) + u64::from(bytes) + END as u64 != length {
        return Ok(Err("its directory does not lie right before its end".into()));
    }
    let entries = read_at(file, u64::from(directory), bytes as usize)?;
    let (mut members, mut names) = (Vec::new(), HashSet::new());
    let mut rest = &entries[..];
    let mut from = 0_u64;
    while rest.len() >= CENTRAL {
        let end = CENTRAL + usize::from(two(rest, 28));
        let Some(name) = rest.get(CENTRAL..end).and_then(|name| std::str::from_utf8(name).ok()) else {
            return Ok(Err("its directory breaks off within a name, or a name is no text".into()));
        };
        let member =
            Member { name: name.to_owned(), crc: four(rest, 16), bytes: four(rest, 24), offset: four(rest, 42) };
        if rest[..end] != member.central() || u64::from(member.offset) != from {
            return Ok(Err(format!("the entry of {name:?} in its directory is not as we write it")));
        }
        from = member.end();
        if from > u64::from(directory) {
            return Ok(Err(format!("{name:?} reaches into the directory")));
        }
        let header = member.local();
        if read_at(file, u64::from(member.offset), header.len())? != header {
            return Ok(Err(format!("the header before {name:?} is not what its directory says")));
        }
        if !names.insert(member.name.clone()) {
            return Ok(Err(format!("{name:?} is in it twice")));
        }
        members.push(member);
        rest = &rest[end..];
    }
    if !rest.is_empty() || members.len() != usize::from(count) || from != u64::from(directory) {
        return Ok(Err("between its members, or in its directory, there is something that is no member".into()));
    }
    Ok(Ok(members))
}

fn read_at(file: &mut (impl Read + Seek), at: u64, length: usize) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn two(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |two| u16::from_le_bytes([two[0], two[1]]))
}

fn four(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn example() -> Vec<u8> {
        let mut zip = Zip::new(Cursor::new(Vec::new()));
        for (name, text) in [("a.txt", "first"), ("evidence/b.txt", ""), ("c.txt", "third")] {
            zip.begin(name).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_written_is_found_again() {
        let members = members(&mut Cursor::new(example())).unwrap().unwrap();
        let told: Vec<_> = members.iter().map(|member| (member.name.as_str(), member.bytes)).collect();
        assert_eq!(told, [("a.txt", 5), ("evidence/b.txt", 0), ("c.txt", 5)]);
    }

    #[test]
    fn a_flipped_byte_of_any_header_is_noticed_and_contents_have_their_checksum() {
        let good = example();
        let was = members(&mut Cursor::new(&good)).unwrap().unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x20;
            let found = members(&mut Cursor::new(&bad)).unwrap();
            let in_contents =
                was.iter().any(|member| (member.end() - u64::from(member.bytes)..member.end()).contains(&(at as u64)));
            assert_eq!(found.is_err(), !in_contents, "byte {at}: {found:?}");
        }
    }

    #[test]
    fn what_is_cut_off_or_appended_is_refused() {
        let good = example();
        for bad in [&good[..good.len() - 1], &good[1..], &[&good[..], b"x"].concat(), b"", b"PK"] {
            assert!(members(&mut Cursor::new(bad)).unwrap().is_err());
        }
    }
}
