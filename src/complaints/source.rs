//! A file as bytes that can be read line by line: unpacked, and UTF-16 turned into UTF-8.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use flate2::read::MultiGzDecoder;

use super::encoding::Mostly;

/// By how much of its beginning a file is told.
const SAMPLE: u64 = 64 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Stands for what is no UTF-16: it occurs in no encoding that is read here, so that its line is refused.
const NOTHING: u8 = 0xff;

/// An open file.
pub(super) struct Source {
    pub(super) bytes: Box<dyn BufRead + Send>,
    pub(super) mostly: Mostly,
    /// The beginning, as UTF-8 or whatever `mostly` says.
    pub(super) sample: Vec<u8>,
}

pub(super) fn open(path: &Path) -> io::Result<Source> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    of(File::open(path)?)
}

pub(super) fn of(mut file: impl Read + Send + 'static) -> io::Result<Source> {
    let magic = sampled(&mut file, GZIP.len() as u64)?;
    let packed = magic == GZIP;
    let whole = Cursor::new(magic).chain(file);
    if packed { told(MultiGzDecoder::new(BufReader::new(whole))) } else { told(whole) }
}

/// Says in what a file is, by its first bytes.
fn told(mut file: impl Read + Send + 'static) -> io::Result<Source> {
    let sample = sampled(&mut file, SAMPLE)?;
    let (encoding, mark) = Encoding::for_bom(&sample).unwrap_or_else(|| (without_mark(&sample), 0));
    let whole = Cursor::new(sample[mark..].to_vec()).chain(file);
    if encoding == UTF_8 {
        let sample = sample[mark..].to_vec();
        return Ok(Source { bytes: Box::new(BufReader::new(whole)), mostly: Mostly::of(&sample), sample });
    }
    let mut turned = Turned {
        from: whole,
        decoder: encoding.new_decoder_without_bom_handling(),
        text: Vec::new(),
        read: 0,
        ended: false,
    };
    let sample = sampled(&mut turned, SAMPLE)?;
    let bytes = Box::new(BufReader::new(Cursor::new(sample.clone()).chain(turned)));
    Ok(Source { bytes, mostly: Mostly::Utf16, sample })
}

fn sampled(file: &mut impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut sample = Vec::new();
    file.take(most).read_to_end(&mut sample)?;
    Ok(sample)
}

/// Commas, digits and line breaks have a NUL beside them in UTF-16, on one side always.
fn without_mark(sample: &[u8]) -> &'static Encoding {
    let nuls = |odd: usize| sample.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, some) = (nuls(0), nuls(1), sample.len() / 20);
    match () {
        () if odd > some && even * 10 < odd => UTF_16LE,
        () if even > some && odd * 10 < even => UTF_16BE,
        () => UTF_8,
    }
}

/// UTF-16 as UTF-8.
struct Turned<R> {
    from: R,
    decoder: Decoder,
    text: Vec<u8>,
    /// Bytes of `text` that were given out.
    read: usize,
    ended: bool,
}

impl<R: Read> Turned<R> {
    fn more(&mut self) -> io::Result<()> {
        let mut bytes = vec![0; 16 * 1024];
        let many = self.from.read(&mut bytes)?;
        self.ended = many == 0;
        self.text.clear();
        self.read = 0;
        let (mut at, mut piece) = (0, [0; 16 * 1024]);
        loop {
            let (result, taken, written) =
                self.decoder.decode_to_utf8_without_replacement(&bytes[at..many], &mut piece, self.ended);
            self.text.extend_from_slice(&piece[..written]);
            at += taken;
            match result {
                DecoderResult::InputEmpty => return Ok(()),
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.text.push(NOTHING),
            }
        }
    }
}

impl<R: Read> Read for Turned<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() && !self.ended {
            self.more()?;
        }
        let many = buffer.len().min(self.text.len() - self.read);
        buffer[..many].copy_from_slice(&self.text[self.read..self.read + many]);
        self.read += many;
        Ok(many)
    }
}
