//! The weights by name, out of a CTranslate2 `model.bin`.
//!
//! Numbers are little-endian. Version (u32), name of the architecture, its revision (u32), count of tensors (u32); of
//! each its name, its rank (u8), its dimensions (u32 each), its type (u8), its length in bytes (u32), its bytes. A name
//! is its length with the closing zero (u16), its bytes and the zero.

use std::collections::HashMap;

use rten_simd::{SimdOp, f16};
use rten_vecmath::{ExtendInit, F16ToF32};

/// The type of a tensor of 16-bit floats; the others are settings of one number, which this code knows.
const HALF: u8 = 4;

/// What has not been taken yet, as 32-bit floats, in the order of the file: the last dimension varies fastest.
pub(super) struct Weights(HashMap<String, Vec<f32>>);

impl Weights {
    /// Takes a tensor of so many numbers.
    pub(super) fn take(&mut self, name: &str, numbers: usize) -> Result<Vec<f32>, String> {
        let found = self.0.remove(name).ok_or_else(|| format!("it has no `{name}`"))?;
        if found.len() == numbers {
            Ok(found)
        } else {
            Err(format!("`{name}` has {} numbers, not {numbers}", found.len()))
        }
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Weights, String> {
    let mut rest = bytes;
    tensors(&mut rest).map(Weights).ok_or_else(|| format!("it ends or breaks off at byte {}", bytes.len() - rest.len()))
}

fn tensors(rest: &mut &[u8]) -> Option<HashMap<String, Vec<f32>>> {
    let _version = number(rest)?;
    let _architecture = name(rest)?;
    let _revision = number(rest)?;
    let count = number(rest)?;
    let mut found = HashMap::new();
    for _ in 0..count {
        let name = name(rest)?;
        let rank = take(rest, 1)?[0];
        take(rest, 4 * usize::from(rank))?;
        let kind = take(rest, 1)?[0];
        let length = number(rest)?;
        let bytes = take(rest, length)?;
        if kind == HALF {
            found.insert(name, floats(bytes));
        }
    }
    Some(found)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let halves: Vec<f16> = bytes.chunks_exact(2).map(|b| f16::from_bits(u16::from_le_bytes([b[0], b[1]]))).collect();
    let mut floats = Vec::with_capacity(halves.len());
    floats.extend_init(|room| F16ToF32::new(&halves, &mut room[..halves.len()]).dispatch());
    floats
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    let bytes = take(rest, 4)?;
    usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
}

fn name(rest: &mut &[u8]) -> Option<String> {
    let length = u16::from_le_bytes(take(rest, 2)?.try_into().ok()?);
    let bytes = take(rest, usize::from(length))?;
    String::from_utf8(bytes.strip_suffix(&[0])?.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> Vec<u8> {
        let mut file =
            [6u32.to_le_bytes().as_slice(), &[2, 0, b'W', 0], &3u32.to_le_bytes(), &1u32.to_le_bytes()].concat();
        file.extend([2, 0, b'a', 0, 1]);
        file.extend(2u32.to_le_bytes());
        file.push(HALF);
        file.extend(4u32.to_le_bytes());
        file.extend([0x00, 0x3c, 0x00, 0xc0]);
        file
    }

    #[test]
    fn half_floats_are_read_by_name_and_taken_once() {
        let mut weights = parse(&file()).expect("a file");
        assert!(weights.take("b", 2).is_err());
        assert_eq!(weights.take("a", 2), Ok(vec![1.0, -2.0]));
        assert!(weights.take("a", 2).is_err());
    }

    #[test]
    fn a_file_that_breaks_off_is_refused() {
        let file = file();
        for length in 0..file.len() {
            assert!(parse(&file[..length]).is_err(), "{length}");
        }
    }
}
